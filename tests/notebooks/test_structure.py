"""The structure rules of the notebooks, read from their cells without running them."""

import ast
import inspect
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from cartcohort.parameters import PARAMETERS
from cartcohort.present.sections.page import open_page
from cartcohort.study import load_cohort, select_by_parameters

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
BLOCK_TAGS = ("estimate", "show", "say")
LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FORBIDDEN = (*LOOPS, ast.If, ast.Try, ast.JoinedStr, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def source(cell):
    return "".join(cell["source"])


def tags(cell):
    return cell["metadata"].get("tags", [])


def code_cells(path):
    return [cell for cell in read(path)["cells"] if cell["cell_type"] == "code"]


def cell_tagged(path, tag):
    (cell,) = [cell for cell in code_cells(path) if tag in tags(cell)]
    return cell


each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_the_five_sections_of_the_abstract_are_there():
    assert {path.stem for path in NOTEBOOKS} >= {"efficacy", "survival", "risk_factors", "safety", "relapse"}


@each_notebook
def test_references_are_numbered_in_the_order_in_which_they_are_cited(path):
    text = "\n".join(source(cell) for cell in read(path)["cells"] if cell["cell_type"] == "markdown")
    cited = [int(number) for group in re.findall(r"\[([\d, ]+)\]", text) for number in group.split(", ")]
    listed = [int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)]
    assert list(dict.fromkeys(cited)) == listed == list(range(1, len(listed) + 1))


def test_no_two_sections_claim_the_same_place():
    orders = [read(path)["metadata"]["cartcohort"]["order"] for path in NOTEBOOKS]
    assert len(set(orders)) == len(orders)


@each_notebook
def test_metadata_put_the_notebook_into_the_suite(path):
    metadata = read(path)["metadata"]
    assert set(metadata["cartcohort"]) == {"order", "title", "question"}
    assert metadata["cartcohort"]["question"].endswith("?")
    assert source(read(path)["cells"][0]).split("\n\n")[1] == metadata["cartcohort"]["question"]  # shown once
    assert metadata["kernelspec"]["name"] == "python3"


@each_notebook
def test_a_notebook_is_committed_without_outputs(path):
    for cell in code_cells(path):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@each_notebook
def test_a_notebook_has_the_common_skeleton(path):
    cells = read(path)["cells"]
    assert 15 <= len(cells) <= 25
    assert cells[0]["cell_type"] == "markdown"
    assert source(cells[0]).startswith("# ")
    assert [tags(cell) for cell in cells[1:4]] == [["parameters"], ["setup"], ["glance"]]
    assert tags(cells[-1]) == ["about"]
    headings = [source(cell).splitlines()[0] for cell in cells if cell["cell_type"] == "markdown"]
    assert headings[-1] == "## Methods"
    assert any(heading.startswith("## Sensitivity") for heading in headings)


@each_notebook
def test_each_block_says_why_then_estimates_then_shows_then_says(path):
    cells = read(path)["cells"][4:-1]
    kinds = ["why" if cell["cell_type"] == "markdown" else tags(cell)[0] for cell in cells]
    order = ("why", *BLOCK_TAGS)
    assert set(kinds) <= set(order)
    for before, after in pairwise(kinds):
        assert after == "why" or order.index(after) > order.index(before), f"{after} follows {before}"
    assert kinds.count("say") >= 4


@each_notebook
def test_parameters_are_the_declared_literals(path):
    lines = source(cell_tagged(path, "parameters")).splitlines()
    for line in lines:
        name = line.split(":", 1)[0]
        assert line == PARAMETERS[name].source_line
    assert len({line.split(":", 1)[0] for line in lines}) == len(lines)


@each_notebook
def test_every_declared_parameter_is_used(path):
    names = {line.split(":", 1)[0] for line in source(cell_tagged(path, "parameters")).splitlines()}
    code = "\n".join(source(cell) for cell in code_cells(path) if "parameters" not in tags(cell))
    opening = "".join(map(inspect.getsource, (load_cohort, select_by_parameters, open_page)))
    read_elsewhere = {name for name in names if f'value["{name}"]' in opening or f"parameters.{name}" in opening}
    unused = {name for name in names if f"parameters.{name}" not in code} - read_elsewhere
    # read_parameters has put it into the single conventions; what tells parameters asks for what is redacted
    assert unused <= {"convention", "redact"}


@each_notebook
def test_code_cells_are_short_and_hold_no_logic(path):
    for cell in code_cells(path):
        tree = ast.parse(source(cell))
        nodes = list(ast.walk(tree))
        assert not [node for node in nodes if isinstance(node, FORBIDDEN)]
        called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        assert not called & {"round", "format", "eval", "exec", "print"}
        assert not attributes & {"groupby", "round", "format", "apply"}
        if "parameters" not in tags(cell):
            assert len(source(cell).splitlines()) <= 12, source(cell)


@each_notebook
def test_an_estimate_cell_only_assigns(path):
    for cell in code_cells(path):
        if "estimate" in tags(cell):
            assert all(isinstance(node, ast.Assign) for node in ast.parse(source(cell)).body)


@each_notebook
def test_a_show_or_say_cell_is_one_call_of_show(path):
    for cell in code_cells(path):
        if set(tags(cell)) & {"show", "say"}:
            (statement,) = ast.parse(source(cell)).body
            assert isinstance(statement, ast.Expr)
            assert statement.value.func.id == "show"


@each_notebook
def test_static_text_states_no_result(path):
    cells = read(path)["cells"]
    prose = [source(cell) for cell in cells if cell["cell_type"] == "markdown"]
    for text in prose:
        if not text.startswith("## Methods"):  # references hold years and pages
            assert not re.search(r"\d+\.\d|\d\s?%|\d+/\d+|\b[Pp]\s*[<=>]\s*\.?\d", text), text
