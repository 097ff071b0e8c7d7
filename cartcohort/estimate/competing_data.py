"""Times with competing causes: checks, codes and the counts from which all competing-risks estimators start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from cartcohort.estimate.inputs import as_floats, require, require_equal_lengths

CENSORED, CAUSE, COMPETING = 0, 1, 2
"""Codes of a row: followed without any event, the cause of interest, any other cause."""

_CENSORED_LABEL = "censored"


@dataclass(frozen=True, eq=False)
class CauseCounts:
    """Counts at the distinct observed times, by group.

    Attributes
    ----------
    time : ndarray, shape (k,)
        Distinct observed times, ascending.
    n_at_risk : ndarray of int, shape (k, groups)
        Number with time >= t.
    n_event, n_competing, n_censored : ndarray of int, shape (k, groups)
        Events of the cause of interest, of any other cause, and censorings at t.
    """

    time: np.ndarray
    n_at_risk: np.ndarray
    n_event: np.ndarray
    n_competing: np.ndarray
    n_censored: np.ndarray

    @cached_property
    def event_free(self) -> np.ndarray:
        """Return the share without any event after each time (Kaplan-Meier for all causes), shape (k, groups)."""
        # An empty group keeps the value that it had: 1 stands in for 0 patients at risk.
        hazard = (self.n_event + self.n_competing) / np.maximum(self.n_at_risk, 1)
        return np.cumprod(1 - hazard, axis=0)

    @cached_property
    def event_free_before(self) -> np.ndarray:
        """Return the share without any event just before each time, shape (k, groups)."""
        return just_before(self.event_free, start=1.0)

    @cached_property
    def incidence(self) -> np.ndarray:
        """Return the Aalen-Johansen cumulative incidence of the cause at each time, shape (k, groups)."""
        return np.cumsum(self.event_free_before * self.n_event / np.maximum(self.n_at_risk, 1), axis=0)


def check_competing(time: Sequence[float], event_type: Sequence[str], *, cause: str) -> tuple[np.ndarray, np.ndarray]:
    """Return times as floats and each row's code: CENSORED, CAUSE or COMPETING.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time to the first event of any cause or to the end of follow-up, any unit, at least 0, none missing.
    event_type : Categorical or array_like of str, shape (n,)
        "censored", or the name of the cause.
    cause : str
        The cause of interest. A cause that never occurs is no error: it then has no event.

    Raises
    ------
    EstimationError
        If lengths differ, a time is negative, infinite or missing, an event type is missing or no text, or the cause
        is "censored".
    """
    time = as_floats(time)
    require_equal_lengths(time=time, event_type=event_type)
    require(bool(np.all(np.isfinite(time) & (time >= 0))), "Times must be finite and not negative.")
    require(cause != _CENSORED_LABEL, "`cause` must name an event, not the end of follow-up.")
    values = pd.Series(event_type, dtype=None if len(time) else object)
    if not isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype("category")
    labels, position = values.cat.categories, values.cat.codes.to_numpy()
    require(bool(np.all(position >= 0)), "Event types must not be missing.")
    require(
        all(isinstance(label, str) for label in labels),
        f"Event types must be names, `{_CENSORED_LABEL}` where follow-up ended without an event.",
    )
    code_of_label = np.array([_code(label, cause) for label in labels], dtype=np.int8)
    return time, code_of_label[position] if len(position) else np.empty(0, dtype=np.int8)


def count_causes(
    time: np.ndarray, code: np.ndarray, group: np.ndarray | None = None, *, n_groups: int = 1
) -> CauseCounts:
    """Count events and patients at risk at every distinct time.

    Parameters
    ----------
    time, code : ndarray, shape (n,)
        As `check_competing` returns them.
    group : ndarray of int, shape (n,), optional
        Group of each row, 0 to `n_groups` - 1; all rows are one group where it is not given.
    n_groups : int
        Number of groups, also those without rows.
    """
    distinct, position = np.unique(time, return_inverse=True)
    group = np.zeros(len(time), dtype=int) if group is None else group
    cell = (position * n_groups + group) * 3 + code
    counts = np.bincount(cell, minlength=len(distinct) * n_groups * 3).reshape(len(distinct), n_groups, 3)
    return CauseCounts(
        time=distinct,
        n_at_risk=counts.sum(axis=2)[::-1].cumsum(axis=0)[::-1],
        n_event=counts[:, :, CAUSE],
        n_competing=counts[:, :, COMPETING],
        n_censored=counts[:, :, CENSORED],
    )


def just_before(values: np.ndarray, *, start: float) -> np.ndarray:
    """Shift a step function's values by one along the first axis, so that each is the value just before its time."""
    shifted = np.empty_like(values, dtype=float)
    shifted[:1] = start
    shifted[1:] = values[:-1]
    return shifted


def _code(label: str, cause: str) -> int:
    if label == _CENSORED_LABEL:
        return CENSORED
    return CAUSE if label == cause else COMPETING
