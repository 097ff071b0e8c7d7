"""The endpoints that a masked run counts."""

from cartcohort.study import derive_shared
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
