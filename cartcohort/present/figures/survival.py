"""Survival curves: one plot of several groups, or small multiples of several endpoints or factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cartcohort.estimate.results import Result, SurvivalCurve
from cartcohort.present.display import Figure, Notice
from cartcohort.present.figures.curve_layout import CurvePlot
from cartcohort.present.figures.numbers import read_median
from cartcohort.present.figures.panels import PANEL_HEIGHT, draw_panels
from cartcohort.present.figures.steps import survival_lines
from cartcohort.present.style import GroupStyle
from cartcohort.present.tables import curve_conventions


def plot_survival_curves(
    curves: Mapping[str, SurvivalCurve],
    *,
    id: str,
    title: str,
    x_label: str = "Months since day 0",
    y_label: str = "Survival",
    annotation: Sequence[str] = (),
    landmarks: Mapping[str, float] | None = None,
    min_at_risk: int = 5,
    median_rule: str = "midpoint",
    medians: Mapping[str, float | None] | None = None,
    events: str = "events",
    annotated: Sequence[Result] = (),
    styles: Mapping[str, GroupStyle] | None = None,
) -> Figure | Notice:
    """Draw survival curves with pointwise limits, censoring ticks, median drop-lines and numbers at risk.

    Parameters
    ----------
    curves : mapping of str to SurvivalCurve
        By group in the order of the factor's levels, the reference first (colours follow it); times in months.
    id, title : str
        Name of the files and anchor; title in words.
    x_label, y_label : str
    annotation : sequence of str
        Lines for a free corner of the plot: effect, interval, p-value.
    landmarks : mapping of str to float, optional
        Times to mark by a vertical line, by their label.
    min_at_risk : int
        Curves are drawn faint from where fewer patients remain.
    median_rule : {"midpoint", "first"}
        Where the median is of a curve that lies at 0.5 for a while.
    medians : mapping of str to float or None, optional
        Median by group where it has been estimated already.
    events : str
        What the events are, in the plural ("deaths").
    annotated : sequence of Result
        Results that the annotation is made from; their methods stand beneath the figure.
    styles : mapping of str to GroupStyle, optional
        Styles of all groups, where they follow neither from their names nor from their order.

    Returns
    -------
    Figure, or Notice where no group has a patient
    """
    lines = survival_lines(curves)
    if not lines:
        return Notice(f"{title}: there is no patient to draw a curve of.")
    plot = CurvePlot(
        x_label=x_label,
        y_label=y_label,
        annotation=annotation,
        landmarks=landmarks or {},
        min_at_risk=min_at_risk,
        medians=[(medians or {}).get(line.label, read_median(line, median_rule)) for line in lines],
        styles=styles or {},
    )
    note = " ".join(curve_conventions(curves.values(), annotated, median_rule="" if medians else median_rule))
    return draw_panels({"": lines}, {"": plot}, id=id, title=title, value="survival", events=events, note=note)


def plot_survival_panels(
    panels: Mapping[str, Mapping[str, SurvivalCurve]],
    *,
    id: str,
    title: str,
    annotations: Mapping[str, Sequence[str]] | None = None,
    x_label: str | Mapping[str, str] = "Months since day 0",
    min_at_risk: int = 5,
    median_rule: str = "midpoint",
    events: str = "events",
    annotated: Sequence[Result] = (),
    styles: Mapping[str, GroupStyle] | None = None,
    read: Mapping[str, str] | None = None,
    overall: Mapping[str, Mapping[float, float]] | None = None,
) -> Figure | Notice:
    """Draw survival curves as small multiples: several endpoints, or one endpoint by several factors.

    Parameters
    ----------
    panels : mapping of str to mapping of str to SurvivalCurve
        By the panel's title and by group; panels without a patient are left out.
    id, title, min_at_risk, median_rule, events, annotated, styles
        As in `plot_survival_curves`.
    x_label : str or mapping of str to str
        Label of the time axes, or by the panel's title where they start at different times.
    read : mapping of str to str, optional
        What is read off the curves of each panel ("Alive"), by its title.
    overall : mapping of str to mapping of float to float, optional
        Survival of all patients by month, by the panel's title, marked where many groups are dots.
    annotations : mapping of str to sequence of str, optional
        Lines for a free corner of each panel, by its title.

    Returns
    -------
    Figure, or Notice where no panel has a patient
    """
    lines = {name: drawn for name, curves in panels.items() if (drawn := survival_lines(curves))}
    if not lines:
        return Notice(f"{title}: there is no patient to draw a curve of.")
    plots = {
        name: CurvePlot(
            x_label=x_label if isinstance(x_label, str) else x_label[name],
            y_label=name,
            annotation=(annotations or {}).get(name, ()),
            min_at_risk=min_at_risk,
            medians=[read_median(line, median_rule) for line in drawn],
            plot_height=PANEL_HEIGHT,
            bold_label=True,
            read=(read or {}).get(name, ""),
            overall=(overall or {}).get(name, {}),
            styles=styles or {},
        )
        for name, drawn in lines.items()
    }
    drawn = [curve for curves in panels.values() for curve in curves.values()]
    note = " ".join(curve_conventions(drawn, annotated, median_rule=median_rule))
    return draw_panels(lines, plots, id=id, title=title, value="survival", events=events, note=note)
