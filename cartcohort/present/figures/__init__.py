"""Figures, one file a verb; each returns an SVG with its description and its numbers."""

from cartcohort.present.figures.forest import plot_forest
from cartcohort.present.figures.incidence import plot_incidence_curves, plot_incidence_panels
from cartcohort.present.figures.survival import plot_survival_curves, plot_survival_panels

__all__ = [
    "plot_forest",
    "plot_incidence_curves",
    "plot_incidence_panels",
    "plot_survival_curves",
    "plot_survival_panels",
]
