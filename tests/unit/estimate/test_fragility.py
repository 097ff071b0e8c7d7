"""Fragility of a log-rank test beside the test itself after every possible change."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartcohort.errors import EstimationError
from cartcohort.estimate import comparison, fragility

rows = st.tuples(st.integers(0, 6), st.booleans(), st.sampled_from(["a", "b", None]))
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


def fewest(time, event, group, *, most):
    """Return the smallest number of changes, up to `most`, that crosses 0.05, by trying them all; None without."""
    significant = p_value(time, event, group) < 0.05
    known = [row for row in range(len(time)) if group[row] is not None]
    for size in range(1, most + 1):
        for rows_changed in itertools.combinations(known, size):
            if (p_value(time, changed(event, rows_changed), group) < 0.05) != significant:
                return size
    return None


def test_a_significant_difference_is_followed_until_it_is_none():
    found = fragility.fragility(TIME, EVENT, GROUP)
    assert found.p_value < 0.05 <= found.p_changed
    assert found.note == "from significant to not significant; exact, no smaller number crosses"
    assert found.p_changed == pytest.approx(p_value(TIME, changed(EVENT, found.rows), GROUP), rel=1e-9)
    assert found.n_changed == len(found.rows) == 2 and found.exact
    result = found.result()
    assert (result.estimate, result.unit, result.n, result.n_event) == (2, "patients", 8, 8)
    assert result.p_value == found.p_value


def test_a_difference_that_is_not_significant_is_followed_until_it_is():
    event = changed(EVENT, [5, 6, 7])
    found = fragility.fragility(TIME, event, GROUP)
    assert found.p_value >= 0.05 > found.p_changed
    assert found.note.startswith("from not significant to significant")


def test_one_patient_is_found_where_one_will_do():
    singles = [p_value(TIME, changed(EVENT, [row]), GROUP) for row in range(8)]
    threshold = (p_value(TIME, EVENT, GROUP) + max(singles)) / 2
    found = fragility.fragility(TIME, EVENT, GROUP, threshold=threshold)
    assert found.n_changed == 1 and found.rows == (int(np.argmax(singles)),)
    assert found.p_changed == pytest.approx(max(singles), rel=1e-12)


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.sampled_from("abc")), min_size=2, max_size=8))
@settings(max_examples=60)
def test_no_smaller_number_of_changes_crosses_with_two_groups_or_three(cohort):
    time, event, group = (np.array(column) for column in zip(*cohort, strict=True))
    found = fragility.fragility(time, event, group)
    if found.p_value is None:
        assert comparison.test_logrank(time, event, group).p_value is None
        return
    assert found.n_changed == fewest(time, event, group, most=len(time))
    if found.n_changed is not None:
        assert found.exact and len(set(found.rows)) == found.n_changed
        after = p_value(time, changed(event, found.rows), group)
        assert (after < 0.05) != (found.p_value < 0.05)
        assert found.p_changed == pytest.approx(after, rel=1e-8)


def test_trying_all_finds_fewer_than_going_step_by_step():
    generator, better = np.random.default_rng(3), 0
    for _ in range(40):
        time, event, group = generator.integers(1, 9, 14), generator.random(14) < 0.6, generator.integers(0, 2, 14)
        found = fragility.fragility(time, event, group)
        if found.p_value is None or found.n_changed is None:
            continue
        counts = fragility.count_groups(time, event, group)
        by_steps = fragility._search_greedily(fragility._State(counts), threshold=0.05, max_changed=100)
        # Going by steps can end with everybody changed and no crossing.
        assert found.n_changed <= (len(by_steps) or 14)
        better += found.n_changed < len(by_steps)
    assert better


def test_too_many_sets_leave_an_upper_bound(monkeypatch):
    monkeypatch.setattr(fragility, "_MOST_SETS", 8)
    time, group = np.append(TIME, [8.0, 9.0, 0.5]), np.append(GROUP, list("aab"))
    found = fragility.fragility(time, np.ones(11, dtype=bool), group)
    assert found.n_changed >= 2 and not found.exact and found.n_tried == 0
    assert found.note.endswith("; an upper bound")
    monkeypatch.setattr(fragility, "_MOST_SETS", 11)
    some = fragility.fragility(time, np.ones(11, dtype=bool), group)
    assert some.n_tried == 1 and (some.exact or "no set of 1 or fewer crosses" in some.note)


def test_what_no_number_of_changes_allowed_can_reach_is_not_searched_for(monkeypatch):
    time, event = np.tile(np.arange(1, 101), 4), np.tile([True, True, True, False], 100)
    group = np.repeat(["a", "b"], 200)
    apart = np.where(group == "a", time, time / 3)
    monkeypatch.setattr(fragility, "_search_greedily", lambda *args, **options: pytest.fail("searched"))
    for times in (apart, time):
        found = fragility.fragility(times, event, group, max_changed=3)
        assert (found.n_changed, found.note) == (None, "not estimable: p does not cross within 3 changes")


def test_a_search_that_ends_without_crossing_says_so():
    time = np.concatenate((np.arange(1.0, 61), np.arange(100.0, 160)))
    group = np.repeat(["b", "a"], 60)
    found = fragility.fragility(time, np.ones(120, dtype=bool), group, max_changed=2)
    assert found.n_changed is None and found.rows == ()
    assert found.result().estimate is None and found.note == "not estimable: p does not cross within 2 changes"


@pytest.mark.parametrize(
    ("time", "event", "group", "note"),
    [
        ([], [], [], "not estimable: fewer than two groups"),
        ([1], [1], ["a"], "not estimable: fewer than two groups"),
        ([1, 2], [0, 0], ["a", "b"], "not estimable: no events"),
        ([1, 2], [0, 1], ["a", "b"], "not estimable: the groups are not at risk together"),
    ],
)
def test_what_is_no_comparison_has_a_note(time, event, group, note):
    found = fragility.fragility(time, event, group)
    assert (found.p_value, found.n_changed, found.note) == (None, None, note)


def test_rows_without_a_group_are_left_out_and_positions_are_those_of_the_arrays_given():
    time, event = np.append(0.1, TIME), np.append(True, EVENT)
    group = np.append(np.array([None], dtype=object), GROUP)
    found, plain = fragility.fragility(time, event, group), fragility.fragility(TIME, EVENT, GROUP)
    assert found.rows == tuple(row + 1 for row in plain.rows)
    assert (found.n_changed, found.n, found.p_changed) == (plain.n_changed, plain.n, plain.p_changed)


def test_misuse_is_refused():
    with pytest.raises(EstimationError):
        fragility.fragility([1, 2], [1], ["a", "b"])
    with pytest.raises(EstimationError):
        fragility.fragility([1, np.nan], [1, 1], ["a", "b"])
