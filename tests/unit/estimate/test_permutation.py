"""The permuted log-rank test: every labelling of a small cohort, seeds, and what cannot be compared."""

import itertools

import numpy as np
import pytest

from cartcohort.errors import EstimationError
from cartcohort.estimate import comparison, permutation, proportions

TIME = np.array([4.0, 5.0, 6.0, 6.0, 1.0, 2.0, 3.0, 2.0])
EVENT = np.array([1, 0, 1, 1, 1, 1, 1, 0], dtype=bool)
GROUP = np.array(list("aaaabbbb"))


def cohort(n=24):
    """Patients too many for all labellings to be looked at."""
    generator = np.random.default_rng(5)
    return np.ceil(generator.exponential(10, n)), generator.random(n) < 0.7, np.repeat(["a", "b"], n // 2)


def test_the_statistic_is_that_of_the_log_rank_test():
    for group in (GROUP, np.array(list("aabbccab"))):
        found = permutation.permutation_p(TIME, EVENT, group, samples=5, seed=1)
        assert found.statistic == pytest.approx(comparison.test_logrank(TIME, EVENT, group).statistic, rel=1e-10)


def test_of_few_labellings_every_one_is_looked_at():
    observed = comparison.test_logrank(TIME, EVENT, GROUP).statistic
    extreme = []
    for chosen in itertools.combinations(range(8), 4):
        group = np.where(np.isin(np.arange(8), chosen), "a", "b")
        extreme.append(comparison.test_logrank(TIME, EVENT, group).statistic >= observed * (1 - 1e-9))
    share = np.mean(extreme)
    found = permutation.permutation_p(TIME, EVENT, GROUP, samples=20_000, seed=7)
    assert found.p_value == found.estimate == share
    assert (found.conf_low, found.conf_high, found.conf_level) == (None, None, None)
    assert (found.n, found.n_event, found.unit) == (8, 6, "p-value")
    assert found.method == "log-rank test, all 70 permutations of the groups, exact"


def test_shuffles_approach_the_exact_share_within_their_limits(monkeypatch):
    exact = permutation.permutation_p(TIME, EVENT, GROUP, seed=7).p_value
    monkeypatch.setattr(permutation, "_MOST_LABELLINGS", 69)
    found = permutation.permutation_p(TIME, EVENT, GROUP, samples=20_000, seed=7, conf_level=0.999)
    assert found.conf_low < exact < found.conf_high and found.conf_low < found.p_value < found.conf_high
    n_extreme = round(found.p_value * 20_001) - 1
    limits = proportions.exact_interval(n_extreme, 20_000, conf_level=0.999)
    assert (found.conf_low, found.conf_high) == limits


def test_the_seed_decides_and_the_size_of_chunks_does_not(monkeypatch):
    first = permutation.permutation_p(*cohort(), samples=500, seed=3)
    assert permutation.permutation_p(*cohort(), samples=500, seed=3) == first
    assert "500 permutations" in first.method and "seed 3" in first.method
    monkeypatch.setattr(permutation, "_CELLS", 100)
    assert permutation.permutation_p(*cohort(), samples=500, seed=3) == first


def test_many_patients_are_shuffled_less_often_and_not_at_all_with_many_events(monkeypatch):
    monkeypatch.setattr(permutation, "_MOST_PATIENTS", 20)
    monkeypatch.setattr(permutation, "_FEWEST_SHUFFLES", 30)
    monkeypatch.setattr(permutation, "_PATIENTS_SHUFFLED", 24 * 40)
    fewer = permutation.permutation_p(*cohort(), samples=500, seed=3)
    assert fewer == permutation.permutation_p(*cohort(), samples=40, seed=3)
    assert "40 permutations" in fewer.method
    counts = comparison.count_logrank(*cohort())
    monkeypatch.setattr(permutation, "_ENOUGH_EVENTS", counts.expected.min() - 1e-9)
    spared = permutation.permutation_p(*cohort(), seed=3)
    assert (spared.p_value, spared.note) == (None, permutation.SERVES)
    assert spared.statistic == pytest.approx(fewer.statistic)
    monkeypatch.setattr(permutation, "_ENOUGH_EVENTS", counts.expected.min() + 1e-9)
    assert permutation.permutation_p(*cohort(), samples=40, seed=3) == fewer


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
