"""Figures, one file a verb; each returns an SVG with its description and its numbers."""

from cartcohort.present.figures.conditional import plot_conditional
from cartcohort.present.figures.flow import plot_flow
from cartcohort.present.figures.forest import plot_forest
from cartcohort.present.figures.forest_panels import plot_forest_panels
from cartcohort.present.figures.grades import plot_grade_bars
from cartcohort.present.figures.hazard import plot_hazard
from cartcohort.present.figures.incidence import plot_incidence_curves, plot_incidence_panels
from cartcohort.present.figures.landmark_strip import plot_landmark_strips
from cartcohort.present.figures.leave_one_out import plot_leave_one_out
from cartcohort.present.figures.markers import plot_marker_curves
from cartcohort.present.figures.survival import plot_survival_curves, plot_survival_panels
from cartcohort.present.figures.swimmer import plot_swimmer
from cartcohort.present.figures.threshold_scan import plot_threshold_scan
from cartcohort.present.figures.timeline import plot_timeline
from cartcohort.present.figures.values import plot_values_by_group

__all__ = [
    "plot_conditional",
    "plot_flow",
    "plot_forest",
    "plot_forest_panels",
    "plot_grade_bars",
    "plot_hazard",
    "plot_incidence_curves",
    "plot_incidence_panels",
    "plot_landmark_strips",
    "plot_leave_one_out",
    "plot_marker_curves",
    "plot_survival_curves",
    "plot_survival_panels",
    "plot_swimmer",
    "plot_threshold_scan",
    "plot_timeline",
    "plot_values_by_group",
]
