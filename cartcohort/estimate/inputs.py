"""Checks of what estimators are given: lengths, times, events, groups.

A failed check is a defect of the caller and raises EstimationError. Data that merely leave a question open (no event,
a single group, nobody) are never an error: the estimators answer them with a result that has a note.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cartcohort.errors import EstimationError, Problem


def check_survival(time: Sequence[float], event: Sequence[bool]) -> tuple[np.ndarray, np.ndarray]:
    """Return times as floats and events as booleans.

    Parameters
    ----------
    time : array_like, shape (n,)
        Follow-up times, any unit, at least 0, none missing.
    event : array_like, shape (n,)
        True (or 1) where the event occurred at `time`, False (or 0) where follow-up ended without it.

    Raises
    ------
    EstimationError
        If lengths differ, a time is negative, infinite or missing, or an event is neither true nor false.
    """
    time, event = as_floats(time), as_floats(event)
    require_equal_lengths(time=time, event=event)
    require(bool(np.all(np.isfinite(time) & (time >= 0))), "Times must be finite and not negative.")
    require(bool(np.all(np.isin(event, (0.0, 1.0)))), "Events must be true or false, none missing.")
    return time, event.astype(bool)


def as_floats(values: Sequence[float]) -> np.ndarray:
    """Return numbers as a one-dimensional float array with NaN where a value is missing."""
    values = pd.Series(values)
    if len(values) == 0:
        return np.empty(0)
    return values.to_numpy(dtype=float, na_value=np.nan)


def encode_groups(group: Sequence) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the position of each row's level, -1 where missing, and the levels in order as text.

    A Categorical keeps all its levels, also those without rows; other values get their sorted distinct values.
    """
    values = pd.Series(group)
    if not isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype("category")
    return values.cat.codes.to_numpy(), tuple(str(level) for level in values.cat.categories)


def require_equal_lengths(**arrays: Sequence) -> None:
    """Raise an EstimationError that names the arrays where their lengths differ."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        raise EstimationError(
            Problem(
                f"The arrays must have equal lengths: {', '.join(lengths)}.",
                where=", ".join(f"{name}: {length}" for name, length in lengths.items()),
            )
        )


def require_level(conf_level: float) -> None:
    """Raise an EstimationError unless the confidence level lies between 0 and 1."""
    require(0 < conf_level < 1, "`conf_level` must lie between 0 and 1.")


def require_choice(name: str, value: object, choices: Sequence[object]) -> None:
    """Raise an EstimationError that lists the choices where the value is none of them."""
    require(value in choices, f"`{name}` must be one of {', '.join(str(choice) for choice in choices)}.")


def require(condition: bool, message: str) -> None:
    """Raise an EstimationError with the message unless the condition holds."""
    if not condition:
        raise EstimationError(message)


def name_contrast(level: str, against: str) -> str:
    """Return "high vs low"; a colon within a level keeps its blank, since one parts the factor from its levels."""
    return f"{level} vs {against}".replace(": ", ":\u00a0")
