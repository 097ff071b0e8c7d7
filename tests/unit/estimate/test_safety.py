"""Adverse events counted by patient: a small cohort by hand, properties, and empty tables."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.errors import EstimationError
from cartcohort.estimate import safety
from cartcohort.estimate.proportions import exact_interval

SUBJECTS = ["p1", "p2", "p3", "p4", "p5"]

# p1 twice, the second time worse; p3 without a grade; p4 unresolved; p5 nothing.
EVENTS = pd.DataFrame(
    {
        "subject_id": ["p1", "p1", "p2", "p3", "p4"],
        "term": ["CRS", "CRS", "CRS", "CRS", "ICANS"],
        "grade": [1, 3, 2, None, 4],
        "onset_day": [3, 20, 1, None, 7],
        "resolution_day": [8, 22, 3, 9, None],
    }
)
NOTHING = EVENTS.iloc[:0]

tables = st.lists(st.tuples(st.sampled_from(SUBJECTS), st.sampled_from([1, 2, 3, 4, 5, None])), max_size=12)


def table(rows):
    return pd.DataFrame(rows, columns=["subject_id", "grade"]).astype({"grade": float})


def test_a_patient_counts_once_at_the_worst_grade():
    worst = safety.worst_grade(EVENTS, SUBJECTS)
    assert worst.index.tolist() == SUBJECTS
    assert worst.drop("p3").tolist() == [3, 2, 4, 0] and np.isnan(worst["p3"])


def test_all_subjects_are_the_denominator():
    results = safety.estimate_grades(EVENTS, SUBJECTS)
    assert list(results) == ["any", "grade_3_or_higher", *(f"grade/{grade}" for grade in range(1, 6))]
    assert {name: result.n_event for name, result in results.items()} == {
        "any": 4, "grade_3_or_higher": 2, "grade/1": 0, "grade/2": 1, "grade/3": 1, "grade/4": 1, "grade/5": 0,
    }  # fmt: skip
    assert all(result.n == 5 for result in results.values())
    severe = results["grade_3_or_higher"]
    assert (severe.conf_low, severe.conf_high) == exact_interval(2, 5)
    assert severe.note == "1 with the event but without a grade not counted" and results["any"].note == ""


def test_terms_come_with_most_patients_first():
    terms = safety.estimate_terms(EVENTS, SUBJECTS, conf_level=0.9)
    assert list(terms) == ["CRS", "ICANS"]
    assert terms["CRS"]["any"].n_event == 3 and terms["ICANS"]["any"].n_event == 1
    assert (terms["ICANS"]["any"].conf_low, terms["ICANS"]["any"].conf_high) == exact_interval(1, 5, conf_level=0.9)


def test_onset_is_that_of_the_first_event():
    results = safety.summarise_onset(EVENTS, SUBJECTS)
    assert [results[name].estimate for name in ("onset", "onset/minimum", "onset/maximum")] == [3, 1, 7]
    assert results["onset"].n == 3 and results["onset"].unit == "days"


def test_durations_leave_the_unresolved_out_and_count_them():
    results = safety.summarise_duration(EVENTS, SUBJECTS)
    # p1 from 3 to 8, p2 from 1 to 3; p4 goes on; p3 has no onset.
    assert [results[name].estimate for name in ("duration", "duration/minimum", "duration/maximum")] == [3.5, 2, 5]
    assert results["duration"].note == "1 of 3 unresolved, left out"
    assert (results["unresolved"].n_event, results["unresolved"].n) == (1, 3)


def test_of_two_events_on_one_day_the_longer_counts():
    twice = pd.DataFrame({"subject_id": ["p1", "p1"], "onset_day": [2, 2], "resolution_day": [4, 9]})
    assert safety.summarise_duration(twice, SUBJECTS)["duration"].estimate == 7
    open_end = twice.assign(resolution_day=[4, None])
    assert safety.summarise_duration(open_end, SUBJECTS)["unresolved"].n_event == 1


@given(tables)
def test_grades_add_up(rows):
    results = safety.estimate_grades(table(rows), SUBJECTS)
    by_grade = [results[f"grade/{grade}"].n_event for grade in range(1, 6)]
    ungraded = len({s for s, _ in rows} - {s for s, grade in rows if grade is not None})
    assert sum(by_grade) + ungraded == results["any"].n_event == len({s for s, _ in rows})
    assert sum(by_grade[2:]) == results["grade_3_or_higher"].n_event


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_subjects_does_not_matter(rows, random):
    subjects = list(SUBJECTS)
    shuffled = list(rows)
    random.shuffle(subjects)
    random.shuffle(shuffled)
    assert safety.estimate_grades(table(shuffled), subjects) == safety.estimate_grades(table(rows), SUBJECTS)


def test_no_events_are_a_share_of_zero_and_no_days():
    results = safety.estimate_grades(NOTHING, SUBJECTS)
    assert all((result.estimate, result.n) == (0, 5) for result in results.values())
    assert safety.estimate_terms(NOTHING, SUBJECTS) == {}
    for found in (safety.summarise_onset(NOTHING, SUBJECTS), safety.summarise_duration(NOTHING, SUBJECTS)):
        first = next(iter(found.values()))
        assert first.estimate is None and first.note == "not estimable: no day is known"


def test_nobody_has_no_shares():
    results = safety.estimate_grades(NOTHING, [])
    assert all(result.estimate is None and result.note == "not estimable: no patients" for result in results.values())


@pytest.mark.parametrize(
    ("events", "subjects"),
    [
        (EVENTS, ["p1", "p2"]),
        (EVENTS, [*SUBJECTS, "p1"]),
        (EVENTS.assign(grade=[0, 1, 1, 1, 1]), SUBJECTS),
        (EVENTS.assign(grade=[2.5, 1, 1, 1, 1]), SUBJECTS),
    ],
)
def test_events_that_cannot_be_counted_are_refused(events, subjects):
    with pytest.raises(EstimationError):
        safety.estimate_grades(events, subjects)
