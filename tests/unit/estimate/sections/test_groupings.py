"""Groups known only after infusion: who is in which, from which day, and whom the question concerns."""

import numpy as np
import pandas as pd
import pytest

from cartcohort.estimate.sections import early_treatment, groupings
from tests.unit.estimate.sections.endpoints import make_endpoint
from tests.unit.estimate.sections.toxicities import factor, make_events, make_subjects, syndromes_of, whole

LABELS = {"response": "Response", "hsct_day": "Transplant", "peak": "Peak expansion"}
NEVER = np.inf


def find(*events, n=5, known_later=None, days=2, hsct_handling="ignore", **columns):
    empty = {"response_day": whole(*[None] * n), "hsct_day": whole(*[None] * n), "source_row": np.arange(2, n + 2)}
    return groupings.find_groupings(
        make_subjects(n, **empty | columns), make_events(*events), labels=LABELS, known_later=known_later or {},
        early_treatment_days=days, hsct_handling=hsct_handling,
    )  # fmt: skip


def same(values, expected):
    return np.array_equal(np.asarray(values, dtype=float), np.array(expected, dtype=float), equal_nan=True)


def test_a_study_without_days_of_change_has_no_grouping():
    assert find() == {}
    responders = factor("yes", "yes", "no", "no", "no", levels=["no", "yes"])
    assert find(response=responders) == {}


def test_everybody_in_one_group_is_no_grouping():
    assert find(response=factor(*["yes"] * 5, levels=["no", "yes"]), response_day=whole(0, 0, 0, 0, 0)) == {}
    assert find(hsct_day=whole(0, 0, 0, 0, 0)) == {}


def test_response_counts_from_its_day_and_is_unknown_without_a_day_or_an_answer():
    response = factor("yes", "no", "yes", None, "no", levels=["no", "yes"])
    found = find(response=response, response_day=whole(28, None, None, 3, 9))["response"]
    assert same(found.second, [1, 0, 1, np.nan, 0])
    assert same(found.day, [28, NEVER, np.nan, np.nan, NEVER])


def test_a_transplant_groups_unless_it_ends_the_endpoints():
    found = find(hsct_day=whole(None, 60, None, 100, None))
    assert list(found) == ["hsct"] and same(found["hsct"].day, [NEVER, 60, NEVER, 100, NEVER])
    assert find(hsct_day=whole(None, 60, None, 100, None), hsct_handling="censor") == {}


def test_severe_crs_counts_from_the_onset_of_the_first_event_of_grade_3_or_higher():
    rows = [
        (0, "CRS", 1, 2, 4), (0, "CRS", 4, 9, 12), (0, "CRS", 3, 6, 8),
        (1, "CRS", 2, 3, 5), (2, "CRS", 3, None, 9), (3, "CRS", None, 4, 6), (4, "ICANS", 4, 3, 6),
    ]  # fmt: skip
    found = find(*rows)["severe_crs"]
    assert same(found.second, [1, 0, 1, np.nan, 0])
    assert same(found.day, [6, NEVER, np.nan, np.nan, NEVER])


ROWS = [(i, "CRS", 2, 3, 8) for i in range(4)]
DOSES = {"tocilizumab_day": whole(None, 6, 5, None, 2), "corticosteroid_day": whole(None, None, None, 2, None)}


def test_early_treatment_is_that_of_the_safety_section():
    found = find(*ROWS, **DOSES)["early_treatment"]
    subjects = make_subjects(5, **DOSES)
    crs = syndromes_of(*ROWS, subjects=subjects)["crs"]
    expected = early_treatment.group_by_treatment(crs, subjects, early_treatment_days=2)
    assert found.second[:4].tolist() == expected.group.codes.tolist()


def test_early_treatment_concerns_those_with_crs_from_its_onset_and_counts_from_the_dose():
    found = find(*ROWS, **DOSES)["early_treatment"]
    # The last patient had a dose and no CRS; the fourth had the dose before onset.
    assert same(found.second, [0, 0, 1, 1, np.nan])
    assert same(found.day, [NEVER, NEVER, 5, 3, np.nan])
    assert same(found.since, [3, 3, 3, 3, np.nan])
    assert "at most 2 days after it" in found.basis and "confounding by indication" in found.basis


def test_a_grouping_of_the_study_s_own_has_its_own_levels():
    peak = pd.Categorical(["low", "high", "low", "high", None], categories=["low", "high"], ordered=True)
    found = find(known_later={"peak": "peak_day"}, peak=peak, peak_day=whole(7, 9, None, None, 3))["peak"]
    assert found.levels == ("low", "high") and found.words == ("Peak expansion: low", "Peak expansion: high")
    assert same(found.day, [NEVER, 9, NEVER, np.nan, np.nan])
    recovered = pd.Categorical(["no", "yes", "no", "yes", None], categories=["no", "yes"], ordered=True)
    found = find(known_later={"peak": "peak_day"}, peak=recovered, peak_day=whole(None, 9, None, 8, 3))["peak"]
    assert found.words == ("No peak expansion", "Peak expansion")


@pytest.mark.parametrize("start", [0, -20])
def test_days_count_from_the_endpoint_s_own_time_zero_and_its_own_patients(start):
    found = find(hsct_day=whole(None, 60, None, 100, None))["hsct"]
    endpoint = make_endpoint([12, 3], [1, 1], origin_day=start)
    endpoint.subjects["source_row"] = [5, 2]
    own = found.of(endpoint)
    assert own.day.tolist() == [100 - start, NEVER] and list(own.group) == ["yes", "no"]
