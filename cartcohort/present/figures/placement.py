"""Finding room for text beside curves: a map of what is covered, in units of the sheet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Box:
    """A rectangle: left and top corner, width and height, in units from the top left of the plot or the sheet."""

    left: float
    top: float
    width: float
    height: float


def grid_boxes(n_panels: int, *, columns: int, width: float, height: float, gutter: float, top: float) -> list[Box]:
    """Return the boxes of panels in rows, and first that of what stands above them; none of a single panel."""
    if n_panels == 1:
        return []
    places = (divmod(position, columns) for position in range(n_panels))
    boxes = [Box(column * (width + gutter), top + row * height, width, height) for row, column in places]
    return [Box(0, 0, width, top), *boxes] if top else boxes


class Room:
    """What is covered inside a plot of `width` by `height` units."""

    def __init__(self, *, width: float, height: float) -> None:
        self.covered = np.zeros((round(height) + 1, round(width) + 1), dtype=bool)

    def cover_steps(self, x: np.ndarray, y: np.ndarray) -> None:
        """Mark the horizontal and vertical pieces of a step path."""
        for x0, x1, y0, y1 in zip(x[:-1], x[1:], y[:-1], y[1:], strict=True):
            self.covered[self._cells(Box(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0)))] = True

    def is_free(self, box: Box) -> bool:
        """Tell whether nothing is covered in a box."""
        return not self.covered[self._cells(box)].any()

    def _cells(self, box: Box) -> tuple[slice, slice]:
        top, left = int(max(box.top - 1, 0)), int(max(box.left - 1, 0))
        bottom, right = int(np.ceil(box.top + box.height + 1)), int(np.ceil(box.left + box.width + 1))
        return slice(top, max(bottom, 0)), slice(left, max(right, 0))
