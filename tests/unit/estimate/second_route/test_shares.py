"""Shares by counting: textbook tests, limits and adjustments."""

import pytest

from cartcohort.estimate.second_route import shares


def test_the_lady_who_tasted_tea_has_a_p_of_17_in_35():
    assert shares.count_fisher([(3, 4), (1, 4)]) == pytest.approx(34 / 70)


def test_a_table_of_three_groups_is_enumerated():
    # Two events among 2 + 1 + 1 patients: of six pairs, both in the first group and none in it are one each.
    assert shares.count_fisher([(2, 2), (0, 1), (0, 1)]) == pytest.approx(2 / 6)
    assert shares.count_fisher([(2, 2), (0, 3), (0, 3)]) == pytest.approx(1 / 28)


def test_tables_too_many_to_count_have_no_p():
    assert shares.count_fisher([(50, 100)] * 4) is None


def test_the_limits_of_none_and_all_are_known_in_closed_form():
    assert shares.sum_limits(0, 10, conf_level=0.95) == pytest.approx((0, 1 - 0.025 ** (1 / 10)), rel=1e-12)
    assert shares.sum_limits(10, 10, conf_level=0.95) == pytest.approx((0.025 ** (1 / 10), 1), rel=1e-12)


def test_the_limits_of_27_in_35_are_those_of_clopper_and_pearson():
    assert shares.sum_limits(27, 35, conf_level=0.95) == pytest.approx((0.5986367, 0.8957896), abs=5e-8)


def test_a_binomial_test_sums_what_is_at_most_as_likely():
    # One head in four throws: as likely as three; with none and four, 10 of 16.
    assert shares.count_binomial(1, 4, 0.5) == pytest.approx(10 / 16)
    assert shares.count_binomial(0, 10, 0.3) == pytest.approx(0.0388396, abs=5e-8)
    assert shares.count_binomial(0, 0, 0.3) is None


def test_adjusted_p_values_are_worked_out_by_hand():
    found = shares.adjust_by_hand({"a": 0.01, "b": 0.04, "c": 0.03, "d": None})
    assert {name: both["p_holm"] for name, both in found.items()} == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06})
    assert {name: both["p_bh"] for name, both in found.items()} == pytest.approx({"a": 0.03, "b": 0.04, "c": 0.04})


def test_nobody_to_count_is_no_answer_by_count_and_left_alone_by_statsmodels():
    counted, library = shares.recompute_share("x/y", 0, 0, conf_level=0.95)
    assert counted.values["estimate"] is None
    assert library.unable == "there is nobody to count"
