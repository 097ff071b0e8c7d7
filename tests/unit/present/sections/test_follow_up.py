"""What is said of maturity."""

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.sections import follow_up

KNOWN = {"n": 35, "n_event": 20}


def months(estimate, **more):
    return Result(estimate=estimate, unit="months", **{**KNOWN, **more})


def records(*, complete=0.989, at_risk=9, few=45.7):
    prefix = "survival/os/followup"
    note = "" if complete is not None else "not estimable: the study has no data cut-off"
    possible = (13.1, 59.5) if complete is not None else (None, None)
    return ResultSet(
        {
            f"{prefix}/median": months(39.3, conf_low=17.9, conf_high=46.6, conf_level=0.95),
            f"{prefix}/completeness": Result(estimate=complete, unit="proportion", note=note, **KNOWN),
            f"{prefix}/censored/minimum": months(12.5),
            f"{prefix}/censored/maximum": months(59.5),
            f"{prefix}/potential/minimum": months(possible[0], note=note),
            f"{prefix}/potential/maximum": months(possible[1], note=note),
            f"{prefix}/at_risk/24m": Result(estimate=at_risk, unit="patients", **KNOWN),
            f"{prefix}/few_from": months(few),
        }
    )


def test_maturity_is_said_in_one_place():
    assert follow_up.describe_follow_up(records(), min_at_risk=5).text == (
        "Maturity of overall survival: 20/35 (57.1%) patients had an event, and median follow-up by the reverse "
        "Kaplan-Meier method was 39.3 months (95% CI, 17.9 to 46.6). Of the person-time possible up to the data "
        "cut-off 98.9% was observed, the cut-off coming 13.1 to 59.5 months after time zero. 9 patients were at risk "
        "at 24 months, and fewer than 5 after 45.7 months, from where the curve is faint and should not be read "
        "closely."
    )


def test_without_a_cut_off_completeness_cannot_be_told():
    text = follow_up.describe_follow_up(records(complete=None, at_risk=1), min_at_risk=0).text
    assert "cannot be told, for the study has no data cut-off. 1 patient was at risk at 24 months." in text
    assert "faint" not in text


def test_the_table_has_ranges_and_numbers_at_risk():
    table = follow_up.table_follow_up(records(), min_at_risk=5)
    assert "12.5–59.5" in table.text and "13.1–59.5" in table.text and "98.9%" in table.text
    assert "Fewer than 5 after" in table.text
    without = follow_up.table_follow_up(records(complete=None), min_at_risk=5)
    assert without.text.splitlines()[-1].split().count("NE") == 1, "the one with its reason below the table"
    assert "the study has no data cut-off" in without.html
    assert "Fewer than" not in follow_up.table_follow_up(records(), min_at_risk=1).text


def test_few_patients_from_the_start_are_told_without_a_time():
    text = follow_up.describe_follow_up(records(at_risk=0, few=0.0), min_at_risk=5).text
    assert text.endswith("Fewer than 5 patients were at risk throughout; the curve should not be read closely.")
    assert "0.0 months" not in text


def test_equal_ends_of_a_range_are_told_once():
    found = dict(records())
    for which in ("minimum", "maximum"):
        found[f"survival/os/followup/censored/{which}"] = months(3.3)
        found[f"survival/os/followup/potential/{which}"] = months(4.0)
    table = follow_up.table_follow_up(ResultSet(found), min_at_risk=5)
    assert "3.3–3.3" not in table.text and "3.3 " in table.text
    text = follow_up.describe_follow_up(ResultSet(found), min_at_risk=5).text
    assert "the cut-off coming 4.0 months after time zero" in text


def test_nothing_asked_is_said():
    assert "no follow-up" in follow_up.describe_follow_up(ResultSet(), min_at_risk=5).text
