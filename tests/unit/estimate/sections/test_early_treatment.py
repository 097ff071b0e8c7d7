"""Early treatment: who is in which group, and what is compared from when."""

from types import SimpleNamespace

import numpy as np
import pytest

from cartcohort.estimate import comparison
from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.estimate.sections import early_treatment
from tests.unit.estimate.sections.toxicities import factor, make_subjects, syndromes_of, whole

OPTIONS = {
    "early_treatment_days": 2, "conf_level": 0.95, "conf_type": "log-log", "median_rule": "midpoint", "ties": "efron",
}  # fmt: skip


def group(*rows, days=2, n=5, **columns):
    subjects = make_subjects(n, **columns)
    crs = syndromes_of(*rows, subjects=subjects)["crs"]
    return early_treatment.group_by_treatment(crs, subjects, early_treatment_days=days)


def compare(*rows, survival, n=5, **columns):
    subjects = make_subjects(n, **columns)
    crs = syndromes_of(*rows, subjects=subjects)["crs"]
    return early_treatment.compare_early_treatment(crs, subjects, survival_of(subjects, *survival), **OPTIONS)


def survival_of(subjects, days, died):
    return SimpleNamespace(
        time_days=np.array(days), event=np.array(died, dtype=bool), subjects=subjects, origin="infusion"
    )


ROWS = [(i, "CRS", grade, 3, 8) for i, grade in enumerate((1, 2, 3, 4))]


def test_a_dose_by_the_last_early_day_is_early_and_one_before_onset_too():
    found = group(
        *ROWS, tocilizumab_day=whole(None, 6, 5, None, None), corticosteroid_day=whole(None, None, None, 2, 1)
    )
    assert list(found.group) == ["not early", "not early", "early", "early"]
    assert found.first_dose.tolist() == [np.inf, 6, 5, 2]
    assert found.severe.tolist() == [0, 0, 1, 1]


def test_the_number_of_early_days_is_the_readers():
    found = group(*ROWS, days=3, tocilizumab_day=whole(None, 6, 7, None, None))
    assert list(found.group) == ["not early", "early", "not early", "not early"]


def test_without_a_dated_dose_or_a_dated_onset_there_is_nothing_to_group():
    assert group(*ROWS) is None
    assert group((0, "CRS", 2, None, 8), tocilizumab_day=whole(4, None, None, None, None)) is None
    assert early_treatment.group_by_treatment(None, make_subjects(2), early_treatment_days=2) is None


@pytest.fixture
def compared():
    return compare(
        *ROWS, tocilizumab_day=whole(None, 6, 5, 3, None),
        response=factor("yes", "yes", "no", None, "yes", levels=["no", "yes"]),
        survival=([400, 100, 5, 60, 300], [False, True, True, True, False]),
    )  # fmt: skip


def counts(result):
    return result.n_event, result.n


def test_shares_are_of_those_with_crs_and_a_known_outcome(compared):
    stem = "safety/crs/early_treatment"
    assert counts(compared[f"{stem}/given"]) == (2, 4)
    assert counts(compared[f"{stem}/severity/early"]) == (2, 2)
    assert counts(compared[f"{stem}/severity/not_early"]) == (0, 2)
    assert compared[f"{stem}/severity/test"].p_value == pytest.approx(1 / 3)
    assert counts(compared[f"{stem}/response/early"]) == (0, 1)
    assert counts(compared[f"{stem}/treated/below_grade_3"]) == (1, 2)
    assert counts(compared[f"{stem}/treated/grade_3_or_higher"]) == (2, 2)
    assert compared[f"{stem}/duration/early"].estimate == 5


def test_survival_counts_from_the_day_on_which_the_group_was_settled(compared):
    logrank = compared["safety/crs/early_treatment/os/logrank"]
    # Day 3 + 2: the patient who died on day 5 is left out.
    assert counts(logrank) == (2, 3)
    assert "from 2 days after the onset of CRS; 1 not followed beyond it left out" in logrank.note


def test_every_comparison_says_that_it_is_confounded(compared):
    tests = ("severity/risk_difference", "severity/test", "response/test", "os/cox", "os/logrank")
    for name in tests:
        assert compared[f"safety/crs/early_treatment/{name}"].note.startswith(early_treatment.INDICATION)


def test_the_hazard_ratio_is_that_of_the_shifted_times():
    days, died = [103, 203, 303, 153, 503, 603], [True, False, True, True, False, True]
    rows = [(i, "CRS", 2, 1, 8) for i in range(6)]
    doses = whole(2, 2, 2, None, None, None)
    result = compare(*rows, n=6, tocilizumab_day=doses, survival=(days, died))
    months = (np.array(days) - 3) / DAYS_PER_MONTH
    expected = comparison.test_logrank(months, died, factor(*"eeennn", levels=["n", "e"]))
    assert result["safety/crs/early_treatment/os/logrank"].p_value == pytest.approx(expected.p_value)
    assert result["safety/crs/early_treatment/os/cox"].estimate > 1


def test_a_single_group_leaves_tests_without_an_answer():
    survival = ([400, 100, 50, 60, 300], [True] * 5)
    result = compare(*ROWS, tocilizumab_day=whole(3, 3, 3, 3, None), survival=survival)
    assert result["safety/crs/early_treatment/os/cox"].estimate is None
    assert result["safety/crs/early_treatment/severity/risk_difference"].estimate is None
    assert "safety/crs/early_treatment/response/test" not in result
    assert len(compare(*ROWS, survival=survival)) == 0
