"""The RO-Crate of a run, held against what the specification requires."""

import datetime
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from cartcohort.render.collect import Collected
from cartcohort.render.crate import CRATE, describe_crate
from cartcohort.render.index import Report
from cartcohort.render.manifest import Entry, Export, Manifest
from cartcohort.render.notebook import Section

PAGE = {"study_title": "Four <patients>", "synthetic": True, "report_date": None, "data_cutoff_date": "2023-02-28"}
RUN = {
    "name": "four",
    "study": "four",
    "parameters": {"conf_level": 0.9},
    "code": "c0de",
    "versions": {"cart-reports": "0.1.0", "python": "3.11.7", "numpy": "2.4.6"},
    "source_date_epoch": None,
}
INPUTS = {
    "notebook": "n0",
    "code": "c0de",
    "data": {"subjects.csv": "d1", "my notes.txt": "d2"},
    "parameters": {"study_path": "four", "conf_level": 0.9, "landmark_days": [28, 60], "subset": None},
    "versions": RUN["versions"],
    "source_date_epoch": None,
}
OLDER = INPUTS | {
    "data": {"subjects.csv": "d0"},
    "parameters": {"study_path": "four", "conf_level": 0.95},
    "code": "c1",
}
MANIFEST = Manifest(
    {
        "response": Entry(INPUTS, {"response.html": "h1", "notebooks/response.ipynb": "h2", "figures/a.svg": "h3"}),
        "survival": Entry(OLDER, {"survival.html": "h4"}),
        "safety": Entry(failure="KeyError: 'x'"),
    },
    {"index.html": "h5", "results.json": "h6", "safety.error.html": "h7"},
    {"response.docx": Export("h2", "maker", "h8")},
    RUN,
)


def describe(tmp_path, *, manifest=MANIFEST, page=PAGE):
    for name in [*manifest.hashes, "timings.json"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    reports = [
        Report(Section(name, name.title(), "?", 1, Path(f"{name}.ipynb"), {}), Collected((), {}, page, {}), "fresh")
        for name in manifest.sections
    ]
    return describe_crate(manifest, reports, [*manifest.hashes, "timings.json"], tmp_path)


@pytest.fixture
def entities(tmp_path):
    return read(describe(tmp_path))


def read(text):
    return {entity["@id"]: entity for entity in json.loads(text)["@graph"]}


def refer(*names):
    return [{"@id": name} for name in names]


def test_the_descriptor_and_the_root_have_what_the_specification_requires(entities, tmp_path):
    assert json.loads(describe(tmp_path))["@context"] == "https://w3id.org/ro/crate/1.2/context"
    assert entities[CRATE] == {
        "@id": CRATE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
    }
    root = entities["./"]
    assert root["@type"] == "Dataset"
    assert root["name"] == "Four <patients>: report"
    assert root["description"].startswith("Report pages made by cart-reports: Response, Survival, Safety.")
    assert "SYNTHETIC DATA" in root["description"]
    assert entities[root["license"]["@id"]]["name"] == "No licence is stated here"
    assert "Profile" in entities[root["conformsTo"]["@id"]]["@type"]
    assert datetime.date.fromisoformat(root["datePublished"]) == datetime.date(2023, 2, 28)
    assert root["description"].endswith("The report bears no date; the one given here is the cut-off of the data.")


def test_the_graph_is_flat_every_reference_is_described_and_every_entity_is_referred_to(entities):
    def references(value):
        if isinstance(value, dict):
            assert value.keys() == {"@id"}
            yield value["@id"]
        for one in value if isinstance(value, list) else ():
            yield from references(one)

    found = {one for entity in entities.values() for value in entity.values() for one in references(value)}
    known = entities.keys() | {"https://w3id.org/ro/crate/1.2"}
    assert found - known == set()
    assert entities.keys() - found == {CRATE}
    assert all(entity["@type"] and entity.get("name", "a") for entity in entities.values())


def test_every_file_of_the_run_is_a_part_with_format_size_and_hash(entities):
    parts = [part["@id"] for part in entities["./"]["hasPart"]]
    assert parts == sorted([*MANIFEST.hashes, "manifest.json", "timings.json"])
    assert entities["figures/a.svg"] == {
        "@id": "figures/a.svg",
        "@type": "File",
        "name": "a.svg",
        "description": "A figure of the pages.",
        "encodingFormat": "image/svg+xml",
        "contentSize": str(len("figures/a.svg")),
        "sha256": "h3",
    }
    assert entities["response.html"]["name"] == "Response"
    assert "STROBE" in entities["index.html"]["name"]
    assert "contentSize" not in entities["timings.json"]  # it differs between equal runs
    unknown = [name for name in parts if entities[name]["encodingFormat"] == "application/octet-stream"]
    assert unknown == []
    assert [name for name in parts if not entities[name].get("description")] == []


def test_each_section_tells_what_it_was_made_from_and_by_what(entities):
    action = entities["#make/response"]
    assert action["@type"] == "CreateAction"
    assert action["object"] == refer(
        "#read/notebooks/response.ipynb",
        "#read/four/subjects.csv",
        "#read/four/my%20notes.txt",
        *(f"#parameter/{name}" for name in INPUTS["parameters"]),
    )
    assert action["result"] == refer("response.html", "notebooks/response.ipynb", "figures/a.svg")
    assert action["actionStatus"] == "http://schema.org/CompletedActionStatus"
    assert entities["#read/four/subjects.csv"]["sha256"] == "d1"
    program = entities[action["instrument"]["@id"]]
    assert (program["name"], program["version"]) == ("cart-reports", "0.1.0")
    assert program["url"] == "pkg:generic/cart-reports@0.1.0?checksum=sha256:c0de"
    assert program["softwareRequirements"] == refer("pkg:generic/python@3.11.7", "pkg:pypi/numpy@2.4.6")
    software = [one for one in entities.values() if one["@type"] == "SoftwareApplication"]
    assert all(one["name"] and one["url"] and one["version"] for one in software)
    assert entities["./"]["mentions"] == refer(*(f"#make/{n}" for n in [*MANIFEST.sections, "overview", "exports"]))
    assert entities["#make/exports"]["object"] == refer("notebooks/response.ipynb")


def test_parameters_are_property_values(entities):
    values = {name: entities[f"#parameter/{name}"] for name in INPUTS["parameters"]}
    assert {one["@type"] for one in values.values()} == {"PropertyValue"}
    assert [one["value"] for one in values.values()] == ["four", 0.9, "[28, 60]", "null"]
    assert values["conf_level"]["description"] == "level of all confidence limits"


def test_what_a_section_was_made_from_otherwise_has_a_name_of_its_own(entities):
    older = entities["#make/survival"]
    assert {"@id": "#read/four/subjects.csv-2"} in older["object"]
    assert entities["#read/four/subjects.csv-2"]["sha256"] == "d0"
    assert entities["#parameter/conf_level-2"]["value"] == 0.95
    assert older["instrument"]["@id"].endswith("checksum=sha256:c1")


def test_a_section_that_failed_says_so(entities):
    assert entities["#make/safety"]["actionStatus"] == "http://schema.org/FailedActionStatus"
    assert entities["#make/safety"]["description"] == "The last attempt failed: KeyError: 'x'"


@pytest.mark.parametrize(
    ("page", "epoch", "date"),
    [({"report_date": "2024-05-01"}, "1700000000", "2024-05-01"), ({}, "1700000000", "2023-11-14")],
)
def test_the_date_is_that_of_the_report_or_of_the_build(tmp_path, page, epoch, date):
    manifest = replace(MANIFEST, run=RUN | {"source_date_epoch": epoch})
    root = read(describe(tmp_path, manifest=manifest, page=PAGE | page))["./"]
    assert root["datePublished"] == date
    assert "bears no date" not in root["description"]


def test_names_of_files_are_written_as_uris_and_nothing_tells_the_place(tmp_path):
    manifest = replace(MANIFEST, outputs={"my page #1.html": "h"}, exports={})
    text = describe(tmp_path, manifest=manifest)
    assert "my%20page%20%231.html" in read(text)
    assert str(tmp_path) not in text
    assert re.findall(r'"@id": "(?:/|file:)', text) == []
    assert all(" " not in name and unquote(name) for name in read(text))
