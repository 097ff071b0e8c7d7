import threading

import pytest

from cartcohort.errors import OutputError
from cartcohort.render.folder import as_output_error, check_temporary_folder, hold_folder, open_scratch, open_staging


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


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="file is no folder"), hold_folder(tmp_path / "file" / "run", print):
        pass


def test_a_link_to_nowhere_is_told_before_anything_is_made(tmp_path):
    (tmp_path / "run").symlink_to(tmp_path / "nowhere" / "run")
    with (
        pytest.raises(OutputError, match="a link to a folder that is not there"),
        hold_folder(tmp_path / "run", print),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_link_in_a_circle_is_told(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    for folder in (tmp_path / "loop", tmp_path / "loop" / "run"):
        with (
            pytest.raises(OutputError, match="loop is a link to a folder that is not there"),
            hold_folder(folder, print),
        ):
            pass


def test_a_linked_run_folder_is_held_and_filled_where_it_lies(tmp_path):
    (tmp_path / "disk" / "real").mkdir(parents=True)
    (tmp_path / "run").symlink_to(tmp_path / "disk" / "real")
    with hold_folder(tmp_path / "run", print), open_staging(tmp_path / "run") as staging:
        assert staging.parent == tmp_path / "disk"
        assert (tmp_path / "disk" / ".real.lock").exists()


def test_a_folder_for_temporary_files_that_leaves_no_room_for_sockets_is_told(tmp_path, monkeypatch):
    check_temporary_folder()
    deep = tmp_path / (80 * "a")
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with pytest.raises(OutputError, match=r"too long a name(.|\n)*TMPDIR=/tmp"):
        check_temporary_folder()


def test_staging_lies_beside_the_folder_and_is_gone_afterwards(tmp_path):
    with pytest.raises(KeyboardInterrupt), open_staging(tmp_path / "run") as staging:
        assert staging.parent == tmp_path
        (staging / "half").write_text("1")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_removed(tmp_path):
    (tmp_path / ".[run].unfinished-abc").mkdir()
    (tmp_path / ".other.unfinished-abc").mkdir()
    with hold_folder(tmp_path / "[run]", print):
        assert not (tmp_path / ".[run].unfinished-abc").exists()
        assert (tmp_path / ".other.unfinished-abc").exists()


def test_a_full_disk_is_an_error_of_the_output(tmp_path):
    with (
        pytest.raises(OutputError, match=r"No space left on device \(page.html\)"),
        as_output_error(tmp_path / "run"),
    ):
        raise OSError(28, "No space left on device", "/staging/page.html")


def test_the_kernels_scratch_folder_is_gone_afterwards():
    with open_scratch() as scratch:
        (scratch / "kernel.json").write_text("{}")
    assert not scratch.exists()
