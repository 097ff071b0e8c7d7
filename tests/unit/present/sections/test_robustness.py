"""What a reader is told of how firm comparisons are."""

from types import SimpleNamespace

import numpy as np
import pytest

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice
from cartcohort.present.sections import robustness, thresholds

LABELS = {"risk": "Genetic risk", "sex": "Sex", "age_years": "Age (years)"}
SAY = {"labels": LABELS, "p_style": "journal"}
RISK, SEX = "risk_factors/os/robustness/risk", "risk_factors/os/robustness/sex"
RESPONSE = "risk_factors/os/landmark/28d/robustness/response"


def probed(stem, p, low, high, fewest, *, permutation=None, levels=("high",)):
    permutation = p if permutation is None else permutation
    ratios = {
        f"{stem}/leave_one_out_ratio/{level}": Result(
            estimate=4.28,
            conf_low=3.71,
            conf_high=7.48,
            unit="hazard ratio",
            label=f"OS by risk: hazard ratio with one patient left out, {level} vs low",
        )
        for level in levels
    }
    return ResultSet(
        {
            f"{stem}/leave_one_out": Result(estimate=p, p_value=p, conf_low=low, conf_high=high, unit="p-value"),
            **ratios,
            f"{stem}/fragility": Result(
                estimate=fewest, unit="patients", note="" if fewest else "not estimable: why"
            ),
            f"{stem}/permutation": Result(
                estimate=permutation,
                p_value=permutation,
                conf_low=permutation - 0.004,
                conf_high=permutation + 0.004,
                conf_level=0.95,
                unit="p-value",
                n=35,
                n_event=20,
            ),
        }
    )


def probe(*, no_event=(), new_event=(), exact=True):
    return SimpleNamespace(omitted=None, no_event=no_event, new_event=new_event, exact=exact)


def test_one_patient_who_decides_and_few_changed_outcomes_are_told():
    results = probed(RISK, 0.0344, 0.022, 0.061, 1, permutation=0.052) | probed(SEX, 0.43, 0.3, 0.55, 5)
    text = robustness.describe_robustness(results, {RISK: probe(), SEX: probe()}, **SAY).text
    assert text == (
        "With one patient left out, p falls on both sides of 0.05 for OS by genetic risk (p = 0.034; 0.022 to "
        "0.061). It stays above 0.05 whoever is left out for OS by sex. "
        "Changing one outcome raises p above 0.05 for OS by genetic risk. "
        "The permutation test falls on the other side of 0.05 for OS by "
        "genetic risk (permutation p = 0.052)."
    )


def test_a_firm_comparison_and_an_upper_bound_are_told_as_such():
    results = probed(RESPONSE, 0.0001, 0.00005, 0.001, 6)
    text = robustness.describe_robustness(results, {RESPONSE: probe(exact=False)}, **SAY).text
    assert text == (
        "Whichever patient is left out, p stays below 0.05 for OS by response at day 28 (p = 0.00010; at most "
        "0.0010). Changing at most 6 outcomes raises p above 0.05 for OS by response at day 28."
    )


def test_a_p_value_that_prints_alike_whoever_is_left_out_has_no_second_one():
    results = probed(RISK, 0.00001, 0.000001, 0.00002, 6)
    text = robustness.describe_robustness(results, {RISK: probe()}, **SAY).text
    assert text.startswith(
        "Whichever patient is left out, p stays below 0.05 for OS by genetic risk (p < 0.0001). Changing 6 "
        "outcomes raises p above 0.05 for OS by genetic risk."
    )
    table = robustness.table_robustness(results, {RISK: probe(new_event=("P05",))}, **SAY)
    assert table.text.splitlines()[-1].split()[-7] == "<0.0001"


def test_nothing_to_probe_is_said():
    nothing = {"labels": LABELS, "p_style": "journal"}
    assert robustness.describe_robustness(ResultSet(), {}, **nothing).text == "There is no comparison to probe."
    assert isinstance(robustness.table_robustness(ResultSet(), {}, **nothing), Notice)
    assert isinstance(robustness.plot_omissions({}, **nothing), Notice)


def test_the_table_gives_ranges_limits_and_the_patients_whose_outcome_is_changed():
    results = probed(RISK, 0.0344, 0.022, 0.061, 3)
    table = robustness.table_robustness(results, {RISK: probe(no_event=("P07", "P10"), new_event=("P05",))}, **SAY)
    line = table.text.splitlines()[-1]
    assert line.split()[-8:] == [
        *("20/35", "0.034", "0.022–0.061", "4.28", "3.71–7.48", "0.034", "(0.030–0.038)", "3")
    ]
    assert "P07 and P10 counted as censored; P05 counted as an event" in table.html
    assert "from the landmark" not in table.html
    several = robustness.table_robustness(results, {RISK: probe(new_event=("P05", "P24"))}, **SAY)
    assert "P05 and P24 counted as events" in several.html


def test_an_upper_bound_is_marked_and_several_levels_have_lines_of_their_own():
    results = probed(RESPONSE, 0.001, 0.0005, 0.004, 9, levels=("mid", "high"))
    table = robustness.table_robustness(results, {RESPONSE: probe(no_event=("P01",), exact=False)}, **SAY)
    lines = table.text.splitlines()
    assert lines[-3].startswith("OS by response at day 28") and lines[-3].endswith("≤9")
    assert [line.split()[:3] for line in lines[-2:]] == [["mid", "vs", "low"], ["high", "vs", "low"]]
    assert "among those at risk then" in table.html


def test_what_cannot_be_told_has_a_footnote():
    table = robustness.table_robustness(probed(RISK, 0.3, 0.2, 0.5, None), {RISK: probe()}, **SAY)
    assert "NE" in table.text and "not estimable: why" in table.html


def scanned(smallest, selected, *, k=3):
    why = "not estimable: why"
    at_best = Result(estimate=smallest and 31.0, p_value=smallest, note="" if smallest else why)
    scan = SimpleNamespace(
        threshold=np.arange(k) + 30.0,
        n_low=np.full(k, 10),
        n_high=np.full(k, 25),
        p_value=np.full(k, smallest or np.nan),
        result=lambda: at_best,
    )
    limits = {"conf_low": selected - 0.01, "conf_high": selected + 0.01, "conf_level": 0.95} if selected else {}
    note = "" if selected else why
    return SimpleNamespace(
        scan=scan, selected=Result(estimate=selected, p_value=selected, unit="p-value", note=note, **limits)
    )


def records(scan, name="os"):
    stem = f"risk_factors/{name}/robustness"
    return ResultSet(
        {f"{stem}/threshold/age_years": scan.scan.result(), f"{stem}/threshold_selected/age_years": scan.selected}
    )


@pytest.mark.parametrize(
    ("smallest", "selected", "said"),
    [
        (0.03, 0.3, "is below 0.05 only as long as the choice among them is not allowed for in 1 scan: OS over age"),
        (0.001, 0.02, "below 0.05 with the choice allowed for: OS over age (years) (0.0010, adjusted p = 0.020)"),
        (0.2, 0.9, "No threshold gives a p-value below 0.05 for OS over age (years)."),
        (None, None, "No factor is defined by a threshold of a number."),
    ],
)  # fmt: skip
def test_a_smallest_p_value_is_told_with_the_choice_allowed_for(smallest, selected, said):
    assert said in thresholds.describe_scans(records(scanned(smallest, selected)), **SAY).text


def test_cuts_of_blasts_are_said_to_be_less_than_tumour_burden():
    found = {key.replace("age_years", "marrow_blasts_pct"): r for key, r in records(scanned(0.2, 0.9)).items()}
    assert "leave aside" in thresholds.describe_scans(ResultSet(found), **SAY).text
    assert "leave aside" not in thresholds.describe_scans(records(scanned(0.2, 0.9)), **SAY).text


def test_the_number_of_thresholds_stands_beside_the_smallest_p_value():
    table = thresholds.table_scans({"age_years": {"os": scanned(0.03, 0.3)}}, **SAY)
    assert table.text.splitlines()[-1].split()[-5:] == ["3", "0.030", "31", "0.30", "(0.29–0.31)"]
    assert isinstance(thresholds.table_scans({}, **SAY), Notice)
