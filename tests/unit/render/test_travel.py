"""What travels to a worker arrives as it was, and nothing else does."""

import json
import os
import pickle
import zlib
from pathlib import Path

import pytest

from cartcohort.render.notebook import Section
from cartcohort.render.remote import compare_workers
from cartcohort.render.tasks import Task
from cartcohort.render.travel import pack_study, pack_task, unpack_task, write_files


def make_task(root: Path, **changes) -> Task:
    study, notebook = root / "home" / "four", root / "notebooks" / "response.ipynb"
    for path, text in {study / "study.yaml": "a", study / "more" / "b.csv": "b", notebook: "{}"}.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    section = Section("response", "Response", "What of it?", 1.0, notebook, {"conf_level": 0.95}, ("json",))
    values = {"parameters": {"conf_level": 0.9}, "kept_study": None, "environment": {"SECRET": "x"}, "inputs": {}}
    return Task(name="a/response", section=section, study=study, scratch=root, staging=root, **(values | changes))


def arrive(task: Task, room: Path) -> Task:
    room.mkdir()
    return unpack_task(pack_task(task, ("json",), None), pack_study(task), room)


def test_a_task_arrives_with_its_study_notebook_and_parameters(tmp_path):
    there = arrive(make_task(tmp_path), tmp_path / "room")
    assert {path.relative_to(there.study).as_posix(): path.read_text() for path in there.study.rglob("*.*")} == {
        "study.yaml": "a",
        "more/b.csv": "b",
    }
    assert (there.study.name, there.section.path.read_text()) == ("four", "{}")
    assert (there.name, there.parameters) == ("a/response", {"conf_level": 0.9})
    assert tmp_path / "room" in there.section.path.parents


def test_of_the_environment_travels_only_the_time_of_the_sources(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert "SOURCE_DATE_EPOCH" not in arrive(make_task(tmp_path), tmp_path / "room").environment
    told = make_task(tmp_path, environment={"SOURCE_DATE_EPOCH": "2", "SECRET": "x"})
    environment = arrive(told, tmp_path / "other").environment
    assert (environment["SOURCE_DATE_EPOCH"], environment.get("SECRET")) == ("2", None)


def test_a_study_that_the_run_has_read_already_travels_as_read(tmp_path):
    (tmp_path / "kept").write_bytes(b"as read")
    there = arrive(make_task(tmp_path, kept_study=tmp_path / "kept"), tmp_path / "room")
    assert there.kept_study.read_bytes() == b"as read"
    assert there.study not in there.kept_study.parents


def test_files_of_any_name_and_content_arrive_to_the_byte(tmp_path):
    task = make_task(tmp_path, kept_study=tmp_path / "kept")
    contents = {b"empty": b"", b"a\nb": b"\n\0\n", b"\xff\xfe": bytes(range(256)), '\u00e4 "b".csv'.encode(): b"{}\n"}
    for name, content in contents.items():
        (task.study / os.fsdecode(name)).write_bytes(content)
    task.kept_study.write_bytes(b"\n\nas read\n")
    there = arrive(task, tmp_path / "room")
    arrived = {os.fsencode(path.name): path.read_bytes() for path in there.study.iterdir() if path.is_file()}
    assert arrived == {**contents, b"study.yaml": b"a"}
    assert there.kept_study.read_bytes() == b"\n\nas read\n"


def test_equal_studies_make_equal_pieces(tmp_path):
    one, other = (make_task(tmp_path / name) for name in ("one", "other"))
    os.utime(other.study / "study.yaml", (0, 0))
    assert pack_study(one) == pack_study(other)


def test_a_piece_is_no_pickle_and_leads_nowhere_outside(tmp_path):
    parcel = pack_task(make_task(tmp_path), (), None)
    pieces = [pickle.dumps(({}, None)), json.dumps({"files": {"../out": 1}, "kept": False}).encode() + b"\nx"]
    for number, piece in enumerate(pieces):
        (tmp_path / str(number)).mkdir()
        with pytest.raises(ValueError, match="outside" if number else "not found"):
            unpack_task(parcel, zlib.compress(piece), tmp_path / str(number))
    assert not [*tmp_path.rglob("out")]


def test_reports_inside_the_folder_of_the_study_stay_at_home(tmp_path):
    task = make_task(tmp_path, inputs={"data": {"study.yaml": "hash"}})
    assert [path.name for path in arrive(task, tmp_path / "room").study.rglob("*")] == ["study.yaml"]


def test_no_path_of_this_machine_travels(tmp_path):
    task = make_task(tmp_path)
    assert str(tmp_path) not in repr(pack_task(task, (), None))


@pytest.mark.parametrize("name", ["../out", "/out", "a/../../out"])
def test_a_file_is_never_written_outside_of_its_folder(tmp_path, name):
    with pytest.raises(ValueError, match="outside"):
        write_files({name: b""}, tmp_path / "folder")


def test_what_differs_on_a_worker_is_named():
    here = {"the code of cartcohort": "1", "python": "3.11", "numpy": "2"}
    assert compare_workers(here, here) == ""
    there = {"the code of cartcohort": "2", "python": "3.12"}
    assert compare_workers(here, there) == (
        "numpy unknown instead of 2, python 3.12 instead of 3.11, the code of cartcohort"
    )
