"""What all plots of curves in a figure share: the time axis, the columns beside the plot, and what is above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cartcohort.present import style
from cartcohort.present.figures.canvas import text_width, wrap
from cartcohort.present.figures.placement import Box
from cartcohort.present.figures.risk_table import (
    Blocks,
    cell_width,
    gutter_width,
    most_ticks,
    risk_blocks,
    risk_blocks_apart,
    table_height,
)
from cartcohort.present.figures.steps import StepLine, time_axis

AXIS = 44.0
"""Height of ticks and title below a plot."""
MOST_LABELS = 6
"""Names of more lines are not written beside them."""
_TITLE, _STATISTIC, _BELOW = 15.0, 15.0, 8.0
_LEFT, _RIGHT = 46.0, 8.0
_WIDE = 400.0
_MOST_LEFT = 0.3
"""Most of the width of a panel that names may take beside their numbers."""
_NAMES = {True: 130.0, False: 86.0}
"""Room for the names of groups left of a wide plot and of one of several panels."""
_LABELS = {True: 112.0, False: 46.0}
"""Likewise for their labels at the right."""
_LABEL_LINES = {_LABELS[True]: 2, _LABELS[False]: 1}


@dataclass(frozen=True, kw_only=True)
class CurvePlot:
    """What one plot of curves shows besides the curves.

    Attributes
    ----------
    x_label, y_label : str
    annotation : sequence of str
        Below the title: effect, interval and p-value.
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
    same_patients : bool
        Whether the lines are causes, so that the same patients are at risk of each.
    read : str
        What is read off the curves where only their values at one time are drawn; "" for what they are.
    overall : mapping of float to float
        Value in all patients by time, where known; marked among the values of groups at such a time.
    styles : mapping of str to GroupStyle
        Styles by the names of lines, where they follow neither from the names nor from their order.
    """

    x_label: str
    y_label: str
    annotation: Sequence[str] = ()
    landmarks: Mapping[str, float] = field(default_factory=dict)
    min_at_risk: int = 0
    medians: Sequence[float | None] = ()
    top: float = 1.0
    plot_height: float = 280.0
    bold_label: bool = False
    same_patients: bool = False
    read: str = ""
    overall: Mapping[float, float] = field(default_factory=dict)
    styles: Mapping[str, style.GroupStyle] = field(default_factory=dict)

    def looks(self, lines: Sequence[StepLine]) -> list[style.GroupStyle]:
        """Return the style of each line."""
        names = [line.label for line in lines]
        return [self.styles[name] for name in names] if self.styles else style.styles_of(names)

    def statistics(self, width: float) -> list[str]:
        """Return the annotation in as few lines as it needs."""
        together = "; ".join(self.annotation).replace(":; ", ": ")
        if text_width(together) <= width:
            return [together] if together else []
        return [row for line in self.annotation for row in wrap(line, width=width)]

    def blocks(self, lines: Sequence[StepLine], *, apart: bool = False) -> Blocks:
        """Return what stands below the axis, names of groups on lines of their own if they are to stand apart."""
        blocks = risk_blocks_apart if apart else risk_blocks
        return blocks(lines, self.looks(lines), same_patients=self.same_patients)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where the parts of each plot lie in its column, the same in all panels of a figure.

    Attributes
    ----------
    width, left, right : float
        Of the column, and what of it lies left and right of the plot.
    above : float
        Height of title and statistics.
    ticks, end
        Of the time axis.
    names, labels : float
        Room for the names below the plot, and for those beside it; 0 where the latter are left out.
    apart : bool
        Whether the names below the plot stand on lines of their own, since they would take too much of its width.
    """

    width: float
    left: float
    right: float
    above: float
    ticks: np.ndarray
    end: float
    names: float
    labels: float
    apart: bool = False

    def frame(self, plot: CurvePlot, *, left: float, top: float) -> Box:
        """Return the frame of a plot whose column starts at `left` and `top`."""
        return Box(left + self.left, top + self.above, self.width - self.left - self.right, plot.plot_height)

    def height(self, lines: Sequence[StepLine], plot: CurvePlot) -> float:
        """Return the height of a plot with its title, axis and table."""
        return (
            self.above + plot.plot_height + AXIS + table_height(plot.blocks(lines, apart=self.apart), room=self.names)
        )


def lay_out(
    panels: Mapping[str, Sequence[StepLine]],
    plots: Mapping[str, CurvePlot],
    *,
    width: float,
    beside: float = 0.0,
    labelled: bool = True,
) -> Layout:
    """Fit the plots of a figure into columns of that width.

    Parameters
    ----------
    panels, plots : mapping by panel
    width : float
    beside : float
        What else is drawn right of the plot.
    labelled : bool
        Whether names are written beside the lines where their room allows it.
    """
    wide = width > _WIDE
    room, together = _NAMES[wide], [line for lines in panels.values() for line in lines]
    left, apart = _gutter(panels, plots, width=width, room=room)
    labels = _label_room(panels, _LABELS[wide]) if labelled else 0.0
    right = max(_RIGHT, labels, cell_width(together) / 2) + beside
    ticks, end = time_axis(max(line.last for line in together), most=most_ticks(together, width - left - right))
    statistics = max(len(plots[name].statistics(width)) for name in panels)
    above = _TITLE + _STATISTIC * statistics + _BELOW
    return Layout(
        width=width, left=left, right=right, above=above, ticks=ticks, end=end, names=room, labels=labels, apart=apart
    )


def _gutter(
    panels: Mapping[str, Sequence[StepLine]], plots: Mapping[str, CurvePlot], *, width: float, room: float
) -> tuple[float, bool]:
    """Return what lies left of the plots, and whether the names stand apart so that it is not too much of them."""
    for apart in (False, True):
        blocks = [plots[name].blocks(lines, apart=apart) for name, lines in panels.items()]
        left = max(_LEFT, *(gutter_width(block, room=room) for block in blocks))
        if width > _WIDE or left <= _MOST_LEFT * width:
            break
    return left, apart


def _label_room(panels: Mapping[str, Sequence[StepLine]], most: float) -> float:
    """Return the width that labels beside all lines need; 0 where there are too many or they are too long."""
    named = [line for lines in panels.values() if len(lines) > 1 for line in lines]
    if not named or max(map(len, panels.values())) > MOST_LABELS:
        return 0.0
    rows = [wrap(line.label, width=most, max_lines=_LABEL_LINES[most], bold=True) for line in named]
    if any(lines[-1].endswith("…") for lines in rows):
        return 0.0
    return max(text_width(row, bold=True) for lines in rows for row in lines) + 8
