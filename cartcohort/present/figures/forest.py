"""Forest plots: estimates with their limits on one axis between the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.format import (
    format_estimate,
    format_interval,
    format_interval_clause,
    format_p,
    format_p_clause,
    format_percent,
    format_whole,
)
from cartcohort.present.narrative import describe_parts
from cartcohort.present.tables import estimate_header, table_results

_LOG_TICKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_WIDEST = 20.0
"""Ratios beyond 1/20 and 20 are cut off with an arrow unless a point estimate lies there."""
_ROW, _LINE, _TOP, _AXIS = 22.0, 14.0, 24.0, 36.0
_PAD, _INDENT = 12.0, 12.0


@dataclass(frozen=True)
class _Entry:
    """A row of the plot: a heading (no result) or a result, its label in lines, and its place."""

    lines: tuple[str, ...]
    top: float
    indent: float
    result: Result | None = None

    @property
    def height(self) -> float:
        return _ROW + _LINE * (len(self.lines) - 1)

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


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
    entries = _entries(results, headings, columns)
    bottom = entries[-1].top + entries[-1].height
    with style.drawing_style(id):
        canvas = Canvas(height=bottom + _AXIS + (_LINE if favours else 0))
        axes = canvas.axes(left=columns.left, top=0, width=columns.right - columns.left, height=bottom)
        _draw_axis(axes, chosen, bottom)
        _write_heads(canvas, chosen, columns, first_column)
        for entry in entries:
            _write_entry(canvas, axes, entry, columns, p_style)
        if favours:
            _write_favours(canvas, axes, columns, favours, bottom + _AXIS + 2)
        return canvas.finish(
            id=id, title=title, description=_describe(results, headings, p_style), csv=table.csv, table=table
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


def _entries(results: ResultSet, headings: Mapping[str, Sequence[str]], columns: _Columns) -> list[_Entry]:
    entries: list[_Entry] = []
    top = _TOP
    for heading, names in headings.items():
        blocks = [(heading, None)] if heading and names else []
        blocks += [(results[name].label or name, results[name]) for name in names]
        for text, result in blocks:
            indent = _INDENT if heading and result else 0.0
            room = columns.label if result else columns.counts
            entries.append(_Entry(tuple(wrap(text, width=room - indent)), top, indent, result))
            top += entries[-1].height
    return entries


def _draw_axis(axes: Axes, results: Sequence[Result], bottom: float) -> None:
    low, high = _limits(results)
    axes.set_xlim(low, high)
    axes.set_ylim(bottom, 0)
    if _is_ratio(results):
        axes.set_xscale("log")
        ticks = _spread([tick for tick in _LOG_TICKS if low * 0.999 <= tick <= high * 1.001], most=6)
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.plot([1, 1], [_TOP, bottom], color=style.MUTED, linewidth=0.9, zorder=1, gid="class reference")
    else:
        ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
        percent = results[0].unit == "proportion"
        axes.set_xticks(ticks, [format_percent(tick, decimals=0) if percent else f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)


def _limits(results: Sequence[Result]) -> tuple[float, float]:
    points = [result.estimate for result in results if result.estimate is not None]
    ends = [end for result in results for end in (result.conf_low, result.conf_high) if end is not None]
    if not _is_ratio(results):
        if results[0].unit == "proportion" and min([*points, *ends], default=0.0) >= 0:
            return (0.0, 1.0)
        low, high = min([*points, *ends, 0.0]), max([*points, *ends, 1e-9])
        return (low * 1.06, high * 1.06)
    points = [point for point in points if point > 0]
    ends = [min(max(end, 1 / _WIDEST), _WIDEST) for end in ends]
    low, high = min([*points, *ends, 0.5]), max([*points, *ends, 2.0])
    return (low / 1.15, high * 1.15)


def _draw_estimate(axes: Axes, result: Result, y: float) -> None:
    """Draw a square with its limits; a limit beyond the axis, or an open one, becomes an arrow."""
    if result.estimate is None:
        return
    start, end = axes.get_xlim()
    low, high = result.conf_low, result.conf_high
    if low is not None or high is not None:
        ends = (start if low is None else max(low, start), end if high is None else min(high, end))
        cut = (low is None or low < start, high is None or high > end)
        axes.plot(ends, [y, y], color=style.INK, linewidth=1.3, clip_on=False, gid="class interval")
        for x, is_cut, arrow in zip(ends, cut, (8, 9), strict=True):
            if is_cut:
                axes.plot([x], [y], marker=arrow, markersize=6, color=style.INK, clip_on=False, gid="class arrow")
            else:
                axes.plot([x, x], [y - 3, y + 3], color=style.INK, linewidth=1.3, clip_on=False)
    inside, color = min(max(result.estimate, start), end), style.group_style(0).color
    axes.plot([inside], [y], marker="s", markersize=6.5, color=color, clip_on=False, gid="class point")


def _write_heads(canvas: Canvas, results: Sequence[Result], columns: _Columns, first_column: str) -> None:
    y = 14
    canvas.write(0, y, first_column, bold=True)
    if _has_counts(results):
        canvas.write(columns.counts, y, _counts_header(results), align="right", bold=True)
    canvas.write(columns.estimate, y, _short_header(results), bold=True)
    if columns.p_value < style.WIDTH:
        canvas.write(columns.p_value, y, "p", bold=True)


def _write_entry(canvas: Canvas, axes: Axes, entry: _Entry, columns: _Columns, p_style: str) -> None:
    for position, line in enumerate(entry.lines):
        y = entry.top + 15 + position * _LINE
        canvas.write(entry.indent, y, line, bold=entry.result is None, role="row")
    if entry.result is None:
        return
    result, y = entry.result, entry.middle + 4
    if result.n is not None:
        canvas.write(columns.counts, y, _counts(result), align="right")
    canvas.write(columns.estimate, y, format_interval(result), role="estimate")
    if result.p_value is not None:
        canvas.write(columns.p_value, y, format_p(result.p_value, p_style=p_style), role="p-value")
    _draw_estimate(axes, result, entry.middle)


def _write_favours(canvas: Canvas, axes: Axes, columns: _Columns, favours: tuple[str, str], y: float) -> None:
    start, end = axes.get_xlim()
    share = (0 - np.log(start)) / (np.log(end) - np.log(start))
    middle = columns.left + share * (columns.right - columns.left)
    canvas.write(middle - 8, y, f"← {favours[0]}", align="right", color=style.MUTED)
    canvas.write(middle + 8, y, f"{favours[1]} →", color=style.MUTED)


def _describe(results: ResultSet, headings: Mapping[str, Sequence[str]], p_style: str) -> str:
    rows = [
        f"{heading}{', ' if heading else ''}{_in_words(results[name], p_style)}"
        for heading, names in headings.items()
        for name in names
    ]
    return describe_parts(rows)


def _in_words(result: Result, p_style: str) -> str:
    text = f"{result.label}: {format_estimate(result)}"
    if result.estimate is not None:
        text = f"{text} {format_interval_clause(result)}".rstrip()
    return text if result.p_value is None else f"{text}, {format_p_clause(result.p_value, p_style=p_style)}"


def _is_ratio(results: Sequence[Result]) -> bool:
    return any(result.unit.endswith("ratio") for result in results)


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


def _spread(ticks: Sequence[float], *, most: int) -> list[float]:
    """Thin ticks evenly around 1 until they leave room for their labels."""
    if len(ticks) <= most:
        return list(ticks)
    tens = [tick for tick in ticks if str(tick).strip("0.") == "1"]
    return (
        tens if 2 <= len(tens) <= most else [tick for tick in ticks if tick in (0.001, 0.01, 0.1, 1, 10, 100, 1000)]
    )
