"""What a second route found: one sentence, a table by kind of result, and a warning where the routes disagree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice, Sentence, Summary, Table
from cartcohort.present.format import NOT_ESTIMABLE, format_power, format_whole
from cartcohort.present.narrative import capitalise, count_noun, join_words
from cartcohort.present.tables import Cell, Column, Heading, Row, build_table

CAPTION = "Checked by a second route"

_TOTALS = ("checked", "agreeing")
_MOST_NAMED = 3
_LARGEST = re.compile(r"largest relative difference (\S+)$")
_COLUMNS = (
    Column("Kind of result", csv=("kind",)),
    Column("Agree", number=True, csv=("n_agree", "n_recomputed")),
    Column("Largest\ndifference", number=True, csv=("largest_relative_difference",)),
    Column("Second route", csv=("second_route",)),
)
_ABOUT = (
    "Each result is recomputed from the patients' columns by code that shares nothing with what made the page: the "
    "endpoint is derived again, and the value counted from a risk table or taken from another library. Differences "
    "are relative; up to 10⁻⁸ is agreement (10⁻⁶ for fitted models). No answer agrees with no answer only. Gray's "
    "test, Fine-Gray, rank tests, and penalised, resampled and cure models have no second route and are not counted. "
    "Every value of the second route is in results.json."
)


def report_checks(checks: ResultSet, *, id: str) -> list[Table | Notice | Sentence]:
    """Return the table of what was checked and the sentence that sums it up.

    Parameters
    ----------
    checks : ResultSet
        As `compare_routes` gives them.
    id : str
        Name of the table.
    """
    return [table_checks(checks, id=id), describe_checks(checks)]


def table_checks(checks: ResultSet, *, id: str) -> Table | Notice:
    """Tabulate how many results of each kind were recomputed and agree; disagreements come first, one by one."""
    records = _records(checks)
    wrong = {name: record for name, record in records.items() if _disagrees(record)}
    rows: list[Row | Heading] = []
    if wrong:
        rows += [Heading("Disagreements"), *(_wrong_row(name, record) for name, record in wrong.items())]
        rows += [Heading("All results")]
    kinds: dict[str, dict[str, Result]] = {}
    for name, record in records.items():
        kinds.setdefault(record.label.partition(": ")[0], {})[name] = record
    rows += [_kind_row(kind, of_kind) for kind, of_kind in kinds.items()]
    notes = [_ABOUT, *_say_unchecked(records)]
    empty = "No result of this section was recomputed by a second route."
    return build_table(id=id, caption=CAPTION, columns=_COLUMNS, rows=rows, notes=notes, empty=empty)


def describe_checks(checks: ResultSet) -> Sentence:
    """State how many headline results were recomputed and agree, and the largest relative difference."""
    checked, agreeing = _totals(checks)
    if not checked:
        return Sentence("No headline result could be recomputed by a second route.")
    if agreeing < checked:
        return Sentence(_say_disagreement(checks))
    size = format_power(_difference(_total(checks, "agreeing")))
    verb = "agrees" if checked == 1 else "agree"
    return Sentence(
        f"{format_whole(agreeing)} of {count_noun(checked, 'headline result')} recomputed by a second route {verb} "
        f"(largest relative difference {size})."
    )


def warn(summary: Summary, checks: ResultSet) -> Summary:
    """Return the summary of a section, with a warning for the top of its page where the routes disagree."""
    checked, agreeing = _totals(checks)
    if agreeing == checked:
        return summary
    advice = f"Do not rely on this section before the cause is known; see the table “{CAPTION}”."
    return replace(summary, warning=f"{_say_disagreement(checks)} {advice}")


def _say_disagreement(checks: ResultSet) -> str:
    checked, agreeing = _totals(checks)
    named = list(dict.fromkeys(_told(name, r) for name, r in _records(checks).items() if _disagrees(r)))
    shown = named[:_MOST_NAMED] + ([f"{len(named) - _MOST_NAMED} more"] if len(named) > _MOST_NAMED else [])
    verb = "differs" if checked - agreeing == 1 else "differ"
    return (
        f"{format_whole(checked - agreeing)} of {count_noun(checked, 'headline result')} {verb} between the first "
        f"route and a second one: {join_words(shown)}."
    )


def _wrong_row(name: str, record: Result) -> Row:
    known, size = record.note.removeprefix("disagrees: "), _difference(record)
    result = Cell(_told(name, record), (_told(name, record),), strong=True, note=known)
    return Row((result, Cell("0 of 1", (0, 1), strong=True), Cell(format_power(size), (size,)), record.method))


def _kind_row(kind: str, records: Mapping[str, Result]) -> Row:
    """Write the row of a kind of result; a result agrees where every route that could tell agrees."""
    verdicts: dict[str, list[bool]] = {}
    for name, record in records.items():
        if not _unchecked(record):
            verdicts.setdefault(name.rpartition("/")[0], []).append(not _disagrees(record))
    agree = sum(all(told) for told in verdicts.values())
    largest = max((size for size in map(_difference, records.values()) if size is not None), default=None)
    methods = "; ".join(dict.fromkeys(r.method for r in records.values() if not _unchecked(r)))
    size = Cell(NOT_ESTIMABLE if largest is None else format_power(largest), (largest,))
    text = f"{format_whole(agree)} of {format_whole(len(verdicts))}"
    counts = Cell(text, (agree, len(verdicts)), strong=agree < len(verdicts))
    return Row((kind, counts, size, methods))


def _say_unchecked(records: Mapping[str, Result]) -> list[str]:
    """Say how many comparisons a route could not make, by reason; they count for nothing."""
    reasons = Counter(record.note.removeprefix("not checked: ") for record in records.values() if _unchecked(record))
    if not reasons:
        return []
    said = [f"{count_noun(n, 'comparison')} ({reason})" for reason, n in reasons.most_common()]
    return [capitalise(f"Not made by one of the routes, and not counted: {join_words(said)}.")]


def _difference(record: Result) -> float | None:
    """Return the relative difference with which a note ends; None where there was no number to compare."""
    found = _LARGEST.search(record.note)
    return float(found[1]) if found else None


def _told(name: str, record: Result) -> str:
    return record.label.partition(": ")[2].rpartition(", by ")[0] or name


def _disagrees(record: Result) -> bool:
    return record.note.startswith("disagrees")


def _unchecked(record: Result) -> bool:
    return record.note.startswith("not checked")


def _records(checks: ResultSet) -> dict[str, Result]:
    return {name: record for name, record in checks.items() if name.rpartition("/")[2] not in _TOTALS}


def _total(checks: ResultSet, name: str) -> Result:
    (record,) = checks.select(f"*/self_check/{name}").values()
    return record


def _totals(checks: ResultSet) -> Sequence[int]:
    return [int(_total(checks, name).estimate or 0) for name in _TOTALS]
