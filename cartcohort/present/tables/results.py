"""Tables of result records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice, Table
from cartcohort.present.format import format_conf_level, format_interval, format_p, format_whole
from cartcohort.present.narrative import capitalise
from cartcohort.present.tables.conventions import methods
from cartcohort.present.tables.writer import Cell, Column, Heading, Row, build_table

_SELF_EVIDENT = ("not reached", "upper limit not reached")
_P_VALUES = (("p_value", "p"), ("p_holm", "p (Holm)"), ("p_bh", "p (BH)"))


def table_results(
    results: ResultSet,
    *,
    id: str,
    caption: str,
    first_column: str = "",
    headings: Mapping[str, Sequence[str]] | None = None,
    counts: str = "Events/N",
    p_style: str = "journal",
    notes: Sequence[str] = (),
) -> Table | Notice:
    """Tabulate results: label, events and patients, estimate with limits, and p-values where there are any.

    Parameters
    ----------
    results : ResultSet
        Shown in their order. The reason why something is not estimable becomes a footnote.
    id, caption, first_column : str
        Name, title, and heading of the labels.
    headings : mapping of str to sequence of str, optional
        Names of results by the heading above them (a factor over its levels); others are left out.
    counts : str
        Heading of the counts, where there are other ones than of events.
    p_style : {"journal", "four_decimals"}
    notes : sequence of str
        Sentences under the table, before the methods that the records name.
    """
    headings = headings or {"": list(results)}
    chosen = [results[name] for names in headings.values() for name in names]
    columns = [Column(first_column, csv=("label", "note")), *_result_columns(chosen, counts)]
    shared = _shared_note(chosen)
    rows: list[Row | Heading] = []
    for heading, names in headings.items():
        rows += [Heading(heading)] if heading and names else []
        rows += [_result_row(results[name], name, columns, p_style, shared, level=bool(heading)) for name in names]
    told = [f"{capitalise(shared)}."] if shared else []
    explained = [*notes, *told, *methods(chosen)]
    return build_table(id=id, caption=caption, columns=columns, rows=rows, notes=explained)


def _shared_note(results: Sequence[Result]) -> str:
    """Return the note that all of several results have, which is then told once; "" where they differ."""
    notes = {result.note for result in results}
    shared = notes.pop().rstrip(".") if len(results) > 1 and len(notes) == 1 else ""
    return "" if shared in _SELF_EVIDENT else shared


def _result_columns(results: Sequence[Result], counts: str) -> list[Column]:
    columns = []
    if any(result.n_event is not None for result in results):
        columns.append(Column(counts, number=True, csv=("n_event", "n")))
    elif any(result.n is not None for result in results):
        columns.append(Column("N", number=True, csv=("n",)))
    if any(result.unit for result in results):
        columns.append(
            Column(estimate_header(results), number=True, csv=("estimate", "conf_low", "conf_high", "unit"))
        )
    columns += [
        Column(header, number=True, csv=(name,))
        for name, header in _P_VALUES
        if any(getattr(result, name) is not None for result in results)
    ]
    return columns


def estimate_header(results: Sequence[Result]) -> str:
    """Return the heading of a column of estimates: what it is, and the level of its limits where that is one."""
    units = {result.unit for result in results if result.unit}
    levels = {result.conf_level for result in results if result.conf_level is not None}
    name = units.pop() if len(units) == 1 else "estimate"
    name = {"proportion": "percentage"}.get(name, name)
    if not levels:
        return name.capitalize()
    level = f"{format_conf_level(levels.pop())} " if len(levels) == 1 else ""
    return f"{name.capitalize()} ({level}CI)"


def _result_row(
    result: Result, name: str, columns: Sequence[Column], p_style: str, shared: str, *, level: int
) -> Row:
    """Write the cells that the columns after the label ask for; a reason for a missing estimate is a footnote."""
    silent = result.note in _SELF_EVIDENT or result.note.rstrip(".") == shared
    cells = [Cell(result.label or name, (result.label or name, result.note), note="" if silent else result.note)]
    for column in columns[1:]:
        values = tuple(getattr(result, field) for field in column.csv)
        cells.append(Cell(_result_text(result, column, p_style), values))
    return Row(tuple(cells), level=int(level))


def _result_text(result: Result, column: Column, p_style: str) -> str:
    first = column.csv[0]
    if first == "n_event":
        return "" if result.n is None else _events_of(result)
    if first == "n":
        return "" if result.n is None else format_whole(result.n)
    if first == "estimate":
        named = result.unit in ("months", "days") and result.estimate is not None
        mixed = column.header.startswith("Estimate") and named
        return (format_interval(result) + (f" {result.unit}" if mixed else "")) if result.unit else ""
    value = getattr(result, first)
    return "" if value is None else format_p(value, p_style=p_style)


def _events_of(result: Result) -> str:
    return (
        format_whole(result.n)
        if result.n_event is None
        else f"{format_whole(result.n_event)}/{format_whole(result.n)}"
    )
