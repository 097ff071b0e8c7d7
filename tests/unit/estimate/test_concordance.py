"""Concordance: by hand, against a plain count of pairs, and its optimism."""

from dataclasses import replace
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.estimate import concordance, pair_counts, regression
from cartcohort.estimate.cox_sample import prepare_sample

ROWS = st.lists(
    st.tuples(st.integers(1, 8), st.booleans(), st.integers(0, 4), st.integers(0, 1), st.booleans()),
    min_size=1,
    max_size=25,
)


def plain_counts(time, event, entry, stratum, score):
    """Concordant, discordant and tied pairs of each row, looking at every pair."""
    counts = np.zeros((3, len(time)), dtype=int)
    for i in np.flatnonzero(event):
        for j in range(len(time)):
            at_risk = entry[j] < time[i] and (time[j] > time[i] or (time[j] == time[i] and not event[j]))
            if at_risk and stratum[i] == stratum[j]:
                kind = 0 if score[i] > score[j] else 1 if score[i] < score[j] else 2
                counts[kind, [i, j]] += 1
    return counts


def test_four_patients_are_counted_by_hand():
    # Events at 1 (score 5) and 3 (2), censored at 2 (4) and 4 (3): pairs 1-2, 1-3 and 1-4 are in order, 3-4 is not.
    found = concordance.estimate_concordance([1, 2, 3, 4], [True, False, True, False], [5, 4, 2, 3])
    assert found.estimate == pytest.approx(3 / 4) and (found.n, found.n_event) == (4, 2)
    assert found.method == "Harrell's concordance, jackknife limits" and 0 <= found.conf_low < found.conf_high <= 1


def test_equal_scores_count_half_and_equal_event_times_do_not_count():
    assert concordance.estimate_concordance([1, 2], [True, True], [3, 3]).estimate == 0.5
    assert concordance.estimate_concordance([1, 1], [True, True], [3, 4]).note.startswith("not estimable")


def test_a_censoring_at_the_time_of_an_event_comes_after_it():
    assert concordance.estimate_concordance([1, 1], [True, False], [2, 1]).estimate == 1


@pytest.mark.parametrize(("time", "event"), [([], []), ([1], [True]), ([1, 2], [False, False])])
def test_without_a_pair_there_is_a_note(time, event):
    found = concordance.estimate_concordance(time, event, time)
    assert (found.estimate, found.note) == (None, "not estimable: no two patients can be compared")


def test_rows_without_a_score_are_left_out():
    assert concordance.estimate_concordance([1, 2, 3], [True] * 3, [3, None, 1]).n == 2


@pytest.mark.parametrize(
    ("few", "cells"), [(0, 0), (0, 10**6), (10**6, 0)], ids=["by sorting", "in a table", "each pair"]
)
@given(rows=ROWS)
def test_the_count_equals_that_of_every_pair(few, cells, rows):
    time, event, score, stratum, late = (np.array(values) for values in zip(*rows, strict=True))
    entry = np.where(late, time - 2.0, 0.0).clip(max=time - 0.5)
    sample = prepare_sample(score[:, None], time.astype(float), event, entry=entry, stratum=stratum, ties="breslow")
    with mock.patch.multiple(pair_counts, _FEW_PAIRS=few, _MOST_CELLS=cells):
        found = pair_counts.count_pairs(sample, sample.columns[:, 0])
    expected = plain_counts(sample.time, sample.event, sample.entry, sample.stratum, sample.columns[:, 0])
    assert np.array_equal([found.concordant, found.discordant, found.tied], expected)
    assert found.n_pairs == expected.sum() // 2


@given(ROWS)
def test_the_opposite_score_has_the_opposite_concordance(rows):
    time, event, score, _, _ = (np.array(values) for values in zip(*rows, strict=True))
    one, other = (concordance.estimate_concordance(time, event, sign * score) for sign in (1, -1))
    assert one.note == other.note
    if one.estimate is not None:
        assert one.estimate == pytest.approx(1 - other.estimate)


def cohort(n=60, seed=1):
    generator = np.random.default_rng(seed)
    x = pd.DataFrame(generator.normal(size=(n, 4)), columns=list("abcd"))
    time = generator.exponential(np.exp(-x["a"]))
    return time, generator.random(n) < 0.7, x


def test_the_concordance_of_a_fit_is_that_of_its_linear_predictor():
    time, event, x = cohort()
    fit = regression.fit_cox(time, event, x)
    plain = concordance.estimate_concordance(time, event, x.to_numpy() @ fit.coefficient)
    assert concordance.estimate_fit_concordance(fit).estimate == pytest.approx(plain.estimate)
    empty = regression.fit_cox([1, 2], [False, False], x[:2])
    assert concordance.estimate_fit_concordance(empty).note == "not estimable: no events"


def test_round_off_of_a_coefficient_of_zero_does_not_rank_the_patients():
    # Either group has its events at the same times: no difference, whichever sign the last digit of it has.
    fit = regression.fit_cox([1, 1, 2, 2], [True] * 4, pd.DataFrame({"x": [0.0, 1, 0, 1]}))
    for rest in (-1e-16, 1e-16):
        nearly = replace(fit, likelihood=replace(fit.likelihood, coefficient=np.array([rest])))
        assert concordance.estimate_fit_concordance(nearly).estimate == 0.5
