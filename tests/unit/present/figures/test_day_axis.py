"""The axis of days: where its ticks are, and how the first year is drawn wider."""

import numpy as np
import pytest
from matplotlib.figure import Figure as Sheet

from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.present.figures.day_axis import DayAxis

YEAR = 12 * DAYS_PER_MONTH


def drawn(time):
    axes = Sheet().add_subplot()
    time.set_on(axes)
    return axes


def labels(time):
    return [label.get_text() for label in drawn(time).get_xticklabels()]


@pytest.mark.parametrize(
    ("last", "ticks"),
    [
        (0, "0"),
        (28, "0 7 14 21 28"),
        (60, "0 14 28 42 56"),
        (180, "0 1 2 3 4 5"),
        (700, "0 6 12 18"),
        (5 * YEAR, "0 3 6 9 12 24 36 48 60"),
        (10 * YEAR, "0 3 6 9 12 48 84 120"),
    ],
)
def test_ticks_are_whole_weeks_or_months(last, ticks):
    assert labels(DayAxis(0, last + 1)) == ticks.split()


def test_the_first_of_several_years_takes_more_than_half_of_the_axis():
    time = DayAxis(0, 5 * YEAR)
    axes = drawn(time)
    across = axes.transData.transform([(day, 1) for day in np.arange(6) * YEAR])[:, 0]
    width = np.diff(across) / (across[-1] - across[0])
    assert width == pytest.approx([0.56, 0.11, 0.11, 0.11, 0.11])
    assert time.said == ["The first year is drawn wider than later ones"]


def test_places_of_a_bent_axis_turn_back_into_days():
    time = DayAxis(0, 5 * YEAR)
    transform = drawn(time).xaxis.get_transform()
    days = np.array([-10, 0, 100, YEAR, 1000, 1826])
    assert transform.inverted().transform(transform.transform(days)) == pytest.approx(days)


def test_days_before_day_zero_are_on_the_axis_and_a_short_one_is_not_bent():
    assert drawn(DayAxis(-7, 28)).get_xlim()[0] == -7
    assert DayAxis(0, 700).said == []


def test_an_axis_of_months_has_the_ticks_of_one_of_days():
    in_days, in_months = DayAxis(0, 5 * YEAR), DayAxis(0, 60, month=1)
    assert labels(in_days) == labels(in_months)
    assert in_months.is_bent
