"""From rows of events to patients: which count, at which grade, and how rows join into episodes."""

import numpy as np
import pandas as pd
import pytest

from cartcohort.estimate.sections import toxicity
from tests.unit.estimate.sections.toxicities import make_events, make_subjects, syndromes_of, whole


def episodes_of(*rows, n=3, **columns):
    subjects = make_subjects(n, **columns)
    return toxicity.find_episodes(syndromes_of(*rows, subjects=subjects)["crs"], subjects)


@pytest.mark.parametrize(
    ("term", "name"),
    [
        ("CRS", "crs"),
        ("Acute  GVHD", "acute_gvhd"),
        ("AST/ALT increased", "ast_alt_increased"),
        ("肺炎", "肺炎"),
        ("?", "unnamed"),
    ],
)
def test_the_name_of_a_term_is_fit_for_a_result(term, name):
    assert toxicity.name_term(term) == name


def test_spellings_of_one_term_are_one_and_the_commonest_is_shown():
    events = make_events(
        (0, "Anaemia", 1, 1, 2), (1, "anaemia", 1, 1, 2), (2, "anaemia", 2, 1, 2), (0, "crs", 1, 1, 2)
    )
    prepared = toxicity.prepare_events(events, make_subjects(3))
    assert dict(zip(prepared["name"], prepared["label"], strict=True)) == {"anaemia": "anaemia", "crs": "CRS"}


def test_events_before_infusion_and_of_other_patients_do_not_count_but_undated_ones_do():
    events = make_events((0, "CRS", 1, -1, 2), (1, "CRS", 1, 0, 2), (2, "CRS", 1, None, None), (9, "CRS", 4, 1, 2))
    assert toxicity.prepare_events(events, make_subjects(3))["patient"].tolist() == [1, 2]


def test_a_patient_counts_at_the_worst_grade_ever_recorded():
    found = syndromes_of(
        (0, "CRS", 1, 1, 2),
        (0, "CRS", 3, 5, 6),
        (0, "CRS", None, 8, 9),
        (1, "CRS", None, 1, 2),
        subjects=make_subjects(3),
    )["crs"]
    assert found.had.tolist() == [True, True, False]
    np.testing.assert_array_equal(found.grade, [3, np.nan, 0])
    assert found.severe.tolist() == [True, False, False]
    assert found.graded.tolist() == [True, False, True]


def test_where_only_one_syndrome_is_recorded_nobody_had_the_other():
    assert not syndromes_of((0, "CRS", 1, 1, 2), subjects=make_subjects(2))["icans"].had.any()


def test_without_crs_and_icans_there_are_no_syndromes():
    assert syndromes_of((0, "acute GVHD", 1, 1, 2), subjects=make_subjects(2)) == {}
    assert toxicity.count_grades({}).empty


def test_grades_are_counted_from_none_to_five():
    subjects = make_subjects(4)
    found = syndromes_of((0, "CRS", 5, 1, None), (1, "CRS", 2, 1, 4), (2, "CRS", None, 1, 4), subjects=subjects)
    counts = toxicity.count_grades(found)
    assert counts.loc["CRS"].to_dict() == {0: 1, 1: 0, 2: 1, 3: 0, 4: 0, 5: 1, toxicity.UNGRADED: 1}
    assert counts.sum(axis=1).tolist() == [4, 4]


def test_without_missing_grades_there_is_no_column_for_them():
    found = syndromes_of((0, "CRS", 5, 1, None), subjects=make_subjects(2))
    assert toxicity.UNGRADED not in toxicity.count_grades(found)


def test_rows_that_overlap_or_follow_on_the_next_day_are_one_episode():
    found = episodes_of((0, "CRS", 1, 2, 4), (0, "CRS", 3, 4, 6), (0, "CRS", 1, 7, 9), (0, "CRS", 1, 12, 13))
    assert found[["onset_day", "end_day", "grade"]].to_numpy().tolist() == [[2, 9, 3], [12, 13, 1]]


def test_rows_after_different_infusions_stay_apart():
    found = episodes_of((0, "CRS", 1, 2, 30, 1), (0, "CRS", 2, 29, 31, 2))
    assert found["infusion"].tolist() == [1, 2]


def test_an_open_episode_is_followed_to_the_day_before_the_next_or_to_the_end_of_follow_up():
    found = episodes_of(
        (0, "CRS", 1, 2, None), (0, "CRS", 1, 40, 42), (1, "CRS", 5, 1, None), (2, "CRS", 1, 3, None),
        death_day=whole(None, 9, None), data_cutoff_day=whole(500, 500, 500),
    )  # fmt: skip
    np.testing.assert_array_equal(found["end_day"], [np.nan, 42, np.nan, np.nan])
    assert found["until_day"].tolist() == [39, 42, 9, 500]


def test_an_open_row_within_an_episode_is_ended_by_the_rows_after_it():
    found = episodes_of((0, "CRS", 1, 2, None), (0, "CRS", 2, 3, 5))
    assert found[["onset_day", "end_day"]].to_numpy().tolist() == [[2, 5]]


def test_rows_without_a_day_of_onset_form_no_episode():
    assert episodes_of((0, "CRS", 1, None, 4)).empty


def test_the_first_episode_and_the_onset_are_the_earliest():
    subjects = make_subjects(3)
    crs = syndromes_of((1, "CRS", 1, 30, 32), (1, "CRS", 2, 4, 6), subjects=subjects)["crs"]
    assert toxicity.find_first_episodes(crs, subjects)["onset_day"].tolist() == [4]
    np.testing.assert_array_equal(toxicity.find_onset(crs, subjects), [np.nan, 4, np.nan])


def test_an_empty_table_of_events_gives_empty_frames():
    subjects = make_subjects(2)
    prepared = toxicity.prepare_events(make_events(), subjects)
    assert prepared.empty
    nothing = toxicity.select_term(prepared, "crs", label="CRS", n=2)
    assert toxicity.find_episodes(nothing, subjects).empty
    assert isinstance(toxicity.find_episodes(nothing, subjects), pd.DataFrame)
