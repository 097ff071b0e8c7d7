"""What the sections are given: an endpoint as arrays with its patients' columns, and a factor split into levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from cartcohort.estimate.inputs import encode_groups
from cartcohort.estimate.results import DAYS_PER_MONTH


class TimeToEvent(Protocol):
    """An endpoint as derived from a study: one entry a patient in every array.

    Attributes
    ----------
    abbreviation, label : str
        "OS", "Overall survival".
    cause : str
        Kind of event that is the one of interest.
    time_days : ndarray of int
        Days from the origin to the event or the end of follow-up.
    event : ndarray of bool
        Whether the event occurred then.
    event_type : pandas.Categorical
        "censored" first, then the kinds of event.
    origin : str
        "infusion", "enrollment" or "first response".
    origin_day : ndarray of int
        Day of time zero of each patient, counted from first infusion.
    subjects : DataFrame
        The patients' columns, rows in the order of the arrays.
    n_excluded : int
        Patients of the cohort who are not at risk.
    """

    abbreviation: str
    label: str
    cause: str
    time_days: np.ndarray
    event: np.ndarray
    event_type: pd.Categorical
    origin: str
    origin_day: np.ndarray
    subjects: pd.DataFrame
    n_excluded: int


Endpoints = Mapping[str, TimeToEvent]
"""Endpoints by the name that they have in `results.json` ("os")."""


def in_months(endpoint: TimeToEvent) -> np.ndarray:
    """Return the times of an endpoint in months."""
    return np.asarray(endpoint.time_days, dtype=float) / DAYS_PER_MONTH


def each_level(values: pd.Series) -> Iterator[tuple[str, np.ndarray]]:
    """Iterate over the levels of a factor in their order, each with a mask of its rows; empty levels are left out."""
    codes, levels = encode_groups(values)
    for code, level in enumerate(levels):
        rows = codes == code
        if rows.any():
            yield level, rows


def from_time_zero(endpoints: Endpoints, *, most: int | None = None) -> dict[str, TimeToEvent]:
    """Return the endpoints that count from infusion or enrolment, the first `most` of them (all by default)."""
    kept = {name: endpoint for name, endpoint in endpoints.items() if endpoint.origin != "first response"}
    return dict(list(kept.items())[:most])


def known_factors(factors: Sequence[str], subjects: pd.DataFrame) -> list[str]:
    """Return those factors of which at least two levels occur among the patients."""
    return [factor for factor in factors if factor in subjects and subjects[factor].nunique() > 1]
