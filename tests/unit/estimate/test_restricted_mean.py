"""Restricted means: by hand, without censoring the plain mean, and beyond follow-up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.errors import EstimationError
from cartcohort.estimate import restricted_mean, survival
from tests.unit.estimate import freireich


def curve_of(time, event):
    return survival.estimate_survival_curve(time, event)


def test_the_area_and_its_error_are_worked_out_by_hand():
    # Events at 1 and 3 of four patients, censored at 2 and 4: S = 1, 3/4 from 1, 3/8 from 3.
    found = restricted_mean.estimate_rmst(curve_of([1, 2, 3, 4], [True, False, True, False]), 4)
    assert found.estimate == pytest.approx(1 + 2 * 0.75 + 0.375)
    # Area after 1: 1.875, after 3: 0.375; Greenwood terms 1/(4*3) and 1/(2*1).
    error = np.sqrt(1.875**2 / 12 + 0.375**2 / 2)
    assert found.conf_high - found.estimate == pytest.approx(1.959964 * error, rel=1e-6)


def test_a_horizon_before_the_first_event_is_the_mean_itself():
    found = restricted_mean.estimate_rmst(curve_of([5, 6], [True, True]), 2)
    assert (found.estimate, found.conf_low, found.conf_high, found.note) == (2, 2, 2, "")


def test_beyond_follow_up_the_curve_is_carried_on_and_the_note_says_so():
    found = restricted_mean.estimate_rmst(curve_of([1, 2], [True, False]), 4)
    assert found.estimate == pytest.approx(1 + 3 * 0.5) and "carried on" in found.note
    assert restricted_mean.estimate_rmst(curve_of([1, 2], [True, True]), 4).note == ""


def bounded(time, event, horizon, **options):
    return restricted_mean.estimate_bounded_rmst(curve_of(time, event), horizon, **options)


def test_a_reported_mean_is_not_estimable_beyond_follow_up_unless_the_curve_is_carried_on_or_at_0():
    beyond = bounded([1, 2], [True, False], 4)
    assert (beyond.estimate, beyond.conf_low) == (None, None)
    assert beyond.note == "not estimable: the horizon lies beyond the last follow-up"
    assert bounded([1, 2], [True, False], 4, past_follow_up="carry").estimate == pytest.approx(2.5)
    assert bounded([1, 2], [True, True], 4).estimate == pytest.approx(1.5)
    assert bounded([], [], 4).note == "not estimable: no patients"


def test_limits_of_a_reported_mean_lie_between_0_and_the_horizon():
    found = bounded([1, 9], [True, False], 8)
    assert found.estimate == pytest.approx(1 + 7 / 2)
    assert (found.conf_low, found.conf_high) == (0, 8)
    assert found.method.endswith("symmetric limits cut at 0 and at the horizon")


@pytest.mark.parametrize(
    ("event", "note"), [(False, "no limits: no event by then"), (True, "no limits: all events came at once")]
)
def test_a_mean_without_variation_has_no_limits_and_a_reason(event, note):
    found = bounded([5, 5], [event, event], 5 if not event else 9)
    assert (found.estimate, found.conf_low, found.conf_high, found.note) == (5, None, None, note)


def test_the_difference_of_two_groups_adds_their_variances():
    reference = curve_of(freireich.PLACEBO_TIME, freireich.PLACEBO_EVENT)
    other = curve_of(freireich.MERCAPTOPURINE_TIME, freireich.MERCAPTOPURINE_EVENT)
    found = restricted_mean.estimate_rmst_difference(reference, other, 20)
    parts = [restricted_mean.estimate_rmst(curve, 20) for curve in (reference, other)]
    assert found.estimate == pytest.approx(parts[1].estimate - parts[0].estimate)
    widths = [part.conf_high - part.conf_low for part in parts]
    assert found.conf_high - found.conf_low == pytest.approx(np.hypot(*widths))
    assert (found.n, found.n_event) == (42, 30) and found.p_value < 0.001


def test_without_patients_or_without_variation_there_is_a_note_or_no_test():
    empty, certain = curve_of([], []), curve_of([5], [False])
    assert restricted_mean.estimate_rmst(empty, 3).note == "not estimable: no patients"
    assert restricted_mean.estimate_rmst_difference(certain, empty, 3).note == "not estimable: no patients"
    same = restricted_mean.estimate_rmst_difference(certain, certain, 3)
    assert (same.estimate, same.p_value) == (0, None)


def test_a_horizon_of_zero_is_refused():
    with pytest.raises(EstimationError, match="horizon"):
        restricted_mean.estimate_rmst(curve_of([5], [True]), 0)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=30), st.integers(1, 25))
def test_without_censoring_it_is_the_mean_of_the_times_cut_at_the_horizon(time, horizon):
    found = restricted_mean.estimate_rmst(curve_of(time, [True] * len(time)), horizon)
    assert found.estimate == pytest.approx(np.minimum(time, horizon).mean())
