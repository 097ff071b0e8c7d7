"""Onset, duration and resolution by hand, with and without an end."""

import pytest

from cartcohort.estimate.sections import toxicity_course
from tests.unit.estimate.sections.toxicities import make_subjects, syndromes_of, whole

OPTIONS = {"conf_level": 0.95, "conf_type": "log-log", "median_rule": "midpoint"}


def course_of(*rows, n=5, **columns):
    subjects = make_subjects(n, **columns)
    return toxicity_course.summarise_course(syndromes_of(*rows, subjects=subjects), subjects, **OPTIONS)


def test_onset_is_a_median_of_observed_days_with_its_range():
    found = course_of((0, "CRS", 1, 1, 5), (1, "CRS", 1, 3, 5), (2, "CRS", 1, 4, 9), (3, "CRS", 1, 10, 12))
    assert [found[f"safety/crs/onset{part}"].estimate for part in ("", "/minimum", "/maximum")] == [3.5, 1, 10]
    assert found["safety/crs/onset"].n == 4
    assert found["safety/crs/onset"].conf_level is None


def test_the_median_duration_of_resolved_events_is_their_plain_median():
    found = course_of((0, "CRS", 1, 1, 5), (1, "CRS", 1, 3, 5), (2, "CRS", 1, 4, 9), (3, "CRS", 1, 10, 16))
    assert found["safety/crs/duration"].estimate == found["safety/crs/duration/resolved"].estimate == 4.5
    assert [found[f"safety/crs/duration/{end}"].estimate for end in ("minimum", "maximum")] == [2, 6]
    assert found["safety/crs/resolution"].estimate == 7
    assert found["safety/crs/unresolved"].n_event == 0
    assert found["safety/crs/duration"].note == "upper limit not reached"


def test_an_event_open_at_death_is_censored_there_and_counted():
    found = course_of(
        (0, "CRS", 1, 1, 3), (1, "CRS", 1, 1, 5), (2, "CRS", 5, 1, None), (3, "CRS", 1, 1, 9), (4, "CRS", 1, 1, 11),
        death_day=whole(None, None, 4, None, None),
    )  # fmt: skip
    # At risk 5, 4, 3, 2, 1 at days 2, 3 (censored), 4, 8, 10: S = 0.8, 0.8, 0.533, 0.267.
    assert found["safety/crs/duration"].estimate == 8
    assert found["safety/crs/duration/resolved"].estimate == 6
    assert (found["safety/crs/unresolved"].n_event, found["safety/crs/unresolved"].n) == (1, 5)
    assert "1 of 5 without a recorded end, censored" in found["safety/crs/duration"].note


def test_without_any_end_the_duration_is_not_estimable_rather_than_long():
    duration = course_of((0, "CRS", 1, 1, None), (1, "CRS", 1, 1, None))["safety/crs/duration"]
    assert duration.estimate is None
    assert duration.note == "not estimable: no end of an episode is recorded"


def test_events_without_a_day_of_onset_are_left_out_and_counted():
    onset = course_of((0, "CRS", 1, 2, 5), (1, "CRS", 1, None, 5))["safety/crs/onset"]
    assert onset.n == 1
    assert onset.note == "1 with the event but without a day of onset left out"


def test_a_syndrome_that_nobody_had_has_no_course():
    found = course_of((0, "CRS", 1, 2, 5))
    assert found["safety/icans/onset"].note == "not estimable: no day is known"
    assert found["safety/icans/duration"].estimate is None
    assert found["safety/icans/unresolved"].estimate is None


def test_days_after_the_second_infusion_count_from_it():
    subjects = make_subjects(3, second_infusion_day=whole(60, 50, None))
    rows = (0, "CRS", 2, 3, 8, 1), (0, "CRS", 1, 64, 67, 2), (1, "CRS", 1, 56, 58, 2), (2, "CRS", 1, 90, 95, 2)
    found = toxicity_course.summarise_by_infusion(syndromes_of(*rows, subjects=subjects), subjects, **OPTIONS)
    assert found["safety/sensitivity/crs/first_infusion/onset"].estimate == 3
    second = found["safety/sensitivity/crs/second_infusion/onset"]
    assert (second.estimate, second.n) == (5, 2)
    assert found["safety/sensitivity/crs/second_infusion/duration"].estimate == pytest.approx(2.5)


def test_events_that_do_not_name_their_infusion_are_not_split():
    subjects = make_subjects(2)
    found = toxicity_course.summarise_by_infusion(
        syndromes_of((0, "CRS", 2, 3, 8), subjects=subjects), subjects, **OPTIONS
    )
    assert len(found) == 0


def test_the_timeline_shows_the_first_weeks_and_ends_with_the_patient():
    subjects = make_subjects(4, death_day=whole(9, None, 700, None), tocilizumab_day=whole(3, 40, None, None))
    rows = (
        (0, "CRS", 5, 1, None), (1, "CRS", 2, 3, None), (2, "ICANS", 1, 5, 6), (2, "CRS", 1, 60, 62),
        (3, "CRS", None, 2, 4),
    )  # fmt: skip
    found = toxicity_course.arrange_timeline(
        syndromes_of(*rows, subjects=subjects), subjects, {"tocilizumab_day": "Tocilizumab"}
    )
    shown = found.episodes.set_index("subject")
    assert shown["term"].astype(str).to_dict() == {"P0": "CRS", "P1": "CRS", "P2": "ICANS"}
    assert shown["resolution"].isna().to_dict() == {"P0": True, "P1": True, "P2": False}
    assert shown["death"].fillna(-1).to_dict() == {"P0": 9, "P1": -1, "P2": -1}
    assert found.marks[["subject", "time", "mark"]].to_numpy().tolist() == [
        ["P0", 3, "Tocilizumab"],
        ["P0", 9, "Death"],
    ]
    assert (found.n_ungraded, found.n_later) == (1, 1)


def test_without_syndromes_the_timeline_is_empty():
    found = toxicity_course.arrange_timeline({}, make_subjects(2), {"tocilizumab_day": "Tocilizumab"})
    assert found.episodes.empty
    assert found.marks.empty
