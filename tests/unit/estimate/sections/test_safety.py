"""How often and how severe events are, counted by hand."""

import pytest

from cartcohort.estimate.sections import safety, toxicity
from tests.unit.estimate.sections.toxicities import make_events, make_subjects, syndromes_of, whole

EXACT_32_OF_35 = (0.7694249813411228, 0.9819623601857825)  # R 4.2, binom.test


def counts(result):
    return result.n_event, result.n


def grades_of(*rows, n=4):
    return safety.summarise_grades(syndromes_of(*rows, subjects=make_subjects(n)), conf_level=0.95)


def test_the_published_share_with_crs_has_the_limits_that_r_gives():
    crs = grades_of(*[(i, "CRS", 1, 3, 5) for i in range(32)], n=35)["safety/crs/any"]
    assert counts(crs) == (32, 35)
    assert (crs.conf_low, crs.conf_high) == pytest.approx(EXACT_32_OF_35, abs=1e-8)


def test_each_patient_counts_once_at_the_worst_grade():
    found = grades_of((0, "CRS", 1, 1, 2), (0, "crs", 4, 20, 22), (1, "CRS", 3, 1, 2), (2, "CRS", 2, 1, 2))
    assert [counts(found[f"safety/crs/grade/{grade}"])[0] for grade in range(1, 6)] == [0, 1, 1, 1, 0]
    assert counts(found["safety/crs/grade_3_or_higher"]) == (2, 4)
    assert counts(found["safety/crs/any"]) == (3, 4)
    assert "safety/crs/grade/not_recorded" not in found


def test_a_missing_grade_is_counted_as_such_and_said():
    found = grades_of((0, "CRS", None, 1, 2), (1, "CRS", 3, 1, 2))
    assert counts(found["safety/crs/grade/not_recorded"]) == (1, 4)
    assert (
        found["safety/crs/grade_3_or_higher"].note == "1 with the event but without a grade counted as below grade 3"
    )


def test_severity_is_not_estimable_where_no_grade_was_recorded():
    severe = grades_of((0, "CRS", None, 1, 2))["safety/crs/grade_3_or_higher"]
    assert severe.estimate is None
    assert severe.note == "not estimable: no grade was recorded"


def test_a_syndrome_that_nobody_had_is_a_share_of_none_with_a_remark():
    icans = grades_of((0, "CRS", 1, 1, 2))["safety/icans/any"]
    assert counts(icans) == (0, 4)
    assert icans.conf_high == pytest.approx(1 - 0.025 ** (1 / 4))
    assert "nobody is taken to have had it" in icans.note


def test_a_study_without_the_syndromes_has_no_such_results():
    assert len(grades_of((0, "acute GVHD", None, 5, None))) == 0


def test_all_events_are_shown_by_term_the_commonest_first():
    events = toxicity.prepare_events(
        make_events((0, "sepsis", 5, 9, None), (0, "anaemia", 2, 1, 4), (1, "Anaemia", 3, 1, 4), (1, "CRS", 1, 1, 4)),
        make_subjects(3),
    )
    found = safety.summarise_all_events(events, n=3, conf_level=0.95)
    terms = [name.split("/")[2] for name in found if name.startswith("safety/ae/") and name.endswith("/any")]
    assert terms == ["anaemia", "crs", "sepsis"]
    assert counts(found["safety/any_event/any"]) == (2, 3)
    assert counts(found["safety/any_event/grade_3_or_higher"]) == (2, 3)
    assert counts(found["safety/any_event/fatal"]) == (1, 3)
    assert counts(found["safety/ae/anaemia/grade_3_or_higher"]) == (1, 3)


def test_ungraded_events_have_a_rate_but_no_severity():
    events = toxicity.prepare_events(make_events((0, "acute GVHD", None, 5, None)), make_subjects(2))
    found = safety.summarise_all_events(events, n=2, conf_level=0.95)
    assert counts(found["safety/ae/acute_gvhd/any"]) == (1, 2)
    assert found["safety/ae/acute_gvhd/grade_3_or_higher"].estimate is None
    assert "safety/any_event/fatal" not in found
    assert safety.tabulate_events(events).iloc[0].to_dict() == {
        "any": 1, "grade_1": 0, "grade_2": 0, "grade_3": 0, "grade_4": 0, "grade_5": 0,
        "grade_3_or_higher": 0, "not_recorded": 1, "term": "acute GVHD",
    }  # fmt: skip


def test_no_events_give_no_results():
    events = toxicity.prepare_events(make_events(), make_subjects(2))
    assert len(safety.summarise_all_events(events, n=2, conf_level=0.95)) == 0
    assert safety.tabulate_events(events).empty


def readings_of(*rows, **columns):
    subjects = make_subjects(4, **columns)
    found = safety.summarise_readings(syndromes_of(*rows, subjects=subjects), subjects, conf_level=0.95)
    return {name.removeprefix("safety/sensitivity/"): counts(result) for name, result in found.items()}


def test_each_infusion_has_its_own_events_and_denominator():
    found = readings_of(
        (0, "CRS", 3, 2, 5, 1), (0, "CRS", 1, 62, 64, 2), (1, "CRS", 1, 3, 5, 1),
        second_infusion_day=whole(60, 55, None, None),
    )  # fmt: skip
    assert found["crs/first_infusion/any"] == (2, 4)
    assert found["crs/first_infusion/grade_3_or_higher"] == (1, 4)
    assert found["crs/second_infusion/any"] == (1, 2)
    assert found["crs/second_infusion/grade_3_or_higher"] == (0, 2)


def test_late_events_leave_the_early_reading():
    found = readings_of((0, "CRS", 3, 2, 5), (1, "CRS", 3, 29, 31))
    assert found["crs/reported/any"] == (2, 4)
    assert found["crs/early/any"] == (1, 4)


def test_missing_grades_are_taken_as_severe_and_left_out_in_turn():
    found = readings_of((0, "CRS", None, 2, 5), (1, "CRS", 2, 2, 5))
    assert found["crs/ungraded_severe/grade_3_or_higher"] == (1, 4)
    assert found["crs/graded_only/grade_3_or_higher"] == (0, 3)
    assert "crs/first_infusion/any" not in found


def test_the_commonest_terms_are_counted_by_grade():
    events = toxicity.prepare_events(
        make_events((0, "sepsis", 5, 9, None), (0, "anaemia", 2, 1, 4), (1, "anaemia", None, 1, 4)), make_subjects(3)
    )
    counts = safety.count_commonest(events, n=3, most=1)
    assert counts.index.tolist() == ["anaemia"]
    assert counts.loc["anaemia"].to_dict() == {0: 1, 1: 0, 2: 1, 3: 0, 4: 0, 5: 0, toxicity.UNGRADED: 1}
