"""From rows of adverse events to patients: terms in one spelling, worst grades, and episodes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

SYNDROMES = {"crs": "CRS", "icans": "ICANS"}
"""The two syndromes of CAR-T therapy, graded by ASTCT: name in results, and name for a reader."""

SEVERE = 3
"""Grade from which an event is severe."""

UNGRADED = -1
"""Stands, where patients are counted by grade, for those who had the event at a grade that was not recorded."""


@dataclass(frozen=True, eq=False)
class Toxicity:
    """One term in every patient of the cohort.

    Attributes
    ----------
    name, label : str
        "crs" and "CRS".
    events : DataFrame
        Its rows, as `prepare_events` gives them.
    had : ndarray of bool, shape (n,)
        Whether the patient had it.
    grade : ndarray of float, shape (n,)
        Worst grade recorded: 0 for a patient without the event, NaN for one whose grade was never recorded.
    """

    name: str
    label: str
    events: pd.DataFrame
    had: np.ndarray
    grade: np.ndarray

    @property
    def severe(self) -> np.ndarray:
        """Return a mask of the patients with a recorded grade of 3 or higher."""
        return self.grade >= SEVERE

    @property
    def graded(self) -> np.ndarray:
        """Return a mask of the patients whose worst grade is known, those without the event among them."""
        return ~np.isnan(self.grade)


def prepare_events(adverse_events: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """Return the events that began on or after the day of first infusion, or on an unknown day.

    Parameters
    ----------
    adverse_events : DataFrame
        Table of the study.
    subjects : DataFrame
        The patients; events of others are left out.

    Returns
    -------
    DataFrame
        `patient` (position in `subjects`), `name` and `label` of the term (Categoricals), `grade`, `onset_day`,
        `resolution_day` and `infusion` as floats with NaN, `treatment` as text. Terms that differ only in case,
        spaces or punctuation are one; the commonest spelling is its label.
    """
    codes, terms = pd.factorize(adverse_events["term"])
    names = [name_term(str(term)) for term in terms]
    order = sorted(set(names))
    name_codes = np.array([*(order.index(name) for name in names), -1])
    events = pd.DataFrame(
        {
            "patient": pd.Index(subjects["subject_id"]).get_indexer(adverse_events["subject_id"]),
            "name": pd.Categorical.from_codes(name_codes[codes], pd.Index(order, dtype=object)),
            "label": pd.Categorical.from_codes(codes, pd.Index(terms, dtype=object)),
            "treatment": adverse_events["treatment"].astype("string").to_numpy(),
        }
    )
    for column in ("grade", "onset_day", "resolution_day", "infusion"):
        events[column] = adverse_events[column].to_numpy(dtype=float, na_value=np.nan)
    counted = (events["patient"] >= 0) & (codes >= 0) & ~(events["onset_day"] < 0)
    events = events[counted].reset_index(drop=True)
    return events.assign(label=events["name"].map(_label_terms(events)))


def name_term(term: str) -> str:
    """Return the name of a term in results: lower case, with one underscore for spaces and punctuation."""
    return re.sub(r"\W+", "_", term.casefold()).strip("_") or "unnamed"


def _label_terms(events: pd.DataFrame) -> dict[str, str]:
    """Return the commonest spelling of each term, of equally common ones the first by code point."""
    counts = events.groupby(["name", "label"], sort=True, observed=True).size().reset_index(name="n")
    counts = counts.astype({"name": object, "label": object})
    first = counts.sort_values(["name", "n", "label"], ascending=[True, False, True]).drop_duplicates("name")
    return dict(zip(first["name"], first["label"], strict=True)) | SYNDROMES


def select_term(events: pd.DataFrame, name: str, *, label: str, n: int) -> Toxicity:
    """Return one term in each of the `n` patients."""
    own = events[events["name"] == name].reset_index(drop=True)
    had, grade = np.zeros(n, dtype=bool), np.zeros(n)
    worst = own.groupby("patient")["grade"].max()
    had[worst.index], grade[worst.index] = True, worst.to_numpy()
    return Toxicity(name=name, label=label, events=own, had=had, grade=grade)


def select_syndromes(events: pd.DataFrame, *, n: int) -> dict[str, Toxicity]:
    """Return CRS and ICANS in each of the `n` patients; empty where neither was recorded for any of them.

    Where only one was recorded nobody is taken to have had the other.
    """
    if not events["name"].isin(SYNDROMES).any():
        return {}
    return {name: select_term(events, name, label=label, n=n) for name, label in SYNDROMES.items()}


def count_grades(toxicities: Mapping[str, Toxicity]) -> pd.DataFrame:
    """Count the patients by worst grade: a row a term; the columns 0 (none) to 5 and, where needed, `UNGRADED`."""
    return tabulate_grades({one.label: one.grade for one in toxicities.values()})


def tabulate_grades(groups: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Count worst grades as `count_grades` does, a row a group of patients."""
    columns = [*range(6), UNGRADED]
    filled = {name: np.where(np.isnan(grade), UNGRADED, grade) for name, grade in groups.items()}
    rows = {name: [int(np.sum(grade == column)) for column in columns] for name, grade in filled.items()}
    counts = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return counts if counts[UNGRADED].any() else counts.drop(columns=UNGRADED)


def find_episodes(toxicity: Toxicity, subjects: pd.DataFrame) -> pd.DataFrame:
    """Join the rows of a term into episodes: rows that overlap or follow on the next day, after the same infusion.

    Parameters
    ----------
    toxicity : Toxicity
        Rows with an unknown onset are left out.
    subjects : DataFrame
        The patients, with `death_day`, `last_contact_day` and `data_cutoff_day`.

    Returns
    -------
    DataFrame
        One row an episode, by patient and onset: `patient`, `infusion`, `grade` (worst), `onset_day`, `end_day` (NaN
        where the last row has no resolution), `until_day` (the end or, where there is none, the last day on which the
        episode can have been followed: the day before the next one, death, last contact or cut-off).
    """
    rows = toxicity.events[toxicity.events["onset_day"].notna()]
    rows = rows.sort_values(["patient", "onset_day", "resolution_day"], kind="stable").reset_index(drop=True)
    known_end = rows["resolution_day"].fillna(rows["onset_day"])
    course = [rows["patient"], rows["infusion"].fillna(0)]
    so_far = known_end.groupby(course).cummax().groupby(course).shift()
    rows["episode"] = (~(rows["onset_day"] <= so_far + 1)).groupby(course).cumsum()
    rows = rows.assign(infusion=course[1], unresolved=rows["resolution_day"].isna())
    found = rows.groupby(["patient", "infusion", "episode"]).agg(
        grade=("grade", "max"),
        onset_day=("onset_day", "min"),
        end_day=("resolution_day", "max"),
        unresolved=("unresolved", "last"),
    )
    found = found.reset_index().sort_values(["patient", "onset_day"], kind="stable").reset_index(drop=True)
    found["end_day"] = found["end_day"].mask(found["unresolved"].astype(bool))
    followed = last_follow_up(subjects)[found["patient"].to_numpy(dtype=int)]
    before_next = found.groupby("patient")["onset_day"].shift(-1) - 1
    until = found["end_day"].fillna(before_next.clip(upper=followed).fillna(pd.Series(followed, index=found.index)))
    found["until_day"] = until.clip(lower=found["onset_day"])
    return found.drop(columns=["episode", "unresolved"])


def find_first_episodes(toxicity: Toxicity, subjects: pd.DataFrame) -> pd.DataFrame:
    """Return the first dated episode of each patient, in the form of `find_episodes`."""
    return find_episodes(toxicity, subjects).drop_duplicates("patient").reset_index(drop=True)


def find_onset(toxicity: Toxicity, subjects: pd.DataFrame) -> np.ndarray:
    """Return the day of onset of each patient's first episode, NaN for those without a dated one."""
    onset = np.full(len(subjects), np.nan)
    dated = toxicity.events.groupby("patient")["onset_day"].min()
    onset[dated.index] = dated.to_numpy()
    return onset


def last_follow_up(subjects: pd.DataFrame) -> np.ndarray:
    """Return the last day on which each patient was followed: death or last contact, not after the cut-off."""
    last = subjects["death_day"].fillna(subjects["last_contact_day"]).astype("Float64")
    cutoff = subjects["data_cutoff_day"].astype("Float64")
    return last.where(~(last > cutoff).fillna(False), cutoff).to_numpy(dtype=float, na_value=np.nan)
