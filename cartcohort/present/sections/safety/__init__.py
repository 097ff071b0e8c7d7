"""What the safety section shows, a file a question."""

from cartcohort.present.sections.safety.course import describe_course, plot_course, table_course, table_treatment
from cartcohort.present.sections.safety.early import table_early_treatment
from cartcohort.present.sections.safety.events import describe_events, plot_events, plot_markers, table_all_events
from cartcohort.present.sections.safety.grades import describe_grades, plot_grades, table_grades
from cartcohort.present.sections.safety.readings import describe_readings, table_by_infusion, table_readings
from cartcohort.present.sections.safety.severity import plot_peaks, plot_severity, table_peaks, table_severity
from cartcohort.present.sections.safety.summary import describe_severity, summarise_section

__all__ = [
    "describe_course",
    "describe_events",
    "describe_grades",
    "describe_readings",
    "describe_severity",
    "plot_course",
    "plot_events",
    "plot_grades",
    "plot_markers",
    "plot_peaks",
    "plot_severity",
    "summarise_section",
    "table_all_events",
    "table_by_infusion",
    "table_course",
    "table_early_treatment",
    "table_grades",
    "table_peaks",
    "table_readings",
    "table_severity",
    "table_treatment",
]
