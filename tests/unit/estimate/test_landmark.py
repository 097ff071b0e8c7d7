"""The landmark: strictly later, clock restarted, everybody accounted for."""

import pytest

from cartcohort.errors import EstimationError
from cartcohort.estimate import landmark


def test_those_at_the_landmark_are_left_out_and_the_clock_is_restarted():
    found = landmark.select_landmark([1, 3, 3, 4, 9], [True, True, False, False, True], landmark=3)
    assert found.kept.tolist() == [False, False, False, True, True]
    assert found.time.tolist() == [1, 6] and found.event.tolist() == [False, True]
    assert (found.n_event_before, found.n_censored_before) == (2, 1)


def test_a_landmark_after_everybody_keeps_nobody():
    found = landmark.select_landmark([1, 2], [True, False], landmark=5)
    assert not found.kept.any() and len(found.time) == 0


def test_a_negative_landmark_is_refused():
    with pytest.raises(EstimationError, match="landmark"):
        landmark.select_landmark([1], [True], landmark=-1)
