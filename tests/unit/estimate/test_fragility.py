"""Fragility of a log-rank test: each step beside the test itself, and every pair of changes tried."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartcohort.errors import EstimationError
from cartcohort.estimate import comparison, fragility

rows = st.tuples(st.integers(0, 6), st.booleans(), st.sampled_from(["a", "b", None]))
cohorts = st.lists(rows, min_size=2, max_size=14)

TIME = np.array([4.0, 5.0, 6.0, 7.0, 1.0, 2.0, 3.0, 3.5])
EVENT = np.ones(8, dtype=bool)
GROUP = np.array(list("aaaabbbb"))


def p_value(time, event, group):
    found = comparison.test_logrank(time, event, group).p_value
    return 1.0 if found is None else found


def changed(event, rows):
    other = np.array(event, dtype=bool)
    other[list(rows)] = ~other[list(rows)]
    return other


def test_a_significant_difference_is_followed_until_it_is_none():
    found = fragility.fragility(TIME, EVENT, GROUP)
    assert found.p_value < 0.05 and found.note == "from significant to not significant"
    assert found.n_changed == len(found.rows) == len(found.p_path)
    assert found.p_path[-1] >= 0.05 and all(p < 0.05 for p in found.p_path[:-1])
    result = found.result()
    assert (result.estimate, result.unit, result.n, result.n_event) == (found.n_changed, "patients", 8, 8)
    assert result.p_value == found.p_value


def test_a_difference_that_is_not_significant_is_followed_until_it_is():
    event = changed(EVENT, [5, 6, 7])
    found = fragility.fragility(TIME, event, GROUP)
    assert found.p_value >= 0.05 > found.p_path[-1] and found.note == "from not significant to significant"


def test_one_patient_is_found_where_one_will_do():
    singles = [p_value(TIME, changed(EVENT, [row]), GROUP) for row in range(8)]
    threshold = (p_value(TIME, EVENT, GROUP) + max(singles)) / 2
    found = fragility.fragility(TIME, EVENT, GROUP, threshold=threshold)
    assert found.n_changed == 1 and found.rows == (int(np.argmax(singles)),)
    assert found.p_path[0] == pytest.approx(max(singles), rel=1e-12)


@given(cohorts)
@settings(max_examples=60)
def test_each_step_is_the_log_rank_test_after_the_change_that_moves_it_most(cohort):
    time, event, group = (
        np.array(column, dtype=kind)
        for column, kind in zip(zip(*cohort, strict=True), (float, bool, object), strict=True)
    )
    found = fragility.fragility(time, event, group, max_changed=4)
    if found.p_value is None:
        assert found.note.startswith("not estimable")
        return
    present = [row for row in range(len(time)) if group[row] is not None]
    best = max if found.p_value < 0.05 else min
    for step, row in enumerate(found.rows):
        before = found.rows[:step]
        options = {
            other: p_value(time, changed(event, (*before, other)), group) for other in present if other not in before
        }
        assert found.p_path[step] == pytest.approx(options[row], rel=1e-8)
        assert options[row] == pytest.approx(best(options.values()), rel=1e-8)
        assert row == min(other for other, p in options.items() if np.isclose(p, options[row], rtol=1e-9, atol=0))


def test_greedy_is_never_below_the_smallest_number_of_changes():
    found = fragility.fragility(TIME, EVENT, GROUP)
    for size in range(1, found.n_changed):
        for group_of_rows in itertools.combinations(range(8), size):
            if p_value(TIME, changed(EVENT, group_of_rows), GROUP) >= 0.05:
                assert size <= found.n_changed
                return


def test_a_search_that_ends_without_crossing_says_so():
    time = np.concatenate((np.arange(1.0, 61), np.arange(100.0, 160)))
    group = np.repeat(["b", "a"], 60)
    found = fragility.fragility(time, np.ones(120, dtype=bool), group, max_changed=2)
    assert found.n_changed is None and len(found.p_path) == 2
    assert found.result().estimate is None and found.note == "not estimable: p does not cross within 2 changes"


@pytest.mark.parametrize(
    ("time", "event", "group", "note"),
    [
        ([], [], [], "not estimable: needs exactly two groups"),
        ([1], [1], ["a"], "not estimable: needs exactly two groups"),
        ([1, 2, 3], [1, 1, 1], ["a", "b", "c"], "not estimable: needs exactly two groups"),
        ([1, 2], [0, 0], ["a", "b"], "not estimable: no events"),
        ([1, 2], [0, 1], ["a", "b"], "not estimable: the groups are not at risk together"),
    ],
)
def test_what_is_no_comparison_has_a_note(time, event, group, note):
    found = fragility.fragility(time, event, group)
    assert (found.p_value, found.n_changed, found.note) == (None, None, note)


def test_misuse_is_refused():
    with pytest.raises(EstimationError):
        fragility.fragility([1, 2], [1], ["a", "b"])
    with pytest.raises(EstimationError):
        fragility.fragility([1, np.nan], [1, 1], ["a", "b"])
