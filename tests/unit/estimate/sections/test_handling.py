"""Readings of a later transplant against hand counts."""

import numpy as np
import pytest

from cartcohort.estimate.sections import handling
from tests.unit.estimate.sections.endpoints import factor, make_endpoint

OPTIONS = {
    "factors": ("risk",),
    "labels": {"risk": "Risk"},
    "rate_months": 12,
    "conf_level": 0.95,
    "conf_type": "log-log",
    "median_rule": "midpoint",
    "past_follow_up": "not_estimable",
    "ties": "efron",
}


def read(*, hsct_day=(np.nan, 182, np.nan, np.nan), lacking=(), **readings):
    """Summarise four patients of whom the second, transplanted at 6 months, would die at 10."""
    columns = {"hsct_day": list(hsct_day), "risk": factor("low", "high", "high", "low")}
    endpoints = {
        reading: {"os": make_endpoint(months, event, event_type=kinds, **columns)}
        for reading, (months, event, kinds) in readings.items()
    }
    return handling.summarise_handling(endpoints, lacking=lacking, **OPTIONS)


DEATHS = ["event", "event", "event", "censored"]
IGNORE = ([3, 10, 9, 12], [1, 1, 1, 0], DEATHS)
CENSOR = ([3, 6, 9, 12], [1, 0, 1, 0], None)
COMPETING = ([3, 6, 9, 12], [1, 0, 1, 0], ["event", "transplant", "event", "censored"])


def test_the_transplanted_are_counted_among_all_patients():
    share = read(ignore=IGNORE)["survival/transplant/any"]
    assert (share.n_event, share.n, share.estimate) == (1, 4, 0.25)


def test_each_reading_has_its_own_rate():
    results = read(ignore=IGNORE, censor=CENSOR, competing=COMPETING)
    rates = {
        reading: results[f"survival/os/handling/{reading}/rate/12m"] for reading in ("ignore", "censor", "competing")
    }
    assert rates["ignore"].estimate == pytest.approx(1 / 4)
    assert rates["censor"].estimate == pytest.approx(3 / 4 * 1 / 2)
    # Deaths: 1/4 at 3 months, and at 9 half of the 1/2 that are neither dead nor transplanted.
    assert rates["competing"].estimate == pytest.approx(1 - (1 / 4 + 1 / 2 * 1 / 2))
    assert (rates["competing"].n, rates["competing"].n_event) == (4, 2)


def test_where_transplant_competes_there_is_no_median_and_the_hazard_is_that_of_the_event():
    results = read(censor=CENSOR, competing=COMPETING, ignore=IGNORE)
    assert not results.select("survival/os/handling/competing/median")
    competing, censor = (results[f"survival/os/handling/{how}/cox/risk/high"] for how in ("competing", "censor"))
    assert competing.estimate == censor.estimate


def test_without_a_transplant_the_readings_are_one():
    results = read(hsct_day=[np.nan] * 4, ignore=IGNORE, censor=CENSOR, competing=COMPETING)
    assert results["survival/transplant/any"].n_event == 0
    assert results.select("*/handling/*") == results.select("*/handling/ignore/*")


def test_a_study_that_does_not_record_transplants_says_nothing_of_them():
    assert not read(lacking=("hsct_day",), ignore=IGNORE, censor=CENSOR)
