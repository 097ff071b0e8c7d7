"""The rows of a forest plot and what is drawn on its axis; shared by plots with one axis and with several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present import style
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.format import format_percent

LINE, AXIS, TITLE = 14.0, 24.0, 18.0
"""Height of a further line of a label, of the ticks, and of a line below them."""
LABELS = 186.0
"""Most room for the labels of rows; headings may be broken later."""
_HEADINGS = 300.0
_STEPS = ((1, 2, 5), (1, 3), (1,))
"""What ticks of a logarithmic axis may stand at in each power of ten, the densest first."""
_ENDS = (0.29, 0.099, 0.0099)
"""Where an axis of ratios may be made to start, and at their reciprocals to end."""
_POWERS = range(-6, 7)
_CLOSEST = 27.0
"""Least distance between two ticks, in units."""
_WIDEST = 20.0
"""Ratios beyond 1/20 and 20 are cut off with an arrow unless a point estimate lies there."""
_ROW, _TOP, _INDENT = 22.0, 24.0, 12.0


@dataclass(frozen=True)
class ForestRow:
    """A row of the plot: a heading (no result) or a result, its label in lines, and its place."""

    lines: tuple[str, ...]
    top: float
    indent: float
    result: Result | None = None

    @property
    def height(self) -> float:
        """Return the height, more for a label of several lines."""
        return _ROW + LINE * (len(self.lines) - 1)

    @property
    def middle(self) -> float:
        """Return where its estimate is drawn."""
        return self.top + self.height / 2


def lay_rows(results: ResultSet, headings: Mapping[str, Sequence[str]]) -> list[ForestRow]:
    """Lay out headings and results from top to bottom, labels broken to their width."""
    rows: list[ForestRow] = []
    top = _TOP
    for heading, names in headings.items():
        blocks = [(heading, None)] if heading and names else []
        blocks += [(results[name].label or name, results[name]) for name in names]
        for text, result in blocks:
            indent = _INDENT if heading and result else 0.0
            lines = wrap(text, width=(LABELS if result else _HEADINGS) - indent, bold=result is None)
            rows.append(ForestRow(tuple(lines), top, indent, result))
            top += rows[-1].height
    return rows


def label_width(rows: Sequence[ForestRow], first_column: str) -> float:
    """Return the width that the labels of results and their heading take up."""
    labels = [row.indent + text_width(line) for row in rows if row.result is not None for line in row.lines]
    return max([text_width(first_column, bold=True), *labels])


def write_labels(canvas: Canvas, rows: Sequence[ForestRow], *, top: float = 0.0) -> None:
    """Write headings and labels from the left edge of the sheet, the first row below `top`."""
    for row in rows:
        for position, line in enumerate(row.lines):
            canvas.write(row.indent, top + row.top + 15 + position * LINE, line, bold=row.result is None, role="row")


def ratio_name(results: Sequence[Result]) -> str:
    """Return what ratios on one axis are, "Hazard ratio"; empty where they are no ratios."""
    if not _is_ratio(results):
        return ""
    units = {result.unit.removeprefix("subdistribution ") for result in results}
    return units.pop().capitalize() if len(units) == 1 else "Ratio"


def draw_axis(axes: Axes, results: Sequence[Result], *, bottom: float, width: float) -> None:
    """Scale the axis to the results: logarithmic with a line at 1 for ratios, in per cent for proportions."""
    low, high = _limits(results)
    axes.set_xlim(low, high)
    axes.set_ylim(bottom, 0)
    if _is_ratio(results):
        axes.set_xscale("log")
        low, high, ticks = _around_one(low, high, width)
        axes.set_xlim(low, high)
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.plot([1, 1], [_TOP, bottom], color=style.MUTED, linewidth=0.9, zorder=1, gid="class reference")
    else:
        ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
        percent = results[0].unit == "proportion"
        axes.set_xticks(ticks, [format_percent(tick, decimals=0) if percent else f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)


def draw_estimate(axes: Axes, result: Result, y: float) -> None:
    """Draw a square with its limits; a limit beyond the axis, or an open one, becomes an arrow."""
    if result.estimate is None:
        return
    start, end = axes.get_xlim()
    low, high = result.conf_low, result.conf_high
    if low is not None or high is not None:
        ends = (start if low is None else max(low, start), end if high is None else min(high, end))
        cut = (low is None or low < start, high is None or high > end)
        _draw_limits(axes, ends, cut, y)
    inside, color = min(max(result.estimate, start), end), style.group_style(0).color
    axes.plot([inside], [y], marker="s", markersize=6.5, color=color, clip_on=False, gid="class point")


def _draw_limits(axes: Axes, ends: tuple[float, float], cut: tuple[bool, bool], y: float) -> None:
    """Draw a line from limit to limit, with a bar at each, or an arrow where it is cut."""
    bars = [(x, x, np.nan) for x, is_cut in zip(ends, cut, strict=True) if not is_cut]
    heights = [(y - 3, y + 3, np.nan)] * len(bars)
    x, rows = np.concatenate([*bars, ends]), np.concatenate([*heights, (y, y)])
    axes.plot(x, rows, color=style.INK, linewidth=1.3, clip_on=False, gid="class interval")
    for at, is_cut, arrow in zip(ends, cut, (8, 9), strict=True):
        if is_cut:
            axes.plot([at], [y], marker=arrow, markersize=6, color=style.INK, clip_on=False, gid="class arrow")


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


def _is_ratio(results: Sequence[Result]) -> bool:
    return any(result.unit.endswith("ratio") for result in results)


def _around_one(low: float, high: float, width: float) -> tuple[float, float, list[float]]:
    """Return ends and ticks of an axis of ratios, widened until ticks stand on both sides of 1."""
    ticks = _log_ticks(low, high, width)
    for end in _ENDS:
        if ticks[0] >= 1:
            low = min(low, end)
        if ticks[-1] <= 1:
            high = max(high, 1 / end)
        ticks = _log_ticks(low, high, width)
    return low, high, ticks


def _log_ticks(low: float, high: float, width: float) -> list[float]:
    """Return the densest ticks around 1 that leave room for their labels on an axis of that width."""
    for steps, every in [*((steps, 1) for steps in _STEPS), *((_STEPS[-1], every) for every in (2, 3, 6))]:
        powers = [power for power in _POWERS if power % every == 0]
        ticks = [step * 10.0**power for power in powers for step in steps]
        ticks = [float(f"{tick:g}") for tick in ticks if low * 0.999 <= tick <= high * 1.001]
        apart = min(np.diff(np.log(ticks)), default=np.inf) / np.log(high / low) * width
        if apart >= _CLOSEST:
            break
    return ticks
