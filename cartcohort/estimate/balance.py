"""Standardised differences: how unlike two groups are at baseline, in units that do not depend on their size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from cartcohort.estimate.inputs import as_floats, encode_groups, require, require_level
from cartcohort.estimate.results import Result

_UNIT = "standardised difference"


def standardised_difference(value: Sequence, reference: Sequence, *, conf_level: float = 0.95) -> Result:
    """Return how far a group lies from a reference group in one characteristic, numeric or categorical.

    Values above 0.1 or 0.2 are usually taken as imbalance; unlike a p-value, they do not grow with the sample.

    Parameters
    ----------
    value, reference : array_like, shapes (m,) and (n,)
        The characteristic in the group and in the reference group; missing values are left out. Text, yes/no and
        Categorical values count as categories, anything else as numbers.
    conf_level : float
        Level of the large-sample limits.

    Returns
    -------
    Result
        For numbers (mean of the group - mean of the reference) / root of the mean of both variances. For categories
        the Mahalanobis distance between the two groups' shares, at least 0; with two categories it is the absolute
        difference of proportions over the root of the mean of both p (1 - p). Without an estimate, with a note, where
        a group is too small or nothing varies.

    Notes
    -----
    Yang and Dalton, SAS Global Forum 2012, paper 335; Austin, Stat Med 2009; 28:3083-3107.
    """
    require_level(conf_level)
    value, reference = pd.Series(value), pd.Series(reference)
    if all(_is_numeric(sample) for sample in (value, reference)):
        return _difference_of_means(as_floats(value.dropna()), as_floats(reference.dropna()), conf_level)
    return _distance_of_shares(value.dropna(), reference.dropna(), conf_level)


def _is_numeric(sample: pd.Series) -> bool:
    """Whether the values are numbers; an empty sample without a type of its own goes with the other one."""
    if len(sample) == 0 and sample.dtype == object:
        return True
    return pd.api.types.is_numeric_dtype(sample.dtype) and not pd.api.types.is_bool_dtype(sample.dtype)


def _difference_of_means(value: np.ndarray, reference: np.ndarray, conf_level: float) -> Result:
    require(bool(np.isfinite(value).all() and np.isfinite(reference).all()), "Values must be finite.")
    known = {
        "conf_level": conf_level,
        "n": len(value) + len(reference),
        "unit": _UNIT,
        "method": "standardised difference of means",
    }
    if min(len(value), len(reference)) < 2:
        return Result(**known, note="not estimable: a group with fewer than two values")
    pooled = np.sqrt((value.var(ddof=1) + reference.var(ddof=1)) / 2)
    if pooled == 0:
        return Result(**known, note="not estimable: no variation within the groups")
    return _with_limits((value.mean() - reference.mean()) / pooled, len(value), len(reference), known)


def _distance_of_shares(value: pd.Series, reference: pd.Series, conf_level: float) -> Result:
    known = {
        "conf_level": conf_level,
        "n": len(value) + len(reference),
        "unit": _UNIT,
        "method": "standardised difference of category shares (Mahalanobis distance)",
    }
    if min(len(value), len(reference)) == 0:
        return Result(**known, note="not estimable: a group without values")
    category, _ = encode_groups(pd.concat([value.astype(object), reference.astype(object)]))
    n_categories = category.max() + 1
    counts = [np.bincount(codes, minlength=n_categories) for codes in np.split(category, [len(value)])]
    # The shares sum to one: the first category tells nothing that the others do not.
    shares = [count[1:] / count.sum() for count in counts]
    covariance = sum(np.diag(share) - np.outer(share, share) for share in shares) / 2
    contrast = shares[0] - shares[1]
    if len(contrast) and np.linalg.matrix_rank(covariance, hermitian=True) < len(contrast):
        return Result(**known, note="not estimable: no category is shared by both groups")
    distance = np.sqrt(contrast @ np.linalg.solve(covariance, contrast)) if len(contrast) else 0.0
    return _with_limits(distance, len(value), len(reference), known)


def _with_limits(difference: float, n: int, n_reference: int, known: dict) -> Result:
    total = n + n_reference
    std_error = np.sqrt(total / (float(n) * n_reference) + difference**2 / (2 * total))
    margin = stats.norm.ppf(0.5 + known["conf_level"] / 2) * std_error
    return Result(estimate=difference, conf_low=difference - margin, conf_high=difference + margin, **known)
