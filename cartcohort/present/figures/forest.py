"""Forest plots: estimates with their limits on one axis between the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas, text_width
from cartcohort.present.figures.forest_rows import AXIS, LINE, ForestRow, draw_axis, draw_estimate, lay_rows
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

_PAD = 12.0


@dataclass(frozen=True)
class _Columns:
    """Where the columns lie: labels from 0 to `label`, counts end at `counts`, the plot spans left to right."""

    label: float
    counts: float
    left: float
    right: float
    estimate: float
    p_value: float


def plot_forest(
    results: ResultSet,
    *,
    id: str,
    title: str,
    headings: Mapping[str, Sequence[str]] | None = None,
    favours: tuple[str, str] | None = None,
    p_style: str = "journal",
    first_column: str = "",
) -> Figure | Notice:
    """Draw estimates and limits, row by row, with their numbers beside them.

    Parameters
    ----------
    results : ResultSet
        Of one unit; ratios get a logarithmic axis with a line at 1, others a linear one. A result without an
        estimate is marked "NE".
    id, title : str
    headings : mapping of str to sequence of str, optional
        Names of results by the heading above them; others are left out.
    favours : tuple of str, optional
        What the left and the right of the reference line mean ("lower risk", "higher risk").
    p_style : {"journal", "four_decimals"}
    first_column : str
        Heading of the labels.

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
    columns = _lay_out(chosen, p_style)
    rows = lay_rows(results, headings, label_width=columns.label, heading_width=columns.counts)
    bottom = rows[-1].top + rows[-1].height
    with style.drawing_style(id):
        canvas = Canvas(height=bottom + AXIS + (LINE if favours else 0))
        axes = canvas.axes(left=columns.left, top=0, width=columns.right - columns.left, height=bottom)
        draw_axis(axes, chosen, bottom)
        _write_heads(canvas, chosen, columns, first_column)
        for row in rows:
            _write_row(canvas, axes, row, columns, p_style)
        if favours:
            _write_favours(canvas, axes, columns, favours, bottom + AXIS + 2)
        return canvas.finish(
            id=id,
            title=title,
            description=_describe(results, headings, p_style),
            csv=table.csv,
            table=table,
            note=" ".join(methods(chosen)),
        )


def _lay_out(results: Sequence[Result], p_style: str) -> _Columns:
    """Give the columns of numbers what they need and the labels and the plot the rest."""
    p_width = max(
        [text_width(format_p(r.p_value, p_style=p_style)) for r in results if r.p_value is not None], default=0
    )
    texts = [format_interval(result) for result in results] + [_short_header(results)]
    p_left = style.WIDTH - p_width
    estimate = p_left - (_PAD if p_width else 0) - max(map(text_width, texts))
    counts = 0.385 * style.WIDTH
    taken = max([text_width(text) for text in [_counts_header(results), *map(_counts, results)]]) + _PAD
    label = counts - (taken if _has_counts(results) else 0)
    return _Columns(
        label=label, counts=counts, left=counts + _PAD, right=estimate - _PAD, estimate=estimate, p_value=p_left
    )


def _write_heads(canvas: Canvas, results: Sequence[Result], columns: _Columns, first_column: str) -> None:
    y = 14
    canvas.write(0, y, first_column, bold=True)
    if _has_counts(results):
        canvas.write(columns.counts, y, _counts_header(results), align="right", bold=True)
    canvas.write(columns.estimate, y, _short_header(results), bold=True)
    if columns.p_value < style.WIDTH:
        canvas.write(columns.p_value, y, "p", bold=True)


def _write_row(canvas: Canvas, axes: Axes, row: ForestRow, columns: _Columns, p_style: str) -> None:
    for position, line in enumerate(row.lines):
        y = row.top + 15 + position * LINE
        canvas.write(row.indent, y, line, bold=row.result is None, role="row")
    if row.result is None:
        return
    result, y = row.result, row.middle + 4
    if result.n is not None:
        canvas.write(columns.counts, y, _counts(result), align="right")
    canvas.write(columns.estimate, y, format_interval(result), role="estimate")
    if result.p_value is not None:
        canvas.write(columns.p_value, y, format_p(result.p_value, p_style=p_style), role="p-value")
    draw_estimate(axes, result, row.middle)


def _write_favours(canvas: Canvas, axes: Axes, columns: _Columns, favours: tuple[str, str], y: float) -> None:
    start, end = axes.get_xlim()
    share = (0 - np.log(start)) / (np.log(end) - np.log(start))
    middle = columns.left + share * (columns.right - columns.left)
    canvas.write(middle - 8, y, f"← {favours[0]}", align="right", color=style.MUTED)
    canvas.write(middle + 8, y, f"{favours[1]} →", color=style.MUTED)


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


def _has_counts(results: Sequence[Result]) -> bool:
    return any(result.n is not None for result in results)


def _counts_header(results: Sequence[Result]) -> str:
    return "Events/N" if any(result.n_event is not None for result in results) else "N"


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
