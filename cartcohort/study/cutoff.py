"""An earlier data cut-off: what lies after it has not happened yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from cartcohort.errors import ParameterError, Problem
from cartcohort.study.grading.response import COMPONENTS as RESPONSE_COMPONENTS
from cartcohort.study.model import Study
from cartcohort.study.schema import OBJECTIVE_RESPONSES

_KNOWN_WITH = {
    "death_day": ("death_cause",),
    "relapse_day": ("relapse_cd19", "relapse_cd22", "relapse_site"),
    "response_day": ("mrd_negative", *RESPONSE_COMPONENTS, "response_recorded", "response_computed"),
}
"""Columns that are known only once the time beside them has come."""


def apply_cutoff(study: Study, data_cutoff_date: dt.date, *, response_assessment_day: int) -> Study:
    """Return the study as it stood at an earlier data cut-off.

    Patients infused (or, if never infused, enrolled) after it are left out and counted. Later times are emptied, with
    what is known only through them; follow-up ends at the cut-off; a response, or a non-response, that was not yet
    documented is NE; a fatal event whose patient still lives has no grade yet. Each time of an endpoint becomes the
    earlier of what it was and the cut-off.

    Parameters
    ----------
    study : Study
        With dates.
    data_cutoff_date : datetime.date
        Not after the study's own.
    response_assessment_day : int
        Day from which non-response is known where no progression or death showed it before.

    Raises
    ------
    ParameterError
        If the study has no dates, or if its own cut-off is earlier.
    """
    _check(study, data_cutoff_date)
    days_back = (study.data_cutoff_date - data_cutoff_date).days
    horizon = study.subjects["data_cutoff_day"] - days_back
    keep = (horizon >= 0).to_numpy()
    subjects = study.subjects[keep].reset_index(drop=True)
    horizon = horizon[keep].reset_index(drop=True)
    subjects = _look_back(subjects, horizon, response_assessment_day, study.known_later)
    late = int((~keep).sum())
    reason = f"infused or enrolled after the data cut-off {data_cutoff_date.isoformat()}"
    return replace(
        study,
        data_cutoff_date=data_cutoff_date,
        subjects=subjects,
        adverse_events=_look_back_on_events(study.adverse_events, subjects, "onset_day"),
        assessments=_look_back_on_events(study.assessments, subjects, "assessment_day"),
        exclusions=(*study.exclusions, (reason, late)) if late else study.exclusions,
    )


def _check(study: Study, data_cutoff_date: dt.date) -> None:
    if not study.has_dates or study.data_cutoff_date is None:
        what = "`data_cutoff_date` cannot be applied: the study holds days from infusion, no dates."
        raise ParameterError(Problem(what, remedy="Leave it out, or use a study with dates."))
    if data_cutoff_date > study.data_cutoff_date:
        what = f"`data_cutoff_date` must not be after the study's own, {study.data_cutoff_date:%Y-%m-%d}."
        raise ParameterError(Problem(what, remedy="What happened later is not in the data."))


def _look_back(
    subjects: pd.DataFrame, horizon: pd.Series, response_assessment_day: int, known_later: Mapping[str, str]
) -> pd.DataFrame:
    """Return the subjects as known at the horizon, the day of the cut-off of each."""
    later = {
        name: (subjects[name] > horizon).fillna(False)
        for name in subjects
        if name.endswith("_day")
        and name not in ("data_cutoff_day", "last_contact_day")
        and _is_number(subjects[name])
    }
    emptied = {name: subjects[name].mask(mask) for name, mask in later.items()}
    for name, dependents in _KNOWN_WITH.items():
        held = [dependent for dependent in dependents if dependent in subjects]
        emptied |= {dependent: subjects[dependent].mask(later[name]) for dependent in held}
    # Who came to a group's second level only later is still in its first.
    emptied |= {
        name: subjects[name].mask(later[day], subjects[name].cat.categories[0]) for name, day in known_later.items()
    }
    seen_later = (subjects["last_contact_day"] > horizon).fillna(False) | later["death_day"]
    emptied["last_contact_day"] = subjects["last_contact_day"].mask(seen_later, horizon)
    emptied["best_response"] = _respond_by(subjects, later, horizon, emptied["death_day"], response_assessment_day)
    hidden = subjects["progression_after_cutoff"] | later["progression_day"]
    return subjects.assign(**emptied, data_cutoff_day=horizon, progression_after_cutoff=hidden.astype(bool))


def _respond_by(subjects, later, horizon, death, assessment_day) -> pd.Series:
    best = subjects["best_response"]
    not_yet = best.isin(OBJECTIVE_RESPONSES) & later["response_day"]
    shown = (subjects["progression_day"] <= horizon).fillna(False) | death.notna()
    not_yet |= (best == "NR") & (horizon < assessment_day) & ~shown
    return best.mask(not_yet, "NE")


def _look_back_on_events(events: pd.DataFrame, subjects: pd.DataFrame, time: str) -> pd.DataFrame:
    """Return the events of these subjects that began by the cut-off, those then unfinished without an end."""
    subject = subjects.set_index("subject_id").reindex(events["subject_id"])
    horizon = subject["data_cutoff_day"].set_axis(events.index)
    alive = subject["death_day"].isna().set_axis(events.index)
    events = events.copy()
    if "resolution_day" in events:
        events["resolution_day"] = events["resolution_day"].mask((events["resolution_day"] > horizon).fillna(False))
        events["grade"] = events["grade"].mask(((events["grade"] == 5) & alive).fillna(False))
    begun = horizon.notna() & ~(events[time] > horizon).fillna(False)
    return events[begun].reset_index(drop=True)


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values)
