"""Proportions: published limits, coverage counted out, and what cannot be estimated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cartcohort.errors import EstimationError
from cartcohort.estimate import proportions

counts = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.sampled_from([0.8, 0.9, 0.95, 0.99])


def test_exact_limits_of_all_or_none_have_a_closed_form():
    # Nobody of ten: the upper limit p solves (1 - p)^10 = 0.025.
    assert proportions.exact_interval(0, 10) == (0.0, pytest.approx(1 - 0.025**0.1, rel=1e-12))
    assert proportions.exact_interval(10, 10) == (pytest.approx(0.025**0.1, rel=1e-12), 1.0)


# Newcombe, Stat Med 1998; 17:857-872, table I: exact (method 5) and score (method 3) limits.
@pytest.mark.parametrize(
    ("n_event", "n", "exact", "score"),
    [
        (81, 263, (0.2527, 0.3676), (0.2553, 0.3662)),
        (15, 148, (0.0578, 0.1617), (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1684), (0.0, 0.1611)),
        (1, 29, (0.0009, 0.1776), (0.0061, 0.1718)),
    ],
)
def test_limits_are_those_printed_by_newcombe(n_event, n, exact, score):
    assert np.round(proportions.exact_interval(n_event, n), 4) == pytest.approx(exact, abs=1e-12)
    assert np.round(proportions.wilson_interval(n_event, n), 4) == pytest.approx(score, abs=1e-12)


# Newcombe, Stat Med 1998; 17:873-890, table II, method 10.
@pytest.mark.parametrize(
    ("first", "second", "limits"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ],
)
def test_limits_of_a_difference_are_those_printed_by_newcombe(first, second, limits):
    result = proportions.estimate_risk_difference(*first, *second)
    assert result.estimate == pytest.approx(first[0] / first[1] - second[0] / second[1], abs=1e-15)
    assert (round(result.conf_low, 4), round(result.conf_high, 4)) == limits
    assert (result.n, result.n_event) == (first[1] + second[1], first[0] + second[0])


def test_a_proportion_says_which_limits_it_has():
    exact, wilson = (
        estimate(27, 35, label="Response")
        for estimate in (proportions.estimate_proportion, proportions.estimate_proportion_wilson)
    )
    assert exact.estimate == wilson.estimate == 27 / 35
    assert (exact.conf_low, exact.conf_high) == proportions.exact_interval(27, 35)
    assert (wilson.conf_low, wilson.conf_high) == proportions.wilson_interval(27, 35)
    assert "Clopper-Pearson" in exact.method and "Wilson" in wilson.method
    assert (exact.n, exact.n_event, exact.unit, exact.label) == (35, 27, "proportion", "Response")


def test_a_benchmark_is_tested_by_counting_outcomes():
    # Of four relapses none with escape, against 1 in 2: outcomes as unlikely are 0 and 4, 2 of 16.
    assert proportions.test_proportion(0, 4, benchmark=0.5).p_value == pytest.approx(2 / 16, abs=1e-15)
    assert proportions.test_proportion(2, 4, benchmark=0.5).p_value == 1


def test_a_trend_in_a_two_by_two_table_is_the_chi_squared_test():
    trend = proportions.test_proportion_trend([8, 2], [20, 15])
    # 35 (8 * 13 - 2 * 12)^2 / (20 * 15 * 10 * 25)
    assert trend.statistic == pytest.approx(35 * 80**2 / 75_000, rel=1e-12)
    assert trend.df == 1 and trend.p_value == pytest.approx(stats.chi2.sf(trend.statistic, 1), rel=1e-12)


def test_a_trend_does_not_depend_on_the_origin_or_unit_of_its_scores():
    plain = proportions.test_proportion_trend([3, 7, 11], [15, 14, 13])
    shifted = proportions.test_proportion_trend([3, 7, 11], [15, 14, 13], scores=[-10, 0, 10])
    assert shifted.statistic == pytest.approx(plain.statistic, rel=1e-12)


@pytest.mark.parametrize("n", [1, 2, 5, 12, 35])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_exact_limits_cover_every_true_proportion_at_least_at_their_level(n, level):
    limits = np.array([proportions.exact_interval(k, n, conf_level=level) for k in range(n + 1)])
    # Coverage changes only at the limits themselves: look at them, just beside them, and between.
    truth = np.unique(
        np.clip(np.concatenate((limits.ravel() - 1e-9, limits.ravel() + 1e-9, np.linspace(0, 1, 201))), 0, 1)
    )
    covered = (limits[:, :1] <= truth) & (truth <= limits[:, 1:])
    coverage = (stats.binom.pmf(np.arange(n + 1)[:, None], n, truth) * covered).sum(axis=0)
    assert coverage.min() >= level - 1e-9


@given(counts, levels)
def test_limits_hold_the_proportion_and_mirror_for_the_complement(count, level):
    n_event, n = count
    for interval in (proportions.exact_interval, proportions.wilson_interval):
        low, high = interval(n_event, n, conf_level=level)
        assert 0 <= low <= n_event / n <= high <= 1
        assert interval(n - n_event, n, conf_level=level) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(counts, levels)
def test_exact_limits_are_the_counts_at_the_edge_of_significance(count, level):
    n_event, n = count
    low, high = proportions.exact_interval(n_event, n, conf_level=level)
    tail = (1 - level) / 2
    if n_event:
        assert stats.binom.sf(n_event - 1, n, low) == pytest.approx(tail, rel=1e-8)
    if n_event < n:
        assert stats.binom.cdf(n_event, n, high) == pytest.approx(tail, rel=1e-8)


@given(counts, counts)
def test_a_difference_changes_sign_with_the_reference_and_stays_within_bounds(first, second):
    forth = proportions.estimate_risk_difference(*first, *second)
    back = proportions.estimate_risk_difference(*second, *first)
    assert [back.estimate, back.conf_low, back.conf_high] == pytest.approx(
        [-forth.estimate, -forth.conf_high, -forth.conf_low], abs=1e-12
    )
    assert -1 - 1e-12 <= forth.conf_low <= forth.estimate <= forth.conf_high <= 1 + 1e-12


def test_no_patients_give_a_note_instead_of_a_number():
    for result in (
        proportions.estimate_proportion(0, 0),
        proportions.estimate_proportion_wilson(0, 0),
        proportions.test_proportion(0, 0, benchmark=0.3),
        proportions.estimate_risk_difference(1, 2, 0, 0),
        proportions.test_proportion_trend([0, 0], [5, 5]),
        proportions.test_proportion_trend([], []),
        proportions.test_proportion_trend([2], [5]),
    ):
        assert result.conf_low is result.conf_high is result.p_value is None
        assert result.note.startswith("not estimable")
    assert proportions.estimate_proportion(0, 0).estimate is None


@pytest.mark.parametrize(
    "misuse",
    [
        lambda: proportions.exact_interval(3, 2),
        lambda: proportions.wilson_interval(-1, 2),
        lambda: proportions.exact_interval(1, 2, conf_level=1),
        lambda: proportions.test_proportion(1, 2, benchmark=1.5),
        lambda: proportions.test_proportion_trend([1], [2, 3]),
        lambda: proportions.test_proportion_trend([3], [2]),
    ],
)
def test_counts_that_cannot_be_are_refused(misuse):
    with pytest.raises(EstimationError):
        misuse()
