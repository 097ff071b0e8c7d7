"""Quantiles and tails of the distributions that nearly every result asks for.

The numbers of `scipy.stats`, to the last digit, without its checks of what they are given: these take fifty times as
long as the functions behind them, and a section asks a thousand times.
"""

from __future__ import annotations

import numpy as np
from scipy import special


def normal_margin(conf_level: float) -> float:
    """Return how many standard errors lie between an estimate and its limits."""
    return float(special.ndtri(0.5 + conf_level / 2))


def normal_tail(z: float | np.ndarray) -> float | np.ndarray:
    """Return the chance of a larger standard normal value; NaN for NaN."""
    return special.ndtr(-np.asarray(z))[()]


def chi_squared_tail(statistic: float | np.ndarray, df: float | np.ndarray) -> float | np.ndarray:
    """Return the chance of a larger chi-squared value with at least one degree of freedom; NaN for NaN.

    A statistic of 0 that round-off has made negative counts as 0.
    """
    return special.chdtrc(df, np.maximum(statistic, 0.0))
