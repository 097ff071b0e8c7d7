"""Endpoint rules as tiny tables: days in -> time, event, reason of censoring.

Each case is one patient, in days from infusion. `None` as the outcome: the patient is not at risk.
"""

import pytest

from cartcohort.study import derive_endpoint
from tests.builders import make_study

COLUMNS = {
    "death": "death_day",
    "contact": "last_contact_day",
    "best": "best_response",
    "response": "response_day",
    "progression": "progression_day",
    "relapse": "relapse_day",
    "hsct": "hsct_day",
    "therapy": "new_therapy_day",
    "enrolled": "enrollment_day",
}


def outcome(tmp_path, name, patient, **options):
    """Time, what happened (`event_source`) or why censored, and the category of one patient."""
    header = ",".join(["subject_id", *COLUMNS.values()])
    row = ",".join(["A", *(str(patient.get(key, "")) for key in COLUMNS)])
    endpoint = derive_endpoint(make_study(tmp_path, subjects=f"{header}\n{row}\n", yaml=""), name, **options)
    if not len(endpoint.time_days):
        assert endpoint.n_excluded == 1 and endpoint.exclusion_note
        return None
    [time], [event], [kind], [source], [reason] = (
        endpoint.time_days,
        endpoint.event,
        endpoint.event_type,
        endpoint.event_source,
        endpoint.censoring_reason,
    )
    assert event == (kind == endpoint.cause)
    assert (kind == "censored") == (reason != "") == (source == "")
    return int(time), str(source or reason), str(kind)


def short(found):
    return found and found[:2]


OS = [
    ({"death": 100}, (100, "death")),
    ({"contact": 100}, (100, "last contact")),
    ({"death": 100, "contact": 60}, (100, "death")),
    ({"death": 0}, (0, "death")),
    ({"contact": 0}, (0, "last contact")),
    ({"contact": 100, "best": "CR", "response": 28, "relapse": 50}, (100, "last contact")),
]

PFS = [
    # a responder: relapse, progression or death, whichever is first
    ({"contact": 100, "best": "CR", "response": 28}, (100, "last contact")),
    ({"contact": 100, "best": "CR", "response": 28, "relapse": 60}, (60, "relapse")),
    ({"death": 90, "best": "CR", "response": 28, "relapse": 60}, (60, "relapse")),
    ({"death": 60, "best": "CR", "response": 28, "relapse": 60}, (60, "relapse")),
    ({"death": 90, "best": "CRi", "response": 28}, (90, "death")),
    ({"contact": 100, "best": "PR", "response": 28, "progression": 70}, (70, "progression")),
    ({"contact": 70, "best": "PR", "response": 28, "progression": 70}, (70, "progression")),
    # a non-responder: the day of progression, or else the assessment, or death before it
    ({"contact": 100, "best": "NR"}, (28, "non-response")),
    ({"contact": 100, "best": "NR", "progression": 40}, (40, "progression")),
    ({"contact": 100, "best": "NR", "progression": 20}, (20, "progression")),
    ({"death": 100, "best": "NR"}, (28, "non-response")),
    ({"death": 20, "best": "NR"}, (20, "death")),
    ({"death": 28, "best": "NR"}, (28, "non-response")),
    ({"contact": 20, "best": "NR"}, (20, "last contact")),
    ({"contact": 28, "best": "NR"}, (28, "non-response")),
    # response not evaluable or not recorded: no event by itself
    ({"contact": 100, "best": "NE"}, (100, "last contact")),
    ({"death": 12, "best": "NE"}, (12, "death")),
    ({"death": 100, "best": "NE", "progression": 40}, (40, "progression")),
    ({"contact": 100}, (100, "last contact")),
    ({"death": 100}, (100, "death")),
]

EFS = [
    ({"contact": 100, "best": "CR", "response": 28}, (100, "last contact")),
    ({"contact": 100, "best": "CR", "response": 28, "therapy": 50}, (50, "new therapy")),
    ({"contact": 100, "best": "CR", "response": 28, "relapse": 50, "therapy": 60}, (50, "relapse")),
    ({"contact": 100, "best": "CR", "response": 28, "hsct": 50}, (100, "last contact")),
    ({"contact": 100, "best": "NR", "progression": 40}, (28, "non-response")),
    ({"contact": 100, "best": "NR", "progression": 20}, (20, "progression")),
    ({"contact": 100, "best": "NR", "therapy": 14}, (14, "new therapy")),
    ({"death": 20, "best": "NR"}, (20, "death")),
    ({"contact": 20, "best": "NR"}, (20, "last contact")),
    ({"contact": 100, "best": "CR", "response": 60}, (100, "last contact")),
    ({"contact": 100, "best": "PR", "response": 28, "progression": 70}, (70, "progression")),
    ({"contact": 100, "best": "NE"}, (100, "last contact")),
]

RFS = [
    ({"contact": 100, "best": "CR", "response": 28}, (72, "last contact")),
    ({"contact": 100, "best": "CRi", "response": 28, "relapse": 60}, (32, "relapse")),
    ({"death": 100, "best": "CR", "response": 28}, (72, "death")),
    ({"death": 100, "best": "CR", "response": 0, "relapse": 1}, (1, "relapse")),
    ({"death": 28, "best": "CR", "response": 28}, (0, "death")),
    ({"contact": 28, "best": "CR", "response": 28}, (0, "last contact")),
    ({"contact": 100, "best": "CR"}, None),
    ({"contact": 100, "best": "PR", "response": 28}, None),
    ({"contact": 100, "best": "NR"}, None),
    ({"contact": 100}, None),
]

DOR = [
    ({"contact": 100, "best": "CR", "response": 28, "relapse": 60}, (32, "relapse")),
    ({"contact": 100, "best": "PR", "response": 28, "progression": 60}, (32, "progression")),
    ({"contact": 100, "best": "PR", "response": 28, "progression": 20}, (72, "last contact")),
    ({"death": 100, "best": "PR", "response": 28}, (72, "death")),
    ({"contact": 100, "best": "NE"}, None),
]


@pytest.mark.parametrize(
    ("name", "patient", "expected"),
    [
        (name, *case)
        for name, cases in (("os", OS), ("pfs", PFS), ("efs", EFS), ("rfs", RFS), ("dor", DOR))
        for case in cases
    ],
)
def test_time_and_end_of_one_patient(tmp_path, name, patient, expected):
    assert short(outcome(tmp_path, name, patient)) == expected


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        ({"contact": 100, "best": "CR", "response": 28}, (72, "last contact", "censored")),
        ({"death": 100, "best": "CR", "response": 28, "relapse": 60}, (32, "relapse", "relapse")),
        ({"death": 60, "best": "CR", "response": 28, "relapse": 60}, (32, "relapse", "relapse")),
        ({"death": 100, "best": "CR", "response": 28}, (72, "death", "death without relapse")),
        ({"death": 100, "best": "PR", "response": 28}, None),
    ],
)
@pytest.mark.parametrize("name", ["cir", "nrm"])
def test_relapse_and_death_without_relapse_compete(tmp_path, name, patient, expected):
    assert outcome(tmp_path, name, patient) == expected


TRANSPLANTED = {"death": 100, "best": "CR", "response": 28, "relapse": 80, "hsct": 50}


@pytest.mark.parametrize(
    ("name", "handling", "expected"),
    [
        ("os", "ignore", (100, "death", "death")),
        ("os", "censor", (50, "transplant", "censored")),
        ("os", "event", (50, "transplant", "death")),
        ("os", "competing", (50, "transplant", "transplant")),
        ("pfs", "ignore", (80, "relapse", "progression, relapse or death")),
        ("pfs", "censor", (50, "transplant", "censored")),
        ("rfs", "event", (22, "transplant", "relapse or death")),
        ("rfs", "competing", (22, "transplant", "transplant")),
        ("cir", "ignore", (52, "relapse", "relapse")),
        ("cir", "censor", (22, "transplant", "censored")),
        ("cir", "event", (22, "transplant", "relapse")),
        ("cir", "competing", (22, "transplant", "transplant")),
        ("nrm", "event", (22, "transplant", "death without relapse")),
    ],
)
def test_a_later_transplant_is_what_the_parameter_says(tmp_path, name, handling, expected):
    assert outcome(tmp_path, name, TRANSPLANTED, hsct_handling=handling) == expected


@pytest.mark.parametrize("handling", ["censor", "event", "competing"])
@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        ({"death": 100, "best": "CR", "response": 28, "relapse": 40, "hsct": 50}, (12, "relapse")),
        ({"death": 100, "best": "CR", "response": 28, "relapse": 50, "hsct": 50}, (22, "relapse")),
        ({"contact": 100, "best": "CR", "response": 28}, (72, "last contact")),
        ({"contact": 50, "best": "CR", "response": 28, "hsct": 50}, (22, "transplant")),
        ({"contact": 100, "best": "CR", "response": 28, "hsct": 20}, (0, "transplant")),
    ],
)
def test_a_transplant_counts_only_where_it_comes_first(tmp_path, handling, patient, expected):
    assert short(outcome(tmp_path, "rfs", patient, hsct_handling=handling)) == expected


@pytest.mark.parametrize(
    ("name", "handling", "expected"),
    [
        ("efs", "ignore", (50, "new therapy", "non-response, relapse, new therapy or death")),
        ("efs", "event", (50, "new therapy", "non-response, relapse, new therapy or death")),
        ("efs", "censor", (50, "new therapy", "censored")),
        ("efs", "competing", (50, "new therapy", "new therapy")),
        ("pfs", "ignore", (100, "last contact", "censored")),
        ("pfs", "censor", (50, "new therapy", "censored")),
        ("os", "competing", (50, "new therapy", "new therapy")),
    ],
)
def test_a_new_therapy_is_what_the_parameter_says(tmp_path, name, handling, expected):
    patient = {"contact": 100, "best": "CR", "response": 28, "therapy": 50}
    assert outcome(tmp_path, name, patient, new_therapy_handling=handling) == expected


def test_of_transplant_and_new_therapy_the_first_counts(tmp_path):
    patient = {"contact": 100, "best": "CR", "response": 28, "hsct": 60, "therapy": 50}
    found = outcome(tmp_path, "os", patient, hsct_handling="event", new_therapy_handling="censor")
    assert found == (50, "new therapy", "censored")


@pytest.mark.parametrize(
    ("day", "patient", "expected"),
    [
        (14, {"contact": 100, "best": "NR"}, (14, "non-response")),
        (90, {"contact": 100, "best": "NR"}, (90, "non-response")),
        (90, {"death": 60, "best": "NR"}, (60, "death")),
        (0, {"death": 60, "best": "NR"}, (0, "non-response")),
        (90, {"contact": 100, "best": "NR", "progression": 40}, (40, "progression")),
    ],
)
def test_non_response_counts_on_the_assessment_day(tmp_path, day, patient, expected):
    assert short(outcome(tmp_path, "pfs", patient, response_assessment_day=day)) == expected


@pytest.mark.parametrize(
    ("name", "patient", "expected"),
    [
        ("os", {"death": 100, "enrolled": -20}, (120, "death")),
        ("os", {"contact": 100, "enrolled": 0}, (100, "last contact")),
        ("pfs", {"contact": 100, "best": "NR", "enrolled": -20}, (48, "non-response")),
        ("efs", {"contact": 100, "best": "NR", "enrolled": -20}, (48, "non-response")),
        ("os", {"death": 100}, None),
        ("rfs", {"contact": 100, "best": "CR", "response": 28, "enrolled": -20}, (72, "last contact")),
    ],
)
def test_time_may_count_from_enrollment(tmp_path, name, patient, expected):
    assert short(outcome(tmp_path, name, patient, origin="enrollment")) == expected
