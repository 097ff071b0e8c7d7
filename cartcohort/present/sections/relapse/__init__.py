"""What the relapse section shows, a file a question."""

from cartcohort.present.sections.relapse.antigens import describe_antigens, plot_antigens, table_antigens
from cartcohort.present.sections.relapse.by_antigen import describe_by_antigen, present_by_antigen
from cartcohort.present.sections.relapse.by_factor import (
    describe_by_factor,
    plot_by_factor,
    plot_models,
    table_by_factor,
)
from cartcohort.present.sections.relapse.course import (
    describe_course,
    plot_after_relapse,
    table_course,
    table_landmark,
)
from cartcohort.present.sections.relapse.incidence import describe_incidence, plot_incidence, table_incidence
from cartcohort.present.sections.relapse.monitoring import present_markers
from cartcohort.present.sections.relapse.readings import describe_readings, table_denominators, table_readings
from cartcohort.present.sections.relapse.summary import summarise_section

__all__ = [
    "describe_antigens",
    "describe_by_antigen",
    "describe_by_factor",
    "describe_course",
    "describe_incidence",
    "describe_readings",
    "plot_after_relapse",
    "plot_antigens",
    "plot_by_factor",
    "plot_incidence",
    "plot_models",
    "present_by_antigen",
    "present_markers",
    "summarise_section",
    "table_antigens",
    "table_by_factor",
    "table_course",
    "table_denominators",
    "table_incidence",
    "table_landmark",
    "table_readings",
]
