"""Response by factor as a reader sees it."""

import csv
import io

import pandas as pd

from cartcohort.estimate.sections import response_by_factor as composer
from cartcohort.present.display import Notice
from cartcohort.present.sections import response_by_factor as report

LABELS = {"genetic_risk": "Genetic risk", "sex": "Sex", "centre": "Centre"}


def category(values, levels):
    return pd.Categorical(values, categories=levels, ordered=True)


def make_subjects():
    """27 responders of 35; all eight non-responders are of high risk."""
    return pd.DataFrame(
        {
            "best_response": ["CR"] * 27 + ["NR"] * 8,
            "genetic_risk": category(["high"] * 19 + ["low"] * 8 + ["high"] * 8, ["low", "high"]),
            "sex": category((["male", "female"] * 18)[:35], ["female", "male"]),
        }
    )


def compare(subjects, *factors):
    return composer.compare_response(subjects, factors, labels=LABELS, conf_level=0.95)


def rows_of(table):
    return list(csv.DictReader(io.StringIO(table.csv)))


def test_a_factor_has_its_tests_and_each_level_its_rate_and_difference():
    table = report.table_response_by_factor(compare(make_subjects(), "genetic_risk"), labels=LABELS)
    factor, low, high = (line.split("  ") for line in table.text.splitlines()[2:])
    assert [part.strip() for part in factor if part.strip()] == ["Genetic risk", "0.15", "0.15", "0.15"]
    assert [part.strip() for part in low if part.strip()] == ["low", "8/8", "100.0% (63.1%–100.0%)", "Reference"]
    assert [part.strip() for part in high if part.strip()] == [
        "high",
        "19/27",
        "70.4% (49.8%–86.2%)",
        "−29.6 (−48.5 to 5.6)",
    ]


def test_the_csv_keeps_proportions_in_full():
    factor, _, high = rows_of(
        report.table_response_by_factor(compare(make_subjects(), "genetic_risk"), labels=LABELS)
    )
    assert (factor["factor"], factor["level"]) == ("Genetic risk", "")
    assert float(high["difference"]) == 19 / 27 - 1
    assert float(factor["p_value"]) != round(float(factor["p_value"]), 4)


def test_those_left_out_for_a_missing_factor_stand_in_a_footnote():
    subjects = make_subjects()
    subjects.loc[:1, "genetic_risk"] = None
    html = report.table_response_by_factor(compare(subjects, "genetic_risk"), labels=LABELS).html
    assert "2 with a missing value left out." in html


def test_p_values_follow_the_chosen_style():
    text = report.table_response_by_factor(
        compare(make_subjects(), "genetic_risk"), labels=LABELS, p_style="four_decimals"
    ).text
    assert "0.1539" in text


def test_the_sentence_gives_the_effect_before_the_p_value_and_counts_the_factors():
    subjects = make_subjects().assign(centre=category(["a"] * 27 + ["b"] * 8, ["a", "b"]))
    said = report.describe_response_by_factor(compare(subjects, "centre", "sex"), labels=LABELS).text
    assert said.startswith("Of the factors, the smallest p-value was that of centre: a ")
    assert said.index("percentage points; 95% CI, ") < said.index("p < 0.0001, <0.0001 after Holm's adjustment")


def test_where_no_p_value_is_small_no_factor_is_held_up():
    said = report.describe_response_by_factor(compare(make_subjects(), "genetic_risk", "sex"), labels=LABELS).text
    assert said == "No factor was associated with response (smallest p = 0.15)."


def test_a_single_factor_is_not_called_the_smallest():
    said = report.describe_response_by_factor(compare(make_subjects(), "genetic_risk"), labels=LABELS).text
    assert said.startswith("Response by genetic risk: ")
    assert "Holm" not in said


def test_findings_before_and_after_adjustment_are_counted():
    subjects = make_subjects().assign(centre=category(["a"] * 27 + ["b"] * 8, ["a", "b"]))
    said = report.describe_response_by_factor(compare(subjects, "centre", "sex"), labels=LABELS).text
    assert said.endswith("Of 2 factors, 1 had a p-value below 0.05 unadjusted, 1 after Holm's adjustment.")


def test_of_many_levels_the_sentence_names_the_lowest_and_the_highest():
    levels = list("abcdef")
    subjects = pd.DataFrame(
        {"best_response": ["CR", "NR"] * 11 + ["CR", "CR"], "centre": category([*levels * 4], levels)}
    )
    said = report.describe_response_by_factor(compare(subjects, "centre"), labels=LABELS).text
    assert "of 6 levels, between b 0/4 (0.0%) and a 4/4 (100.0%) responded" in said


def test_where_everybody_responded_a_notice_says_so_instead_of_rows_of_the_same_rate():
    found = compare(make_subjects().assign(best_response="CR"), "genetic_risk")
    said = report.describe_response_by_factor(found, labels=LABELS).text
    assert said == "Response cannot be compared by any factor: everybody responded."
    assert report.table_response_by_factor(found, labels=LABELS) == Notice(said)
    assert report.plot_response_by_factor(found, labels=LABELS) == Notice(said)


def test_without_factors_there_is_a_notice_and_a_sentence():
    nothing = compare(make_subjects())
    assert isinstance(report.table_response_by_factor(nothing, labels=LABELS), Notice)
    assert isinstance(report.plot_response_by_factor(nothing, labels=LABELS), Notice)
    assert "no two groups" in report.describe_response_by_factor(nothing, labels=LABELS).text


def test_the_figure_names_levels_under_their_factor():
    figure = report.plot_response_by_factor(compare(make_subjects(), "genetic_risk", "sex"), labels=LABELS)
    assert (
        "Genetic risk – low: 100.0% (95% CI, 63.1% to 100.0%); high: 70.4% (95% CI, 49.8% to 86.2%)."
        in figure.description
    )
    assert "Sex – female" in figure.description
