"""Mixture-cure models: closed forms, derivatives, boundaries, and what must not matter."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from cartcohort.errors import EstimationError
from cartcohort.estimate import cure_likelihood, mixture_cure

FAMILIES = list(cure_likelihood.FAMILIES)
COHORT = st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=4, max_size=30)
HALF_CHI2 = stats.chi2.ppf(0.95, 1) / 2


def fit(time, event, **options):
    return mixture_cure.fit_mixture_cure(time, event, **options)


@pytest.mark.parametrize("family", FAMILIES)
def test_with_events_long_before_every_censoring_the_share_is_the_share_censored(family):
    # Nobody uncured is left when follow-up ends, so the likelihood of the share is that of 4 successes in 6.
    found = fit([0.01, 0.02, 60, 60, 60, 60], [1, 1, 0, 0, 0, 0], family=family)
    assert found.cured == pytest.approx(4 / 6, abs=1e-12)
    below = [4 * np.log(p / (4 / 6)) + 2 * np.log((1 - p) / (2 / 6)) for p in (found.conf_low, found.conf_high)]
    assert below == pytest.approx([-HALF_CHI2] * 2, rel=1e-9)
    assert found.uncured_share(60) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_with_events_only_the_share_is_zero_and_its_upper_limit_has_a_closed_form(family):
    # Each of 4 events costs log(1 - share), whatever the distribution: (1 - share)^4 = exp(-chi2 / 2).
    found = fit([1, 2, 3, 4], [True] * 4, family=family)
    assert (found.cured, found.conf_low) == (0, 0)
    assert found.conf_high == pytest.approx(1 - np.exp(-HALF_CHI2 / 4), rel=1e-9)
    assert "boundary" in found.note
    test = mixture_cure.test_cure(found)
    assert (test.statistic, test.p_value) == (0, 1)


def test_the_exponential_without_cure_is_events_over_person_time():
    found = fit([1, 2, 3, 10], [1, 1, 0, 0], family="exponential")
    rate = 2 / 16
    assert np.exp(found.without_cure[0]) == pytest.approx(rate)
    assert found.log_likelihood_without == pytest.approx(2 * np.log(rate) - 2)
    assert found.aic_without == pytest.approx(2 - 2 * found.log_likelihood_without)
    assert found.survival_without([5]) == pytest.approx([np.exp(-5 * rate)])


@pytest.mark.parametrize(
    ("family", "distribution"),
    [
        ("weibull", stats.weibull_min(1.5, scale=8)),
        ("exponential", stats.expon(scale=8)),
        ("log_normal", stats.lognorm(1.5, scale=8)),
        ("log_logistic", stats.fisk(1.5, scale=8)),
    ],
)
def test_the_likelihood_is_the_one_written_with_scipys_distributions(family, distribution):
    time, event, cured = np.array([2.0, 5, 9, 20, 30]), np.array([1, 1, 0, 1, 0], dtype=bool), 0.3
    expected = np.log((1 - cured) * distribution.pdf(time[event])).sum()
    expected += np.log(cured + (1 - cured) * distribution.sf(time[~event])).sum()
    sample = cure_likelihood.make_sample(time, event)
    slope = {"weibull": 1.5, "exponential": 1, "log_normal": 1 / 1.5, "log_logistic": 1.5}[family]
    location = slope * (sample.centre - np.log(8))
    point = cure_likelihood.evaluate(sample, cure_likelihood.FAMILIES[family], np.array([location, slope, cured]))
    assert point.value == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("cured", [0.0, 0.35])
def test_derivatives_are_those_of_the_likelihood(family, cured):
    sample = cure_likelihood.make_sample(np.array([2.0, 5, 9, 20, 30]), np.array([1, 1, 0, 1, 0], dtype=bool))
    kind = cure_likelihood.FAMILIES[family]
    at = np.array([-0.4, 1.3, cured])
    point = cure_likelihood.evaluate(sample, kind, at)

    def value(parameters):
        return cure_likelihood.evaluate(sample, kind, parameters).value

    def gradient(parameters):
        return cure_likelihood.evaluate(sample, kind, parameters).gradient

    assert point.gradient == pytest.approx(optimize.approx_fprime(at, value, 1e-8), rel=1e-4)
    assert point.hessian == pytest.approx(optimize.approx_fprime(at, gradient, 1e-8), rel=1e-4)
    assert point.hessian == pytest.approx(point.hessian.T)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_fit_is_as_likely_as_the_truth_and_as_every_other_start_finds(family):
    random = np.random.default_rng(7)
    cured = random.random(200) < 0.4
    time = np.where(cured, np.inf, 6 * random.weibull(1.2, 200))
    censoring = random.uniform(5, 60, 200)
    event, time = time <= censoring, np.minimum(time, censoring)
    found = fit(time, event, family=family)
    sample, kind = cure_likelihood.make_sample(time, event), cure_likelihood.FAMILIES[family]
    slope = 1.2 if kind.free_slope else 1.0
    starts = [np.array([slope * (sample.centre - np.log(6)), slope, 0.4])]
    starts += [np.array([random.normal(), slope, random.random()]) for _ in range(5)]
    free = [0, 1, 2] if kind.free_slope else [0, 2]
    for start in starts:
        assert found.log_likelihood >= cure_likelihood.evaluate(sample, kind, start).value
        assert found.log_likelihood >= cure_likelihood.climb(sample, kind, start, free=free).value - 1e-9
    assert family not in ("weibull", "log_logistic") or found.conf_low < 0.4 < found.conf_high


def test_the_median_of_the_uncured_is_where_their_curve_is_halfway():
    for family in FAMILIES:
        found = fit([1, 2, 4, 8, 30, 40], [1, 1, 1, 1, 0, 0], family=family)
        assert found.survival([found.median_uncured]) == pytest.approx([(1 + found.cured) / 2])
        assert found.survival([0, 1e9]) == pytest.approx([1, found.cured], abs=1e-3)


@pytest.mark.parametrize(
    ("time", "event", "note"),
    [
        ([], [], "no patients"),
        ([3, 4], [0, 0], "no event"),
        ([5], [1], "all events at one time"),
        ([3, 3, 9], [1, 1, 0], "all events at one time"),
    ],
)
def test_without_two_times_of_events_a_weibull_model_says_why_there_is_none(time, event, note):
    found = fit(time, event)
    assert not found.estimable
    share, test = mixture_cure.cured_share(found), mixture_cure.test_cure(found)
    assert share.estimate is None and share.conf_low is None and share.note == f"not estimable: {note}"
    assert test.p_value is None and test.note == share.note


def test_one_time_of_events_is_enough_for_an_exponential():
    found = fit([3, 3, 9], [1, 1, 0], family="exponential")
    assert 0 <= found.conf_low <= found.cured < found.conf_high < 1


def test_an_event_on_the_day_of_infusion_counts_at_half_a_day_and_a_censoring_then_says_nothing():
    half = mixture_cure.HALF_A_DAY
    on_day_0, counted = fit([0, 2, 3, 9, 9], [1, 1, 1, 0, 0]), fit([half, 2, 3, 9, 9], [1, 1, 1, 0, 0])
    assert on_day_0.cured == counted.cured
    assert fit([0, 1, 2, 9], [0, 1, 1, 0]).cured == pytest.approx(fit([1, 2, 9], [1, 1, 0]).cured)


def test_a_plateau_of_a_thousand_keeps_its_limits_below_one():
    found = fit([1, 2] + [600] * 1000, [1, 1] + [0] * 1000)
    assert found.cured == pytest.approx(1000 / 1002)
    assert found.conf_low < found.cured < found.conf_high < 1


def test_a_late_rise_of_events_leaves_no_room_for_cure():
    found = fit([1, 1, 1, 1, 60, 61], [0, 0, 0, 0, 1, 1])
    assert (found.cured, found.conf_low) == (0, 0)


def test_a_lower_limit_of_zero_is_said_to_lie_on_the_boundary():
    found = fit([1, 2, 3, 8, 12, 20, 25, 30], [1, 1, 1, 1, 1, 1, 0, 0], family="log_normal")
    assert found.conf_low == 0 < found.cured and "lower limit" in found.note


def test_unknown_families_and_a_zero_moved_to_zero_are_refused():
    with pytest.raises(EstimationError, match="family"):
        fit([1, 2], [1, 0], family="gamma")
    with pytest.raises(EstimationError, match="zero_as"):
        fit([1, 2], [1, 0], zero_as=0)


@settings(max_examples=40, deadline=None)
@given(COHORT, st.sampled_from(FAMILIES))
def test_estimates_and_limits_are_ordered_shares_for_any_cohort(cohort, family):
    time, event = (np.array(values) for values in zip(*cohort, strict=True))
    found = fit(time, event, family=family)
    assume(found.estimable)
    assert 0 <= found.conf_low <= found.cured < found.conf_high < 1
    assert found.cured <= np.mean(~event) + 1e-9
    assert found.log_likelihood >= found.log_likelihood_without - 1e-9
    assert 0 <= mixture_cure.test_cure(found).p_value <= 1


@settings(max_examples=25, deadline=None)
@given(COHORT, st.sampled_from(FAMILIES), st.floats(0.01, 400))
def test_the_unit_of_time_and_the_order_of_patients_do_not_matter(cohort, family, unit):
    time, event = (np.array(values) for values in zip(*cohort, strict=True))
    found, other = fit(time, event, family=family), fit(time[::-1] * unit, event[::-1], family=family)
    assume(found.estimable)
    expected = (found.cured, found.conf_low, found.conf_high)
    assert (other.cured, other.conf_low, other.conf_high) == pytest.approx(expected, abs=1e-5)


@settings(max_examples=25, deadline=None)
@given(COHORT, st.sampled_from(FAMILIES))
def test_every_patient_twice_keeps_the_share_and_narrows_its_limits(cohort, family):
    time, event = (np.array(values) for values in zip(*cohort, strict=True))
    once, twice = fit(time, event, family=family), fit(np.tile(time, 2), np.tile(event, 2), family=family)
    assume(once.estimable)
    assert twice.cured == pytest.approx(once.cured, abs=1e-5)
    assert twice.log_likelihood == pytest.approx(2 * once.log_likelihood)
    assert twice.conf_high - twice.conf_low <= once.conf_high - once.conf_low + 1e-9
