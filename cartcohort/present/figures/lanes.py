"""What figures with one lane a patient share: which patients are drawn, and the frame they are drawn in."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cartcohort.present import style
from cartcohort.present.figures.canvas import Canvas, text_width
from cartcohort.present.figures.steps import even_ticks
from cartcohort.present.format import format_whole

MOST_LANES = 60
LANE = 12.0
AXIS = 44.0
_MOST_LABEL, _SIZE = 90.0, 10.0


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


def lane_axes(canvas: Canvas, names: list[str], *, top: float, end: float, x_label: str, lane: float = LANE) -> Axes:
    """Add axes with one lane a name, the first on top, named at the left; y counts lanes from 0."""
    left = min(max((text_width(name, _SIZE) for name in names), default=0), _MOST_LABEL) + 10
    width, height = canvas.width - left - 14, lane * len(names)
    axes = canvas.axes(left=left, top=top, width=width, height=height)
    axes.set_xlim(0, end)
    axes.set_ylim(len(names) - 0.5, -0.5)
    ticks = even_ticks(end, most=11)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    for position, name in enumerate(names):
        y = top + lane * (position + 0.5) + 3.5
        shown = _fitting(name, left - 9)
        canvas.write(left - 6, y, shown, align="right", size=_SIZE, color=style.MUTED, role="patient")
    canvas.write(left + width / 2, top + height + 36, x_label, align="center", size=style.TEXT)
    return axes


def _fitting(name: str, width: float) -> str:
    while len(name) > 2 and text_width(name, _SIZE) > width:
        name = name[:-2] + "…"
    return name
