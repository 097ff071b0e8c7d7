"""From the loaded study to the cohort that is analysed."""

import datetime as dt

import pandas as pd
import pytest

from cartcohort.errors import ParameterError
from cartcohort.study import select_cohort
from tests.builders import ADVERSE_EVENTS, ASSESSMENTS, COHORT, CUTOFF, MINIMAL, MINIMAL_DAYS, make_study

YAML = f"data_cutoff_date: {CUTOFF}\n"


@pytest.fixture
def study(tmp_path):
    return make_study(tmp_path, adverse_events=ADVERSE_EVENTS, assessments=ASSESSMENTS)


def ids(cohort):
    return " ".join(cohort.subjects["subject_id"])


def message(study, **options):
    with pytest.raises(ParameterError) as caught:
        select_cohort(study, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("population", "expected", "exclusions"),
    [
        ("enrolled", "P1 P2 P3 P4 P5 P6", ()),
        ("infused", "P1 P2 P3 P4 P5", (("never infused", 1),)),
        ("evaluable", "P1 P2 P4 P5", (("never infused", 1), ("not evaluable for response", 1))),
    ],
)
def test_a_population_says_whom_it_leaves_out(study, population, expected, exclusions):
    cohort = select_cohort(study, population=population)
    assert ids(cohort) == expected
    assert cohort.exclusions == exclusions
    assert cohort.subjects.index.equals(pd.RangeIndex(len(cohort.subjects)))


def test_derived_columns_follow_their_parameters(study):
    cohort = select_cohort(study)
    assert cohort.subjects["tumor_burden"].tolist() == ["high", "low", "high", "high", "high"]
    assert cohort.subjects["age_group"].tolist() == [
        "under 40",
        "40 and over",
        "40 and over",
        "under 40",
        "40 and over",
    ]
    assert cohort.subjects["response"].tolist() == ["yes", "yes", "no", "no", "yes"]
    other = select_cohort(study, tumor_burden_threshold_pct=90, age_cut_years=60)
    assert other.subjects["tumor_burden"].tolist() == ["low", "low", "high", "high", "high"]
    assert other.subjects["age_group"].tolist() == ["under 60"] * 4 + ["60 and over"]


def test_a_column_of_a_derived_name_in_the_file_wins(tmp_path):
    subjects = "subject_id,death_day,last_contact_day,age_group,age_years\nA,1,,old,20\nB,2,,young,80\n"
    cohort = select_cohort(make_study(tmp_path, subjects=subjects, yaml="levels: {age_group: [young, old]}"))
    assert cohort.subjects["age_group"].tolist() == ["old", "young"]
    assert cohort.subjects["age_group"].cat.categories.tolist() == ["young", "old"]


def test_a_subset_may_use_derived_columns_and_takes_the_events_along(study):
    cohort = select_cohort(study, subset="tumor_burden == 'high' and age_years < 50")
    assert ids(cohort) == "P1 P4"
    assert cohort.exclusions == (("never infused", 1), ("outside the subset", 3))
    assert cohort.adverse_events["subject_id"].tolist() == ["P1", "P1", "P4"]
    assert cohort.assessments["subject_id"].tolist() == ["P1", "P1"]


def test_a_subset_by_what_is_known_only_later_says_so(study):
    cohort = select_cohort(study, subset="response == 'yes' and age_years < 200")
    ((reason, _),) = cohort.exclusions[1:]
    assert cohort.selected_by == ("response",)
    assert select_cohort(study, subset="age_years < 200").selected_by == ()
    assert reason == (
        "outside the subset, chosen by what is known only after infusion (response): "
        "time lived until then is guaranteed"
    )


def test_a_subset_that_leaves_no_patient_is_refused_with_the_flow(study):
    assert message(study, subset="age_years > 100") == (
        "No patient is left to analyse.\n"
        "Left out: 1 never infused; 5 outside the subset. Widen `subset`, `population` or `data_cutoff_date`."
    )


def test_an_empty_subset_keeps_all(study):
    assert ids(select_cohort(study, subset="  ")) == "P1 P2 P3 P4 P5"


def test_factors_are_categories_with_the_levels_that_occur(study):
    cohort = select_cohort(study, subset="sex == 'male'", factors=["sex", "genetic_risk"])
    assert cohort.factors == ("sex", "genetic_risk")
    assert cohort.subjects["sex"].cat.categories.tolist() == ["male"]
    assert cohort.subjects["genetic_risk"].cat.categories.tolist() == ["high", "low"]


def test_a_numeric_factor_keeps_its_numbers_beside_it(study):
    cohort = select_cohort(study, factors=["age_years"])
    assert cohort.subjects["age_years"].tolist() == ["33", "45", "51", "28", "61"]
    assert cohort.subjects["age_years_value"].tolist() == [33, 45, 51, 28, 61]
    assert cohort.labels["age_years_value"] == "Age (years)"


def test_an_unknown_factor_is_refused_with_the_closest_column(study):
    assert message(study, factors=["genetic_rsik"]) == (
        "`factors` names `genetic_rsik`, which is no column. Did you mean `genetic_risk`?\n"
        "Name columns of the subjects table or derived ones, such as [sex, age_group]."
    )


@pytest.mark.parametrize("name", ["subject_id", "infusion_date", "relapse_day", "infused"])
def test_a_column_that_makes_no_groups_is_refused(study, name):
    assert f"`factors` names `{name}`, which makes no groups of patients." in message(study, factors=["sex", name])


def test_a_factor_with_too_many_values_is_refused(tmp_path):
    rows = "".join(f"P{i},{i},,town {i}\n" for i in range(21))
    study = make_study(tmp_path, subjects=f"subject_id,death_day,last_contact_day,town\n{rows}", yaml="")
    assert "more than 20 values" in message(study, factors=["town"])


def test_a_wrong_population_is_refused_with_the_choices(study):
    assert "must be one of infused, enrolled, evaluable. Did you mean `infused`?" in message(
        study, population="infusd"
    )


def test_the_loaded_study_stays_as_it_was(study):
    before = study.subjects.copy(deep=True)
    select_cohort(study, data_cutoff_date="2020-06-30", subset="age_years < 50", factors=["age_years"])
    pd.testing.assert_frame_equal(study.subjects, before)
    assert study.exclusions == () and study.data_cutoff_date == dt.date(2022, 12, 31)


@pytest.mark.parametrize("subjects", [MINIMAL, MINIMAL_DAYS])
def test_a_study_with_the_least_columns_makes_a_cohort(tmp_path, subjects):
    cohort = select_cohort(make_study(tmp_path, subjects=subjects, yaml=YAML if subjects is MINIMAL else ""))
    assert len(cohort.subjects) == 3
    assert cohort.lacking("tumor_burden", "age_group", "response") == ("tumor_burden", "age_group", "response")


def test_levels_of_the_description_order_derived_and_further_factors(tmp_path):
    subjects = COHORT.replace("extramedullary_disease\n", "extramedullary_disease,site\n")
    for number, site in enumerate("bacbac", 1):
        subjects = subjects.replace(f"  P{number},", f"  P{number}@{site},")
    lines = [
        line.split("@")[0] + line.split("@")[1][1:] + "," + line.split("@")[1][0] if "@" in line else line
        for line in subjects.splitlines()
    ]
    yaml = YAML + "factors: [site, tumor_burden]\nlevels: {tumor_burden: [high, low], site: [c, a, b]}"
    cohort = select_cohort(make_study(tmp_path, subjects="\n".join(lines), yaml=yaml))
    assert cohort.subjects["site"].cat.categories.tolist() == ["c", "a", "b"]
    assert cohort.subjects["tumor_burden"].cat.categories.tolist() == ["high", "low"]
