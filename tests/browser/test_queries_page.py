"""The page of queries in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from cartcohort.errors import Problem
from cartcohort.render.queries import write_queries
from cartcohort.study.location import locate
from tests.browser.conftest import HOSTILE


@pytest.fixture(scope="module")
def page_of_queries(tmp_path_factory):
    """A list with a hostile name, a very long one, and a finding of many rows."""
    folder = tmp_path_factory.mktemp("queries")
    problems = {
        "error": [
            Problem(f"`{HOSTILE}` is odd.", locate("subjects.csv", range(2, 400), HOSTILE), "Correct it."),
            Problem(
                "A column has a long name.", locate("subjects.csv", [123456], 120 * "x"), f"Shorten {120 * 'y'}."
            ),
        ],
        "warning": [Problem("The factor `מין` has one level.", "study.yaml", "")],
    }
    write_queries(folder, title="A study", problems=problems, synthetic=True)
    return folder / "queries.html"


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (360, "dark")])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(visit, page_of_queries, width, scheme):
    page = visit(page_of_queries, width=width, scheme=scheme)
    assert page.evaluate("window.smuggled === undefined")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_an_answer_has_room_on_a_phone(visit, page_of_queries):
    page = visit(page_of_queries, width=360)
    assert page.locator("td.answer").first.bounding_box()["width"] > 100
