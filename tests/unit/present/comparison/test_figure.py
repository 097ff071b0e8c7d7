"""The curves of two runs drawn together."""

from xml.etree import ElementTree

import numpy as np
import pytest

from cartcohort.present.comparison.curves import read_pairs
from cartcohort.present.comparison.figure import choose_pairs, plot_pairs
from tests.unit.present.comparison.found import FALLING, STEEPER, curve_csv
from tests.unit.present.figures.reading import HOSTILE, assert_sound, numbers, parse, paths_of, texts, texts_of

NAMES = ("base", "early")


def pair_of(before=FALLING, after=STEEPER, title="Overall survival"):
    """The only panel of a figure."""
    pairs, _ = read_pairs({"x": (title, before, after)})
    return pairs[0]


def draw(*pairs):
    return plot_pairs(pairs, id="comparison", title="Both", names=NAMES)


def test_a_curve_is_read_as_it_was_drawn():
    line = pair_of().before["All"]
    assert (line.n, line.start, line.total_events) == (4, 1.0, 2)
    assert np.array_equal(line.time, [2, 5, 9])
    assert np.array_equal(line.n_event, [1, 1, 0])
    assert np.array_equal(line.n_censored, [0, 0, 2])
    assert np.array_equal(line.at_risk(np.array([0, 2, 3, 9, 10])), [4, 4, 3, 2, 0])
    assert np.isnan(line.conf_low).all()


def test_an_event_at_time_zero_is_no_second_start():
    text = curve_csv((0.0, 4, 0, 0, 1.0), (0.0, 4, 1, 0, 0.75), (3.0, 3, 1, 3, 0.75))
    line = pair_of(after=text).after["All"]
    assert np.array_equal(line.time, [0, 3])
    assert np.array_equal(line.value, [0.75, 0.75])


def test_the_first_run_is_dashed_and_the_second_solid_in_one_colour_a_group():
    figure = draw(pair_of())
    assert_sound(figure)
    assert len(paths_of(figure, "curve")) == 2
    groups = [group for group in parse(figure).iter() if group.get("class") == "curve"]
    dashed, solid = ["stroke-dasharray" in ElementTree.tostring(group, encoding="unicode") for group in groups]
    assert (dashed, solid) == (True, False)
    assert texts_of(figure, "group") == ["A", "B"]
    assert texts_of(figure, "at-risk")[:2] == ["4", "4"]
    assert texts_of(figure, "events")[:2] == ["0", "1"]
    assert "Dashed and pale: A (base). Solid: B (early)" in figure.note


def test_groups_keep_their_order_and_are_named_with_their_run():
    two = FALLING + FALLING.partition("\n")[2].replace("All", "high")
    other = STEEPER + STEEPER.partition("\n")[2].replace("All", "high")
    figure = draw(pair_of(two, other))
    assert texts_of(figure, "group") == ["All, A", "All, B", "high, A", "high, B"]


def test_its_numbers_and_its_words_are_those_of_the_curves():
    figure = draw(pair_of())
    rows = numbers(figure)
    assert [(row["run"], float(row["time"]), float(row["value"])) for row in rows if row["run"] == "B"] == [
        ("B", 0.0, 1.0),
        ("B", 2.0, 0.5),
        ("B", 5.0, 0.25),
        ("B", 8.0, 0.25),
    ]
    assert "Overall survival: A (base) 4 patients, 2 events; B (early) 4 patients, 3 events" in figure.description
    assert "−25.0" in figure.table_html


def test_an_incidence_is_drawn_from_below_on_an_axis_of_its_own():
    rows = [(0.0, 9, 0, 0, 0.0), (2.0, 9, 1, 0, 0.11), (5.0, 8, 1, 8, 0.11)]
    one = curve_csv(*rows, value="incidence")
    figure = draw(pair_of(one, one.replace("0.11", "0.12")))
    assert "20%" in texts(figure)
    assert "100%" not in texts(figure)


def test_curves_that_are_the_same_are_no_pair_and_those_with_other_limits_are_counted():
    wide = FALLING.replace(",,\n", ",0.1,0.9\n")
    assert read_pairs({"x": ("T", FALLING, FALLING)}) == ([], 0)
    assert read_pairs({"x": ("T", FALLING, wide)}) == ([], 1)


def test_panels_of_other_groups_or_of_another_kind_are_no_pair():
    assert read_pairs({"x": ("T", FALLING, STEEPER.replace("All", "Some"))}) == ([], 0)
    assert read_pairs({"x": ("T", FALLING, STEEPER.replace("survival", "incidence"))}) == ([], 0)
    assert read_pairs({"x": ("T", FALLING.partition("\n")[0] + "\n", STEEPER)}) == ([], 0)


def test_numbers_at_risk_are_left_out_where_the_file_has_not_every_time_of_the_curve():
    text = curve_csv((0.0, 900, 0, 0, 1.0), (2.0, 900, 90, 0, 0.9), (5.0, 300, 390, 250, 0.5))
    figure = draw(pair_of(text, text.replace("0.5", "0.4")))
    assert texts_of(figure, "at-risk") == []
    assert "No numbers at risk" in figure.note
    whole = curve_csv((0.0, 900, 0, 0, 1.0), (2.0, 900, 90, 0, 0.9), (5.0, 810, 400, 500, 0.5))
    assert texts_of(draw(pair_of(whole, whole.replace("0.5", "0.4"))), "at-risk") != []


def test_the_panels_farthest_apart_are_chosen_and_equal_ones_drawn_once():
    many = [(0.0, 40, 0, 0, 1.0), (2.0, 40, 10, 0, 0.75), (5.0, 30, 20, 0, 0.5), (9.0, 20, 20, 20, 0.5)]
    base = curve_csv(*many)
    near, far = base.replace("0.75", "0.74"), base.replace("0.75", "0.6")
    figures = {name: (name, base, after) for name, after in {"a": near, "b": far, "c": far}.items()}
    pairs, _ = read_pairs(figures)
    chosen, same = choose_pairs(pairs, most=1)
    assert [pair.name for pair in chosen] == ["b"]
    assert same == {"b": ["c"]}
    assert chosen[0].distance == pytest.approx(0.15)


def test_hostile_names_are_drawn_as_text():
    text = FALLING.replace("All", '"<script>x</script>"'), STEEPER.replace("All", '"<script>x</script>"')
    figure = plot_pairs([pair_of(*text, title=HOSTILE)], id="comparison", title=HOSTILE, names=(HOSTILE, "b"))
    assert "<script" not in figure.svg + figure.table_html
    assert any(text.startswith("<script>alert(1)") for text in texts(figure))


def test_the_same_curves_give_the_same_drawing():
    assert draw(pair_of()).svg == draw(pair_of()).svg
