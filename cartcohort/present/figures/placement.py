"""Finding room for text beside curves: a map of what is covered, in units of the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_GAP = 4
_STEP = 6


@dataclass(frozen=True)
class Box:
    """A rectangle: left and top corner, width and height, in units from the top left of the plot."""

    left: float
    top: float
    width: float
    height: float


class Room:
    """What is covered inside a plot of `width` by `height` units."""

    def __init__(self, *, width: float, height: float) -> None:
        self.covered = np.zeros((round(height), round(width)), dtype=bool)

    def cover(self, box: Box) -> None:
        """Mark a box, and a gap around it, as covered."""
        rows, columns = self._cells(box, gap=_GAP)
        self.covered[rows, columns] = True

    def cover_steps(self, x: np.ndarray, y: np.ndarray) -> None:
        """Mark the horizontal and vertical pieces of a step path."""
        for x0, x1, y0, y1 in zip(x[:-1], x[1:], y[:-1], y[1:], strict=True):
            self.covered[self._cells(Box(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0)), gap=2)] = True

    def is_free(self, box: Box, *, gap: float = _GAP) -> bool:
        """Tell whether a box lies inside the plot and, with a gap around it, covers nothing."""
        height, width = self.covered.shape
        inside = box.left >= 0 and box.top >= 0 and box.left + box.width <= width and box.top + box.height <= height
        return inside and not self.covered[self._cells(box, gap=gap)].any()

    def find(self, *, width: float, height: float) -> Box | None:
        """Return a free box: at the top right if possible, else at the bottom left, else nearest to the top right."""
        rows, columns = self.covered.shape
        corners = [Box(columns - width - 2, 2, width, height), Box(8, rows - height - 6, width, height)]
        lefts = np.arange(columns - width - 2, 0, -_STEP)
        tops = np.arange(2, max(rows - height, 3), _STEP)
        others = [Box(left, top, width, height) for left in lefts for top in tops]
        others.sort(key=lambda box: (columns - width - box.left) + box.top)
        return next((box for box in corners + others if self.is_free(box)), None)

    def _cells(self, box: Box, *, gap: float) -> tuple[slice, slice]:
        top, left = int(max(box.top - gap, 0)), int(max(box.left - gap, 0))
        bottom, right = int(np.ceil(box.top + box.height + gap)), int(np.ceil(box.left + box.width + gap))
        return slice(top, max(bottom, 0)), slice(left, max(right, 0))


def place_labels(
    rooms: Sequence[Room], paths: Sequence[tuple[np.ndarray, np.ndarray]], sizes: Sequence[tuple[float, float]]
) -> list[Box] | None:
    """Place a label beside each step curve, nearer to its own curve than to any other.

    Parameters
    ----------
    rooms : sequence of Room
        For each curve, what covers the plot apart from this curve. Labels are added as they are placed.
    paths : sequence of (x, y)
        Corners of each curve in units of the plot.
    sizes : sequence of (width, height)
        Of the labels.

    Returns
    -------
    list of Box, or None where one of them finds no room
    """
    boxes: list[Box] = []
    for room, (x, y), size in zip(rooms, paths, sizes, strict=True):
        own = Room(width=room.covered.shape[1], height=room.covered.shape[0])
        own.cover_steps(x, y)
        for box in boxes:
            room.cover(box)
        found = next(
            (box for box in _beside(x, y, size) if room.is_free(box, gap=9) and own.is_free(box, gap=0)), None
        )
        if found is None:
            return None
        boxes.append(found)
    return boxes


def _beside(x: np.ndarray, y: np.ndarray, size: tuple[float, float]) -> list[Box]:
    """Return boxes just above and just below a curve, those towards its end first."""
    width, height = size
    boxes = []
    for at in np.arange(x[-1] - width - 2, x[0] + 4, -_STEP):
        under = (x >= at) & (x <= at + width)
        on_curve = np.concatenate([y[under], [np.interp(at, x, y), np.interp(at + width, x, y)]])
        boxes.append(Box(at, on_curve.min() - height - 4, width, height))
        boxes.append(Box(at, on_curve.max() + 5, width, height))
    return boxes
