"""The share of patients to whom something happened, compared between the levels of a factor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.association import test_fisher
from cartcohort.estimate.proportions import estimate_proportion, estimate_risk_difference
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.arrays import each_level

Counts = Mapping[str, tuple[int, int]]
"""Events and patients, by level, the reference first."""


def count_levels(values: pd.Series, happened: np.ndarray) -> Counts:
    """Count events and patients in each level of a factor; rows with a missing level are left out."""
    return {level: (int(np.sum(happened & rows)), int(rows.sum())) for level, rows in each_level(values)}


def estimate_shares(counts: Counts, label: str, *, conf_level: float) -> ResultSet:
    """Estimate the share in each level with exact limits, by level."""
    return ResultSet(
        {
            level: estimate_proportion(n_event, n, conf_level=conf_level, label=f"{label}: {level}")
            for level, (n_event, n) in counts.items()
        }
    )


def estimate_differences(counts: Counts, label: str, *, conf_level: float) -> ResultSet:
    """Estimate how far the share in each level lies above that in the first, by level; the first is left out."""
    (reference, base), *others = counts.items()
    return ResultSet(
        {
            level: estimate_risk_difference(
                n_event, n, *base, conf_level=conf_level, label=f"{label}: {level} minus {reference}"
            )
            for level, (n_event, n) in others
        }
    )


def test_shares(counts: Counts, *, n_missing: int, everybody: str, nobody: str, conf_level: float) -> Result:
    """Test by Fisher's exact test whether the share is the same in all levels.

    Parameters
    ----------
    counts : mapping of str to (int, int)
        Events and patients by level.
    n_missing : int
        Patients with a missing level, named in the note.
    everybody, nobody : str
        What to say where the event happened to all or to none, and there is nothing to test.
    conf_level : float
        Level of the limits of the odds ratio, which two levels have: the second against the reference.
    """
    total_events, total = (sum(numbers) for numbers in zip(*counts.values(), strict=True))
    missing = f"{n_missing} with a missing value left out" if n_missing else ""
    if total_events in (0, total):
        note = _joined(f"not estimable: {everybody if total_events else nobody}", missing)
        return Result(n=total, n_event=total_events, method="Fisher's exact test", note=note)
    table = [(n_event, n - n_event) for n_event, n in reversed(counts.values())]
    tested = test_fisher(table, conf_level=conf_level)
    return replace(tested, n=total, n_event=total_events, note=_joined(tested.note, missing))


def _joined(*notes: str) -> str:
    return "; ".join(note for note in notes if note)
