"""Keys above a plot: samples with their words, flowing over as many rows as they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from cartcohort.present import style
from cartcohort.present.figures.canvas import Canvas, text_width

_SAMPLE, _GAP = 20.0, 16.0
_ROW = 18.0


@dataclass(frozen=True)
class Key:
    """A sample and its words: a marker, else a line where there is a dash pattern, else a patch of colour."""

    text: str
    color: str
    marker: str = ""
    line: style.GroupStyle | None = None
    filled: bool = True


def line_keys(looks: Mapping[str, style.GroupStyle]) -> list[Key]:
    """Return the keys of lines by their name; a single line needs none."""
    return [Key(name, look.color, line=look) for name, look in looks.items()] if len(looks) > 1 else []


def legend_height(keys: Sequence[Key], *, width: float = style.WIDTH) -> float:
    """Return the height that the keys take up."""
    return (_places(keys, width)[-1][1] + 1) * _ROW + 4 if keys else 0.0


def write_legend(
    canvas: Canvas, keys: Sequence[Key], *, left: float = 0.0, top: float = 0.0, width: float = style.WIDTH
) -> None:
    """Draw the keys in rows from the top left corner of a box."""
    for key, (x, row) in zip(keys, _places(keys, width), strict=True):
        y = top + row * _ROW + 12
        _draw_sample(canvas, key, left + x, y - 4)
        canvas.write(left + x + _SAMPLE, y, key.text, role="key")


def _places(keys: Sequence[Key], width: float) -> list[tuple[float, int]]:
    """Return x and row of each key."""
    places, x, row = [], 0.0, 0
    for key in keys:
        needed = _SAMPLE + text_width(key.text)
        if x and x + needed > width:
            x, row = 0.0, row + 1
        places.append((x, row))
        x += needed + _GAP
    return places


def _draw_sample(canvas: Canvas, key: Key, x: float, y: float) -> None:
    if key.line:
        canvas.key(x, y + 4, key.line, length=_SAMPLE - 5)
        return
    across, down = canvas.width, canvas.height
    if key.marker:
        face = key.color if key.filled else style.PAPER
        sample = Line2D([(x + 7) / across], [1 - y / down], marker=key.marker, markersize=7, color=key.color,
                        markerfacecolor=face, linestyle="none", transform=canvas.sheet.transFigure)  # fmt: skip
    else:
        sample = Rectangle((x / across, 1 - (y + 5) / down), 14 / across, 10 / down, facecolor=key.color,
                           edgecolor="none", transform=canvas.sheet.transFigure)  # fmt: skip
    canvas.sheet.add_artist(sample)
