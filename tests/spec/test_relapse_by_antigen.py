"""Relapse by antigen status: what each pair of antigens makes of a relapse, and that nothing is lost between them."""

import pytest

from cartcohort.study import derive_endpoint, derive_endpoints
from tests.builders import make_study

NAMES = ("cir_antigen_positive", "cir_antigen_negative", "cir_antigen_unknown")
POSITIVE, NEGATIVE = "antigen-positive relapse", "antigen-negative relapse"
UNKNOWN = "relapse of unknown antigen status"
HEADER = "subject_id,death_day,last_contact_day,best_response,response_day,relapse_day,relapse_cd19,relapse_cd22"
# Both antigens were looked for: one relapse of the study, besides the one asked about, has both known.
OTHER = "Z,,300,CR,28,70,positive,positive"

STATES = [
    (("positive", "positive"), POSITIVE),
    (("positive", "dim"), POSITIVE),
    (("dim", "dim"), POSITIVE),
    (("negative", "positive"), NEGATIVE),
    (("dim", "negative"), NEGATIVE),
    (("negative", "negative"), NEGATIVE),
    (("negative", "unknown"), NEGATIVE),
    (("", "negative"), NEGATIVE),
    (("positive", "unknown"), UNKNOWN),
    (("positive", ""), UNKNOWN),
    (("unknown", "dim"), UNKNOWN),
    (("", ""), UNKNOWN),
]


def derive(tmp_path, *rows, **options):
    study = make_study(tmp_path, subjects="\n".join([HEADER, *rows]), yaml="")
    return derive_endpoints(study, [*NAMES, "cir", "nrm"], **options)


def kinds(endpoints):
    """The kind of end of each patient, which is the same whichever of the causes is asked about."""
    found = {name: list(endpoints[name].event_type) for name in NAMES}
    assert found[NAMES[0]] == found[NAMES[1]] == found[NAMES[2]]
    return found[NAMES[0]]


@pytest.mark.parametrize(("antigens", "expected"), STATES, ids=lambda value: "-".join(value) or "none")
def test_a_relapse_is_what_its_antigens_make_of_it(tmp_path, antigens, expected):
    endpoints = derive(tmp_path, f"A,,200,CR,28,60,{antigens[0]},{antigens[1]}", OTHER)
    assert kinds(endpoints) == [expected, POSITIVE]
    happened = [name for name in NAMES if endpoints[name].event[0]]
    assert [endpoints[name].cause for name in happened] == [expected]


def test_a_death_on_the_day_of_relapse_is_a_relapse_of_its_antigens(tmp_path):
    endpoints = derive(tmp_path, "A,60,,CR,28,60,negative,positive", OTHER, "B,60,,CRi,28,,,", "C,,60,CR,28,,,")
    assert kinds(endpoints) == [NEGATIVE, POSITIVE, "death without relapse", "censored"]
    assert endpoints[NAMES[1]].time_days.tolist() == [32, 42, 32, 32]
    assert endpoints[NAMES[1]].event_source.tolist() == ["relapse", "relapse", "death", ""]


def test_an_antigen_that_was_never_looked_for_leaves_the_other_to_decide(tmp_path):
    rows = ["A,,200,CR,28,60,positive,", "B,,200,CR,28,60,negative,unknown", "C,,200,CR,28,60,unknown,"]
    assert kinds(derive(tmp_path, *rows)) == [POSITIVE, NEGATIVE, UNKNOWN]


def test_without_any_known_antigen_every_relapse_is_of_unknown_status(tmp_path):
    assert kinds(derive(tmp_path, "A,,200,CR,28,60,,", "B,,200,CR,28,60,unknown,")) == [UNKNOWN, UNKNOWN]


def test_the_kinds_of_relapse_are_all_relapses_and_no_other(tmp_path):
    rows = [f"P{n},,200,CR,28,{40 + n},{antigens[0]},{antigens[1]}" for n, (antigens, _) in enumerate(STATES)]
    endpoints = derive(tmp_path, *rows, "A,90,,CR,28,,,", "B,,200,CR,28,,,")
    by_antigen = sum(endpoints[name].event.astype(int) for name in NAMES)
    assert by_antigen.tolist() == endpoints["cir"].event.astype(int).tolist()
    assert [kind == "death without relapse" for kind in kinds(endpoints)] == endpoints["nrm"].event.tolist()
    assert all((endpoints[name].time_days == endpoints["cir"].time_days).all() for name in NAMES)


def test_a_transplant_may_compete_with_every_kind_of_relapse(tmp_path):
    study = make_study(tmp_path, subjects=f"{HEADER},hsct_day\nA,,200,CR,28,60,dim,dim,50\n", yaml="")
    endpoint = derive_endpoint(study, NAMES[0], hsct_handling="competing")
    assert (list(endpoint.event_type), endpoint.time_days.tolist()) == (["transplant"], [22])
