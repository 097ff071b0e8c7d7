"""Files to a validated, frozen study; its populations and endpoints."""

from cartcohort.study.cohort import find_study, load_cohort, select_by_parameters
from cartcohort.study.endpoint import Endpoint
from cartcohort.study.endpoint_definitions import ENDPOINTS, EndpointDefinition, Source, source_of
from cartcohort.study.endpoints import ask_endpoints, derive_by_hsct_handling, derive_endpoint, derive_endpoints
from cartcohort.study.estimands import derive_estimands
from cartcohort.study.grading import grade_icaht, list_graded_events, list_judged_responses
from cartcohort.study.kept import keep_study
from cartcohort.study.load import load_study
from cartcohort.study.model import Study
from cartcohort.study.populations import select_cohort
from cartcohort.study.published import PublishedFigure
from cartcohort.study.sharing import derive_shared

__all__ = [
    "ENDPOINTS",
    "Endpoint",
    "EndpointDefinition",
    "PublishedFigure",
    "Source",
    "Study",
    "ask_endpoints",
    "derive_by_hsct_handling",
    "derive_endpoint",
    "derive_endpoints",
    "derive_estimands",
    "derive_shared",
    "find_study",
    "grade_icaht",
    "keep_study",
    "list_graded_events",
    "list_judged_responses",
    "load_cohort",
    "load_study",
    "select_by_parameters",
    "select_cohort",
    "source_of",
]
