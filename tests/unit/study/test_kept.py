import pandas as pd
import pytest

from cartcohort.parameters import KEPT_FOLDER, KEPT_STUDY
from cartcohort.study import keep_study, load_study
from tests.suites import write_study


@pytest.fixture
def folder(tmp_path):
    return write_study(tmp_path / "four")


@pytest.fixture
def kept(tmp_path, monkeypatch, folder):
    """The file in which a run keeps the study of `folder`."""
    monkeypatch.setenv(KEPT_STUDY, str(tmp_path / "kept"))
    monkeypatch.setenv(KEPT_FOLDER, str(folder))
    return tmp_path / "kept"


def test_a_study_kept_by_the_run_is_not_read_again(monkeypatch, folder, kept):
    study = load_study(folder)
    keep_study(study, kept)
    (folder / "subjects.csv").write_text("no longer a table")
    monkeypatch.chdir(folder.parent)
    again = load_study("four")
    pd.testing.assert_frame_equal(again.subjects, study.subjects)
    assert again.labels == study.labels
    assert again.warnings == study.warnings


def test_another_study_or_one_that_was_not_kept_is_read_from_its_files(tmp_path, folder, kept):
    assert load_study(folder).name == "four"
    keep_study(load_study(folder), kept)
    assert load_study(write_study(tmp_path / "other")).name == "other"
