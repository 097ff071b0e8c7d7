"""Files change places all or none, also where the process is killed at any moment on the way."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cartcohort.render.exchange import finish_exchange, is_exchanging, list_files, replace_files
from cartcohort.render.folder import hold_folder, settle_folder

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def heard(tmp_path):
    """The signals heard that ask to end, with what lay in the run folder by then; they have no other effect."""
    found, names = {}, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {
        name: signal.signal(name, lambda number, _: found.setdefault(number, list_files(tmp_path / "run")))
        for name in names
    }
    yield found
    for name, handler in before.items():
        signal.signal(name, handler)


def test_files_are_replaced_all_or_none_where_the_run_is_to_end(tmp_path, monkeypatch, heard):
    (tmp_path / "staging").mkdir()
    for name in "abc":
        (tmp_path / "staging" / name).write_text("new")
    replace = Path.replace

    def replace_and_be_interrupted(path, target):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.pthread_kill(threading.get_ident(), number)  # other threads hold nothing back
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", replace_and_be_interrupted)
    replace_files(tmp_path / "staging", tmp_path / "run", [])
    assert heard == {number: ["a", "b", "c"] for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}


def test_files_are_replaced_and_and_obsolete_ones_deleted_but_others_stay(tmp_path):
    staging, folder = tmp_path / "staging", tmp_path / "run"
    for name in ("staging/index.html", "staging/tables/a.csv", "staging/manifest.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("new")
    folder.mkdir()
    for name in ("index.html", "old.html", "mine.txt"):
        (folder / name).write_text("old")
    replace_files(staging, folder, ["old.html", "never-there.html"])
    assert list_files(folder) == ["index.html", "manifest.json", "mine.txt", "tables/a.csv"]
    assert (folder / "index.html").read_text() == "new"
    assert (folder / "mine.txt").read_text() == "old"


OLD = {"index.html": "old", "manifest.json": "old", "a.docx": "edited", "gone.html": "old", "mine.txt": "mine"}
NEW = {"index.html": "new", "manifest.json": "new", "a.docx": "new", "tables/t.csv": "new"}
EMPTY_PLAN = '{"obsolete": [], "renamed": {}, "into_parent": false}'
AFTER = NEW | {"a.edited.docx": "edited", "mine.txt": "mine"}
EXCHANGE = """
import sys
from pathlib import Path
from cartcohort.render.exchange import replace_files
from tests.kills.hook import end_at_change
end_at_change(int(sys.argv[1]))
replace_files(Path(".run.unfinished-1"), Path("run"), ["gone.html"], renamed={"a.docx": "a.edited.docx"})
"""


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def read(folder):
    return {name: (folder / name).read_text() for name in list_files(folder)}


def exchange_until(place, number):
    """Exchange files in a process that is killed before its change of that number; returns whether it was."""
    write(place / "run", OLD)
    write(place / ".run.unfinished-1", NEW)
    command = [sys.executable, "-c", EXCHANGE, str(number)]
    code = subprocess.run(command, cwd=place, env={"PYTHONPATH": str(ROOT)}, check=False).returncode
    assert code in (0, -signal.SIGKILL)
    return code != 0


def test_whenever_an_exchange_is_killed_the_old_files_are_whole_or_the_new_ones_come(tmp_path):
    outcomes = []
    for number in range(1, 50):
        place = tmp_path / str(number)
        place.mkdir()
        killed = exchange_until(place, number)
        settle_folder(place / "run", print)
        after = read(place / "run")
        assert after in (OLD, AFTER)
        assert not is_exchanging(place / "run")
        outcomes.append(after == AFTER)
        if not killed:
            break
    assert number > 8
    assert outcomes == sorted(outcomes)
    assert (outcomes[0], outcomes[-1]) == (False, True)


def test_the_next_run_finishes_an_exchange_before_it_looks_at_the_folder(tmp_path):
    write(tmp_path / "run", OLD)
    write(tmp_path / ".run.complete", {**NEW, ".exchange.json": EMPTY_PLAN})
    with hold_folder(tmp_path / "run", print):
        assert read(tmp_path / "run") == {**OLD, **NEW}
        assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["run"]


def test_folders_left_of_an_exchange_that_was_all_but_done_are_removed(tmp_path):
    (tmp_path / ".run.complete" / "tables").mkdir(parents=True)
    finish_exchange(tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_held_by_a_name_inside_their_folder_are_exchanged_there(tmp_path):
    write(tmp_path / "reports", {"index.html": "old"})
    write(tmp_path / "reports" / ".overview.unfinished-1", {"index.html": "new"})
    held = tmp_path / "reports" / "overview"
    replace_files(tmp_path / "reports" / ".overview.unfinished-1", tmp_path / "reports", (), held=held)
    assert read(tmp_path) == {"reports/index.html": "new"}
