"""Dates that stand for none, in several orders, or heaped."""

import numpy as np
import pytest

from tests.builders import MINIMAL
from tests.unit.study.doctor.cases import found, rows

START = "infusion_date,death_date,last_contact_date"


@pytest.mark.parametrize("date", ["1900-01-01", "1970-01-01", "2099-12-31", "9999-12-31"])
def test_a_date_that_stands_for_none_is_told_whether_it_breaks_a_rule_or_not(tmp_path, date):
    [(what, where)] = found(tmp_path, subjects=MINIMAL.replace("2020-06-01", date))
    assert what == "`death_date` holds a date by which programs say that there is none, such as the first they know."
    assert where == "subjects.csv: row 2, column death_date"


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("28.02.2021", "with the day first"),
        ("31/1/21", "with the day first"),
        ("2/28/2021", "with the month first"),
        ("03/04/2021", "with the day or the month first, which cannot be told"),
        ("44197", "as a number of days, as spreadsheets do"),
        ("20210228", "without marks between its parts"),
    ],
)
def test_a_date_that_is_not_written_as_year_month_day_is_told_with_how_it_is(tmp_path, text, how):
    [(what, where)] = found(tmp_path, subjects=dated("apheresis_date", ["2020-01-02", text, "2020-01-04"]))
    assert what == f"`apheresis_date` holds a date written {how}."
    assert where == "subjects.csv: row 3, column apheresis_date"


def test_dates_in_two_orders_are_told_with_the_rows_of_each(tmp_path):
    assert found(tmp_path, subjects=dated("apheresis_date", ["2020-01-02", "31.12.2022", "11/30/2022"])) == [
        ("`apheresis_date` holds a date written with the day first.", "subjects.csv: row 3, column apheresis_date"),
        ("`apheresis_date` holds a date written with the month first.", "subjects.csv: row 4, column apheresis_date"),
    ]


def test_of_the_dictionarys_own_columns_the_error_alone_tells_how_they_are_read(tmp_path):
    assert found(tmp_path, subjects=MINIMAL.replace("2020-06-01", "28.02.2021")) == []


def dated(column: str, dates: list[str]) -> str:
    lines = [
        f"{np.datetime64('2020-01-07') + 9 * n},,2022-12-{1 + n % 30:02d},{date}" for n, date in enumerate(dates)
    ]
    return rows(f"{START},{column}", lines)


@pytest.mark.parametrize(("day", "words"), [("01", "first"), ("15", "fifteenth")])
def test_dates_heaped_on_one_day_of_the_month_are_told(tmp_path, day, words):
    dates = [f"2021-{1 + n % 12:02d}-{day if n < 8 else 2 + n % 12:02}" for n in range(30)]
    [(what, where)] = found(tmp_path, subjects=dated("apheresis_date", dates))
    assert what == f"`apheresis_date` falls on the {words} of a month far more often than by chance."
    assert where == "subjects.csv: rows 2, 3, 4, 5, 6, 7, 8 and 9, column apheresis_date"


def test_infusions_on_a_weekend_are_told_where_others_never_are(tmp_path):
    monday = np.datetime64("2020-01-06")
    days = [monday + 7 * (n // 5) + n % 5 for n in range(50)]
    lines = [f"{day},,2022-12-{1 + n % 30:02d}" for n, day in enumerate(days)]
    [(what, where)] = found(tmp_path / "one", subjects=rows(START, [*lines, "2020-06-06,,2022-12-04"]))
    assert what == "`infusion_date` is a Saturday or Sunday, on which hardly any other infusion was."
    assert where == "subjects.csv: row 52, column infusion_date"
    weekends = [f"{monday + 7 * n + 5},,2022-12-05" for n in range(4)]
    assert found(tmp_path / "four", subjects=rows(START, [*lines, *weekends])) == []
