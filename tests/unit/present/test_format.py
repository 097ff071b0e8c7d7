"""Numbers as text: what is printed can be read back, and ties go away from zero."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.estimate.results import Result
from cartcohort.present import format as fmt

finite = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False)


def read_back(text: str) -> Decimal:
    return Decimal(text.replace(fmt.MINUS, "-").replace(fmt.THIN_SPACE, "").rstrip("%"))


@given(finite, st.integers(0, 4))
def test_the_printed_number_lies_within_half_a_unit_of_the_value(value, decimals):
    printed = read_back(fmt.format_number(value, decimals=decimals))
    assert abs(printed - Decimal(repr(value))) <= Decimal("0.5").scaleb(-decimals)


@given(st.integers(-(10**6), 10**6))
def test_ties_are_rounded_away_from_zero(thousandths):
    value = float(Decimal(thousandths * 10 + 5).scaleb(-3))
    printed = read_back(fmt.format_number(value, decimals=2))
    exact = Decimal(repr(value))
    if abs(exact - exact.quantize(Decimal("0.01"), rounding="ROUND_DOWN")) == Decimal("0.005"):
        assert abs(printed) > abs(exact)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (12.25, 1, "12.3"),
        (-12.25, 1, "−12.3"),
        (0.15, 1, "0.2"),
        (2.675, 2, "2.68"),
        (-0.04, 1, "0.0"),
        (9999.0, 0, "9999"),
        (100000, 0, "100\u202f000"),
        (1e300, 0, None),
    ],
)
def test_numbers_print_as_a_reader_with_a_pencil_would_round_them(value, decimals, text):
    printed = fmt.format_number(value, decimals=decimals)
    assert printed == text if text else read_back(printed) == Decimal(repr(value))


@pytest.mark.parametrize("nothing", [None, float("nan"), float("inf"), pd.NA, np.nan])
def test_a_missing_number_is_not_estimable_and_never_a_zero_or_inf(nothing):
    for text in (fmt.format_number(nothing), fmt.format_percent(nothing), fmt.format_ratio(nothing)):
        assert text == "NE"
    assert fmt.format_p(nothing) == "NE"
    assert fmt.format_p_clause(nothing) == "p not estimable"


@given(st.floats(0, 1))
def test_a_p_value_is_never_printed_as_zero_or_one(p):
    for style in ("journal", "four_decimals"):
        text = fmt.format_p(p, p_style=style)
        digits = Decimal(text.lstrip("<>"))
        assert 0 < digits < 1
        if text[0] == "<":
            assert p < digits
        elif text[0] == ">":
            assert p > digits
        else:
            assert abs(digits - Decimal(repr(p))) <= Decimal("0.5").scaleb(digits.as_tuple().exponent)


@given(st.floats(0, 1))
def test_the_printed_p_value_lies_on_the_same_side_of_five_percent_as_the_value(p):
    for style in ("journal", "four_decimals"):
        text = fmt.format_p(p, p_style=style)
        assert (Decimal(text.lstrip("<>")) < Decimal("0.05")) == (p < 0.05)


@pytest.mark.parametrize(
    ("p", "journal", "four_decimals"),
    [
        (0.0344, "0.034", "0.0344"),
        (0.00214, "0.0021", "0.0021"),
        (0.00027, "0.00027", "0.0003"),
        (0.00001, "<0.0001", "<0.0001"),
        (0.0001, "0.00010", "0.0001"),
        (0.0996, "0.10", "0.0996"),
        (0.0496, "0.0496", "0.0496"),
        (0.049999, "0.049999", "0.049999"),
        (0.05, "0.050", "0.0500"),
        (0.145, "0.15", "0.1450"),
        (0.99, "0.99", "0.9900"),
        (0.992, ">0.99", "0.9920"),
        (1.0, ">0.99", ">0.9999"),
        (0.0, "<0.0001", "<0.0001"),
    ],
)
def test_p_values_print_in_both_styles(p, journal, four_decimals):
    assert fmt.format_p(p) == journal
    assert fmt.format_p(p, p_style="four_decimals") == four_decimals


def test_a_p_value_in_a_sentence_carries_its_sign():
    assert fmt.format_p_clause(0.0344) == "p = 0.034"
    assert fmt.format_p_clause(1e-9) == "p < 0.0001"
    assert fmt.format_p_clause(0.9999) == "p > 0.99"


def test_counts_come_with_denominator_and_one_decimal():
    assert fmt.format_count(27, 35) == "27/35 (77.1%)"
    assert fmt.format_count(1, 16) == "1/16 (6.3%)"
    assert fmt.format_count(57, 200) == "57/200 (28.5%)"
    assert fmt.format_count(0, 0) == "0/0 (NE)"
    assert fmt.format_n_percent(27, 35) == "27 (77.1%)"


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (2.345, "2.35"),
        (0.23, "0.23"),
        (0.0431, "0.04"),
        (0.01, "0.01"),
        (0.00999, "<0.01"),
        (0.00004, "<0.01"),
        (9.996, "10.0"),
        (99.96, "100"),
        (843.4, "843"),
        (20000, ">9999"),
        (0, "0.00"),
    ],
)
def test_ratios_keep_two_decimals_and_three_digits(ratio, text):
    assert fmt.format_ratio(ratio) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1234, "0.123"),
        (1.235, "1.24"),
        (99.96, "100"),
        (7348.2, "7350"),
        (12345, "12\u202f300"),
        (-14334, "\u221214\u202f300"),
        (0.005, "0.005"),
        (7.0, "7"),
        (9.996, "10"),
        (0, "0"),
        (None, "NE"),
    ],
)
def test_measured_values_have_at_most_three_significant_digits(value, text):
    assert fmt.format_measured(value) == text


def test_a_cut_keeps_its_whole_digits():
    assert fmt.format_measured(12345.6, round_whole=False) == "12\u202f346"
    assert fmt.format_measured(12.5, round_whole=False) == "12.5"


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((57.5, 4, 92.3), ["57.5", "4.0", "92.3"]),
        ((0.005, 0.005, 0.005), ["0.005", "0.005", "0.005"]),
        ((7, 5, 9), ["7", "5", "9"]),
        ((7, 0, 9.5), ["7.0", "0.0", "9.5"]),
        ((77.45, 9.38, 374), ["77.5", "9.38", "374"]),
        ((0.06, 0.005, 15.1), ["0.06", "0.005", "15.1"]),
        ((0, 0, 0), ["0", "0", "0"]),
        ((43742, 1961, 193704), ["43\u202f700", "1960", "194\u202f000"]),
        ((1.5, None, 2), ["1.5", "NE", "2.0"]),
    ],
)
def test_measured_values_of_a_cell_have_the_same_decimals_unless_far_apart(values, texts):
    assert fmt.format_measured_together(*values) == texts


def test_a_p_value_as_an_estimate_prints_as_a_p_value():
    assert fmt.format_value(0.00002, "p-value") == "<0.0001"


def test_days_show_a_decimal_only_where_they_are_not_whole():
    assert fmt.format_days(7.0) == "7"
    assert fmt.format_days(7.25) == "7.3"


def test_a_median_with_an_open_upper_limit_says_not_reached():
    median = Result(estimate=12.16, conf_low=7.5, conf_level=0.95, unit="months")
    assert fmt.format_interval(median) == "12.2 (7.5–NR)"
    assert fmt.format_interval_clause(median) == "(95% CI, 7.5 to NR)"


def test_a_median_not_reached_still_shows_its_lower_limit():
    median = Result(conf_low=7.5, conf_level=0.9, unit="months", note="median not reached")
    assert fmt.format_interval(median) == "NR (7.5–NR)"
    assert fmt.format_interval_clause(median) == "(90% CI, 7.5 to NR)"


def test_what_cannot_be_estimated_prints_ne_without_limits():
    ratio = Result(conf_level=0.95, unit="hazard ratio", note="not estimable: no events")
    assert fmt.format_interval(ratio) == "NE"


def test_an_estimate_whose_limits_do_not_exist_says_so_once():
    nobody = Result(estimate=0.0, conf_level=0.95, unit="proportion", note="no limits: everybody had the event")
    assert fmt.format_interval(nobody) == "0.0% (NE)"
    assert fmt.format_interval_clause(nobody) == "(95% CI not estimable)"


def test_a_result_without_confidence_limits_prints_the_estimate_alone():
    total = Result(estimate=10, unit="patients")
    assert fmt.format_interval(total) == "10"
    assert fmt.format_interval_clause(total) == ""


def test_a_dash_never_stands_beside_a_minus_sign():
    difference = Result(estimate=0.05, conf_low=-0.1, conf_high=0.2, conf_level=0.95, unit="proportion")
    assert fmt.format_interval(difference) == "5.0% (−10.0% to 20.0%)"
    assert fmt.format_range(-3, 4, unit="days") == "−3 to 4"
    assert fmt.format_range(0.3, 59.5) == "0.3–59.5"
    assert fmt.format_range(0.3, 59.5, between=" to ") == "0.3 to 59.5"


def test_quartiles_of_a_single_value_are_left_out():
    assert fmt.format_quartiles(7, 5, 9, n=2) == "7 (5–9)"
    assert fmt.format_quartiles(5306, 5306, 5306, n=1) == "5310"


def test_confidence_levels_print_as_short_as_they_can():
    assert [fmt.format_conf_level(level) for level in (0.95, 0.9, 0.999, 0.5)] == ["95%", "90%", "99.9%", "50%"]


@pytest.mark.parametrize(
    ("value", "published", "text"),
    [
        (12.15, "12.2", "12.2"),
        (0.7714, "77.1 %", "77.1%"),
        (0.03437, "0.0344", "0.0344"),
        (27, "27", "27"),
        (None, "27", "NE"),
    ],
)
def test_a_computed_figure_prints_in_the_digits_of_the_published_one(value, published, text):
    assert fmt.format_like(value, published) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (3.2e-12, "3 × 10⁻¹²"), (2.5e-16, "3 × 10⁻¹⁶"), (9.6e-5, "1 × 10⁻⁴"), (7.0, "7 × 10⁰"), (None, "NE")],
)
def test_a_very_small_number_is_one_digit_and_a_power_of_ten(value, text):
    assert fmt.format_power(value) == text


def test_exact_limits_of_a_curve_without_an_event_are_marked_in_a_sentence():
    known = Result(
        estimate=1, conf_low=0.7353, conf_high=1, conf_level=0.95, unit="proportion",
        note="exact limits, no event by then",
    )  # fmt: skip
    assert fmt.format_interval_clause(known) == "(95% CI, 73.5% to 100.0%; exact, no event)"
    assert fmt.format_interval(known) == "100.0% (73.5%–100.0%)"


def test_lines_do_not_break_within_a_statistic():
    text = "HR 2.93; log-rank p < 0.0001, n = 35; p not estimable, sHR >9999, HR by Firth"
    bound = "HR_2.93; log-rank p_<_0.0001, n_=_35; p not estimable, sHR_>9999, HR by Firth"
    assert fmt.bind_statistics(text) == bound.replace("_", "\u00a0")
