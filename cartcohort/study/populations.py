"""From the loaded study to the cohort that a report analyses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.errors import ParameterError, Problem, did_you_mean
from cartcohort.parameters import PARAMETERS
from cartcohort.study.cutoff import apply_cutoff
from cartcohort.study.factors import KNOWN_LATER, as_factor, derive_columns, find_unfit_factors
from cartcohort.study.grading.responses import fill_responses
from cartcohort.study.imputed import keep_imputed
from cartcohort.study.model import Study
from cartcohort.study.own_endpoints import mark_patients
from cartcohort.study.schema import DAYS_ZERO
from cartcohort.study.subset import names_in, select_rows

_MOST_FACTOR_LEVELS = 20


def select_cohort(
    study: Study,
    *,
    subset: str | None = None,
    population: str = "infused",
    data_cutoff_date: dt.date | str | None = None,
    tumor_burden_threshold_pct: float = 50,
    age_cut_years: float = 40,
    factors: Sequence[str] | None = None,
    response_assessment_day: int = 28,
    response_criteria: str = "eln",
) -> Study:
    """Return the cohort to analyse, with the derived columns and with its factors as categories.

    The order is: responses from their components, data cut-off, population, derived columns, subset, factors. Each
    step that leaves patients out adds to `exclusions`.

    Parameters
    ----------
    study : Study
        As loaded.
    subset : str or None
        Patients to keep, such as `tumor_burden == 'high' and age_years >= 40`; derived columns may be used.
    population : str
        "infused"; "enrolled", all patients; "evaluable", infused with a best response other than NE.
    data_cutoff_date : datetime.date, ISO text or None
        Earlier cut-off: what lies after it has not happened yet. None keeps the study's own.
    tumor_burden_threshold_pct : float
        Marrow blasts from which tumour burden is high, %.
    age_cut_years : float
        Age from which a patient is in the older group.
    factors : sequence of str or None
        Columns to compare by; None keeps the study's own.
    response_assessment_day : int
        With an earlier cut-off: day from which non-response is known.
    response_criteria : str
        "eln" or "cibmtr": by which a response that is not recorded is judged from its components.

    Returns
    -------
    Study
        `subjects` also holds `tumor_burden`, `age_group` and `response`, unless the file did. The columns of
        `factors` are Categoricals with the levels that occur; a numeric one keeps its numbers as `<name>_value`.

    Raises
    ------
    ParameterError
        If the subset cannot be read or leaves no patient, a factor is unknown, or the cut-off cannot be applied.
    """
    cohort = fill_responses(study, response_criteria)
    if data_cutoff_date is not None:
        date = _as_date(data_cutoff_date)
        cohort = apply_cutoff(cohort, date, response_assessment_day=response_assessment_day)
    cohort = _keep_population(cohort, population)
    cohort = _add_derived(cohort, tumor_burden_threshold_pct, age_cut_years)
    if subset is not None and subset.strip():
        later = _known_later(subset, cohort)
        cohort = _keep(cohort, select_rows(cohort.subjects, subset), _outside(later, cohort.day_zero))
        cohort = replace(cohort, selected_by=later)
    if cohort.subjects.empty:
        raise _no_patient_left(cohort)
    return _with_factors(keep_imputed(cohort), study.factors if factors is None else tuple(factors))


def _as_date(value: dt.date | str) -> dt.date:
    try:
        return dt.date.fromisoformat(PARAMETERS["data_cutoff_date"].check(value))
    except ValueError as reason:
        raise ParameterError(Problem(f"`data_cutoff_date` {reason}")) from None


def _keep_population(study: Study, population: str) -> Study:
    try:
        PARAMETERS["population"].check(population)
    except ValueError as reason:
        raise ParameterError(Problem(f"`population` {reason}")) from None
    if population == "enrolled":
        return study
    cohort = _keep(study, study.subjects["infused"].to_numpy(), f"never {DAYS_ZERO[study.day_zero]}")
    if population == "infused":
        return cohort
    best = cohort.subjects["best_response"]
    return _keep(cohort, (best.notna() & (best != "NE")).to_numpy(), "not evaluable for response")


def _keep(study: Study, mask: np.ndarray, reason: str) -> Study:
    """Return the study with these subjects and their events; those left out are counted under the reason."""
    if mask.all():
        return study
    subjects = study.subjects[mask].reset_index(drop=True)
    return replace(
        study,
        subjects=subjects,
        adverse_events=_of_subjects(study.adverse_events, subjects),
        assessments=_of_subjects(study.assessments, subjects),
        exclusions=(*study.exclusions, (reason, int((~mask).sum()))),
    )


def _of_subjects(events: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    return events[events["subject_id"].isin(subjects["subject_id"])].reset_index(drop=True)


def _add_derived(study: Study, tumor_burden_threshold_pct: float, age_cut_years: float) -> Study:
    columns = derive_columns(
        study.subjects,
        levels=study.levels,
        tumor_burden_threshold_pct=tumor_burden_threshold_pct,
        age_cut_years=age_cut_years,
    )
    subjects = study.subjects.assign(**columns)
    return replace(study, subjects=subjects.assign(**mark_patients(subjects, study.own_endpoints)))


def _known_later(subset: str, study: Study) -> tuple[str, ...]:
    """Return the columns by which a subset looks into the future of those who are kept."""
    return tuple(name for name in names_in(subset) if name in KNOWN_LATER or name in study.known_later)


def _outside(later: Sequence[str], day_zero: str) -> str:
    """Say why patients are left out, and whether the subset looks into the future of those who are kept."""
    if not later:
        return "outside the subset"
    names = ", ".join(later)
    caveat = f"chosen by what is known only after {day_zero} ({names}): time lived until then is guaranteed"
    return f"outside the subset, {caveat}"


def _no_patient_left(study: Study) -> ParameterError:
    flow = "; ".join(f"{n} {reason}" for reason, n in study.exclusions) or "the subjects table is empty"
    what = "No patient is left to analyse."
    return ParameterError(
        Problem(what, remedy=f"Left out: {flow}. Widen `subset`, `population` or `data_cutoff_date`.")
    )


def _with_factors(study: Study, factors: tuple[str, ...]) -> Study:
    subjects, columns = study.subjects, {}
    _check_factors(factors, subjects, study.known_later)
    labels = dict(study.labels)
    for name in factors:
        if pd.api.types.is_numeric_dtype(subjects[name]) and not pd.api.types.is_bool_dtype(subjects[name]):
            columns[f"{name}_value"] = subjects[name]
            labels[f"{name}_value"] = labels[name]
        columns[name] = as_factor(subjects[name], study.levels.get(name, ()))
    _refuse_many_levels(factors, columns)
    return replace(study, subjects=subjects.assign(**columns), factors=factors, labels=labels)


def _check_factors(factors: tuple[str, ...], subjects: pd.DataFrame, known_later: Collection[str]) -> None:
    remedy = "Name columns of the subjects table or derived ones, such as [sex, age_group]."
    problems = [
        Problem(f"`factors` names `{name}`, which is no column.{did_you_mean(name, subjects)}", remedy=remedy)
        for name in factors
        if name not in subjects
    ]
    problems += find_unfit_factors([name for name in factors if name in subjects], known_later=known_later)
    if problems:
        raise ParameterError(problems)


def _refuse_many_levels(factors: tuple[str, ...], columns: dict[str, pd.Series]) -> None:
    many = [name for name in factors if len(columns[name].cat.categories) > _MOST_FACTOR_LEVELS]
    if many:
        remedy = "Group its values in a further column of the subjects table."
        what = "`factors` names `{}`, which has more than " + f"{_MOST_FACTOR_LEVELS} values: too many to compare."
        raise ParameterError([Problem(what.format(name), remedy=remedy) for name in many])
