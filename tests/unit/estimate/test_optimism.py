"""The optimism of a concordance: what it is, and that samples counted in a table are those fitted one by one."""

from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cartcohort.errors import EstimationError
from cartcohort.estimate import concordance, optimism, regression
from cartcohort.estimate.pattern_table import PatternTable, make_table


def cohort(n=60, seed=1):
    generator = np.random.default_rng(seed)
    x = pd.DataFrame(generator.normal(size=(n, 4)), columns=list("abcd"))
    time = generator.exponential(np.exp(-x["a"]))
    return time, generator.random(n) < 0.7, x


ROWS = st.lists(
    st.tuples(st.integers(1, 6), st.booleans(), st.integers(0, 2), st.integers(0, 1), st.integers(0, 1)),
    min_size=4,
    max_size=20,
)


def one_by_one():
    """Let no table be small enough, so that every sample is fitted and counted alone."""
    return mock.patch.object(PatternTable, "is_small", new=False)


@given(ROWS, st.sampled_from(["efron", "breslow"]), st.booleans())
def test_samples_in_a_table_have_the_optimism_of_samples_one_by_one(rows, ties, stratified):
    time, event, x, z, stratum = (np.array(column) for column in zip(*rows, strict=True))
    covariates = pd.DataFrame({"x": x.astype(float), "z": z.astype(float)})
    options = {"samples": 12, "seed": 4, "ties": ties, "strata": stratum if stratified else None}
    in_table = optimism.correct_optimism(time, event, covariates, **options)
    with one_by_one():
        alone = optimism.correct_optimism(time, event, covariates, **options)
    for found, expected in ((in_table.corrected, alone.corrected), (in_table.optimism, alone.optimism)):
        assert (found.note, found.method) == (expected.note, expected.method)
        first, second = (
            np.array([each.estimate, each.conf_low, each.conf_high], dtype=float) for each in (found, expected)
        )
        assert first == pytest.approx(second, rel=1e-9, abs=1e-12, nan_ok=True)


def test_a_larger_cohort_has_the_same_optimism_to_the_last_digit():
    time, event, x = cohort(n=300)
    x = (x > 0).astype(float)
    in_table = optimism.correct_optimism(np.ceil(3 * time), event, x, samples=40, seed=2)
    with one_by_one():
        assert optimism.correct_optimism(np.ceil(3 * time), event, x, samples=40, seed=2) == in_table


def test_a_table_counts_who_has_the_event_and_who_is_at_risk():
    x = np.array([[0.0], [1.0], [1.0], [0.0], [1.0]])
    time, event = np.array([1, 2, 2, 3, 9]), np.array([True, True, False, False, True])
    counts = make_table(x, time, event, np.zeros(5, dtype=int)).count(np.array([[0, 1, 2, 3, 4], [1, 1, 2, 3, 3]]))
    assert counts.events.tolist() == [[[1, 0], [0, 1], [0, 1]], [[0, 0], [0, 2], [0, 0]]]
    assert counts.at_risk.tolist() == [[[2, 3], [1, 3], [0, 1]], [[2, 3], [2, 3], [0, 0]]]
    assert counts.rows.tolist() == [[2, 3], [2, 3]]
    # The first event comes before the other four, the second before one censored that day and two later.
    assert counts.pairs()[0].tolist() == [[1, 3], [1, 2]]


def test_correction_lowers_the_concordance_of_an_overfitted_model_towards_that_in_new_patients():
    new_time, new_event, new_x = cohort(n=2000, seed=0)
    apparent, corrected, in_new = [], [], []
    for seed in range(1, 13):
        time, event, x = cohort(n=40, seed=seed)
        fit = regression.fit_cox(time, event, x)
        score = new_x.to_numpy() @ fit.coefficient
        apparent.append(concordance.estimate_fit_concordance(fit).estimate)
        corrected.append(optimism.correct_optimism(time, event, x, samples=30, seed=seed).corrected.estimate)
        in_new.append(concordance.estimate_concordance(new_time, new_event, score).estimate)
    assert np.mean(in_new) < np.mean(apparent) and np.mean(corrected) < np.mean(apparent)
    assert abs(np.mean(corrected) - np.mean(in_new)) < 0.5 * abs(np.mean(apparent) - np.mean(in_new))


def test_the_correction_is_the_mean_drop_from_resampled_to_original_patients():
    time, event, x = cohort()
    generator, drops = np.random.default_rng(9), []
    for _ in range(5):
        drawn = generator.integers(60, size=60)
        fit = regression.fit_cox(time[drawn], event[drawn], x.iloc[drawn])
        in_original = concordance.estimate_concordance(time, event, x.to_numpy() @ fit.coefficient)
        drops.append(concordance.estimate_fit_concordance(fit).estimate - in_original.estimate)
    apparent = concordance.estimate_fit_concordance(regression.fit_cox(time, event, x))
    found = optimism.correct_optimism(time, event, x, samples=5, seed=9)
    assert found.corrected.estimate == pytest.approx(apparent.estimate - np.mean(drops), rel=1e-9)
    assert found.optimism.estimate == pytest.approx(np.mean(drops), rel=1e-9)
    margin = stats.norm.ppf(0.975) * np.std(drops, ddof=1) / np.sqrt(5)
    assert found.optimism.conf_high - found.optimism.estimate == pytest.approx(margin, rel=1e-6)
    # The limits move with the estimate, but not beyond 0 and 1.
    for limit in ("conf_low", "conf_high"):
        moved = getattr(apparent, limit) - np.mean(drops)
        assert getattr(found.corrected, limit) == pytest.approx(np.clip(moved, 0, 1), rel=1e-9)
    assert "5 bootstrap samples, seed 9" in found.corrected.method


def test_the_same_seed_gives_the_same_correction():
    one, same, other = (optimism.correct_optimism(*cohort(), samples=20, seed=seed) for seed in (1, 1, 2))
    assert one == same and one.corrected.estimate != other.corrected.estimate


def test_samples_without_a_model_are_counted_in_the_note():
    found = optimism.correct_optimism(
        [1, 2, 3], [True, False, False], pd.DataFrame({"x": [3, 1, 2]}), samples=20, seed=1
    )
    assert found.corrected.estimate is not None
    assert found.corrected.note.endswith("of 20 bootstrap samples gave no model")


@pytest.mark.parametrize(("time", "event"), [([], []), ([1, 2, 3], [False] * 3)])
def test_without_a_model_there_is_no_correction(time, event):
    found = optimism.correct_optimism(time, event, pd.DataFrame({"x": time}, dtype=float), samples=5, seed=1)
    for result in (found.corrected, found.optimism):
        assert (result.estimate, result.note) == (None, "not estimable: no model can be fitted")


def test_no_samples_are_refused():
    with pytest.raises(EstimationError, match="samples"):
        optimism.correct_optimism([1], [True], pd.DataFrame({"x": [1]}), samples=0, seed=1)
