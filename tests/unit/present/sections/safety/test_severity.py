"""What went with severity: factors, peaks, and early treatment that never comes without its caveat."""

import pandas as pd

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice
from cartcohort.present.sections import safety as report
from cartcohort.present.sections.safety.early import CONFOUNDED
from tests.unit.present.sections.safety.records import lasting, lines, numbers, share

LABELS = {"tumor_burden": "Tumour burden", "sex": "Sex"}
STEM = "safety/crs/severity"


def difference(value, low, high):
    return Result(estimate=value, conf_low=low, conf_high=high, conf_level=0.95, unit="risk difference")


def p_of(p, *, holm=None):
    return Result(p_value=p, p_holm=holm, p_bh=holm, n=10)


def by_factor(factor, levels, p, *, holm=None):
    first, second = levels
    return ResultSet(
        {
            f"{STEM}/{factor}/{first}": share(0, 4),
            f"{STEM}/{factor}/{second}": share(3, 6),
            f"{STEM}/risk_difference/{factor}/{second}": difference(0.5, 0.1, 0.8),
            f"{STEM}/test/{factor}": p_of(p, holm=holm),
            f"{STEM}/rank/{factor}": p_of(p / 2),
        }
    )


BOTH = by_factor("sex", ("female", "male"), 0.004, holm=0.008) | by_factor(
    "tumor_burden", ("low", "high"), 0.02, holm=0.02
)


def test_the_table_shows_shares_differences_and_tests_by_factor():
    heading, sex, female, male, *_ = lines(report.table_severity(BOTH, labels=LABELS, p_style="journal"))
    assert heading == [
        "Factor", "Events/N", "Percentage (95% CI)", "Difference, points (95% CI)", "Fisher p", "p (Holm)", "p (BH)",
        "Rank p",
    ]  # fmt: skip
    assert sex == ["Sex", "0.0040", "0.0080", "0.0080", "0.0020"]
    assert female == ["female", "0/4", "0.0% (10.0%–90.0%)", "Reference"]
    assert male == ["male", "3/6", "50.0% (10.0%–90.0%)", "50.0 (10.0–80.0)"]


def test_burden_is_said_first_and_others_only_where_adjustment_leaves_them():
    said = report.describe_severity(BOTH, labels=LABELS, p_style="journal")[0].text
    assert said == (
        "CRS of grade 3 or higher by tumour burden: low 0/4 (0.0%) and high 3/6 (50.0%) (difference 50.0 percentage "
        "points; 95% CI, 10.0 to 80.0; p = 0.020, 0.020 after Holm's adjustment). "
        "Of the other factors, sex had a p-value below 0.05 after Holm's adjustment."
    )


def test_without_burden_the_smallest_p_value_is_said():
    results = by_factor("sex", ("female", "male"), 0.4) | by_factor("arm", ("a", "b"), 0.3)
    said = report.describe_severity(results, labels=LABELS, p_style="journal")[0].text
    assert said.startswith("CRS of grade 3 or higher by arm:")
    assert said.endswith("No other factor had a p-value below 0.05 after Holm's adjustment.")


def peaks(p=0.001):
    stem = "safety/crs/peak/il6"
    known = {"unit": "pg/mL", "n": 3}
    shift = Result(
        estimate=900, conf_low=300, conf_high=1500, conf_level=0.95, p_value=p, unit="pg/mL", label="Interleukin-6"
    )
    values = {"below_grade_3": (20, 10, 40), "grade_3_or_higher": (1000, 400, 2000)}
    found = {
        f"{stem}/{group}{part}": Result(estimate=value, **known)
        for group, numbers_ in values.items()
        for part, value in zip(("", "/minimum", "/maximum"), numbers_, strict=True)
    }
    return ResultSet(found | {f"{stem}/test": shift})


def test_peaks_are_tabulated_and_said_with_the_shift_before_its_p_value():
    table = report.table_peaks(peaks(), mixed_units=("Ferritin",), p_style="journal")
    (row,) = numbers(table)
    assert (row["marker"], row["unit"], row["below"], row["severe_high"], row["shift"]) == (
        "Interleukin-6", "pg/mL", "20.0", "2000.0", "900.0",
    )  # fmt: skip
    assert "Left out since their values have several units: Ferritin." in table.html
    assert report.describe_severity(peaks(), labels={}, p_style="journal")[0].text == (
        "The median peak with and without CRS of grade 3 or higher was, for interleukin-6 1000 and 20 pg/mL "
        "(shift 900 pg/mL; 95% CI, 300 to 1500; p = 0.0010)."
    )


def test_peaks_are_drawn_by_grade_with_their_comparison():
    values = pd.DataFrame(
        {
            "value": [10.0, 400.0],
            "panel": pd.Categorical(["Interleukin-6"] * 2),
            "unit": "pg/mL",
            "group": pd.Categorical(["None", "3"], categories=["None", "1", "2", "3"]),
            "series": pd.Categorical(["below grade 3", "grade 3 or higher"]),
        }
    )
    figure = report.plot_peaks(values, peaks(), p_style="journal")
    assert "Shift 900 (300–1500) pg/mL, p = 0.0010." in figure.description


def early(*, estimable=True):
    stem = "safety/crs/early_treatment"
    ratio = {"estimate": 1.5, "conf_low": 0.6, "conf_high": 4} if estimable else {"note": "not estimable: one group"}
    return ResultSet(
        {
            f"{stem}/given": share(3, 8),
            f"{stem}/treated/grade_3_or_higher": share(3, 3),
            f"{stem}/treated/below_grade_3": share(1, 5),
            f"{stem}/severity/early": share(2, 3),
            f"{stem}/severity/not_early": share(1, 5),
            f"{stem}/severity/risk_difference": difference(0.47, -0.2, 0.8),
            f"{stem}/severity/test": p_of(0.2),
            f"{stem}/duration/early": lasting(8, 4, 12),
            f"{stem}/duration/not_early": lasting(4, 3, 6),
            f"{stem}/os/cox": Result(**ratio, conf_level=0.95, unit="hazard ratio"),
            f"{stem}/os/logrank": p_of(0.4),
        }
    )


def test_early_treatment_is_shown_with_the_caveat_and_who_was_treated():
    table = report.table_early_treatment(early(), early_treatment_days=1, p_style="journal")
    rows = {row["outcome"]: row for row in numbers(table)}
    assert rows["patients"]["early"] == "3"
    assert rows["death"]["contrast"] == "1.5"
    assert "Effect" not in table.html, "the caption says that this is none"
    assert CONFOUNDED in table.html
    assert "at most 1 day after the onset" in table.html
    assert "Treated at any time: 3/3 (100.0%) with CRS of grade 3 or higher, 1/5 (20.0%) below." in table.html
    assert "Response" not in table.text


def test_early_treatment_is_said_with_the_caveat_before_any_number_that_tempts():
    said = report.describe_severity(early(), labels={}, p_style="journal")[0].text
    assert said.startswith(f"3 of 8 patients with CRS were treated early. {CONFOUNDED}")
    assert "hazard ratio 1.50 (95% CI, 0.60 to 4.00); log-rank p = 0.40" in said


def test_a_single_group_has_no_ratio_to_speak_of():
    assert "hazard" not in report.describe_severity(early(estimable=False), labels={}, p_style="journal")[0].text
    table = report.table_early_treatment(early(estimable=False), early_treatment_days=2, p_style="journal")
    assert ["Death: hazard ratio", "NE", "0.40"] in lines(table)


def test_without_crs_each_part_says_what_it_needs():
    nothing = pd.DataFrame(columns=["value", "panel", "unit", "group", "series"])
    assert report.plot_severity(pd.DataFrame()) == report.table_severity(ResultSet(), labels={}, p_style="journal")
    assert report.plot_peaks(nothing, ResultSet(), p_style="journal") == report.table_peaks(
        ResultSet(), p_style="journal"
    )
    notice = report.table_early_treatment(ResultSet(), early_treatment_days=2, p_style="journal")
    assert isinstance(notice, Notice)
    assert "day of the first tocilizumab or corticosteroid" in notice.text
    (said,) = report.describe_severity(ResultSet(), labels={}, p_style="journal")
    assert said.text == "What went with severe CRS cannot be told from these data."
