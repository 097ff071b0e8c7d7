"""Response by factor: against R's Fisher test, and by hand."""

import pandas as pd
import pytest

from cartcohort.estimate.sections import response_by_factor

FISHER_8_OF_8 = 0.1539109323575723  # R 4.2, fisher.test of [[8, 19], [0, 8]]
FISHER_REFINED_BOUND = 0.5450349332852421


def category(values, levels=("low", "high")):
    return pd.Categorical(values, categories=list(levels), ordered=True)


def published_cohort():
    """27 responders (19 high risk, 8 low), 8 non-responders, all high risk."""
    return pd.DataFrame(
        {
            "best_response": ["CR"] * 27 + ["NR"] * 8,
            "genetic_risk": category(["high"] * 19 + ["low"] * 8 + ["high"] * 8),
            "sex": category((["male", "female"] * 18)[:35], ("female", "male")),
        }
    )


def compare(subjects, *factors):
    labels = {"genetic_risk": "Genetic risk", "sex": "Sex"}
    found = response_by_factor.compare_response(subjects, factors, labels=labels, conf_level=0.95)
    return {name.removeprefix("efficacy/response/"): result for name, result in found.items()}


def test_rates_and_difference_by_level_are_those_counted():
    found = compare(published_cohort(), "genetic_risk")
    assert (found["orr/genetic_risk/high"].n_event, found["orr/genetic_risk/high"].n) == (19, 27)
    assert (found["orr/genetic_risk/low"].n_event, found["orr/genetic_risk/low"].n) == (8, 8)
    difference = found["risk_difference/genetic_risk/high"]
    assert difference.estimate == pytest.approx(19 / 27 - 1)
    assert difference.conf_low < difference.estimate < difference.conf_high
    assert "risk_difference/genetic_risk/low" not in found


def test_fishers_test_agrees_with_r_although_all_non_responders_are_high_risk():
    tested = compare(published_cohort(), "genetic_risk")["test/genetic_risk"]
    assert tested.p_value == pytest.approx(FISHER_8_OF_8, abs=1e-8)
    assert (tested.n_event, tested.n) == (27, 35)
    assert tested.estimate == 0  # odds of responding, high against low
    assert tested.conf_high == pytest.approx(1 / FISHER_REFINED_BOUND, rel=0.01)  # R's limit is off by up to 1 %


def test_p_values_are_adjusted_over_the_factors_that_could_be_tested():
    found = compare(published_cohort(), "genetic_risk", "sex")
    risk, sex = found["test/genetic_risk"], found["test/sex"]
    smaller, larger = sorted((risk, sex), key=lambda result: result.p_value)
    assert smaller.p_holm == pytest.approx(min(1, 2 * smaller.p_value))
    assert larger.p_holm == pytest.approx(max(larger.p_value, smaller.p_holm))
    assert "2 factors tested on response" in risk.note


def test_patients_with_a_missing_factor_are_left_out_and_counted():
    subjects = published_cohort()
    subjects.loc[:1, "genetic_risk"] = None
    tested = compare(subjects, "genetic_risk")["test/genetic_risk"]
    assert tested.n == 33
    assert "2 with a missing value left out" in tested.note


def test_where_everybody_responded_there_is_nothing_to_test():
    subjects = published_cohort().assign(best_response="CR")
    tested = compare(subjects, "genetic_risk")["test/genetic_risk"]
    assert tested.p_value is None and tested.p_holm is None
    assert tested.note == "not estimable: everybody responded"


def test_three_levels_are_tested_at_once_and_each_differs_from_the_first():
    subjects = pd.DataFrame(
        {
            "best_response": ["CR"] * 8 + ["NR"] * 5 + ["CR"] * 4 + ["NR"] * 9,
            "site": category(["a"] * 13 + ["b"] * 7 + ["c"] * 6, ("a", "b", "c")),
        }
    )
    found = compare(subjects, "site")
    assert found["risk_difference/site/b"].label == "site: b minus a"
    assert found["risk_difference/site/c"].estimate == pytest.approx(-8 / 13)
    assert 0 < found["test/site"].p_value < 1
    assert found["test/site"].unit == ""


def test_outcomes_and_factors_of_one_level_are_not_compared():
    subjects = published_cohort().assign(
        response=category(["yes"] * 27 + ["no"] * 8, ("no", "yes")), same=category(["high"] * 35)
    )
    assert compare(subjects, "response", "same", "absent") == {}


def test_without_any_recorded_response_nothing_is_compared():
    subjects = published_cohort().assign(best_response=pd.Categorical([None] * 35, categories=["CR"]))
    assert compare(subjects, "genetic_risk") == {}
