import threading

import pytest

from cartcohort.errors import OutputError
from cartcohort.render.folder import (
    as_output_error,
    hold_folder,
    list_files,
    open_scratch,
    open_staging,
    replace_files,
)


def test_a_second_run_waits_for_the_first_and_says_so(tmp_path):
    said, waiting, done = [], threading.Event(), threading.Event()

    def note(line):
        said.append(line)
        waiting.set()

    def second():
        with hold_folder(tmp_path / "run", note):
            done.set()

    thread = threading.Thread(target=second)
    with hold_folder(tmp_path / "run", said.append):
        thread.start()
        assert waiting.wait(10)
        assert not done.is_set()
    thread.join(10)
    assert done.is_set()
    assert said == [f"Another run is writing {tmp_path / 'run'}; waiting for it to end."]


@pytest.mark.parametrize("place", ["file", "file/run"])
def test_a_file_in_the_way_is_an_error_of_the_output(tmp_path, place):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="cannot be written"), hold_folder(tmp_path / place, print):
        pass
    assert (tmp_path / "file").read_text() == "mine"


def test_staging_lies_beside_the_folder_and_is_gone_afterwards(tmp_path):
    with pytest.raises(KeyboardInterrupt), open_staging(tmp_path / "run") as staging:
        assert staging.parent == tmp_path
        (staging / "half").write_text("1")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_removed(tmp_path):
    (tmp_path / ".run.unfinished-abc").mkdir()
    (tmp_path / ".other.unfinished-abc").mkdir()
    with open_staging(tmp_path / "run"):
        assert not (tmp_path / ".run.unfinished-abc").exists()
        assert (tmp_path / ".other.unfinished-abc").exists()


def test_a_full_disk_is_an_error_of_the_output(tmp_path):
    with pytest.raises(OutputError, match="No space left"), as_output_error(tmp_path / "run"):
        raise OSError(28, "No space left on device")


def test_the_kernels_scratch_folder_is_gone_afterwards():
    with open_scratch() as scratch:
        (scratch / "kernel.json").write_text("{}")
    assert not scratch.exists()


def test_files_are_replaced_and_obsolete_ones_deleted_but_others_stay(tmp_path):
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
