"""The efficacy notebook on the bundled studies: its numbers, and what its parameters change."""

import pytest

from tests.notebooks.execute import run_notebook


@pytest.fixture(scope="module")
def default():
    return run_notebook("efficacy")


def test_the_published_response_rate_and_what_non_responders_had(default):
    orr = default.results["efficacy/response/orr"]
    assert (orr["n_event"], orr["n"]) == (27, 35)
    for factor in ("tumor_burden", "genetic_risk"):
        shared = default.results[f"efficacy/baseline/nonresponse/{factor}/high"]
        assert (shared["n_event"], shared["n"]) == (8, 8)


def test_that_all_non_responders_are_of_high_genetic_risk_is_itself_not_significant(default):
    assert default.results["efficacy/response/test/genetic_risk"]["p_value"] == pytest.approx(0.1539109, abs=1e-7)


def test_the_early_death_counts_as_a_non_responder_and_leaves_only_the_evaluable_denominator(default):
    shares = {name: default.results[f"efficacy/sensitivity/orr/{name}"] for name in ("infused", "evaluable")}
    assert [share["n"] for share in shares.values()] == [35, 34]
    assert default.results["efficacy/flow/died_before_assessment"]["n_event"] == 1


def test_every_responder_swims_and_has_a_duration(default):
    assert default.results["efficacy/dor/median"]["n"] == 27
    swimmer = [f for f in default.of_type("application/vnd.cartcohort.figure+json") if f["id"] == "efficacy-swimmer"]
    assert swimmer[0]["csv"].count("in response") == 27


def test_rates_are_given_at_the_chosen_times():
    shown = run_notebook("efficacy", timepoints_months=[3, 9])
    given = [name for name in shown.results if name.startswith("efficacy/dor/rate/")]
    assert given == ["efficacy/dor/rate/3m", "efficacy/dor/rate/9m"]


def test_the_evaluable_population_takes_the_early_death_out_of_the_main_rate():
    shown = run_notebook("efficacy", population="evaluable")
    assert shown.results["efficacy/response/orr"]["n"] == 34
    assert shown.results["efficacy/flow/analysed"]["n_event"] == 34
    assert shown.results["efficacy/sensitivity/orr/infused"]["n"] == 35


@pytest.mark.parametrize("handling", ["censor", "event", "competing"])
def test_a_transplant_in_response_shortens_it_as_the_handling_says(default, handling):
    shown = run_notebook("efficacy", hsct_handling=handling)
    ignored, handled = (found.results["efficacy/dor/median"]["n_event"] for found in (default, shown))
    assert handled > ignored if handling == "event" else handled <= ignored
    assert shown.results["efficacy/dor/ongoing"]["n_event"] < 27


def test_factors_are_those_asked_for():
    shown = run_notebook("efficacy", factors=["sex", "prior_hsct"])
    tested = {name.split("/")[-1] for name in shown.results if name.startswith("efficacy/response/test/")}
    assert tested == {"sex", "prior_hsct"}


def test_remission_at_entry_is_not_sold_as_an_effect():
    shown = run_notebook("efficacy", study_path="data/bmt")
    summary = shown.of_type("application/vnd.cartcohort.summary+json")[0]
    assert "on day 0, a condition of entry; no response rate is given." in summary["paragraph"]
    assert shown.results["efficacy/response/test/sex"]["p_value"] is None
