"""What a reader is told of the second route: one line where all agree, a warning where not."""

import re
from dataclasses import replace

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice, Summary
from cartcohort.present.sections import self_check

AGREES = Result(
    estimate=12.0,
    method="risk table",
    label="Medians: OS: median, by count",
    note="agrees to 1e-08 in estimate; largest relative difference 3e-12",
)
FITTED = Result(
    method="statsmodels PHReg",
    label="Hazard ratios: OS: high, by statsmodels",
    note="agrees to 1e-06 in estimate; largest relative difference 2e-09",
)
UNABLE = replace(FITTED, method="lifelines", note="not checked: the library failed (ValueError)")
WRONG = Result(
    p_value=0.05,
    method="statsmodels survdiff",
    label="Log-rank tests: OS: <genetic risk>, by statsmodels",
    note="disagrees: p_value is 0.03, here 0.05; largest relative difference 0.4",
)


def checks(records, *, checked, agreeing, largest="2e-09"):
    totals = {
        "checked": Result(estimate=checked, n=len(records)),
        "agreeing": Result(estimate=agreeing, n=checked, note=f"largest relative difference {largest}"),
    }
    return ResultSet({**records, **totals}).under("survival/self_check")


SOUND = checks({"os/median/count": AGREES, "os/cox/risk/high/statsmodels": FITTED}, checked=2, agreeing=2)
WRONGED = checks({"os/median/count": AGREES, "os/logrank/risk/statsmodels": WRONG}, checked=2, agreeing=1)


def test_one_line_says_how_many_agree_and_how_closely():
    said = self_check.describe_checks(SOUND).text
    assert said == (
        "2 of 2 headline results recomputed by a second route agree (largest relative difference 2 × 10⁻⁹)."
    )
    one = self_check.describe_checks(checks({"os/median/count": AGREES}, checked=1, agreeing=1)).text
    assert one.startswith("1 of 1 headline result recomputed by a second route agrees")
    none = self_check.describe_checks(checks({}, checked=0, agreeing=0)).text
    assert none == "No headline result could be recomputed by a second route."


def test_the_table_has_a_row_a_kind_with_its_route_and_largest_difference():
    table, _ = self_check.report_checks(SOUND, id="survival-self-check")
    lines = [re.split(r"  +", line) for line in table.text.splitlines()]
    assert table.caption == "Checked by a second route"
    assert lines[2:] == [
        ["Medians", "1 of 1", "3 × 10⁻¹²", "risk table"],
        ["Hazard ratios", "1 of 1", "2 × 10⁻⁹", "statsmodels PHReg"],
    ]
    assert "Medians,1,1,3e-12,risk table" in table.csv
    assert "Not made by one of the routes" not in table.html


def test_a_disagreement_heads_the_table_with_both_values_beneath_it():
    table, sentence = self_check.report_checks(WRONGED, id="x")
    lines = table.text.splitlines()
    assert lines[2].startswith("Disagreements")
    assert lines[3].startswith("OS: <genetic risk>")
    assert "p_value is 0.03, here 0.05" in table.html
    assert "&lt;genetic risk&gt;" in table.html
    assert sentence.text == (
        "1 of 2 headline results differs between the first route and a second one: OS: <genetic risk>."
    )


def test_what_a_route_could_not_tell_is_said_and_counts_for_nothing():
    told = checks(
        {"os/cox/risk/high/statsmodels": FITTED, "os/cox/risk/high/lifelines": UNABLE}, checked=1, agreeing=1
    )
    table = self_check.table_checks(told, id="x")
    assert "Not made by one of the routes, and not counted: 1 comparison (the library failed (ValueError))." in (
        table.html
    )
    assert "lifelines" not in table.text
    assert "  1 of 1  " in table.text


def test_a_summary_gets_a_warning_only_where_the_routes_disagree():
    summary = Summary([], "Paragraph.", "curve")
    assert self_check.warn(summary, SOUND) is summary
    warned = self_check.warn(summary, WRONGED)
    assert warned.warning.startswith("1 of 2 headline results differs between the first route and a second one")
    assert "Do not rely on this section" in warned.warning
    assert (warned.paragraph, warned.thumbnail) == ("Paragraph.", "curve")


def test_a_section_without_anything_to_recompute_says_so():
    table = self_check.table_checks(checks({}, checked=0, agreeing=0), id="x")
    assert isinstance(table, Notice)
    assert table.text == "No result of this section was recomputed by a second route."
    assert self_check.warn(Summary([], ""), checks({}, checked=0, agreeing=0)).warning == ""


def test_many_disagreements_are_named_up_to_three():
    wrong = {f"os/logrank/{i}/count": replace(WRONG, label=f"Tests: factor {i}, by count") for i in range(5)}
    said = self_check.describe_checks(checks(wrong, checked=5, agreeing=0)).text
    assert said == (
        "5 of 5 headline results differ between the first route and a second one: factor 0, factor 1, factor 2, and "
        "2 more."
    )
