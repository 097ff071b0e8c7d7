"""The permuted log-rank test: every labelling of a small cohort, seeds, and what cannot be compared."""

import itertools

import numpy as np
import pytest

from cartcohort.errors import EstimationError
from cartcohort.estimate import comparison, permutation

TIME = np.array([4.0, 5.0, 6.0, 6.0, 1.0, 2.0, 3.0, 2.0])
EVENT = np.array([1, 0, 1, 1, 1, 1, 1, 0], dtype=bool)
GROUP = np.array(list("aaaabbbb"))


def test_the_statistic_is_that_of_the_log_rank_test():
    for group in (GROUP, np.array(list("aabbccab"))):
        found = permutation.permutation_p(TIME, EVENT, group, samples=5, seed=1)
        assert found.statistic == pytest.approx(comparison.test_logrank(TIME, EVENT, group).statistic, rel=1e-10)


def test_the_p_value_approaches_the_share_of_all_labellings():
    observed = comparison.test_logrank(TIME, EVENT, GROUP).statistic
    extreme = []
    for chosen in itertools.combinations(range(8), 4):
        group = np.where(np.isin(np.arange(8), chosen), "a", "b")
        extreme.append(comparison.test_logrank(TIME, EVENT, group).statistic >= observed * (1 - 1e-9))
    share = np.mean(extreme)
    found = permutation.permutation_p(TIME, EVENT, GROUP, samples=20_000, seed=7)
    assert found.p_value == pytest.approx(share, abs=4 * np.sqrt(share / 20_000))
    assert (found.n, found.n_event) == (8, 6)


def test_the_seed_decides_and_the_size_of_chunks_does_not(monkeypatch):
    first = permutation.permutation_p(TIME, EVENT, GROUP, samples=500, seed=3)
    assert permutation.permutation_p(TIME, EVENT, GROUP, samples=500, seed=3) == first
    assert "500 permutations" in first.method and "seed 3" in first.method
    monkeypatch.setattr(permutation, "_CELLS", 100)
    assert permutation.permutation_p(TIME, EVENT, GROUP, samples=500, seed=3) == first


def test_the_order_of_the_observed_labels_is_one_of_the_labellings():
    assert permutation.permutation_p([1, 2], [1, 1], ["a", "b"], samples=1, seed=0).p_value == 1


def test_missing_groups_are_left_out():
    time, event = np.append(TIME, 9.0), np.append(EVENT, True)
    group = np.append(GROUP.astype(object), None)
    with_missing = permutation.permutation_p(time, event, group, samples=50, seed=2)
    assert with_missing == permutation.permutation_p(TIME, EVENT, GROUP, samples=50, seed=2)


@pytest.mark.parametrize(
    ("time", "event", "group", "note"),
    [
        ([], [], [], "not estimable: fewer than two groups"),
        ([1, 2], [1, 1], ["a", "a"], "not estimable: fewer than two groups"),
        ([1, 2], [0, 0], ["a", "b"], "not estimable: no events"),
        ([1, 2], [0, 1], ["a", "b"], "not estimable: the groups are not at risk together"),
    ],
)
def test_what_is_no_comparison_has_a_note(time, event, group, note):
    found = permutation.permutation_p(time, event, group, samples=5, seed=1)
    assert (found.statistic, found.p_value, found.note) == (None, None, note)


def test_misuse_is_refused():
    with pytest.raises(EstimationError):
        permutation.permutation_p([1, 2], [1, 1], ["a", "b"], samples=0, seed=1)
    with pytest.raises(EstimationError):
        permutation.permutation_p([1, -2], [1, 1], ["a", "b"], seed=1)
