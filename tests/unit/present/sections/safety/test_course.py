"""Onset, duration and treatment as a reader sees them."""

from types import SimpleNamespace

import pandas as pd

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Figure, Notice
from cartcohort.present.sections import safety as report
from tests.unit.present.sections.safety.records import course, days, grades, lines, numbers, treatment


def timeline(*rows, n_ungraded=0, n_later=0):
    episodes = pd.DataFrame(rows, columns=["subject", "term", "grade", "onset", "resolution"])
    marks = pd.DataFrame({"subject": ["P1"], "time": [3.0], "mark": ["Death"]})
    return SimpleNamespace(episodes=episodes, marks=marks, n_ungraded=n_ungraded, n_later=n_later)


def test_the_table_has_a_column_a_syndrome():
    table = report.table_course(grades() | grades("icans") | course() | course("icans", unresolved=(0, 4)))
    rows = {line[0]: line[1:] for line in lines(table)}
    assert rows["First episode"] == ["CRS", "ICANS"]
    assert rows["Day of onset, median (range)"] == ["3.5 (1–9)"] * 2
    assert rows["Days from onset to resolution, median (95% CI)"] == ["5 (4–NR)"] * 2
    assert rows["The same where an end is recorded, median (range)"] == ["4 (2–14)"] * 2
    assert rows["Without a recorded end"] == ["1/4 (25.0%)", "0/4 (0.0%)"]
    assert numbers(table)[1]["crs_value"] == "3.5"


def test_the_sentences_state_course_censoring_and_treatment():
    said = report.describe_course(grades() | course() | treatment() | treatment_any_dropped("corticosteroid")).text
    assert said == (
        "CRS began on day 3.5 in the median (range, 1 to 9; 4 patients). "
        "It lasted a median of 5 days (95% CI, 4 to NR); 1 of 4 episodes had no recorded end and is censored. "
        "Tocilizumab was given to 2 of 5 patients (40.0%), first a median of 2 days after the onset of CRS "
        "(range, 1 to 4). "
        "Corticosteroids were given to 1 of 5 patients (20.0%), first a median of 2 days after the onset of CRS "
        "(range, 1 to 4)."
    )


def treatment_any_dropped(drug):
    return treatment(drug, given=(1, 5)).select(f"safety/treatment/{drug}*")


def test_one_patient_has_a_day_and_no_range():
    results = ResultSet({**grades(), **course(), "safety/crs/onset": days(1, n=1)})
    assert report.describe_course(results).text.startswith("CRS began on day 1 (1 patient). It lasted")


def test_a_duration_that_cannot_be_told_says_why():
    unknown = Result(n=4, n_event=0, unit="days", note="not estimable: no end of an episode is recorded")
    results = ResultSet({**grades(), **course(), "safety/crs/duration": unknown})
    assert (
        "How long it lasted is not estimable (no end of an episode is recorded)."
        in report.describe_course(results).text
    )


def test_the_treatment_table_names_what_was_left_out():
    table = report.table_treatment(treatment(day_note="1 given it on an unknown day left out"))
    (row,) = numbers(table)
    assert (row["drug"], row["n_given"], row["n"], row["crs_n"]) == ("Tocilizumab", "2", "5", "4")
    assert "Tocilizumab: 1 given it on an unknown day left out." in table.html


def test_the_timeline_says_what_it_does_not_show():
    figure = report.plot_course(timeline(("P1", "CRS", 2, 1.0, 3.0), n_later=2, n_ungraded=1))
    assert isinstance(figure, Figure)
    assert figure.title == "CRS and ICANS of each patient"
    assert figure.note == (
        "Episodes begun by day 28; without 2 later episodes and 1 episode without a grade. "
        "Numbers: worst grade of the episode."
    )


def test_without_syndromes_or_drugs_there_are_notices():
    assert report.plot_course(timeline()) == report.table_course(ResultSet())
    assert isinstance(report.plot_course(timeline(n_later=1)), Notice)
    assert "no tocilizumab_day and no corticosteroid_day" in report.table_treatment(ResultSet()).text
    assert report.describe_course(ResultSet()).text == "When CRS and ICANS occurred cannot be told from these data."
