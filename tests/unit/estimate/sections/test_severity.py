"""Severity by what was known before infusion."""

import pytest

from cartcohort.estimate.sections import severity
from tests.unit.estimate.sections.toxicities import factor, make_subjects, syndromes_of


def compare(grades, **factors):
    subjects = make_subjects(len(grades), **factors)
    rows = [(i, "CRS", grade, 1, 3) for i, grade in enumerate(grades) if grade != 0]
    crs = syndromes_of(*rows, subjects=subjects)["crs"]
    found = severity.compare_severity(crs, subjects, list(factors), labels={"burden": "Burden"}, conf_level=0.95)
    return {name.removeprefix("safety/crs/severity/"): result for name, result in found.items()}


LOW_HIGH = factor(*["low"] * 5, *["high"] * 5, levels=["low", "high"])


def test_shares_differences_and_fishers_test_are_those_of_the_table():
    found = compare([0, 1, 2, 1, 3, 3, 4, 3, 2, 5], burden=LOW_HIGH)
    assert (found["burden/low"].n_event, found["burden/low"].n) == (1, 5)
    assert (found["burden/high"].n_event, found["burden/high"].n) == (4, 5)
    assert found["risk_difference/burden/high"].estimate == pytest.approx(0.6)
    # 2 x 2 table 4, 1; 1, 4: (25 + 1) of 252 tables on either side.
    assert found["test/burden"].p_value == pytest.approx(2 * 26 / 252)
    assert found["test/burden"].label == "Burden"


def test_the_rank_test_uses_all_grades_and_points_to_the_higher_group():
    found = compare([0, 1, 1, 2, 2, 2, 3, 3, 4, 5], burden=LOW_HIGH)
    assert found["rank/burden"].estimate > 0
    assert found["rank/burden"].p_value < found["test/burden"].p_value < 0.05
    assert found["rank/burden"].unit == "grades"


def test_three_levels_have_a_test_over_all_and_differences_from_the_first():
    found = compare([0, 1, 3, 3, 4, 4], arm=factor(*"aabbcc", levels=["a", "b", "c"]))
    assert "Kruskal-Wallis" in found["rank/arm"].method
    assert [name for name in found if name.startswith("risk_difference")] == [
        "risk_difference/arm/b", "risk_difference/arm/c",
    ]  # fmt: skip


def test_p_values_are_adjusted_over_the_factors_each_kind_by_itself():
    found = compare([0, 1, 2, 1, 3, 3, 4, 3, 2, 5], burden=LOW_HIGH, sex=factor(*"fm" * 5, levels=["f", "m"]))
    assert found["test/burden"].p_holm == pytest.approx(2 * found["test/burden"].p_value)
    assert "2 factors tested on CRS of grade 3 or higher" in found["test/burden"].note


def test_ungraded_patients_and_missing_factors_are_left_out():
    found = compare([1, None, 3, 3], burden=factor("low", "low", "high", None, levels=["low", "high"]))
    assert [found[f"burden/{level}"].n for level in ("low", "high")] == [1, 1]
    assert "1 with a missing value left out" in found["test/burden"].note


def test_one_sided_severity_is_not_tested():
    found = compare([1, 2, 1, 0], burden=factor("low", "low", "high", "high", levels=["low", "high"]))
    assert found["test/burden"].p_value is None
    assert found["test/burden"].note == "not estimable: no patient had grade 3 or higher"


def test_nothing_to_compare_gives_no_results():
    assert compare([1, 3], only=factor("a", "a", levels=["a"])) == {}
    assert len(severity.compare_severity(None, make_subjects(2), ["sex"], labels={}, conf_level=0.95)) == 0


def test_bars_by_factor_hold_everybody_and_stop_before_they_are_too_many():
    subjects = make_subjects(3, sex=factor(*"fmm", levels=["f", "m"]), centre=factor(*"abc", levels=["a", "b", "c"]))
    crs = syndromes_of((0, "CRS", 3, 1, 3), (1, "CRS", None, 1, 3), subjects=subjects)["crs"]
    options = {"labels": {"sex": "Sex"}, "most_groups": 4}
    counts = severity.count_grades_by_factor(crs, subjects, ["sex", "centre"], **options)
    assert counts.index.tolist() == ["Sex: f", "Sex: m"]
    assert counts.loc["Sex: m"].to_dict() == {0: 1, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, -1: 1}
    assert severity.count_grades_by_factor(None, subjects, ["sex"], **options).empty
