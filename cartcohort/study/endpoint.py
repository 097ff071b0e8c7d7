"""The record of a time-to-event endpoint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, kw_only=True, eq=False)
class Endpoint:
    """A time-to-event endpoint of a cohort; all arrays have one entry a patient at risk.

    Attributes
    ----------
    name, label, abbreviation : str
        "os", "Overall survival", "OS".
    cause : str
        Category of `event_type` that is the event of interest.
    time_days : ndarray of int64
        Whole days from the origin; 0 where it ends on the very day (kept, as R's survfit does).
    event : ndarray of bool
        Whether the event of interest happened.
    event_type : Categorical
        "censored" first, then the event of interest and what competes with it (for CIR and NRM in the same order:
        "relapse", "death without relapse").
    event_source : ndarray of object (str)
        What the event was ("relapse", "death", "non-response", "transplant", ...), "" where censored.
    censoring_reason : ndarray of object (str)
        "last contact", "data cut-off", "transplant", "new therapy", "" where not censored.
    origin : str
        "infusion", "enrollment" or "first response"; of a study's own endpoint also what its day of origin is.
    origin_day : ndarray of int64
        Day of time zero of each patient, counted from first infusion.
    subjects : DataFrame
        The patients, aligned with the arrays.
    row : ndarray of int64
        Row of each patient in the subjects file.
    n_excluded : int
        Patients of the cohort who are not at risk.
    exclusion_note : str
        Who they are, in words, "" where there is none.
    """

    name: str
    label: str
    abbreviation: str
    cause: str
    time_days: np.ndarray
    event: np.ndarray
    event_type: pd.Categorical
    event_source: np.ndarray
    censoring_reason: np.ndarray
    origin: str
    origin_day: np.ndarray
    subjects: pd.DataFrame
    row: np.ndarray
    n_excluded: int
    exclusion_note: str
