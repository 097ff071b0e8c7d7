import os
from dataclasses import replace
from pathlib import Path

import pytest

from cartcohort.errors import ParameterError, StudyDataError
from cartcohort.render.cache import (
    Inputs,
    hash_study,
    name_data,
    read_surroundings,
    readable_name,
    take_inputs,
    why_stale,
)
from cartcohort.render.manifest import Entry, Manifest, hash_files
from cartcohort.render.notebook import discover_sections
from cartcohort.render.plan import Request, place_order
from tests.suites import write_study, write_suite

ROOT = Path(__file__).resolve().parents[3]
INPUTS = Inputs(
    notebook="1",
    code="2",
    data={"subjects.csv": "3"},
    parameters={"conf_level": 0.95, "endpoints": ["os"]},
    versions={"python": "3.11.7", "numpy": "2.4"},
    source_date_epoch=None,
)


@pytest.fixture
def manifest(tmp_path):
    (tmp_path / "survival.html").write_text("page")
    entry = Entry(INPUTS.describe(), hash_files(tmp_path, ["survival.html"]))
    return Manifest({"survival": entry})


def test_a_report_made_from_the_same_inputs_is_up_to_date(tmp_path, manifest):
    assert why_stale("survival", INPUTS, manifest, tmp_path) == ""


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"notebook": "x"}, "the notebook changed"),
        ({"code": "x"}, "the code changed"),
        ({"data": {"subjects.csv": "x"}}, "data file subjects.csv changed"),
        ({"data": {"subjects.csv": "3", "new.csv": "4"}}, "data file new.csv changed"),
        ({"data": {}}, "data file subjects.csv changed"),
        ({"parameters": {"conf_level": 0.9, "endpoints": ["os"]}}, "parameter conf_level changed"),
        ({"parameters": {"conf_level": 0.9, "endpoints": []}}, "parameter conf_level, endpoints changed"),
        ({"versions": {"python": "3.12.0", "numpy": "2.4"}}, "version of python changed"),
        ({"data": dict.fromkeys("abcdefg", "x")}, "data file a, b, c, d, e and 3 more changed"),
        ({"source_date_epoch": "0"}, "SOURCE_DATE_EPOCH changed"),
    ],
)
def test_whatever_changed_is_named(tmp_path, manifest, change, reason):
    assert why_stale("survival", replace(INPUTS, **change), manifest, tmp_path) == reason


def masked_inputs(**data):
    return replace(INPUTS, data=data, parameters={"min_cell_count": 5})


def test_a_masked_run_tells_the_hash_of_no_single_file():
    first = masked_inputs(subjects="3", adverse_events="4")
    told = first.describe()
    assert set(told["data"]) == {"subjects", "adverse_events"}
    assert len(set(told["data"].values())) == 1
    assert name_data(told, "mine") == [("mine (all files)", told["data"]["subjects"])]
    for other in (
        {"subjects": "3", "adverse_events": "5"},
        {"subjects": "4", "adverse_events": "3"},
        {"subjects": "3"},
    ):
        assert name_data(masked_inputs(**other).describe(), "mine") != name_data(told, "mine")
    assert name_data(INPUTS.describe(), "mine") == [("mine/subjects.csv", "3")]


def test_a_masked_run_of_other_data_is_stale(tmp_path, manifest):
    entry = manifest.sections["survival"]
    manifest = Manifest({"survival": replace(entry, inputs=masked_inputs(subjects="3", visits="4").describe())})
    assert why_stale("survival", masked_inputs(subjects="3", visits="4"), manifest, tmp_path) == ""
    changed = masked_inputs(subjects="3", visits="5")
    assert why_stale("survival", changed, manifest, tmp_path) == "a data file changed"


def test_a_whole_number_equal_to_a_decimal_one_is_no_change(tmp_path, manifest):
    described = INPUTS.describe() | {"parameters": {"conf_level": 0.95, "endpoints": ["os"], "rmst_months": 24.0}}
    manifest = Manifest({"survival": replace(manifest.sections["survival"], inputs=described)})
    now = replace(INPUTS, parameters={**INPUTS.parameters, "rmst_months": 24})
    assert why_stale("survival", now, manifest, tmp_path) == ""


def test_a_section_is_stale_where_there_is_no_report_or_it_failed_or_is_damaged(tmp_path, manifest):
    assert why_stale("safety", INPUTS, manifest, tmp_path) == "there is no report yet"
    failed = Manifest({"survival": replace(manifest.sections["survival"], failure="it broke")})
    assert why_stale("survival", INPUTS, failed, tmp_path) == "it failed last time"
    (tmp_path / "survival.html").unlink()
    assert why_stale("survival", INPUTS, manifest, tmp_path) == "survival.html is missing"
    assert why_stale("survival", INPUTS, Manifest(damage="it is damaged"), tmp_path) == "it is damaged"


def test_inputs_are_told_by_content(tmp_path):
    study = write_study(tmp_path / "four")
    (study / ".hidden").write_text("x")
    sections = discover_sections(write_suite(tmp_path / "notebooks", one=[]))

    def read():
        data = hash_study(study, output=tmp_path / "reports")
        return take_inputs(sections, {"one": {"conf_level": 0.9}}, data, read_surroundings())["one"]

    first = read()
    assert set(first.data) == {"study.yaml", "subjects.csv"}
    assert first.parameters == {"conf_level": 0.9}
    assert {"python", "pandas", "lifelines", "papermill"} <= set(first.versions)
    assert read() == first

    (study / "subjects.csv").write_text("subject_id\n")
    second = read()
    assert second.data["subjects.csv"] != first.data["subjects.csv"]
    assert replace(second, data=first.data) == first


def test_everything_that_a_notebook_of_the_suite_reads_is_told_the_seed_too():
    request = Request(study=ROOT / "data" / "car1922", notebooks=ROOT / "notebooks", output=Path("reports"))
    order = place_order(replace(request, parameters={"seed": 7}))
    for section in order.sections:
        told = order.inputs[section.name].describe()["parameters"]
        given = {"study_path": "car1922"} | ({"seed": 7} if "seed" in section.defaults else {})
        assert told == {**section.defaults, **given}
    assert order.inputs["risk_factors"].describe()["parameters"]["seed"] == 7


def test_a_missing_study_is_an_error_of_the_data(tmp_path):
    with pytest.raises(StudyDataError, match="no such study folder"):
        hash_study(tmp_path / "nowhere", output=tmp_path)


def test_what_is_no_study_is_refused_before_its_files_are_read(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StudyDataError, match="The study is not a folder"):
        hash_study(tmp_path / "file", output=tmp_path / "reports")
    (tmp_path / "file").chmod(0)
    with pytest.raises(StudyDataError, match=r"The study has no study\.yaml"):
        hash_study(tmp_path, output=tmp_path / "reports")


@pytest.mark.parametrize("epoch", ["", "x", "-1", "1.5", "9" * 20])
def test_an_epoch_that_is_no_time_is_refused(monkeypatch, epoch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(ParameterError, match="must be whole seconds since 1970"):
        read_surroundings()


def test_a_report_inside_the_studys_folder_is_no_part_of_the_study(tmp_path):
    study = write_study(tmp_path / "four")
    before = hash_study(study, output=study / "reports")
    write_study(study / "reports" / "four")
    assert hash_study(study, output=study / "reports") == before


def test_links_to_folders_are_followed_and_never_in_a_circle(tmp_path):
    study, elsewhere = write_study(tmp_path / "four"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "labs.csv").write_text("x")
    (study / "linked").symlink_to(elsewhere)
    (study / "circle").symlink_to(study)
    assert set(hash_study(study, output=tmp_path / "reports")) == {"study.yaml", "subjects.csv", "linked/labs.csv"}


def test_a_name_that_is_no_text_is_kept_as_its_bytes():
    assert readable_name(Path("labs", os.fsdecode(b"M\xfcller.csv"))) == "labs/M\\xfcller.csv"
    assert readable_name(Path("labs", "Müller.csv")) == "labs/Müller.csv"
