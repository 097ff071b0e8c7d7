"""Numbers at risk and events so far, aligned below the ticks of a plot of curves; the key of its lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cartcohort.present import style
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.figures.placement import Box
from cartcohort.present.figures.steps import StepLine
from cartcohort.present.format import format_whole

AT_RISK, EVENTS = "No. at risk", "Cumulative events"
_ROW, _LOWER = style.LINE_HEIGHT, 12.5
_KEY, _BETWEEN = 25.0, 4.0
_ALONE = 262.0
"""Room for a name that stands apart."""
_APART, _BESIDE = 8.0, 9.0
"""Least space between two numbers, and between a name and the first of them."""


@dataclass(frozen=True)
class RiskRow:
    """A row of numbers: what it is called, whose line it belongs to, and whether it is the first of that line.

    One without numbers is a name that stands apart, above the rows that it belongs to.
    """

    name: str
    look: style.GroupStyle | None
    count: Callable[[np.ndarray], np.ndarray] | None
    role: str
    leads: bool = False

    def lines(self, room: float) -> list[str]:
        """Return the name broken into at most two lines, the same ones in every row of a group."""
        width = room if self.count else _ALONE
        return wrap(self.name, width=width, max_lines=2, bold=self.look is not None)

    def needs(self, room: float) -> float:
        """Return the width of the name in so much room, with the sample of its line."""
        return (_KEY if self.look else 0.0) + max(text_width(line, bold=self.leads) for line in self.lines(room))


Blocks = Sequence[tuple[str, Sequence[RiskRow]]]
"""Rows by their heading, which is empty where the rows say it themselves."""


def risk_blocks(
    lines: Sequence[StepLine], styles: Sequence[style.GroupStyle], *, same_patients: bool = False
) -> Blocks:
    """Return what stands below curves: at risk and events of one, of each group, or of each cause in one group.

    `same_patients` says that the lines are causes, so that the same patients are at risk of each.
    """
    if len(lines) == 1:
        return [("", [_everybody(lines[0]), RiskRow("Events", None, lines[0].events_by, "events")])]
    pairs = list(zip(lines, styles, strict=True))
    events = [RiskRow(line.label, look, line.events_by, "events", same_patients) for line, look in pairs]
    if same_patients:
        return [("", [_everybody(lines[0])]), (EVENTS, events)]
    return [
        (AT_RISK, [RiskRow(line.label, look, line.at_risk, "at-risk", True) for line, look in pairs]),
        (EVENTS, events),
    ]


def risk_blocks_apart(
    lines: Sequence[StepLine], styles: Sequence[style.GroupStyle], *, same_patients: bool = False
) -> Blocks:
    """Return what stands below curves as `risk_blocks` does, the name of each group on a line of its own."""
    if len(lines) == 1:
        return risk_blocks(lines, styles)
    blocks: list[tuple[str, Sequence[RiskRow]]] = [("", [_everybody(lines[0])])] if same_patients else []
    for line, look in zip(lines, styles, strict=True):
        at_risk = [] if same_patients else [_everybody(line)]
        events = RiskRow("Events", None, line.events_by, "events")
        blocks.append(("", [RiskRow(line.label, look, None, "group", leads=True), *at_risk, events]))
    return blocks


def _everybody(line: StepLine) -> RiskRow:
    return RiskRow("At risk", None, line.at_risk, "at-risk")


def gutter_width(blocks: Blocks, *, room: float) -> float:
    """Return the space left of the first number that names of at most `room` and half a number need."""
    rows = [row for _, rows in blocks for row in rows if row.count]
    first = max(text_width(format_whole(row.count(np.zeros(1))[0])) for row in rows)
    return max(row.needs(room) for row in rows) + _BESIDE + first / 2


def cell_width(lines: Sequence[StepLine]) -> float:
    """Return the width of the widest number that may stand below these curves."""
    return max(text_width(format_whole(line.n)) for line in lines)


def most_ticks(lines: Sequence[StepLine], width: float) -> int:
    """Return how many ticks leave room for the numbers below them, and for their own."""
    widest = max(cell_width(lines), text_width("000"))
    return max(2, min(int(width // (widest + _APART)) + 1, 12))


def table_height(blocks: Blocks, *, room: float) -> float:
    """Return the height of the table when names have so much room."""
    return 4 + sum(
        (_ROW if heading else 0) + _BETWEEN + sum(_height(row, room) for row in rows) for heading, rows in blocks
    )


def write_risk_table(
    canvas: Canvas, blocks: Blocks, ticks: np.ndarray, *, left: float, top: float, frame: Box, end: float, room: float
) -> None:
    """Write, below each tick, how many are at risk (time >= tick) and how many had the event (time <= tick).

    Parameters
    ----------
    canvas : Canvas
    blocks : sequence of (str, sequence of RiskRow)
    ticks, end
        Of the time axis.
    left, top : float
        Corner of the table.
    frame : Box
        Of the plot above.
    room : float
        For the names.
    """
    y = top
    for heading, rows in blocks:
        y += _BETWEEN
        if heading:
            y += _ROW
            canvas.write(left, y, heading, color=style.MUTED)
        for row in rows:
            _write_row(canvas, row, ticks, left=left, y=y + _ROW, frame=frame, end=end, room=room)
            y += _height(row, room)


def _write_row(
    canvas: Canvas, row: RiskRow, ticks: np.ndarray, *, left: float, y: float, frame: Box, end: float, room: float
) -> None:
    if row.look:
        canvas.key(left, y, row.look, length=_KEY - 5)
    for position, line in enumerate(row.lines(room)):
        color = row.look.color if row.look and row.leads else style.MUTED
        x = left + (_KEY if row.look else 0)
        canvas.write(
            x, y + position * _LOWER, line, color=color, bold=row.leads, role="group" if row.leads else "row"
        )
    if row.count is None:
        return
    color = style.INK if row.leads or not row.look else style.MUTED
    for tick, count in zip(ticks, row.count(ticks), strict=True):
        x = frame.left + tick / end * frame.width
        canvas.write(x, y, format_whole(count), align="center", color=color, role=row.role)


def _height(row: RiskRow, room: float) -> float:
    return _ROW + _LOWER * (len(row.lines(room)) - 1)
