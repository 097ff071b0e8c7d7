"""What all scales share: a grade is known where what is not recorded could not change it, and else it is missing."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd


def agree_over(
    judge: Callable[..., np.ndarray], given: Mapping[str, np.ndarray], possible: Mapping[str, Sequence[float]]
) -> np.ndarray:
    """Return the verdict of `judge` where it is the same whatever the missing components are; NaN elsewhere.

    Parameters
    ----------
    judge : callable
        Takes each of the components as an array without NaN, by name, and returns a verdict as floats.
    given : mapping of str to ndarray of float, all of one length
        The components, NaN where not recorded.
    possible : mapping of str to sequence of float
        For each component, values between which no other verdict lies: its mildest and its worst where the verdict
        only rises with it. A component without is passed on as it is.
    """
    verdicts = []
    for values in itertools.product(*possible.values()):
        filled = {
            name: np.where(np.isnan(given[name]), value, given[name])
            for name, value in zip(possible, values, strict=True)
        }
        verdicts.append(judge(**{**given, **filled}))
    first, *others = verdicts
    same = np.ones(len(first), dtype=bool)
    for verdict in others:
        same &= verdict == first
    return np.where(same, first, np.nan)


def rank_levels(values: pd.Series, ranks: Mapping[str, int]) -> np.ndarray:
    """Return the rank of each level of a Categorical as floats, NaN where missing."""
    table = np.array([*(ranks[level] for level in values.cat.categories), np.nan], dtype=float)
    return table[values.cat.codes.to_numpy()]


def as_floats(values: pd.Series) -> np.ndarray:
    """Return numbers, or yes and no, as floats with NaN."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return rank_levels(values, {"no": 0, "yes": 1})
    return values.to_numpy(dtype=float, na_value=np.nan)


def as_grades(values: np.ndarray, index: pd.Index) -> pd.Series:
    """Return floats with NaN as Int64."""
    missing = np.isnan(values)
    return pd.Series(pd.arrays.IntegerArray(np.where(missing, 0, values).astype("int64"), missing), index=index)
