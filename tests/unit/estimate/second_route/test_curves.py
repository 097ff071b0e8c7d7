"""One curve by three routes: where all answer they answer alike, and nobody is asked what it has no answer to."""

import numpy as np
import pytest

from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.estimate.second_route.curves import MOST_BY_LIFELINES, Conventions, recompute_curve
from cartcohort.estimate.second_route.follow_again import Course
from tests.unit.estimate import freireich

ROUTES = ["count", "statsmodels", "lifelines"]
ARM = Course(freireich.MERCAPTOPURINE_TIME.astype(float), freireich.MERCAPTOPURINE_EVENT, np.zeros(21, dtype=bool))
TEN_DAYS = 10 / DAYS_PER_MONTH


def course(days, event, rival=None):
    rival = np.zeros(len(days), dtype=bool) if rival is None else np.array(rival, bool)
    return Course(np.array(days, float), np.array(event, bool), rival)


def recompute(told, **conventions):
    return list(
        recompute_curve(
            told,
            median="median",
            rates={"rate": TEN_DAYS},
            conventions=Conventions(**conventions),
            with_lifelines=True,
        )
    )


def values(found, name, field):
    return {one.route: one.values[field] for one in found if one.name == name and field in one.values}


def test_three_routes_to_freireichs_median_and_rate_agree():
    found = recompute(ARM)
    assert values(found, "median", "estimate") == pytest.approx(dict.fromkeys(ROUTES, 23 / DAYS_PER_MONTH))
    rates = values(found, "rate", "estimate")
    assert rates == pytest.approx(dict.fromkeys(ROUTES, 0.752941), abs=1e-6)


def test_three_routes_have_the_same_log_log_limits():
    found = recompute(ARM, conf_level=0.9)
    for field in ("conf_low", "conf_high"):
        limits = values(found, "rate", field)
        assert limits == pytest.approx(dict.fromkeys(ROUTES, limits["count"]), rel=1e-12)


@pytest.mark.parametrize("conf_type", ["log", "plain"])
def test_limits_on_another_scale_are_left_to_the_routes_that_have_them(conf_type):
    limits = values(recompute(ARM, conf_type=conf_type), "rate", "conf_low")
    assert limits == pytest.approx({"count": limits["count"], "statsmodels": limits["count"]}, rel=1e-12)


@pytest.mark.parametrize(("rule", "day"), [("midpoint", 7), ("first", 5)])
def test_a_step_at_one_half_has_one_median_by_every_route(rule, day):
    found = recompute(course([2, 5, 9, 9], [1, 1, 1, 1]), median_rule=rule)
    assert values(found, "median", "estimate") == pytest.approx(dict.fromkeys(ROUTES, day / DAYS_PER_MONTH))


def test_a_median_that_is_not_reached_is_none_by_every_route():
    found = recompute(course([2, 5, 9, 12], [1, 0, 0, 0]))
    assert values(found, "median", "estimate") == dict.fromkeys(ROUTES)


def test_a_rate_beyond_follow_up_is_none_by_every_route():
    found = recompute(course([2, 5, 9], [1, 0, 0]))
    assert values(found, "rate", "estimate") == dict.fromkeys(ROUTES)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (course([], []), "fits no curve to nobody"),
        (course([2, 5, 9], [1, 0, 0], [0, 1, 0]), "the survival functions of the libraries know no competing events"),
    ],
    ids=["nobody", "competing events"],
)
def test_libraries_are_not_asked_what_they_cannot_tell(told, reason):
    libraries = [one for one in recompute(told) if one.route != "count"]
    assert len(libraries) == 4
    assert all(one.unable.endswith(reason) for one in libraries)


def test_lifelines_is_not_asked_about_a_registry():
    days = np.arange(MOST_BY_LIFELINES + 1)
    found = recompute(course(days, np.ones(len(days))))
    assert {one.route for one in found} == {"count", "statsmodels"}
