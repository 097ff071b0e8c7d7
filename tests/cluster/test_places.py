"""Studies and reports in a store that is named by URL."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cartcohort.errors import OutputError, StudyDataError, UsageError
from cartcohort.render import store as transfer
from cartcohort.render.places import Places
from tests.cli.conftest import Answer, Workspace, make_workspace
from tests.cluster.conftest import Runner, finish, start_program
from tests.suites import WHOLE_SECTION, write_notebook


@pytest.fixture
def run(store, temporary) -> Callable[..., Answer]:
    """Runs a workspace with the study and the reports in the store; no temporary file is left, and none is named."""

    def run_away(workspace: Workspace, *arguments: str) -> Answer:
        words = ["--study", f"{store.url}/data/four", "--output", f"{store.url}/reports", *arguments]
        answer = finish(start_program(workspace.root, *words, **store.environment, TMPDIR=str(temporary)))
        assert list(temporary.iterdir()) == []
        assert str(temporary) not in answer.out + answer.err
        return answer

    return run_away


def test_a_study_and_its_reports_may_lie_in_a_bucket(run, store, tmp_path):
    workspace = make_workspace(tmp_path, response=WHOLE_SECTION, survival=["conf_level"])
    store.put_folder(workspace.root / "data" / "four", "data/four")
    assert workspace.run().code == 0

    answer = run(workspace)
    assert (answer.code, store.read_folder("reports/four")) == (0, workspace.snapshot())
    assert f"Report: {store.url}/reports/four/index.html" in answer.out

    first = store.list_changes()
    assert run(workspace).out.count("up to date") == 2
    assert store.list_changes() == first

    store.client.put_object(Bucket=store.bucket, Key="reports/four/own.txt", Body=b"mine")
    (tmp_path / "notebooks" / "survival.ipynb").unlink()
    assert run(workspace).code == 0
    kept = store.list_changes()
    assert {name for name in first if name not in kept} == {
        "reports/four/survival.html",
        "reports/four/notebooks/survival.ipynb",
    }
    figure = next(name for name in first if name.endswith(".svg"))
    assert (kept[figure], "reports/four/own.txt" in kept) == (first[figure], True)


def test_exports_are_taken_to_the_bucket_and_stale_ones_away_from_it(run, store, tmp_path):
    workspace = make_workspace(tmp_path, response=WHOLE_SECTION)
    store.put_folder(workspace.root / "data" / "four", "data/four")
    assert run(workspace, "--docx", "--png").code == 0
    made = {"response.docx", "figures/response-curve.png"}
    assert made <= store.read_folder("reports/four").keys()
    first = store.list_changes()
    assert "exports: up to date" in run(workspace, "--docx", "--png").out
    assert store.list_changes() == first
    write_notebook(tmp_path / "notebooks" / "response.ipynb", [*WHOLE_SECTION, "1 + 1"])
    assert run(workspace).code == 0
    assert made & store.read_folder("reports/four").keys() == {"figures/response-curve.png"}


def test_a_cluster_leaves_the_exports_to_the_machine_that_asked(cluster, tmp_path):
    workspace = make_workspace(tmp_path, response=WHOLE_SECTION)
    assert Runner(cluster, workspace).run("--docx", "--png").code == 0
    by_cluster = workspace.snapshot()
    assert {"response.docx", "figures/response-curve.png"} <= by_cluster.keys()
    shutil.rmtree(workspace.folder)
    assert workspace.run("--docx", "--png").code == 0
    assert workspace.snapshot() == by_cluster


def test_a_failed_section_keeps_its_last_good_report_in_the_bucket(run, store, tmp_path):
    workspace = make_workspace(tmp_path, response=["1 / (conf_level - 0.8)"])
    store.put_folder(workspace.root / "data" / "four", "data/four")
    assert run(workspace).code == 0
    good = store.read_folder("reports/four")["notebooks/response.ipynb"]
    answer = run(workspace, "-p", "conf_level=0.8")
    assert (answer.code, store.read_folder("reports/four")["notebooks/response.ipynb"]) == (12, good)
    assert f"{store.url}/reports/four/response.error.html" in answer.out


def test_a_cluster_takes_a_study_from_a_bucket_and_its_reports_to_it(cluster, store, tmp_path):
    workspace = make_workspace(tmp_path, response=["1"])
    store.put_folder(workspace.root / "data" / "four", "data/four")
    words = ["--study", f"{store.url}/data/four", "--output", f"{store.url}/reports"]
    answer = Runner(cluster, workspace).run(*words, **store.environment)
    assert (answer.code, "index.html" in store.read_folder("reports/four")) == (0, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--study", "s3://none-such/four"], 11, "cannot be read: it is not there, or the bucket is not."),
        (["--study", "{url}/data/none"], 11, "The study has no study.yaml.\n{url}/data/none\n"),
        (["--output", "s3://none-such/reports?key=hidden"], 13, "not.\ns3://none-such/reports\n"),
        (["--output", "{url}/data"], 13, "The report would be written into the study's own folder."),
        (["--output", "memory://reports"], 2, "What is written to memory is gone with the run."),
        (["--output", "{url}/reports", "--open"], 2, "A report that goes to a URL cannot be shown by --open."),
        (["--study", "nonsense://four"], 2, "Nothing that is installed reads such a URL."),
    ],
)
def test_what_is_wrong_with_a_url_is_told_with_its_code(run, store, tmp_path, words, code, said):
    workspace = make_workspace(tmp_path, response=["1"])
    store.put_folder(workspace.root / "data" / "four", "data/four")
    answer = run(workspace, *(word.format(url=store.url) for word in words))
    assert answer.code == code
    assert said.format(url=store.url) in answer.err
    assert "hidden" not in answer.err
    assert not store.read_folder("reports")


def test_a_store_without_credentials_or_an_answer_is_told(store, tmp_path):
    workspace = make_workspace(tmp_path, response=["1"])
    nobody = store.environment | {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "HOME": str(tmp_path)}
    nobody |= {"AWS_EC2_METADATA_DISABLED": "true"}
    answer = finish(start_program(workspace.root, "--study", "data/four", "--output", store.url, **nobody))
    assert (answer.code, answer.err.splitlines()[0]) == (13, "The store cannot be read: no credentials were found.")


def test_what_cannot_be_taken_to_the_store_is_kept(store, tmp_path, monkeypatch):
    monkeypatch.setattr("cartcohort.render.apart.call_in_new_process", lambda call, *arguments: call(*arguments))
    monkeypatch.setattr("cartcohort.render.places.download", lambda *arguments: None)
    monkeypatch.setattr("cartcohort.render.places.upload", refuse)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(OutputError, match="Copy it from there") as raised, Places() as places:
        (places.output("s3://bucket/reports", ["four"]) / "page.html").write_text("made")
        places.take_back()
    assert Path(raised.value.problems[-1].where, "page.html").read_text() == "made"


def refuse(*arguments):
    raise OutputError("refused")


def test_a_url_of_a_file_is_a_folder():
    with Places() as places:
        assert places.study("file:///data/my%20study") == Path("/data/my study")
        assert places.output("reports", []) == Path("reports")


def test_a_url_without_a_name_is_no_study():
    with Places() as places, pytest.raises(StudyDataError, match="must end with its name"):
        places.study("s3://")


def test_what_is_secret_in_a_url_is_never_shown():
    assert transfer.show_url("https://me:word@host/data/four/?token=x#y") == "https://host/data/four"


def test_what_a_store_says_of_a_failure_is_not_shown(tmp_path, monkeypatch):
    url = "https://me:word@host/data/four?token=hidden"

    def refuse(found):
        raise ConnectionRefusedError(f"{found} refuses the password `word`")

    monkeypatch.setattr(transfer, "_open", refuse)
    for transferred in (
        lambda: transfer.download(url, tmp_path, None, StudyDataError),
        lambda: transfer.upload(url, tmp_path, ["index.html"], [], OutputError),
    ):
        with pytest.raises((StudyDataError, OutputError)) as caught:
            transferred()
        assert "https://host/data/four\n" in str(caught.value)
        assert not [secret for secret in ("word", "hidden", "me:") if secret in str(caught.value)]


def test_a_missing_fsspec_is_told_with_the_command_that_installs_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(UsageError, match=r'pip install "cart-reports\[cluster\]"'):
        transfer.download("s3://bucket/four", tmp_path, None, StudyDataError)
