"""Who was given what, and when, counted by hand."""

import pytest

from cartcohort.estimate.sections import toxicity, toxicity_treatment
from tests.unit.estimate.sections.toxicities import make_events, make_subjects, whole


def treatment_of(*rows, n=4, **columns):
    subjects = make_subjects(n, **columns)
    events = toxicity.prepare_events(make_events(*rows), subjects)
    syndromes = toxicity.select_syndromes(events, n=n)
    return toxicity_treatment.summarise_treatment(subjects, events, syndromes, conf_level=0.95)


def counts(result):
    return result.n_event, result.n


def test_a_drug_counts_by_its_first_dose_or_by_being_named_for_crs_or_icans():
    found = treatment_of(
        (0, "CRS", 3, 2, 9, 1, "oxygen;tocilizumab"), (1, "CRS", 1, 3, 5, 1, "Tocilizumab"), (2, "CRS", 1, 3, 5),
        (3, "acute GVHD", 2, 40, 50, None, "tocilizumab"),
        tocilizumab_day=whole(4, None, None, None),
    )  # fmt: skip
    assert counts(found["safety/treatment/tocilizumab"]) == (2, 4)
    assert counts(found["safety/treatment/tocilizumab/crs"]) == (2, 3)
    assert counts(found["safety/treatment/tocilizumab/crs_grade_3_or_higher"]) == (1, 1)
    day = found["safety/treatment/tocilizumab/day"]
    assert (day.estimate, day.n, day.note) == (4, 1, "1 given it on an unknown day left out")
    assert found["safety/treatment/tocilizumab/from_onset"].estimate == 2


@pytest.mark.parametrize("name", ["corticosteroids", "Dexamethasone", "methylprednisolone", "steroid pulse"])
def test_corticosteroids_go_by_many_names(name):
    found = treatment_of((0, "ICANS", 2, 2, 5, 1, name), (1, "CRS", 1, 2, 5, 1, "oxygen"))
    assert counts(found["safety/treatment/corticosteroid"]) == (1, 4)
    assert counts(found["safety/treatment/any"]) == (1, 4)


def test_either_drug_counts_a_patient_once():
    found = treatment_of(
        (0, "CRS", 3, 2, 9), tocilizumab_day=whole(3, 5, None, None), corticosteroid_day=whole(4, None, 6, None)
    )
    assert counts(found["safety/treatment/any"]) == (3, 4)
    assert found["safety/treatment/any"].label == "Tocilizumab or corticosteroid: of all patients"


def test_a_drug_that_the_study_does_not_record_has_no_result():
    assert len(treatment_of((0, "CRS", 3, 2, 9))) == 0
    found = treatment_of((0, "CRS", 3, 2, 9), tocilizumab_day=whole(3, None, None, None))
    assert "safety/treatment/corticosteroid" not in found


def test_doses_are_counted_without_crs_too():
    found = treatment_of(tocilizumab_day=whole(3, 7, None, None))
    assert found["safety/treatment/tocilizumab/day"].estimate == 5
    assert "safety/treatment/tocilizumab/crs" not in found


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("oxygen; Tocilizumab", True),
        ("tocilizumab 8 mg/kg", True),
        ("no tocilizumab", False),
        ("oxygen;Without tocilizumab", False),
        ("no oxygen; tocilizumab", True),
        ("kein Tocilizumab", False),
    ],
)
def test_what_was_not_given_is_not_taken_for_given(text, named):
    assert toxicity_treatment.names_treatment(text, "tocilizumab") is named
