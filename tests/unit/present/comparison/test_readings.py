"""A moved result in print."""

import pytest

from cartcohort.present.comparison.readings import arrow, format_signed, read_move
from tests.unit.present.comparison.found import move


def test_a_result_is_printed_as_its_page_prints_it():
    old = {"estimate": 12.25, "conf_low": 7.5, "n_event": 20}
    reading = read_move(move(old, {"estimate": 9.0, "conf_low": 5.0, "n_event": 18}, n=35, shift=-0.684))
    assert reading.values == ("12.3 (7.5–NR)", "9.0 (5.0–NR)")
    assert reading.counts == ("20/35", "18/35")
    assert reading.change == "−3.3"
    assert reading.shift == "−0.68"
    assert reading.unit == "months"
    assert reading.seen


def test_a_test_has_a_p_value_and_no_estimate():
    reading = read_move(move({"p_value": 0.0344}, {"p_value": 0.0661}, unit="", conf_level=None))
    assert reading.values == ("", "")
    assert reading.p == ("0.034", "0.066")
    assert reading.change == ""


def test_a_move_below_the_last_printed_digit_is_not_seen():
    old = {"estimate": 12.21, "statistic": 4.1, "p_value": 0.03441}
    reading = read_move(move(old, {"estimate": 12.22, "statistic": 4.2, "p_value": 0.03442}))
    assert not reading.seen


def test_an_adjusted_p_value_that_moves_alone_is_seen():
    reading = read_move(move({"p_holm": 0.03}, {"p_holm": 0.06}, p_value=0.01))
    assert reading.adjusted == "Holm 0.030 → 0.060"
    assert reading.seen


@pytest.mark.parametrize(
    ("unit", "old", "new", "change"),
    [
        ("proportion", 0.771, 0.8, "+2.9"),
        ("proportion", 0.771, 0.7713, "+0.03"),
        ("hazard ratio", 2.0, 3.0, "×1.50"),
        ("hazard ratio", 2.0, 2.001, "×1.001"),
        ("odds ratio", 0.0, 3.0, ""),
        ("p-value", 0.04, 0.08, "×2.00"),
        ("patients", 12, 9, "−3"),
        ("events", 2.32, 1.56, "−0.8"),
        ("days", 4.0, 4.5, "+0.5"),
        ("pg/mL", 1.234, 1.3, "+0.07"),
        ("months", 12.2, 12.2, ""),
        ("months", None, 12.2, ""),
    ],
)
def test_the_change_is_in_the_unit_of_the_result(unit, old, new, change):
    assert read_move(move({"estimate": old}, {"estimate": new}, unit=unit)).change == change


def test_a_unit_that_is_another_one_in_each_run_is_said():
    reading = read_move(move({"unit": "months"}, {"unit": "days"}, estimate=3.0))
    assert reading.unit == "months → days"
    assert reading.change == ""


def test_a_result_without_an_estimate_takes_its_unit_from_the_other_run():
    assert read_move(move({"unit": ""}, {"unit": "odds ratio", "estimate": 2.0})).unit == "odds ratio"


@pytest.mark.parametrize(
    ("value", "text"), [(0.424, "+0.42"), (-0.424, "−0.42"), (0.0004, "+0.0004"), (-1e-9, "−<0.00001")]
)
def test_a_signed_number_never_reads_as_nought(value, text):
    assert format_signed(value, 2) == text


def test_an_arrow_joins_what_differs_only():
    assert arrow(("a", "b")) == "a → b"
    assert arrow(("a", "a")) == "a"
    assert arrow(("", "b")) == "– → b"
