"""Quantiles and tails beside scipy's own distributions: the same numbers to the last digit."""

import numpy as np
from scipy import stats

from cartcohort.estimate.tails import chi_squared_tail, normal_margin, normal_tail


def test_margins_are_scipys_normal_quantiles():
    levels = np.linspace(0.001, 0.999, 999)
    assert [normal_margin(level) for level in levels] == [stats.norm.ppf(0.5 + level / 2) for level in levels]


def test_normal_tails_are_scipys():
    z = np.linspace(-12, 40, 1001)
    np.testing.assert_array_equal(normal_tail(z), stats.norm.sf(z))
    assert normal_tail(1.96) == stats.norm.sf(1.96)


def test_chi_squared_tails_are_scipys():
    statistic = np.concatenate([[-1e-15, 0.0], np.logspace(-12, 4, 1001)])
    for df in (1, 2, 7):
        np.testing.assert_array_equal(chi_squared_tail(statistic, df), stats.chi2.sf(statistic, df))


def test_no_number_has_no_tail():
    assert np.isnan(normal_tail(np.nan))
    assert np.isnan(chi_squared_tail(np.nan, 1))
