"""The curve of an endpoint with and without competing events, against hand counts."""

import numpy as np
import pytest

from cartcohort.estimate import survival as estimators
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections import by_factor, conditional_survival, curves, survival
from tests.unit.estimate.sections.endpoints import factor, make_endpoint

LIMITS = {"conf_level": 0.95, "conf_type": "log-log"}
MONTHS = [3, 6, 9, 12]
KINDS = ["event", "transplant", "event", "censored"]


def competing():
    """Deaths at 3 and 9 months, a transplant at 6: of four, one dies, then one of the two left besides."""
    return make_endpoint(MONTHS, [1, 0, 1, 0], event_type=KINDS, risk=factor("low", "low", "high", "high"))


def plain():
    return make_endpoint(MONTHS, [1, 0, 1, 0], risk=factor("low", "low", "high", "high"))


def test_without_competing_events_it_is_kaplan_meier():
    curve = curves.estimate_endpoint_curve(plain(), **LIMITS)
    expected = estimators.estimate_survival_curve([3, 6, 9, 12], [1, 0, 1, 0], **LIMITS)
    assert curve.survival == pytest.approx(expected.survival)
    assert curve.estimator == "Kaplan-Meier"


def test_where_an_event_competes_it_is_one_minus_its_incidence_with_mirrored_limits():
    curve = curves.estimate_endpoint_curve(competing(), **LIMITS)
    assert curve.survival == pytest.approx([3 / 4, 3 / 4, 1 / 2, 1 / 2])
    assert (curve.conf_low < curve.survival).all() and (curve.survival < curve.conf_high).all()
    assert "Aalen-Johansen" in estimators.estimate_survival_at(curve, 9).method


def test_it_restarts_among_chosen_patients():
    curve = curves.estimate_endpoint_curve(competing(), rows=np.array([2, 3]), from_months=6.0, **LIMITS)
    assert curve.time == pytest.approx([3, 6])
    assert curve.survival == pytest.approx([1 / 2, 1 / 2])


def test_tests_and_ratios_are_called_cause_specific_only_where_events_compete():
    results = ResultSet({"cox": Result(method="Cox model")})
    assert curves.as_cause_specific(competing(), results)["cox"].method == "Cox model, cause-specific"
    assert curves.as_cause_specific(plain(), results)["cox"].method == "Cox model"


def summarise(endpoint):
    options = {"median_rule": "midpoint", "past_follow_up": "not_estimable", **LIMITS}
    return survival.summarise_endpoints(
        {"os": endpoint}, timepoints_months=[9], rmst_months=12, min_at_risk=0, **options
    )


def test_rates_count_the_transplanted_among_those_without_the_event():
    results = summarise(competing())
    assert results["survival/os/rate/9m"].estimate == pytest.approx(1 / 2)
    assert summarise(plain())["survival/os/rate/9m"].estimate == pytest.approx(3 / 4 * 1 / 2)


def test_a_restricted_mean_is_not_given_where_events_compete():
    result = summarise(competing())["survival/os/rmst/12m"]
    assert result.estimate is None
    assert "compete" in result.note


def test_a_competing_event_is_no_end_of_follow_up():
    follow_up = summarise(competing())["survival/os/followup/median"]
    assert follow_up.estimate == pytest.approx(12)
    assert follow_up.n_event == 2


def test_curves_by_level_know_of_the_competing_events():
    found = by_factor.estimate_curves_by(competing(), "risk", **LIMITS)
    assert found["low"].survival == pytest.approx([1 / 2, 1 / 2])


@pytest.mark.parametrize(("months", "followed"), [([30, 40, 50], 2), ([30, 36, 50], 2), ([30, 31, 50], 1)])
def test_without_events_conditional_survival_has_exact_limits_from_those_still_followed(months, followed):
    endpoint = make_endpoint(months, [0, 0, 0])
    options = {"given_months": 24, "past_follow_up": "not_estimable", **LIMITS}
    exact = conditional_survival.estimate_conditional({"os": endpoint}, **options)[
        "survival/os/conditional/24m/12m/exact"
    ]
    assert exact.n == followed
    assert (exact.conf_low, exact.conf_high) == pytest.approx((0.025 ** (1 / followed), 1.0))


def test_an_event_leaves_the_limits_of_the_curve():
    endpoint = make_endpoint([30, 40, 50], [1, 0, 0])
    options = {"given_months": 24, "past_follow_up": "not_estimable", **LIMITS}
    found = conditional_survival.estimate_conditional({"os": endpoint}, further_months=(12,), **options)
    assert list(found) == ["survival/os/conditional/24m/12m"]
