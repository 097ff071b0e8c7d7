"""All events, markers over time, other readings, and the summary."""

import pandas as pd
import pytest

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice
from cartcohort.present.sections import safety as report
from tests.unit.present.sections.safety.records import course, days, grades, lines, numbers, share, treatment


def counts(*rows):
    columns = ["term", "any", *(f"grade_{g}" for g in range(1, 6)), "grade_3_or_higher", "not_recorded"]
    return pd.DataFrame(rows, columns=columns)


GRADED, UNGRADED = ("sepsis", 2, 0, 0, 1, 0, 1, 2, 0), ("acute GVHD", 3, 0, 0, 0, 0, 0, 0, 3)


@pytest.mark.parametrize(
    ("rows", "last", "note"),
    [
        ([GRADED], "Grade ≥3", "whole follow-up"),
        ([UNGRADED], "Grade not recorded", "nothing can be said of severity"),
        ([GRADED, UNGRADED], "Grade not recorded", "never graded stands in the last column"),
    ],
)
def test_columns_are_those_that_the_grades_can_fill(rows, last, note):
    table = report.table_all_events(counts(*rows), n=5)
    assert lines(table)[0][-1] == last
    assert ("Grade 1" in table.text) == (GRADED in rows)
    assert note in table.html
    assert lines(table)[1][0] in ("Sepsis", "Acute GVHD")


def test_no_event_is_a_notice_and_a_sentence():
    assert isinstance(report.table_all_events(counts(), n=5), Notice)
    assert isinstance(report.plot_events(pd.DataFrame()), Notice)
    assert report.describe_events(ResultSet()).text == "No adverse event is recorded for these patients."


def all_events(*, graded=True):
    severe = share(2, 5) if graded else Result(n=5, unit="proportion", note="not estimable: no grade was recorded")
    found = {"safety/any_event/any": share(4, 5), "safety/any_event/grade_3_or_higher": severe}
    found |= {"safety/any_event/fatal": share(1, 5)} if graded else {}
    for name, n_event in (("sepsis", 1), ("anaemia", 3)):
        found[f"safety/ae/{name}/any"] = share(n_event, 5, label=f"{name}: any grade")
        found[f"safety/ae/{name}/grade_3_or_higher"] = share(n_event - 1, 5, label=f"{name}: grade 3 or higher")
    return ResultSet(found)


def test_the_commonest_severe_and_the_fatal_events_are_said():
    said = report.describe_events(all_events()).text
    assert "The commonest of grade 3 or higher was anaemia 2/5 (40.0%)." in said
    assert said.endswith("One of 5 patients (20.0%; 95% CI, 10.0% to 90.0%) had a fatal adverse event (grade 5).")


def test_without_grades_the_commonest_events_are_said():
    said = report.describe_events(all_events(graded=False)).text
    assert said.endswith("No grade was recorded. The commonest were anaemia 3/5 (60.0%) and sepsis 1/5 (20.0%).")


def test_markers_are_drawn_by_severity_where_that_is_known():
    values = pd.DataFrame(
        {
            "subject": "P1",
            "day": [0.0, 3.0],
            "value": [5.0, 90.0],
            "marker": pd.Categorical(["IL-6"] * 2),
            "unit": "pg/mL",
        }
    )
    assert report.plot_markers(values).title == "Markers in the first four weeks"
    grouped = values.assign(group=pd.Categorical(["CRS below grade 3"] * 2))
    assert report.plot_markers(grouped).title == "Markers in the first four weeks, by severity of CRS"
    notice = report.plot_markers(values.iloc[:0], mixed_units=("Ferritin",))
    assert notice.text.endswith("Left out since their values have several units: Ferritin.")


def reading(n_event, n, words, *, severe):
    label = f"CRS, {words}: any grade"
    return {"any": share(n_event, n, label=label), "grade_3_or_higher": share(severe, n)}


READINGS = ResultSet(
    {
        f"safety/sensitivity/crs/{name}/{part}": result
        for name, found in {
            "reported": reading(4, 5, "all treated, any time", severe=2),
            "early": reading(3, 5, "onset by day 28", severe=1),
            "first_infusion": reading(4, 5, "after the first infusion", severe=2),
            "second_infusion": reading(0, 3, "after the second infusion, of those who had one", severe=0),
        }.items()
        for part, result in found.items()
    }
)


def test_readings_stand_below_each_other():
    first = [line[0].strip() for line in lines(report.table_readings(READINGS))]
    assert first[1:] == [
        "CRS", "All treated, any time", "Onset by day 28", "After the first infusion",
        "After the second infusion, of those who had one",
    ]  # fmt: skip


def test_infusions_are_set_side_by_side_and_other_readings_as_a_span():
    assert report.describe_readings(READINGS, p_style="journal").text == (
        "CRS occurred after the first infusion in 4 of 5 patients (80.0%; 2 of grade 3 or higher) and after the "
        "second infusion in none of 3 patients (0.0%). Over the other readings, CRS of grade 3 or higher lies "
        "between 20.0% and 40.0%."
    )


def test_each_infusion_has_its_onset_and_duration():
    stem = "safety/sensitivity/crs/second_infusion"
    found = {
        f"{stem}/{part}{end}": days(4, n=2) for part in ("onset", "duration") for end in ("", "/minimum", "/maximum")
    }
    (row,) = numbers(report.table_by_infusion(ResultSet(found)))
    assert (row["infusion"], row["n"], row["onset"]) == ("After the second infusion", "2", "4.0")


def test_without_syndromes_the_readings_say_so():
    assert isinstance(report.table_readings(ResultSet()), Notice)
    assert isinstance(report.table_by_infusion(ResultSet()), Notice)
    assert (
        report.describe_readings(ResultSet(), p_style="journal").text
        == "There is no CRS or ICANS to read in other ways."
    )


def test_the_summary_leads_with_the_syndromes():
    results = grades() | grades("icans", any_grade=(0, 5), severe=(0, 5)) | course()
    steroid = treatment("corticosteroid", given=(1, 5)).select("safety/treatment/corticosteroid*")
    results |= treatment() | steroid | all_events()
    summary = report.summarise_section(results, labels={}, p_style="journal")
    assert [key.label for key in summary.key_results] == [
        "CRS, any grade", "CRS, grade ≥3", "ICANS, any grade", "ICANS, grade ≥3", "Median onset of CRS",
        "Given tocilizumab",
    ]  # fmt: skip
    assert summary.key_results[4].value == "3.5 days"
    assert summary.paragraph.startswith(
        "Cytokine release syndrome (CRS) occurred in 4 of 5 patients (80.0%; 95% CI, 10.0% to 90.0%), of grade 3 or "
        "higher in 2 (40.0%;"
    )
    assert "neurotoxicity syndrome (ICANS) occurred in none of 5 patients (0.0%;" in summary.paragraph
    assert summary.paragraph.endswith(
        "It lasted a median of 5 days (95% CI, 4 to NR). Tocilizumab was given to 2 of 5 patients (40.0%) and "
        "corticosteroids to 1 (20.0%). One of 5 patients (20.0%; 95% CI, 10.0% to 90.0%) had a fatal adverse event "
        "(grade 5)."
    )
    assert summary.thumbnail == "safety-grades"


def test_without_syndromes_the_summary_is_of_all_events():
    summary = report.summarise_section(all_events(graded=False), labels={}, p_style="journal")
    assert [key.label for key in summary.key_results] == ["Any event", "Sepsis", "Anaemia"]
    assert summary.thumbnail == "safety-events"
    empty = report.summarise_section(ResultSet(), labels={}, p_style="journal")
    assert (empty.paragraph, empty.thumbnail) == ("No adverse event is recorded for these patients.", "")
