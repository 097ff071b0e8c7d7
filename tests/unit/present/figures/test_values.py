"""Values by group: what is drawn, what is left out, and what is said."""

import itertools
import re

import numpy as np
import pandas as pd

from cartcohort.present import figures
from cartcohort.present.display import Notice
from tests.unit.present.figures.reading import HOSTILE, assert_sound, numbers, panels, paths_of, texts, texts_of


def frame(values, groups, *, series=None, panel="IL-6"):
    return pd.DataFrame(
        {
            "value": values,
            "panel": pd.Categorical([panel] * len(values)),
            "group": pd.Categorical(groups, categories=list(dict.fromkeys(groups)), ordered=True),
            "series": pd.Categorical(series or ["all"] * len(values)),
        }
    )


def plot(values, **options):
    return figures.plot_values_by_group(values, id="v", title="Peaks", x_label="Worst grade", **options)


def test_each_group_has_its_dots_quartiles_and_median():
    figure = plot(frame([1, 10, 100, 20, 200], ["None", "None", "None", "3", "3"]), units={"IL-6": "pg/mL"})
    assert_sound(figure)
    assert "IL-6 (pg/mL)" in texts(figure)
    assert len(paths_of(figure, "median")) == len(paths_of(figure, "quartiles")) == 2
    first, second = numbers(figure)
    assert (first["group"], first["n"], float(first["median"]), float(first["lower_quartile"])) == (
        "None",
        "3",
        10,
        5.5,
    )
    assert (float(second["minimum"]), float(second["maximum"])) == (20, 200)
    assert figure.description == "IL-6, medians: None 10 (3 patients), 3 110 (2 patients)."


def test_the_comparison_stands_under_the_heading_and_in_the_description():
    figure = plot(frame([1, 10], ["a", "b"]), annotations={"IL-6": "p = 0.034"})
    assert texts_of(figure, "annotation") == ["p = 0.034"]
    assert figure.description.endswith("p = 0.034.")


def test_series_have_a_key_and_one_series_has_none():
    assert texts_of(plot(frame([1, 10], ["a", "b"], series=["low", "high"])), "key") == ["high", "low"]
    assert texts_of(plot(frame([1, 10], ["a", "b"])), "key") == []


def test_values_that_have_no_place_on_the_scale_are_counted():
    figure = plot(frame([0, 5, np.nan, 50], ["a", "a", "b", "b"]))
    assert texts_of(figure, "note") == ["1 value of 0 or less left out"]
    assert isinstance(plot(frame([0.0, np.nan], ["a", "a"])), Notice)
    assert isinstance(plot(frame([], [])), Notice)


def test_a_large_group_is_sampled_and_says_so_while_its_numbers_are_of_all():
    values = np.exp(np.random.default_rng(1).normal(size=5000))
    figure = plot(frame(values, ["a"] * 5000))
    assert_sound(figure)
    assert len(figure.svg) < 20_000
    assert texts_of(figure, "note")[0].startswith("Dots show 80 patients")
    assert numbers(figure)[0]["n"] == "5000"


def test_equal_values_and_hostile_names_are_drawn():
    assert_sound(plot(frame([7, 7, 7], ["a", "a", HOSTILE], panel=HOSTILE)))


def heights_of_counts(n):
    names = np.repeat(["None", *"12345"], n)
    figure = plot(frame(np.full(len(names), 10.0), names))
    assert_sound(figure)
    return re.findall(r'translate\([\d.]+ ([\d.]+)\)"[^>]*>\(', figure.svg)


def test_numbers_too_long_to_stand_side_by_side_stand_on_two_lines_in_turn():
    assert len(heights_of_counts(10)) == 6
    assert len(set(heights_of_counts(10))) == 1
    heights = heights_of_counts(12_000)
    assert len(set(heights)) == 2
    assert all(one != following for one, following in itertools.pairwise(heights))


def test_several_panels_can_be_shown_apart_and_the_key_with_them():
    panel = pd.Categorical(["x", "x", "y", "y"])
    two = plot(frame([1, 10, 2, 20], list("abab"), series=["low", "high"] * 2).assign(panel=panel))
    assert_sound(two)
    assert [box[2] for box in panels(two)] == [291, 291, 291]
    assert panels(plot(frame([1, 10], ["a", "b"]))) == []
