"""Time to response and its duration, by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.estimate.sections import duration


def make_subjects(responses, response_day, second_infusion_day=None):
    return pd.DataFrame(
        {
            "best_response": responses,
            "response_day": pd.array(response_day, dtype="Int64"),
            "second_infusion_day": pd.array(second_infusion_day or [None] * len(responses), dtype="Int64"),
        }
    )


def counts(result):
    return result.n_event, result.n


def test_time_to_response_is_that_of_responders_with_a_known_day():
    subjects = make_subjects(["CR", "CR", "PR", "NR", "CR"], [28, 30, 56, 10, None])
    found = duration.summarise_time_to_response(subjects)
    values = [found[f"efficacy/time_to_response/{name}"].estimate for name in ("minimum", "median", "maximum")]
    assert values == [28, 30, 56]
    assert found["efficacy/time_to_response/median"].n == 3


def test_time_to_response_of_nobody_says_so():
    found = duration.summarise_time_to_response(make_subjects(["NR", None], [None, None]))
    assert found["efficacy/time_to_response/median"].estimate is None
    assert "no responder" in found["efficacy/time_to_response/median"].note


def test_responses_before_the_second_infusion_are_counted_among_responders_who_had_one():
    subjects = make_subjects(["CR", "CR", "CR", "NR"], [28, 28, 28, None], [40, 20, None, 30])
    early = duration.summarise_time_to_response(subjects)["efficacy/time_to_response/before_second_infusion"]
    assert counts(early) == (1, 2)


def make_endpoint(days, kinds):
    """Durations with the kind of end of each: "censored", "end of response" or "transplant"."""
    kinds = pd.Categorical(kinds, categories=["censored", "end of response", "transplant"])
    event = np.asarray(kinds == "end of response", dtype=bool)
    return SimpleNamespace(time_days=np.array(days, dtype=int), event=event, event_type=kinds)


def summarise_duration(days, event):
    kinds = ["end of response" if ended else "censored" for ended in event]
    return summarise_ends(days, kinds)


def summarise_ends(days, kinds):
    return duration.summarise_duration(
        make_endpoint(days, kinds),
        timepoints_months=[6, 12],
        conf_level=0.95,
        conf_type="log-log",
        median_rule="midpoint",
        past_follow_up="not_estimable",
    )


def test_duration_of_response_is_in_months_and_counts_who_is_still_in_response():
    found = summarise_duration([61, 183, 365, 548, 731], [True, True, False, True, False])
    # S: 4/5 after 61 days, 3/5 after 183, then 3/5 * 1/2 after 548 days
    assert found["efficacy/dor/median"].estimate == pytest.approx(548 / DAYS_PER_MONTH)
    assert found["efficacy/dor/rate/6m"].estimate == pytest.approx(4 / 5)
    assert found["efficacy/dor/rate/12m"].estimate == pytest.approx(3 / 5)
    assert counts(found["efficacy/dor/ongoing"]) == (2, 5)
    assert found["efficacy/dor/observed/maximum"].estimate == pytest.approx(731 / DAYS_PER_MONTH)


def test_duration_of_response_of_nobody_is_not_estimable():
    found = summarise_duration([], [])
    assert all(result.estimate is None for result in found.values())
    assert found["efficacy/dor/median"].note == "not estimable: no patients"


def test_a_competing_event_neither_ends_a_response_nor_leaves_it_ongoing():
    found = summarise_ends([100, 200, 300], ["end of response", "transplant", "censored"])
    assert found["efficacy/dor/median"].n_event == 1
    # One of three has ended by six months; who is transplanted then cannot be counted as at risk of it.
    assert found["efficacy/dor/rate/6m"].estimate == pytest.approx(2 / 3)
    assert "Aalen-Johansen" in found["efficacy/dor/rate/6m"].method
    assert counts(found["efficacy/dor/ongoing"]) == (1, 3)
