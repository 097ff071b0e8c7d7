"""What an Endpoint carries besides times and events."""

import numpy as np
import pandas as pd
import pytest

from cartcohort.errors import ParameterError
from cartcohort.study import ENDPOINTS, derive_by_hsct_handling, derive_endpoint, derive_endpoints, select_cohort
from tests.builders import MINIMAL, make_study


@pytest.fixture
def study(tmp_path):
    return make_study(tmp_path)


def test_the_arrays_are_aligned_with_the_patients(study):
    rfs = derive_endpoint(study, "rfs")
    assert rfs.subjects["subject_id"].tolist() == ["P1", "P2"]
    assert rfs.subjects.index.equals(pd.RangeIndex(2))
    assert rfs.row.tolist() == [2, 3]
    assert rfs.time_days.tolist() == [32, 1036] and rfs.event.tolist() == [True, False]
    assert rfs.origin_day.tolist() == [28, 28]
    assert (rfs.name, rfs.label, rfs.abbreviation) == ("rfs", "Relapse-free survival", "RFS")
    assert rfs.origin == "first response"


def test_dtypes_are_the_same_for_every_endpoint_and_for_no_patient(study):
    nobody = select_cohort(study, subset="best_response == 'NR'")
    for cohort in (study, nobody):
        for endpoint in derive_endpoints(cohort, ENDPOINTS).values():
            assert endpoint.time_days.dtype == np.int64 and endpoint.event.dtype == bool
            assert endpoint.event_type.categories[0] == "censored"
            assert endpoint.cause in endpoint.event_type.categories
            assert endpoint.censoring_reason.dtype == endpoint.event_source.dtype == object
    assert len(derive_endpoint(nobody, "rfs").time_days) == 0


def test_those_left_out_are_counted_and_described(study):
    rfs = derive_endpoint(study, "rfs")
    assert (rfs.n_excluded, rfs.exclusion_note) == (4, "4 patients without CR or CRi")
    os = derive_endpoint(study, "os")
    assert (os.n_excluded, os.exclusion_note) == (1, "1 patient never infused")
    enrolled = derive_endpoint(study, "os", origin="enrollment")
    assert (enrolled.n_excluded, enrolled.exclusion_note, enrolled.origin) == (0, "", "enrollment")
    assert enrolled.time_days.tolist()[5] == 17


def test_a_responder_without_a_day_is_told_apart(tmp_path):
    subjects = "subject_id,death_day,last_contact_day,best_response,response_day\nA,,9,CR,\nB,,9,CR,1\nC,,9,NR,\n"
    rfs = derive_endpoint(make_study(tmp_path, subjects=subjects, yaml=""), "rfs")
    assert (rfs.n_excluded, rfs.exclusion_note) == (2, "1 patient without CR or CRi and 1 without a day of response")
    assert derive_endpoint(make_study(tmp_path, subjects=subjects, yaml=""), "dor").exclusion_note.startswith(
        "1 patient without CR, CRi or PR and 1 "
    )


def test_a_patient_followed_to_the_cutoff_is_censored_by_it(tmp_path):
    os = derive_endpoint(make_study(tmp_path, subjects=MINIMAL), "os")
    assert os.censoring_reason.tolist() == ["", "data cut-off", "last contact"]


def test_categories_are_alike_whatever_happened(tmp_path):
    nothing = make_study(tmp_path, subjects="subject_id,death_day,last_contact_day\nA,,9\n", yaml="")
    assert derive_endpoint(nothing, "os").event_type.categories.tolist() == ["censored", "death"]
    for name in ("cir", "nrm"):
        categories = derive_endpoint(nothing, name).event_type.categories.tolist()
        assert categories == ["censored", "relapse", "death without relapse"]
    competing = derive_endpoint(nothing, "cir", hsct_handling="competing", new_therapy_handling="competing")
    assert competing.event_type.categories.tolist()[3:] == ["transplant", "new therapy"]


def test_cir_and_nrm_are_two_views_of_the_same_times(study):
    cir, nrm = derive_endpoint(study, "cir"), derive_endpoint(study, "nrm")
    assert cir.time_days.tolist() == nrm.time_days.tolist()
    assert list(cir.event_type) == list(nrm.event_type)
    assert (cir.cause, nrm.cause) == ("relapse", "death without relapse")
    assert not (cir.event & nrm.event).any()


def test_every_handling_of_transplant_is_derived_by_name(study):
    by_handling = derive_by_hsct_handling(study, ["os", "pfs"])
    assert list(by_handling) == ["ignore", "censor", "event", "competing"]
    assert [endpoints["os"].event_source[1] for endpoints in by_handling.values()] == [
        "",
        "",
        "transplant",
        "transplant",
    ]
    assert by_handling["censor"]["os"].time_days[1] == 90


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("pfss", {}, "There is no endpoint `pfss`. Did you mean `pfs`?"),
        ("os", {"origin": "birth"}, "`origin` must be one of infusion, enrollment."),
        ("os", {"hsct_handling": "censr"}, "Did you mean `censor`?"),
        ("os", {"response_assessment_day": -1}, "`response_assessment_day` must be a whole number, at least 0."),
    ],
)
def test_an_unknown_endpoint_or_option_is_refused(study, name, options, message):
    with pytest.raises(ParameterError) as caught:
        derive_endpoint(study, name, **options)
    assert message in str(caught.value)
