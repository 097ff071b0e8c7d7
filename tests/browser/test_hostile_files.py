"""Hostile text in every file that a run, a check or a comparison leaves, and in what the terminal was told."""

import csv
import json
import re
import zipfile
from xml.etree import ElementTree

import pyarrow.parquet as parquet
import pytest
import yaml
from lxml import html

from cartcohort.harmless import orders_text
from cartcohort.spreadsheet import FORMULA_STARTS
from cartcohort.study import load_study
from cartcohort.study.description import parse_yaml
from tests.hostile import LEVELS, PAYLOADS, TERMS, describe, hostile, mark

NUMBER = re.compile(r"-\d[\d.e+-]*")


def files_of(made, pattern):
    """Files that were made, some at least."""
    found = sorted(path for path in made.root.glob(f"made/**/{pattern}"))
    assert found
    return found


def test_no_cell_of_any_csv_starts_a_formula(made):
    texts = 0
    for path in files_of(made, "*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line in csv.reader(file):
                wrong = [cell for cell in line if cell.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(cell)]
                assert wrong == [], path
                texts += sum(cell.startswith("'") for cell in line)
    assert texts > 50  # of which each would have started one


def test_every_json_file_is_read_back_and_names_what_the_study_names(made):
    for path in [*files_of(made, "*.json"), *files_of(made, "*.ipynb")]:
        json.loads(path.read_text(encoding="utf-8"))
    records = json.loads((made.named / "results.json").read_text(encoding="utf-8"))
    stem = "survival/os/median/site/"
    levels = {one["id"].removeprefix(stem) for one in records if one["id"].startswith(stem)}
    assert levels == set(LEVELS)
    manifest = json.loads((made.named / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["run"]["study"] == made.study.name


def test_in_a_notebook_opened_elsewhere_every_output_is_text(made):
    shown = 0
    for path in files_of(made, "*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", ()):
                text = "".join(output.get("data", {}).get("text/html", ""))
                for element in html.fragment_fromstring(text, create_parent=True).iter():
                    assert element.tag in TAGS, path
                    assert set(element.attrib) <= ATTRIBUTES, path
                    strings = [one for one in (element.text, element.tail) if one]
                    assert all(one in ("$", "\\") or not set(one) & {"$", "\\"} for one in strings), path
                shown += "&lt;script&gt;" in text
    assert shown > 10


TAGS = {
    *("div", "p", "span", "strong", "sup", "br", "dl", "dt", "dd"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"class", "role", "aria-label", "tabindex", "scope", "colspan", "data-value"}


def test_a_figure_is_xml_without_anything_that_runs_or_leads_away(made):
    for path in files_of(made, "*.svg"):
        for element in ElementTree.fromstring(path.read_text(encoding="utf-8")).iter():
            name = element.tag.rpartition("}")[2]
            assert name in {"svg", "title", "desc", "g", "path", "text", "use", "defs", "clipPath", "rect"}, path
            assert not any(key.startswith("on") or key == "style" for key in element.attrib)
            assert element.get("href", "#").startswith("#")
            assert not orders_text("".join(element.itertext()))


def test_a_word_document_holds_text_and_refers_to_nothing_outside(made):
    for path in files_of(made, "*.docx"):
        with zipfile.ZipFile(path) as document:
            names = [name for name in document.namelist() if name.endswith((".xml", ".rels"))]
            parts = {name: document.read(name).decode() for name in names}
        for name, part in parts.items():
            ElementTree.fromstring(part)
            assert 'TargetMode="External"' not in part, name
        text = "".join(ElementTree.fromstring(parts["word/document.xml"]).itertext())
        body = parts["word/document.xml"]
        assert not re.search(r"<w:(hyperlink|altChunk|object|instrText|fldSimple)\b", body)
        assert mark("title") in text and "</title></style></script>" in text
        assert not orders_text(text)
        if path.stem in ("efficacy", "survival", "risk_factors"):
            assert all(mark(f"level {payload}") in text for payload in PAYLOADS)


def test_an_adam_package_gives_back_what_the_study_says(made):
    (folder,) = {path.parent for path in files_of(made, "adam/study.yaml")}
    events = parquet.read_table(folder / "adae.parquet").to_pydict()
    assert {*events["AETERM"]} == {term.strip() for term in TERMS}
    measured = parquet.read_table(folder / "adlb.parquet").to_pydict()
    assert hostile("assay", "image") in measured["PARAM"] and hostile("unit two", "tex") in measured["AVALU"]
    description = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8"))
    assert [description[name] for name in ("title", "source")] == [describe()[name] for name in ("title", "source")]
    again, first = load_study(folder), load_study(made.study)
    assert {*again.subjects["site"].astype(str)} == {*first.subjects["site"].astype(str)} == {*LEVELS}
    assert again.title == first.title
    assert set(again.subjects["subject_id"]) == set(first.subjects["subject_id"])


def test_nothing_that_was_told_commands_a_terminal(made):
    assert mark("title") in made.said and mark("parameter") in made.said and mark("section") in made.said
    assert {sign for sign in made.said if not sign.isprintable()} == {"\n"}


def test_what_is_proposed_is_read_back_to_the_names_and_values_of_the_files(made):
    assert isinstance(parse_yaml(made.suggested, "study.yaml"), dict)
    (line,) = [line for line in made.suggested.splitlines() if mark("value") in line]
    offered = yaml.safe_load(line.lstrip("# "))
    assert set(offered["sex"]) == {hostile("value", "script"), "=f"}
    assert all(mark(place) in made.suggested for place in ("name id", "name age", "name site", "name extra"))


@pytest.mark.parametrize("kind", ["*.html", "*.svg", "*.csv", "*.json"])
def test_no_payload_is_worked_out(made, kind):
    for path in files_of(made, kind):
        text = path.read_text(encoding="utf-8")
        for answer in ("<class 'int'>", "<class 'str'>", "{0.__class__}{patients}%s%(n)s$49", 'evil.invalid/a)"></'):
            assert answer not in text, path
        assert mark("level template") + " 49" not in text
