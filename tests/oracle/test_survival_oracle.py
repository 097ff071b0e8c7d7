"""Curves and what is read off them, against R, for every entry of these sections."""

import numpy as np
import pytest
from scipy import stats

from cartcohort.estimate import follow_up, restricted_mean, survival
from tests.oracle.reference import Entry, as_parameters, entries, frame_of, levels_of, numbers, survival_arrays

# Not compared, with the reason:
NOT_COMPARED = {
    "followup_prodlim_reverse_": "prodlim takes tied events out before censorings; we follow survfit",
    "cox_predict_": "the suite shows no curve predicted by a Cox model",
}


def exactly(expected: list) -> object:
    """Compare to 1e-8 relative and absolute, NaN equal to null."""
    return pytest.approx(numbers(expected), rel=1e-8, abs=1e-8, nan_ok=True)


def or_nan(value: float | None) -> float:
    return np.nan if value is None else value


def comparable(entry: Entry) -> bool:
    return not entry["id"].startswith(tuple(NOT_COMPARED))


def curves_of(entry: Entry, **options) -> list[tuple[dict, survival.SurvivalCurve]]:
    """Pair each stratum of R's value with our curve of that level."""
    frame = frame_of(entry)
    _, time, event = survival_arrays(entry, frame)
    masks = levels_of(frame, entry.get("group", "1"))
    options = {"conf_type": entry.get("conf_type", "log-log"), "conf_level": entry.get("conf_int", 0.95)} | options
    return [
        (
            stratum,
            survival.estimate_survival_curve(
                time[masks[stratum["level"]]], event[masks[stratum["level"]]], **options
            ),
        )
        for stratum in entry.value["strata"]
    ]


RATES = entries("km") + entries("landmark", where=lambda entry: entry["id"].startswith("landmark_km"))
CURVES = entries("km_curve")
QUANTILES = entries("km_quantile", "followup", where=comparable)
MEANS = entries("rmst", where=lambda entry: "_diff_" not in entry["id"])
DIFFERENCES = entries("rmst", where=lambda entry: "_diff_" in entry["id"])
CONDITIONAL = entries("conditional_survival")


def test_every_entry_of_these_sections_is_compared_or_listed_with_a_reason():
    assert (len(RATES), len(CURVES), len(QUANTILES), len(MEANS), len(DIFFERENCES), len(CONDITIONAL)) == (
        273,
        24,
        317,
        51,
        8,
        66,
    )
    left_out = entries(
        "km_curve", "km_quantile", "followup", "rmst", "cox_predict", where=lambda e: not comparable(e)
    )
    assert len(left_out) == 16


@pytest.mark.parametrize("entry", as_parameters(RATES))
def test_rates_at_times_agree_with_survfit(entry):
    for stratum, curve in curves_of(entry):
        rates = [survival.estimate_survival_at(curve, t, past_follow_up="carry") for t in stratum["time"]]
        assert [or_nan(rate.estimate) for rate in rates] == exactly(stratum["surv"])
        assert [or_nan(rate.conf_low) for rate in rates] == exactly(stratum["lower"])
        assert [or_nan(rate.conf_high) for rate in rates] == exactly(stratum["upper"])
        assert (curve.n, curve.n_event.sum()) == (stratum["n"], stratum["events"])


@pytest.mark.parametrize("entry", as_parameters(RATES))
def test_counts_at_times_agree_with_survfit(entry):
    frame = frame_of(entry)
    _, time, event = survival_arrays(entry, frame)
    for stratum in entry.value["strata"]:
        mask = levels_of(frame, entry.get("group", "1"))[stratum["level"]]
        assert follow_up.count_at_risk(time[mask], stratum["time"]).tolist() == stratum["n_risk"]
        assert follow_up.count_events(time[mask], event[mask], stratum["time"]).tolist() == stratum["n_event_cum"]
        assert follow_up.count_events(time[mask], ~event[mask], stratum["time"]).tolist() == stratum["n_censor_cum"]


@pytest.mark.parametrize("entry", as_parameters(CURVES))
def test_every_step_of_a_curve_agrees_with_survfit(entry):
    for stratum, curve in curves_of(entry):
        assert curve.time == exactly(stratum["time"])
        assert curve.n_at_risk.tolist() == stratum["n_risk"]
        assert curve.n_event.tolist() == stratum["n_event"]
        assert curve.n_censored.tolist() == stratum["n_censor"]
        assert curve.survival == exactly(stratum["surv"])
        assert curve.std_error == exactly(stratum["se"])
        assert curve.conf_low == exactly(stratum["lower"])
        assert curve.conf_high == exactly(stratum["upper"])


@pytest.mark.parametrize("entry", as_parameters(QUANTILES))
def test_quantiles_and_their_limits_agree_with_quantile_survfit(entry):
    for stratum, curve in curves_of(entry):
        found = [survival.estimate_quantile(curve, probability=p) for p in (0.25, 0.5, 0.75)]
        assert [or_nan(result.estimate) for result in found] == exactly(stratum["quantile"])
        assert [or_nan(result.conf_low) for result in found] == exactly(stratum["lower"])
        assert [or_nan(result.conf_high) for result in found] == exactly(stratum["upper"])


@pytest.mark.parametrize("entry", as_parameters(MEANS))
def test_restricted_means_agree_with_survfit(entry):
    z = stats.norm.ppf(0.975)
    for stratum, curve in curves_of(entry):
        mean = restricted_mean.estimate_rmst(curve, entry["tau"])
        std_error = (mean.conf_high - mean.conf_low) / (2 * z)
        assert [mean.estimate, std_error] == exactly([stratum["rmean"], stratum["se_rmean"]])


@pytest.mark.parametrize("entry", as_parameters(DIFFERENCES))
def test_differences_of_restricted_means_agree_with_their_formula_in_r(entry):
    value, frame = entry.value, frame_of(entry)
    _, time, event = survival_arrays(entry, frame)
    reference, other = (
        survival.estimate_survival_curve(time[mask], event[mask])
        for mask in levels_of(frame, entry["group"]).values()
    )
    found = restricted_mean.estimate_rmst_difference(reference, other, entry["tau"])
    assert [found.estimate, found.conf_low, found.conf_high, found.statistic, found.p_value] == exactly(
        [value["estimate"], value["lower95"], value["upper95"], value["z"], value["p"]]
    )


@pytest.mark.parametrize("entry", as_parameters(CONDITIONAL))
def test_conditional_survival_agrees_with_the_restarted_curve(entry):
    frame, value = frame_of(entry, whole=True), entry.value
    if entry["subset"] != "TRUE":
        frame = frame.query(entry["subset"])
    _, time, event = survival_arrays(entry, frame, position=0)
    found = survival.estimate_conditional_survival(
        time, event, given=value["s"], further=value["t"], conf_level=entry["conf_int"], past_follow_up="carry"
    )
    assert found.n == value["n_conditional"]
    assert [or_nan(found.estimate), or_nan(found.conf_low), or_nan(found.conf_high)] == exactly(
        [value["conditional"], value["lower"], value["upper"]]
    )
    assert [found.estimate] == exactly([value["ratio"]])
