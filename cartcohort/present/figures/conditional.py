"""Conditional survival: what those who have survived for a while can expect from then on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle

from cartcohort.estimate.results import SurvivalCurve
from cartcohort.present.display import Figure, Notice
from cartcohort.present.figures.survival import plot_survival_curves
from cartcohort.present.narrative import join_words
from cartcohort.present.style import ALL_PATIENTS, SOME_PATIENTS


def plot_conditional(
    curves: Mapping[str, SurvivalCurve],
    *,
    id: str,
    title: str,
    y_label: str = "Event-free",
    annotation: Sequence[str] = (),
    min_at_risk: int = 5,
    median_rule: str = "midpoint",
    events: str = "events",
) -> Figure | Notice:
    """Draw survival from several starting points on one axis of months from there.

    Parameters
    ----------
    curves : mapping of str to SurvivalCurve
        By starting point ("From infusion", "From 24 months"): each of those event-free then, its clock restarted.
    id, title, y_label, annotation, min_at_risk, median_rule, events
        As in `plot_survival_curves`.

    Returns
    -------
    Figure, or Notice where nobody reached a starting point
    """
    return plot_survival_curves(
        curves,
        id=id,
        title=title,
        x_label=f"Months {join_words([start[:1].lower() + start[1:] for start in curves], last='or')}",
        y_label=y_label,
        annotation=annotation,
        min_at_risk=min_at_risk,
        median_rule=median_rule,
        events=events,
        styles=dict(zip(curves, cycle([ALL_PATIENTS, SOME_PATIENTS]), strict=False)),
    )
