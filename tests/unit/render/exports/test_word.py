"""A section as a Word document, read back by the library that writes them and, where that is blind, as XML."""

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from cartcohort.present.display import Figure, Notice, PageHeader, Sentence, Summary
from cartcohort.present.tables.writer import Cell, Column, Heading, Row, build_table
from cartcohort.render.exports.word import write_document

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}"><path d="M9 9H90" stroke="#000"/></svg>'
TABLE = build_table(
    id="os",
    caption="Survival & <so>",
    columns=[Column("Group"), Column("Events/N", number=True), Column("At 24\nmonths", number=True)],
    rows=[
        Row(("All", "20/35", Cell("41.7% (25.1%–57.6%)", strong=True))),
        Heading("Genetic risk"),
        Row(("low", "2/8", Cell("NE", note="no events")), level=1),
        Row(("high", "18/27", "9.5% (1.0%–20.0%)"), level=1),
    ],
    notes=["Kaplan-Meier."],
)
FIGURE = Figure(
    id="curve", title="Overall survival", svg=SVG.format(600, 300), description="35 patients, 20 deaths.",
    csv="a\n1\n", table_html="", note="Limits: 95%.",
)  # fmt: skip
PAGE = PageHeader(
    study_title="A study", n=35, population="infused", synthetic=True, data_cutoff_date="2023-02-28",
    source="made up", report_date=None, parameters={"conf_level": 0.9},
)  # fmt: skip
SUMMARY = Summary(key_results=(), paragraph="Of 35 patients 20 died.", warning="Routes differ.")
SENTENCE = Sentence("Median survival was 12.2 months\x0b < 13.")


def write(folder: Path, *cells, about=()) -> Path:
    """An executed notebook; text is Markdown, what `about` names stands in the last cell, which is tagged so."""

    def code(shown, *tags):
        outputs = [{"output_type": "display_data", "data": one._repr_mimebundle_()} for one in shown]
        return {"cell_type": "code", "source": "", "metadata": {"tags": list(tags)}, "outputs": outputs}

    made = [
        {"cell_type": "markdown", "metadata": {}, "source": one} if isinstance(one, str) else code([one])
        for one in cells
    ]
    section = {"title": "Survival", "question": "How long?", "order": 2}
    notebook = {"cells": [*made, code(about, "about")], "metadata": {"cartcohort": section}}
    path = folder / "survival.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def read(path: Path):
    return docx.Document(io.BytesIO(write_document(path)))


WHOLE = (
    "# Survival",
    PAGE,
    "## How *long*, by `os`?\n\nWhy.\n\n### Curves",
    FIGURE,
    TABLE,
    SENTENCE,
    "## Methods\n\nx",
)


@pytest.fixture
def document(tmp_path):
    return read(write(tmp_path, *WHOLE, SUMMARY, about=[replace(TABLE, id="published")]))


def test_the_head_says_what_the_page_says(document):
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[:7] == [
        "Survival",
        "A study",
        "SYNTHETIC DATA These patients are made up; nothing here is evidence about a treatment.",
        "Patients: 35 (infused); Data cut-off: 2023-02-28",
        "Differs from the defaults: conf_level = 0.9 (default 0.95)",
        "Warning: Routes differ.",
        "Of 35 patients 20 died.",
    ]
    assert document.sections[0].header.paragraphs[0].text == "SYNTHETIC DATA"


def test_headings_exhibits_and_sentences_stand_in_the_order_of_the_page(document):
    body = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs[7:]]
    assert body == [
        ("Heading 1", "How long, by os?"),
        ("Heading 2", "Curves"),
        ("Normal", ""),  # the picture
        ("Caption", "Figure 1. Overall survival"),
        ("Note", "Limits: 95%."),
        ("Caption", "Table 1. Survival & <so>"),
        ("Note", "Kaplan-Meier. NE, not estimable. a no events."),
        ("Normal", "Median survival was 12.2 months < 13."),
        ("Heading 1", "Survival & <so>"),  # heads a table that has no number; the methods have nothing to show
        ("Note", "Kaplan-Meier. NE, not estimable. a no events."),
    ]


def test_a_table_has_the_cells_of_the_page(document):
    cells = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert cells == [
        ["Group", "Events/N", "At 24\nmonths"],
        ["All", "20/35", "41.7% (25.1%–57.6%)"],
        3 * ["Genetic risk"],  # one cell across
        ["low", "2/8", "NEa"],
        ["high", "18/27", "9.5% (1.0%–20.0%)"],
    ]


def test_the_head_of_a_table_is_marked_and_repeated_and_no_row_is_split(document):
    rows = document.tables[0].rows
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in rows] == [True, *4 * [False]]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    assert [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in rows] == 5 * [True]


def test_groups_and_what_is_strong_are_bold_and_levels_and_numbers_are_moved_to_the_right(document):
    rows = document.tables[0].rows
    bold = [[all(run.bold for run in cell.paragraphs[0].runs) for cell in row.cells] for row in rows]
    assert bold == [3 * [True], [False, False, True], 3 * [True], 3 * [False], 3 * [False]]
    indents = [row.cells[0].paragraphs[0].paragraph_format.left_indent for row in rows]
    assert [indent and indent.pt for indent in indents] == [None, None, None, 9, 9]
    at_24 = [row.cells[2].paragraphs[0].paragraph_format.left_indent for row in rows]
    assert [indent and indent.pt for indent in at_24] == [None, None, None, None, 4.5]  # 9.5% under 41.7%
    assert rows[3].cells[2].paragraphs[0].runs[1].font.superscript


def test_a_table_has_three_rules_and_a_title(document):
    properties = document.tables[0]._tbl.tblPr
    assert {side.tag for side in properties.find(qn("w:tblBorders"))} == {qn("w:top"), qn("w:bottom")}
    ruled = [bool(row._tr.findall(f".//{qn('w:tcBorders')}")) for row in document.tables[0].rows]
    assert ruled == [True, *4 * [False]]
    assert properties.find(qn("w:tblCaption")).get(qn("w:val")) == "Survival & <so>"


def test_limits_that_do_not_fit_behind_an_estimate_stand_on_a_line_of_their_own(tmp_path):
    columns = [Column("Group"), *(Column(f"At {month}", number=True) for month in range(6))]
    table = build_table(id="w", caption="Wide", columns=columns, rows=[Row(("All", *6 * ["41.7% (25.1%–57.6%)"]))])
    cells = read(write(tmp_path, table)).tables[0].rows[1].cells
    assert {cell.text for cell in cells[1:]} == {"41.7%\n(25.1%–57.6%)"}


def test_a_figure_has_its_description_and_the_width_of_the_page(document):
    (shape,) = document.inline_shapes
    assert shape._inline.docPr.get("descr") == "35 patients, 20 deaths."
    assert shape.width.inches == pytest.approx(6.25, abs=1e-4)
    assert shape.width / shape.height == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize(("width", "height"), [(900, 300), (600, 1400)])
def test_a_figure_fits_the_page(tmp_path, width, height):
    figure = Figure(id="f", title="F", svg=SVG.format(width, height), description="", csv="", table_html="")
    (shape,) = read(write(tmp_path, figure)).inline_shapes
    assert shape.width.cm <= 16.001 and shape.height.cm <= 21.51
    assert shape.width / shape.height == pytest.approx(width / height, rel=0.01)
    assert shape._inline.docPr.get("descr") == "F"


def test_a_very_wide_table_stands_on_a_page_on_its_side_and_what_follows_does_not(tmp_path):
    columns = [Column("Group"), *(Column(f"Month{month}", number=True) for month in range(15))]
    table = build_table(id="w", caption="Wide", columns=columns, rows=[Row(("All", *15 * ["41.7%–57.6%"]))])
    document = read(write(tmp_path, TABLE, table, SENTENCE))
    turned = [section.orientation == WD_ORIENT.LANDSCAPE for section in document.sections]
    assert turned == [False, True, False]
    assert document.sections[1].page_width == document.sections[0].page_height


def test_notices_stand_in_place_of_what_they_are_about_but_not_beneath_the_methods(tmp_path):
    notice = Notice("Not shown: the study lacks the column x.")
    document = read(write(tmp_path, "## Events", notice, "## Methods", about=[notice]))
    assert [paragraph.text for paragraph in document.paragraphs] == ["Survival", "Events", notice.text]


def test_a_page_without_anything_is_a_document_with_its_title(tmp_path):
    assert [paragraph.text for paragraph in read(write(tmp_path, "# Survival\n\n## Idle")).paragraphs] == ["Survival"]


def test_equal_notebooks_give_equal_bytes_without_clock_or_user(tmp_path):
    first, second = (write_document(write(tmp_path / name, *WHOLE, SUMMARY)) for name in ("a", "elsewhere"))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {one.date_time for one in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in parts.namelist() if "thumbnail" in name]
    properties = docx.Document(io.BytesIO(first)).core_properties
    assert (properties.author, properties.last_modified_by, properties.comments) == 2 * ("cart-reports",) + ("",)
    assert (properties.title, properties.subject, properties.created.year) == ("Survival", "A study", 2000)


def test_what_word_requires_of_the_order_of_a_tables_properties_holds(document):
    names = [re.sub(r"\{.*\}", "", one.tag) for one in document.tables[0]._tbl.tblPr]
    assert names == ["tblW", "tblBorders", "tblLayout", "tblCellMar", "tblLook", "tblCaption"]
