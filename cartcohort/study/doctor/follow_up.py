"""Gaps in the follow-up of the patients."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from cartcohort.errors import Problem
from cartcohort.study.doctor.case import Case

_YEAR, _HALF_YEAR = 365, 183
_FEW = 10
_BANDS = (0, 183, 730, 100_000)
"""Days from infusion between which the risk of death is taken as constant."""
_EXPECTED_DEATHS = 5
"""With so many expected, none happens by chance in less than one study of a hundred."""


def find_short_follow_up(case: Case) -> Iterator[Problem]:
    """Living patients whom nobody has seen for the last year."""
    gap = case.subjects["data_cutoff_day"] - case.subjects["last_contact_day"]
    what = "The last contact of a living patient is more than a year before the data cut-off."
    lost = case.subjects["death_day"].isna() & (gap > _YEAR)
    yield from case.note("subjects", what, lost, "last_contact_day", "Ask for their present state, if you can.")


def find_contact_long_before_death(case: Case) -> Iterator[Problem]:
    """Patients who have died, and had not been seen for half a year."""
    gap = case.subjects["death_day"] - case.subjects["last_contact_day"]
    what = "The last contact lies more than half a year before the death: events in between may be missing."
    remedy = "Ask whether relapse, transplant or new therapy came before the death, and check its date."
    yield from case.note("subjects", what, gap > _HALF_YEAR, ("last_contact_day", "death_day"), remedy)


def find_filled_contacts(case: Case) -> Iterator[Problem]:
    """A last contact on the day of the cut-off for everybody alive: a cell that was filled, not a visit."""
    subjects = case.subjects
    alive = (subjects["death_day"].isna() & subjects["last_contact_day"].notna()).to_numpy()
    filled = (subjects["last_contact_day"] == subjects["data_cutoff_day"]).fillna(False).to_numpy() & alive
    if alive.sum() >= _FEW and filled.sum() == alive.sum():
        what = "The last contact of every living patient is the data cut-off itself."
        remedy = "Give the day on which each was last known alive: who was lost before counts as alive until then."
        yield from case.note("subjects", what, filled, "last_contact_day", remedy)


def find_silent_year(case: Case) -> Iterator[Problem]:
    """No death in the year before the cut-off, where as many as before would be five or more.

    Expected deaths are those of earlier years, by days at risk within bands of the time from infusion.
    """
    end = case.subjects["death_day"].fillna(case.subjects["last_contact_day"])
    known = (end.notna() & case.subjects["data_cutoff_day"].notna()).to_numpy()
    end, cutoff, death = (
        column[known].to_numpy(dtype=float, na_value=np.nan)
        for column in (end, case.subjects["data_cutoff_day"], case.subjects["death_day"])
    )
    if (death > cutoff - _YEAR).any():
        return
    expected = 0.0
    for first, last in pairwise(_BANDS):
        early = _days_between(first, np.minimum(last, cutoff - _YEAR), end)
        late = _days_between(np.maximum(first, cutoff - _YEAR), last, end)
        deaths = ((death >= first) & (death < last)).sum()
        expected += deaths / early * late if early else 0.0
    if expected >= _EXPECTED_DEATHS:
        what = "No death is recorded in the last year before the data cut-off, though several were expected."
        remedy = "Ask whether deaths were looked for up to the cut-off; if not, set an earlier `data_cutoff_date`."
        yield from case.note_column("subjects", what, "death_day", remedy)


def _days_between(first: float | np.ndarray, last: float | np.ndarray, end: np.ndarray) -> float:
    """Return the days that patients, each followed to `end`, spend between two days."""
    return float(np.clip(np.minimum(end, last) - np.maximum(first, 0), 0, None).sum())
