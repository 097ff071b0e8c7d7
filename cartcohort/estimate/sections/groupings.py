"""Groups of patients that are known only after infusion, each with the day on which a patient came to the second one.

Whoever is in the second group has lived until that day. A grouping here is therefore never compared from time zero
alone, but guarded: by landmarks, and by a model in which a patient changes group on that day (`sections.guard`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cartcohort.estimate.inputs import encode_groups
from cartcohort.estimate.sections.arrays import TimeToEvent
from cartcohort.estimate.sections.early_treatment import group_by_treatment
from cartcohort.estimate.sections.toxicity import SEVERE, Toxicity, prepare_events, select_syndromes

YES_NO = ("no", "yes")


@dataclass(frozen=True, eq=False)
class Grouping:
    """Two groups known only after infusion; arrays have one entry a patient of the cohort.

    Attributes
    ----------
    name, label : str
        "hsct" in results, "Transplant" for a reader.
    levels, words : tuple of two str
        Names of the two groups in results, and words for a reader.
    basis : str
        What settles the day, in words.
    row : ndarray of int, shape (n,)
        `source_row` of each patient.
    second : ndarray of float, shape (n,)
        1 for the second group, 0 for the first, as known in the end; NaN where that is not known.
    day : ndarray of float, shape (n,)
        Day from infusion on which a patient came to the second group, infinite for one who never did; NaN where the
        group, or its day, is not known.
    since : ndarray of float, shape (n,)
        Day from which the question concerns a patient (the onset of CRS, for its treatment); minus infinity for all
        where it always does.
    """

    name: str
    label: str
    levels: tuple[str, str]
    words: tuple[str, str]
    basis: str
    row: np.ndarray
    second: np.ndarray
    day: np.ndarray
    since: np.ndarray

    @property
    def parts(self) -> bool:
        """Whether both groups have a patient, and any change of group has a day: else nothing can be guarded."""
        return bool(np.any(self.second == 0) and np.any(self.second == 1) and np.isfinite(self.day).any())

    def of(self, endpoint: TimeToEvent) -> OfEndpoint:
        """Return what concerns an endpoint's patients, in its days from time zero."""
        position = pd.Index(self.row).get_indexer(endpoint.subjects["source_row"])
        start = np.asarray(endpoint.origin_day, dtype=float)
        codes = self.second[position]
        return OfEndpoint(
            group=self.categories(np.where(np.isnan(codes), -1, codes)),
            day=np.maximum(self.day[position] - start, 0.0),
            since=self.since[position] - start,
        )

    def categories(self, codes: np.ndarray) -> pd.Categorical:
        """Return groups by code: 0 the first, 1 the second, -1 not known."""
        return pd.Categorical.from_codes(codes.astype(int), list(self.levels), ordered=True)


@dataclass(frozen=True, eq=False)
class OfEndpoint:
    """A grouping in the patients of one endpoint: final group, day of change and of first concern, from time zero."""

    group: pd.Categorical
    day: np.ndarray
    since: np.ndarray


def find_groupings(
    subjects: pd.DataFrame,
    adverse_events: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    known_later: Mapping[str, str],
    early_treatment_days: int,
    hsct_handling: str,
) -> dict[str, Grouping]:
    """Find every grouping known only after infusion that parts the patients in two and has days.

    Parameters
    ----------
    subjects, adverse_events : DataFrame
        Of the cohort.
    labels : mapping of str to str
        Words for a reader, by column.
    known_later : mapping of str to str
        The study's own: a column of two levels, and that of the day on which a patient came to the second.
    early_treatment_days : int
        Days from the onset of CRS up to which, itself included, a first dose of tocilizumab or corticosteroid is
        early; the definition of the safety section.
    hsct_handling : str
        Unless "ignore", a transplant ends the endpoints, and nothing is compared by it.

    Returns
    -------
    dict of str to Grouping
        `response`, `hsct`, `severe_crs`, `early_treatment`, then the study's own; those that part nobody left out.
    """
    crs = select_syndromes(prepare_events(adverse_events, subjects), n=len(subjects)).get("crs")
    found = [group_by_response(subjects, label=labels["response"])]
    found += [] if hsct_handling != "ignore" else [_group_by_transplant(subjects, labels["hsct_day"])]
    found += [] if crs is None else [_group_by_severity(crs, subjects)]
    found += _group_by_early_treatment(crs, subjects, early_treatment_days)
    found += [_group_by_own(subjects, name, day, labels[name]) for name, day in known_later.items()]
    return {grouping.name: grouping for grouping in found if grouping.parts}


def group_by_response(subjects: pd.DataFrame, *, label: str = "Response") -> Grouping:
    """Group by response, a responder from the day on which it was first documented."""
    return _grouping(
        subjects,
        "response",
        label,
        ("No response", "Response"),
        "Response counts from the day on which it was first documented",
        subjects["response"].map({"no": 0.0, "yes": 1.0}).astype(float),
        subjects["response_day"],
    )


def _group_by_transplant(subjects: pd.DataFrame, label: str) -> Grouping:
    day = subjects["hsct_day"]
    basis = f"{label} counts from its day"
    return _grouping(subjects, "hsct", label, (f"No {label.lower()}", label), basis, day.notna(), day)


def _group_by_severity(crs: Toxicity, subjects: pd.DataFrame) -> Grouping:
    """Group by CRS of grade 3 or higher, a patient from the onset of the first such row."""
    day = np.full(len(subjects), np.nan)
    first = crs.events[crs.events["grade"] >= SEVERE].groupby("patient")["onset_day"].min()
    day[first.index] = first.to_numpy()
    return _grouping(
        subjects,
        "severe_crs",
        "Severe CRS",
        ("No severe CRS", "Severe CRS"),
        f"Severe CRS (grade {SEVERE} or higher) counts from the onset of the first such event; the grade may have "
        "been reached later, so some days of guarantee time can remain",
        np.where(crs.graded, crs.severe, np.nan),
        day,
    )


def _group_by_early_treatment(crs: Toxicity | None, subjects: pd.DataFrame, days: int) -> list[Grouping]:
    """Group those with CRS by treatment, from onset on: "not early" is what a patient is until an early dose."""
    treatment = group_by_treatment(crs, subjects, early_treatment_days=days)
    if treatment is None:
        return []
    patient = treatment.episodes["patient"].to_numpy(dtype=int)
    second, day, since = (np.full(len(subjects), np.nan) for _ in range(3))
    second[patient] = treatment.group.codes
    since[patient] = treatment.episodes["onset_day"]
    # A dose before the onset is early from the onset on.
    day[patient] = np.fmax(treatment.first_dose, since[patient])
    return [
        _grouping(
            subjects,
            "early_treatment",
            "Early treatment of CRS",
            ("Not treated early", "Treated early"),
            f"Early treatment concerns those with CRS, from its onset on, and counts from a first tocilizumab or "
            f"corticosteroid at most {days} {'day' if days == 1 else 'days'} after it; until then a patient is not "
            "treated early, also at a landmark before that term has passed; the sicker are treated earlier "
            "(confounding by indication)",
            second,
            day,
            since=since,
        )
    ]


def _group_by_own(subjects: pd.DataFrame, name: str, day: str, label: str) -> Grouping:
    codes, levels = encode_groups(subjects[name])
    first, second = levels if len(levels) == len(YES_NO) else YES_NO
    without = f"No {label[:1].lower() + label[1:] if label[1:2].islower() else label}"
    words = (without, label) if (first, second) == YES_NO else (f"{label}: {first}", f"{label}: {second}")
    return _grouping(
        subjects,
        name,
        label,
        words,
        f"{label} counts from the day given for it",
        np.where(codes < 0, np.nan, codes),
        subjects[day],
        levels=(first, second),
    )


def _grouping(
    subjects: pd.DataFrame,
    name: str,
    label: str,
    words: tuple[str, str],
    basis: str,
    second: Sequence,
    day: Sequence,
    *,
    levels: tuple[str, str] = YES_NO,
    since: np.ndarray | None = None,
) -> Grouping:
    """Return a grouping in which a day counts only for patients of the second group."""
    second = pd.Series(second).to_numpy(dtype=float, na_value=np.nan)
    known = pd.Series(day).to_numpy(dtype=float, na_value=np.nan)
    return Grouping(
        name=name,
        label=label,
        levels=levels,
        words=words,
        basis=basis,
        row=subjects["source_row"].to_numpy(),
        second=second,
        day=np.where(second == 1, known, np.where(second == 0, np.inf, np.nan)),
        since=np.full(len(subjects), -np.inf) if since is None else since,
    )
