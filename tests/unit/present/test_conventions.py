"""What stands beneath a table or figure: each method once, what only some share, the level of the limits."""

import pandas as pd
import pytest

from cartcohort.estimate.competing import estimate_cumulative_incidence
from cartcohort.estimate.results import Result
from cartcohort.estimate.survival import estimate_quantile, estimate_survival_at, estimate_survival_curve
from cartcohort.present.tables import curve_conventions, limits, methods

TIME, EVENT = [1, 2, 3, 4], [True, False, True, False]


def of(*named):
    return methods([Result(method=method) for method in named])


def test_a_method_is_told_once_as_a_sentence():
    assert of("log-rank test", "log-rank test", "") == ["Log-rank test."]
    assert of("proportion, exact limits.") == ["Proportion, exact limits."]
    assert of("proportion, exact limits", "proportion, exact limits; exact binomial test against 30%") == [
        "Proportion, exact limits.",
        "Exact binomial test against 30%.",
    ]


def test_methods_of_one_name_are_told_together():
    assert of("Kaplan-Meier, log limits, median at the midpoint of a step at 0.5", "Kaplan-Meier, log limits") == [
        "Kaplan-Meier, log limits; median at the midpoint of a step at 0.5."
    ]
    assert of("Cox model, Efron ties, Wald limits", "Cox model, Efron ties, Wald limits, cause-specific") == [
        "Cox model, Efron ties, Wald limits; cause-specific where so named."
    ]
    named = [f"Cox model, Efron ties{part}" for part in ("", ", with a time-dependent covariate", ", cause-specific")]
    assert of(*named) == ["Cox model, Efron ties; with a time-dependent covariate or cause-specific where so named."]


def test_exact_limits_are_told_beside_those_of_the_curve():
    curve = "Kaplan-Meier, log limits"
    assert of(curve, f"{curve}, exact limits from those still followed where no event came") == [
        "Kaplan-Meier, log limits; exact limits from those still followed where no event came."
    ]


def test_counts_within_a_method_are_grouped_and_its_seed_is_not():
    assert of("log-rank test, 10000 permutations of the groups, seed 20230228") == [
        "Log-rank test, 10\u202f000 permutations of the groups, seed 20230228."
    ]


def test_what_all_share_is_not_told_as_a_part():
    assert of("Cox model, Efron ties, cause-specific") == ["Cox model, Efron ties, cause-specific."]


def test_methods_that_share_their_name_alone_stay_apart():
    assert of("proportion, exact limits", "proportion, Wilson score limits") == [
        "Proportion, exact limits.",
        "Proportion, Wilson score limits.",
    ]


def test_a_value_carried_on_is_told_where_there_is_one():
    curve = estimate_survival_curve(TIME, EVENT)
    carried, known = (estimate_survival_at(curve, time, past_follow_up="carry") for time in (9, 2))
    said = "Beyond the last follow-up the last value is carried on."
    assert said in methods([carried]) and said not in methods([known])
    assert said not in methods([estimate_survival_at(curve, 9)])


def test_the_level_is_told_where_results_have_limits():
    bounded = Result(estimate=0.5, conf_low=0.1, conf_high=0.9, conf_level=0.9)
    assert limits([bounded, Result(estimate=0.5, conf_level=0.95)]) == ["Limits: 90% confidence."]
    assert limits([Result(estimate=0.5, conf_level=0.95)]) == []
    assert limits([bounded, Result(estimate=0.5, conf_low=0.1, conf_high=0.9, conf_level=0.95)]) == []


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
def test_curves_tell_estimator_scale_and_level(conf_type):
    curve = estimate_survival_curve(TIME, EVENT, conf_type=conf_type, conf_level=0.9)
    assert curve_conventions([curve, curve]) == [
        f"Kaplan-Meier, {conf_type} limits.", "Limits: 90% confidence at each time.",
    ]  # fmt: skip
    assert curve_conventions([estimate_survival_curve([], [])]) == []


def test_a_median_beside_its_curve_repeats_nothing():
    curve = estimate_survival_curve(TIME, EVENT)
    assert curve_conventions([curve], [estimate_quantile(curve, median_rule="first")])[0] == (
        "Kaplan-Meier, log-log limits; median at the first time at or below 0.5."
    )


def test_the_rule_of_the_median_is_told_of_curves_that_reach_one_half():
    reaching, above = estimate_survival_curve(TIME, EVENT), estimate_survival_curve(TIME, [True, False, False, False])
    assert curve_conventions([reaching], median_rule="first")[0] == (
        "Kaplan-Meier, log-log limits, median at the first time at or below 0.5."
    )
    assert curve_conventions([above], median_rule="first")[0] == "Kaplan-Meier, log-log limits."


def test_an_incidence_has_limits_on_its_own_scale():
    kinds = ["relapse", "censored", "death", "censored"]
    curve = estimate_cumulative_incidence(
        TIME, pd.Categorical(kinds, ["censored", "relapse", "death"]), cause="relapse", conf_level=0.95
    )
    assert curve_conventions([curve])[0] == "Aalen-Johansen, log-log limits."
