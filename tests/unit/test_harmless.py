"""Text that may neither turn its surroundings round nor be a formula, in whatever it is written."""

import csv
import io
import json
import shlex
from itertools import pairwise
from xml.etree import ElementTree

import pytest
import yaml

from cartcohort.errors import StudyDataError
from cartcohort.harmless import orders_text, show_ordering
from cartcohort.parameters import PARAMETERS
from cartcohort.present.display import Notice, Sentence, as_html
from cartcohort.present.figures.svg import drawable
from cartcohort.present.tables import Column, Row, build_table
from cartcohort.present.tables import write_csv as write_table
from cartcohort.render.assignments import read_parameter_values
from cartcohort.render.notebook import Section
from cartcohort.render.origin import describe_origin
from cartcohort.render.plan import Request, place_order
from cartcohort.spreadsheet import FORMULA_STARTS
from cartcohort.spreadsheet import write_csv as write_list
from cartcohort.yaml_text import write_plain
from tests.suites import write_study, write_suite


def test_signs_that_order_text_are_shown_and_letters_are_not_touched():
    assert show_ordering("a\u202eb\u2069 בית é\u200d\u200f") == "a\\u202eb\\u2069 בית é\u200d\u200f"
    assert json.loads(show_ordering('"a\u202eb"', backslash=r"\\")) == "a\\u202eb"
    assert drawable("a\u202eb\x1b\n") == "a\\u202eb "
    assert orders_text("a\u2066") and not orders_text("בית\u200f")


@pytest.mark.parametrize("write", [write_table, write_list])
@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_neither_cells_nor_headings_of_a_csv_start_a_formula(write, start):
    text = f"{start}1+1"
    header, line = csv.reader(io.StringIO(write([text, "b"], [[text, -1.5]]), newline=""))
    assert header[0][0] == line[0][0] == "'"
    assert line[1] == "-1.5"


@pytest.mark.parametrize(
    "text", ["$\\input{x}$", "$$a$$", "\\(b\\)", "\\begin{equation}c\\end{equation}", "US$5 to US$7"]
)
def test_no_formula_begins_in_what_a_notebook_shows(text):
    columns = [Column(text), Column("n")]
    table = build_table(id="t", caption=text, columns=columns, rows=[Row((text, "1"))], notes=[text])
    shown = [as_html(text), table.html, *(one(text)._repr_mimebundle_()["text/html"] for one in (Sentence, Notice))]
    for html in shown:
        words = ElementTree.fromstring(f"<body>{html}</body>")
        strings = [part for element in words.iter() for part in (element.text, element.tail) if part]
        assert all(part in ("$", "\\") or not set(part) & {"$", "\\"} for part in strings)
        assert text in "".join(words.itertext())


VALUES = [
    "a\u200bb",
    "1e3",
    "no",
    "'q' == \"d\"",
    "$(id) `id` !x \\ ; &",
    "\u202e\x7f\x9b",
    "\U0001f600\u2028",
    "# x: [y",
    "",
]


@pytest.mark.parametrize("value", VALUES)
def test_the_command_at_the_foot_of_a_page_gives_back_every_value(tmp_path, value):
    section = Section("survival", "Survival", "", 1, tmp_path, {"study_path": "", "subset": None, "factors": None})
    parameters = {"study_path": "s 'q' $(id) é", "subset": value or "x", "factors": [value, "b"]}
    inputs = {
        **{"parameters": parameters, "notebook": "", "code": "", "data": {}, "versions": {}},
        "source_date_epoch": "",
    }
    command = describe_origin(section, inputs).command
    words = shlex.split(command)
    given = [word for flag, word in pairwise(words) if flag == "-p"]
    assert read_parameter_values(None, given) == {"subset": value or "x", "factors": [value, "b"]}
    assert words[words.index("--study") + 1] == "data/s 'q' $(id) é"
    assert "subset" in PARAMETERS and command.isprintable()


@pytest.mark.parametrize("value", [*VALUES, ["a", {"\x00": "\ud7ff"}], None, 1.5, True])
def test_a_value_in_one_line_is_read_back(value):
    line = write_plain(value)
    assert line.isprintable()
    assert yaml.safe_load(line) == value


def test_a_study_whose_folder_turns_text_round_is_refused(tmp_path):
    study = write_study(tmp_path / "a\u202eb")
    notebooks = write_suite(tmp_path / "notebooks", response=["1"])
    with pytest.raises(StudyDataError, match="name of the study's folder"):
        place_order(Request(study=study, notebooks=notebooks, output=tmp_path / "out"))
