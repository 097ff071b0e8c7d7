"""The log-rank family against R's survdiff, for every entry of these sections."""

import numpy as np
import pytest

from cartcohort.estimate import comparison, landmark
from tests.oracle.reference import Entry, as_parameters, entries, frame_of, numbers, survival_arrays


def exactly(expected: object) -> object:
    return pytest.approx(expected, rel=1e-8, abs=1e-8)


def is_trend_test(entry: Entry) -> bool:
    return entry["id"].startswith("logrank_trend")


# The rows of a landmark at `time >= landmark` are R's; ours are those of `time > landmark`.
TESTS = entries("logrank", "logrank_stratified") + entries(
    "landmark", where=lambda entry: entry["id"].startswith("landmark_logrank")
)
TRENDS = entries("logrank_trend", where=is_trend_test)
PAIRWISE = entries("logrank_pairwise")
LANDMARKS = entries(
    "landmark", where=lambda entry: entry["id"].startswith("landmark_logrank") and "_gt" in entry["id"]
)


def test_every_entry_of_these_sections_is_compared():
    assert (len(TESTS), len(TRENDS), len(PAIRWISE), len(LANDMARKS)) == (74, 12, 14, 12)


def group_and_strata(entry, frame):
    strata = entry.get("strata")
    return frame[entry["group"]], (None if strata is None else frame[strata])


@pytest.mark.parametrize("entry", as_parameters(TESTS))
def test_log_rank_tests_agree_with_survdiff(entry):
    frame, value = frame_of(entry), entry.value
    _, time, event = survival_arrays(entry, frame)
    group, strata = group_and_strata(entry, frame)
    options = {"rho": entry.get("rho", 0), "strata": strata}
    counts = comparison.count_logrank(time, event, group, **options)
    assert counts.n.tolist() == value["n"]
    assert counts.observed == exactly(numbers(value["observed"]))
    assert counts.expected == exactly(numbers(value["expected"]))
    assert counts.variance == exactly(np.array(value["variance"]))
    found = comparison.test_logrank(time, event, group, **options)
    assert [found.statistic, found.df, found.p_value] == exactly([value["chisq"], value["df"], value["p"]])


@pytest.mark.parametrize("entry", as_parameters(TRENDS))
def test_trend_tests_agree_with_their_formula_in_r(entry):
    frame, value = frame_of(entry), entry.value
    _, time, event = survival_arrays(entry, frame)
    found = comparison.test_logrank_trend(
        time, event, frame[entry["group"]], scores=value["scores"], rho=entry["rho"]
    )
    assert [found.statistic, found.df, found.p_value] == exactly([value["chisq"], value["df"], value["p"]])


@pytest.mark.parametrize("entry", as_parameters(PAIRWISE))
def test_pairwise_tests_agree_with_survdiff_and_p_adjust(entry):
    frame, value = frame_of(entry), entry.value
    _, time, event = survival_arrays(entry, frame)
    found = comparison.test_logrank_pairwise(time, event, frame[entry["group"]], rho=entry["rho"])
    assert list(found) == list(zip(value["first"], value["second"], strict=True))
    assert [result.statistic for result in found.values()] == exactly(value["chisq"])
    assert [result.p_value for result in found.values()] == exactly(value["p"])
    assert [result.p_holm for result in found.values()] == exactly(value["p_holm"])
    assert [result.p_bh for result in found.values()] == exactly(value["p_bh"])


@pytest.mark.parametrize("entry", as_parameters(LANDMARKS))
def test_the_landmark_keeps_the_rows_that_r_kept(entry):
    whole = frame_of(entry, whole=True)
    _, restarted, event = survival_arrays(entry, whole)
    time = restarted + entry["landmark"]
    selected = landmark.select_landmark(time, event, landmark=entry["landmark"])
    kept = frame_of(entry)
    assert selected.kept.sum() == len(kept)
    assert selected.time == exactly(survival_arrays(entry, kept)[1])
