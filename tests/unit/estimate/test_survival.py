"""Survival curves: by hand, Freireich's trial, then what must hold for any cohort."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.errors import EstimationError
from cartcohort.estimate import survival
from tests.unit.estimate import freireich

COHORTS = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=30)


def curve_of(cohort, **options):
    time, event = zip(*cohort, strict=True)
    return survival.estimate_survival_curve(np.array(time, float), np.array(event), **options)


# Five patients: 1 event, 2 event and censored, 3 censored, 4 event.
FIVE = [(1, True), (2, True), (2, False), (3, False), (4, True)]


def test_a_curve_of_five_patients_is_worked_out_by_hand():
    curve = curve_of(FIVE)
    assert curve.time.tolist() == [1, 2, 3, 4]
    assert curve.n_at_risk.tolist() == [5, 4, 2, 1]
    assert curve.n_event.tolist() == [1, 1, 0, 1]
    assert curve.n_censored.tolist() == [0, 1, 1, 0]
    # 4/5, then 4/5 * 3/4, unchanged at the censoring, then 0.
    assert curve.survival == pytest.approx([0.8, 0.6, 0.6, 0.0], abs=1e-12)
    # Greenwood: S^2 * (1/(5*4) + 1/(4*3)).
    assert curve.std_error[:2] == pytest.approx([0.8 * np.sqrt(1 / 20), 0.6 * np.sqrt(1 / 20 + 1 / 12)], abs=1e-12)
    assert np.isnan(curve.std_error[3]) and np.isnan(curve.conf_low[3])


@pytest.mark.parametrize(
    ("conf_type", "expected"),
    [
        ("plain", (0.6 - 1.959964 * 0.219089, 1.0)),
        ("log", (0.6 * np.exp(-1.959964 * 0.365148), 1.0)),
        (
            "log-log",
            (0.6 ** np.exp(1.959964 * 0.365148 / -np.log(0.6)), 0.6 ** np.exp(1.959964 * 0.365148 / np.log(0.6))),
        ),
    ],
)
def test_limits_are_symmetric_on_their_scale_and_cut_at_one(conf_type, expected):
    rate = survival.estimate_survival_at(curve_of(FIVE, conf_type=conf_type), 2.5)
    assert (rate.conf_low, rate.conf_high) == pytest.approx(expected, abs=1e-6)


def test_freireichs_curve_has_the_published_values_and_standard_errors():
    curve = survival.estimate_survival_curve(freireich.MERCAPTOPURINE_TIME, freireich.MERCAPTOPURINE_EVENT)
    steps = curve.n_event > 0
    assert curve.time[steps].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert np.round(curve.survival[steps], 3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert np.round(curve.std_error[steps], 4).tolist() == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    median = survival.estimate_quantile(curve, unit="weeks")
    assert (median.estimate, median.conf_low, median.conf_high, median.note) == (
        23,
        13,
        None,
        "upper limit not reached",
    )


@pytest.mark.parametrize(
    ("cohort", "midpoint", "first"),
    [
        ([(1, True), (2, True), (3, True), (4, True)], 2.5, 2),  # S = 0.5 on [2, 3)
        ([(1, True), (2, True), (3, False), (4, False)], 3, 2),  # ... and to the end: the last time ends the step
        ([(1, True), (2, True), (3, True)], 2, 2),  # S jumps over 0.5
        ([(t, True) for t in range(1, 13)], 6.5, 6),  # the product misses 0.5 by round-off
    ],
)
def test_the_median_of_a_flat_step_is_its_midpoint_or_its_first_time(cohort, midpoint, first):
    curve = curve_of(cohort)
    assert survival.estimate_quantile(curve).estimate == midpoint
    assert survival.estimate_quantile(curve, median_rule="first").estimate == first


def test_a_median_that_is_not_reached_has_a_note_and_a_lower_limit_where_there_is_one():
    median = survival.estimate_quantile(curve_of([(t, t in (2, 4)) for t in range(1, 11)]))
    assert (median.estimate, median.conf_high, median.note) == (None, None, "not reached")
    assert median.conf_low == 2 and (median.n, median.n_event) == (10, 2)


def test_beyond_the_last_follow_up_survival_is_not_estimable_unless_carried_on():
    curve = curve_of([(1, True), (2, False)])
    assert survival.estimate_survival_at(curve, 2).estimate == 0.5
    beyond = survival.estimate_survival_at(curve, 2.1)
    assert (beyond.estimate, beyond.note) == (None, "not estimable: beyond the last follow-up")
    assert survival.estimate_survival_at(curve, 2.1, past_follow_up="carry").estimate == 0.5


def test_a_curve_at_zero_stays_there_for_ever():
    rate = survival.estimate_survival_at(curve_of([(1, True), (2, True)]), 50)
    assert (rate.estimate, rate.conf_low, rate.note) == (0, None, "no limits: the curve has reached 0")


def test_before_the_first_event_survival_is_one():
    curve = curve_of([(1, False), (2, True)])
    assert survival.estimate_survival_at(curve, 0.5).estimate == 1
    assert survival.estimate_survival_at(curve, 1).note == "no limits: no event by then"


def test_conditional_survival_is_that_of_those_who_came_that_far():
    # Of those with time > 1 (n = 4) one has the event at 2: 3/4 a month later.
    found = survival.estimate_conditional_survival(*zip(*FIVE, strict=True), given=1, further=1)
    assert found.estimate == pytest.approx(0.75) and (found.n, found.n_event) == (4, 2)
    nobody = survival.estimate_conditional_survival(*zip(*FIVE, strict=True), given=9, further=1)
    assert (nobody.estimate, nobody.n, nobody.note) == (None, 0, "no patients")


def test_without_patients_everything_is_empty_and_says_so():
    curve = survival.estimate_survival_curve([], [])
    assert curve.n == 0 and len(curve.time) == 0
    assert survival.estimate_survival_at(curve, 1).note == "no patients"
    assert survival.estimate_quantile(curve).note == "not estimable: no patients"


@pytest.mark.parametrize("cohort", [[(3, True)], [(3, False)], [(0, True)], [(5, True)] * 4, [(5, False)] * 4])
def test_the_smallest_and_the_tied_cohorts_have_a_curve(cohort):
    curve = curve_of(cohort)
    assert curve.survival.tolist() == [0.0 if cohort[0][1] else 1.0]


def test_a_method_tells_its_convention():
    assert survival.estimate_quantile(curve_of(FIVE)).method == (
        "Kaplan-Meier, log-log limits, median at the midpoint of a step at 0.5"
    )
    assert survival.estimate_survival_at(curve_of(FIVE, conf_type="log"), 1).method == "Kaplan-Meier, log limits"


@pytest.mark.parametrize(
    ("time", "event", "message"),
    [
        ([1, 2], [True], "equal lengths"),
        ([-1], [True], "not negative"),
        ([np.nan], [True], "finite"),
        ([1], [2], "true or false"),
        ([1], [None], "true or false"),
    ],
)
def test_arrays_that_cannot_be_are_refused(time, event, message):
    with pytest.raises(EstimationError, match=message):
        survival.estimate_survival_curve(time, event)


@pytest.mark.parametrize(
    "call",
    [
        lambda: curve_of(FIVE, conf_level=1),
        lambda: curve_of(FIVE, conf_type="arcsine"),
        lambda: survival.estimate_survival_at(curve_of(FIVE), -1),
        lambda: survival.estimate_survival_at(curve_of(FIVE), 1, past_follow_up="guess"),
        lambda: survival.estimate_quantile(curve_of(FIVE), probability=1),
        lambda: survival.estimate_quantile(curve_of(FIVE), median_rule="last"),
        lambda: survival.estimate_conditional_survival([1], [True], given=-1, further=1),
    ],
)
def test_options_that_cannot_be_are_refused(call):
    with pytest.raises(EstimationError):
        call()


@given(COHORTS)
def test_without_censoring_the_curve_is_the_share_still_event_free(cohort):
    time = np.array([t for t, _ in cohort], float)
    curve = survival.estimate_survival_curve(time, np.ones(len(time), bool))
    assert curve.survival == pytest.approx([(time > t).mean() for t in curve.time], abs=1e-12)


@given(COHORTS, st.randoms(use_true_random=False))
def test_the_order_of_patients_does_not_matter(cohort, random):
    shuffled = list(cohort)
    random.shuffle(shuffled)
    one, other = curve_of(cohort), curve_of(shuffled)
    assert one.survival.tolist() == other.survival.tolist()
    assert survival.estimate_quantile(one) == survival.estimate_quantile(other)


@given(COHORTS)
def test_the_unit_of_time_scales_the_median_and_nothing_else(cohort):
    one, other = curve_of(cohort), curve_of([(4 * t, e) for t, e in cohort])
    assert other.survival.tolist() == one.survival.tolist()
    median, scaled = survival.estimate_quantile(one).estimate, survival.estimate_quantile(other).estimate
    assert scaled == (None if median is None else 4 * median)


@given(COHORTS, st.sampled_from(["log-log", "log", "plain"]), st.floats(0.5, 0.99))
def test_limits_enclose_the_estimate_and_stay_within_zero_and_one(cohort, conf_type, conf_level):
    curve = curve_of(cohort, conf_type=conf_type, conf_level=conf_level)
    known = ~np.isnan(curve.conf_low)
    assert np.all(curve.conf_low[known] <= curve.survival[known] + 1e-12)
    assert np.all(curve.survival[known] <= curve.conf_high[known] + 1e-12)
    assert np.all((curve.conf_low[known] >= 0) & (curve.conf_high[known] <= 1))


@given(COHORTS)
def test_a_curve_never_rises_and_counts_everybody_once(cohort):
    curve = curve_of(cohort)
    assert np.all(np.diff(curve.survival) <= 0)
    assert curve.n_event.sum() + curve.n_censored.sum() == curve.n == len(cohort)


def test_where_no_event_came_the_lower_limit_is_exact_from_those_still_followed():
    curve = curve_of([(1, False), (3, False), (4, True), (5, False)], conf_type="plain")
    found = survival.estimate_bounded_survival_at(curve, 3)
    # Three followed to 3: the limit is that of no event among three, 0.025^(1/3).
    assert (found.estimate, found.conf_low, found.conf_high) == (1, pytest.approx(0.025 ** (1 / 3)), 1)
    assert found.note == "exact limits, no event by then"
    assert found.method == ("Kaplan-Meier, plain limits, exact limits from those still followed where no event came")
    assert survival.estimate_bounded_survival_at(curve, 4) == survival.estimate_survival_at(curve, 4)


def test_a_survival_of_one_carried_on_to_where_nobody_was_followed_has_no_limits():
    curve = curve_of([(1, False), (3, False)], conf_type="plain")
    carried = survival.estimate_bounded_survival_at(curve, 6, past_follow_up="carry")
    assert (carried.estimate, carried.conf_low, carried.conf_high) == (1, None, None)
    assert survival.estimate_bounded_survival_at(curve, 6).note == "not estimable: beyond the last follow-up"
