"""What figures with one lane a patient share: which patients are drawn, and the frame they are drawn in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cartcohort.present import style
from cartcohort.present.figures.canvas import Canvas, text_width
from cartcohort.present.figures.legend import Key
from cartcohort.present.figures.steps import even_ticks
from cartcohort.present.format import format_whole
from cartcohort.present.narrative import capitalise

MOST_LANES = 60
LANE = 12.0
AXIS = 44.0
_MOST_LABEL, _SIZE, _RIGHT = 90.0, 10.0, 10.0
_MOST_TICKS = 9
_SMALLER = {"s": 5.2, "D": 4.8}
"""Sizes of hollow marks that look larger than others."""


def choose_lanes(ordered: pd.DataFrame) -> pd.DataFrame:
    """Return the patients to draw, in their order: all, or 60 at even distances where there are more."""
    if len(ordered) <= MOST_LANES:
        return ordered
    return ordered.iloc[np.linspace(0, len(ordered) - 1, MOST_LANES).round().astype(int)]


def sampling_note(drawn: int, total: int, ordered_by: str) -> str:
    """Say which patients are drawn where not all are; else an empty text."""
    if drawn == total:
        return ""
    return f"{drawn} of {format_whole(total)} patients are drawn, at even distances in the order of {ordered_by}"


def lane_axes(
    canvas: Canvas,
    names: Sequence[str],
    *,
    top: float,
    end: float,
    x_label: str,
    places: Sequence[float] | None = None,
    lane: float = LANE,
    start: float = 0.0,
) -> Axes:
    """Add axes with one lane a name, the first on top, named at the left; y counts lanes from 0.

    `places` are the lanes of the names where some are left empty, such as for headings.
    """
    places = range(len(names)) if places is None else places
    left = min(max((text_width(name, _SIZE) for name in names), default=0), _MOST_LABEL) + 8
    width, height = canvas.width - left - _RIGHT, lane * (max(places) + 1)
    axes = canvas.axes(left=left, top=top, width=width, height=height)
    axes.set_xlim(start, end)
    axes.set_ylim(max(places) + 0.5, -0.5)
    ticks = even_ticks(end, most=_MOST_TICKS)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    for place, name in zip(places, names, strict=True):
        y = top + lane * (place + 0.5) + 3.5
        shown = _fitting(name, left - 7)
        canvas.write(left - 5, y, shown, align="right", size=_SIZE, color=style.MUTED, role="patient")
    canvas.write(left + width / 2, top + height + 36, x_label, align="center", size=style.TEXT)
    return axes


def mark(axes: Axes, x: float, y: float, look: style.MarkStyle, *, role: str) -> None:
    """Draw a mark, edged so that it shows on any bar; what befell the patient lies over what was given."""
    face, edge = (look.color, style.PAPER) if look.filled else (style.PAPER, look.color)
    size = 7.0 if look.filled else _SMALLER.get(look.marker, 6.0)
    axes.plot(x, y, marker=look.marker, markersize=size, color=face, markeredgecolor=edge, linestyle="none",
              markeredgewidth=0.8 if look.filled else 1.1, clip_on=False, zorder=4 if look.filled else 3,
              gid=f"class {role}")  # fmt: skip


def mark_keys(looks: dict[str, style.MarkStyle]) -> list[Key]:
    """Return the keys of marks by their name."""
    return [Key(capitalise(name), look.color, look.marker, filled=look.filled) for name, look in looks.items()]


def _fitting(name: str, width: float) -> str:
    while len(name) > 2 and text_width(name, _SIZE) > width:
        name = name[:-2] + "…"
    return name
