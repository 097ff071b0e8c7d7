"""Factors beside response, from a landmark on: hand counts, and equality with the plain analysis of the same rows."""

import pandas as pd
import pytest

from cartcohort.estimate import comparison, regression
from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.estimate.sections import given_response
from tests.unit.estimate.sections.endpoints import factor, make_endpoint

OPTIONS = {"labels": {"risk": "Risk"}, "landmark_days": [28, 90], "conf_level": 0.95, "ties": "efron"}
MONTHS = [0.5, 2, 3, 4, 5, 6, 8, 10, 12, 14]
EVENT = [1, 1, 1, 1, 1, 1, 0, 1, 1, 0]
RISK = ["high", "high", "high", "low", "high", "high", "low", "low", "high", "low"]
RESPONSE = ["no", "no", "no", "no", "yes", "yes", "yes", "yes", "yes", "yes"]


def cohort(response=RESPONSE, response_day=(None, None, None, None, 20, 20, 20, 20, 20, 20)):
    day = pd.array(response_day, dtype="Int64")
    known = factor(*response, levels=("no", "yes"))
    return make_endpoint(MONTHS, EVENT, risk=factor(*RISK), response=known, response_day=day)


def compare(endpoint):
    return given_response.compare_given_response({"os": endpoint}, ["risk"], **OPTIONS)


def test_only_those_at_risk_after_the_first_landmark_take_part():
    results = compare(cohort())
    assert {name.split("/")[3] for name in results} == {"28d"}
    everybody, responders = (
        results[f"risk_factors/os/landmark/28d/{group}/cox/risk/high"] for group in ("all", "responders")
    )
    assert (everybody.n, everybody.n_event) == (9, 7)
    assert (responders.n, responders.n_event) == (6, 4)


def test_among_responders_it_is_the_plain_test_of_their_rows_with_the_clock_restarted():
    endpoint = cohort()
    found = compare(endpoint)["risk_factors/os/landmark/28d/responders/logrank/risk"]
    time = (endpoint.time_days[4:] - 28) / DAYS_PER_MONTH
    expected = comparison.test_logrank(time, endpoint.event[4:], endpoint.subjects["risk"][4:])
    assert found.p_value == pytest.approx(expected.p_value)


def test_adjusted_for_response_it_is_the_model_of_both():
    endpoint = cohort()
    found = compare(endpoint)["risk_factors/os/landmark/28d/adjusted/cox/risk/high"]
    time = (endpoint.time_days[1:] - 28) / DAYS_PER_MONTH
    covariates = endpoint.subjects[["risk", "response"]][1:]
    expected = regression.fit_cox(time, endpoint.event[1:], covariates).results()["risk/high"]
    assert found.estimate == pytest.approx(expected.estimate)
    assert "adjusted for response" in found.method


def test_a_response_later_than_the_landmark_does_not_count_yet():
    later = cohort(response_day=(None, None, None, None, 60, 20, 20, 20, 20, 20))
    assert compare(later)["risk_factors/os/landmark/28d/responders/cox/risk/high"].n == 5


def test_nothing_is_adjusted_where_all_at_risk_had_responded():
    results = compare(cohort(response=["no", *["yes"] * 9], response_day=(None, *[20] * 9)))
    adjusted = results["risk_factors/os/landmark/28d/adjusted/cox/risk/high"]
    assert adjusted.estimate is None
    assert "two groups by response" in adjusted.note


@pytest.mark.parametrize(
    "endpoint", [cohort(response=["yes"] * 10), cohort(response_day=(None,) * 10)], ids=["one group", "no day"]
)
def test_without_two_groups_or_without_a_day_of_response_there_is_nothing(endpoint):
    assert not compare(endpoint)
