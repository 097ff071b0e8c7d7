"""Datasets as files: what a SAS transport file and a Parquet file hold."""

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest

from cartcohort.study.adam_export.dataset import Dataset, write_parquet, write_transport
from cartcohort.study.adam_export.variables import SUBJECT_VARIABLES, name_variables, shorten_label
from cartcohort.study.schema import SUBJECTS


@pytest.fixture
def dataset():
    frame = pd.DataFrame(
        {
            "USUBJID": pd.Series(["P1", "é" * 150], dtype=object),
            "DTHDT": pd.to_datetime(["2020-06-01", None]),
            "AVAL": [1 / 3, np.nan],
            "EVNTDESC": pd.Series([None, "death"], dtype=object),
        }
    )
    labels = {"USUBJID": "Unique Subject Identifier", "DTHDT": "Date of Death", "AVAL": "Value", "EVNTDESC": "Event"}
    return Dataset("ADTTE", "Time-to-Event Analysis Dataset", frame, labels)


def test_a_transport_file_has_numbers_dates_texts_and_labels(dataset, tmp_path):
    write_transport(dataset, tmp_path / "adtte.xpt")
    frame, meta = pyreadstat.read_xport(tmp_path / "adtte.xpt")
    assert frame["DTHDT"][0] == dt.date(2020, 6, 1) and pd.isna(frame["DTHDT"][1])
    assert frame["AVAL"][0] == 1 / 3 and pd.isna(frame["AVAL"][1])
    assert list(frame["EVNTDESC"]) == ["", "death"]
    assert meta.column_names_to_labels == dict(dataset.labels)
    assert (meta.table_name, meta.file_label) == ("ADTTE", "Time-to-Event Analysis Dataset")


def test_a_text_beyond_two_hundred_bytes_is_cut_between_letters(dataset, tmp_path):
    write_transport(dataset, tmp_path / "adtte.xpt")
    frame, _ = pyreadstat.read_xport(tmp_path / "adtte.xpt")
    assert frame["USUBJID"][1] == "é" * 100


def test_equal_data_give_equal_bytes_whatever_the_clock_says(dataset, tmp_path):
    write_transport(dataset, tmp_path / "adtte.xpt")
    assert (tmp_path / "adtte.xpt").read_bytes().count(b"01JAN60:00:00:00") == 4
    assert f"{dt.datetime.now(dt.UTC):%d%b%y}".upper().encode() not in (tmp_path / "adtte.xpt").read_bytes()


def test_a_parquet_file_has_whole_texts_and_labels(dataset, tmp_path):
    write_parquet(dataset, tmp_path / "adtte.parquet")
    table = pq.read_table(tmp_path / "adtte.parquet")
    assert table["USUBJID"].to_pylist() == ["P1", "é" * 150]
    assert table["DTHDT"].to_pylist() == [dt.date(2020, 6, 1), None]
    assert table["EVNTDESC"].to_pylist() == [None, "death"] and table["AVAL"].to_pylist() == [1 / 3, None]
    assert {field.name: field.metadata[b"label"].decode() for field in table.schema} == dict(dataset.labels)


def test_every_column_of_the_dictionary_has_a_name_and_a_label_that_transport_files_take():
    assert set(SUBJECT_VARIABLES) == {column.name for column in SUBJECTS.columns}
    names = [name for name, _ in SUBJECT_VARIABLES.values()]
    assert len(set(names)) == len(names) and max(map(len, names)) <= 8
    assert all(len(label) <= 40 and label.isascii() for _, label in SUBJECT_VARIABLES.values())


def test_names_of_other_columns_are_short_and_differ():
    assert name_variables(["wait_days", "wait_days_more", "1st", "größe", "wait_daysX"], ["STUDYID"]) == {
        "wait_days": "WAITDAYS",
        "wait_days_more": "WAITDAY2",
        "1st": "X1ST",
        "größe": "GRSSE",
        "wait_daysX": "WAITDAY3",
    }
    assert shorten_label("Dose (10⁶ cells/kg) of a product with a very long name") == (
        "Dose (10^6 cells/kg) of a product with a"
    )
