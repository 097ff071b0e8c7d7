"""The partial likelihood: by hand, against its own differences, and where it has no maximum."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cartcohort.estimate.cox_sample import prepare_sample
from cartcohort.estimate.partial_likelihood import evaluate, find_independent, maximise, sum_variances

ROWS = st.lists(
    st.tuples(st.integers(1, 8), st.booleans(), st.integers(-3, 3), st.integers(0, 1), st.integers(0, 1)),
    min_size=3,
    max_size=25,
)


def sample_of(rows, *, ties="efron", late=False):
    time, event, first, second, stratum = (np.array(values) for values in zip(*rows, strict=True))
    entry = (time - 1.0) * (first > 0) if late else None
    X = np.column_stack([first, second]).astype(float)
    return prepare_sample(X, time.astype(float), event.astype(bool), entry=entry, stratum=stratum, ties=ties)


def plain_log_likelihood(sample, coefficient):
    """The textbook formula, one event at a time."""
    risk, total = np.exp(sample.columns @ coefficient), 0.0
    start = np.full(len(risk), -np.inf) if sample.entry is None else sample.entry
    for row, fraction in zip(sample.event_row, sample.fraction, strict=True):
        same = sample.stratum == sample.stratum[row]
        at_risk = same & (sample.time >= sample.time[row]) & (start < sample.time[row])
        tied = same & (sample.time == sample.time[row]) & sample.event
        total += np.log(risk[row]) - np.log(risk[at_risk].sum() - fraction * risk[tied].sum())
    return total


def test_two_tied_events_of_three_patients_are_worked_out_by_hand():
    X, time, event = np.array([[1.0], [0.0], [1.0]]), np.array([1.0, 1.0, 2.0]), np.array([True, True, False])
    for ties, denominator in (("breslow", 3 * 3), ("efron", 3 * 2)):
        at = evaluate(prepare_sample(X, time, event, entry=None, stratum=None, ties=ties), np.zeros(1))
        assert at.value == pytest.approx(-np.log(denominator))


@given(ROWS, st.sampled_from(["efron", "breslow"]), st.booleans(), st.floats(-1, 1), st.floats(-1, 1))
def test_value_score_and_information_agree_with_the_plain_formula_and_its_differences(
    rows, ties, late, first, second
):
    sample = sample_of(rows, ties=ties, late=late)
    assume(sample.event.any())
    at, h = np.array([first, second]), 1e-5
    found = evaluate(sample, at)
    assert found.value == pytest.approx(plain_log_likelihood(sample, at), rel=1e-9, abs=1e-9)
    for j, step in enumerate(h * np.eye(2)):
        up, down = evaluate(sample, at + step), evaluate(sample, at - step)
        assert found.score[j] == pytest.approx((up.value - down.value) / (2 * h), abs=1e-5)
        assert found.information[j] == pytest.approx(-(up.score - down.score) / (2 * h), abs=1e-5)


@given(ROWS, st.sampled_from(["efron", "breslow"]), st.booleans(), st.floats(-100, 100), st.floats(-100, 100))
def test_risks_far_apart_lose_nothing(rows, ties, late, first, second):
    # Within and between strata; beyond a spread of 300 each risk set is scaled by itself.
    sample = sample_of(rows, ties=ties, late=late)
    assume(sample.event.any())
    at = np.array([first, second])
    found = evaluate(sample, at)
    assert found.value == pytest.approx(plain_log_likelihood(sample, at), rel=1e-7, abs=1e-7)
    h = 1e-5 * np.array([1.0, 0.0])
    if np.isfinite(plain_log_likelihood(sample, at + h)):
        slope = (evaluate(sample, at + h).value - evaluate(sample, at - h).value) / 2e-5
        assert found.score[0] == pytest.approx(slope, rel=1e-4, abs=1e-4)


def test_a_sample_too_large_to_be_scaled_row_by_row_is_called_separated_without_a_likelihood():
    n = 6000
    values = np.exp(np.linspace(0, 30, n))[:, None]
    found = maximum_of(values, np.arange(n, 0, -1), np.ones(n))
    assert found.diverging.tolist() == [True] and not found.converged


@given(ROWS)
def test_weights_of_one_sum_the_variances_to_the_information(rows):
    sample = sample_of(rows)
    assume(sample.event.any())
    at = evaluate(sample, np.array([0.3, -0.2]))
    weighted = sum_variances(sample, at.risk, at.total, at.mean, np.full(len(sample.event_row), 2.0))
    assert weighted == pytest.approx(2 * at.information)


def test_columns_determined_by_those_before_them_are_found():
    assert find_independent(np.array([[2.0, 4.0, 0.0], [4.0, 8.0, 0.0], [0.0, 0.0, 1.0]])).tolist() == [
        True,
        False,
        True,
    ]
    assert find_independent(np.zeros((2, 2))).tolist() == [False, False]
    assert find_independent(np.empty((0, 0))).tolist() == []


def maximum_of(X, time, event):
    sample = prepare_sample(
        np.array(X, float), np.array(time, float), np.array(event, bool), entry=None, stratum=None, ties="efron"
    )
    return maximise(sample, evaluate(sample, np.zeros(np.shape(X)[1])))


def test_a_level_without_events_diverges_and_the_likelihood_reaches_its_limit():
    # Without the separated half the likelihood is that of 3 exchangeable patients: 1/3 * 1/2 * 1.
    found = maximum_of([[0], [0], [0], [1], [1]], [1, 2, 3, 1, 2], [1, 1, 1, 0, 0])
    assert found.diverging.tolist() == [True] and found.converged
    assert found.likelihood.value == pytest.approx(-np.log(6), abs=1e-8)


def test_only_the_coefficients_that_take_part_diverge():
    generator = np.random.default_rng(7)
    level, other, time = np.repeat([0.0, 1.0], [30, 8]), generator.normal(size=38), generator.exponential(size=38)
    found = maximum_of(np.column_stack([level, other]), time, (level == 0) & (time < 1))
    alone = maximum_of(other[level == 0][:, None], time[level == 0], time[level == 0] < 1)
    assert found.diverging.tolist() == [True, False]
    assert found.likelihood.value == pytest.approx(alone.likelihood.value, abs=1e-6)


@pytest.mark.parametrize("values", [[6, 5, 4, 3, 2, 1], [1000, 200, 51, 50, 12, 10]])
def test_perfectly_ordered_values_diverge_however_they_are_spaced(values):
    found = maximum_of(np.array(values)[:, None], [1, 2, 3, 4, 5, 6], [1] * 6)
    assert found.diverging.tolist() == [True] and found.converged
    assert found.likelihood.value == pytest.approx(0, abs=1e-8)


def test_a_covariate_about_which_nothing_is_left_to_learn_diverges_with_the_one_that_orders_the_events():
    X = np.column_stack([np.arange(6, 0, -1), [0.3, -1.2, 0.8, 0.1, -0.5, 1.1]])
    assert maximum_of(X, range(1, 7), [1] * 6).diverging.tolist() == [True, True]
