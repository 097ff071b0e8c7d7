"""Competing events compared between the levels of factors, side by side in one table of the relapse section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice, Table
from cartcohort.present.format import format_interval, format_p, format_p_clause, format_whole
from cartcohort.present.sections.naming import label_of, levels_after
from cartcohort.present.sections.relapse.incidence import last_time
from cartcohort.present.tables import Cell, Column, Heading, Row, build_table, limits, methods

_NO_BREAK_SPACE = "\u00a0"
_RATIOS = {
    "fine_gray": "sHR",
    "cause_specific": "cause-specific HR",
    "cause_specific_firth": "cause-specific HR, Firth",
}
_FIELDS = ("n_event", "n", "estimate", "conf_low", "conf_high", "p_value", "p_holm", "p_bh")
_READING = (
    "sHR, subdistribution hazard ratio (Fine-Gray) to the first level: above 1, more of these patients have the "
    "event by any time. Cause-specific HR to the same: above 1, those still free of every event have it at a higher "
    "rate. Where a group also has more of the competing events, fewer of it are left to have this one, and its sHR "
    "tends to lie below its cause-specific HR; where it has fewer, above."
)


def table_comparison(
    results: ResultSet,
    events: Mapping[str, str],
    *,
    id: str,
    caption: str,
    factors: Sequence[str],
    labels: Mapping[str, str],
    p_style: str,
) -> Table | Notice:
    """Tabulate competing events side by side: incidence by level, both hazard ratios and Gray's test of each factor.

    Parameters
    ----------
    results : ResultSet
        With `relapse/<event>/24m/<f>/<l>` and `relapse/{fine_gray,cause_specific,gray}/<event>/<f>...`.
    events : mapping of str to str
        Heading of each event's column, by the name of its endpoint.
    id, caption : str
        Name and title of the table.
    factors, labels, p_style
        Columns compared by, words for columns, and how to print p-values.
    """
    months = last_time(results)
    rows: list[Row | Heading] = []
    used: list[Result] = []
    for factor in factors:
        lines = _lines_of_factor(results, list(events), months, factor)
        rows += [Heading(label_of(factor, labels))] if lines else []
        for line, found in lines.items():
            used += [result for result in found if result]
            rows.append(Row((Cell(line), *(_cell(result, p_style) for result in found)), level=1))
    columns = [Column("Level, ratio or test", csv=("label",))]
    columns += [
        Column(heading, number=True, csv=tuple(f"{heading}: {field}" for field in _FIELDS))
        for heading in events.values()
    ]
    notes = [
        f"Of each level the cumulative incidence at {months} months with its limits, events/N.",
        _READING,
        "Holm and BH (Benjamini-Hochberg) adjust Gray's test over the factors.",
    ]
    explained = [*notes, *methods(used), *limits(used)]
    return build_table(id=id, caption=caption, columns=columns, rows=rows, notes=explained)


def _lines_of_factor(
    results: ResultSet, names: Sequence[str], months: str, factor: str
) -> dict[str, list[Result | None]]:
    """Return the lines of a factor by their label, each with a result of every event."""
    levels = list(levels_after(results, f"relapse/{names[0]}/{months}m/{factor}"))
    lines = {level: [results.get(f"relapse/{name}/{months}m/{factor}/{level}") for name in names] for level in levels}
    for level in levels[1:]:
        for model, words in _RATIOS.items():
            lines[f"{level}: {words}"] = [results.get(f"relapse/{model}/{name}/{factor}/{level}") for name in names]
    lines["Gray's test"] = [results.get(f"relapse/gray/{name}/{factor}") for name in names]
    return {label: found for label, found in lines.items() if any(found)}


def _cell(result: Result | None, p_style: str) -> Cell:
    """Return an incidence with its counts, a ratio with its p, or p-values; why one is missing is a footnote."""
    if result is None:
        return Cell("", (None,) * len(_FIELDS))
    values = tuple(getattr(result, field) for field in _FIELDS)
    if not result.unit:
        return Cell(_tests(result, p_style), values, note=result.note if result.p_value is None else "")
    text, note = format_interval(result), result.note if result.estimate is None else ""
    if result.unit == "proportion":
        return Cell(f"{text}, {format_whole(result.n_event)}/{format_whole(result.n)}", values, note=note)
    p = f", {_unbroken(result.p_value, p_style)}" if result.p_value is not None else ""
    return Cell(f"{text}{p}", values, note=note)


def _tests(result: Result, p_style: str) -> str:
    if result.p_value is None:
        return format_p(None)
    adjusted = {"Holm": result.p_holm, "BH": result.p_bh}
    named = [f" ({name} {format_p(p, p_style=p_style)})" for name, p in adjusted.items() if p is not None]
    return _unbroken(result.p_value, p_style) + "".join(named)


def _unbroken(p: float, p_style: str) -> str:
    """Return "p = 0.034" with spaces at which no line breaks."""
    return format_p_clause(p, p_style=p_style).replace(" ", _NO_BREAK_SPACE)
