"""Files of tables in a store: that of fsspec in memory, which needs neither a network nor threads."""

import sys

import fsspec
import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study import load_study
from cartcohort.study.sources.read import read_table
from tests.builders import MINIMAL_DAYS, as_csv
from tests.formats import write_tables


@pytest.fixture
def memory():
    """An empty store in memory."""
    store = fsspec.filesystem("memory")
    yield store
    store.store.clear()
    store.pseudo_dirs[:] = [""]


def only_problem(folder, name):
    with pytest.raises(StudyDataError) as caught:
        read_table(folder, name, table="subjects")
    [problem] = caught.value.problems
    return problem.what, problem.where, problem.remedy


def test_a_file_in_a_store_is_read_by_its_ending(memory, tmp_path):
    (tmp_path / "made").mkdir()
    write_tables(tmp_path / "made", "xlsx", {"subjects": as_csv(MINIMAL_DAYS)})
    memory.pipe("/data/a.xlsx", (tmp_path / "made" / "registry.xlsx").read_bytes())
    (tmp_path / "study.yaml").write_text('tables: {subjects: "memory://data/a.xlsx#Subjects"}')
    assert load_study(tmp_path).subjects["subject_id"].tolist() == ["P1", "P2", "P3"]


def test_rows_and_columns_are_told_with_the_url(memory, tmp_path):
    memory.pipe("/a.csv", b"subject_id,death_day,last_contact_day\nA,x,\n")
    (tmp_path / "study.yaml").write_text('tables: {subjects: "memory://a.csv"}')
    with pytest.raises(StudyDataError, match=r"memory://a\.csv: row 2, column death_day"):
        load_study(tmp_path)


def test_a_file_that_is_not_in_the_store_is_told(memory, tmp_path):
    assert only_problem(tmp_path, "memory://data/none.csv?key=hidden") == (
        "The file cannot be read: it is not there.",
        "memory://data/none.csv",
        "Look at the URL, the network and the credentials: for S3 those of the environment or of ~/.aws.",
    )


def test_a_url_without_a_known_ending_is_refused_before_anything_is_fetched(tmp_path):
    what, where, _ = only_problem(tmp_path, "https://unreachable.invalid/export?format=csv")
    assert what == "A table cannot be read from a file whose name has no ending."
    assert where == "https://unreachable.invalid/export"


@pytest.mark.parametrize("missing", [True, False])
def test_what_reads_a_url_may_not_be_installed(tmp_path, monkeypatch, missing):
    if missing:
        monkeypatch.setitem(sys.modules, "fsspec.core", None)
    assert only_problem(tmp_path, "memory://a.csv" if missing else "gs://a/b.csv") == (
        "Nothing that is installed reads such a URL.",
        "memory://a.csv" if missing else "gs://a/b.csv",
        'For https:// and s3:// install pip install "cart-reports[cluster]"; for another kind of store, what fsspec '
        "needs for it.",
    )
