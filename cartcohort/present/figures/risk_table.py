"""Numbers at risk and events so far, aligned below the ticks of a plot of curves; the key of its lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from cartcohort.present import style
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.figures.placement import Box
from cartcohort.present.figures.steps import StepLine
from cartcohort.present.format import format_whole

_KEY = 30.0
_ROW = style.LINE_HEIGHT
_BETWEEN = 5.0
_APART, _LONG = 10.0, 75.0


def table_height(n_lines: int) -> float:
    """Return the height of the table for so many curves; a single one needs no key."""
    rows = 2 if n_lines == 1 else 1 + 2 * n_lines
    return rows * _ROW + n_lines * _BETWEEN + 4


def most_ticks(lines: Sequence[StepLine], width: float) -> int:
    """Return how many ticks leave room for the widest entry of the table."""
    widest = max(text_width(_entry(line.n, line.total_events)) for line in lines)
    # Of numbers with thousands the width is known less well.
    between = _APART if widest < _LONG else 2 * _APART
    return max(2, min(int(width // (widest + between)) + 1, 12))


def write_risk_table(
    canvas: Canvas,
    axes: Axes,
    lines: Sequence[StepLine],
    styles: Sequence[style.GroupStyle],
    ticks: np.ndarray,
    *,
    left: float,
    frame: Box,
    top: float,
) -> None:
    """Write, below each tick, how many are at risk (time >= tick) and how many had the event (time <= tick)."""
    canvas.write(left, top + 11, "No. at risk (cumulative events)", color=style.MUTED)
    y = top + 11
    for line, look in zip(lines, styles, strict=True):
        y += _BETWEEN
        if len(lines) > 1:
            y += _ROW
            canvas.key(left, y, look)
            label = wrap(line.label, width=frame.left + frame.width - left - _KEY, max_lines=1)[0]
            canvas.write(left + _KEY, y, label, color=look.color, bold=True, role="group")
        y += _ROW
        for tick, at_risk, events in zip(ticks, line.at_risk(ticks), line.events_by(ticks), strict=True):
            x = frame.left + tick / axes.get_xlim()[1] * frame.width
            canvas.write(x, y, _entry(at_risk, events), align="center", role="at-risk")


def _entry(at_risk: int, events: int) -> str:
    return f"{format_whole(at_risk)} ({format_whole(events)})"
