"""Follow-up: numbers at risk, reverse Kaplan-Meier, completeness."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.errors import EstimationError
from cartcohort.estimate import follow_up

TIME, EVENT = [1, 2, 2, 3, 4], [True, True, False, False, True]
TIMES = st.lists(st.integers(0, 20), max_size=30)


def test_numbers_at_risk_count_those_with_at_least_that_time():
    assert follow_up.count_at_risk(TIME, [0, 1, 1.5, 2, 4, 5]).tolist() == [5, 5, 4, 4, 1, 0]


def test_events_are_counted_up_to_and_at_a_time():
    assert follow_up.count_events(TIME, EVENT, [0, 1, 2, 4]).tolist() == [0, 1, 2, 3]


@given(TIMES, st.lists(st.integers(0, 25), max_size=5))
def test_numbers_at_risk_equal_the_plain_count(time, at):
    assert follow_up.count_at_risk(time, at).tolist() == [sum(t >= a for t in time) for a in at]


def test_median_follow_up_is_that_of_the_swapped_event():
    # Ends of follow-up at 2 (of 4 still followed) and 3 (of 2): 3/4, then 3/8, so the median is 3.
    found = follow_up.estimate_follow_up(TIME, EVENT)
    assert (found.estimate, found.n, found.n_event) == (3, 5, 3)
    assert found.method.startswith("reverse Kaplan-Meier")


def test_follow_up_is_complete_where_everybody_had_the_event_and_else_not_reached():
    assert follow_up.estimate_follow_up([1, 2], [True, True]).note == (
        "not estimable: every patient had the event, so all follow-up is complete"
    )
    assert follow_up.estimate_follow_up([1, 2, 3], [False, True, True]).note == "not reached"


def test_completeness_is_observed_over_potential_person_time():
    # The two censored could have been followed to 6; the others ended with their event: 12 of 12 + 4 + 3.
    found = follow_up.estimate_completeness(TIME, EVENT, 6)
    assert found.estimate == pytest.approx(12 / 19)


def test_completeness_is_one_where_nobody_was_lost_and_leaves_out_unknown_potential():
    assert follow_up.estimate_completeness([3, 5], [False, True], [3, 9]).estimate == 1
    partly = follow_up.estimate_completeness([3, 5], [False, False], pd.array([6, None], dtype="Int64"))
    assert (partly.estimate, partly.n) == (0.5, 1)


def test_completeness_never_exceeds_one_and_has_a_note_without_follow_up():
    assert follow_up.estimate_completeness([3], [False], 1).estimate == 1
    assert follow_up.estimate_completeness([], [], 5).note == "not estimable: no follow-up time"


def test_potential_times_of_another_length_are_refused():
    with pytest.raises(EstimationError, match="equal lengths"):
        follow_up.estimate_completeness([3, 4], [False, True], np.array([3]))


def test_the_last_time_with_so_many_at_risk_is_the_so_many_th_longest():
    assert follow_up.last_time_at_risk([1, 5, 2, 9, 5], 3).estimate == 5
    assert follow_up.last_time_at_risk([1, 5], 3).estimate == 0
    assert follow_up.last_time_at_risk([1, 5], 0).estimate == 5
    assert follow_up.last_time_at_risk([], 1).note == "no patients"


@given(st.lists(st.integers(0, 20), min_size=1, max_size=30), st.integers(1, 10))
def test_up_to_that_time_enough_are_at_risk_and_after_it_too_few(time, n_at_risk):
    found = follow_up.last_time_at_risk(time, n_at_risk).estimate
    assert follow_up.count_at_risk(time, [found + 0.5])[0] < n_at_risk
    assert found == 0 or follow_up.count_at_risk(time, [found])[0] >= n_at_risk
