"""Plots of curves on one sheet, one alone or some a row, with the numbers and the description of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cartcohort.present import style
from cartcohort.present.display import Figure
from cartcohort.present.figures.canvas import Canvas
from cartcohort.present.figures.curves import CurvePlot, draw_curves
from cartcohort.present.figures.numbers import curve_csv, curve_table, describe_curves, say_thinned
from cartcohort.present.figures.steps import StepLine

PANEL_HEIGHT = 170.0
"""Height of the plot in one of several panels."""
_GUTTER = 18.0
_PANEL_WIDTH = (style.WIDTH - _GUTTER) / 2
_MOST_OF_TWO_A_ROW = 6
_ROW_GAP = 14.0


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
        Lines by panel, at least one in each; a panel alone takes the whole width. More than six stand three a row on
        a wider sheet, which can still be read on one printed page.
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
    rows = _rows(list(panels))
    heights = [max(plots[name].height(len(panels[name])) for name in row) for row in rows]
    ticks = {}
    with style.drawing_style(id):
        width = style.WIDTH if len(panels) == 1 else _PANEL_WIDTH
        sheet = len(rows[0]) * (width + _GUTTER) - _GUTTER
        canvas = Canvas(height=sum(heights) + _ROW_GAP * (len(rows) - 1), width=sheet)
        top = 0.0
        for row, height in zip(rows, heights, strict=True):
            for column, name in enumerate(row):
                left = column * (width + _GUTTER)
                axes = draw_curves(canvas, panels[name], plots[name], left=left, top=top, width=width)
                ticks[name] = axes.get_xticks()
            top += height + _ROW_GAP
        return canvas.finish(
            id=id,
            title=title,
            description=describe_curves(panels, plots, value=value, events=events),
            csv=curve_csv(panels, value=value),
            table=curve_table(panels, ticks, id=id, title=title, value=value, header=_header(plots) or value),
            note=" ".join(part for part in (note, say_faint(panels, plots), say_thinned(panels)) if part),
        )


def _header(plots: Mapping[str, CurvePlot]) -> str:
    """Return the label of the only value axis; "" where there are several panels, each with its own."""
    return next(iter(plots.values())).y_label if len(plots) == 1 else ""


def say_faint(panels: Mapping[str, Sequence[StepLine]], plots: Mapping[str, CurvePlot]) -> str:
    """Say from how few patients on curves are faint, where any of them is."""
    few = {
        plots[name].min_at_risk
        for name, lines in panels.items()
        for line in lines
        if np.isfinite(line.faint_from(plots[name].min_at_risk))
    }
    return f"Faint where fewer than {max(few)} remain at risk." if few else ""


def _rows(names: list[str]) -> list[list[str]]:
    columns = 3 if len(names) > _MOST_OF_TWO_A_ROW else 2
    return [names[start : start + columns] for start in range(0, len(names), columns)]
