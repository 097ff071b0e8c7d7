"""The endpoints that a masked run counts."""

from cartcohort.study import derive_shared
from cartcohort.study.cohort import select_by_parameters
from tests import builders


def make(tmp_path, subjects):
    return builders.make_study(tmp_path, subjects=subjects)


def test_nothing_is_derived_where_nothing_is_masked(tmp_path):
    assert derive_shared(make(tmp_path, builders.COHORT), min_cell_count=0) == {}


def test_overall_and_progression_free_survival_count_from_infusion(tmp_path):
    endpoints = derive_shared(make(tmp_path, builders.COHORT), min_cell_count=5)
    assert list(endpoints) == ["os", "pfs"]
    assert {endpoint.origin for endpoint in endpoints.values()} == {"infusion"}


def test_progression_free_survival_is_left_out_where_only_deaths_are_recorded(tmp_path):
    assert list(derive_shared(make(tmp_path, builders.MINIMAL), min_cell_count=5)) == ["os"]


def test_the_levels_of_a_measured_factor_do_not_tell_its_median(tmp_path):
    rows = [f"S{i},2021-01-{i + 1:02},,2022-01-01,{20 + 3 * i}\n" for i in range(13)]
    header = "subject_id,infusion_date,death_date,last_contact_date,age_years\n"
    study = make(tmp_path, header + "".join(rows))
    levels = {
        k: select_by_parameters(study, {"factors": ["age_years"], "min_cell_count": k}).subjects["age_years"]
        for k in (0, 5)
    }
    assert list(levels[0].cat.categories) == ["at most 38", "above 38"]  # one patient was 38
    assert list(levels[5].cat.categories) == ["at most the median", "above the median"]
    assert levels[5].cat.codes.tolist() == levels[0].cat.codes.tolist()


def test_levels_that_are_no_halves_keep_their_names(tmp_path):
    rows = [f"S{i},2021-01-{i + 1:02},,2022-01-01,{i % 3},at most {i % 2}\n" for i in range(13)]
    header = "subject_id,infusion_date,death_date,last_contact_date,prior_lines,dose\n"
    asked = {"factors": ["prior_lines", "dose"], "min_cell_count": 5}
    subjects = select_by_parameters(make(tmp_path, header + "".join(rows)), asked).subjects
    assert list(subjects["prior_lines"].cat.categories) == ["0", "1", "2"]
    assert list(subjects["dose"].cat.categories) == ["at most 0", "at most 1"]
