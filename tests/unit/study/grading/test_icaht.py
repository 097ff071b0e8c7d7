"""ICAHT by the EHA/EBMT consensus: every cell of its table, and counts that were not taken every day."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartcohort.study.grading.icaht import bridge_gaps, grade_early, grade_late, measure_runs, per_microlitre
from tests.unit.study.grading.components import as_list

HIGH = 3000


def early(counts, last_day=200, *, died=False):
    """Grade one patient by counts of (day, count) pairs."""
    days, values = (np.array(part, dtype=float) for part in zip(*counts, strict=True))
    ends = {"last_day": np.array([float(last_day)]), "died": np.array([died])}
    return as_list(grade_early(np.zeros(len(days), dtype=int), days, values, **ends))[0]


def daily(low, n_days, *, start=5):
    """Return counts of every day that are low for so many days, and high else."""
    return [(day, low if start <= day < start + n_days else HIGH) for day in range(31)]


@pytest.mark.parametrize(
    ("low", "n_days", "expected"),
    [
        (501, 20, 0),
        (500, 0, 0),
        (500, 1, 1),
        (500, 6, 1),
        (500, 7, 2),
        (500, 13, 2),
        (500, 14, 3),
        (500, 25, 3),
        (101, 13, 2),
        (100, 1, 1),
        (100, 6, 1),
        (100, 7, 3),
        (100, 13, 3),
        (100, 14, 4),
    ],
)
def test_depth_and_length_make_the_early_grade(low, n_days, expected):
    assert early(daily(low, n_days)) == expected


@pytest.mark.parametrize(
    ("start", "last_day", "died", "expected"),
    [
        (0, 200, False, 4),  # never above 500 per µL
        (3, 200, False, 4),  # a nadir reached by day 3 that lasts to day 30
        (4, 200, False, 3),
        (0, 30, False, 4),
        (0, 13, True, 4),  # died after 14 days without a recovery
        (3, 16, True, 4),
        (4, 17, True, 3),
        (0, 12, True, 2),  # the days lived are too few for a never, and graded by their number
        (3, 15, True, 2),
    ],
)
def test_never_above_begins_by_day_3_and_lasts_to_day_30_or_to_a_death_after_two_weeks(
    start, last_day, died, expected
):
    counts = [(day, 400 if day >= start else HIGH) for day in range(min(last_day, 30) + 1)]
    assert early(counts, last_day, died=died) == expected


LONG = [(day, 300 if day <= 15 else 1900 if day > 16 else 900) for day in range(31)]


@pytest.mark.parametrize(
    ("counts", "last_day", "expected"),
    [
        (LONG, 200, 3),
        (LONG[:6], 5, None),  # 6 days at best, never above at worst
        ([(day, 300) for day in range(4)], 3, None),
        (LONG[:29], 28, 3),  # two days more could not make it worse
        ([(day, 400) for day in range(30)], 29, None),  # day 30 decides between 3 and 4
        ([(day, HIGH) for day in range(30)], 29, None),  # day 30 decides between 0 and 1
        ([(day, 50) for day in range(14)], 13, 4),  # nothing is worse
    ],
)
def test_the_days_after_the_last_contact_of_the_living_are_unknown(counts, last_day, expected):
    assert early(counts, last_day) == expected


@pytest.mark.parametrize(
    ("counts", "last_day", "expected"),
    [
        ([(0, 200), (1, 200)], 1, 1),
        ([(day, HIGH) for day in range(4)], 3, 0),
        ([(day, 50) for day in range(7)], 6, 3),
        (LONG[:6], 5, 1),
        ([(0, 200), (1, 200)], 9, None),  # eight days before the death that no count covers
    ],
)
def test_the_dead_are_graded_by_the_days_that_they_lived(counts, last_day, expected):
    assert early(counts, last_day, died=True) == expected


@pytest.mark.parametrize(("n_recovered", "expected"), [(1, 2), (2, 2), (3, 1)])
def test_a_recovery_of_less_than_three_days_ends_no_neutropenia(n_recovered, expected):
    low = [*range(5, 8), *range(8 + n_recovered, 11 + n_recovered)]  # twice three days, with the gap 7 and 8, or 3
    assert early([(day, 400 if day in low else HIGH) for day in range(31)]) == expected


def test_the_lowest_count_of_a_day_counts():
    assert early([*daily(500, 0), (10, 450)]) == 1


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # Days 4 and 6 lie on straight lines from 1000 to 200 and back: 600, 200, 600.
        ([(0, HIGH), (3, 1000), (5, 200), (7, 1000), (14, HIGH), (22, HIGH), (30, HIGH)], 1),
        # The nearest count stands before the first and after the last.
        ([(4, 400), (6, HIGH), (13, HIGH), (21, HIGH), (29, HIGH)], 1),
        ([(0, HIGH), (8, HIGH), (16, HIGH), (24, 400)], 2),
        # Eight days without a count between two are a gap that could hide anything, and so are nine at the end.
        ([(0, HIGH), (8, HIGH), (17, HIGH), (24, HIGH), (30, HIGH)], None),
        ([(0, HIGH), (8, HIGH), (16, HIGH), (21, HIGH)], None),
        # What is hidden cannot matter where the grade is the worst already.
        ([*((day, 50) for day in range(5, 19)), (30, HIGH)], 4),
        ([(0, HIGH)], None),
    ],
)
def test_gaps_of_up_to_a_week_are_bridged_and_longer_ones_are_not_guessed(counts, expected):
    assert early(counts) == expected


def test_after_the_death_no_count_is_missed():
    assert early([(day, HIGH) for day in range(9)], last_day=12, died=True) == 0
    assert early([(day, HIGH) for day in range(9)], last_day=16, died=True) is None


def test_bridged_counts_are_those_of_the_straight_line():
    counts = np.full((1, 12), np.nan)
    counts[0, [2, 4]] = 100, 300
    assert bridge_gaps(counts, np.array([11.0])).tolist() == [[100, 100, 100, 200, 300, *[300] * 7]]


@pytest.mark.parametrize(
    ("days", "runs"),
    [
        ("low low . low", [1, 2, 0, 4]),
        ("low . . low", [1, 0, 0, 4]),
        ("low . . . low", [1, 0, 0, 0, 1]),
        (". . low", [0, 0, 1]),
    ],
)
def test_runs_count_the_days_of_an_unstable_recovery(days, runs):
    assert measure_runs(np.array([[day == "low" for day in days.split()]])).tolist() == [runs]


def late(*counts, last_day=200):
    days, values = (np.array(part, dtype=float) for part in zip(*counts, strict=True))
    return as_list(grade_late(np.zeros(len(days), dtype=int), days, values, np.array([float(last_day)])))[0]


@pytest.mark.parametrize(
    ("lowest", "expected"),
    [(1501, 0), (1500, 1), (1001, 1), (1000, 2), (501, 2), (500, 3), (101, 3), (100, 4), (0, 4)],
)
def test_the_lowest_count_after_day_30_makes_the_late_grade(lowest, expected):
    assert late((31, lowest), (60, 1400)) == expected
    assert late((100, lowest)) == expected


@pytest.mark.parametrize(("lone", "expected"), [(1501, 0), (1500, 1), (1000, 2), (500, 3), (100, 4)])
def test_the_only_late_count_is_graded_as_it_is(lone, expected):
    assert late((60, lone)) == expected
    assert late((60, lone), (60, HIGH)) == expected  # the same day


def test_a_single_low_count_among_normal_ones_is_transient():
    assert late((40, 300), (50, 1501), (60, HIGH)) == 0
    assert late((40, 300), (50, 1500), (60, HIGH)) == 3


@pytest.mark.parametrize(
    ("counts", "last_day", "expected"),
    [
        ([(30, 100), (101, 100)], 200, None),  # outside day 31 to 100
        ([(40, 1200), (60, 100)], 59, 1),  # after a relapse or further therapy
        ([(40, 1200), (60, 100)], 60, 4),
    ],
)
def test_late_counts_lie_between_day_31_and_100_and_before_the_end(counts, last_day, expected):
    assert late(*counts, last_day=last_day) == expected


@pytest.mark.parametrize(
    ("unit", "per_ul"),
    [
        *((unit, 2.0) for unit in ("/uL", "/µL", "/μL", "cells/uL", "/mm3", "/mm³", "10^6/L", "x 10⁶/L")),
        *(
            (unit, 2000.0)
            for unit in ("10^9/L", "10⁹/L", "×10⁹/L", "x10^9/L", "G/L", "K/uL", "10³/µL", "/nL", "10E9/L")
        ),
        ("mg/L", None),
        ("", None),
        (None, None),
    ],
)
def test_counts_are_read_in_the_units_that_they_are_given_in(unit, per_ul):
    values = per_microlitre(pd.Series([2.0]), pd.Series([unit], dtype="string"))
    assert as_list(values) == [per_ul]


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.sampled_from([50, 100, 101, 400, 500, 501, 900, HIGH]), min_size=31, max_size=31),
    day=st.integers(0, 30),
    lower=st.sampled_from([0, 100, 500]),
)
def test_a_lower_count_never_lowers_the_early_grade(counts, day, lower):
    before = early(list(enumerate(counts)))
    counts[day] = min(counts[day], lower)
    assert early(list(enumerate(counts))) >= before


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.sampled_from([50, 400, 501, HIGH]), min_size=31, max_size=31),
    taken=st.sets(st.integers(0, 30), min_size=1),
)
def test_where_some_counts_suffice_no_filling_of_the_long_gaps_changes_the_grade(counts, taken):
    """The grade of some days is that of the same days with each day of a long gap as low, or as high, as can be."""
    some = {day: counts[day] for day in sorted(taken)}
    grade = early(list(some.items()))
    if grade is None:
        return
    array = np.full((1, 31), np.nan)
    array[0, list(some)] = list(some.values())
    bridged = bridge_gaps(array, np.array([30.0]))[0]
    for filling in (0, HIGH):
        assert early(list(enumerate(np.where(np.isnan(bridged), filling, bridged)))) == grade
