"""One plot of step curves with limits, censoring marks and numbers at risk below the axis: the hand of all curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes

from cartcohort.present import style
from cartcohort.present.figures.canvas import Canvas, text_width
from cartcohort.present.figures.curve_labels import write_labels
from cartcohort.present.figures.curve_layout import AXIS, CurvePlot, Layout
from cartcohort.present.figures.placement import Box
from cartcohort.present.figures.risk_table import write_risk_table
from cartcohort.present.figures.steps import StepLine, step_path
from cartcohort.present.format import format_percent

MOST_CENSORED = 200
"""Of more censorings in a plot none is marked: the marks would be a second line."""
_TICK, _LINE = 7.0, 1.7
_COARSER = 3.0
"""How much coarser than a line the edge of a band of a large curve may be."""
_MOST_BANDS = 3
_MOST_DROPS = 4


def draw_curves(
    canvas: Canvas, lines: Sequence[StepLine], plot: CurvePlot, layout: Layout, *, left: float = 0, top: float = 0
) -> Axes:
    """Draw curves, axes, statistics and numbers at risk into a column of the sheet; return the axes."""
    frame = layout.frame(plot, left=left, top=top)
    axes = canvas.axes(left=frame.left, top=frame.top, width=frame.width, height=frame.height)
    styles = plot.looks(lines)
    _draw_axes(axes, layout, plot.top)
    write_head(canvas, plot, left=left, top=top, width=layout.width)
    bottom = frame.top + frame.height
    half = text_width(plot.x_label, style.TEXT) / 2
    middle = min(frame.left + frame.width / 2, left + layout.width - half - 1)
    canvas.write(middle, bottom + 36, plot.x_label, align="center", size=style.TEXT)
    _draw_landmarks(canvas, axes, plot, frame)
    for line, look in zip(lines, styles, strict=True):
        if len(lines) <= _MOST_BANDS:
            _draw_band(axes, line, look, y_units=frame.height / plot.top)
        _draw_line(axes, line, look, plot.min_at_risk, y_units=frame.height / plot.top)
        if marks_censored(lines):
            _draw_censoring(axes, line, look, frame)
    for median in _drop_lines(plot, len(lines)):
        _draw_median(axes, median)
    if layout.labels and len(lines) > 1:
        write_labels(canvas, lines, plot, layout, frame=frame)
    write_risk_table(
        canvas,
        plot.blocks(lines, apart=layout.apart),
        layout.ticks,
        left=left,
        top=bottom + AXIS,
        frame=frame,
        end=layout.end,
        room=layout.names,
    )
    return axes


def write_head(canvas: Canvas, plot: CurvePlot, *, left: float, top: float, width: float) -> None:
    """Write title and statistics above a plot."""
    canvas.write(left, top + 12, plot.y_label, size=style.TEXT, bold=plot.bold_label)
    for position, row in enumerate(plot.statistics(width)):
        y = top + 12 + style.LINE_HEIGHT * (position + 1)
        canvas.write(left, y, row, color=style.MUTED, role="annotation")


def marks_censored(lines: Sequence[StepLine]) -> bool:
    """Tell whether censorings are few enough to be marked."""
    return sum(len(line.censor_times) for line in lines) <= MOST_CENSORED


def _draw_axes(axes: Axes, layout: Layout, top: float) -> None:
    axes.set_xlim(0, layout.end)
    axes.set_ylim(0, top)
    axes.set_xticks(layout.ticks, [f"{tick:g}" for tick in layout.ticks])
    step = 0.2 if top > 0.5 else 0.1 if top > 0.2 else 0.05
    levels = np.arange(0, round(top / step) + 1) * step
    axes.set_yticks(levels, [format_percent(level, decimals=0) for level in levels])


def _draw_band(axes: Axes, line: StepLine, look: style.GroupStyle, *, y_units: float) -> None:
    keep = line.vertices(line.conf_low, line.conf_high, y_units=y_units / _COARSER)
    known = keep[np.isfinite(line.conf_low[keep]) & np.isfinite(line.conf_high[keep])]
    hidden = 0
    if line.is_thinned:  # limits closer than the line is wide would lie beneath it
        wide = (line.conf_high - line.conf_low)[known] * y_units > _LINE
        hidden = int(wide.argmax()) if wide.any() else len(known)
    if len(known) == hidden:
        return
    x, low = step_path(line.time[known], line.conf_low[known], line.start)
    _, high = step_path(line.time[known], line.conf_high[known], line.start)
    x, low, high = x[2 * hidden :], low[2 * hidden :], high[2 * hidden :]
    axes.fill(
        np.concatenate([x, [line.last] * 2, x[::-1]]),
        np.concatenate([low, [low[-1], high[-1]], high[::-1]]),
        facecolor=look.color,
        alpha=0.13,
        linewidth=0,
        gid="class band",
        clip_on=False,
    )


def _draw_line(axes: Axes, line: StepLine, look: style.GroupStyle, min_at_risk: int, *, y_units: float) -> None:
    keep = line.vertices(line.value, y_units=y_units)
    x, y = step_path(line.time[keep], line.value[keep], line.start)
    x, y = np.append(x, line.last), np.append(y, y[-1])
    for (part_x, part_y), color, role in _parts(x, y, line.faint_from(min_at_risk), look.color):
        axes.plot(part_x, part_y, color=color, linestyle=look.linestyle, clip_on=False, gid=f"class {role}")


def _parts(x: np.ndarray, y: np.ndarray, faint_from: float, color: str) -> Iterator[tuple]:
    """Cut a step path into the part that many patients bear and the part that few do."""
    cut = np.searchsorted(x, faint_from, side="right") if faint_from > x[0] else 0
    if cut:
        join = min(faint_from, x[-1])
        yield (np.append(x[:cut], join), np.append(y[:cut], y[cut - 1])), color, "curve"
    if cut < len(x):
        before = y[max(cut - 1, 0)]
        yield (
            (np.append(max(faint_from, x[0]), x[cut:]), np.append(before, y[cut:])),
            style.tint(color, 0.5),
            "curve few",
        )


def _draw_censoring(axes: Axes, line: StepLine, look: style.GroupStyle, frame: Box) -> None:
    times = line.censor_times
    if not len(times):
        return
    values = line.values_at(times)[0]
    half = axes.get_ylim()[1] / frame.height * _TICK / 2
    x = np.column_stack([times, times, np.full(len(times), np.nan)]).ravel()
    y = np.column_stack([values - half, values + half, np.full(len(times), np.nan)]).ravel()
    axes.plot(x, y, color=look.color, linewidth=1.1, clip_on=False, gid="class censored")


def _drop_lines(plot: CurvePlot, n_lines: int) -> list[float]:
    """Return the medians to drop a line from; of many curves none, since nobody could tell them apart."""
    return [median for median in plot.medians if median is not None] if n_lines <= _MOST_DROPS else []


def _draw_median(axes: Axes, median: float) -> None:
    dots = (0, (1, 2))
    axes.plot(
        [0, median, median], [0.5, 0.5, 0], color=style.MUTED, linewidth=0.8, linestyle=dots, gid="class median"
    )


def _draw_landmarks(canvas: Canvas, axes: Axes, plot: CurvePlot, frame: Box) -> None:
    for label, time in plot.landmarks.items():
        axes.plot([time, time], [0, plot.top], color=style.RULE, linewidth=1.0, zorder=0, gid="class landmark")
        x = frame.left + time / axes.get_xlim()[1] * frame.width
        canvas.write(x + 4, frame.top + frame.height - 7, label, color=style.MUTED)
