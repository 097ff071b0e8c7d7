"""Computed grades and responses on the page, and nothing where there are none."""

import pandas as pd
import pytest

from cartcohort.estimate.results import ResultSet
from cartcohort.present.display import Sentence
from cartcohort.present.sections import grading
from tests.unit.present.sections.safety.records import share


def events(*rows):
    frame = pd.DataFrame(rows, columns=["subject_id", "term", "onset_day", "recorded", "computed"])
    return frame.astype({name: "Int64" for name in ("onset_day", "recorded", "computed")})


ASTCT = "by the consensus of the ASTCT (Lee et al., Biol Blood Marrow Transplant 2019; 25: 625-638)"


def test_grades_that_are_used_missing_and_different_are_counted_and_the_last_listed():
    sentence, table = grading.show_graded_events(
        events(
            ("P1", "CRS", 2, None, 3),
            ("P2", "CRS", 3, 1, 2),
            ("P3", "CRS", None, 2, 0),
            ("P4", "ICANS", 4, None, None),
            ("P5", "CRS", 4, None, 0),
            ("P6", "ICANS", 4, 2, 2),
        )
    )
    assert sentence.text == (
        f"The components of 6 events of CRS or ICANS are recorded. The grade that they make {ASTCT} is used for 1 "
        "without a recorded one. 1 grade cannot be told, since components are missing. 1 event without a recorded "
        "grade did not meet the definition; no grade is counted. 2 recorded grades differ, and stay."
    )
    assert table.csv == "subject_id,term,onset_day,recorded,computed\nP2,CRS,3,1,2\nP3,CRS,,2,0\n"
    assert "none" in table.html and "What was recorded is counted." in table.html


def test_without_a_difference_there_is_no_table():
    [sentence] = grading.show_graded_events(events(("P1", "CRS", 2, 3, 3)))
    assert sentence.text == (
        f"The components of 1 event of CRS or ICANS are recorded. The grade that they make {ASTCT} stands beside the "
        "recorded one."
    )


@pytest.mark.parametrize(("criteria", "named"), [("eln", "European LeukemiaNet"), ("cibmtr", "CIBMTR")])
def test_responses_name_their_criteria_and_what_counts_as_incomplete(criteria, named):
    rows = [("P1", None, "CR"), ("=P2", "CR", "CRi"), ("P3", "NE", "NR")]
    judged = pd.DataFrame(rows, columns=["subject_id", "recorded", "computed"])
    sentence, table = grading.show_judged_responses(judged, criteria=criteria)
    assert named in sentence.text and "is used for 1 without a recorded one" in sentence.text
    assert sentence.text.endswith(
        "A CR with partial recovery of counts (CRh) and a leukaemia-free state are CRi here."
    )
    assert table.csv == "subject_id,recorded,computed\n'=P2,CR,CRi\nP3,NE,NR\n"


def test_a_long_list_is_cut_and_says_so():
    _, table = grading.show_graded_events(events(*((f"P{i}", "CRS", 1, 1, 2) for i in range(53))))
    assert table.csv.count("\n") == 51
    assert "3 more are not shown; the data check lists their rows." in table.html


def icaht(*rows):
    frame = pd.DataFrame(rows, columns=["subject_id", "recorded", "computed", "early", "late", "known"])
    return frame.astype({name: "Int64" for name in ("recorded", "computed", "early", "late")})


def test_icaht_is_tabulated_with_its_rule_and_those_left_out():
    results = ResultSet(
        {
            f"safety/{part}/{name}": share(n_event, 2, label=f"ICAHT: {label}")
            for part in ("icaht", "icaht/early")
            for name, label, n_event in (("any", "any grade", 2), ("grade_3_or_higher", "grade 3 or higher", 1))
        }
    )
    rows = [("P1", 3, 1, 1, None, True), ("P2", None, 1, 1, None, True), ("P3", None, None, None, None, False)]
    table, sentence, differences = grading.show_icaht(results, icaht(*rows))
    assert (
        "Left out: 1 patient whose neutrophils were counted too seldom, or who were alive and followed for less than "
        "30 days. Those counted seldom are often the patients who were well, so that the shares may be too high."
    ) in table.html
    assert "Rejeski et al., Blood 2023; 142: 865-877" in table.html
    assert "Early, day 0 to 30" in table.text and "Late" not in table.text
    assert "had ICAHT of grade 3 or higher" in sentence.text
    assert differences.csv == "subject_id,recorded,computed\nP1,3,1\n"


def test_recorded_icaht_without_counts_is_said_to_be_recorded():
    results = ResultSet({f"safety/icaht/{name}": share(1, 2) for name in ("any", "grade_3_or_higher")})
    table, sentence = grading.show_icaht(results, icaht(("P1", 3, None, None, None, True)))
    assert "Grades are as recorded." in table.html and "Rejeski" not in table.html
    assert isinstance(sentence, Sentence)


def test_nothing_is_shown_where_nothing_is_computed():
    assert grading.show_graded_events(events()) == []
    assert grading.show_judged_responses(pd.DataFrame(), criteria="eln") == []
    assert grading.show_icaht(ResultSet(), pd.DataFrame()) == []
