"""A study's own groups that are known only after infusion, and columns that are no factors because they are."""

import pytest

from cartcohort.errors import ParameterError, StudyDataError
from cartcohort.study import select_cohort
from cartcohort.study.schema import DERIVED, SUBJECTS
from tests.builders import COHORT, CUTOFF, make_study

HEAD = "subject_id,death_day,last_contact_day,peak_day,peak,three\n"
ROWS = "A,90,,7,high,x\nB,,400,12,low,y\nC,,300,,low,z\n"


def declare(tmp_path, known_later, *, subjects=HEAD + ROWS, more=""):
    return make_study(tmp_path, subjects=subjects, yaml=f"known_later: {known_later}\n{more}")


def refused(tmp_path, known_later, **files):
    with pytest.raises(StudyDataError) as error:
        declare(tmp_path, known_later, **files)
    [problem] = error.value.problems
    return problem.what


def test_a_column_of_two_levels_is_tied_to_the_day_on_which_it_was_known(tmp_path):
    study = declare(tmp_path, "{peak: peak_day}", more="levels: {peak: [low, high]}")
    assert study.known_later == {"peak": "peak_day"}
    assert study.subjects["peak"].tolist() == ["high", "low", "low"]
    assert study.subjects["peak"].cat.categories.tolist() == ["low", "high"]
    assert study.labels["peak"] == "Peak"


def test_without_a_column_of_that_name_a_patient_with_a_day_is_in_the_group(tmp_path):
    study = declare(tmp_path, "{recovered: peak_day}", more="labels: {recovered: Recovery}")
    assert study.subjects["recovered"].tolist() == ["yes", "yes", "no"]
    assert study.labels["recovered"] == "Recovery"


@pytest.mark.parametrize(
    ("known_later", "what"),
    [
        ("{peak: peak_dya}", "ties `peak` to `peak_dya`, which is no column of days. Did you mean `peak_day`?"),
        ("{peak: three}", "ties `peak` to `three`, which is no column of days."),
        ("{three: peak_day}", "names `three`, which has more than two values."),
        ("{response: peak_day}", "names `response`, which is no name for a group of your own."),
        ("{severe_crs: peak_day}", "names `severe_crs`, which is no name for a group of your own."),
        ("{a/b: peak_day}", "names `a/b`, which is no name for a group of your own."),
    ],
)  # fmt: skip
def test_a_declaration_that_cannot_be_used_is_refused(tmp_path, known_later, what):
    assert refused(tmp_path, known_later) == f"`known_later` {what}"


def test_a_group_of_the_study_s_own_that_is_known_later_is_no_factor(tmp_path):
    assert refused(tmp_path / "a", "{peak: peak_day}", more="factors: [peak]") == (
        "`factors` names `peak`, which is known only after infusion."
    )
    study = declare(tmp_path / "b", "{peak: peak_day}")
    with pytest.raises(ParameterError, match="`factors` names `peak`, which is known only after infusion"):
        select_cohort(study, factors=["peak"])


LATE = sorted(
    column.name
    for column in (*SUBJECTS.columns, *DERIVED)
    if column.after_infusion and column.kind in ("category", "yes/no")
)


def test_the_columns_known_only_after_infusion_are_those_of_response_relapse_and_death():
    assert LATE == [
        "best_response", "death_cause", "mrd_negative", "relapse_cd19", "relapse_cd22", "relapse_site", "response",
        "response_extramedullary",
    ]  # fmt: skip


@pytest.mark.parametrize("name", LATE)
def test_a_column_known_only_after_infusion_is_no_factor_and_the_remedy_is_named(tmp_path, name):
    study = make_study(tmp_path / "parameter", subjects=COHORT)
    with pytest.raises(ParameterError) as error:
        select_cohort(study, factors=["sex", name])
    [problem] = error.value.problems
    assert problem.what == f"`factors` names `{name}`, which is known only after infusion."
    assert "the survival section compares groups known later" in problem.remedy
    with pytest.raises(StudyDataError) as error:
        make_study(tmp_path / "yaml", subjects=COHORT, yaml=f"data_cutoff_date: {CUTOFF}\nfactors: [sex, {name}]")
    [problem] = error.value.problems
    assert (problem.what, problem.where) == (
        f"`factors` names `{name}`, which is known only after infusion.",
        "study.yaml",
    )


def test_before_its_day_a_patient_is_in_the_first_group_at_an_earlier_cut_off(tmp_path):
    subjects = """
        subject_id,infusion_date,death_date,last_contact_date,peak_date,peak
        A,2020-01-01,,2022-01-01,2020-02-01,high
        B,2020-01-01,,2022-01-01,2020-09-01,high
        C,2020-01-01,,2022-01-01,          ,low
    """
    known_later = "known_later: {peak: peak_day, recovered: peak_day}"
    yaml = f"data_cutoff_date: {CUTOFF}\n{known_later}\nlevels: {{peak: [low, high]}}"
    study = make_study(tmp_path, subjects=subjects, yaml=yaml)
    assert study.subjects["peak"].tolist() == ["high", "high", "low"]
    cohort = select_cohort(study, data_cutoff_date="2020-06-01")
    assert cohort.subjects["peak"].tolist() == ["high", "low", "low"]
    assert cohort.subjects["recovered"].tolist() == ["yes", "no", "no"]
