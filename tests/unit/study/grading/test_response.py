"""Response of ALL by the criteria of the ELN and of the CIBMTR: every row of their tables."""

from itertools import product

import pytest

from cartcohort.study.grading.response import judge_response
from tests.unit.study.grading.components import as_list, make_subjects

NAMES = {
    "blasts": "response_marrow_blasts_pct",
    "anc": "response_anc_1e9_per_l",
    "platelets": "response_platelets_1e9_per_l",
    "outside": "response_extramedullary",
    "mrd": "response_mrd_pct",
    "before": "marrow_blasts_pct",
}


def judge_all(criteria, rows):
    """Judge rows of components by their short names."""
    named = [{NAMES[name]: value for name, value in row.items()} for row in rows]
    return as_list(judge_response(make_subjects(*named), criteria))


def judge(criteria, **components):
    return judge_all(criteria, [components])[0]


@pytest.mark.parametrize(
    ("blasts", "anc", "platelets", "outside", "mrd", "before", "eln", "cibmtr"),
    [
        # complete remission, and where each of its criteria ends
        (4.9, 1.0, 100, "no", None, 80, "CR", "CR"),
        (0, 5, 300, "no", 0.001, 80, "CR", "CR"),
        (5.0, 1.0, 100, "no", None, 8, "NR", "NR"),
        # incomplete recovery of neutrophils, of platelets, of both (CRh and the leukaemia-free state are CRi here)
        (3, 0.99, 100, "no", None, 80, "CRi", "CRi"),
        (3, 1.0, 99, "no", None, 80, "CRi", "CRi"),
        (3, 0.5, 50, "no", None, 80, "CRi", "CRi"),
        (3, 0.1, 10, "no", None, 80, "CRi", "CRi"),
        # extramedullary disease
        (3, 1.0, 100, "yes", None, 80, "NR", "NR"),
        (10, 1.0, 100, "yes", None, 80, "NR", "NR"),
        # MRD, if available
        (3, 1.0, 100, "no", 0.99, 80, "CR", "CR"),
        (3, 1.0, 100, "no", 1.0, 80, "NR", "CR"),
        (3, 0.5, 100, "no", 1.0, 80, "NR", "CRi"),
        # partial response, which the CIBMTR does not have
        (5, 1.0, 100, "no", None, 10, "PR", "NR"),
        (25, 1.0, 100, "no", None, 50, "PR", "NR"),
        (25, 1.0, 100, "no", 20, 50, "PR", "NR"),
        (25.1, 1.0, 100, "no", None, 90, "NR", "NR"),
        (25, 1.0, 100, "no", None, 49, "NR", "NR"),
        (20, 0.9, 100, "no", None, 90, "NR", "NR"),
        (20, 1.0, 90, "no", None, 90, "NR", "NR"),
        (20, 1.0, 100, "no", 0.5, 90, "CR", "NR"),  # blasts of a marrow that recovers
        (90, 0.2, 10, "no", 80, 90, "NR", "NR"),
    ],
)
def test_every_row_of_the_tables(blasts, anc, platelets, outside, mrd, before, eln, cibmtr):
    components = {"blasts": blasts, "anc": anc, "platelets": platelets, "outside": outside, "mrd": mrd}
    assert judge("eln", **components, before=before) == eln
    assert judge("cibmtr", **components, before=before) == cibmtr


REMISSION = {"blasts": 3, "anc": 2.0, "platelets": 200, "outside": "no", "before": 80}


@pytest.mark.parametrize("criteria", ["eln", "cibmtr"])
@pytest.mark.parametrize("missing", ["blasts", "anc", "platelets", "outside"])
def test_what_is_not_recorded_is_not_guessed(criteria, missing):
    assert judge(criteria, **REMISSION | {missing: None}) is None


@pytest.mark.parametrize(
    ("components", "eln"),
    [
        ({"outside": "yes"}, "NR"),
        ({"blasts": 40}, "NR"),
        ({"blasts": 3, "outside": "no", "anc": 0.5}, "CRi"),
        ({"blasts": 3, "outside": "no", "anc": 0.5, "mrd": 2}, "NR"),
        ({"blasts": 20, "anc": 0.5}, "NR"),
        ({"blasts": 20, "outside": "no", "anc": 2, "platelets": 200}, None),  # blasts before are unknown
        ({"blasts": 3, "outside": "no"}, None),
        ({}, None),
    ],
)
def test_a_response_that_the_others_cannot_change_is_known(components, eln):
    assert judge("eln", **components) == eln


ORDER = ("NR", "PR", "CRi", "CR")


@pytest.mark.parametrize("criteria", ["eln", "cibmtr"])
def test_lower_counts_and_disease_outside_the_marrow_never_better_the_response(criteria):
    better = {"anc": (0.2, 1.0), "platelets": (30, 100), "outside": ("yes", "no")}
    names = ("blasts", "mrd", *better)
    cases = list(product((0, 4, 5, 20, 30), (None, 0.1, 2), *better.values()))
    rows = [dict(zip(names, case, strict=True)) | {"before": 60} for case in cases]
    known = dict(zip(cases, map(ORDER.index, judge_all(criteria, rows)), strict=True))
    for case, (place, name) in product(cases, enumerate(better, start=2)):
        assert known[(*case[:place], better[name][1], *case[place + 1 :])] >= known[case]
