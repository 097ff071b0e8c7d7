"""The log-rank family: by hand, Freireich's trial, beside lifelines, then what must hold for any cohort."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines.statistics import multivariate_logrank_test

from cartcohort.errors import EstimationError
from cartcohort.estimate import comparison, regression
from tests.unit.estimate import freireich

COHORTS = st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.sampled_from("abc")), min_size=2, max_size=30)


def columns_of(cohort):
    time, event, group = zip(*cohort, strict=True)
    return np.array(time, float), np.array(event), pd.Categorical(group, categories=["a", "b", "c"])


# a: events at 1 and 3; b: event at 2, censored at 4.
FOUR = [(1, True, "a"), (3, True, "a"), (2, True, "b"), (4, False, "b")]


def test_observed_and_expected_events_of_four_patients_are_worked_out_by_hand():
    counts = comparison.count_logrank(*columns_of(FOUR))
    assert counts.levels == ("a", "b", "c") and counts.n.tolist() == [2, 2, 0] and counts.n_event == 3
    assert counts.observed.tolist() == [2, 1, 0]
    # a is 2 of 4 at risk at 1, 1 of 3 at 2, and 1 of 2 at 3.
    in_a = 1 / 2 + 1 / 3 + 1 / 2
    assert counts.expected == pytest.approx([in_a, 3 - in_a, 0])
    # One event a time: p (1 - p).
    assert counts.variance[0, 0] == pytest.approx(1 / 4 + 2 / 9 + 1 / 4)
    found = comparison.test_logrank(*columns_of(FOUR))
    assert found.statistic == pytest.approx((2 - in_a) ** 2 / (1 / 4 + 2 / 9 + 1 / 4)) and found.df == 1


def test_the_peto_peto_weight_is_the_pooled_curve_just_before():
    # S(t-) is 1 at 1, 3/4 at 2 and 1/2 at 3.
    counts = comparison.count_logrank(*columns_of(FOUR), rho=1)
    assert counts.observed[:2] == pytest.approx([1 + 1 / 2, 3 / 4])
    assert counts.expected[0] == pytest.approx(1 / 2 + 3 / 4 / 3 + 1 / 2 / 2)


def test_freireichs_trial_has_the_published_observed_and_expected_events_and_statistic():
    counts = comparison.count_logrank(freireich.TIME, freireich.EVENT, freireich.GROUP)
    assert counts.observed.tolist() == [9, 21] and np.round(counts.expected, 2).tolist() == [19.25, 10.75]
    found = comparison.test_logrank(freireich.TIME, freireich.EVENT, freireich.GROUP)
    assert round(found.statistic, 2) == 16.79 and found.p_value < 0.0001
    assert (found.n, found.n_event, found.method) == (42, 30, "log-rank test")


def test_a_trend_over_two_groups_is_the_log_rank_test():
    trend = comparison.test_logrank_trend(freireich.TIME, freireich.EVENT, freireich.GROUP)
    plain = comparison.test_logrank(freireich.TIME, freireich.EVENT, freireich.GROUP)
    assert trend.statistic == pytest.approx(plain.statistic) and trend.method.endswith("trend over ordered groups")


def test_pairs_are_compared_on_their_own_and_adjusted_together():
    time, event, group = columns_of([*FOUR, (5, True, "c"), (6, True, "c"), (9, False, "c")])
    found = comparison.test_logrank_pairwise(time, event, group)
    assert list(found) == [("a", "b"), ("a", "c"), ("b", "c")]
    alone = comparison.test_logrank(time[:4], event[:4], group[:4])
    assert found["a", "b"].statistic == pytest.approx(alone.statistic) and found["a", "b"].n == 4
    smallest = min(result.p_value for result in found.values())
    assert min(result.p_holm for result in found.values()) == pytest.approx(3 * smallest)


def test_a_stratified_test_adds_up_the_strata():
    time, event, group = columns_of(FOUR * 2)
    strata = np.repeat(["x", "y"], 4)
    counts = comparison.count_logrank(time, event, group, strata=strata)
    assert counts.expected == pytest.approx(2 * comparison.count_logrank(*columns_of(FOUR)).expected)
    assert comparison.test_logrank(time, event, group, strata=strata).method == "log-rank test, stratified"


def test_rows_without_group_or_stratum_are_dropped_and_n_says_so():
    time, event, group = columns_of(FOUR)
    found = comparison.test_logrank(time, event, pd.Series([None, "a", "b", "b"]))
    assert (found.n, found.n_event) == (3, 2)
    found = comparison.test_logrank(time, event, group, strata=["x", None, "x", "x"])
    assert found.n == 3


@pytest.mark.parametrize(
    ("cohort", "note"),
    [
        ([], "not estimable: no events"),
        ([(1, False, "a"), (2, False, "b")], "not estimable: no events"),
        ([(1, True, "a"), (2, True, "a")], "not estimable: only one group"),
        ([(1, False, "a"), (2, True, "b")], "not estimable: only one group was at risk when events occurred"),
        ([(1, True, "a"), (1, True, "b")], "not estimable: no variation, everybody at risk had the event"),
    ],
)
def test_where_nothing_can_be_compared_there_is_a_note_and_no_number(cohort, note):
    time, event, group = columns_of(cohort) if cohort else ([], [], [])
    for found in (comparison.test_logrank(time, event, group), comparison.test_logrank_trend(time, event, group)):
        assert (found.statistic, found.p_value, found.note) == (None, None, note)
    assert all(found.p_holm is None for found in comparison.test_logrank_pairwise(time, event, group).values())


def test_what_cannot_be_is_refused():
    with pytest.raises(EstimationError, match="equal lengths"):
        comparison.test_logrank([1, 2], [True, True], ["a"])
    with pytest.raises(EstimationError, match="rho"):
        comparison.test_logrank(*columns_of(FOUR), rho=-1)
    with pytest.raises(EstimationError, match="scores"):
        comparison.test_logrank_trend(*columns_of(FOUR), scores=[0, 1])


@given(COHORTS, st.sampled_from([0, 1]))
def test_the_statistic_is_that_of_lifelines_where_all_groups_are_at_risk(cohort, rho):
    time, event, group = columns_of(cohort)
    time = time + 1  # its weighted test fails on a time of 0
    found = comparison.test_logrank(time, event, group, rho=rho)
    groups_at_risk = np.sum(comparison.count_logrank(time, event, group, rho=rho).expected > 0)
    if found.statistic is None or groups_at_risk < len(np.unique(group)):
        return
    theirs = multivariate_logrank_test(time, np.asarray(group), event, weightings="fleming-harrington", p=rho, q=0)
    assert found.statistic == pytest.approx(theirs.test_statistic, rel=1e-6, abs=1e-9)


@given(COHORTS)
def test_observed_and_expected_events_have_the_same_sum(cohort):
    counts = comparison.count_logrank(*columns_of(cohort))
    assert counts.observed.sum() == pytest.approx(counts.expected.sum()) and counts.observed.sum() == counts.n_event


@given(COHORTS, st.permutations(["a", "b", "c"]))
def test_the_order_of_the_groups_does_not_matter(cohort, levels):
    time, event, group = columns_of(cohort)
    one = comparison.test_logrank(time, event, group)
    other = comparison.test_logrank(time, event, group.reorder_categories(levels))
    assert (one.df, one.note) == (other.df, other.note)
    if one.statistic is not None:
        assert one.statistic == pytest.approx(other.statistic, rel=1e-8, abs=1e-10)


@given(COHORTS, st.randoms(use_true_random=False))
def test_neither_the_order_of_patients_nor_the_unit_of_time_matters(cohort, random):
    changed = [(4 * time, event, group) for time, event, group in cohort]
    random.shuffle(changed)
    one, other = (comparison.test_logrank(*columns_of(rows), rho=1) for rows in (cohort, changed))
    assert one.note == other.note
    if one.statistic is not None:
        assert one.statistic == pytest.approx(other.statistic, rel=1e-8, abs=1e-10)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("ab")), min_size=3, max_size=30))
def test_without_ties_the_log_rank_test_is_the_score_test_of_a_cox_model(rows):
    event, group = zip(*rows, strict=True)
    time, group = np.arange(1.0, len(rows) + 1), pd.Categorical(group, categories=["a", "b"])
    log_rank = comparison.test_logrank(time, event, group)
    score = regression.fit_cox(time, event, pd.DataFrame({"group": group})).score
    if log_rank.statistic is not None and score.statistic is not None:
        assert log_rank.statistic == pytest.approx(score.statistic, rel=1e-8, abs=1e-10)
