"""The marrow transplant study gives back the columns of its source."""

import pandas as pd
import pytest

from cartcohort.study import derive_endpoint, load_study, select_cohort
from data.bmt.convert import FOLDER, SOURCE, convert_adverse_events, convert_subjects

# The source ends the disease-free time of this patient, who died without relapse on day 350, on day 332.
CONTRADICTED = 39


@pytest.fixture(scope="module")
def raw():
    return pd.read_csv(SOURCE)


@pytest.fixture(scope="module")
def cohort():
    return select_cohort(load_study(FOLDER))


@pytest.mark.parametrize(
    ("file", "convert"), [("subjects", convert_subjects), ("adverse_events", convert_adverse_events)]
)
def test_the_tables_are_what_the_conversion_writes(raw, file, convert):
    assert (FOLDER / f"{file}.csv").read_text(encoding="utf-8") == convert(raw).to_csv(
        index=False, lineterminator="\n"
    )


def test_the_study_is_real_has_nothing_odd_and_takes_all_patients(cohort):
    assert not cohort.synthetic and cohort.warnings == () and cohort.exclusions == ()
    assert len(cohort.subjects) == 137


def test_overall_survival_is_the_sources(raw, cohort):
    os = derive_endpoint(cohort, "os")
    assert os.time_days.tolist() == raw["death_or_last_contact_day"].tolist()
    assert os.event.tolist() == (raw["died"] == 1).tolist()
    assert os.event.sum() == 81


@pytest.mark.parametrize("name", ["rfs", "pfs", "efs", "dor", "cir", "nrm"])
def test_times_to_relapse_or_death_are_the_sources_but_one(raw, cohort, name):
    endpoint = derive_endpoint(cohort, name)
    assert endpoint.n_excluded == 0
    expected = raw["relapse_death_or_last_contact_day"].to_numpy()
    assert endpoint.row[endpoint.time_days != expected].tolist() == [CONTRADICTED]
    assert (endpoint.time_days[CONTRADICTED - 2], expected[CONTRADICTED - 2]) == (350, 332)


def test_events_are_the_sources(raw, cohort):
    assert derive_endpoint(cohort, "rfs").event.tolist() == (raw["relapsed_or_died"] == 1).tolist()
    expected = (
        raw["relapsed"].map({1: "relapse"}).fillna(raw["died"].map({1: "death without relapse", 0: "censored"}))
    )
    assert list(derive_endpoint(cohort, "cir").event_type) == expected.tolist()
    assert derive_endpoint(cohort, "cir").event.tolist() == (raw["relapsed"] == 1).tolist()


def test_graft_versus_host_disease_is_the_sources(raw, cohort):
    events = cohort.adverse_events
    for term in ("acute", "chronic"):
        happened = raw[raw[f"{term}_gvhd"] == 1]
        found = events[events["term"] == f"{term} GVHD"]
        assert found["subject_id"].tolist() == cohort.subjects["subject_id"][happened.index].tolist()
        impossible = (happened["died"] == 1) & (happened[f"{term}_gvhd_day"] > happened["death_or_last_contact_day"])
        assert found["onset_day"].isna().tolist() == impossible.tolist()
        dated = ~impossible.to_numpy()
        assert found["onset_day"][dated].tolist() == happened[f"{term}_gvhd_day"][dated].tolist()
    assert events["grade"].isna().all()


def test_factors_have_the_levels_of_the_source(cohort):
    assert cohort.subjects["disease_group"].value_counts(sort=False).to_dict() == {
        "ALL": 38,
        "AML low risk": 54,
        "AML high risk": 45,
    }
    assert cohort.subjects["donor_age_years"].cat.categories.tolist() == ["at most 28", "above 28"]
    assert all(cohort.subjects[factor].nunique() > 1 for factor in cohort.factors)
