"""What is said of the time after relapse, of late events, of monitoring and of other readings."""

import pandas as pd

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.sections import relapse as report
from tests.unit.present.sections.relapse.records import COURSE, INCIDENCE, NOTHING, months, share

READINGS = ResultSet(
    {
        "relapse/handling/ignore/cir/24m": share(10, 27, estimate=0.37),
        "relapse/handling/competing/cir/24m": share(9, 27, estimate=0.333),
        "relapse/one_minus_km/cir/24m": share(10, 27, estimate=0.408),
    }
)


def describe(results):
    return report.describe_course(results, landmark_months=24).text


def test_times_to_relapse_have_their_range():
    assert describe(COURSE).startswith(
        "The 10 relapses came 5.2 months after first response (median; range, 2.6 to 10.3)."
    )


def test_a_single_relapse_has_no_range():
    one = ResultSet({**COURSE, "relapse/time_to_relapse/median": months(5.2, n=1)})
    assert describe(one).startswith("The only relapse came 5.2 months after first response.")


def test_relapses_at_one_time_have_no_range():
    same = {f"relapse/time_to_relapse/{name}": months(2.0) for name in ("median", "minimum", "maximum")}
    assert "came 2.0 months after first response. " in describe(ResultSet({**COURSE, **same}))


def test_the_only_patient_beyond_the_landmark_is_one():
    hazards = [name for name in COURSE if name.endswith("/hazard")]
    alone = {name: Result(estimate=0.0, n=1, n_event=0, unit="events per patient-year") for name in hazards}
    assert "The only patient free of both and still followed 24 months after first response had neither later: " in (
        describe(ResultSet({**COURSE, **alone}))
    )


def test_few_beyond_the_landmark_are_said_to_be_few():
    text = describe(COURSE)
    assert "Of 7 patients free of both and still followed 24 months after first response, none relapsed" in text
    assert "0.00 (95% CI, 0.00 to 0.31) relapses" in text
    assert text.endswith("With so few followed that long, the upper limits matter more than the estimates.")


def test_nobody_beyond_the_landmark_is_said():
    gone = {name: Result(n=0, n_event=0) if "hazard" in name else result for name, result in COURSE.items()}
    assert describe(ResultSet(gone)).endswith(
        "Nobody in remission was followed beyond 24 months from first response."
    )


def test_without_a_relapse_there_is_no_course():
    assert describe(NOTHING) == "No relapse with a known day is recorded."


def test_the_tables_of_the_course_hold_unrounded_numbers():
    table = report.table_course(COURSE)
    assert table.csv.splitlines()[1] == '"From first response to relapse, median (range)",10,5.2,2.6,10.3'
    assert "Survival after relapse, median (95% CI)" in table.text and "3.1 (0.8–16.8)" in table.text
    landmark = report.table_landmark(COURSE, landmark_months=24)
    assert "0.00 (0.00–0.31)" in landmark.text
    assert isinstance(report.table_landmark(ResultSet(), landmark_months=24), Notice)


def marker(value, unit="%", label="MRD, relapse later: last value"):
    return Result(estimate=value, n=5, unit=unit, label=label)


def present_markers(groups):
    names = ("median", "minimum", "maximum")
    results = {f"relapse/monitoring/mrd/{group}/{name}": marker(0.2) for group in groups for name in names}
    if "relapse" in groups:
        results["relapse/monitoring/mrd/relapse/days_before"] = Result(estimate=30, unit="days", n=5)
    values = pd.DataFrame({"subject": "A", "day": [1.0, 2.0], "value": [0.2, 0.3], "marker": "MRD", "group": "x"})
    return report.present_markers(values, ResultSet(results), units={"MRD": "%"})


def test_markers_are_drawn_tabulated_and_said():
    figure, table, sentence = present_markers(("no_relapse", "relapse"))
    assert (type(figure), type(table), type(sentence)) == (Figure, Table, Sentence)
    assert "MRD 0.2 against 0.2 %" in sentence.text
    assert "Values below a limit of detection are as the study enters them" in table.html
    assert figure.title == "Markers in remission, by whether relapse followed"
    assert "describe and do not predict" in sentence.text
    assert table.csv.splitlines()[2].endswith(",5,0.2,0.2,0.2,30.0")


def test_a_marker_of_one_group_is_not_compared():
    assert present_markers(("no_relapse",))[2].text.startswith("No marker was measured both")


def test_a_study_without_markers_gets_one_notice_that_names_the_assays():
    (notice,) = report.present_markers(pd.DataFrame(), ResultSet(), units={})
    assert isinstance(notice, Notice)
    assert "car_transgene" in notice.text


def test_one_minus_kaplan_meier_is_called_a_contrast():
    questions = {"ignore": "Transplant ignored", "competing": "Transplant competes"}
    table = report.table_readings(READINGS, questions=questions)
    assert "Contrast: one minus Kaplan-Meier" in table.text
    assert "overstates" in table.html


def test_readings_are_said_with_their_spread():
    text = report.describe_readings(INCIDENCE | READINGS).text
    assert "at 24 months at 40.8%, the cumulative incidence at 37.0%" in text
    assert text.endswith("the incidence lies between 33.3% and 37.0%.")


def test_readings_that_agree_are_not_called_different():
    same = {name: share(10, 27, estimate=0.37) for name in READINGS}
    text = report.describe_readings(INCIDENCE | ResultSet(same)).text
    assert text == "At 24 months one minus Kaplan-Meier gives the same figure as the cumulative incidence here."


def test_a_contrast_beyond_follow_up_is_not_estimable():
    late = READINGS | {"relapse/cir/24m": share(10, 27), "relapse/total": share(10, 35)}
    late = ResultSet({**late, "relapse/one_minus_km/cir/24m": Result(n=27, unit="proportion", note="not estimable")})
    assert "are not both estimable" in report.describe_readings(late).text


def test_no_relapse_has_no_reading():
    assert report.describe_readings(NOTHING).text.startswith("Without a recorded relapse")
