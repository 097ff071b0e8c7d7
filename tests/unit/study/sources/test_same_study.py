"""The same content gives the same study, whatever its format."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from cartcohort.study import Study, load_study
from cartcohort.study.schema import TABLES
from cartcohort.study.sources.read import read_table
from tests.builders import ADVERSE_EVENTS, ASSESSMENTS, COHORT, CUTOFF, MINIMAL_DAYS, as_csv
from tests.formats import CAR1922, FORMS, read_car1922, type_frame, write_tables

LITERAL = {name: as_csv(text) for name, text in zip(TABLES, (COHORT, ADVERSE_EVENTS, ASSESSMENTS), strict=True)}
CAR1922_CUTOFF = "2023-02-28"


def load_as(folder: Path, form: str, tables: dict[str, str], cutoff: str) -> Study:
    folder.mkdir(exist_ok=True)
    if form == "csv":
        named = ""
        for name, text in tables.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    else:
        named = write_tables(folder, form, tables)
    (folder / "study.yaml").write_text(f"data_cutoff_date: {cutoff}\n{named}\n", encoding="utf-8")
    return load_study(folder)


def assert_same(study: Study, expected: Study, *, ordered: bool = True) -> None:
    """Compare all tables; those of a database come sorted, so that rows and their numbers may differ."""
    for name in TABLES:
        found, wanted = getattr(study, name), getattr(expected, name)
        if not ordered:
            found, wanted = (_sort(frame) for frame in (found, wanted))
        pd.testing.assert_frame_equal(found, wanted, check_exact=True)
    assert (study.factors, study.labels) == (expected.factors, expected.labels)


def _sort(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.drop(columns="source_row")
    return frame.sort_values(list(frame), ignore_index=True)


@pytest.mark.parametrize("form", FORMS)
def test_three_small_tables_are_the_same_study_in_every_format(tmp_path, form):
    expected = load_as(tmp_path / "csv", "csv", LITERAL, CUTOFF)
    assert_same(load_as(tmp_path / form, form, LITERAL, CUTOFF), expected, ordered=form != "sqlite")


@pytest.mark.parametrize("form", FORMS)
def test_days_without_dates_are_the_same_study_in_every_format(tmp_path, form):
    tables = {"subjects": as_csv(MINIMAL_DAYS)}
    assert_same(load_as(tmp_path / form, form, tables, CUTOFF), load_as(tmp_path / "csv", "csv", tables, CUTOFF))


@pytest.fixture(scope="module")
def car1922(tmp_path_factory) -> Study:
    return load_as(tmp_path_factory.mktemp("car1922"), "csv", read_car1922(), CAR1922_CUTOFF)


@pytest.mark.parametrize("form", FORMS)
def test_the_default_study_is_the_same_in_every_format(tmp_path, car1922, form):
    assert_same(load_as(tmp_path, form, read_car1922(), CAR1922_CUTOFF), car1922, ordered=form != "sqlite")


def test_the_default_study_is_the_same_from_postgresql(tmp_path, car1922, postgres):
    postgres.write({f"car1922_{name}": type_frame(name, text) for name, text in read_car1922().items()})
    named = ", ".join(f'{name}: "{postgres.url(table=f"car1922_{name}")}"' for name in TABLES)
    (tmp_path / "study.yaml").write_text(f"data_cutoff_date: {CAR1922_CUTOFF}\ntables: {{{named}}}\n")
    assert_same(load_study(tmp_path), car1922, ordered=False)


def test_sas_data_sets_written_by_haven_hold_what_the_csv_files_do(tmp_path, car1922):
    for name in ("subjects", "adverse_events"):
        shutil.copyfile(Path(__file__).parent / f"car1922-{name}.sas7bdat", tmp_path / f"{name}.sas7bdat")
    (tmp_path / "study.yaml").write_text(f"data_cutoff_date: {CAR1922_CUTOFF}\n")
    study = load_study(tmp_path)
    pd.testing.assert_frame_equal(study.subjects, car1922.subjects, check_exact=True)
    pd.testing.assert_frame_equal(study.adverse_events, car1922.adverse_events, check_exact=True)


def test_the_default_study_has_nothing_to_say_of_how_it_was_read():
    assert load_study(CAR1922).readings == ()


def test_a_table_of_another_format_is_found_by_its_standard_name(tmp_path):
    write_tables(tmp_path, "sav", LITERAL)
    (tmp_path / "study.yaml").write_text(f"data_cutoff_date: {CUTOFF}\n")
    assert len(load_study(tmp_path).adverse_events) == 5


@pytest.mark.parametrize("form", ["parquet", "sav"])
def test_cells_come_as_text_in_categories_with_rows_as_in_a_spreadsheet(tmp_path, form):
    write_tables(tmp_path, form, LITERAL)
    table = read_table(tmp_path, f"adverse_events.{form}", table="adverse_events")
    assert table.rows.tolist() == [2, 3, 4, 5, 6]
    assert table.cells["grade"].tolist() == ["2", "1", "1", "5", "4"]
    assert table.cells["resolution_date"].cat.categories.tolist() == [
        "2020-01-06",
        "2020-01-08",
        "2020-02-06",
        "2021-03-20",
    ]
