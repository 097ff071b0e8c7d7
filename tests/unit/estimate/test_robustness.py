"""Single patients and thresholds behind a p-value: the closed forms beside repeating the test."""

import dataclasses
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cartcohort.errors import EstimationError
from cartcohort.estimate import comparison, robustness, thresholds

rows = st.tuples(st.integers(0, 6), st.booleans(), st.sampled_from(["a", "b", "c", None]))
cohorts = st.lists(rows, min_size=2, max_size=20)

# Three patients of group a have their events late, three of group b early; nobody is censored.
TIME = np.array([4.0, 5.0, 6.0, 1.0, 2.0, 3.0])
EVENT = np.ones(6, dtype=bool)
GROUP = np.array(["a", "a", "a", "b", "b", "b"])


def logrank(time, event, group):
    """The p-value on some of the rows, as a function of their mask."""
    return lambda mask: comparison.test_logrank(time[mask], event[mask], group[mask]).p_value


def columns(cohort):
    time, event, group = zip(*cohort, strict=True)
    return np.array(time, dtype=float), np.array(event), np.array(group, dtype=object)


def test_a_test_is_repeated_without_each_row():
    # The p-value is a tenth of the number of rows left, none with fewer than three.
    found = robustness.leave_one_out(
        lambda mask: mask.sum() / 10 if mask[0] else None, 4, threshold=0.35, method="count"
    )
    assert found.p_value == 0.4
    assert np.isnan(found.without[0]) and found.without[1:].tolist() == [0.3, 0.3, 0.3]
    assert (found.lowest, found.highest) == (0.3, 0.3)
    assert found.rows_lowest == found.rows_highest == found.rows_crossing == (1, 2, 3)
    result = found.result()
    assert (result.estimate, result.conf_low, result.conf_high, result.conf_level) == (0.4, 0.3, 0.3, None)
    assert (result.n, result.n_event, result.unit) == (3, 3, "p-value")


def test_the_row_that_drives_a_log_rank_test_is_named():
    # Without the earliest event of b, or the latest of a, the groups overlap least: the middle matters least.
    found = robustness.leave_one_out_logrank(TIME, EVENT, GROUP)
    assert found.p_value == pytest.approx(comparison.test_logrank(TIME, EVENT, GROUP).p_value, rel=1e-12)
    assert found.rows_highest and found.highest == found.without[list(found.rows_highest)].max()
    assert found.p_value < 0.05 < found.highest and set(found.rows_highest) <= set(found.rows_crossing)
    assert found.names(found.rows_lowest) == [f"row {at}" for at in found.rows_lowest]
    named = dataclasses.replace(found, patients=np.array([f"P{at}" for at in range(6)]))
    assert named.names(found.rows_lowest) == [f"P{at}" for at in found.rows_lowest]
    lowest, highest = (robustness.any_of(named.names(r)) for r in (found.rows_lowest, found.rows_highest))
    assert named.result().note == f"largest without {highest}; smallest without {lowest}"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["P7"], "P7"),
        (["P2", "P9"], "P2 or P9"),
        (["P2", "P9", "P11", "P12"], "P2, P9, P11 or P12"),
        (["P2", "P9", "P11", "P12", "P13"], "P2, P9, P11 or any of 2 others"),
    ],
)
def test_patients_who_do_the_same_are_named_as_alternatives(given, said):
    assert robustness.any_of(given) == said


@given(cohorts)
def test_the_closed_form_agrees_with_repeating_the_log_rank_test(cohort):
    time, event, group = columns(cohort)
    quick = robustness.leave_one_out_logrank(time, event, group)
    slow = robustness.leave_one_out(logrank(time, event, group), len(time))
    present = np.array([g is not None for g in group])
    if slow.p_value is None or quick.p_value is None:
        assert slow.p_value is quick.p_value is None
        return
    assert quick.p_value == pytest.approx(slow.p_value, rel=1e-9)
    np.testing.assert_allclose(quick.without[present], slow.without[present], rtol=1e-8, equal_nan=True)
    assert np.isnan(quick.without[~present]).all()


def test_no_groups_or_events_give_a_note():
    nobody = np.array([])
    for found in (
        robustness.leave_one_out_logrank(nobody, nobody, nobody),
        robustness.leave_one_out_logrank([1, 2], [1, 1], ["a", "a"]),
        robustness.leave_one_out_logrank([1, 2], [0, 0], ["a", "b"]),
        robustness.leave_one_out(lambda mask: None, 3),
        robustness.leave_one_out(lambda mask: 0.5, 0),
    ):
        assert found.lowest is found.highest is None and found.rows_crossing == ()
        assert found.result().conf_low is None and found.note.startswith("not estimable")


def test_thresholds_are_all_those_that_leave_two_groups():
    value = [3.0, 1.0, None, 2.0, 2.0]
    seen = []
    scan = thresholds.threshold_scan(value, lambda group: seen.append(list(group)) or 0.5)
    assert scan.threshold.tolist() == [2, 3] and scan.n_possible == 2
    assert (scan.n_low.tolist(), scan.n_high.tolist()) == ([1, 3], [3, 1])
    assert seen[0][:2] == ["high", "low"] and seen[1][:2] == ["high", "low"] and seen[0][3] == "high"
    assert all(group[2] != group[2] for group in seen)


def test_groups_of_a_scan_can_be_asked_to_be_large_enough():
    scan = thresholds.threshold_scan(range(10), lambda group: 0.5, min_patients=4)
    assert scan.threshold.tolist() == [4, 5, 6]


def test_the_smallest_p_value_comes_with_how_many_were_looked_at():
    p_values = iter([0.4, None, 0.01, 0.2])
    scan = thresholds.threshold_scan([1, 2, 3, 4, 5], lambda group: next(p_values))
    assert np.isnan(scan.p_value[1])
    result = scan.result()
    assert (result.estimate, result.p_value, result.n) == (4, 0.01, 5)
    assert "over 4 thresholds" in result.method and "not adjusted" in result.method


def test_many_thresholds_are_thinned_evenly():
    scan = thresholds.threshold_scan(np.arange(1001), lambda group: 0.5, max_thresholds=11)
    assert len(scan.threshold) == 11 and np.ptp(np.diff(scan.threshold)) <= 1
    assert (scan.threshold[0], scan.threshold[-1], scan.n_possible) == (1, 1000, 1000)


def test_a_scan_of_a_log_rank_test_takes_its_groups_as_they_are():
    time, event, _ = TIME, EVENT, GROUP
    value = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    scan = thresholds.threshold_scan(value, lambda group: comparison.test_logrank(time, event, group).p_value)
    at_four = comparison.test_logrank(TIME, EVENT, np.where(value >= 4, "high", "low")).p_value
    assert scan.p_value[scan.threshold == 4] == pytest.approx(at_four, rel=1e-12)


@pytest.mark.parametrize("value", [[], [None], [2.0, 2.0], [1.0]])
def test_a_number_that_does_not_vary_has_no_threshold(value):
    scan = thresholds.threshold_scan(value, lambda group: 0.5)
    assert len(scan.threshold) == 0 and scan.result().estimate is None
    assert scan.result().note == "not estimable: no threshold leaves two groups"


def largest_statistic(time, event, value, at):
    found = (comparison.test_logrank(time, event, value >= threshold).statistic for threshold in at)
    return max(statistic or 0 for statistic in found)


def test_a_selected_threshold_is_judged_by_the_share_of_shuffles_with_a_threshold_as_good():
    time, event = np.array([1.0, 2, 2, 4, 5, 6]), np.array([1, 1, 0, 1, 1, 0], dtype=bool)
    value, at = np.array([9.0, 7, 8, 3, 3, 1]), [3.0, 7.0, 8.0]
    observed = largest_statistic(time, event, value, at)
    every = [largest_statistic(time, event, np.array(order), at) for order in permutations(value)]
    share = np.mean([statistic >= observed * (1 - 1e-9) for statistic in every])
    found = thresholds.selected_threshold_p(time, event, value, at, samples=20_000, seed=4, conf_level=0.999)
    assert found.statistic == pytest.approx(observed, rel=1e-10)
    assert found.conf_low < share < found.conf_high
    assert found.p_value == found.estimate and "20000 permutations, seed 4" in found.method
    assert found.note == "3 thresholds looked at"


@given(cohorts, st.integers(0, 2**32))
def test_the_largest_statistic_is_that_of_the_smallest_p_value(cohort, seed):
    time, event, _ = columns(cohort)
    value = np.random.default_rng(seed).integers(0, 5, len(time)).astype(float)
    scan = thresholds.threshold_scan(value, lambda group: comparison.test_logrank(time, event, group).p_value)
    found = thresholds.selected_threshold_p(time, event, value, scan.threshold, samples=3, seed=seed)
    smallest = scan.result().p_value
    if smallest is None:
        assert found.p_value is None and found.note.startswith("not estimable")
    else:
        assert stats.chi2.sf(found.statistic, 1) == pytest.approx(smallest, rel=1e-8)


def test_the_choice_of_a_threshold_raises_the_p_value_and_one_threshold_leaves_nothing_to_choose():
    generator = np.random.default_rng(8)
    time, event, value = generator.exponential(1, 60), generator.random(60) < 0.7, generator.integers(0, 20, 60)
    at = np.arange(3.0, 17)
    selected = thresholds.selected_threshold_p(time, event, value, at, seed=1).p_value
    p_values = [comparison.test_logrank(time, event, value >= threshold).p_value for threshold in at]
    alone = thresholds.selected_threshold_p(time, event, value, [at[np.argmin(p_values)]], seed=1).p_value
    assert selected > 2 * alone
    assert alone == pytest.approx(min(p_values), abs=0.02)


def test_all_thresholds_in_one_pass_have_the_p_values_of_one_test_each():
    generator = np.random.default_rng(8)
    time, event = np.ceil(generator.exponential(9, 80)), generator.random(80) < 0.6
    value = generator.integers(0, 12, 80).astype(float)
    value[:5] = np.nan
    each = thresholds.threshold_scan(value, lambda g: comparison.test_logrank(time, event, g).p_value, min_patients=6)
    at_once = thresholds.threshold_scan_logrank(time, event, value, min_patients=6)
    assert at_once.p_value == pytest.approx(each.p_value, rel=1e-9)
    for field in ("threshold", "n_low", "n_high"):
        assert getattr(at_once, field).tolist() == getattr(each, field).tolist()
    never = thresholds.threshold_scan_logrank(time, np.zeros(80, dtype=bool), value)
    assert len(never.threshold) and np.isnan(never.p_value).all()


def test_many_patients_are_not_shuffled_but_drawn_from_the_limit_of_their_shuffles(monkeypatch):
    generator = np.random.default_rng(2)
    time, event = np.ceil(generator.exponential(40, 400)), generator.random(400) < 0.8
    value = generator.integers(0, 30, 400) + np.minimum(time / 30, 3).round()
    scan = thresholds.threshold_scan_logrank(time, event, value, min_patients=40)
    options = {"thresholds": scan.threshold, "samples": 4000, "seed": 1, "conf_level": 0.999}
    shuffled = thresholds.selected_threshold_p(time, event, value, **options)
    monkeypatch.setattr(thresholds, "_MOST_SHUFFLED", 100)
    drawn = thresholds.selected_threshold_p(time, event, value, **options)
    assert drawn.statistic == shuffled.statistic
    assert 0.02 < shuffled.p_value < 0.5
    assert shuffled.conf_low < drawn.p_value < shuffled.conf_high
    assert "4000 draws of its limit, seed 1" in drawn.method and drawn.method.endswith("limits of the draws")


def test_a_selected_threshold_needs_thresholds_and_events():
    nothing = thresholds.selected_threshold_p([1, 2], [1, 1], [1, 1], [], seed=1)
    assert (nothing.p_value, nothing.note) == (None, "not estimable: no threshold leaves two groups")
    without = thresholds.selected_threshold_p([1, 2], [0, 0], [1, 2], [2], seed=1)
    assert (without.p_value, without.note) == (None, "not estimable: no events")
    alone = thresholds.selected_threshold_p([1, 2], [0, 1], [1, 2], [2], seed=1)
    assert (alone.p_value, alone.note) == (None, "not estimable: no threshold with a p-value")
    with pytest.raises(EstimationError):
        thresholds.selected_threshold_p([1, 2], [1, 1], [1], [1], seed=1)


def test_misuse_is_refused():
    with pytest.raises(EstimationError):
        robustness.leave_one_out_logrank([1, 2], [1, 1], ["a"])
    with pytest.raises(EstimationError):
        robustness.leave_one_out_logrank([-1, 2], [1, 1], ["a", "b"])
    with pytest.raises(EstimationError):
        thresholds.threshold_scan([1, 2], lambda group: 0.5, max_thresholds=0)
