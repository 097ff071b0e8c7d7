"""Parquet files: what their types become, and what is told of those that are no table."""

import datetime as dt
import decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study.sources.read import read_table


def read(folder):
    return read_table(folder, "a.parquet", table="subjects")


def only_problem(folder):
    with pytest.raises(StudyDataError) as caught:
        read(folder)
    [problem] = caught.value.problems
    return problem.what, problem.where, problem.remedy


def test_every_type_becomes_the_text_of_a_csv_file(tmp_path):
    moment = dt.datetime(2021, 3, 4, 14, 20)
    columns = {
        "text": pa.array(["a", " b ", None]),
        "coded": pa.array(["u", None, "u"]).dictionary_encode(),
        "whole": pa.array([1, None, 2**60]),
        "float": pa.array([1.0, 2.5, float("nan")]),
        "short": pa.array([0.1, 2.0, None], pa.float32()),
        "exact": pa.array([decimal.Decimal("12.50"), decimal.Decimal("100.00"), None]),
        "truth": pa.array([True, False, None]),
        "date": pa.array([dt.date(2021, 3, 4), None, dt.date(1999, 12, 31)]),
        "midnight": pa.array([dt.datetime(2021, 3, 4), None, None], pa.timestamp("ns")),
        "moment": pa.array([moment, None, None], pa.timestamp("us")),
        "zoned": pa.array([moment, None, None], pa.timestamp("us", tz="UTC")),
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    table = read(tmp_path)
    assert {name: [None if pd.isna(cell) else cell for cell in table.cells[name]] for name in table.cells} == {
        "text": ["a", "b", None],
        "coded": ["u", None, "u"],
        "whole": ["1", None, str(2**60)],
        "float": ["1", "2.5", None],
        "short": ["0.1", "2", None],
        "exact": ["12.5", "100", None],
        "truth": ["yes", "no", None],
        "date": ["2021-03-04", None, "1999-12-31"],
        "midnight": ["2021-03-04", None, None],
        "moment": ["2021-03-04", None, None],
        "zoned": ["2021-03-04T14:20:00+00:00", None, None],
    }
    assert table.readings == ("a.parquet: without the time of day in moment",)


def test_the_nameless_index_of_pandas_is_passed_over(tmp_path):
    pd.DataFrame({"x": [1, 2]}, index=["p", "q"]).to_parquet(tmp_path / "a.parquet")
    assert list(read(tmp_path).cells) == ["x"]


@pytest.mark.parametrize(
    "values", [[[1], [2]], [{"a": 1}, None], [b"a", b"b"], ["a\0", "b"]], ids=["lists", "records", "bytes", "nul"]
)
def test_columns_that_hold_no_cells_are_told(tmp_path, values):
    pq.write_table(pa.table({"x": [1, 2], "y": values}), tmp_path / "a.parquet")
    assert only_problem(tmp_path) == (
        "A column holds what is neither text, number, yes or no, nor date.",
        "a.parquet: column y",
        "Leave it out of the table, or turn it into text.",
    )


@pytest.mark.parametrize("keep", [4, 60, -10])
def test_a_file_that_breaks_off_is_told(tmp_path, keep):
    pq.write_table(pa.table({"x": [1, 2]}), tmp_path / "a.parquet")
    content = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(content[:keep])
    assert only_problem(tmp_path) == (
        "The file cannot be read as a Parquet file: it is damaged, incomplete, or of another kind.",
        "a.parquet",
        "Save it anew from the program that made it.",
    )


def test_an_empty_file_is_told(tmp_path):
    (tmp_path / "a.parquet").touch()
    assert only_problem(tmp_path) == ("The file is empty.", "a.parquet", "Put the table in its place.")
