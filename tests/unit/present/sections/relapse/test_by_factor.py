"""Relapse and death in remission by factor: both models, tests and their adjustment."""

from cartcohort.estimate.results import ResultSet
from cartcohort.present.display import Notice
from cartcohort.present.sections import relapse as report
from tests.unit.present.sections.relapse.curves import curve
from tests.unit.present.sections.relapse.records import BY_FACTOR, INCIDENCE, share, test_of

LABELS = {"risk": "Genetic risk", "sex": "Sex"}


def describe_by_factor(results, *factors):
    factors = factors or ("risk", "sex")
    return report.describe_by_factor(results, factors=factors, labels=LABELS, p_style="journal").text


def test_effects_stand_before_the_p_value_and_adjustment_is_named():
    text = describe_by_factor(INCIDENCE | BY_FACTOR)
    assert text.index("sHR 1.80") < text.index("cause-specific HR 2.10") < text.index("Gray's test p = 0.030")
    assert "p was below 0.05 for genetic risk (p = 0.030, not after Holm adjustment)." in text
    assert "With 10 relapses in all, a difference not seen is not a difference excluded." in text


def test_of_many_levels_the_lowest_and_the_highest_are_said():
    many = {f"relapse/cir/24m/centre/{place}": share(place, 10) for place in range(1, 7)}
    results = INCIDENCE | ResultSet(many) | {"relapse/gray/cir/centre": test_of(0.5, 0.5)}
    text = describe_by_factor(results, "centre")
    assert "by centre was between 10.0% (95% CI, 10.0% to 50.0%) for 1 and 60.0%" in text


def test_a_level_may_hold_a_slash():
    named = {
        name.replace("/low", "/ALL/MPAL").replace("risk", "group [a]"): result for name, result in BY_FACTOR.items()
    }
    results = INCIDENCE | ResultSet(named)
    table = report.table_by_factor(results, factors=("group [a]",), labels={}, p_style="journal")
    assert "ALL/MPAL,2,8,0.25," in table.csv
    assert "25.0% (95% CI, 10.0% to 50.0%) for ALL/MPAL" in describe_by_factor(results, "group [a]")
    assert "sHR 1.80" in describe_by_factor(results, "group [a]")


def test_without_a_factor_one_notice_says_so():
    notices = {
        report.plot_by_factor({}, INCIDENCE, factor="", labels=LABELS, min_at_risk=1, p_style="journal"),
        report.plot_models(INCIDENCE, p_style="journal"),
        report.table_by_factor(INCIDENCE, factors=(), labels=LABELS, p_style="journal"),
    }
    assert len(notices) == 1
    assert notices == {Notice(describe_by_factor(INCIDENCE))}


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
