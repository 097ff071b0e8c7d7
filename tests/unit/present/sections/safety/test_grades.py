"""How often and how severe: tables and sentences for some, none, and unknown."""

import pandas as pd

from cartcohort.estimate.results import ResultSet
from cartcohort.present.display import Notice
from cartcohort.present.sections import safety as report
from tests.unit.present.sections.safety.records import grades, lines


def test_the_table_has_a_block_a_syndrome_from_any_grade_to_severe():
    table = report.table_grades(grades() | grades("icans", any_grade=(1, 5)))
    first = [line[0].strip() for line in lines(table)]
    block = ["Any grade", "Grade 1", "Grade 2", "Grade 3", "Grade 4", "Grade 5", "Grade 3 or higher"]
    assert first == ["Worst grade", "CRS", *block, "ICANS", *block]
    assert "4/5" in table.text
    assert "The denominator is everybody treated." in table.html


def test_the_sentence_states_any_and_severe():
    said = report.describe_grades(grades()).text
    assert said == (
        "4 of 5 patients (80.0%; 95% CI, 10.0% to 90.0%) had CRS. "
        "2 of 5 patients (40.0%; 95% CI, 10.0% to 90.0%) had CRS of grade 3 or higher."
    )


def test_a_syndrome_that_nobody_had_is_not_asked_how_severe_it_was():
    said = report.describe_grades(grades("icans", any_grade=(0, 5), severe=(0, 5))).text
    assert said.startswith("No patient had ICANS (0 of 5")
    assert "grade 3" not in said


def test_unknown_severity_is_said_with_its_reason():
    said = report.describe_grades(grades(severe=None, severe_note="not estimable: no grade was recorded")).text
    assert said.endswith("How severe it was cannot be told: no grade was recorded.")


def test_without_syndromes_figure_and_table_ask_for_the_same():
    figure, table = report.plot_grades(pd.DataFrame(columns=range(6))), report.table_grades(ResultSet())
    assert isinstance(figure, Notice)
    assert figure == table
    assert "rows of adverse_events with the term CRS or ICANS, and their grade" in figure.text
    assert (
        report.describe_grades(ResultSet()).text == "How often CRS and ICANS occurred cannot be told from these data."
    )


def test_bars_show_the_counts():
    counts = pd.DataFrame([[1, 2, 0, 1, 1, 0]], index=["CRS"], columns=range(6))
    assert report.plot_grades(counts).description == (
        "CRS, 5 patients: none 1 (20.0%), grade 1 2 (40.0%), grade 3 1 (20.0%), grade 4 1 (20.0%)."
    )
