"""Sentences and tables of relapse and death in remission, and the section's summary."""

import numpy as np

from cartcohort.estimate.results import IncidenceCurve, ResultSet
from cartcohort.present.display import Notice
from cartcohort.present.sections import relapse as report
from tests.unit.present.sections.relapse.records import (
    ANTIGENS,
    BY_FACTOR,
    COURSE,
    INCIDENCE,
    NOTHING,
    share,
    test_of,
)

LABELS = {"risk": "Genetic risk", "sex": "Sex"}


def curve(cause, *steps):
    incidence, k = np.array(steps), len(steps)
    whole = np.arange(k, 0, -1)
    return IncidenceCurve(
        cause, np.arange(1.0, k + 1), incidence, incidence, incidence / 2, np.minimum(incidence * 2, 1), whole,
        np.ones(k, dtype=int), np.zeros(k, dtype=int), np.zeros(k, dtype=int), k, 0.95,
    )  # fmt: skip


def describe_by_factor(results):
    return report.describe_by_factor(results, factors=("risk", "sex"), labels=LABELS, p_style="journal").text


def test_both_events_are_drawn_with_their_incidence_at_the_last_time():
    curves = {"relapse": curve("relapse", 0.1, 0.3), "death without relapse": curve("death", 0.1, 0.2)}
    figure = report.plot_incidence(curves, INCIDENCE, min_at_risk=1)
    assert "CIR at 24 months 37.0% (95% CI, 10.0% to 50.0%)" in figure.description
    assert "Death without relapse" in figure.svg


def test_nobody_at_risk_gives_a_notice():
    assert isinstance(report.plot_incidence({}, ResultSet(), min_at_risk=5), Notice)
    assert isinstance(report.table_incidence(ResultSet(), exclusion_note="", reading="as is"), Notice)


def test_the_table_says_who_is_not_at_risk_and_what_a_transplant_is():
    table = report.table_incidence(INCIDENCE, exclusion_note="8 without CR or CRi", reading="Transplant ignored")
    assert "Not at risk: 8 without CR or CRi." in table.html
    assert "Transplant ignored." in table.html
    assert table.csv.splitlines()[1].startswith("Relapse (CIR),10,27,0.3,")


def test_the_share_that_relapsed_comes_before_the_incidences():
    text = report.describe_incidence(INCIDENCE).text
    assert text.startswith("10 of 35 patients (28.6%; 95% CI, 10.0% to 50.0%) relapsed.")
    assert "10 relapses and 4 deaths without relapse were seen; at 24 months" in text


def test_no_recorded_relapse_is_not_said_to_be_none():
    text = report.describe_incidence(NOTHING).text
    assert text == "No relapse is recorded: either none occurred, or relapse was not documented."


def test_one_relapse_is_said_in_the_singular():
    one = INCIDENCE.select("relapse/total") | {
        "relapse/cir/12m": share(1, 2), "relapse/nrm/12m": share(0, 2)
    }  # fmt: skip
    assert (
        "Among 2 patients followed from first response, 1 relapse and no deaths"
        in report.describe_incidence(one).text
    )


def test_effects_stand_before_the_p_value_and_adjustment_is_named():
    text = describe_by_factor(INCIDENCE | BY_FACTOR)
    assert text.index("sHR 1.80") < text.index("cause-specific HR 2.10") < text.index("Gray's test p = 0.030")
    assert "p was below 0.05 for genetic risk (p = 0.030, not after Holm adjustment)." in text
    assert "With 10 relapses in all, a difference not seen is not a difference excluded." in text


def test_of_many_levels_the_lowest_and_the_highest_are_said():
    many = {f"relapse/cir/24m/centre/{place}": share(place, 10) for place in range(1, 7)}
    text = describe_by_factor(INCIDENCE | ResultSet(many) | {"relapse/gray/cir/centre": test_of(0.5, 0.5)})
    assert "by centre was between 10.0% (95% CI, 10.0% to 50.0%) for 1 and 60.0%" in text


def test_without_a_factor_the_sentence_says_so():
    assert describe_by_factor(INCIDENCE).startswith("No factor with at least two groups")
    assert isinstance(report.plot_models(INCIDENCE, p_style="journal"), Notice)


def test_both_models_of_a_factor_stand_below_one_heading():
    figure = report.plot_models(BY_FACTOR, p_style="journal")
    assert "Risk: high vs low, Incidence (Fine-Gray): 1.80" in figure.description
    assert "Risk: high vs low, Rate in remission (cause-specific): 2.10" in figure.description


def test_the_panels_by_factor_carry_effect_and_test():
    curves = {
        "relapse": {"low": curve("relapse", 0.1), "high": curve("relapse", 0.2, 0.4)},
        "death without relapse": {"low": curve("death", 0.1), "high": curve("death", 0.2, 0.4)},
    }
    figure = report.plot_by_factor(
        curves, BY_FACTOR, factor="risk", labels=LABELS, min_at_risk=1, p_style="four_decimals"
    )
    assert figure.title == "Relapse and death without relapse by genetic risk"
    assert "Gray's test p = 0.0300" in figure.description
    assert "Gray's test p = 0.1800" in figure.description


def test_the_table_by_factor_has_tests_in_the_first_line_of_each_block():
    table = report.table_by_factor(INCIDENCE | BY_FACTOR, factors=("risk", "sex"), labels=LABELS, p_style="journal")
    first, second = table.csv.splitlines()[1:3]
    assert first.startswith("CIR by genetic risk,low,2,8,0.25,") and first.endswith(",0.03,0.06,0.06")
    assert second.startswith("CIR by genetic risk,high,8,19,0.42,") and second.endswith(",,,")


def test_the_summary_has_five_key_results_and_a_paragraph():
    results = INCIDENCE | BY_FACTOR | ANTIGENS | COURSE
    summary = report.summarise_section(results, escape_benchmark=0.3, p_style="journal")
    assert [key.value for key in summary.key_results] == ["28.6%", "37.0%", "15.0%", "0.0%", "3.1 months"]
    assert summary.key_results[3].note == "0/10; against 30.0%: p = 0.039"
    assert "Median survival after relapse was 3.1 months" in summary.paragraph
    assert summary.thumbnail == "relapse-incidence"


def test_the_summary_of_a_study_without_relapses_claims_nothing():
    summary = report.summarise_section(NOTHING, escape_benchmark=0.3, p_style="journal")
    assert [key.value for key in summary.key_results] == ["NE"]
    assert summary.paragraph == report.describe_incidence(NOTHING).text
    assert summary.thumbnail == ""
