"""Cumulative incidence in the presence of competing events: one plot of several groups or causes, or panels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from cartcohort.estimate.results import IncidenceCurve, Result
from cartcohort.present.display import Figure, Notice
from cartcohort.present.figures.curve_layout import CurvePlot
from cartcohort.present.figures.panels import PANEL_HEIGHT, draw_panels
from cartcohort.present.figures.steps import StepLine, incidence_lines
from cartcohort.present.tables import curve_conventions


def plot_incidence_curves(
    curves: Mapping[str, IncidenceCurve],
    *,
    id: str,
    title: str,
    x_label: str = "Months since first response",
    y_label: str = "Cumulative incidence",
    annotation: Sequence[str] = (),
    landmarks: Mapping[str, float] | None = None,
    min_at_risk: int = 5,
    events: str = "events",
    annotated: Sequence[Result] = (),
    by_cause: bool = False,
) -> Figure | Notice:
    """Draw cumulative incidence curves with pointwise limits, censoring ticks and numbers at risk.

    Parameters
    ----------
    curves : mapping of str to IncidenceCurve
        By group in the order of the factor's levels, the reference first, or by cause; times in months.
    id, title, x_label, y_label, annotation, landmarks, min_at_risk, events, annotated
        As in `plot_survival_curves`.
    by_cause : bool
        Whether the curves are causes in the same patients, of whom those at risk are counted once.

    Returns
    -------
    Figure, or Notice where no group has a patient

    Notes
    -----
    The y axis starts at 0 and ends at the next 20% above all curves and their limits, at 40% at least.
    """
    lines = incidence_lines(curves)
    if not lines:
        return Notice(f"{title}: there is no patient to draw a curve of.")
    plot = CurvePlot(
        x_label=x_label,
        y_label=y_label,
        annotation=annotation,
        landmarks=landmarks or {},
        min_at_risk=min_at_risk,
        top=_top(lines),
        same_patients=by_cause,
    )
    note = " ".join(curve_conventions(curves.values(), annotated))
    return draw_panels({"": lines}, {"": plot}, id=id, title=title, value="incidence", events=events, note=note)


def plot_incidence_panels(
    panels: Mapping[str, Mapping[str, IncidenceCurve]],
    *,
    id: str,
    title: str,
    annotations: Mapping[str, Sequence[str]] | None = None,
    x_label: str = "Months since first response",
    min_at_risk: int = 5,
    events: str = "events",
    annotated: Sequence[Result] = (),
) -> Figure | Notice:
    """Draw cumulative incidence curves as small multiples on one scale.

    Parameters
    ----------
    panels : mapping of str to mapping of str to IncidenceCurve
        By the panel's title and by group; panels without a patient are left out.
    id, title, annotations, x_label, min_at_risk, events, annotated
        As in `plot_survival_panels`.

    Returns
    -------
    Figure, or Notice where no panel has a patient
    """
    lines = {name: drawn for name, curves in panels.items() if (drawn := incidence_lines(curves))}
    if not lines:
        return Notice(f"{title}: there is no patient to draw a curve of.")
    top = max(_top(drawn) for drawn in lines.values())
    plots = {
        name: CurvePlot(
            x_label=x_label,
            y_label=name,
            annotation=(annotations or {}).get(name, ()),
            min_at_risk=min_at_risk,
            top=top,
            plot_height=PANEL_HEIGHT,
            bold_label=True,
        )
        for name in lines
    }
    drawn = [curve for curves in panels.values() for curve in curves.values()]
    note = " ".join(curve_conventions(drawn, annotated))
    return draw_panels(lines, plots, id=id, title=title, value="incidence", events=events, note=note)


def _top(lines: Sequence[StepLine]) -> float:
    highest = max(np.nanmax([*line.value, *line.conf_high[np.isfinite(line.conf_high)], 0.0]) for line in lines)
    return min(max(math.ceil(highest * 5 - 1e-9) / 5, 0.4), 1.0)
