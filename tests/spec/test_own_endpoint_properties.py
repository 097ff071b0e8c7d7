"""An endpoint of a study's own that spells out one of the suite is that one, whatever the cohort and the options."""

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cartcohort.estimate.second_route.follow_again import follow_again
from cartcohort.study import derive_endpoint, load_study, select_cohort
from tests.builders import write_study
from tests.spec.test_endpoint_properties import CUTOFF, FIRST, HEADER, by_id, cohorts, handling

SPELT_OUT = {
    "os": "{label: A, events: [death]}",
    "pfs": "{label: B, events: [relapse, progression, undated_non_response, death]}",
    "efs": "{label: C, events: [relapse, progression, non_response, new_therapy, death]}",
    "rfs": "{label: D, origin: response, events: [relapse, death], patients: \"best_response in ['CR', 'CRi']\"}",
    "dor": "{label: E, origin: response, events: [relapse, progression, death], patients: response == 'yes'}",
    "cir": "{label: F, origin: response, events: [relapse], competing: death, "
    "patients: \"best_response in ['CR', 'CRi']\"}",
}
YAML = "\n".join([f"data_cutoff_date: {CUTOFF}", "endpoints:", *(f"  my_{n}: {one}" for n, one in SPELT_OUT.items())])


def load(rows):
    with tempfile.TemporaryDirectory() as folder:
        return load_study(write_study(Path(folder), subjects="\n".join([HEADER, *rows]), yaml=YAML))


def outcomes(endpoint):
    """By patient: time, whether the event happened, what it was, and why a time is censored."""
    return {patient: (time, event, *rest) for patient, (time, event, _, *rest) in by_id(endpoint).items()}


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(cohorts, handling, handling, st.integers(0, 729), st.integers(0, 60))
def test_what_spells_out_an_endpoint_of_the_suite_is_that_endpoint(rows, hsct, therapy, day, assessment):
    study = load(rows)
    options = {"hsct_handling": hsct, "new_therapy_handling": therapy, "response_assessment_day": assessment}
    date = FIRST + dt.timedelta(days=day)
    cohorts = [select_cohort(study)]
    if (study.subjects["infusion_date"].dt.date <= date).any():
        cohorts.append(select_cohort(study, data_cutoff_date=date, response_assessment_day=assessment))
    for cohort in cohorts:
        for name in SPELT_OUT:
            # The suite's own EFS follows the parameter; a declaration that names new therapy decides itself.
            suite = options | ({"new_therapy_handling": "ignore"} if name == "efs" else {})
            ours, own = derive_endpoint(cohort, name, **suite), derive_endpoint(cohort, f"my_{name}", **options)
            assert outcomes(own) == outcomes(ours)
            again = follow_again(
                cohort.subjects, f"my_{name}", **options, declared=cohort.own_endpoints[f"my_{name}"]
            )
            assert again.days.tolist() == own.time_days.tolist()
            assert again.event.tolist() == own.event.tolist()


@pytest.mark.parametrize("origin", ["infusion", "enrollment"])
def test_without_an_origin_of_its_own_it_counts_from_where_os_does(origin):
    header, *rows = (
        "subject_id,infusion_date,enrollment_date,death_date,last_contact_date,best_response,progression_date,"
        "relapse_date,hsct_date,new_therapy_date,response_date",
        "A,2021-02-01,2021-01-10,2021-06-01,,NR,2021-03-01,,,,",
        "B,2021-03-01,2021-02-20,,2022-12-31,CR,,2021-09-01,,2021-10-01,2021-04-01",
    )
    with tempfile.TemporaryDirectory() as folder:
        study = load_study(write_study(Path(folder), subjects="\n".join([header, *rows]), yaml=YAML))
    for name in ("os", "pfs", "efs"):
        ours, own = (derive_endpoint(study, one, origin=origin) for one in (name, f"my_{name}"))
        assert outcomes(own) == outcomes(ours)
