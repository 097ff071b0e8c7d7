import pandas as pd
import pytest

from cartcohort.parameters import STUDY_STORE
from cartcohort.study import keep_study, load_study
from tests.suites import write_study


@pytest.fixture
def folder(tmp_path):
    return write_study(tmp_path / "four")


def test_a_study_kept_by_the_run_is_not_read_again(tmp_path, monkeypatch, folder):
    study = load_study(folder)
    keep_study(study, folder, tmp_path)
    (folder / "subjects.csv").write_text("no longer a table")
    monkeypatch.setenv(STUDY_STORE, str(tmp_path))
    kept = load_study(folder)
    pd.testing.assert_frame_equal(kept.subjects, study.subjects, check_freq=True)
    assert kept.labels == study.labels
    assert kept.warnings == study.warnings


def test_another_study_or_a_store_that_is_gone_is_read_from_its_files(tmp_path, monkeypatch, folder):
    other = write_study(tmp_path / "other")
    keep_study(load_study(folder), folder, tmp_path)
    monkeypatch.setenv(STUDY_STORE, str(tmp_path))
    assert load_study(other).name == "other"
    monkeypatch.setenv(STUDY_STORE, str(tmp_path / "gone"))
    assert load_study(folder).name == "four"
