"""Relapse and death in remission by factor: both models, tests and their adjustment."""

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice
from cartcohort.present.sections import relapse as report
from tests.unit.present.sections.relapse.curves import curve
from tests.unit.present.sections.relapse.records import BY_FACTOR, INCIDENCE, ratio, share, test_of

LABELS = {"risk": "Genetic risk", "sex": "Sex"}


def describe_by_factor(results, *factors):
    factors = factors or ("risk", "sex")
    return report.describe_by_factor(results, factors=factors, labels=LABELS, p_style="journal").text


def test_effects_stand_before_the_p_value_and_adjustment_is_named():
    text = describe_by_factor(INCIDENCE | BY_FACTOR)
    assert text.index("sHR 1.80") < text.index("cause-specific HR 2.10") < text.index("Gray's test p = 0.030")
    assert (
        "On relapse, by Gray's test, 2 factors were tested: p is below 0.05 for genetic risk (sHR 1.80; 95% CI, 0.60 "
        "to 5.40; cause-specific HR 2.10; 95% CI, 0.70 to 6.30; p = 0.030, not after Holm's adjustment)."
    ) in text
    assert "With 10 relapses in all, a difference not seen is not a difference excluded." in text


def test_of_three_levels_the_ratio_of_each_stands_before_the_test():
    three = {f"relapse/fine_gray/cir/risk/{level}": ratio(at, "x") for at, level in enumerate(("mid", "top"), 1)}
    results = INCIDENCE | ResultSet({**three, "relapse/gray/cir/risk": test_of(0.0026, 0.0026)})
    assert (
        "(mid, sHR 1.00; 95% CI, 0.33 to 3.00; top, sHR 2.00; 95% CI, 0.67 to 6.00; Gray's test p = 0.0026)."
    ) in describe_by_factor(results, "risk")


def test_a_factor_that_could_not_be_tested_is_said_not_to_be():
    untested = Result(n=12, n_event=0, note="not estimable: no events")
    text = describe_by_factor(INCIDENCE | ResultSet({"relapse/gray/cir/risk": untested}), "risk")
    assert "On relapse, by Gray's test, 1 factor could not be tested (no events)." in text


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
    assert "ALL/MPAL,2,8,0.25,0.1,0.5," in table.csv
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


def test_the_models_of_a_factor_stand_below_one_heading():
    figure = report.plot_models(BY_FACTOR, p_style="journal")
    assert "Risk: high vs low – Relapse, Fine-Gray: 1.80 (" in figure.description
    assert "; Relapse, cause-specific: 2.10 (" in figure.description
    assert "; Death, cause-specific: 0.80 (" in figure.description


def test_an_infinite_ratio_gives_way_to_firths_which_is_named():
    name = "relapse/cause_specific/nrm/risk/high"
    lost = Result(unit="hazard ratio", label="NRM, cause-specific: Risk: high vs low", n=27, note="separation: x")
    penalised = ratio(4.5, "NRM, cause-specific, Firth: Risk: high vs low")
    results = ResultSet({**BY_FACTOR, name: lost, name.replace("specific", "specific_firth"): penalised})
    description = report.plot_models(results, p_style="journal").description
    assert "Death, cause-specific, Firth: 4.50" in description
    table = report.table_by_factor(INCIDENCE | results, factors=("risk",), labels=LABELS, p_style="journal")
    assert "separation: x" in table.html  # the footnote of what is not estimable
    assert "high: cause-specific HR, Firth" in table.text and "4.50 (1.50–13.5)" in table.text


def test_a_fine_gray_ratio_that_is_not_estimable_is_not_called_firths():
    name = "relapse/fine_gray/cir/risk/high"
    lost = Result(unit="subdistribution hazard ratio", label="CIR: Risk: high vs low", n=27, note="not estimable")
    description = report.plot_models(ResultSet({**BY_FACTOR, name: lost}), p_style="journal").description
    assert "Relapse, Fine-Gray: NE" in description and "Firth" not in description


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


def test_the_table_by_factor_puts_relapse_and_death_side_by_side():
    table = report.table_by_factor(INCIDENCE | BY_FACTOR, factors=("risk", "sex"), labels=LABELS, p_style="journal")
    lines = [line.replace("\u00a0", " ").split() for line in table.text.splitlines()[2:]]
    assert [" ".join(line) for line in lines] == [
        "Genetic risk",
        "low 25.0% (10.0%–50.0%), 2/8 0.0% (10.0%–50.0%), 0/8",
        "high 42.0% (10.0%–50.0%), 8/19 21.0% (10.0%–50.0%), 4/19",
        "high: sHR 1.80 (0.60–5.40), p = 0.30 1.20 (0.40–3.60), p = 0.30",
        "high: cause-specific HR 2.10 (0.70–6.30), p = 0.30 0.80 (0.27–2.40), p = 0.30",
        "Gray's test p = 0.030 (Holm 0.060) (BH 0.060) p = 0.18 (Holm 0.18) (BH 0.18)",
        "Sex",
        "Gray's test p = 0.70 (Holm 0.70) (BH 0.70)",
    ]
    assert table.csv.splitlines()[1] == "Genetic risk,low,2,8,0.25,0.1,0.5,,,,0,8,0.0,0.1,0.5,,,"


def test_a_test_that_could_not_be_done_says_why():
    results = ResultSet(
        {**BY_FACTOR, "relapse/gray/nrm/risk": Result(n=27, n_event=0, note="not estimable: no event")}
    )
    table = report.table_by_factor(INCIDENCE | results, factors=("risk",), labels=LABELS, p_style="journal")
    assert table.text.splitlines()[-1].endswith("NE")
    assert "not estimable: no event" in table.html


def test_few_relapses_are_a_caveat_only_where_a_difference_was_not_seen():
    caveat = "With 10 relapses in all, a difference not seen is not a difference excluded."
    said = report.describe_by_factor(
        INCIDENCE | BY_FACTOR, factors=("risk", "sex"), labels=LABELS, p_style="journal"
    ).text
    assert said.endswith(caveat)
    seen = report.describe_by_factor(INCIDENCE | BY_FACTOR, factors=("risk",), labels=LABELS, p_style="journal").text
    assert caveat not in seen


def test_the_difference_between_the_two_ratios_is_explained_under_the_table():
    table = report.table_by_factor(INCIDENCE | BY_FACTOR, factors=("risk",), labels=LABELS, p_style="journal")
    assert "its sHR tends to lie below its cause-specific HR; where it has fewer, above." in table.html
