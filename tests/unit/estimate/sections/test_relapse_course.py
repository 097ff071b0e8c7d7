"""Time to relapse, survival after it, and what comes after a landmark, by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.estimate.sections import relapse_course
from tests.unit.estimate.sections.test_relapse import COURSES, make_endpoints


def whole(*values):
    return pd.array([pd.NA if value is None else value for value in values], dtype="Int64")


def test_times_to_relapse_are_those_of_the_relapsed_alone():
    subjects = pd.DataFrame({"response_day": whole(30, 28, 30, None), "relapse_day": whole(130, 428, None, 200)})
    found = relapse_course.summarise_time_to_relapse(subjects)
    days = {name: result.estimate * DAYS_PER_MONTH for name, result in found.items()}
    assert days["time_to_relapse/minimum"] == pytest.approx(100)
    assert days["time_to_relapse/median"] == pytest.approx(250)
    assert days["time_to_relapse/from_infusion/median"] == pytest.approx(200)
    assert (found["time_to_relapse/median"].n, found["time_to_relapse/from_infusion/median"].n) == (2, 3)


def test_without_relapse_the_time_to_it_is_not_estimable():
    subjects = pd.DataFrame({"response_day": whole(30), "relapse_day": whole(None)})
    found = relapse_course.summarise_time_to_relapse(subjects)["time_to_relapse/median"]
    assert found.estimate is None
    assert found.note.startswith("not estimable")


def test_survival_after_relapse_starts_on_the_day_of_relapse():
    overall = SimpleNamespace(
        time_days=np.array([400, 700, 500, 90]),
        event=np.array([True, False, True, True]),
        origin_day=np.array([0, -10, 0, 0]),
        subjects=pd.DataFrame({"relapse_day": whole(300, 90, None, 90)}),
    )
    curve = relapse_course.estimate_curve_after_relapse(overall, conf_level=0.95, conf_type="log-log")
    # Death on the day of relapse, death 100 days after one, last contact 600 days after one.
    assert curve.time * DAYS_PER_MONTH == pytest.approx([0, 100, 600])
    assert curve.survival == pytest.approx([2 / 3, 1 / 3, 1 / 3])
    found = relapse_course.summarise_survival_after_relapse(
        curve, timepoints_months=[12, 24], median_rule="midpoint", past_follow_up="not_estimable"
    )
    assert found["survival_after_relapse/median"].estimate == pytest.approx(100 / DAYS_PER_MONTH)
    assert found["survival_after_relapse/rate/12m"].estimate == pytest.approx(1 / 3)
    assert found["survival_after_relapse/rate/24m"].note == "not estimable: beyond the last follow-up"


def test_before_the_first_death_a_rate_has_no_limits():
    overall = SimpleNamespace(
        time_days=np.array([400, 700]),
        event=np.array([True, False]),
        origin_day=np.array([0, 0]),
        subjects=pd.DataFrame({"relapse_day": whole(100, 100)}),
    )
    curve = relapse_course.estimate_curve_after_relapse(overall, conf_level=0.95, conf_type="log-log")
    found = relapse_course.summarise_survival_after_relapse(
        curve, timepoints_months=[6], median_rule="midpoint", past_follow_up="not_estimable"
    )["survival_after_relapse/rate/6m"]
    assert (found.estimate, found.conf_low, found.conf_high) == (1, None, None)
    assert found.note == "no limits: no death by then"


def landmark(courses, months):
    return relapse_course.summarise_landmark(
        make_endpoints(courses), landmark_months=months, conf_level=0.95, past_follow_up="not_estimable",
        further_months=(3,),
    )  # fmt: skip


def test_the_clock_restarts_at_the_landmark_among_those_still_free_of_both_events():
    found = landmark(COURSES, 8)  # days 300 and 400 lie beyond month 8
    assert found["landmark/8m/cir/3m"].n == 2
    assert found["landmark/8m/cir/3m"].estimate == 0  # the relapse on day 400 comes 5 months later
    years = (300 + 400 - 2 * 8 * DAYS_PER_MONTH) / 365.25
    assert found["landmark/8m/cir/hazard"].estimate == pytest.approx(1 / years)
    # Garwood's upper limit for no event is -log(0.025) over the time at risk.
    assert found["landmark/8m/nrm/hazard"].estimate == 0
    assert found["landmark/8m/nrm/hazard"].conf_high == pytest.approx(-np.log(0.025) / years)


def test_a_curve_without_an_event_after_the_landmark_has_the_limit_of_those_followed():
    # Of the two patients left one is censored before three months have passed.
    found = landmark(COURSES, 8)["landmark/8m/nrm/3m"]
    assert (found.estimate, found.conf_low) == (0, 0)
    assert found.conf_high == pytest.approx(0.975)


def test_nobody_beyond_the_landmark_gives_reasons():
    found = landmark(COURSES, 24)
    assert found["landmark/24m/cir/3m"].note == "no patients"
    assert found["landmark/24m/cir/hazard"].note.startswith("not estimable")
    assert found["landmark/24m/cir/hazard"].estimate is None
