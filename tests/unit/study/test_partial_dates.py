"""Texts of which only the month or the year is known, by hand."""

import numpy as np
import pandas as pd
import pytest

from cartcohort.study.partial_dates import COMPLETE, MONTH, YEAR, parse_dates


@pytest.mark.parametrize(
    ("text", "middle", "first", "last", "precision"),
    [
        ("2021-05-07", "2021-05-07", "2021-05-07", "2021-05-07", COMPLETE),
        ("2021-05", "2021-05-15", "2021-05-01", "2021-05-31", MONTH),
        ("2020-02", "2020-02-15", "2020-02-01", "2020-02-29", MONTH),
        ("2021-12", "2021-12-15", "2021-12-01", "2021-12-31", MONTH),
        ("2021", "2021-07-01", "2021-01-01", "2021-12-31", YEAR),
        ("2200", "2200-07-01", "2200-01-01", "2200-12-31", YEAR),
    ],
)
def test_a_date_is_the_middle_of_what_is_known(text, middle, first, last, precision):
    dates = parse_dates(pd.Index([text], dtype=object))
    assert [str(part[0].date()) for part in (dates.middle, dates.first, dates.last)] == [middle, first, last]
    assert dates.precision.tolist() == [precision]


@pytest.mark.parametrize(
    "text", ["2021-13", "2021-00", "2021-5", "1899", "2201", "21", "2021-05-", "05-2021", "２０２１"]
)
def test_other_texts_are_no_dates(text):
    dates = parse_dates(pd.Index([text], dtype=object))
    assert dates.middle.isna().all() and not dates.partial.any()


def test_each_cell_gets_the_date_of_its_distinct_text():
    dates = parse_dates(pd.Index(["2021", "2021-05-07"], dtype=object)).spread(np.array([1, -1, 0, 0]))
    assert dates.middle.strftime("%m-%d").fillna("").tolist() == ["05-07", "", "07-01", "07-01"]
    assert dates.partial.tolist() == [False, False, True, True]


def test_no_texts_make_no_dates():
    assert len(parse_dates(pd.Index([], dtype=object)).middle) == 0
