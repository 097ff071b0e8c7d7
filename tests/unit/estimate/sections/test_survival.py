"""Results of the survival section against hand counts."""

import pytest

from cartcohort.estimate.sections import by_factor, survival
from tests.unit.estimate.sections.endpoints import factor, make_endpoint

KM = {"conf_level": 0.95, "conf_type": "log-log"}
CONVENTIONS = {**KM, "median_rule": "midpoint", "past_follow_up": "not_estimable"}
LABELS = {"risk": "Risk"}


def summarise(endpoint, **changes):
    options = {"timepoints_months": [6, 12], "rmst_months": 12, "min_at_risk": 2} | CONVENTIONS | changes
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
        *(f"survival/os/followup/censored/{which}" for which in ("minimum", "median", "maximum")),
        *(f"survival/os/followup/potential/{which}" for which in ("minimum", "median", "maximum")),
        "survival/os/followup/at_risk/6m",
        "survival/os/followup/at_risk/12m",
        "survival/os/followup/few_from",
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
    assert summarise(endpoint)["survival/os/rmst/12m"].estimate is None
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


def test_maturity_is_counted_from_the_times_themselves():
    endpoint = make_endpoint([3, 6, 9, 12], [1, 1, 0, 0], origin_day=0, data_cutoff_day=[304.375, 365.25, 609, 400])
    results = summarise(endpoint, min_at_risk=3)
    follow_up = {name.removeprefix("survival/os/followup/"): result.estimate for name, result in results.items()}
    assert (follow_up["censored/minimum"], follow_up["censored/maximum"]) == (9, 12)
    assert follow_up["potential/minimum"] == pytest.approx(10)
    assert (follow_up["at_risk/6m"], follow_up["at_risk/12m"]) == (3, 1)
    # Three are at risk up to and at 6 months, and fewer from then on.
    assert follow_up["few_from"] == pytest.approx(6)
    assert summarise(endpoint, min_at_risk=5)["survival/os/followup/few_from"].estimate == 0
    assert summarise(endpoint, min_at_risk=0)["survival/os/followup/few_from"].estimate == pytest.approx(12)


def test_what_ends_follow_up_without_the_event_is_neither_censored_nor_lost():
    endpoint = make_endpoint(
        [3, 6, 9], [1, 0, 0], event_type=["event", "transplant", "censored"], data_cutoff_day=[304.375] * 3
    )
    results = summarise(endpoint)
    assert results["survival/os/followup/censored/minimum"].estimate == pytest.approx(9)
    assert results["survival/os/followup/completeness"].estimate == pytest.approx(18 / 19)


def test_nobody_gives_results_with_reasons_and_no_error():
    results = summarise(make_endpoint([], []))
    at_risk = results.select("*/at_risk/*")
    assert [result.estimate for result in at_risk.values()] == [0, 0]
    assert all(result.estimate is None and result.note for name, result in results.items() if name not in at_risk)


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
