"""Duration of response as a reader sees it."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cartcohort.estimate.results import ResultSet
from cartcohort.estimate.sections import duration as composer
from cartcohort.present.display import Figure, Notice
from cartcohort.present.sections import duration as report


def make_endpoint(*ends):
    kinds = pd.Categorical([kind for _, kind in ends], categories=["censored", "relapse"])
    return SimpleNamespace(
        time_days=np.array([days for days, _ in ends], dtype=int),
        event=np.asarray(kinds == "relapse", dtype=bool),
        event_type=kinds,
    )


def summarise(*ends, second_infusion_day=None):
    n = len(ends)
    subjects = pd.DataFrame(
        {
            "best_response": ["CR"] * n,
            "response_day": pd.array([28] * n, dtype="Int64"),
            "second_infusion_day": pd.array(second_infusion_day or [None] * n, dtype="Int64"),
        }
    )
    return composer.summarise_time_to_response(subjects) | composer.summarise_duration(
        make_endpoint(*ends),
        timepoints_months=[6, 12],
        conf_level=0.95,
        conf_type="log-log",
        median_rule="midpoint",
        past_follow_up="not_estimable",
    )


ENDS = ((100, "relapse"), (250, "relapse"), (400, "censored"), (800, "relapse"))


def plot(*ends):
    curve = composer.estimate_duration_curve(make_endpoint(*ends), conf_level=0.95, conf_type="log-log")
    return report.plot_duration(curve, summarise(*ends), min_at_risk=5)


def test_the_sentence_says_when_responses_came_how_long_they_lasted_and_how_many_still_do():
    said = report.describe_duration(summarise(*ENDS)).text
    assert said.startswith(
        "Responses were first documented after a median of 28 days. Median duration of response was"
    )
    assert "with 3 events in 4 responders" in said
    assert "The estimated share still in response was 75.0%" in said
    assert "When last seen, 1 of 4 responders (25.0%) was still in response" in said


def test_responses_before_the_second_infusion_are_not_credited_to_it():
    said = report.describe_duration(summarise(*ENDS, second_infusion_day=[40, 50, 20, None])).text
    assert "2 of 3 responders (66.7%) with a second infusion had responded before it." in said


def test_without_a_responder_the_sentence_and_the_figure_say_so():
    assert report.describe_duration(summarise()).text.startswith("There is no responder with a known day")
    assert isinstance(plot(), Notice)


def test_the_table_says_when_first_responses_came_and_who_is_not_at_risk():
    table = report.table_duration(summarise(*ENDS), exclusion_note="8 patients without CR, CRi or PR")
    assert "All first responses are dated day 28." in table.html
    assert "Not included: 8 patients without CR, CRi or PR." in table.html


def test_the_only_response_is_dated_as_one():
    assert "The only first response is dated day 28." in report.table_duration(summarise(ENDS[0])).html


def test_rates_of_duration_are_not_set_beside_the_events_of_all_times():
    lines = report.table_duration(summarise(*ENDS)).text.splitlines()
    assert "n/N" in lines[1] and "Events/N" not in lines[1]
    assert next(line for line in lines if line.startswith("Duration of response, median")).split()[4] == "3/4"
    assert next(line for line in lines if line.startswith("Response lasting 6 months")).split()[4] == "75.0%"


def test_first_responses_on_several_days_have_a_range():
    found = dict(summarise(*ENDS))
    last = replace(found["efficacy/time_to_response/maximum"], estimate=90)
    table = report.table_duration(ResultSet({**found, "efficacy/time_to_response/maximum": last}))
    assert "First responses were documented from day 28 to day 90." in table.html


@pytest.mark.parametrize(("day_zero", "origin"), [("infusion", "first infusion"), ("transplant", "transplant")])
def test_courses_count_from_what_day_0_is(day_zero, origin):
    lanes = pd.DataFrame({"subject": ["P1"], "end": [3.0], "status": ["alive"]})
    nothing = pd.DataFrame({"subject": [], "time": [], "event": [], "start": [], "end": [], "state": []})
    figure = report.plot_courses(lanes, events=nothing, spans=nothing, day_zero=day_zero)
    assert f"Months since {origin}" in figure.svg


def test_the_curve_carries_its_median():
    figure = plot(*ENDS)
    assert isinstance(figure, Figure)
    assert "4 patients, 3 relapses, progressions or deaths, median 17.2 months" in figure.description


def test_a_course_without_patients_is_a_notice():
    lanes = pd.DataFrame({"subject": [], "end": [], "status": [], "group": []})
    events = pd.DataFrame({"subject": [], "time": [], "event": []})
    spans = pd.DataFrame({"subject": [], "start": [], "end": [], "state": []})
    assert isinstance(report.plot_courses(lanes, events=events, spans=spans), Notice)


def test_a_median_that_is_not_reached_has_no_unit():
    table = report.table_duration(summarise((100, "relapse"), (400, "censored"), (500, "censored")))
    median = next(line for line in table.text.splitlines() if line.startswith("Duration of response, median"))
    assert median.split("  ")[-1].strip().startswith("NR")
    assert "months" not in median
