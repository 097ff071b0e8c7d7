"""A table with a row for each thing compared and a column for each statistic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cartcohort.estimate.results import Result
from cartcohort.present.display import Notice, Table
from cartcohort.present.format import EN_DASH, format_interval, format_p, format_whole
from cartcohort.present.tables.conventions import limits, methods
from cartcohort.present.tables.writer import Cell, Column, Heading, Row, build_table

Statistics = Mapping[str, Result | str | None]
"""The results, or texts, of one row by the heading of their column; None, or no entry, leaves the cell empty."""

REFERENCE = Result(note="reference")
"""Stands where the level that others are compared with has no ratio or difference."""

_FIELDS = ("estimate", "conf_low", "conf_high")
_SELF_EVIDENT = ("", "not reached", "upper limit not reached")
_NO_LIMITS = "no limits: "


def table_grid(
    rows: Mapping[str, Mapping[str, Statistics]],
    *,
    id: str,
    caption: str,
    first_column: str,
    p_columns: Sequence[str] = (),
    head_columns: Sequence[str] = (),
    counts: bool = True,
    p_style: str = "journal",
    notes: Sequence[str] = (),
) -> Table | Notice:
    """Tabulate several results a row: estimates with their limits, and p-values.

    Parameters
    ----------
    rows : mapping of str to mapping of str to Statistics
        Statistics by the row's label, under a heading ("" for none). Rows and columns without any result are left
        out; columns of text stand before the numbers.
    id, caption, first_column : str
        Name, title, and heading of the row labels.
    p_columns : sequence of str
        Headings of the columns that show a p-value; the others show an estimate.
    head_columns : sequence of str
        The last columns, where what they show is true of all the rows under a heading: it is taken from the first of
        these rows and stands beside the heading.
    counts : bool
        Whether events and patients of a row's first result are shown.
    p_style : {"journal", "four_decimals"}
    notes : sequence of str
        Sentences under the table, before the methods that the results name.

    Returns
    -------
    Table, or Notice where no row has a result
    """
    kept = {
        heading: {label: statistics for label, statistics in lines.items() if _results_of(statistics)}
        for heading, lines in rows.items()
    }
    chosen = [statistics for lines in kept.values() for statistics in lines.values()]
    headers = list(dict.fromkeys(header for statistics in chosen for header in statistics if statistics[header]))
    texts = [header for header in headers if any(isinstance(statistics.get(header), str) for statistics in chosen)]
    head_columns = [header for header in head_columns if header in headers]
    headers = [*(header for header in headers if header not in [*texts, *head_columns]), *head_columns]
    columns = [Column(first_column, csv=("label",)), *(Column(header) for header in texts)]
    columns += [Column("Events/N", number=True, csv=("n_event", "n"))] if counts else []
    columns += [_column(header, header in p_columns) for header in headers]
    written: list[Row | Heading] = []
    for heading, lines in kept.items():
        head = [_cell(_first_of(lines, header), header in p_columns, p_style) for header in head_columns if lines]
        written += [Heading(heading, tuple(head))] if heading and lines else []
        for label, statistics in lines.items():
            cells = [_cell(statistics.get(header), header in p_columns, p_style) for header in headers]
            cells[len(cells) - len(head) :] = map(_silent, cells[len(cells) - len(head) :])
            first = [Cell(str(statistics.get(header) or "")) for header in texts]
            first += [_counts_cell(statistics)] if counts else []
            written.append(Row((Cell(label), *first, *cells), level=int(bool(heading))))
    used = [result for statistics in chosen for result in _results_of(statistics)]
    level = [] if any("CI" in column.header for column in columns) else limits(used)
    explained = [*notes, *methods(used), *level]
    return build_table(id=id, caption=caption, columns=columns, rows=written, notes=explained)


def _results_of(statistics: Statistics) -> list[Result]:
    return [result for result in statistics.values() if isinstance(result, Result)]


def _first_of(lines: Mapping[str, Statistics], header: str) -> Result | None:
    first = next(iter(lines.values())).get(header)
    return first if isinstance(first, Result) else None


def _silent(cell: Cell) -> Cell:
    """Return a cell that shows nothing, its values kept for the CSV."""
    return Cell("", cell.values)


def _column(header: str, is_p: bool) -> Column:
    name = header.replace("\n", " ")
    fields = ("p_value",) if is_p else _FIELDS
    return Column(header, number=True, csv=tuple(f"{name}: {field}" for field in fields))


def _counts_cell(statistics: Statistics) -> Cell:
    first = _results_of(statistics)[0]
    if first.n is None:
        return Cell("", (None, None))
    events = "" if first.n_event is None else f"{format_whole(first.n_event)}/"
    return Cell(f"{events}{format_whole(first.n)}", (first.n_event, first.n))


def _cell(result: Result | None, is_p: bool, p_style: str) -> Cell:
    fields = ("p_value",) if is_p else _FIELDS
    if result is None:
        return Cell(EN_DASH, (None,) * len(fields))
    if result is REFERENCE:
        return Cell("Reference", (None,) * len(fields))
    text = format_p(result.p_value, p_style=p_style) if is_p else format_interval(result)
    missing = result.p_value is None if is_p else result.estimate is None
    note = result.note if missing and result.note not in _SELF_EVIDENT else ""
    if not is_p and not missing and _NO_LIMITS in result.note:
        note = result.note[result.note.index(_NO_LIMITS) :]
    return Cell(text, tuple(getattr(result, field) for field in fields), note=note)
