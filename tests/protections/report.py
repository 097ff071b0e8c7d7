"""What came of the trials, promise by promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.protections.promises import Promise
from tests.protections.removal import Removal
from tests.protections.trial import Finding

_WIDEST = 150


@dataclass(frozen=True)
class Row:
    """How one test ended without a protection; with everything in its place where `removal` is None."""

    test: str
    removal: Removal | None
    finding: Finding

    @property
    def is_right(self) -> bool:
        """Whether it ended as it must."""
        if self.removal is None:
            return self.finding.ended == "passed"
        return self.finding.is_failure(self.removal.by)

    @property
    def verdict(self) -> str:
        """How it ended, in a few words."""
        if self.is_right:
            return "passed, as it must" if self.removal is None else "failed, as it must"
        if self.finding.ended == "passed":
            return "PASSED: shows nothing"
        return f"ERROR: {self.finding.ended}"

    def tell(self) -> str:
        """Return a line about it."""
        what = "nothing taken away" if self.removal is None else self.removal.protection
        return f"{self.verdict}: {what}: {self.test}" + (f": {self.said}" if self.said else "")

    @property
    def said(self) -> str:
        """By what it failed, in a line."""
        return self.finding.said if len(self.finding.said) <= _WIDEST else f"{self.finding.said[:_WIDEST]} ..."


def describe(promises: Sequence[Promise], rows: Sequence[Row], *, whole: bool) -> tuple[str, int]:
    """Return what was found as a table of Markdown, what is wrong below it, and the exit code.

    Parameters
    ----------
    promises : sequence of Promise
    rows : sequence of Row
    whole : bool
        Whether everything was to be tried, so that a test for which nothing was taken away is wrong.
    """
    lines = ["| promise | taken away | test | it |", "|---|---|---|---|"]
    for promise in promises:
        found = [row for row in rows if row.removal is not None and row.test in promise.tests]
        for number, row in enumerate(found):
            cells = ["" if number else promise.text, row.removal.protection, row.test.rpartition("/")[2]]
            said = row.said.replace("|", "\\|").replace("`", "'")
            lines.append(f"| {' | '.join(cells)} | {row.verdict}" + (f": `{said}` |" if said else " |"))
    shown = {row.test for row in rows if row.removal is not None}
    tried = [promise for promise in promises if whole or shown & {*promise.tests}]
    named = [test for promise in promises for test in promise.tests if whole or test in shown]
    wrong = [row.tell() for row in rows if not row.is_right]
    wrong += [f"no protection is taken away for {test}" for test in named if test not in shown]
    removals = {row.removal.protection for row in rows if row.removal is not None}
    said = f"{len(tried)} promises, {len(named)} tests, {len(removals)} protections taken away one at a time"
    lines += ["", f"{said}; {f'{len(wrong)} not as they must be:' if wrong else 'all as they must be.'}", *wrong]
    return "\n".join(lines), int(bool(wrong))
