"""Dates in other orders than year-month-day."""

import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study.mapping.date_texts import ORDERS, find_orders, read_date
from tests.builders import CUTOFF, make_study

DAY, MONTH, YEAR = ORDERS
SHEET = """
    subject_id, infusion_date, death_date, last_contact_date
  P1,         {},            ,           2022-12-31
  P2,         {},            ,           2022-12-31
  P3,         {},            ,           2022-12-31
"""


def load(tmp_path, *dates, key=""):
    yaml = f"data_cutoff_date: {CUTOFF}\n{key}"
    return make_study(tmp_path, subjects=SHEET.format(*dates), yaml=yaml).subjects["infusion_date"]


def problems_of(tmp_path, *dates, key=""):
    with pytest.raises(StudyDataError) as caught:
        load(tmp_path, *dates, key=key)
    return [(problem.what, problem.where, problem.remedy) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "day", "month"),
    [
        ("05/01/2021", "2021-01-05", "2021-05-01"),
        ("5.1.2021", "2021-01-05", "2021-05-01"),
        ("5. 1. 2021", "2021-01-05", "2021-05-01"),
        ("05-01-2021", "2021-01-05", "2021-05-01"),
        ("13/01/2021", "2021-01-13", None),
        ("01/13/2021", None, "2021-01-13"),
        ("29/02/2021", None, None),
        ("05/01/2021 14:30", "2021-01-05", "2021-05-01"),
        ("05/01/21", None, None),
        ("05/01.2021", None, None),
        ("05/01/02021", None, None),
        ("01/01/1899", None, None),
        ("soon", None, None),
        ("05/2021", None, None),
    ],
)
def test_a_text_is_a_date_in_the_order_that_is_told(text, day, month):
    assert (read_date(text, DAY), read_date(text, MONTH), read_date(text, YEAR)) == (day, month, None)


@pytest.mark.parametrize(
    "text",
    ["2021-01-05", "2021/1/5", "2021.01.05", "05-Jan-2021", "5 January 2021", "05JAN2021", "Jan 5, 2021",
     "january 5th 2021", "5. Jan. 2021", "2021-Jan-05", "2021-01-05T00:00:00", "2021-01-05 00:00:00.000"],
)  # fmt: skip
def test_a_date_that_can_be_read_in_one_way_only_is_read_in_any_order(text):
    assert {read_date(text, order) for order in ORDERS} == {"2021-01-05"}


def test_digits_alone_are_a_date_only_where_the_year_comes_first():
    assert find_orders("20210105") == {YEAR}
    assert find_orders("2021") == frozenset()


@pytest.mark.parametrize(
    "key",
    [
        "dates: day/month/year",
        "dates: {subjects: day/month/year}",
        "dates: {subjects: {infusion_date: day/month/year}}",
        "dates: {subjects: {infusion_date: day/month/year, last_contact_date: month/day/year}}",
    ],
)
def test_the_order_is_told_for_the_study_a_table_or_a_column(tmp_path, key):
    dates = load(tmp_path, "05/01/2021", "2021-01-06", "07-Jan-2021", key=key)
    assert dates.dt.strftime("%Y-%m-%d").tolist() == ["2021-01-05", "2021-01-06", "2021-01-07"]


ISO = "Write dates as year-month-day, such as 2023-02-28, from 1900 to 2200."
NO_DATE = "`infusion_date` holds a cell that is not a date."


@pytest.mark.parametrize(
    ("dates", "remedy"),
    [
        (("13/01/2021", "05/01/2021", "2021-01-06"), "With `dates: day/month/year` in study.yaml they are read"),
        (("01/13/2021", "01/05/2021", "2021-01-06"), "With `dates: month/day/year` in study.yaml they are read"),
        (("20210113", "20210105", "2021-01-06"), "With `dates: year/month/day` in study.yaml they are read"),
        (("2021/01/13", "2021/1/5", "2021-01-06"), "With `dates: year/month/day` in study.yaml they are read"),
        (("13-Jan-2021", "05-Jan-2021", "2021-01-06"), "With `dates: day/month/year` in study.yaml they are read"),
    ],
)
def test_without_the_key_the_one_that_reads_the_column_is_told(tmp_path, dates, remedy):
    expected = (NO_DATE, "subjects.csv: rows 2 and 3, column infusion_date", f"{remedy} as they stand. {ISO}")
    assert problems_of(tmp_path, *dates) == [expected]


def test_dates_that_fit_two_orders_are_said_to_be_ambiguous(tmp_path):
    remedy = (
        "They fit two orders: say in study.yaml which it is, `dates: day/month/year` or `dates: month/day/year`. "
    )
    where = "subjects.csv: rows 2, 3 and 4, column infusion_date"
    assert problems_of(tmp_path, "05/01/2021", "06/01/2021", "07/01/2021") == [(NO_DATE, where, remedy + ISO)]


def test_mixed_orders_are_told_with_the_rows_of_each(tmp_path):
    what = "`infusion_date` mixes the orders of day and month: these dates {}."
    remedy = f"Write all dates of the column in one order. {ISO}"
    assert problems_of(tmp_path, "13/01/2021", "01/14/2021", "07/01/2021") == [
        (what.format("can only be day/month/year"), "subjects.csv: row 2, column infusion_date", remedy),
        (what.format("can only be month/day/year"), "subjects.csv: row 3, column infusion_date", remedy),
        (what.format("can be either"), "subjects.csv: row 4, column infusion_date", remedy),
    ]


def test_with_the_key_a_date_in_another_order_a_short_year_and_no_date_are_told_apart(tmp_path):
    remedy = "Correct the cells; if the whole column stands in another order, say so under `dates` in study.yaml."
    assert problems_of(tmp_path, "01/13/2021", "05/01/21", "unknown", key="dates: day/month/year") == [
        (
            "`infusion_date` holds a date that is not day/month/year.",
            "subjects.csv: row 2, column infusion_date",
            remedy,
        ),
        (
            "`infusion_date` holds a date whose year has two digits.",
            "subjects.csv: row 3, column infusion_date",
            "Write years with four digits: two do not tell the century.",
        ),
        (NO_DATE, "subjects.csv: row 4, column infusion_date", ISO),
    ]


@pytest.mark.parametrize(
    ("key", "what", "remedy"),
    [
        (
            "dates: {subjects: {infusoin_date: day/month/year}}",
            "`dates` names `infusoin_date`, which is no column of subjects.csv. Did you mean `infusion_date`?",
            "Use the standard name of the column.",
        ),
        (
            "dates: {subjects: {subject_id: day/month/year}}",
            "`dates` names `subject_id`, which holds no dates.",
            "Name columns that end in `_date`.",
        ),
        (
            "dates: day/month/yaer",
            "`dates` must be one of day/month/year, month/day/year, year/month/day. Did you mean `day/month/year`?",
            "Such as day/month/year.",
        ),
        (
            "dates: {subjects: {infusion_date: dmy}}",
            "`dates: subjects: infusion_date` must be one of day/month/year, month/day/year, year/month/day.",
            "Such as day/month/year.",
        ),
        (
            "dates: {subject: day/month/year}",
            "There is no key `subject` under `dates`. Did you mean `subjects`?",
            "Keys are: subjects, adverse_events, assessments.",
        ),
    ],
)
def test_a_wrong_key_is_told(tmp_path, key, what, remedy):
    dates = ("2021-01-05", "2021-01-06", "2021-01-07")
    assert problems_of(tmp_path, *dates, key=key) == [(what, "study.yaml", remedy)]
