"""Rank tests: by hand, published data, the exact distribution counted out, and invariance."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cartcohort.errors import EstimationError
from cartcohort.estimate import ranks

# Hollander and Wolfe 1973, p 69: permeability of the chorioamnion, at term and at 12 to 26 weeks.
TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
EARLY = [1.15, 0.88, 0.90, 0.74, 1.21]
# Hollander and Wolfe 1973, p 116: clearance half-times in normal subjects, obstruction, asbestosis.
CLEARANCE = [[2.9, 3.0, 2.5, 2.6, 3.2], [3.8, 2.7, 4.0, 2.4], [2.8, 3.4, 3.7, 2.2, 2.0]]

samples = st.lists(st.integers(-8, 8).map(float), min_size=1, max_size=9)
distinct = st.lists(st.integers(-1000, 1000).map(float), min_size=2, max_size=14, unique=True)


def of(*groups):
    """Values of groups one after the other, and their groups."""
    values = np.concatenate([np.asarray(group, dtype=float) for group in groups])
    names = np.repeat(list("abcdef")[: len(groups)], [len(group) for group in groups])
    return values, pd.Categorical(names, categories=list("abcdef")[: len(groups)])


def test_two_against_three_is_worked_out_by_hand():
    # Reference 1, 4; other 2, 3, 5. Pairs with the reference larger: 4 > 2, 4 > 3, so W = 2.
    result = ranks.test_rank_sum(*of([1, 4], [2, 3, 5]))
    assert result.statistic == 2
    # Of the 10 choices of ranks for the reference, W <= 2 for 4; doubled.
    assert result.p_value == pytest.approx(0.8, abs=1e-15)
    # Differences other - reference: 1, 2, 4 and -2, -1, 1; sorted -2, -1, 1, 1, 2, 4.
    assert (result.estimate, result.conf_low, result.conf_high) == (1, -2, 4)
    assert "range" in result.note


def test_permeability_has_the_published_statistic():
    result = ranks.test_rank_sum(*of(TERM, EARLY))
    # W = 35, one-sided p = 0.1272, shift 0.305 (term minus early).
    assert result.statistic == 35
    assert result.p_value / 2 == pytest.approx(0.1272, abs=5e-5)
    assert result.estimate == pytest.approx(-0.305, abs=1e-12)


def test_clearance_has_the_published_statistic():
    result = ranks.test_kruskal(*of(*CLEARANCE))
    assert (round(result.statistic, 2), result.df, round(result.p_value, 2)) == (0.77, 2, 0.68)


@pytest.mark.parametrize(("m", "n"), [(1, 1), (1, 4), (2, 3), (3, 3), (4, 2), (4, 4)])
def test_the_exact_distribution_is_that_of_all_choices_of_ranks(m, n):
    sums = [sum(choice) - m * (m + 1) // 2 for choice in itertools.combinations(range(1, m + n + 1), m)]
    expected = np.bincount(sums, minlength=m * n + 1) / len(sums)
    assert ranks._rank_sum_distribution(m, n) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(("m", "n", "level"), [(4, 5, 0.9), (5, 5, 0.95), (3, 7, 0.8)])
def test_exact_limits_of_the_shift_cover_at_least_at_their_level(m, n, level):
    # Every way to interleave the two samples is equally likely when there is no shift.
    covered = []
    for choice in itertools.combinations(range(m + n), m):
        others = sorted(set(range(m + n)) - set(choice))
        result = ranks.test_rank_sum_exact(*of(choice, others), conf_level=level)
        covered.append(result.conf_low < 0 < result.conf_high)
    assert np.mean(covered) >= level


def test_the_rule_for_exact_or_normal_is_that_of_r():
    assert "exact" in ranks.test_rank_sum(*of(range(49), np.arange(49) + 0.5)).method
    assert "normal" in ranks.test_rank_sum(*of(range(50), np.arange(49) + 0.5)).method
    assert "normal" in ranks.test_rank_sum(*of([1, 2], [2, 3])).method


@given(samples, samples)
def test_p_values_agree_with_scipy_under_ties(first, second):
    for corrected in (True, False):
        result = ranks.test_rank_sum_normal(*of(first, second), continuity_correction=corrected)
        if np.ptp(first + second) == 0:
            assert result.p_value is None and result.note == "not estimable: all values are equal"
            continue
        expected = stats.mannwhitneyu(first, second, method="asymptotic", use_continuity=corrected)
        assert result.statistic == expected.statistic
        assert result.p_value == pytest.approx(expected.pvalue, rel=1e-9)


@given(distinct, st.data())
def test_exact_p_values_agree_with_scipy(values, data):
    cut = data.draw(st.integers(1, len(values) - 1))
    result = ranks.test_rank_sum_exact(*of(values[:cut], values[cut:]))
    expected = stats.mannwhitneyu(values[:cut], values[cut:], method="exact")
    assert result.p_value == pytest.approx(expected.pvalue, rel=1e-9)


@given(samples, samples)
def test_the_shift_is_the_median_of_all_differences_and_lies_within_its_limits(first, second):
    result = ranks.test_rank_sum_normal(*of(first, second))
    if result.estimate is not None:
        differences = np.subtract.outer(second, first)
        assert result.estimate == pytest.approx(np.median(differences), abs=1e-12)
        assert differences.min() <= result.conf_low <= result.estimate <= result.conf_high <= differences.max()


@given(samples, samples, samples, st.permutations(range(3)))
def test_kruskal_does_not_depend_on_order_or_scale(first, second, third, order):
    groups = [first, second, third]
    plain = ranks.test_kruskal(*of(*groups))
    other = ranks.test_kruskal(*of(*[np.exp(np.array(groups[index]) / 4) for index in order]))
    assert (plain.statistic is None) == (other.statistic is None)
    if plain.statistic is not None:
        assert other.statistic == pytest.approx(plain.statistic, rel=1e-9, abs=1e-9)


def test_with_two_groups_kruskal_is_the_normal_rank_sum_test():
    values, group = of(TERM, EARLY)
    rank_sum = ranks.test_rank_sum_normal(values, group, continuity_correction=False)
    assert ranks.test_kruskal(values, group).p_value == pytest.approx(rank_sum.p_value, rel=1e-10)


def test_many_patients_get_the_same_shift_without_forming_all_differences():
    generator = np.random.default_rng(1)
    reference, other = np.sort(generator.normal(size=300).round(2)), np.sort(generator.normal(size=200).round(2))
    ordered = np.sort(np.subtract.outer(other, reference), axis=None)
    wanted = [0, 7, 29_999, 30_000, 59_999]
    assert ranks._ordered_differences(reference, other, wanted) == pytest.approx(ordered[wanted], abs=1e-12)


def test_rows_with_missing_values_or_groups_are_left_out():
    values = pd.Series([1.0, None, 4.0, 2.0, 3.0, 5.0, 9.0])
    group = pd.Series(["a", "a", "a", "b", "b", "b", None])
    assert ranks.test_rank_sum(values, group) == ranks.test_rank_sum(*of([1, 4], [2, 3, 5]))
    assert ranks.test_kruskal(values, group).n == 5


def test_groups_without_values_or_variation_give_a_note():
    for test in (ranks.test_rank_sum, ranks.test_rank_sum_exact, ranks.test_rank_sum_normal, ranks.test_kruskal):
        for values, group in (([], []), ([1.0], ["a"]), ([1.0, 2.0], ["a", "a"]), ([None, 1.0], ["a", "b"])):
            result = test(values, group)
            assert result.p_value is None and result.note.startswith("not estimable")
    assert ranks.test_rank_sum(*of([1], [2], [3])).note == "not estimable: needs exactly two groups with values"
    assert ranks.test_rank_sum_exact(*of([1, 2], [2, 3])).note == "not estimable: ties have no exact distribution"
    assert ranks.test_kruskal(*of([1, 1], [1])).note == "not estimable: all values are equal"


def test_unequal_lengths_and_infinite_values_are_refused():
    for values, group in (([1.0, 2.0], ["a"]), ([1.0, np.inf], ["a", "b"])):
        for test in (ranks.test_rank_sum, ranks.test_kruskal):
            with pytest.raises(EstimationError):
                test(values, group)
