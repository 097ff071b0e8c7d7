"""Grades of CRS, ICANS and ICAHT and the response of ALL, computed from what they are made of."""

from cartcohort.study.grading.events import list_graded_events
from cartcohort.study.grading.hematotoxicity import grade_icaht
from cartcohort.study.grading.responses import list_judged_responses

__all__ = ["grade_icaht", "list_graded_events", "list_judged_responses"]
