"""Courses of patients that may be, but are mostly slips: odd orders, and responses and deaths that do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from cartcohort.errors import Problem
from cartcohort.study.doctor.case import Case
from cartcohort.study.schema import COMPLETE_REMISSIONS, OBJECTIVE_RESPONSES

_EARLY_DAYS = 7
_YEAR = 365
_CHECK = "Check both dates."
_CHECK_ONE = "Check the date."
_DETAILS = ("relapse_cd19", "relapse_cd22", "relapse_site")


def find_response_oddities(case: Case) -> Iterator[Problem]:
    """Responses and relapses that lack their day, and days without them."""
    subjects, quote = case.subjects, case.quote
    best = subjects["best_response"]
    undated = best.isin(OBJECTIVE_RESPONSES) & subjects["response_day"].isna()
    remedy = "Such a patient is left out of the analyses that start at response."
    what = f"A responder has no {quote('response_day')}."
    yield from case.note("subjects", what, undated, "response_day", remedy)
    dated = best.isin(["NR", "NE"]) & subjects["response_day"].notna()
    what = f"{quote('response_day')} is given where there was no response."
    remedy = "The day is not used; leave it empty, or correct `best_response`."
    yield from case.note("subjects", what, dated, "response_day", remedy)
    progressed = best.isin(COMPLETE_REMISSIONS) & subjects["progression_day"].notna()
    what = f"{quote('progression_day')} is given for a patient in CR or CRi."
    remedy = f"It counts as progression; a relapse belongs in {quote('relapse_day')}."
    yield from case.note("subjects", what, progressed, "progression_day", remedy)
    detailed = subjects[list(_DETAILS)].notna().any(axis=1) & subjects["relapse_day"].isna()
    what = f"A relapse is described, but {quote('relapse_day')} is empty."
    remedy = f"Fill in {quote('relapse_day')}: without it the relapse does not count."
    yield from case.note("subjects", what, detailed, "relapse_day", remedy)


def find_odd_orders(case: Case) -> Iterator[Problem]:
    """Events in an order that is possible, but not the usual one."""
    for early, late, reason in (
        ("response_day", "hsct_day", "a response after a transplant is not one to the T cells"),
        ("response_day", "new_therapy_day", "a response after a new therapy is not one to the T cells"),
        ("response_day", "progression_day", "a progression before the response is not one from it"),
    ):
        what = f"{case.quote(late)} lies before {case.quote(early)}: {reason}."
        turned = case.subjects[late] < case.subjects[early]
        yield from case.note("subjects", what, turned, (late, early), _CHECK)


def find_early_events(case: Case) -> Iterator[Problem]:
    """Responses, relapses, deaths and second infusions that come too soon, and an enrolment too long before.

    Responses are not looked at where day 0 is a transplant, which is done in remission.
    """
    subjects, quote = case.subjects, case.quote
    if case.description.day_zero == "infusion":
        early = subjects["response_day"] < _EARLY_DAYS
        what = f"{quote('response_day')} lies within a week of infusion."
        remedy = "Give the day of the first marrow that showed the response."
        yield from case.note("subjects", what, early, "response_day", remedy)
    what = f"{quote('relapse_day')} lies within a week of day 0."
    yield from case.note("subjects", what, subjects["relapse_day"] < _EARLY_DAYS, "relapse_day", "Check the date.")
    for name in ("death_day", "second_infusion_day"):
        what = f"{quote(name)} is the day of infusion itself."
        yield from case.note("subjects", what, subjects[name] == 0, name, "Check the date.")
    what = f"{quote('enrollment_day')} lies more than a year before infusion."
    long_ago = subjects["enrollment_day"] < -_YEAR
    yield from case.note("subjects", what, long_ago, "enrollment_day", "Check the year.")


def find_odd_states(case: Case) -> Iterator[Problem]:
    """Causes of death and states that nothing else in the row explains."""
    subjects, held = case.subjects, case.subject_columns
    remission = subjects["best_response"].isin(COMPLETE_REMISSIONS)
    if "relapse_day" in held:
        well = remission & subjects["relapse_day"].isna() & subjects["progression_day"].isna()
        what = f"A patient in CR or CRi died of the disease, but {case.quote('relapse_day')} is empty."
        remedy = "Fill in the relapse: without it the death counts as one without relapse."
        died = well & (subjects["death_cause"] == "disease")
        yield from case.note("subjects", what, died, ("death_cause", "relapse_day"), remedy)
    if "hsct_day" in held and case.description.day_zero == "infusion":
        never = subjects["hsct_day"].isna() & (subjects["prior_hsct"] != "yes").fillna(True)
        what = f"A patient died of a transplant, but {case.quote('hsct_day')} is empty."
        died = never & (subjects["death_cause"] == "transplant")
        yield from case.note("subjects", what, died, ("death_cause", "hsct_day"), "Fill in the transplant.")
    what = "`mrd_negative` is yes where there was no response."
    negative = (subjects["best_response"] == "NR") & (subjects["mrd_negative"] == "yes")
    yield from case.note("subjects", what, negative, ("mrd_negative", "best_response"), "Correct one or the other.")


def find_late_times(case: Case) -> Iterator[Problem]:
    """Times in columns of the study's own that lie after the death, or after the data cut-off."""
    subjects = case.subjects
    known = case.typed["subjects"].schema.by_name
    for name in case.typed["subjects"].columns:
        day = f"{name.removesuffix('_date')}_day" if name.endswith("_date") else name
        if name in known or not name.endswith(("_date", "_day")) or day not in subjects:
            continue
        if subjects[day].dtype != "Int64":
            continue
        after_death = subjects[day] > subjects["death_day"]
        yield from case.note("subjects", f"`{name}` lies after the death.", after_death, name, _CHECK_ONE)
        late = subjects[day] > subjects["data_cutoff_day"]
        yield from case.note("subjects", f"`{name}` lies after the data cut-off.", late, name, _CHECK_ONE)
