import pytest

from cartcohort.render.exports.table_grid import Cell, Grid, Run
from cartcohort.render.exports.table_widths import SIZES, choose_widths, is_broken, is_wide, measure_text

PORTRAIT = 453.0


def cell(text):
    return Cell((Run(text),))


def grid(head, *rows):
    return Grid((tuple(map(cell, head)),), tuple(tuple(map(cell, row)) for row in rows), frozenset(), ())


def test_digits_are_half_as_wide_as_they_are_high():
    assert measure_text("0123", 10) == pytest.approx(4 * 0.48 * 10, rel=0.05)


def test_a_small_table_is_as_wide_as_its_lines():
    size, widths = choose_widths(grid(["Step", "Patients"], ["Patients in the study", "35"]), PORTRAIT)
    assert size == SIZES[0]
    assert sum(widths) < PORTRAIT / 2
    assert not is_broken(cell("Patients in the study"), widths[0], size)


def test_a_crowded_table_gets_smaller_letters_before_its_lines_break():
    row = ["Overall survival", *6 * ["41.7% (25.1%–57.6%)"]]
    size, widths = choose_widths(grid(7 * ["x"], row), PORTRAIT)
    assert size == SIZES[-1]
    assert sum(widths) == pytest.approx(PORTRAIT)
    size, _ = choose_widths(grid(5 * ["x"], row[:5]), PORTRAIT)
    assert SIZES[-1] <= size <= SIZES[0]


def test_long_words_of_a_heading_keep_their_column_wide_enough():
    size, widths = choose_widths(grid(["Endpoint", "Completeness"], ["OS", "9"]), PORTRAIT)
    assert widths[1] > measure_text("Completeness", size, bold=True)


def test_a_table_is_turned_only_where_its_words_do_not_fit_a_page():
    assert not is_wide(grid(9 * ["Heading of a few words"], 9 * ["41.7%"]), PORTRAIT)
    assert is_wide(grid(14 * ["Heading"], 14 * ["41.7%(25.1%–57.6%)"]), PORTRAIT)


def test_a_column_of_nothing_has_room_for_nothing():
    size, widths = choose_widths(grid(["", ""], ["", ""]), PORTRAIT)
    assert (size, sum(widths) < 30) == (SIZES[0], True)
