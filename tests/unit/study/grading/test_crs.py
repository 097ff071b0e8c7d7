"""CRS by the ASTCT consensus: every cell of its table, and what is said beneath it."""

from itertools import product

import numpy as np
import pytest

from cartcohort.study.grading.crs import find_masked_fever, grade_crs
from cartcohort.study.schema import HYPOTENSION, HYPOXIA
from tests.unit.study.grading.components import as_list, make_events, make_subjects

UNTREATED, TREATED, UNKNOWN = 0.0, 1.0, np.nan


def grade(masked=UNTREATED, **components):
    return as_list(grade_crs(make_events(components), np.array([masked])))[0]


TABLE = """
                       none  low-flow  high-flow  positive pressure
none                   1     2         3          4
no vasopressor         2     2         3          4
one vasopressor        3     3         3          4
multiple vasopressors  4     4         4          4
"""
CELLS = [
    (hypotension, hypoxia, int(cell))
    for line, hypotension in zip(TABLE.strip("\n").splitlines()[1:], HYPOTENSION, strict=True)
    for cell, hypoxia in zip(line.split()[-4:], HYPOXIA, strict=True)
]


@pytest.mark.parametrize(("hypotension", "hypoxia", "expected"), CELLS)
def test_with_fever_the_worse_of_hypotension_and_hypoxia_is_the_grade(hypotension, hypoxia, expected):
    assert grade(fever="yes", hypotension=hypotension, hypoxia=hypoxia) == expected


@pytest.mark.parametrize(("hypotension", "hypoxia", "expected"), CELLS)
def test_fever_is_not_needed_after_antipyretics_or_anticytokine_therapy_and_is_before(hypotension, hypoxia, expected):
    components = {"fever": "no", "hypotension": hypotension, "hypoxia": hypoxia}
    nothing_else = hypotension == hypoxia == "none"
    assert grade(UNTREATED, **components) == 0
    assert grade(TREATED, **components) == (0 if nothing_else else expected)
    assert grade(UNKNOWN, **components) == (0 if nothing_else else None)


@pytest.mark.parametrize(
    ("fever", "temperature", "expected"),
    [
        (None, 37.9, 0),
        (None, 38.0, 1),
        (None, 41.5, 1),
        ("yes", 37.0, 1),
        ("no", 38.0, 1),
        ("no", 37.9, 0),
        ("no", None, 0),
        ("yes", None, 1),
        (None, None, None),
    ],
)
def test_fever_is_said_or_measured_as_38_degrees(fever, temperature, expected):
    assert grade(fever=fever, max_temperature_c=temperature, hypotension="none", hypoxia="none") == expected


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        ({"fever": "yes"}, None),
        ({"fever": "yes", "hypotension": "none"}, None),
        ({"fever": "yes", "hypotension": "one vasopressor"}, None),  # may be 4 by hypoxia
        ({"fever": "yes", "hypoxia": "positive pressure"}, 4),  # nothing is worse
        ({"hypotension": "one vasopressor", "hypoxia": "none"}, None),
        ({"fever": "no"}, 0),  # whatever the others are
        ({}, None),
    ],
)
def test_a_component_that_is_not_recorded_is_never_taken_for_a_mild_one(components, expected):
    assert grade(**components) == expected


def test_a_worse_component_never_lowers_the_grade():
    cases = list(product(("no", "yes"), HYPOTENSION, HYPOXIA, (UNTREATED, TREATED)))
    events = make_events(*({"fever": f, "hypotension": p, "hypoxia": o} for f, p, o, _ in cases))
    grades = dict(zip(cases, grade_crs(events, np.array([case[3] for case in cases])), strict=True))
    for axis, levels in enumerate((("no", "yes"), HYPOTENSION, HYPOXIA, (UNTREATED, TREATED))):
        for case in cases:
            worse = levels[levels.index(case[axis]) + 1 :]
            assert all(grades[(*case[:axis], level, *case[axis + 1 :])] >= grades[case] for level in worse)


def masked(treatment, *, doses_recorded=False):
    events, subjects = make_events({"subject_id": "P1", "treatment": treatment}), make_subjects({"subject_id": "P1"})
    return as_list(find_masked_fever(events, subjects, doses_recorded=doses_recorded))[0]


@pytest.mark.parametrize(
    ("treatment", "expected"),
    [
        ("tocilizumab", 1),
        (" Tocilizumab ; oxygen", 1),
        ("oxygen;Methylprednisolon", 1),
        ("Metamizol", 1),
        ("Paracetamol 500 mg", 1),
        ("tocilizumab 8 mg/kg", 1),
        ("metamizole 4x1 g", 1),
        ("antipyretics", 1),
        ("no tocilizumab", 0),
        ("No tocilizumab; no steroids", 0),
        ("no tocilizumab;dexamethasone", 1),
        ("none", 0),
        ("kein Tocilizumab", 0),
        ("oxygen", 0),
        ("norepinephrine", 0),
        ("tocilizumab declined", None),  # names a drug, but more than that
        ("tocilizumab + dexamethasone", None),
        ("tocilizumab 8 mg/kg not given", None),
        ("oxygen;stress-dose hydrocortisone", None),
        ("tocilizumab declined;anakinra", 1),
        (None, None),
    ],
)
def test_names_of_treatments_are_compared_as_a_whole(treatment, expected):
    assert masked(treatment) == expected


def test_what_a_name_leaves_open_the_days_of_doses_do_not_deny():
    assert masked("tocilizumab declined", doses_recorded=True) is None
    assert masked("no tocilizumab", doses_recorded=True) == 0
    assert masked(None, doses_recorded=True) == 0


DRUGS = (
    "tocilizumab siltuximab sarilumab anakinra emapalumab dexamethasone dexamethason prednisolone prednisolon "
    "prednisone prednison methylprednisolone methylprednisolon hydrocortisone hydrocortison betamethasone "
    "betamethason cortisone cortison kortison steroid steroids steroide corticosteroid corticosteroids "
    "kortikosteroide glucocorticoid glucocorticoids glukokortikoide antipyretic antipyretics antipyretika "
    "paracetamol acetaminophen metamizole metamizol dipyrone ibuprofen naproxen diclofenac aspirin"
)


def test_every_name_of_a_drug_is_found_in_whatever_capitals():
    names = DRUGS.split()
    assert [masked(name.upper()) for name in names] == [1] * len(names)
    assert [masked(f"no {name}") for name in names] == [0] * len(names)


@pytest.mark.parametrize(
    ("subject", "event", "doses_recorded", "expected"),
    [
        ({"tocilizumab_day": 4}, {"resolution_day": 6}, True, 1),
        ({"tocilizumab_day": 6}, {"resolution_day": 6}, True, 1),
        ({"tocilizumab_day": 7}, {"resolution_day": 6}, True, 0),
        ({"corticosteroid_day": 2}, {"resolution_day": 6}, True, 1),
        ({"corticosteroid_day": 40}, {}, True, 1),  # an event without an end lasts
        ({}, {"resolution_day": 6}, True, 0),
        ({}, {"resolution_day": 6}, False, None),  # nobody wrote down whether there were doses
        ({}, {"resolution_day": 6, "treatment": "oxygen;Dexamethasone 10 mg"}, False, 1),
        ({}, {"resolution_day": 6, "treatment": "paracetamol"}, True, 1),
        ({}, {"resolution_day": 6, "treatment": "oxygen"}, False, 0),
    ],
)
def test_therapy_is_known_from_doses_up_to_the_end_or_from_the_treatment(subject, event, doses_recorded, expected):
    subjects = make_subjects({"subject_id": "P0", "tocilizumab_day": 1}, {"subject_id": "P1"} | subject)
    events = make_events({"subject_id": "P1"} | event)
    assert as_list(find_masked_fever(events, subjects, doses_recorded=doses_recorded)) == [expected]
