"""Endpoints under other readings against hand counts."""

import numpy as np
import pytest

from cartcohort.estimate.sections import handling
from tests.unit.estimate.sections.endpoints import factor, make_endpoint

OPTIONS = {
    "lacking": (),
    "factors": ("risk",),
    "labels": {"risk": "Risk"},
    "rate_months": 12,
    "conf_level": 0.95,
    "conf_type": "log-log",
    "median_rule": "midpoint",
    "past_follow_up": "not_estimable",
    "ties": "efron",
}


def read(*, hsct_day=(np.nan, 182, np.nan, np.nan), lacking=(), factors=("risk",), **readings):
    """Summarise four patients of whom the second, transplanted at 6 months, would die at 10."""
    columns = {
        "hsct_day": list(hsct_day), "new_therapy_day": [np.nan] * 4, "infused": [True] * 4,
        "risk": factor("low", "high", "high", "low"),
        "stage": factor("I", "II", "III", "I", levels=("I", "II", "III")),
    }  # fmt: skip
    endpoints = {
        reading: {"os": make_endpoint(months, event, event_type=kinds, **columns)}
        for reading, (months, event, kinds) in readings.items()
    }
    return handling.summarise_estimands(endpoints, **OPTIONS | {"lacking": lacking, "factors": factors})


DEATHS = ["event", "event", "event", "censored"]
IGNORE = ([3, 10, 9, 12], [1, 1, 1, 0], DEATHS)
CENSOR = ([3, 6, 9, 12], [1, 0, 1, 0], None)
EVENT = ([3, 6, 9, 12], [1, 1, 1, 0], None)
COMPETING = ([3, 6, 9, 12], [1, 0, 1, 0], ["event", "transplant", "event", "censored"])


def test_the_transplanted_are_counted_among_all_patients():
    share = read(ignore=IGNORE)["survival/transplant/any"]
    assert (share.n_event, share.n, share.estimate) == (1, 4, 0.25)


def test_each_reading_has_its_own_rate():
    results = read(ignore=IGNORE, censor=CENSOR, event=EVENT, competing=COMPETING)
    rates = {
        how: results[f"survival/os/handling/{how}/rate/12m"] for how in ("ignore", "censor", "event", "competing")
    }
    assert rates["ignore"].estimate == pytest.approx(1 / 4)
    assert rates["censor"].estimate == pytest.approx(3 / 4 * 1 / 2)
    assert rates["event"].estimate == pytest.approx(1 / 4)
    # Deaths: 1/4 at 3 months, and at 9 half of the 1/2 that are neither dead nor transplanted.
    assert rates["competing"].estimate == pytest.approx(1 - (1 / 4 + 1 / 2 * 1 / 2))
    assert (rates["competing"].n, rates["competing"].n_event) == (4, 2)


def test_each_reading_has_its_own_median():
    results = read(ignore=IGNORE, censor=CENSOR, event=EVENT)
    medians = {name.split("/")[3]: r.estimate for name, r in results.select("*/median").items()}
    # Half of the four have died at 9; of four with deaths at 3 and 9 among 4 and 2 at risk S falls to 3/8 at 9; with
    # the transplant an event half have one at 6. A step at 0.5 counts by its middle: to 10, and from 6 to 9.
    assert medians == pytest.approx({"ignore": 9.5, "censor": 9, "event": 7.5})


def test_where_transplant_competes_there_is_no_median_and_the_hazard_is_that_of_the_event():
    results = read(ignore=IGNORE, censor=CENSOR, competing=COMPETING)
    assert not results.select("survival/os/handling/competing/median")
    competing, censor = (results[f"survival/os/handling/{how}/cox/risk/high"] for how in ("competing", "censor"))
    assert competing.estimate == censor.estimate


def test_a_reading_that_repeats_an_earlier_one_is_left_out():
    results = read(ignore=IGNORE, censor=CENSOR, competing=COMPETING, both_censor=CENSOR)
    assert {name.split("/")[3] for name in results.select("*/handling/*")} == {"ignore", "censor", "competing"}


def test_where_all_readings_agree_there_is_nothing_to_compare():
    results = read(hsct_day=[np.nan] * 4, ignore=IGNORE, censor=IGNORE, competing=IGNORE)
    assert results["survival/transplant/any"].n_event == 0
    assert not results.select("*/handling/*")


def test_a_study_that_does_not_record_transplants_says_nothing_of_them():
    results = read(lacking=("hsct_day",), ignore=IGNORE)
    assert set(results) == {"survival/new_therapy/any", "survival/os/intercurrent/new_therapy"}


def test_the_first_factor_of_two_levels_gives_the_ratio():
    results = read(factors=("stage", "risk"), ignore=IGNORE, censor=CENSOR)
    assert list(results.select("*/ignore/cox/*")) == ["survival/os/handling/ignore/cox/risk/high"]
    assert not read(factors=("stage",), ignore=IGNORE, censor=CENSOR).select("*/cox/*")


@pytest.mark.parametrize(("day", "n_event"), [(9 * 30, 1), (10 * 30.4375, 0), (400, 0)])
def test_what_comes_with_the_event_or_after_it_is_not_before_it(day, n_event):
    results = read(hsct_day=[np.nan, day, np.nan, np.nan], ignore=IGNORE)
    assert results["survival/os/intercurrent/transplant"].n_event == n_event


def test_what_comes_on_the_last_day_of_a_living_patient_is_within_their_time():
    results = read(hsct_day=[np.nan, np.nan, np.nan, 12 * 30.4375], ignore=IGNORE)
    assert results["survival/os/intercurrent/transplant"].n_event == 1
