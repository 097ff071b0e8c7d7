"""Standardised differences: by hand, and invariances."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.errors import EstimationError
from cartcohort.estimate import balance

numbers = st.lists(st.integers(-50, 50).map(float), min_size=2, max_size=20)
categories = st.lists(st.sampled_from("abc"), min_size=1, max_size=20)


def difference(value, reference):
    return balance.standardised_difference(value, reference).estimate


def test_means_are_compared_in_units_of_the_pooled_standard_deviation():
    # Means 4 and 2, variances 4 and 1.
    result = balance.standardised_difference([2, 4, 6], [1, 2, 3])
    assert result.estimate == pytest.approx(2 / np.sqrt(2.5), rel=1e-12)
    margin = 1.959963984540054 * np.sqrt(6 / 9 + result.estimate**2 / 12)
    assert result.conf_high - result.estimate == pytest.approx(margin, rel=1e-12)


def test_two_categories_are_compared_by_their_proportions():
    # 3 of 4 and 1 of 4: 0.5 / sqrt(3 / 16).
    expected = 0.5 / np.sqrt(3 / 16)
    assert difference(["yes", "yes", "yes", "no"], ["yes", "no", "no", "no"]) == pytest.approx(expected, rel=1e-12)
    assert difference([True, True, True, False], [True, False, False, False]) == pytest.approx(expected, rel=1e-12)


def test_three_categories_are_compared_by_the_mahalanobis_distance():
    # Shares (1/2, 1/4, 1/4) and (1/4, 1/4, 1/2): the contrast of the last two is (0, -1/4), and the mean covariance
    # ((3/16, -3/32), (-3/32, 7/32)) has the determinant 33/1024, so that the distance is sqrt(3/16 * 1/16 / det).
    result = difference(list("aabc"), list("abcc"))
    assert result == pytest.approx(np.sqrt(3 / 16 / 16 / (33 / 1024)), rel=1e-12)


@given(numbers, numbers, st.integers(1, 9), st.integers(-9, 9))
def test_unit_and_origin_of_numbers_do_not_matter_and_the_sign_follows_the_reference(value, reference, scale, origin):
    plain = difference(value, reference)
    moved = difference([scale * v + origin for v in value], [scale * v + origin for v in reference])
    assert (plain is None) == (moved is None)
    if plain is not None:
        assert moved == pytest.approx(plain, rel=1e-9, abs=1e-12)
        assert difference(reference, value) == pytest.approx(-plain, rel=1e-9, abs=1e-12)


@given(categories, categories)
def test_names_and_order_of_categories_do_not_matter(value, reference):
    plain = difference(value, reference)
    renamed = [[{"a": "z", "b": "x", "c": "y"}[category] for category in sample] for sample in (value, reference)]
    assert (plain is None) == (difference(*renamed) is None)
    if plain is not None:
        assert difference(*renamed) == pytest.approx(plain, rel=1e-6, abs=1e-7)
        assert difference(reference, value) == pytest.approx(plain, rel=1e-6, abs=1e-7)
        assert plain >= 0


@given(categories)
def test_equal_groups_do_not_differ(value):
    assert difference(value, value) == pytest.approx(0, abs=1e-12)


def test_a_level_that_nobody_has_changes_nothing():
    levels = ["a", "b", "unused"]
    value, reference = (pd.Categorical(list(text), categories=levels) for text in ("aab", "abb"))
    assert difference(value, reference) == difference(list("aab"), list("abb"))


def test_missing_values_are_left_out():
    assert difference([2, None, 4, 6], [1, 2, 3, None]) == difference([2, 4, 6], [1, 2, 3])
    assert balance.standardised_difference(["a", None], ["b", "a"]).n == 3


@pytest.mark.parametrize(
    ("value", "reference"),
    [([], []), ([1], [1, 2]), ([1, 1], [2, 2]), ([], ["a"]), (["a"], ["b"]), (list("ab"), list("cd"))],
)
def test_what_cannot_be_compared_has_a_note(value, reference):
    result = balance.standardised_difference(value, reference)
    assert result.estimate is result.conf_low is None and result.note.startswith("not estimable")


def test_infinite_values_are_refused():
    with pytest.raises(EstimationError):
        balance.standardised_difference([1, np.inf], [1, 2])
