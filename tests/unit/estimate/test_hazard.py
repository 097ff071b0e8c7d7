"""Hazard in intervals: by hand, exact limits, and what must add up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cartcohort.errors import EstimationError
from cartcohort.estimate import hazard


def test_rates_of_five_patients_are_worked_out_by_hand():
    found = hazard.estimate_hazard([0, 12, 12, 13, 30], [True, True, False, True, False], width=12)
    assert found.start.tolist() == [0, 12, 24] and found.end.tolist() == [12, 24, 36]
    # Ends of intervals belong to them; the event at time 0 to the first.
    assert found.n_event.tolist() == [2, 1, 0] and found.n_at_risk.tolist() == [5, 2, 1]
    assert found.person_time.tolist() == [4 * 12, 1 + 12, 6]
    assert found.rate == pytest.approx([2 / 48, 1 / 13, 0])


def test_limits_are_the_exact_ones_of_a_poisson_count():
    found = hazard.estimate_hazard([2.0] * 3 + [10.0] * 7, [True] * 3 + [False] * 7, width=10)
    low, high = found.conf_low * found.person_time, found.conf_high * found.person_time
    assert stats.poisson.sf(2, low) == pytest.approx([0.025])
    assert stats.poisson.cdf(3, high) == pytest.approx([0.025])


def test_without_events_the_lower_limit_is_zero_and_without_patients_there_is_no_interval():
    assert hazard.estimate_hazard([5], [False], width=12).conf_low.tolist() == [0]
    assert len(hazard.estimate_hazard([], [], width=12).rate) == 0


def test_without_person_time_the_rate_is_not_a_number():
    found = hazard.estimate_hazard([0, 0], [True, False], width=12)
    assert found.n_event.tolist() == [1] and np.isnan(found.rate).all() and np.isnan(found.conf_high).all()


def test_a_width_of_zero_is_refused():
    with pytest.raises(EstimationError, match="width"):
        hazard.estimate_hazard([1], [True], width=0)


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=30), st.integers(1, 20))
def test_events_and_person_time_add_up_whatever_the_width(cohort, width):
    time, event = (np.array(values) for values in zip(*cohort, strict=True))
    found = hazard.estimate_hazard(time, event, width=width)
    assert found.n_event.sum() == event.sum()
    assert found.person_time.sum() == pytest.approx(time.sum())
    assert found.n_at_risk[0] == len(time) and np.all(np.diff(found.n_at_risk) <= 0)
