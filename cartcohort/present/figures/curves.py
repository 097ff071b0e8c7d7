"""One plot of step curves with limits, censoring marks and numbers at risk below the axis: the hand of all curves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes

from cartcohort.present import style
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.figures.placement import Box, Room, place_labels
from cartcohort.present.figures.risk_table import most_ticks, table_height, write_risk_table
from cartcohort.present.figures.steps import StepLine, even_ticks, step_path
from cartcohort.present.format import format_percent

_LEFT, _RIGHT, _ABOVE, _AXIS = 50.0, 12.0, 24.0, 44.0
_TICK, _LINE = 7.0, 1.7
_ANNOTATION = 230.0
_MOST_BANDS = 3
_MOST_DROPS = 4
_MOST_LABELS = 6


@dataclass(frozen=True, kw_only=True)
class CurvePlot:
    """What one plot of curves shows besides the curves.

    Attributes
    ----------
    x_label, y_label : str
    annotation : sequence of str
        Lines in a free corner: effect, interval and p-value.
    landmarks : mapping of str to float
        Times marked by a vertical line, by their label.
    min_at_risk : int
        Curves are faint from where fewer patients remain.
    medians : sequence of float or None
        Per line, where to drop a line from 50%; empty, or None for a line, draws none.
    top : float
        Upper end of the y axis, 1 for survival.
    plot_height : float
        Height of the plot alone.
    bold_label : bool
        Whether the label of the y axis is the title of a panel.
    """

    x_label: str
    y_label: str
    annotation: Sequence[str] = ()
    landmarks: Mapping[str, float] = field(default_factory=dict)
    min_at_risk: int = 0
    medians: Sequence[float | None] = ()
    top: float = 1.0
    plot_height: float = 290.0
    bold_label: bool = False

    def height(self, n_lines: int) -> float:
        """Return the height of the plot with its axis and table."""
        return _ABOVE + self.plot_height + _AXIS + table_height(n_lines)


def draw_curves(
    canvas: Canvas, lines: Sequence[StepLine], plot: CurvePlot, *, left: float = 0, top: float = 0, width: float
) -> Axes:
    """Draw curves, axes, annotation and numbers at risk into a column of the sheet; return the axes."""
    frame = Box(left + _LEFT, top + _ABOVE, width - _LEFT - _RIGHT, plot.plot_height)
    axes = canvas.axes(left=frame.left, top=frame.top, width=frame.width, height=frame.height)
    styles = style.styles_of([line.label for line in lines])
    end = max(line.last for line in lines) or 1.0
    ticks = even_ticks(end, most=most_ticks(lines, frame.width))
    _draw_axes(axes, ticks, end * 1.015, plot.top)
    canvas.write(left, top + 12, plot.y_label, size=style.TEXT, bold=plot.bold_label)
    bottom = frame.top + frame.height
    canvas.write(frame.left + frame.width / 2, bottom + 36, plot.x_label, align="center", size=style.TEXT)
    _draw_landmarks(axes, plot)
    for line, look in zip(lines, styles, strict=True):
        if len(lines) <= _MOST_BANDS:
            _draw_band(axes, line, look, y_units=frame.height / plot.top)
        _draw_line(axes, line, look, plot.min_at_risk, y_units=frame.height / plot.top)
        _draw_censoring(axes, line, look, frame)
    for median in _drop_lines(plot, len(lines)):
        _draw_median(axes, median)
    _write_texts(canvas, axes, lines, styles, plot, frame)
    write_risk_table(canvas, axes, lines, styles, ticks, left=left, frame=frame, top=bottom + _AXIS)
    return axes


def _draw_axes(axes: Axes, ticks: np.ndarray, end: float, top: float) -> None:
    axes.set_xlim(0, end)
    axes.set_ylim(0, top)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    step = 0.2 if top > 0.5 else 0.1 if top > 0.2 else 0.05
    levels = np.arange(0, round(top / step) + 1) * step
    axes.set_yticks(levels, [format_percent(level, decimals=0) for level in levels])


def _draw_band(axes: Axes, line: StepLine, look: style.GroupStyle, *, y_units: float) -> None:
    keep = line.vertices(line.conf_low, line.conf_high, y_units=y_units / 2)
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
    x_units = frame.width / axes.get_xlim()[1]
    times = line.censor_times(x_units=x_units)
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


def _draw_landmarks(axes: Axes, plot: CurvePlot) -> None:
    for time in plot.landmarks.values():
        axes.plot([time, time], [0, plot.top], color=style.RULE, linewidth=1.0, zorder=0, gid="class landmark")


def _write_texts(
    canvas: Canvas,
    axes: Axes,
    lines: Sequence[StepLine],
    styles: Sequence[style.GroupStyle],
    plot: CurvePlot,
    frame: Box,
) -> None:
    """Write the annotation, the landmarks' labels and, where there is room, each group's name beside its curve."""
    paths = [_on_sheet(line, axes, frame) for line in lines]
    room = Room(width=frame.width, height=frame.height)
    for path in paths:
        room.cover_steps(*path)
    for median in _drop_lines(plot, len(lines)):
        at = median / axes.get_xlim()[1] * frame.width
        room.cover_steps(np.array([0, at, at]), np.array([0.5, 0.5, 1]) * frame.height)
    for label, time in plot.landmarks.items():
        at = time / axes.get_xlim()[1] * frame.width
        box = Box(at + 4, frame.height - style.LINE_HEIGHT - 3, text_width(label), style.LINE_HEIGHT)
        canvas.write(frame.left + box.left, frame.top + box.top + 11, label, color=style.MUTED)
        room.cover(box)
    annotation = _write_annotation(canvas, plot.annotation, _with_bands(room, lines, axes, frame), room, frame)
    if 1 < len(lines) <= _MOST_LABELS:
        _write_labels(canvas, lines, styles, paths, annotation, frame)


def _with_bands(room: Room, lines: Sequence[StepLine], axes: Axes, frame: Box) -> Room:
    """Return a copy of the map in which the bands between limits are covered too."""
    banded = Room(width=frame.width, height=frame.height)
    banded.covered |= room.covered
    if len(lines) > _MOST_BANDS:
        return banded
    for line in lines:
        at = np.linspace(0, line.last, 200)
        _, low, high = line.values_at(at)
        scale_x, scale_y = frame.width / axes.get_xlim()[1], frame.height / axes.get_ylim()[1]
        for time, bottom, top in zip(at, low, high, strict=True):
            if np.isfinite(bottom) and np.isfinite(top):
                banded.cover(Box(time * scale_x, frame.height - top * scale_y, 1, (top - bottom) * scale_y))
    return banded


def _write_annotation(canvas: Canvas, annotation: Sequence[str], banded: Room, room: Room, frame: Box) -> Box | None:
    """Write lines where neither curve nor band is, else where no curve is, else at the top right."""
    rows = [
        row
        for line in annotation
        for row in wrap(line, width=max(frame.width * 0.62, min(frame.width - 8, _ANNOTATION)))
    ]
    if not rows:
        return None
    width = max(text_width(row) for row in rows)
    height = len(rows) * style.LINE_HEIGHT
    box = banded.find(width=width, height=height) or room.find(width=width, height=height)
    box = box or Box(frame.width - width, 0, width, height)
    right = box.left > frame.width / 2 - width / 2
    for position, row in enumerate(rows):
        x = frame.left + box.left + (box.width if right else 0)
        y = frame.top + box.top + 11 + position * style.LINE_HEIGHT
        canvas.write(x, y, row, align="right" if right else "left", role="annotation")
    return box


def _write_labels(
    canvas: Canvas,
    lines: Sequence[StepLine],
    styles: Sequence[style.GroupStyle],
    paths: Sequence[tuple[np.ndarray, np.ndarray]],
    annotation: Box | None,
    frame: Box,
) -> None:
    rooms = []
    for own in range(len(lines)):
        room = Room(width=frame.width, height=frame.height)
        for other, path in enumerate(paths):
            if other != own:
                room.cover_steps(*path)
        if annotation:
            room.cover(annotation)
        rooms.append(room)
    texts = [wrap(line.label, width=150, max_lines=2) for line in lines]
    sizes = [(max(map(text_width, rows)), len(rows) * style.LINE_HEIGHT - 2) for rows in texts]
    for rows, box, look in zip(texts, place_labels(rooms, paths, sizes) or [], styles, strict=False):
        for position, row in enumerate(rows):
            y = frame.top + box.top + 10.5 + position * style.LINE_HEIGHT
            canvas.write(frame.left + box.left, y, row, color=look.color, bold=True, role="label")


def _on_sheet(line: StepLine, axes: Axes, frame: Box) -> tuple[np.ndarray, np.ndarray]:
    keep = line.vertices(line.value, y_units=frame.height / axes.get_ylim()[1])
    x, y = step_path(line.time[keep], line.value[keep], line.start)
    x, y = np.append(x, line.last), np.append(y, y[-1])
    return x / axes.get_xlim()[1] * frame.width, frame.height * (1 - y / axes.get_ylim()[1])
