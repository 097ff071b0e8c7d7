"""Pages of studies that lack nearly everything: one patient, and nothing but the columns that must be there."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.test_reports import SECTIONS, unfold

STUDIES = ["single", "minimal"]


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("name", ["index", *SECTIONS])
def test_a_page_with_little_to_show_is_whole_on_a_phone(open_page, study, name):
    page = open_page(study, name, width=360)
    expect(page.locator("h1")).to_be_visible()
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_of_one_patient_few_items_of_strobe_are_answered(open_page):
    page = open_page("single", "index")
    rows = page.locator(".guideline tbody tr:has(td)").all()
    items = {row.locator("th").inner_text(): row.locator("td").last.inner_text() for row in rows}
    answered = {item for item, text in items.items() if not text.startswith("No.")}
    assert not {"12b", "14a", "14b", "16a", "16b", "19"} & answered
    assert {"1b", "13a", "14c", "15"} <= answered
