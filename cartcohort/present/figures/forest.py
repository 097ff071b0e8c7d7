"""Forest plots: a table of labels, counts and estimates, and beside it these with their limits on one axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.figures.forest_rows import (
    AXIS,
    TITLE,
    ForestRow,
    draw_axis,
    draw_estimate,
    label_width,
    lay_rows,
    ratio_name,
    write_labels,
)
from cartcohort.present.format import (
    EN_DASH,
    format_estimate,
    format_interval,
    format_interval_clause,
    format_p,
    format_p_clause,
    format_whole,
)
from cartcohort.present.narrative import describe_parts
from cartcohort.present.tables import estimate_header, methods, table_results

_PAD, _PLOT, _EDGE, _FOOT = 14.0, 160.0, 10.0, 6.0
"""Space between columns, width of the plot, space beside it for an arrow or half a tick's label, and below it all."""


@dataclass(frozen=True)
class _Column:
    """A column of the table: its heading, a text a result, what they are, and whether they end at its right edge."""

    header: str
    texts: Sequence[str]
    role: str
    flush_right: bool = False

    @property
    def width(self) -> float:
        """Return the width of the longest text."""
        return max([text_width(self.header, bold=True), *map(text_width, self.texts)])

    def write(self, canvas: Canvas, left: float, rows: Sequence[ForestRow]) -> None:
        """Write the heading and, at the height of its row, each text."""
        x, align = (left + self.width, "right") if self.flush_right else (left, "left")
        canvas.write(x, 14, self.header, align=align, bold=True)
        for text, row in zip(self.texts, (row for row in rows if row.result is not None), strict=True):
            if text:
                canvas.write(x, row.middle + 4, text, align=align, role=self.role)


def plot_forest(
    results: ResultSet,
    *,
    id: str,
    title: str,
    headings: Mapping[str, Sequence[str]] | None = None,
    favours: tuple[str, str] | None = None,
    p_style: str = "journal",
    first_column: str = "",
    counts: Mapping[str, str] | None = None,
    p_header: str = "p",
) -> Figure | Notice:
    """Draw estimates and limits, row by row, with their numbers beside them, as wide as these need.

    Parameters
    ----------
    results : ResultSet
        Of one unit; ratios get a logarithmic axis with a line at 1, others a linear one. A result without an
        estimate is marked "NE".
    id, title : str
    headings : mapping of str to sequence of str, optional
        Names of results by the heading above them; others are left out.
    favours : tuple of str, optional
        What the left and the right of the reference line mean ("lower", "higher").
    p_style : {"journal", "four_decimals"}
    first_column : str
        Heading of the labels.
    counts : mapping of str to str, optional
        Events and patients by the name of the result ("18/27 vs 2/8"), in place of those of all its patients.
    p_header : str
        Heading of the p-values, the test where it is not that of the estimate's own model.

    Returns
    -------
    Figure, or Notice without results

    Notes
    -----
    Limits that leave the axis end in an arrow; the numbers beside them are never cut.
    """
    table = table_results(
        results, id=f"{id}-numbers", caption=f"{title}: numbers", headings=headings, p_style=p_style,
        first_column=first_column or "Estimate",
    )  # fmt: skip
    if not isinstance(table, Table):
        return Notice(f"{title}: there is nothing to draw.")
    headings = headings or {"": list(results)}
    chosen = [results[name] for names in headings.values() for name in names]
    names = [name for of_heading in headings.values() for name in of_heading]
    numbers = [*_count_column(results, names, counts or {}), _estimate_column(chosen)]
    tests = _p_column(chosen, p_header, p_style)
    rows = lay_rows(results, headings)
    left = label_width(rows, first_column) + sum(_PAD + column.width for column in numbers) + _PAD + _EDGE
    right, bottom = left + _PLOT, rows[-1].top + rows[-1].height
    width = right + sum(_PAD + column.width for column in tests) + (_EDGE if tests else 2 * _EDGE)
    height = bottom + AXIS + (TITLE if favours else 0) + (TITLE if ratio_name(chosen) else 0) + _FOOT
    with style.drawing_style(id):
        canvas = Canvas(height=height, width=width)
        axes = canvas.axes(left=left, top=0, width=_PLOT, height=bottom)
        draw_axis(axes, chosen, bottom=bottom, width=_PLOT)
        canvas.write(0, 14, first_column, bold=True)
        write_labels(canvas, rows)
        _write_columns(canvas, numbers, rows, label_width(rows, first_column) + _PAD)
        _write_columns(canvas, tests, rows, right + _EDGE + _PAD)
        for row in rows:
            if row.result is not None:
                draw_estimate(axes, row.result, row.middle)
        _write_axis(canvas, ratio_name(chosen), favours, left=left, top=bottom + AXIS)
        return canvas.finish(
            id=id,
            title=title,
            description=_describe(results, headings, p_style),
            csv=table.csv,
            table=table,
            note=" ".join(methods(chosen)),
        )


def _count_column(results: ResultSet, names: Sequence[str], counts: Mapping[str, str]) -> list[_Column]:
    if all(results[name].n is None for name in names):
        return []
    header = "Events/N" if any(results[name].n_event is not None for name in names) else "N"
    return [_Column(header, [counts.get(name) or _counts(results[name]) for name in names], "counts", True)]


def _estimate_column(results: Sequence[Result]) -> _Column:
    return _Column(_short_header(results), [format_interval(result) for result in results], "estimate")


def _p_column(results: Sequence[Result], header: str, p_style: str) -> list[_Column]:
    texts = ["" if r.p_value is None else format_p(r.p_value, p_style=p_style) for r in results]
    return [_Column(header, texts, "p-value")] if any(texts) else []


def _write_columns(canvas: Canvas, columns: Sequence[_Column], rows: Sequence[ForestRow], left: float) -> None:
    for column in columns:
        column.write(canvas, left, rows)
        left += column.width + _PAD


def _write_axis(canvas: Canvas, name: str, favours: tuple[str, str] | None, *, left: float, top: float) -> None:
    """Write what the sides of the reference line mean, and below what the axis shows."""
    if favours:
        for x, align, text in ((left, "left", f"← {favours[0]}"), (left + _PLOT, "right", f"{favours[1]} →")):
            words = wrap(text, width=_PLOT / 2, max_lines=1)[0]
            canvas.write(x, top + 14, words, align=align, color=style.MUTED, role="favours")
        top += TITLE
    if name:
        canvas.write(left + _PLOT / 2, top + 14, f"{name} (log scale)", align="center", role="axis")


def _describe(results: ResultSet, headings: Mapping[str, Sequence[str]], p_style: str) -> str:
    """Return the rows in words: those under a heading together, after it."""
    said: list[str] = []
    for heading, names in headings.items():
        rows = [_in_words(results[name], p_style) for name in names]
        said += [f"{heading} {EN_DASH} {'; '.join(rows)}"] if heading and rows else rows
    return describe_parts(said)


def _in_words(result: Result, p_style: str) -> str:
    text = f"{result.label}: {format_estimate(result)}"
    if result.estimate is not None:
        text = f"{text} {format_interval_clause(result)}".rstrip()
    return text if result.p_value is None else f"{text}, {format_p_clause(result.p_value, p_style=p_style)}"


def _counts(result: Result) -> str:
    if result.n is None:
        return ""
    return (
        format_whole(result.n)
        if result.n_event is None
        else f"{format_whole(result.n_event)}/{format_whole(result.n)}"
    )


def _short_header(results: Sequence[Result]) -> str:
    header = estimate_header(results)
    return (
        header.replace("Subdistribution hazard ratio", "sHR")
        .replace("Hazard ratio", "HR")
        .replace("Odds ratio", "OR")
    )
