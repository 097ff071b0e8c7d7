"""The plateau after the last event and whether follow-up suffices, counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.estimate import plateau

# The last event comes at 8; 10, 12 and 20 go on, 12 months longer at most.
TIME, EVENT = [2, 5, 8, 8, 10, 12, 20], [1, 1, 1, 0, 0, 0, 0]


def test_the_plateau_is_what_comes_after_the_last_event():
    found = plateau.find_plateau(TIME, EVENT)
    assert (found.last_event, found.last_time, found.length) == (8, 20, 12)
    assert (found.n_beyond, found.person_time) == (3, 2 + 4 + 12)


def test_a_plateau_without_events_has_an_exact_upper_limit_of_the_rate():
    found = plateau.estimate_plateau_hazard(plateau.find_plateau(TIME, EVENT), conf_level=0.95)
    # P(0 events) is 0.025 at the upper limit: exp(-rate * 18).
    assert (found.estimate, found.conf_low, found.n) == (0, 0, 3)
    assert np.exp(-18 * found.conf_high) == pytest.approx(0.025)


def test_maller_and_zhou_count_the_events_in_a_window_as_long_as_the_plateau():
    # 2 * 8 - 20 lies before 0, so all three events count: (1 - 3/7)^7.
    found = plateau.test_maller_zhou(TIME, EVENT)
    assert (found.statistic, found.estimate) == (3, pytest.approx(3 / 7))
    assert found.p_value == pytest.approx((4 / 7) ** 7)
    # With follow-up to 11 the window begins after 5, and the event at 5 is out.
    assert plateau.test_maller_zhou([2, 5, 8, 11], [1, 1, 1, 0]).statistic == 1
    assert plateau.test_maller_zhou([2, 5.1, 8, 11], [1, 1, 1, 0]).statistic == 2


def test_shens_window_is_narrower_and_its_beginning_counts():
    # w = 12/20, so the window begins at 8 * (0.6 * 0.4 + 0.4) = 5.12, after the event at 5.
    found = plateau.test_shen(TIME, EVENT)
    assert (found.statistic, found.p_value) == (1, pytest.approx((6 / 7) ** 7))
    assert plateau.test_shen([2, 5.12, 8, 20], [1, 1, 1, 0]).statistic == 2


@pytest.mark.parametrize(
    ("time", "event", "reason"),
    [
        ([], [], "no patients"),
        ([3, 4], [0, 0], "no event"),
        ([3, 5, 5], [0, 1, 0], "ends in an event"),
        ([0], [1], "ends"),
    ],
)
def test_without_follow_up_past_an_event_there_is_no_plateau_to_judge(time, event, reason):
    found = plateau.find_plateau(time, event)
    results = [
        plateau.estimate_plateau_hazard(found),
        plateau.test_maller_zhou(time, event),
        plateau.test_shen(time, event),
    ]
    assert all(result.estimate is None and result.p_value is None and reason in result.note for result in results)


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=40), st.integers(2, 9))
def test_shen_never_counts_more_than_maller_and_zhou_and_the_unit_does_not_matter(cohort, unit):
    time, event = (np.array(values) for values in zip(*cohort, strict=True))
    wide, narrow = plateau.test_maller_zhou(time, event), plateau.test_shen(time, event)
    if wide.statistic is not None:
        assert 1 <= narrow.statistic <= wide.statistic <= event.sum()
        assert wide.p_value <= narrow.p_value < 1
    assert plateau.test_maller_zhou(time * unit, event) == wide
