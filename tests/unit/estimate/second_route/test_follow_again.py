"""Endpoints derived again: six patients by hand, then every endpoint beside the study's own."""

import numpy as np
import pytest

from cartcohort.estimate.second_route.follow_again import follow_again
from cartcohort.study import derive_endpoint
from tests import builders


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return builders.make_study(tmp_path_factory.mktemp("follow") / "six")


def told(course):
    return list(zip(course.days.astype(int).tolist(), course.event.tolist(), strict=True))


def test_survival_ends_with_death_or_with_the_cut_off(study):
    # P1 152 days to death, P2 and P5 to the cut-off, P3 9 days, P4 275 days; P6 was never infused.
    assert told(follow_again(study.subjects, "os")) == [
        (152, True),
        (1064, False),
        (9, True),
        (275, True),
        (578, False),
    ]


def test_progression_ends_the_time_before_death_does(study):
    # P1 relapse on day 60; P4 progression on day 40; P5 on day 183.
    assert told(follow_again(study.subjects, "pfs")) == [
        (60, True),
        (1064, False),
        (9, True),
        (40, True),
        (183, True),
    ]


def test_a_transplant_censors_competes_or_counts_as_asked(study):
    for handling, expected in (("censor", (90, False)), ("event", (90, True)), ("competing", (90, False))):
        course = follow_again(study.subjects, "os", hsct_handling=handling)
        assert told(course)[1] == expected
        assert course.rival[1] == (handling == "competing")


def test_death_after_relapse_competes_with_nothing(study):
    # In remission were P1 (relapse 32 days after response) and P2.
    relapse, death = (follow_again(study.subjects, name) for name in ("cir", "nrm"))
    assert told(relapse) == [(32, True), (1036, False)]
    assert death.event.tolist() == [False, False]
    assert death.rival.tolist() == [True, False]


@pytest.mark.parametrize("name", ["os", "pfs", "efs", "rfs", "dor", "cir", "nrm"])
@pytest.mark.parametrize("handling", ["ignore", "censor", "event", "competing"])
def test_both_derivations_give_the_same_endpoint(study, name, handling):
    ours = derive_endpoint(study, name, hsct_handling=handling, new_therapy_handling=handling)
    again = follow_again(study.subjects, name, hsct_handling=handling, new_therapy_handling=handling)
    assert again.days.tolist() == ours.time_days.tolist()
    assert again.event.tolist() == ours.event.tolist()
    assert (again.event | again.rival).tolist() == np.asarray(ours.event_type != "censored").tolist()
