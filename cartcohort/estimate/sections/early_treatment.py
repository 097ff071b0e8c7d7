"""Results of the safety section: early anti-inflammatory treatment of CRS against severity and outcome.

Treatment was given to those who needed it: the sicker a patient, the earlier and the surer the dose (confounding by
indication). Nothing here can say what treating earlier would do. What can be guarded against is the time that
treatment takes to be given: survival counts from the day on which a patient's group was settled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cartcohort.estimate.association import test_fisher
from cartcohort.estimate.comparison import test_logrank
from cartcohort.estimate.proportions import estimate_proportion, estimate_risk_difference
from cartcohort.estimate.regression import fit_cox
from cartcohort.estimate.results import DAYS_PER_MONTH, Result, ResultSet
from cartcohort.estimate.sections.arrays import TimeToEvent
from cartcohort.estimate.sections.toxicity import Toxicity, find_first_episodes
from cartcohort.estimate.sections.toxicity_course import median_time
from cartcohort.estimate.sections.toxicity_treatment import DRUGS

_NOT_EARLY, _EARLY = LEVELS = ("not early", "early")
_NAMES = {_EARLY: "early", _NOT_EARLY: "not_early"}
_WORDS = {_EARLY: "treated early", _NOT_EARLY: "not treated early"}
INDICATION = "confounded by indication: the sicker are treated earlier"


@dataclass(frozen=True, eq=False)
class EarlyTreatment:
    """The patients with a dated onset of CRS, by when they were first treated.

    Attributes
    ----------
    days : int
        Days from onset up to which a first dose is early.
    episodes : DataFrame
        First episode of each patient (`patient`, `onset_day`, `end_day`, `until_day`).
    group : Categorical, one entry an episode
        "not early" (later, or never) and "early".
    first_dose : ndarray of float
        Day of the first dose, early or not; infinite where none is dated.
    severe : ndarray of float
        1 for worst grade 3 or higher, 0 below, NaN without a grade.
    """

    days: int
    episodes: pd.DataFrame
    group: pd.Categorical
    first_dose: np.ndarray
    severe: np.ndarray


def group_by_treatment(
    crs: Toxicity | None, subjects: pd.DataFrame, *, early_treatment_days: int
) -> EarlyTreatment | None:
    """Group the patients with CRS by the day of their first tocilizumab or corticosteroid.

    Parameters
    ----------
    crs : Toxicity or None
    subjects : DataFrame
        With the days of first doses; one given before the onset of CRS counts as early.
    early_treatment_days : int
        Days from onset up to which, itself included, a dose is early.

    Returns
    -------
    EarlyTreatment, or None where there is no dated CRS or no dated dose
    """
    doses = np.column_stack([subjects[d.column].to_numpy(dtype=float, na_value=np.inf) for d in DRUGS.values()])
    first_dose = doses.min(axis=1, initial=np.inf)
    if crs is None or not np.isfinite(first_dose).any():
        return None
    episodes = find_first_episodes(crs, subjects)
    if episodes.empty:
        return None
    patient = episodes["patient"].to_numpy(dtype=int)
    early = first_dose[patient] <= episodes["onset_day"].to_numpy() + early_treatment_days
    return EarlyTreatment(
        days=early_treatment_days,
        episodes=episodes,
        group=pd.Categorical.from_codes(early.astype(int), LEVELS, ordered=True),
        first_dose=first_dose[patient],
        severe=np.where(crs.graded, crs.severe, np.nan)[patient],
    )


def compare_early_treatment(
    crs: Toxicity | None,
    subjects: pd.DataFrame,
    survival: TimeToEvent,
    *,
    early_treatment_days: int,
    conf_level: float,
    conf_type: str,
    median_rule: str,
    ties: str,
) -> ResultSet:
    """Compare patients treated early with the others who had CRS.

    Parameters
    ----------
    crs : Toxicity or None
    subjects : DataFrame
        The patients, with the days of first doses and `response`.
    survival : TimeToEvent
        Overall survival of the same patients from infusion.
    early_treatment_days : int
        Days from onset up to which, itself included, a dose is early.
    conf_level, conf_type, median_rule, ties
        Conventions of the estimates.

    Returns
    -------
    ResultSet
        Under `safety/crs/early_treatment`: `given` (share treated early); `treated/{below_grade_3,
        grade_3_or_higher}` (share ever treated, by severity); `severity/{early, not_early, risk_difference, test}`
        (grade 3 or higher); `duration/{early, not_early}` (median days); `response/...` as severity; and
        `os/{cox, logrank}` from the day on which the group was settled. Empty without a dated CRS and a dated dose.
    """
    treatment = group_by_treatment(crs, subjects, early_treatment_days=early_treatment_days)
    if treatment is None:
        return ResultSet()
    patient = treatment.episodes["patient"].to_numpy(dtype=int)
    responded = subjects["response"].map({"yes": 1.0, "no": 0.0}).astype(float).to_numpy()[patient]
    found = _ever_treated(treatment, conf_level=conf_level)
    for name, happened, words in (
        ("severity", treatment.severe, "CRS of grade 3 or higher"),
        ("response", responded, "response"),
    ):
        found |= _compare_shares(happened, treatment.group, words, conf_level=conf_level).under(name)
    found |= _durations(treatment, conf_level=conf_level, conf_type=conf_type, median_rule=median_rule)
    found |= _survival(treatment, survival, subjects, conf_level=conf_level, ties=ties)
    return found.under("safety/crs/early_treatment", "Early treatment")


def _ever_treated(treatment: EarlyTreatment, *, conf_level: float) -> ResultSet:
    """Estimate who was treated early, and who at any time by severity, which shows the indication."""
    n_early, n = int(np.sum(treatment.group == _EARLY)), len(treatment.episodes)
    label = f"treated within {treatment.days} days of onset"
    found = {"given": estimate_proportion(n_early, n, conf_level=conf_level, label=label)}
    words = {"below_grade_3": (0, "CRS below grade 3"), "grade_3_or_higher": (1, "CRS of grade 3 or higher")}
    treated = np.isfinite(treatment.first_dose)
    for name, (severe, label) in words.items():
        among = treatment.severe == severe
        found[f"treated/{name}"] = estimate_proportion(
            int(np.sum(treated & among)), int(among.sum()), conf_level=conf_level, label=f"treated, {label}"
        )
    return ResultSet(found)


def _compare_shares(happened: np.ndarray, group: pd.Categorical, what: str, *, conf_level: float) -> ResultSet:
    """Compare a share between the groups; NaN in `happened` is left out."""
    known = ~np.isnan(happened)
    if not known.any():
        return ResultSet()
    counts = {
        level: (int(np.sum(happened[known & (group == level)])), int(np.sum(known & (group == level))))
        for level in LEVELS
    }
    found = {
        _NAMES[level]: estimate_proportion(*counts[level], conf_level=conf_level, label=f"{what}, {_WORDS[level]}")
        for level in reversed(LEVELS)
    }
    difference = estimate_risk_difference(
        *counts[_EARLY], *counts[_NOT_EARLY], conf_level=conf_level, label=f"{what}, early minus not early"
    )
    tested = test_fisher(
        [(n_event, n - n_event) for n_event, n in (counts[_EARLY], counts[_NOT_EARLY])], conf_level=conf_level
    )
    tests = {"risk_difference": difference, "test": replace(tested, label=f"{what}, early against not early")}
    return ResultSet(found | {name: _warned(result) for name, result in tests.items()})


def _durations(treatment: EarlyTreatment, *, conf_level: float, conf_type: str, median_rule: str) -> ResultSet:
    lasted = (treatment.episodes["until_day"] - treatment.episodes["onset_day"]).to_numpy(dtype=float)
    ended = treatment.episodes["end_day"].notna().to_numpy()
    found = {}
    for level in reversed(LEVELS):
        rows = np.asarray(treatment.group == level)
        median = median_time(
            lasted[rows], ended[rows], conf_level=conf_level, conf_type=conf_type, median_rule=median_rule
        )
        found[f"duration/{_NAMES[level]}"] = replace(median, label=f"median duration of CRS, {_WORDS[level]}")
    return ResultSet(found)


def _survival(
    treatment: EarlyTreatment, survival: TimeToEvent, subjects: pd.DataFrame, *, conf_level: float, ties: str
) -> ResultSet:
    """Compare overall survival from the end of the days that count as early, each patient's own landmark."""
    patient = treatment.episodes["patient"].to_numpy(dtype=int)
    place = pd.Index(survival.subjects["subject_id"]).get_indexer(subjects["subject_id"])[patient]
    time, event = np.asarray(survival.time_days, dtype=float)[place], np.asarray(survival.event)[place]
    settled = treatment.episodes["onset_day"].to_numpy() + treatment.days
    later = (place >= 0) & (time > settled)
    time, event = (time - settled)[later] / DAYS_PER_MONTH, event[later]
    group = pd.DataFrame({"treatment": treatment.group[later]})
    note = f"from {treatment.days} days after the onset of CRS"
    note += f"; {int(np.sum(~later))} not followed beyond it left out" if np.any(~later) else ""
    cox = fit_cox(time, event, group, ties=ties, conf_level=conf_level).results()
    ratio = cox.get("treatment/early", Result(unit="hazard ratio", note="not estimable: only one group is left"))
    found = {
        "os/cox": replace(ratio, label="overall survival, hazard ratio, early against not early"),
        "os/logrank": replace(test_logrank(time, event, group["treatment"]), label="overall survival, log-rank"),
    }
    return ResultSet({name: _warned(result, note) for name, result in found.items()})


def _warned(result: Result, *notes: str) -> Result:
    return replace(result, note="; ".join(part for part in (INDICATION, *notes, result.note) if part))
