"""Results of the safety section: how often and how severe CRS, ICANS and every other event were.

A patient counts once a term, at the worst grade of all its rows. The denominator is everybody infused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.proportions import estimate_proportion
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.toxicity import SEVERE, Toxicity, select_term, tabulate_grades

GRADES = (1, 2, 3, 4, 5)
_UNGRADED = "not estimable: no grade was recorded"


def summarise_grades(syndromes: Mapping[str, Toxicity], *, conf_level: float) -> ResultSet:
    """Estimate how many patients had each syndrome, at which worst grade, with exact limits.

    Parameters
    ----------
    syndromes : mapping of str to Toxicity
    conf_level : float

    Returns
    -------
    ResultSet
        `safety/{crs,icans}/{any, grade_3_or_higher, grade/1, ..., grade/5}`, and `grade/not_recorded` where a grade
        is missing. Empty without syndromes.
    """
    results = ResultSet()
    for name, toxicity in syndromes.items():
        found = _occurrence(toxicity, conf_level=conf_level) | _grades(toxicity, conf_level=conf_level)
        if not toxicity.had.any():
            remark = f"no {toxicity.label} is recorded: nobody is taken to have had it"
            found = found.map(lambda result, note=remark: replace(result, note=note))
        results |= found.under(f"safety/{name}", toxicity.label)
    return results


def summarise_all_events(events: pd.DataFrame, *, n: int, conf_level: float) -> ResultSet:
    """Estimate how many patients had any event, and each term, at any grade and at grade 3 or higher.

    Parameters
    ----------
    events : DataFrame
        From `prepare_events`.
    n : int
        Patients.
    conf_level : float

    Returns
    -------
    ResultSet
        `safety/any_event/{any, grade_3_or_higher, fatal}` and `safety/ae/<term>/{any, grade_3_or_higher}`, the
        commonest term first. Empty without events.
    """
    if events.empty:
        return ResultSet()
    every = select_term(events.assign(name="any"), "any", label="Any event", n=n)
    overall = _occurrence(every, conf_level=conf_level)
    if events["grade"].notna().any():
        fatal = int(np.sum(every.grade == GRADES[-1]))
        overall |= {"fatal": estimate_proportion(fatal, n, conf_level=conf_level, label="fatal (grade 5)")}
    results = overall.under("safety/any_event", "Any event")
    for name, label in rank_terms(events).items():
        term = select_term(events, name, label=label, n=n)
        results |= _occurrence(term, conf_level=conf_level).under(f"safety/ae/{name}", label)
    return results


def rank_terms(events: pd.DataFrame) -> dict[str, str]:
    """Return the label of every term by its name, that with the most patients first."""
    by_term = events.groupby(["name", "label"], sort=True, observed=True)
    counts = by_term["patient"].nunique().reset_index(name="n").astype({"name": object})
    ranked = counts.sort_values(["n", "name"], ascending=[False, True])
    return dict(zip(ranked["name"], ranked["label"], strict=True))


def count_commonest(events: pd.DataFrame, *, n: int, most: int = 10) -> pd.DataFrame:
    """Count the patients by worst grade of the commonest terms, in the form of `count_grades`."""
    ranked = list(rank_terms(events).items())[:most]
    return tabulate_grades({label: select_term(events, name, label=label, n=n).grade for name, label in ranked})


def tabulate_events(events: pd.DataFrame) -> pd.DataFrame:
    """Count the patients by term and worst grade, the commonest term first.

    Returns
    -------
    DataFrame
        `term`, `any`, `grade_1` to `grade_5`, `grade_3_or_higher` and `not_recorded`: numbers of patients.
    """
    worst = events.groupby(["name", "patient"], observed=True)["grade"].max().reset_index()
    grades = worst["grade"]
    columns = {"any": True} | {f"grade_{grade}": grades == grade for grade in GRADES}
    columns |= {"grade_3_or_higher": grades >= SEVERE, "not_recorded": grades.isna()}
    counts = pd.DataFrame(columns, index=worst.index).groupby(worst["name"], observed=True).sum()
    labels = rank_terms(events)
    return counts.loc[list(labels)].assign(term=list(labels.values())).reset_index(drop=True)


def summarise_readings(
    syndromes: Mapping[str, Toxicity], subjects: pd.DataFrame, *, conf_level: float, window_days: int = 28
) -> ResultSet:
    """Estimate the occurrence of each syndrome under other readings of event, grade and denominator.

    Parameters
    ----------
    syndromes : mapping of str to Toxicity
    subjects : DataFrame
        The patients, with `second_infusion_day`.
    conf_level : float
    window_days : int
        Length of the early period, in days from infusion.

    Returns
    -------
    ResultSet
        `safety/sensitivity/{crs,icans}/<reading>/{any, grade_3_or_higher}`, the readings being those of
        `_readings`; one that the data do not allow is left out.
    """
    results = ResultSet()
    for name, toxicity in syndromes.items():
        for reading, (label, other, counted) in _readings(toxicity, subjects, window_days).items():
            found = _occurrence(other, conf_level=conf_level, counted=counted)
            results |= found.under(f"safety/sensitivity/{name}/{reading}", f"{toxicity.label}, {label}")
    return results


def _readings(
    toxicity: Toxicity, subjects: pd.DataFrame, window_days: int
) -> dict[str, tuple[str, Toxicity, np.ndarray]]:
    """Return words, the event and the patients counted, by the name of the reading."""
    n, rows = len(subjects), toxicity.events
    everybody = np.ones(n, dtype=bool)
    twice = subjects["second_infusion_day"].notna().to_numpy()
    found = {"reported": ("all treated, any time", toxicity, everybody)}
    if rows["onset_day"].notna().any():
        early = _keep(toxicity, rows["onset_day"] <= window_days, n)
        found["early"] = (f"onset by day {window_days}", early, everybody)
    if (rows["infusion"] == 2).any() or (twice.any() and rows["infusion"].notna().any()):
        found["first_infusion"] = ("after the first infusion", _keep(toxicity, rows["infusion"] == 1, n), everybody)
        second = _keep(toxicity, rows["infusion"] == 2, n)
        found["second_infusion"] = ("after the second infusion, of those who had one", second, twice | second.had)
    if np.any(~toxicity.graded):
        severe = replace(toxicity, grade=np.where(toxicity.graded, toxicity.grade, SEVERE))
        found["ungraded_severe"] = ("events without a grade taken as grade 3", severe, everybody)
        found["graded_only"] = ("patients without a grade left out", toxicity, toxicity.graded)
    return found


def _keep(toxicity: Toxicity, rows: pd.Series, n: int) -> Toxicity:
    return select_term(toxicity.events[rows], toxicity.name, label=toxicity.label, n=n)


def _occurrence(toxicity: Toxicity, *, conf_level: float, counted: np.ndarray | None = None) -> ResultSet:
    """Estimate any grade and grade 3 or higher among the patients counted, all by default."""
    counted = np.ones(len(toxicity.had), dtype=bool) if counted is None else counted
    n, n_event = int(counted.sum()), int(np.sum(toxicity.had & counted))
    ungraded = int(np.sum(~toxicity.graded & counted))
    label = "grade 3 or higher"
    if ungraded and ungraded == n_event:
        severe = Result(n=n, unit="proportion", note=_UNGRADED, label=label)
    else:
        note = f"{ungraded} with the event but without a grade counted as below grade 3" if ungraded else ""
        severe = estimate_proportion(int(np.sum(toxicity.severe & counted)), n, conf_level=conf_level, label=label)
        severe = replace(severe, note=severe.note or note)
    return ResultSet(
        {
            "any": estimate_proportion(n_event, n, conf_level=conf_level, label="any grade"),
            "grade_3_or_higher": severe,
        }
    )


def _grades(toxicity: Toxicity, *, conf_level: float) -> ResultSet:
    n, ungraded = len(toxicity.had), int(np.sum(~toxicity.graded))
    found = {
        f"grade/{grade}": estimate_proportion(
            int(np.sum(toxicity.grade == grade)), n, conf_level=conf_level, label=f"grade {grade}"
        )
        for grade in GRADES
    }
    if ungraded:
        found["grade/not_recorded"] = estimate_proportion(
            ungraded, n, conf_level=conf_level, label="grade not recorded"
        )
    return ResultSet(found)
