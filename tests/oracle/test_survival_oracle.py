"""Curves and what is read off them, against R, for every entry of these sections."""

import re

import numpy as np
import pytest
from scipy import stats

from cartcohort.estimate import follow_up, restricted_mean, survival
from tests.oracle.closeness import exactly
from tests.oracle.reference import Entry, as_parameters, data, entries, frame_of, levels_of, survival_arrays

NOT_COMPARED = {r".*/cox_predict_.*": "the suite shows no curve predicted by a Cox model"}
"""Entries without a counterpart, by pattern of dataset and id.

Of compared entries these are left out: Nelson-Aalen estimates (`km_curve_*`, not offered), the standard error of log
S (the limits are compared), and that of conditional survival (its limits are compared).
"""


def is_prodlim(entry: Entry) -> bool:
    return entry["id"].startswith("followup_prodlim_")


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
QUANTILES = entries("km_quantile", "followup", where=lambda entry: not is_prodlim(entry))
PRODLIM = entries("followup", where=is_prodlim)
MEANS = entries("rmst", where=lambda entry: "_diff_" not in entry["id"])
DIFFERENCES = entries("rmst", where=lambda entry: "_diff_" in entry["id"])
CONDITIONAL = entries("conditional_survival")


@pytest.mark.parametrize("entry", as_parameters(RATES))
def test_rates_at_times_agree_with_survfit(entry):
    for stratum, curve in curves_of(entry):
        rates = [survival.estimate_survival_at(curve, t, past_follow_up="carry") for t in stratum["time"]]
        assert [rate.estimate for rate in rates] == exactly(stratum["surv"])
        assert [rate.conf_low for rate in rates] == exactly(stratum["lower"])
        assert [rate.conf_high for rate in rates] == exactly(stratum["upper"])
        at = np.searchsorted(curve.time, stratum["time"], side="right")
        assert np.append(0.0, curve.std_error)[at] == exactly(stratum["se"])
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
        assert [result.estimate for result in found] == exactly(stratum["quantile"])
        assert [result.conf_low for result in found] == exactly(stratum["lower"])
        assert [result.conf_high for result in found] == exactly(stratum["upper"])


@pytest.mark.parametrize("entry", as_parameters(PRODLIM))
def test_with_events_taken_out_before_censorings_the_reverse_curve_is_that_of_prodlim(entry):
    frame, value = data(entry.dataset), entry.value
    time, event = (
        frame.eval(part).to_numpy() for part in re.search(r"Hist\(([^,]+), ([^)]+)\)", entry["call"]).groups()
    )
    # Two places a time: first its events, then its censorings; survfit, like the suite, has both at one.
    distinct = np.unique(time)
    place = 2 * np.searchsorted(distinct, time) + (event == 0)
    curve = survival.estimate_survival_curve(place, event == 0)
    last = 2 * np.searchsorted(distinct, value["time"], side="right") - 1
    read = [survival.estimate_survival_at(curve, max(at, 0)).estimate for at in last]
    known = np.array(value["time"]) <= distinct[-1]
    assert np.array(read)[known] == exactly(np.array(value["prob_uncensored"])[known])


@pytest.mark.parametrize("entry", as_parameters(MEANS))
def test_restricted_means_agree_with_survfit(entry):
    z = stats.norm.ppf(0.975)
    conf_type = "log-log" if "log-log" in entry["call"] else "log"
    for stratum, curve in curves_of(entry, conf_type=conf_type):
        mean = restricted_mean.estimate_rmst(curve, entry["tau"])
        std_error = (mean.conf_high - mean.conf_low) / (2 * z)
        assert [mean.estimate, std_error] == exactly([stratum["rmean"], stratum["se_rmean"]])
        median = survival.estimate_quantile(curve)
        if abs(curve.survival[-1] - 0.5) < 1e-8:
            # Of a step without end R's table has the beginning, its `quantile` the middle.
            continue
        found = [median.estimate, median.conf_low, median.conf_high]
        assert found == exactly([stratum["median"], stratum["median_lower"], stratum["median_upper"]])


@pytest.mark.parametrize("entry", as_parameters(DIFFERENCES))
def test_differences_of_restricted_means_agree_with_their_formula_in_r(entry):
    value, frame = entry.value, frame_of(entry)
    _, time, event = survival_arrays(entry, frame)
    reference, other = (
        survival.estimate_survival_curve(time[mask], event[mask])
        for mask in levels_of(frame, entry["group"]).values()
    )
    found = restricted_mean.estimate_rmst_difference(reference, other, entry["tau"])
    # Without an event before the horizon R divides by 0; there is no test then.
    tested = [value["z"], value["p"]] if value["se"] else [None, None]
    assert [found.estimate, found.conf_low, found.conf_high, found.statistic, found.p_value] == exactly(
        [value["estimate"], value["lower95"], value["upper95"], *tested]
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
    assert [found.estimate, found.conf_low, found.conf_high] == exactly(
        [value["conditional"], value["lower"], value["upper"]]
    )
    assert [found.estimate] == exactly([value["ratio"]])
