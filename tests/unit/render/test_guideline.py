import nbformat
import pytest

from cartcohort.errors import ReportError
from cartcohort.render.collect import TABLE
from cartcohort.render.guideline import find_answers, map_answers, read_guideline
from tests.notebooks.test_structure import NOTEBOOKS, read

NOTICE = {"text/html": '<p class="notice" role="note">No column.</p>'}
FINDING = {"text/html": '<p class="finding">3 of 4 patients.</p>'}
NOTHING = {"text/html": '<p class="finding">There is no multivariable model.</p>'}
A_TABLE = {TABLE: {"id": "flow", "caption": "Flow of patients", "csv": ""}, "text/html": "<table></table>"}


def words(id, *items):
    cell = nbformat.v4.new_markdown_cell("## Words", id=id)
    cell.metadata["cartcohort"] = {"answers": list(items)}
    return cell


def code(*shown, items=()):
    outputs = [nbformat.v4.new_output("display_data", data=data) for data in shown]
    cell = nbformat.v4.new_code_cell("1", outputs=outputs)
    cell.metadata["cartcohort"] = {"answers": list(items)}
    return cell


def answers(*cells, **anchors):
    return find_answers(nbformat.v4.new_notebook(cells=list(cells)), anchors)


def test_the_guideline_has_the_items_of_strobe_each_once():
    ids = [item.id for item in read_guideline().items]
    whole = [str(number) for number in (*range(2, 6), *range(7, 12), 15, *range(17, 23))]
    lettered = ["1a", "1b", "6a", "6b", *(f"12{letter}" for letter in "abcde")]
    lettered += [f"{number}{letter}" for number in (13, 14, 16) for letter in "abc"]
    assert sorted(ids) == sorted(whole + lettered)


def test_a_block_that_shows_an_exhibit_or_a_finding_answers_at_its_heading():
    place = ("how-long", "How long?")
    assert answers(words("a", "15"), code(), code(A_TABLE), a=place) == {"15": [place]}
    assert answers(words("a", "15", "16a"), code(FINDING), a=place) == {"15": [place], "16a": [place]}


def test_a_block_that_only_says_what_is_lacking_answers_nothing():
    for shown in (NOTICE, NOTHING):
        assert answers(words("a", "15"), code(shown), words("b"), code(A_TABLE), a=("x", "X"), b=("y", "Y")) == {}


def test_words_without_code_answer_by_themselves_at_the_top_where_they_have_no_heading():
    assert answers(words("a", "6a"), words("b", "7"), b=("methods", "Methods")) == {
        "6a": [("main", "head of the page")],
        "7": [("methods", "Methods")],
    }


def test_a_cell_that_answers_without_words_is_found_at_its_table():
    assert answers(code(A_TABLE, items=["13a"])) == {"13a": [("table-flow", "Flow of patients")]}
    assert answers(code(NOTICE, items=["13a"])) == {}


def test_an_item_that_does_not_exist_is_refused():
    with pytest.raises(ReportError, match="STROBE has no item `99`"):
        answers(words("a", "99"))


def test_the_map_has_every_item_with_the_places_of_all_pages_and_counts_those_answered():
    pages = [("survival", "Survival", {"15": [("how-long", "How long?")]}), ("safety", "Safety", {})]
    groups = {group["title"]: group for group in map_answers(pages)}
    assert sum(len(group["items"]) for group in groups.values()) == len(read_guideline().items)
    places = {row["item"].id: row["places"] for group in groups.values() for row in group["items"]}
    assert places["15"] == [("survival.html#how-long", "Survival: How long?")]
    assert places["1b"] == [("#abstract", "Abstract on this page")]
    assert places["22"] == []
    counts = {title: (group["n_whole"], group["n_part"]) for title, group in groups.items()}
    assert counts["Results"] == (1, 0)
    assert counts["Introduction"] == (0, 1)  # that a page asks a question does not say that it was asked beforehand
    assert counts["Other information"] == (0, 0)


def test_there_is_no_map_where_no_page_answers_anything():
    assert map_answers([("own", "Own", {})]) == []


def test_what_the_suite_says_nothing_of_is_told_and_all_else_is_answered_by_a_notebook():
    named = {
        item
        for path in NOTEBOOKS
        for cell in read(path)["cells"]
        for item in cell["metadata"].get("cartcohort", {}).get("answers", ())
    }
    for item in read_guideline().items:
        default = item.missing == "Not in this report."
        assert (item.id in named or bool(item.overview)) == default, item.id
