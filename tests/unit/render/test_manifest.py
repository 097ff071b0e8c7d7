import json

import pytest

from cartcohort.render.manifest import (
    FILE_NAME,
    Entry,
    Export,
    Manifest,
    find_damage,
    hash_file,
    hash_files,
    read_manifest,
    write_manifest,
)


def test_the_hash_of_a_file_is_its_sha256(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert hash_file(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_manifest_is_read_as_it_was_written(tmp_path):
    sections = {"b": Entry({"code": "1"}, {"b.html": "2"}), "a": Entry(failure="it broke")}
    run = {"name": "four", "parameters": {"seed": 7}}
    manifest = Manifest(sections, {"index.html": "3"}, {"b.pdf": Export("2", "code", "4")}, run)
    write_manifest(manifest, tmp_path)
    assert read_manifest(tmp_path) == manifest
    assert list(read_manifest(tmp_path).sections) == ["b", "a"]
    assert manifest.files == {"b.html", "index.html", "b.pdf"}
    assert manifest.exported == {"b.pdf": "4"}
    assert manifest.hashes == {"b.html": "2", "index.html": "3", "b.pdf": "4"}


def test_the_manifest_of_a_run_from_before_there_were_exports_is_read(tmp_path):
    (tmp_path / FILE_NAME).write_text('{"sections": {}, "outputs": {"index.html": "3"}}')
    assert read_manifest(tmp_path) == Manifest(outputs={"index.html": "3"})


def test_a_folder_without_a_manifest_holds_nothing(tmp_path):
    assert read_manifest(tmp_path) == Manifest()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"sections": {"a": {}}, "outputs": {}}',
        '{"sections": {"a": {"inputs": [], "outputs": {}, "failure": ""}}, "outputs": {}}',
        '{"sections": {}, "outputs": {"../../other": "x"}}',
        '{"sections": {}, "outputs": {"/etc/hosts": "x"}}',
        '{"sections": {}, "outputs": {"a": 1}}',
        '{"sections": {}, "outputs": {}, "exports": {"../a.pdf": {"source": "1", "maker": "2", "content": "3"}}}',
        '{"sections": {}, "outputs": {}, "exports": {"a.pdf": {"source": "1", "maker": "2"}}}',
        '{"sections": {}, "outputs": {}, "exports": {"a.pdf": "3"}}',
        '{"run": 1, "sections": {}, "outputs": {}}',
        '{"run": {"name": "../../other"}, "sections": {}, "outputs": {}}',
        '{"run": {"study": "a/b"}, "sections": {}, "outputs": {}}',
        '{"run": {"parameters": []}, "sections": {}, "outputs": {}}',
        '{"run": {"source_date_epoch": "soon"}, "sections": {}, "outputs": {}}',
        '{"sections": {"a": {"inputs": {"data": 1}, "outputs": {}, "failure": ""}}, "outputs": {}}',
        '{"sections": {"a": {"inputs": {"parameters": {"study_path": ".."}}, "outputs": {}, "failure": ""}}, '
        '"outputs": {}}',
    ],
)
def test_a_damaged_manifest_counts_as_none_and_says_so(tmp_path, content):
    (tmp_path / FILE_NAME).write_text(content)
    assert read_manifest(tmp_path) == Manifest(damage="manifest.json cannot be read")


def test_damage_to_outputs_is_found(tmp_path):
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("2")
    outputs = hash_files(tmp_path, ["b", "a"])
    assert list(outputs) == ["a", "b"]
    assert find_damage(outputs, tmp_path) == ""
    (tmp_path / "b").write_text("3")
    assert find_damage(outputs, tmp_path) == "b is not as it was written"
    (tmp_path / "a").unlink()
    assert find_damage(outputs, tmp_path) == "a is missing"


def test_a_manifest_is_readable_json(tmp_path):
    write_manifest(Manifest(), tmp_path)
    assert json.loads((tmp_path / FILE_NAME).read_text()) == {"sections": {}, "outputs": {}}
