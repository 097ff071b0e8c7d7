"""Early treatment: who is in which group, and what is compared from when."""

from types import SimpleNamespace

import numpy as np
import pytest

from cartcohort.estimate import comparison
from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.estimate.sections import early_treatment
from tests.unit.estimate.sections.toxicities import factor, make_subjects, syndromes_of, whole

OPTIONS = {"conf_level": 0.95, "conf_type": "log-log", "median_rule": "midpoint", "ties": "efron"}


def group(*rows, days=2, n=5, **columns):
    subjects = make_subjects(n, **columns)
    crs = syndromes_of(*rows, subjects=subjects)["crs"]
    return early_treatment.group_by_treatment(crs, subjects, early_treatment_days=days), subjects


def survival_of(subjects, days, died):
    return SimpleNamespace(
        time_days=np.array(days), event=np.array(died, dtype=bool), subjects=subjects, origin="infusion"
    )


ROWS = [(i, "CRS", grade, 3, 8) for i, grade in enumerate((1, 2, 3, 4))]


def test_a_dose_by_the_last_early_day_is_early_and_one_before_onset_too():
    found, _ = group(
        *ROWS, tocilizumab_day=whole(None, 6, 5, None, None), corticosteroid_day=whole(None, None, None, 2, 1)
    )
    assert list(found.group) == ["not early", "not early", "early", "early"]
    assert found.treated.tolist() == [False, True, True, True]
    assert found.severe.tolist() == [0, 0, 1, 1]


def test_the_number_of_early_days_is_the_readers():
    found, _ = group(*ROWS, days=3, tocilizumab_day=whole(None, 6, 7, None, None))
    assert list(found.group) == ["not early", "early", "not early", "not early"]


def test_without_a_dated_dose_or_a_dated_onset_there_is_nothing_to_group():
    assert group(*ROWS)[0] is None
    assert group((0, "CRS", 2, None, 8), tocilizumab_day=whole(4, None, None, None, None))[0] is None
    assert early_treatment.group_by_treatment(None, make_subjects(2), early_treatment_days=2) is None


@pytest.fixture
def compared():
    found, subjects = group(
        *ROWS, tocilizumab_day=whole(None, 6, 5, 3, None),
        response=factor("yes", "yes", "no", None, "yes", levels=["no", "yes"]),
    )  # fmt: skip
    survival = survival_of(subjects, [400, 100, 5, 60, 300], [False, True, True, True, False])
    return early_treatment.compare_early_treatment(found, subjects, survival, **OPTIONS)


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
    rows = [(i, "CRS", 2, 1, 8) for i in range(6)]
    found, subjects = group(*rows, n=6, tocilizumab_day=whole(2, 2, 2, None, None, None))
    days, died = [103, 203, 303, 153, 503, 603], [True, False, True, True, False, True]
    result = early_treatment.compare_early_treatment(found, subjects, survival_of(subjects, days, died), **OPTIONS)
    expected = comparison.test_logrank(
        (np.array(days) - 3) / DAYS_PER_MONTH, died, factor(*"eeennn", levels=["n", "e"])
    )
    assert result["safety/crs/early_treatment/os/logrank"].p_value == pytest.approx(expected.p_value)
    assert result["safety/crs/early_treatment/os/cox"].estimate > 1


def test_a_single_group_leaves_tests_without_an_answer():
    found, subjects = group(*ROWS, tocilizumab_day=whole(3, 3, 3, 3, None))
    result = early_treatment.compare_early_treatment(
        found, subjects, survival_of(subjects, [400, 100, 50, 60, 300], [True] * 5), **OPTIONS
    )
    assert result["safety/crs/early_treatment/os/cox"].estimate is None
    assert result["safety/crs/early_treatment/severity/risk_difference"].estimate is None
    assert "safety/crs/early_treatment/response/test" not in result
    assert len(early_treatment.compare_early_treatment(None, subjects, None, **OPTIONS)) == 0
