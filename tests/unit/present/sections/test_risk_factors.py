"""What a reader is told of risk factors: what tests rest on, where they part, and what remains beside response."""

import pytest

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice
from cartcohort.present.sections import (
    given_response,
    multivariable,
    risk_factors,
    risk_factors_summary,
    single_factors,
)
from tests.unit.present.figures.reading import texts, texts_of

LABELS = {"risk": "Genetic risk", "sex": "Sex"}
SAY = {"labels": LABELS, "p_style": "journal"}


def ratio(estimate, low, high, p, *, contrast="Genetic risk: high vs low"):
    return Result(
        estimate=estimate,
        conf_low=low,
        conf_high=high,
        conf_level=0.95,
        p_value=p,
        unit="hazard ratio",
        n=35,
        n_event=20,
        label=f"OS: {contrast}",
    )


def test_of(p, holm=None, bh=None):
    return Result(p_value=p, p_holm=holm, p_bh=bh, n=35, n_event=20)


test_of.__test__ = False


def events(n_event, n):
    return Result(estimate=n_event, n_event=n_event, n=n, unit="events")


def univariable(*, wald=0.052, low_events=2):
    return ResultSet(
        {
            "risk_factors/os/logrank/risk": test_of(0.034, 0.18, 0.10),
            "risk_factors/os/cox/risk/high": ratio(4.28, 0.99, 18.6, wald),
            "risk_factors/os/likelihood_ratio/risk": test_of(0.0196),
            "risk_factors/os/wald/risk": test_of(wald),
            "risk_factors/os/events/risk/low": events(low_events, 8),
            "risk_factors/os/events/risk/high": events(18, 27),
        }
    )


def given():
    prefix = "risk_factors/os/landmark/28d"
    return ResultSet(
        {
            f"{prefix}/all/cox/risk/high": ratio(4.13, 0.95, 18.0, 0.059),
            f"{prefix}/responders/logrank/risk": test_of(0.16),
            f"{prefix}/responders/cox/risk/high": ratio(2.84, 0.62, 13.0, 0.18),
            f"{prefix}/adjusted/cox/risk/high": ratio(2.84, 0.62, 13.0, 0.18),
        }
    )


def test_tests_on_both_sides_of_the_level_are_called_borderline():
    text = risk_factors.describe_univariable(univariable(), endpoints=["os"], **SAY).text
    assert "rests on 2 events in the 8 patients of the group “low”." in text
    assert (
        "(log-rank p = 0.034, likelihood ratio p = 0.020, and Wald p = 0.052), so the evidence is borderline" in text
    )


def test_tests_that_agree_and_groups_with_many_events_need_no_caveat():
    text = risk_factors.describe_univariable(univariable(wald=0.04, low_events=10), endpoints=["os"], **SAY).text
    assert text == (
        "For overall survival, 1 factor was tested: the log-rank p is below 0.05 for genetic risk (p = 0.034) only "
        "before adjustment for their number."
    )


def test_the_table_sets_three_tests_side_by_side():
    table = risk_factors.table_univariable(univariable(), endpoints=["os"], **SAY)
    assert table.text.splitlines()[-1].split()[-6:] == ["20/35", "0.034", "0.18", "0.10", "0.020", "0.052"]


def test_an_interval_that_includes_one_leaves_the_difference_open():
    text = risk_factors.describe_curves(univariable(), endpoint="os").text
    assert text == "It includes 1, which leaves open whether there is a difference, for genetic risk: high vs low."


def test_what_remains_among_responders_is_told_with_its_own_tests():
    assert given_response.describe_given_response(given(), **SAY).text == (
        "Among responders at risk after day 28, the hazard ratio of genetic risk for overall survival was 2.84 (95% "
        "CI, 0.62 to 13.0); log-rank p = 0.16; adjusted for response, it was 2.84 (95% CI, 0.62 to 13.0); Wald p = "
        "0.18."
    )


def test_a_ratio_that_cannot_be_estimated_says_why_and_gives_no_p():
    alike = Result(unit="hazard ratio", note="not estimable: one group")
    results = {**given(), "risk_factors/os/landmark/28d/adjusted/cox/risk/high": alike}
    text = given_response.describe_given_response(ResultSet(results), **SAY).text
    assert text.endswith("adjusted for response, it was not estimable (one group).")


def test_without_responders_there_is_a_notice_and_a_sentence():
    assert isinstance(given_response.table_given_response(ResultSet(), p_style="journal"), Notice)
    assert "cannot be told" in given_response.describe_given_response(ResultSet(), **SAY).text


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.017, "The test speaks against proportional hazards"),
        (0.27, "The test of proportional hazards finds nothing against"),
    ],
)
def test_the_test_of_proportional_hazards_is_told_by_its_meaning(p, said):
    results = ResultSet(
        {
            "risk_factors/os/events_per_term": Result(estimate=3.3, note="few"),
            "risk_factors/os/multivariable_firth/risk/high": ratio(3.24, 1.09, 10.3, 0.034),
            "risk_factors/os/cox/risk/high": ratio(1.42, 0.59, 3.45, 0.43),
            "risk_factors/os/ph/global": test_of(p),
        }
    )
    text = multivariable.describe_multivariable(results, endpoints=["os"], **SAY).text
    assert said in text
    assert "genetic risk: high vs low (HR 3.24 (95% CI, 1.09 to 10.3), though not alone)" in text


def test_a_single_factor_whose_hazards_are_not_proportional_is_named():
    results = ResultSet(
        {
            "risk_factors/os/events_per_term": Result(estimate=12.0),
            "risk_factors/os/ph/risk": test_of(0.01),
            "risk_factors/os/ph/sex": test_of(0.4),
            "risk_factors/os/ph/global": test_of(0.09),
        }
    )
    text = multivariable.describe_multivariable(results, endpoints=["os"], **SAY).text
    assert text == (
        "The model of overall survival has 12.0 events per coefficient. The test of proportional hazards finds "
        "nothing against them in all factors together (p = 0.090), but speaks against them for genetic risk (p = "
        "0.010), whose hazard ratio is then an average over follow-up."
    )


def model(note=""):
    return ResultSet(
        {
            "risk_factors/os/multivariable/risk/high": ratio(3.24, 1.09, 10.3, 0.034),
            "risk_factors/os/ph/risk": test_of(0.01),
            "risk_factors/os/events_per_term": Result(estimate=20.0, n_event=20, n=35),
            "risk_factors/os/multivariable_test": test_of(0.02),
            "risk_factors/os/concordance/corrected": Result(estimate=0.64, n=35, note=note),
        }
    )


def test_events_per_coefficient_head_each_model_and_proportionality_stands_beside_each_ratio():
    table = multivariable.table_multivariable(model(), endpoints=["os"], p_style="journal")
    assert "Overall survival: 20 events for 1 coefficient, 20.0 each" in table.text
    assert table.text.splitlines()[-1].split()[-1] == "0.010"
    assert "an average over follow-up" in table.html


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("", "All bootstrap samples gave a model."),
        ("3 of 200 bootstrap samples gave no model", "OS: 3 of 200 bootstrap samples gave no model."),
    ],
)
def test_bootstrap_samples_without_a_model_are_counted_under_the_checks(note, said):
    table = multivariable.table_model_checks(model(note), endpoints=["os"], p_style="journal")
    assert said in table.html


def levels():
    prefix = "risk_factors/os"
    test = {"p_value": 0.02, "p_holm": 0.04, "p_bh": 0.03, "n": 20, "n_event": 9}
    return ResultSet(
        {
            f"{prefix}/pairwise/risk/low_vs_high": Result(**test, label="OS: Genetic risk: log-rank, high vs low"),
            f"{prefix}/pairwise/risk/low_vs_mid": Result(
                p_value=0.3, p_holm=0.6, label="OS: Genetic risk: log-rank, mid vs low"
            ),
            f"{prefix}/trend/risk": Result(p_value=0.007, note="levels in their order: low, mid, high"),
        }
    )


def test_pairs_of_levels_and_their_trend_are_tabulated_and_told():
    (table,) = single_factors.table_several_levels(levels(), endpoints=["os"], **SAY)
    assert table.text.splitlines()[-3].split()[-4:] == ["9/20", "0.020", "0.040", "0.030"]
    assert "trend over low, mid, high" in table.text
    assert single_factors.say_several_levels(levels(), "os", LABELS, "journal") == [
        "Of the 2 pairs of levels of genetic risk, p after Holm's adjustment is below 0.05 for high vs low (p = "
        "0.040); the trend over low, mid, high has p = 0.0070, which tells something only if that order does."
    ]


def test_two_levels_have_no_table_of_pairs():
    assert single_factors.table_several_levels(univariable(), endpoints=["os"], **SAY) == []
    assert single_factors.say_several_levels(univariable(), "os", LABELS, "journal") == []


def test_sparse_groups_and_separation_are_said_with_what_takes_their_place():
    sparse = univariable() | ResultSet(
        {
            "risk_factors/os/permutation/risk": test_of(0.051),
            "risk_factors/os/cox_firth/risk/high": ratio(
                9.0, 1.2, 80.0, 0.03, contrast="Genetic risk: high vs low, Firth"
            ),
        }
    )
    text = risk_factors.describe_univariable(sparse, endpoints=["os"], **SAY).text
    assert "By genetic risk (p = 0.051), fewer than five events are expected in a group" in text
    assert "the p-value in brackets is that of shuffled groups." in text
    assert text.endswith(
        "Separation leaves no finite hazard ratio; Firth's penalised model gives for genetic risk: high vs low, "
        "hazard ratio 9.00 (95% CI, 1.20 to 80.0)."
    )
    table = risk_factors.table_univariable(sparse, endpoints=["os"], **SAY)
    assert table.text.splitlines()[-1].split()[-1] == "0.051"
    assert "Permutation p" not in risk_factors.table_univariable(univariable(), endpoints=["os"], **SAY).text


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("exact, no smaller number crosses", "with 1 changed outcome)"),
        ("an upper bound", "with at most 1 changed outcome)"),
    ],
)
def test_the_paragraph_tells_how_firm_the_first_comparison_is(note, said):
    stem = "risk_factors/os/robustness/risk"
    probed = ResultSet(
        {
            f"{stem}/leave_one_out": Result(conf_low=0.022, conf_high=0.061, p_value=0.034, unit="p-value"),
            f"{stem}/fragility": Result(estimate=1, unit="patients", note=note),
        }
    )
    paragraph = risk_factors_summary.summarise_section(univariable() | probed, endpoints=["os"], **SAY).paragraph
    assert f"p = 0.034 (0.022 to 0.061 with one patient left out; across 0.05 {said}" in paragraph


def test_the_test_of_three_groups_is_not_told_as_that_of_the_two_whose_ratio_stands_beside_it():
    tested = {"risk_factors/os/logrank/risk": Result(p_value=0.0005, df=2, n=137, n_event=81)}
    results = ResultSet({**univariable(), **tested})
    summary = risk_factors_summary.summarise_section(results, endpoints=["os"], **SAY)
    assert "log-rank p = 0.00050 over all 3 groups" in summary.paragraph
    assert "over all 3 groups" in str(summary.key_results)


def test_the_paragraph_is_short_and_names_what_the_effect_rests_on():
    summary = risk_factors_summary.summarise_section(univariable() | given(), endpoints=["os"], **SAY)
    assert summary.paragraph.count(". ") == 2
    assert "log-rank p = 0.034, resting on 2 events in the 8 patients of the group “low”." in summary.paragraph
    assert "Among responders at risk after day 28" in summary.paragraph
    assert summary.paragraph.startswith(
        "For overall survival, the hazard ratio of genetic risk, high vs low, was 4.28 (95% CI, 0.99 to 18.6);"
    )


def test_the_forest_of_single_factors_counts_each_level_and_names_its_test():
    figure = risk_factors.plot_univariable(univariable(), endpoints=["os"], p_style="journal")
    assert texts_of(figure, "counts") == ["18/27 vs 2/8"]
    assert texts_of(figure, "p-value") == ["0.052"]
    assert "Wald p" in texts(figure)
    assert texts_of(figure, "favours") == ["← lower", "higher →"]
    assert texts_of(figure, "axis") == ["Hazard ratio (log scale)"]
