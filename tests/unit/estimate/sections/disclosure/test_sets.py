"""Which sets of patients may be published together."""

import itertools

import numpy as np
import pytest

from cartcohort.estimate.sections.disclosure.sets import PublishedSets, find_small_combination


def first(count, *, n=20, start=0):
    """A mask of so many patients from one on."""
    return np.isin(np.arange(n), np.arange(start, start + count))


@pytest.mark.parametrize(("size", "admitted"), [(0, True), (1, False), (4, False), (5, True), (15, True), (20, True)])
def test_a_set_is_none_or_enough(size, admitted):
    assert PublishedSets(n=20, k=5).admit([first(size)]) is admitted


@pytest.mark.parametrize("size", [16, 19])
def test_the_patients_outside_a_set_are_none_or_enough(size):
    assert not PublishedSets(n=20, k=5).admit([first(size)])


def test_a_set_within_another_leaves_none_or_enough():
    published = PublishedSets(n=20, k=5)
    assert published.admit([first(12)])
    assert not published.admit([first(9)])
    assert published.admit([first(7)])


def test_sets_that_exclude_each_other_leave_none_or_enough():
    published = PublishedSets(n=20, k=5)
    assert published.admit([first(10)])
    assert not published.admit([first(7, start=10)])
    assert published.admit([first(5, start=10)])


def test_sets_that_cross_may_share_a_few_patients():
    published = PublishedSets(n=20, k=5)
    assert published.admit([first(10), first(10, start=8)])


def test_a_small_set_between_three_is_found():
    whole, one, other = first(14), first(6), first(6, start=6)  # two patients of the first are in neither other one
    published = PublishedSets(n=40, k=5)
    sets = [np.concatenate([mask, np.zeros(20, dtype=bool)]) for mask in (whole, one, other)]
    assert published.admit(sets[:2])
    assert not published.admit(sets[2:])


def test_a_block_is_let_in_whole_or_not_at_all():
    published = PublishedSets(n=20, k=5)
    assert not published.admit([first(8), first(3)])
    assert published.admit([first(7)])  # would leave one patient, had the eight been let in


def test_nothing_follows_by_adding_and_subtracting_up_to_three_sets():
    rng, let_in = np.random.default_rng(1), []
    published = PublishedSets(n=24, k=4)
    for _ in range(60):
        mask = rng.random(24) < rng.uniform(0.2, 0.8)
        mask |= let_in[-1] if let_in and rng.random() < 0.3 else False
        if published.admit([mask]):
            let_in.append(mask)
    assert len(let_in) >= 10
    everybody = np.ones(24, dtype=int)
    for sets in itertools.combinations(let_in[:14], 3):
        for signs in itertools.product((-1, 0, 1), repeat=4):
            members = sum(sign * one for sign, one in zip(signs, (everybody, *map(int_of, sets)), strict=True))
            if set(np.unique(members)) <= {0, 1}:
                assert members.sum() == 0 or members.sum() >= 4


def int_of(mask):
    return mask.astype(int)


def test_a_combination_of_a_whole_family_is_found():
    parts = np.split(np.arange(40), [8, 16, 24, 32, 38])
    pick = [np.isin(np.arange(40), np.concatenate([parts[i] for i in chosen])) for chosen in ((0,), (1,), (2,), (3,))]
    whole = np.arange(40) < 38
    assert not find_small_combination(pick, k=5)
    assert find_small_combination([*pick, whole], k=3)  # two are outside the whole
    assert find_small_combination([*pick, np.arange(40) < 34], k=5)  # six in the whole less 32: two, of five sets
    assert not find_small_combination([], k=5)
