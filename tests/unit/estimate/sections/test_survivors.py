"""What those can expect who have survived for a while, and what became of them, against hand counts."""

import numpy as np
import pytest

from cartcohort.estimate.sections import conditional_survival, survivors
from tests.unit.estimate.sections.endpoints import factor, make_endpoint

KM = {"conf_level": 0.95, "conf_type": "log-log"}
OPTIONS = {**KM, "past_follow_up": "not_estimable"}
LABELS = {"risk": "Risk"}


def test_survivors_without_an_event_have_no_limits_but_a_reason():
    results = conditional_survival.estimate_conditional(
        {"os": make_endpoint([3, 30, 40, 50], [1, 0, 0, 0])}, given_months=24, past_follow_up="not_estimable", **KM
    )
    result = results["survival/os/conditional/24m/12m"]
    assert (result.estimate, result.n, result.n_event) == (1, 3, 0)
    assert result.conf_low is None
    assert "no event" in result.note


def test_conditional_survival_restarts_the_curve_among_those_still_followed():
    results = conditional_survival.estimate_conditional(
        {"os": make_endpoint([3, 26, 30, 50], [1, 1, 0, 0])}, given_months=24, past_follow_up="not_estimable", **KM
    )
    assert results["survival/os/conditional/24m/12m"].estimate == pytest.approx(2 / 3)


def test_exact_limits_without_an_event_are_those_of_everybody_followed_so_far():
    # Of five beyond 24 months three are followed 12 more: one of them dies later, which takes nothing away.
    endpoint = make_endpoint([26, 30, 40, 45, 50], [0, 0, 0, 1, 0])
    results = conditional_survival.estimate_conditional(
        {"os": endpoint}, given_months=24, past_follow_up="not_estimable", **KM
    )
    exact = results["survival/os/conditional/24m/12m/exact"]
    assert (exact.estimate, exact.n, exact.n_event) == (1, 3, 0)
    assert exact.conf_low == pytest.approx(0.025 ** (1 / 3))


def test_the_hazard_of_a_year_is_events_over_person_years():
    hazards = survivors.estimate_annual_hazards({"os": make_endpoint([6, 18, 24], [1, 1, 0])}, conf_level=0.95)
    results = survivors.record_hazards(hazards)
    assert results["survival/os/hazard/year/1"].estimate == pytest.approx(1 / 2.5)
    assert results["survival/os/hazard/year/2"].estimate == pytest.approx(1 / 1.5)
    assert results["survival/os/hazard/year/2"].n == 2


def summarise(endpoints, **changes):
    options = {"given_months": 24, "factors": ["risk"], "labels": LABELS} | OPTIONS | changes
    return survivors.summarise_survivors(endpoints, **options)


def four(name="os", event=(1, 0, 1, 0)):
    """Two of four are followed beyond 24 months, one of them dies after 30."""
    risk = factor("low", "high", "low", "high")
    return make_endpoint([3, 20, 30, 48], event, name=name, risk=risk)


def test_everybody_is_counted_once_at_a_landmark():
    results = summarise({"os": four()})
    counts = {name.split("/")[-1]: (found.estimate, found.n) for name, found in results.items() if "risk" not in name}
    assert counts["event_before"] == (1, 4)
    assert counts["ended_before"] == (1, 4)
    assert counts["followed"] == (2, 4)
    assert counts["event_after"] == (1, 2)


def test_an_event_at_the_landmark_itself_came_before():
    results = survivors.count_survivors({"os": make_endpoint([24, 24, 25], [1, 0, 1])}, given_months=24)
    assert [found.estimate for found in results.values()] == [1, 1, 1, 1]


def test_the_second_endpoint_is_counted_among_those_followed_for_the_first():
    # Of the two alive beyond 24 months one progressed at 10 months, the other never.
    pfs = make_endpoint([3, 20, 10, 48], [1, 0, 1, 0], name="pfs", risk=factor("low", "high", "low", "high"))
    results = summarise({"os": four(), "pfs": pfs})
    among = {
        key: results[f"survival/os/survivors/24m/pfs/{key}"] for key in ("event_before", "followed", "event_after")
    }
    assert [(found.estimate, found.n) for found in among.values()] == [(1, 2), (1, 2), (0, 1)]


def test_levels_are_those_of_the_survivors_and_the_test_is_of_what_came_later():
    results = summarise({"os": four()})
    assert results["survival/os/survivors/24m/followed/risk/low"].estimate == 1
    assert results["survival/os/survivors/24m/event_after/risk/low"].estimate == 1
    assert results["survival/os/conditional/24m/12m/risk/low"].estimate == 0
    assert results["survival/os/conditional/24m/12m/exact/risk/high"].n == 1
    # At 30 months both are at risk: observed 1 against 1/2 expected, variance 1/4.
    assert results["survival/os/survivors/24m/logrank/risk"].statistic == pytest.approx(1)


def test_the_further_year_is_given_after_every_half_year_that_somebody_saw_through():
    names = [name for name in summarise({"os": four()}, factors=[]) if "/conditional/" in name]
    given = [float(name.split("/")[3].removesuffix("m")) for name in names if name.endswith("/12m")]
    assert sorted(given) == [0, 6, 12, 18, 24, 30, 36]
    assert len(names) == len(set(names))


def test_the_further_year_multiplies_to_survival():
    endpoint = make_endpoint([3, 8, 13, 20, 25, 40], [1, 0, 1, 1, 0, 0])
    results = summarise({"os": endpoint}, factors=[])
    years = [results[f"survival/os/conditional/{given}m/12m"].estimate for given in (0, 12)]
    assert np.prod(years) == pytest.approx(5 / 6 * 3 / 4 * 2 / 3)


def test_nobody_gives_no_survivors_and_no_error():
    results = summarise({"os": make_endpoint([], [])}, factors=[])
    assert results["survival/os/conditional/24m/12m"].note == "no patients"
    assert results["survival/os/survivors/24m/followed"].estimate == 0


def test_an_endpoint_from_response_has_its_conditional_survival_and_no_landmark():
    results = summarise(
        {"rfs": make_endpoint([3, 30, 40], [1, 0, 0], name="rfs", origin="first response")}, factors=[]
    )
    assert {name.split("/")[2] for name in results} == {"conditional"}
