"""The rows of a forest plot and what is drawn on its axis; shared by plots with one axis and with two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present import style
from cartcohort.present.figures.canvas import wrap
from cartcohort.present.format import format_percent

LINE, AXIS = 14.0, 36.0
"""Height of a further line of a label, and of what is below the axis."""
_LOG_TICKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
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


def lay_rows(
    results: ResultSet, headings: Mapping[str, Sequence[str]], *, label_width: float, heading_width: float
) -> list[ForestRow]:
    """Lay out headings and results from top to bottom, labels broken to their width."""
    rows: list[ForestRow] = []
    top = _TOP
    for heading, names in headings.items():
        blocks = [(heading, None)] if heading and names else []
        blocks += [(results[name].label or name, results[name]) for name in names]
        for text, result in blocks:
            indent = _INDENT if heading and result else 0.0
            room = label_width if result else heading_width
            rows.append(ForestRow(tuple(wrap(text, width=room - indent)), top, indent, result))
            top += rows[-1].height
    return rows


def draw_axis(axes: Axes, results: Sequence[Result], bottom: float) -> None:
    """Scale the axis to the results: logarithmic with a line at 1 for ratios, in per cent for proportions."""
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


def draw_estimate(axes: Axes, result: Result, y: float) -> None:
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


def _spread(ticks: Sequence[float], *, most: int) -> list[float]:
    """Thin ticks evenly around 1 until they leave room for their labels."""
    if len(ticks) <= most:
        return list(ticks)
    tens = [tick for tick in ticks if str(tick).strip("0.") == "1"]
    return (
        tens if 2 <= len(tens) <= most else [tick for tick in ticks if tick in (0.001, 0.01, 0.1, 1, 10, 100, 1000)]
    )
