"""ICANS by the ASTCT consensus for adults: every cell of its table."""

from itertools import product

import pytest

from cartcohort.study.grading.icans import grade_icans
from cartcohort.study.schema import CEREBRAL_EDEMA, CONSCIOUSNESS, SEIZURE
from tests.unit.study.grading.components import as_list, make_events

WELL = {
    "ice_score": 10,
    "consciousness": "normal",
    "seizure": "none",
    "motor_weakness": "no",
    "cerebral_edema": "none",
}


def grade(**components):
    return as_list(grade_icans(make_events(components)))[0]


@pytest.mark.parametrize(
    ("component", "level", "expected"),
    [
        *(("ice_score", score, 1) for score in (7, 8, 9)),
        *(("ice_score", score, 2) for score in (3, 4, 5, 6)),
        *(("ice_score", score, 3) for score in (0, 1, 2)),
        ("ice_score", 10, 0),
        ("consciousness", "normal", 0),
        ("consciousness", "awakens spontaneously", 1),
        ("consciousness", "awakens to voice", 2),
        ("consciousness", "awakens to touch", 3),
        ("consciousness", "unarousable", 4),
        ("seizure", "none", 0),
        ("seizure", "resolved", 3),
        ("seizure", "prolonged", 4),
        ("motor_weakness", "no", 0),
        ("motor_weakness", "yes", 4),
        ("cerebral_edema", "none", 0),
        ("cerebral_edema", "focal", 3),
        ("cerebral_edema", "diffuse", 4),
    ],
)
def test_each_domain_alone_makes_its_grade(component, level, expected):
    assert grade(**WELL | {component: level}) == expected


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        ({"ice_score": 3, "seizure": "resolved"}, 3),  # the example beneath the published table
        ({"ice_score": 0, "consciousness": "normal"}, 3),  # awake with global aphasia
        ({"ice_score": 0, "consciousness": "unarousable"}, 4),
        ({"ice_score": 8, "consciousness": "awakens to voice"}, 2),
    ],
)
def test_the_worst_domain_counts(components, expected):
    assert grade(**WELL | components) == expected


@pytest.mark.parametrize("missing", WELL)
def test_a_domain_that_is_not_recorded_leaves_the_grade_unknown(missing):
    assert grade(**WELL | {missing: None}) is None
    assert grade(**WELL | {"consciousness": "awakens to voice"} | {missing: None}) is None


@pytest.mark.parametrize(
    "components", [{"consciousness": "unarousable"}, {"motor_weakness": "yes"}, {"seizure": "prolonged"}]
)
def test_what_is_of_grade_4_by_itself_needs_no_other_domain(components):
    assert grade(**components) == 4


def test_a_worse_domain_never_lowers_the_grade():
    levels = {
        "ice_score": (10, 9, 6, 2),
        "consciousness": CONSCIOUSNESS,
        "seizure": SEIZURE,
        "motor_weakness": ("no", "yes"),
        "cerebral_edema": CEREBRAL_EDEMA,
    }
    cases = list(product(*levels.values()))
    events = make_events(*(dict(zip(levels, case, strict=True)) for case in cases))
    grades = dict(zip(cases, grade_icans(events), strict=True))
    for axis, allowed in enumerate(levels.values()):
        for case in cases:
            place = allowed.index(case[axis])
            if place + 1 < len(allowed):
                assert grades[(*case[:axis], allowed[place + 1], *case[axis + 1 :])] >= grades[case]
