"""The names of curves, written where the curves end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.figures.curve_layout import CurvePlot, Layout
from cartcohort.present.figures.placement import Box, Room
from cartcohort.present.figures.steps import StepLine, step_path

_ROW, _APART, _FARTHEST = 13.0, 5.0, 16.0
"""Height of a line of a label, its distance from the end of its curve, and how far it may be shifted from there."""
_TRIES, _CLEAR = 20, 2.0


def place_labels(lines: Sequence[StepLine], plot: CurvePlot, layout: Layout) -> list[Box] | None:
    """Return the box of each name, from the corner of the plot, or None where one would touch another curve."""
    frame = layout.frame(plot, left=0, top=0)
    paths = [_on_sheet(line, layout.end, plot.top, frame) for line in lines]
    lowest = frame.height - _CLEAR
    boxes = _spread([_at_the_end(line, path, layout.labels, lowest) for line, path in zip(lines, paths, strict=True)])
    if boxes is None:
        return None
    for own, box in enumerate(boxes):
        room = Room(width=frame.width + layout.right, height=frame.height + 2 * _ROW)
        for other, path in enumerate(paths):
            if other != own:
                room.cover_steps(*path)
        inside = box.top >= -_ROW and box.top + box.height <= lowest + 1
        fits = box.left + box.width <= frame.width + layout.right
        if not (room.is_free(box) and inside and fits):
            return None
    return boxes


def write_labels(canvas: Canvas, lines: Sequence[StepLine], plot: CurvePlot, layout: Layout, *, frame: Box) -> None:
    """Write the name of each line beside its end."""
    boxes = place_labels(lines, plot, layout) or []
    for line, box, look in zip(lines, boxes, plot.looks(lines), strict=False):
        for position, row in enumerate(wrap(line.label, width=layout.labels, max_lines=2, bold=True)):
            y = frame.top + box.top + 10 + position * _ROW
            canvas.write(frame.left + box.left, y, row, color=look.color, bold=True, role="label")


def can_label(panels: Mapping[str, Sequence[StepLine]], plots: Mapping[str, CurvePlot], layout: Layout) -> bool:
    """Tell whether the names find room beside their lines in every panel."""
    return all(len(lines) == 1 or place_labels(lines, plots[name], layout) for name, lines in panels.items())


def _at_the_end(line: StepLine, path: tuple[np.ndarray, np.ndarray], width: float, lowest: float) -> Box:
    rows = wrap(line.label, width=width, max_lines=2, bold=True)
    height, across = _ROW * len(rows), max(text_width(row, bold=True) for row in rows)
    return Box(path[0][-1] + _APART, min(path[1][-1] - height / 2, lowest - height), across, height)


def _spread(boxes: Sequence[Box]) -> list[Box] | None:
    """Shift boxes up and down until none covers another; None where that takes them too far from their lines."""
    placed = list(boxes)
    order = sorted(range(len(boxes)), key=lambda at: boxes[at].top)
    for _ in range(_TRIES):
        for upper, lower in pairwise(order):
            over = _overlap(placed[upper], placed[lower]) / 2
            placed[upper] = replace(placed[upper], top=placed[upper].top - over)
            placed[lower] = replace(placed[lower], top=placed[lower].top + over)
    apart = all(_overlap(placed[upper], placed[lower]) < 1 for upper, lower in pairwise(order))
    near = all(abs(box.top - own.top) <= _FARTHEST for box, own in zip(placed, boxes, strict=True))
    return placed if apart and near else None


def _overlap(upper: Box, lower: Box) -> float:
    """Return how far the lower of two boxes reaches into the upper one, 0 where they are beside each other."""
    beside = upper.left < lower.left + lower.width and lower.left < upper.left + upper.width
    return max(upper.top + upper.height - lower.top, 0.0) if beside else 0.0


def _on_sheet(line: StepLine, end: float, top: float, frame: Box) -> tuple[np.ndarray, np.ndarray]:
    keep = line.vertices(line.value, y_units=frame.height / top)
    x, y = step_path(line.time[keep], line.value[keep], line.start)
    x, y = np.append(x, line.last), np.append(y, y[-1])
    return x / end * frame.width, frame.height * (1 - y / top)
