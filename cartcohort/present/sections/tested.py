"""How many factors could be tested, and why none could."""

from __future__ import annotations

from collections.abc import Mapping

from cartcohort.estimate.results import Result
from cartcohort.present.format import format_whole
from cartcohort.present.narrative import count_noun


def say_tested_of(tests: Mapping[str, Result]) -> str:
    """Return "6 factors were tested", "5 of 6 factors were tested", or that none could be and why."""
    n_tested = sum(test.p_value is not None for test in tests.values())
    if reason := say_untestable(tests):
        return f"{count_noun(len(tests), 'factor')} could not be tested ({reason})"
    of_all = f" of {count_noun(len(tests), 'factor')}" if n_tested < len(tests) else ""
    noun = "" if of_all else " factor" if n_tested == 1 else " factors"
    return f"{format_whole(n_tested)}{noun}{of_all} {'was' if n_tested == 1 else 'were'} tested"


def say_untestable(tests: Mapping[str, Result]) -> str:
    """Return why none of the tests gave a p-value, "no events"; "" where any did."""
    if any(test.p_value is not None for test in tests.values()):
        return ""
    reasons = dict.fromkeys(test.note.removeprefix("not estimable: ") for test in tests.values())
    return "; ".join(reason for reason in reasons if reason) or "not estimable"
