"""Grade of immune effector cell-associated hematotoxicity (ICAHT) from neutrophil counts, early and late.

Rejeski K, Subklewe M, Aljurf M, et al. Blood 2023; 142: 865-877 (EHA/EBMT consensus). How counts that were not taken
every day are read follows Liang EC, Automated approach to grade early and late ICAHT by EHA/EBMT criteria, 2024
(github.com/emilyliangmd/automatedicahtgrading), with these differences: where a gap too long to bridge, or the days
after the last contact of the living, could change the early grade, there is none; and who died without a recovery is
grade 4 only after two weeks of neutropenia. Bridged counts are not rounded.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

EARLY_DAYS, LATE_DAYS = 30, 100
"""Last day of early and of late ICAHT."""

_PER_UL = {"/ul": 1, "cells/ul": 1, "/mm3": 1, "cells/mm3": 1, "10^6/l": 1}
_PER_UL |= dict.fromkeys(("10^9/l", "10e9/l", "10^3/ul", "10e3/ul", "10^3/mm3", "k/ul", "/nl", "g/l"), 1000)
_SAME_SIGNS = str.maketrans({"µ": "u", "μ": "u", "⁹": "^9", "⁶": "^6", "³": "^3", "×": "", "*": "", " ": ""})

_SEVERE, _PROFOUND = 500, 100
_LATE = ((1500, 1), (1000, 2), (500, 3), (100, 4))
_LONGEST_GAP = 7
"""Days without a count that are bridged by a straight line, or by the nearest count at either end."""
_STABLE = 3
"""Days above a threshold, one after the other, from which the count has recovered."""
_FROM_THE_START = 3
"""A neutropenia that begins by this day and never ends is one of never having had enough."""
_LONG = 14
"""Days of neutropenia that make grade 3 or 4; who died earlier had no time never to recover."""


def per_microlitre(values: pd.Series, units: pd.Series) -> np.ndarray:
    """Return neutrophil counts per µL, NaN where the unit is not one that they are given in."""
    factors = {unit: _PER_UL.get(_plain(str(unit)), np.nan) for unit in units.dropna().unique()}
    return values.to_numpy(dtype=float) * units.map(factors).to_numpy(dtype=float, na_value=np.nan)


def _plain(unit: str) -> str:
    plain = unit.strip().casefold().translate(_SAME_SIGNS).removeprefix("x")
    return plain.replace("mm^3", "mm3")


def grade_early(
    patient: np.ndarray, day: np.ndarray, count: np.ndarray, last_day: np.ndarray, *, died: np.ndarray
) -> np.ndarray:
    """Grade the early ICAHT, of day 0 to 30.

    The days after the last of the living are unknown. A death ends the time that is graded: the days lived count by
    their number, and a neutropenia that lasts to the death is "never above" if it begins by day 3 and has 14 days.

    Parameters
    ----------
    patient, day, count : ndarray, one a count
        Position of the patient in `last_day`; whole days from infusion; neutrophils per µL, not NaN.
    last_day : ndarray of float, one a patient
        Last day of follow-up.
    died : ndarray of bool, one a patient
        Whether that is the day of death.

    Returns
    -------
    ndarray of float
        0 to 4; NaN without counts, or where days that no count covers could change the grade.
    """
    until = np.minimum(last_day, EARLY_DAYS)
    followed = _days_to(until)
    counts = lowest_by_day(patient, day, count, len(last_day), first=0, last=EARLY_DAYS)
    counts = np.where(followed, bridge_gaps(np.where(followed, counts, np.nan), until), np.nan)
    end = np.where(died, until, EARLY_DAYS)
    best = _grade_early(np.where(np.isnan(counts), np.inf, counts), end)
    worst = _grade_early(np.where(np.isnan(counts), 0, counts), end)
    return np.where((best == worst) & ~np.isnan(counts).all(axis=1), best, np.nan)


def _days_to(end: np.ndarray) -> np.ndarray:
    return np.arange(EARLY_DAYS + 1) <= end[:, None]


def _grade_early(counts: np.ndarray, end: np.ndarray) -> np.ndarray:
    severe = measure_runs((counts <= _SEVERE) & _days_to(end))
    profound = measure_runs((counts <= _PROFOUND) & _days_to(end)).max(axis=1)
    at_end = np.take_along_axis(severe, np.maximum(end, 0).astype(int)[:, None], axis=1)[:, 0]
    never_enough = (at_end >= _LONG) & (end - at_end + 1 <= _FROM_THE_START)
    longest = severe.max(axis=1)
    grade = np.select([longest >= _LONG, longest >= 7, longest >= 1], [3.0, 2.0, 1.0], 0.0)
    grade = np.where(profound >= 7, 3, grade)
    return np.where((profound >= _LONG) | never_enough, 4, grade)


def grade_late(patient: np.ndarray, day: np.ndarray, count: np.ndarray, last_day: np.ndarray) -> np.ndarray:
    """Grade the late ICAHT, of day 31 to 100, by the lowest count, unless all other days are free of neutropenia.

    A count that is the only one is graded as it is: nothing shows that it was transient.

    Parameters
    ----------
    patient, day, count
        As for `grade_early`.
    last_day : ndarray of float, one a patient
        Last day before further therapy, relapse or progression, or of follow-up.

    Returns
    -------
    ndarray of float
        0 to 4; NaN without a count in those days.
    """
    counts = lowest_by_day(patient, day, count, len(last_day), first=EARLY_DAYS + 1, last=LATE_DAYS)
    days = np.arange(EARLY_DAYS + 1, LATE_DAYS + 1)
    ordered = np.sort(np.where(days <= last_day[:, None], counts, np.nan), axis=1)  # NaN comes last
    lowest, second = ordered[:, 0], ordered[:, 1]
    grade = np.zeros(len(last_day))
    for threshold, at_most in _LATE:
        grade[lowest <= threshold] = at_most
    grade[second > _LATE[0][0]] = 0
    return np.where(np.isnan(lowest), np.nan, grade)


def lowest_by_day(
    patient: np.ndarray, day: np.ndarray, count: np.ndarray, n: int, *, first: int, last: int
) -> np.ndarray:
    """Return the lowest count of each day, a row a patient and a column a day from `first` to `last`; NaN without."""
    counts = np.full((n, last - first + 1), np.nan)
    within = (day >= first) & (day <= last)
    np.fmin.at(counts, (patient[within], day[within].astype(int) - first), count[within])
    return counts


def bridge_gaps(counts: np.ndarray, until: np.ndarray) -> np.ndarray:
    """Return daily counts with gaps of up to a week filled, a row a patient, the first column day 0.

    Between two counts stands the straight line; before the first, and from the last to the day `until` which the
    patient was followed, the nearest. Days of a longer gap stay NaN.
    """
    n_days = counts.shape[1]
    days = np.arange(n_days)
    taken = ~np.isnan(counts)
    before = np.maximum.accumulate(np.where(taken, days, -1), axis=1)
    after = np.minimum.accumulate(np.where(taken, days, n_days)[:, ::-1], axis=1)[:, ::-1]
    low = np.take_along_axis(counts, np.maximum(before, 0), axis=1)
    high = np.take_along_axis(counts, np.minimum(after, n_days - 1), axis=1)
    low, high = np.where(before < 0, high, low), np.where(after >= n_days, low, high)
    bridged = low + (high - low) * (days - before) / (after - before + taken)
    gap = np.where(after >= n_days, until[:, None] - before, after - before - 1)
    return np.where(taken, counts, np.where(gap <= _LONGEST_GAP, bridged, np.nan))


def measure_runs(neutropenic: np.ndarray) -> np.ndarray:
    """Return for each day the length of the neutropenia up to it in days, 0 on a day without.

    A recovery of fewer than three days does not end a neutropenia, and counts to it.

    Parameters
    ----------
    neutropenic : ndarray of bool, a row a patient and a column a day
    """
    runs = np.zeros(neutropenic.shape, dtype="int8")
    run = np.zeros(len(neutropenic), dtype="int8")
    recovered = np.full(len(neutropenic), _STABLE, dtype="int8")
    for place, today in enumerate(neutropenic.T):
        run = np.where(today, np.where(recovered < _STABLE, run + recovered, 0) + 1, run)
        recovered = np.where(today, 0, recovered + 1)
        runs[:, place] = np.where(today, run, 0)
    return runs
