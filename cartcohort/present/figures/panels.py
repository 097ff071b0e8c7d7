"""Plots of curves on one sheet, one alone or some a row, with the numbers and the description of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cartcohort.present import style
from cartcohort.present.display import Figure
from cartcohort.present.figures.canvas import Canvas
from cartcohort.present.figures.curve_labels import can_label
from cartcohort.present.figures.curve_layout import CurvePlot, Layout, lay_out
from cartcohort.present.figures.curves import MOST_CENSORED, draw_curves, marks_censored
from cartcohort.present.figures.level_dots import (
    MOST_CURVES,
    draw_levels,
    falling_order,
    levels_height,
    reading_time,
    say_dots,
)
from cartcohort.present.figures.numbers import curve_csv, curve_table, describe_curves, say_thinned
from cartcohort.present.figures.placement import Box
from cartcohort.present.figures.steps import StepLine, thin_together, time_axis

PANEL_HEIGHT = 170.0
"""Height of the plot in one of several panels."""
PANEL_WIDTH = 287.0
"""Width of a panel, which a phone shows at its full size."""
_GUTTER = 26.0
"""Between two panels, so that the numbers of one do not run into the names of the next."""
_TWO_A_ROW = (2, 4)
_ROW_GAP = 16.0


def draw_panels(
    panels: Mapping[str, Sequence[StepLine]],
    plots: Mapping[str, CurvePlot],
    *,
    id: str,
    title: str,
    value: str,
    events: str,
    note: str,
) -> Figure:
    """Draw plots of curves on one sheet.

    Parameters
    ----------
    panels : mapping of str to sequence of StepLine
        Lines by panel, at least one in each; a panel alone takes the whole width, others stand two or three a row.
        Of more lines than can be told apart the values at one time are drawn instead.
    plots : mapping of str to CurvePlot
        What else each panel shows.
    id, title : str
    value : str
        What the curves are ("survival", "incidence"), the name of the column in the CSV.
    events : str
        What the events are, in the plural.
    note : str
        Method and conventions.
    """
    panels = thin_together(panels)
    rows = _rows(list(panels))
    width = style.WIDTH if len(panels) == 1 else PANEL_WIDTH
    with style.drawing_style(id):
        layout = _fit(panels, plots, width)
        heights = [max(_height(panels[name], plots[name], layout, width) for name in row) for row in rows]
        canvas = Canvas(
            height=sum(heights) + _ROW_GAP * (len(rows) - 1), width=len(rows[0]) * (width + _GUTTER) - _GUTTER
        )
        boxes, ticks, top = [], {}, 0.0
        order = _order_of_dots(panels)
        for row, height in zip(rows, heights, strict=True):
            for column, name in enumerate(row):
                box = Box(column * (width + _GUTTER), top, width, height)
                ticks[name] = _draw(canvas, panels[name], plots[name], layout, box, value=value, order=order)
                boxes.append(box)
            top += height + _ROW_GAP
        said = (note, say_faint(panels, plots), _say_unmarked(panels), say_dots(panels, plots), say_thinned(panels))
        return canvas.finish(
            id=id,
            title=title,
            description=describe_curves(panels, plots, value=value, events=events),
            csv=curve_csv(panels, value=value),
            table=curve_table(panels, ticks, id=id, title=title, value=value, header=_header(plots) or value),
            note=" ".join(part for part in said if part),
            panels=boxes if len(boxes) > 1 else (),
        )


def _fit(panels: Mapping[str, Sequence[StepLine]], plots: Mapping[str, CurvePlot], width: float) -> Layout | None:
    """Lay out the panels of curves, with names beside the curves if all have room; None without such a panel."""
    curves = {name: lines for name, lines in panels.items() if len(lines) <= MOST_CURVES}
    if not curves:
        return None
    layout = lay_out(curves, plots, width=width)
    return layout if can_label(curves, plots, layout) else lay_out(curves, plots, width=width, labelled=False)


def _order_of_dots(panels: Mapping[str, Sequence[StepLine]]) -> list[str]:
    """Return one order of groups for all panels of dots, that of the first: a group is then found in each."""
    dots = (lines for lines in panels.values() if len(lines) > MOST_CURVES)
    order: dict[str, None] = {}
    for lines in dots:
        order |= dict.fromkeys(name for name in falling_order(lines) if name not in order)
    return list(order)


def _height(lines: Sequence[StepLine], plot: CurvePlot, layout: Layout | None, width: float) -> float:
    if layout is None or len(lines) > MOST_CURVES:
        return levels_height(lines, plot, width=width)
    return layout.height(lines, plot)


def _draw(
    canvas: Canvas,
    lines: Sequence[StepLine],
    plot: CurvePlot,
    layout: Layout | None,
    box: Box,
    *,
    value: str,
    order: Sequence[str],
) -> np.ndarray:
    """Draw one panel and return the times that its table lists."""
    if layout is not None and len(lines) <= MOST_CURVES:
        draw_curves(canvas, lines, plot, layout, left=box.left, top=box.top)
        return layout.ticks
    draw_levels(canvas, lines, plot, value=value, order=order, left=box.left, top=box.top, width=box.width)
    ticks, _ = time_axis(max(line.last for line in lines), most=4)
    return np.union1d(ticks, [reading_time(lines)])


def _say_unmarked(panels: Mapping[str, Sequence[StepLine]]) -> str:
    """Say that censorings are not marked, where they are too many."""
    if all(marks_censored(lines) for lines in panels.values() if len(lines) <= MOST_CURVES):
        return ""
    return f"Times of censoring are not marked in plots with more than {MOST_CENSORED} of them."


def _header(plots: Mapping[str, CurvePlot]) -> str:
    """Return the label of the only value axis; "" where there are several panels, each with its own."""
    return next(iter(plots.values())).y_label if len(plots) == 1 else ""


def say_faint(panels: Mapping[str, Sequence[StepLine]], plots: Mapping[str, CurvePlot]) -> str:
    """Say from how few patients on curves are faint, where any of them is."""
    few = {
        plots[name].min_at_risk
        for name, lines in panels.items()
        if len(lines) <= MOST_CURVES
        for line in lines
        if np.isfinite(line.faint_from(plots[name].min_at_risk))
    }
    return f"Faint where fewer than {max(few)} remain at risk." if few else ""


def _rows(names: list[str]) -> list[list[str]]:
    columns = min(len(names), 2 if len(names) in _TWO_A_ROW else 3)
    return [names[start : start + columns] for start in range(0, len(names), columns)]
