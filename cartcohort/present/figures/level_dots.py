"""Many groups at one time: what their curves show there, a dot with limits a group, in one order in all panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from cartcohort.present import style
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.figures.curve_layout import AXIS, CurvePlot
from cartcohort.present.figures.curves import write_head
from cartcohort.present.figures.steps import StepLine
from cartcohort.present.format import NOT_ESTIMABLE, format_percent

MOST_CURVES = 6
"""More curves than this cannot be told apart in one plot."""
_TIMES = (24.0, 12.0, 6.0, 3.0, 1.0)
_ROW, _ABOVE, _TOP = 18.0, 23.0, 6.0
_NAME, _RIGHT = 0.38, 20.0


def reading_time(lines: Sequence[StepLine]) -> float:
    """Return the months at which groups are compared: 24, or less where a group is not followed so long."""
    followed = min(line.last for line in lines)
    return next((time for time in _TIMES if time <= followed), _TIMES[-1])


def levels_height(lines: Sequence[StepLine], plot: CurvePlot, *, width: float) -> float:
    """Return the height of such a plot with its title and axis."""
    return _ABOVE + style.LINE_HEIGHT * len(plot.statistics(width)) + _TOP + _ROW * len(lines) + AXIS


def draw_levels(
    canvas: Canvas,
    lines: Sequence[StepLine],
    plot: CurvePlot,
    *,
    value: str,
    order: Sequence[str] = (),
    left: float = 0,
    top: float = 0,
    width: float,
) -> Axes:
    """Draw the value of each group at the reading time with its limits, in this order; return the axes."""
    time, place = reading_time(lines), {name: position for position, name in enumerate(order)}
    ordered = sorted(lines, key=lambda line: place.get(line.label, len(place)))
    rows = [(line, *_read(line, time)) for line in ordered]
    names = [wrap(line.label, width=_NAME * width, max_lines=1)[0] for line, *_ in rows]
    gutter = max(map(text_width, names)) + 12
    above = _ABOVE + style.LINE_HEIGHT * len(plot.statistics(width))
    height = _TOP + _ROW * len(rows)
    write_head(canvas, plot, left=left, top=top, width=width)
    axes = canvas.axes(left=left + gutter, top=top + above, width=width - gutter - _RIGHT, height=height)
    _scale(axes, rows, height)
    if time in plot.overall:
        _draw_overall(axes, plot.overall[time], height)
    for position, (name, (_, *point)) in enumerate(zip(names, rows, strict=True)):
        y = _TOP + _ROW * (position + 0.5)
        canvas.write(left, top + above + y + 4, name, role="group")
        if np.isfinite(point[0]):
            _draw_point(axes, point, y)
        else:
            canvas.write(left + gutter + 4, top + above + y + 4, NOT_ESTIMABLE, color=style.MUTED)
    middle = left + gutter + (width - gutter - _RIGHT) / 2
    title = f"{plot.read or value.capitalize()} at {time:g} months"
    canvas.write(middle, top + above + height + 36, title, align="center", size=style.TEXT)
    return axes


def falling_order(lines: Sequence[StepLine]) -> list[str]:
    """Return the names of groups from the highest value at the reading time to the lowest, those unknown last."""
    time = reading_time(lines)
    values = {line.label: _read(line, time)[0] for line in lines}
    return sorted(values, key=lambda name: (not np.isfinite(values[name]), -values[name]))


def say_dots(panels: Mapping[str, Sequence[StepLine]], plots: Mapping[str, CurvePlot]) -> str:
    """Say why groups are dots, where they are, and what a line among them is."""
    dots = {name: lines for name, lines in panels.items() if len(lines) > MOST_CURVES}
    if not dots:
        return ""
    marked = any(reading_time(lines) in plots[name].overall for name, lines in dots.items())
    said = f"More than {MOST_CURVES} groups are compared at one time, with the limits of their curves there."
    return f"{said} Dashed line: all patients." if marked else said


def _read(line: StepLine, time: float) -> tuple[float, float, float]:
    return tuple(float(column[0]) for column in line.values_at(np.array([time])))


def _scale(axes: Axes, rows: Sequence[tuple], height: float) -> None:
    ends = [end for _, *point in rows for end in point if np.isfinite(end)]
    low, high = np.floor(min(ends, default=0) * 10) / 10, np.ceil(max(ends, default=1) * 10 - 1e-9) / 10
    step = 0.2 if high - low > 0.5 else 0.1
    low, high = np.floor(low / step + 1e-9) * step, max(high, low + step)
    ticks = low + np.arange(round((high - low) / step) + 1) * step
    axes.set_xlim(low, high)
    axes.set_ylim(height, 0)
    axes.set_xticks(ticks, [format_percent(tick, decimals=0) for tick in ticks])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    for tick in ticks:
        axes.plot([tick, tick], [0, height], color=style.RULE, linewidth=0.7, zorder=0, gid="class guide")


def _draw_overall(axes: Axes, value: float, height: float) -> None:
    axes.plot(
        [value] * 2,
        [0, height],
        color=style.MUTED,
        linewidth=1.0,
        linestyle=(0, (4, 2)),
        zorder=0,
        gid="class overall",
    )


def _draw_point(axes: Axes, point: Sequence[float], y: float) -> None:
    value, low, high = point
    if np.isfinite(low) and np.isfinite(high):
        axes.plot([low, high], [y, y], color=style.INK, linewidth=1.3, clip_on=False, gid="class interval")
    axes.plot([value], [y], marker="o", markersize=6, color=style.group_style(0).color, clip_on=False,
              gid="class point")  # fmt: skip
