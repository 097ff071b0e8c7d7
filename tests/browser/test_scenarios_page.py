"""The overview over scenarios in a real browser, one of them broken."""

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import run_reports
from tests.browser.conftest import HOSTILE, ROOT


@pytest.fixture(scope="module")
def overview(tmp_path_factory):
    """The overview of four scenarios of the default study, one of which asks for what cannot be."""
    root = tmp_path_factory.mktemp("scenarios")
    runs = {
        "cutoff_a_year_earlier": {"data_cutoff_date": "2022-02-28"},
        "high_burden": {"subset": "tumor_burden == 'high'"},
        "broken": {"subset": HOSTILE},
    }
    (root / "scenarios.yaml").write_text(yaml.safe_dump({"runs": runs}, sort_keys=False), encoding="utf-8")
    arguments = ["--study", str(ROOT / "data/car1922"), "--section", "survival", "--output", str(root / "out")]
    assert run_reports.main([*arguments, "--scenarios", str(root / "scenarios.yaml")]) == 10
    return root / "out" / "index.html"


def test_it_says_what_differs_what_moved_and_what_could_not_be_made(visit, overview):
    page = visit(overview)
    expect(page.locator(".banner")).to_be_visible()
    rows = page.locator("table").first.locator("tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.nth(1)).to_contain_text("data_cutoff_date = 2022-02-28")
    expect(rows.nth(1)).to_contain_text("results moved")
    expect(rows.nth(3)).to_contain_text("Not made")
    expect(rows.nth(3)).to_contain_text(HOSTILE)
    assert page.evaluate("window.smuggled === undefined")
    survival = page.locator("table").nth(1)
    expect(survival.locator("tbody tr")).to_have_count(3)
    expect(survival.locator("tbody tr").first.locator(".moved")).to_have_count(0)
    expect(survival.locator("tbody tr").nth(1).locator(".moved").first).to_be_visible()
    expect(survival).not_to_contain_text("95% CI")
    expect(page.locator(".note", has_text="Bold")).to_contain_text("95% CI")


def test_its_links_lead_to_runs_and_comparisons(visit, overview):
    page = visit(overview)
    page.get_by_role("link", name="high_burden", exact=True).first.click()
    expect(page.locator("h2", has_text="Abstract")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="results moved").first.click()
    expect(page.locator("h1")).to_be_visible()
    assert "comparisons/base--cutoff_a_year_earlier.html" in page.url


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (360, "dark")])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(visit, overview, width, scheme):
    page = visit(overview, width=width, scheme=scheme)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
