"""A copy of a study in which tables named by URL have become files."""

import fsspec
import pandas as pd
import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study import load_study
from cartcohort.study.sources.snapshot import copy_with_snapshot
from tests.builders import ADVERSE_EVENTS, ASSESSMENTS, COHORT, CUTOFF, as_csv, write_study
from tests.formats import type_frame


@pytest.fixture
def store():
    store = fsspec.filesystem("memory")
    yield store
    store.store.clear()
    store.pseudo_dirs[:] = [""]


@pytest.fixture
def copy(tmp_path):
    (tmp_path / "copy").mkdir()
    return tmp_path / "copy"


def list_files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_tables_of_a_database_and_of_a_store_become_files_and_give_the_same_study(postgres, store, tmp_path, copy):
    cohort, events = (as_csv(text).replace("P1", "P1; ä") for text in (COHORT, ADVERSE_EVENTS))
    postgres.write({"snapshot of cohort": type_frame("subjects", cohort)})
    store.pipe("/events.tsv", events.replace(",", "\t").encode("utf-16"))
    subjects = postgres.url(table="snapshot of cohort")
    yaml = f'data_cutoff_date: {CUTOFF}\ntables: {{subjects: "{subjects}", adverse_events: "memory://events.tsv"}}'
    study = write_study(tmp_path / "study", yaml=yaml, assessments=ASSESSMENTS.replace("P1", "P1; ä"))
    (study / "subjects.csv").unlink()
    (study / "reports").mkdir()
    (study / "reports" / "index.html").write_text("a report is no part of the study")
    assert copy_with_snapshot(study, copy)
    assert list_files(copy) == [
        "assessments.csv",
        "snapshot/adverse_events.tsv",
        "snapshot/subjects.csv",
        "study.yaml",
    ]
    expected = load_study(study)
    store.rm("/events.tsv")
    postgres.execute('DROP TABLE "snapshot of cohort"')
    found = load_study(copy)
    assert found.subjects["subject_id"].tolist()[0] == "P1; ä"
    for table in ("subjects", "adverse_events", "assessments"):
        pd.testing.assert_frame_equal(getattr(found, table), getattr(expected, table))


def test_a_study_that_lies_in_its_folder_is_not_copied(tmp_path, copy):
    study = write_study(tmp_path / "study", yaml=f"data_cutoff_date: {CUTOFF}\nsource: https://example.org")
    assert not copy_with_snapshot(study, copy)
    assert list(copy.iterdir()) == []


def test_a_snapshot_that_the_study_has_already_stands_for_the_url(tmp_path, copy):
    yaml = f'data_cutoff_date: {CUTOFF}\ntables: {{subjects: "postgresql://127.0.0.1:1/none"}}'
    study = write_study(tmp_path / "study", yaml=yaml)
    (study / "snapshot").mkdir()
    (study / "subjects.csv").rename(study / "snapshot" / "subjects.csv")
    assert not copy_with_snapshot(study, copy)
    assert len(load_study(study).subjects) == 3


def test_all_tables_that_cannot_be_read_are_told_at_once(store, tmp_path, copy):
    tables = '{subjects: "memory://a.csv", adverse_events: "file:///b.csv", assessments: "https://host/c.doc"}'
    study = write_study(tmp_path / "study", yaml=f"tables: {tables}")
    with pytest.raises(StudyDataError) as caught:
        copy_with_snapshot(study, copy)
    assert [problem.where for problem in caught.value.problems] == [
        "file:///b.csv",
        "memory://a.csv",
        "https://host/c.doc",
    ]


def test_files_that_study_yaml_names_come_along(store, tmp_path, copy):
    store.pipe("/a.csv", as_csv(COHORT).encode())
    tables = '{subjects: "memory://a.csv", adverse_events: "data/registry.xlsx#Events", assessments: gone.csv}'
    study = write_study(tmp_path / "study", yaml=f"tables: {tables}\npublished: figures.yaml")
    (study / "data").mkdir()
    (study / "data" / "registry.xlsx").write_bytes(b"PK")
    (study / "figures.yaml").write_text("[]")
    assert copy_with_snapshot(study, copy)
    assert list_files(copy) == ["data/registry.xlsx", "figures.yaml", "snapshot/subjects.csv", "study.yaml"]
