"""The log-rank family against R's survdiff, for every entry of these sections."""

import numpy as np
import pytest

from cartcohort.estimate import comparison, landmark
from tests.oracle.closeness import exactly
from tests.oracle.reference import Entry, as_parameters, entries, frame_of, survival_arrays


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
    # Levels without rows are not in R's vectors.
    present = counts.n > 0
    assert counts.n[present].tolist() == value["n"]
    assert counts.observed[present] == exactly(value["observed"])
    assert counts.expected[present] == exactly(value["expected"])
    assert counts.variance[np.ix_(present, present)] == exactly(value["variance"])
    found = comparison.test_logrank(time, event, group, **options)
    if value["df"] == 0:
        # Without an event R has 0 on 0 degrees of freedom and p = 1.
        assert found.p_value is None and found.note.startswith("not estimable: ")
        return
    assert [found.statistic, found.df, found.p_value] == exactly([value["chisq"], value["df"], value["p"]])


@pytest.mark.parametrize("entry", as_parameters(TRENDS))
def test_trend_tests_agree_with_their_formula_in_r(entry):
    frame, value = frame_of(entry), entry.value
    _, time, event = survival_arrays(entry, frame)
    found = comparison.test_logrank_trend(
        time, event, frame[entry["group"]], scores=value["scores"], rho=entry["rho"]
    )
    if value["chisq"] is None:
        assert found.p_value is None and found.note.startswith("not estimable: ")
        return
    assert [found.statistic, found.df, found.p_value] == exactly([value["chisq"], value["df"], value["p"]])


@pytest.mark.parametrize("entry", as_parameters(PAIRWISE))
def test_pairwise_tests_agree_with_survdiff_and_p_adjust(entry):
    frame, value = frame_of(entry), entry.value
    _, time, event = survival_arrays(entry, frame)
    found = comparison.test_logrank_pairwise(time, event, frame[entry["group"]], rho=entry["rho"])
    assert list(found) == list(zip(value["first"], value["second"], strict=True))
    tested = np.array([result.statistic is not None for result in found.values()])
    # Where no event compares two groups, R has 0 and p = 1, and counts the pair as a test; we have no answer.
    assert all(result.note.startswith("not estimable: ") for result in found.values() if result.statistic is None)
    assert [result.statistic or 0.0 for result in found.values()] == exactly(value["chisq"])
    assert [1.0 if result.p_value is None else result.p_value for result in found.values()] == exactly(value["p"])
    if not tested.all():
        return
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
