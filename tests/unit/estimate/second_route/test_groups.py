"""Groups by three routes: where all answer they answer alike; a library with another answer is left alone."""

import numpy as np
import pandas as pd
import pytest

from cartcohort.estimate.second_route import groups
from cartcohort.estimate.second_route.curves import Conventions
from cartcohort.estimate.second_route.follow_again import Course
from tests.unit.estimate import freireich

TRIAL = Course(freireich.TIME, freireich.EVENT, np.zeros(42, dtype=bool))
CODES = freireich.GROUP.cat.codes.to_numpy()


def course(days, event):
    return Course(np.array(days, float), np.array(event, bool), np.zeros(len(days), dtype=bool))


def by_route(recomputed, field):
    return {one.route: one.values.get(field) for one in recomputed if not one.unable}


def test_three_routes_to_freireichs_log_rank_test_agree():
    found = by_route(groups.recompute_logrank(TRIAL, CODES, "x", with_lifelines=True), "p_value")
    assert found.keys() == {"count", "statsmodels", "lifelines"}
    assert list(found.values()) == pytest.approx([found["count"]] * 3, rel=1e-10)


def test_three_routes_to_freireichs_hazard_ratio_agree():
    cox = groups.recompute_cox(TRIAL, CODES, ["x"], conventions=Conventions(), with_lifelines=True)
    found = by_route(cox, "conf_low")
    assert found.keys() == {"count", "statsmodels", "lifelines"}
    assert list(found.values()) == pytest.approx([found["count"]] * 3, rel=1e-9)


def test_breslows_ties_are_left_to_the_routes_that_have_them():
    cox = list(
        groups.recompute_cox(TRIAL, CODES, ["x"], conventions=Conventions(ties="breslow"), with_lifelines=True)
    )
    found = by_route(cox, "estimate")
    assert found == pytest.approx({"count": np.exp(1.50919), "statsmodels": np.exp(1.50919)}, rel=1e-4)


@pytest.mark.parametrize(
    "told",
    [
        course([5, 5, 5, 5], [1, 1, 1, 1]),  # all at once
        course([1, 1, 5, 6], [0, 0, 1, 1]),  # one group gone before the first event
        course([1, 2, 3, 4], [0, 0, 0, 0]),
    ],
    ids=["all at once", "one group left", "no event"],
)
def test_without_a_comparison_libraries_are_not_asked_and_the_count_has_no_answer(told):
    count, *others = groups.recompute_logrank(told, np.array([0, 0, 1, 1]), "x", with_lifelines=True)
    assert count.values["p_value"] is None
    assert len(others) == 2
    assert all(one.unable for one in others)


def test_patients_without_a_group_are_left_out():
    count, _ = groups.recompute_logrank(course([1, 2, 3, 4, 9], [1, 1, 1, 1, 1]), np.array([0, 1, 0, 1, -1]), "x")
    assert (count.values["n"], count.values["n_event"]) == (4, 4)


def test_levels_that_nobody_has_are_no_groups():
    values = pd.Series(pd.Categorical(["b", "c", None], categories=["a", "b", "c"]))
    codes, levels = groups.split_levels(values)
    assert (codes.tolist(), levels) == ([0, 1, -1], ["b", "c"])


def test_an_event_on_the_day_of_the_change_counts_before_it_by_both_routes():
    # The event of day 3 comes while the second patient changes; the fifth dies as one who has changed.
    told = course([3, 4, 5, 6, 7, 8], [1, 1, 0, 1, 1, 1])
    since = np.array([np.inf, 3, 3, np.inf, 2, np.inf])
    cox = groups.recompute_cox(told, np.isfinite(since).astype(int), ["x"], conventions=Conventions(), since=since)
    found = by_route(cox, "estimate")
    assert found["statsmodels"] == pytest.approx(found["count"], rel=1e-9)
