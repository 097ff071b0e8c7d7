"""Results of the survival section against hand counts."""

import pytest

from cartcohort.estimate.sections import by_factor, survival
from tests.unit.estimate.sections.endpoints import factor, make_endpoint

KM = {"conf_level": 0.95, "conf_type": "log-log"}
CONVENTIONS = {**KM, "median_rule": "midpoint", "past_follow_up": "not_estimable"}
LABELS = {"risk": "Risk"}


def summarise(endpoint, **changes):
    options = {"timepoints_months": [6, 12], "rmst_months": 12} | CONVENTIONS | changes
    return survival.summarise_endpoints({"os": endpoint}, **options)


def test_every_summary_of_an_endpoint_is_named_as_in_results_json():
    results = summarise(make_endpoint([3, 6, 9, 12], [1, 1, 0, 1], data_cutoff_day=[400] * 4))
    assert list(results) == [
        "survival/os/median",
        "survival/os/rate/6m",
        "survival/os/rate/12m",
        "survival/os/rmst/12m",
        "survival/os/followup/median",
        "survival/os/followup/completeness",
        "survival/os/observed/minimum",
        "survival/os/observed/median",
        "survival/os/observed/maximum",
    ]


def test_medians_rates_and_means_are_those_of_the_curve_drawn_by_hand():
    # S = 3/4 from 3, 1/2 from 6, 0 from 12 months: flat at one half between 6 and 12.
    results = summarise(make_endpoint([3, 6, 9, 12], [1, 1, 0, 1]))
    assert results["survival/os/median"].estimate == pytest.approx(9)
    assert results["survival/os/rate/6m"].estimate == pytest.approx(0.5)
    assert results["survival/os/rmst/12m"].estimate == pytest.approx(3 + 0.75 * 3 + 0.5 * 6)
    assert results["survival/os/observed/median"].estimate == pytest.approx(7.5)
    assert (results["survival/os/median"].n, results["survival/os/median"].n_event) == (4, 3)


def test_the_first_rule_takes_the_first_time_on_the_flat_step():
    results = summarise(make_endpoint([3, 6, 9, 12], [1, 1, 0, 1]), median_rule="first")
    assert results["survival/os/median"].estimate == pytest.approx(6)


def test_a_rate_past_the_last_follow_up_is_not_estimable_unless_carried():
    endpoint = make_endpoint([3, 6, 9], [1, 0, 0])
    assert summarise(endpoint)["survival/os/rate/12m"].estimate is None
    assert summarise(endpoint, past_follow_up="carry")["survival/os/rate/12m"].estimate == pytest.approx(2 / 3)


def test_completeness_is_observed_over_possible_time_counted_from_the_origin():
    # The first dies, the second is followed for 5 of 10 possible months.
    endpoint = make_endpoint([2, 5], [1, 0], origin_day=61, data_cutoff_day=[61 + 304.375] * 2)
    assert summarise(endpoint)["survival/os/followup/completeness"].estimate == pytest.approx(7 / 12)


def test_without_a_cut_off_completeness_says_why_it_is_missing():
    result = summarise(make_endpoint([2, 5], [1, 0]))["survival/os/followup/completeness"]
    assert result.estimate is None
    assert "cut-off" in result.note


def test_a_study_without_a_cut_off_counts_the_patients_of_whom_completeness_cannot_be_told():
    endpoint = make_endpoint([2, 5], [1, 0], data_cutoff_day=[None, None])
    result = summarise(endpoint)["survival/os/followup/completeness"]
    assert (result.estimate, result.n, result.n_event) == (None, 2, 1)
    assert "no data cut-off" in result.note


def test_nobody_gives_results_with_reasons_and_no_error():
    results = summarise(make_endpoint([], []))
    assert all(result.estimate is None and result.note for result in results.values())


def test_survivors_without_an_event_have_no_limits_but_a_reason():
    results = survival.estimate_conditional(
        {"os": make_endpoint([3, 30, 40, 50], [1, 0, 0, 0])}, given_months=24, past_follow_up="not_estimable", **KM
    )
    result = results["survival/os/conditional/24m/12m"]
    assert (result.estimate, result.n, result.n_event) == (1, 3, 0)
    assert result.conf_low is None
    assert "no event" in result.note


def test_conditional_survival_restarts_the_curve_among_those_still_followed():
    results = survival.estimate_conditional(
        {"os": make_endpoint([3, 26, 30, 50], [1, 1, 0, 0])}, given_months=24, past_follow_up="not_estimable", **KM
    )
    assert results["survival/os/conditional/24m/12m"].estimate == pytest.approx(2 / 3)


def test_exact_limits_without_an_event_are_those_of_everybody_followed_so_far():
    # Of five beyond 24 months three are followed 12 more: one of them dies later, which takes nothing away.
    endpoint = make_endpoint([26, 30, 40, 45, 50], [0, 0, 0, 1, 0])
    results = survival.estimate_conditional({"os": endpoint}, given_months=24, past_follow_up="not_estimable", **KM)
    exact = results["survival/os/conditional/24m/12m/exact"]
    assert (exact.estimate, exact.n, exact.n_event) == (1, 3, 0)
    assert exact.conf_low == pytest.approx(0.025 ** (1 / 3))


def test_the_hazard_of_a_year_is_events_over_person_years():
    hazards = survival.estimate_annual_hazards({"os": make_endpoint([6, 18, 24], [1, 1, 0])}, conf_level=0.95)
    results = survival.record_hazards(hazards)
    assert results["survival/os/hazard/year/1"].estimate == pytest.approx(1 / 2.5)
    assert results["survival/os/hazard/year/2"].estimate == pytest.approx(1 / 1.5)
    assert results["survival/os/hazard/year/2"].n == 2


def test_levels_are_compared_against_the_first_and_unknown_ones_are_left_out():
    endpoint = make_endpoint([1, 2, 3, 4, 5], [1, 1, 1, 1, 1], risk=factor("high", "low", "high", "low", None))
    results = by_factor.compare_levels({"os": endpoint}, ["risk"], labels=LABELS, conf_level=0.95, ties="efron")
    assert list(results) == ["os/logrank/risk", "os/cox/risk/high"]
    assert results["os/logrank/risk"].n == 4
    # Observed minus expected of `high`: 1 - 2/4, 0 - 1/3, 1 - 1/2, 0; variances 1/4, 2/9, 1/4, 0.
    assert results["os/logrank/risk"].statistic == pytest.approx((2 / 3) ** 2 / (1 / 4 + 2 / 9 + 1 / 4))


def test_a_factor_with_one_level_among_the_patients_is_left_out():
    endpoint = make_endpoint([1, 2], [1, 1], risk=factor("high", "high"))
    assert not by_factor.compare_levels({"os": endpoint}, ["risk"], labels=LABELS, conf_level=0.95, ties="efron")
    assert by_factor.estimate_curves_by_first_factor({"os": endpoint}, ["risk"], **KM) == ("", {})


def test_levels_have_their_own_medians():
    endpoint = make_endpoint([2, 4, 6, 8], [1, 1, 1, 1], risk=factor("low", "low", "high", "high"))
    results = by_factor.summarise_by_level(
        {"os": endpoint}, ["risk"], labels=LABELS, timepoints_months=[6], **CONVENTIONS
    )
    assert results["os/median/risk/low"].estimate == pytest.approx(3)
    assert results["os/median/risk/high"].estimate == pytest.approx(7)
    assert results["os/rate/6m/risk/high"].estimate == pytest.approx(0.5)
