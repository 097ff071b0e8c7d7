"""The page of a comparison in a real browser: of two runs of the default study, and of two studies."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from cartcohort.present.comparison import present_comparison
from cartcohort.render.compare import compare_runs
from cartcohort.render.plan import Request
from cartcohort.render.runner import run_suite
from tests.browser.conftest import ROOT

MM = 96 / 25.4
PAGES = ["cutoff", "studies", "hostile"]

every_page = pytest.mark.parametrize("name", PAGES)


@pytest.fixture(scope="module")
def pages(runs, tmp_path_factory):
    """Comparisons by name: another cut-off, two studies, and a study made to break pages against another one."""
    root = tmp_path_factory.mktemp("comparisons")
    request = Request(study=ROOT / "data/car1922", notebooks=ROOT / "notebooks", output=root / "early")
    early = replace(request, parameters={"data_cutoff_date": "2022-02-28"})
    assert [standing.failure for standing in run_suite(early) if standing.failure] == []
    compared = {
        "cutoff": (runs["car1922"], early.run_folder),
        "studies": (runs["bmt"], runs["car1922"]),
        "hostile": (runs["registry"], runs["car1922"]),
    }
    return {name: compare_runs(*pair, root, present=present_comparison) for name, pair in compared.items()}


@pytest.fixture
def open_page(visit, pages):
    """Open the page of a comparison by its name."""
    return lambda name, **options: visit(pages[name].page.resolve(), **options)


def unfold(page):
    """Show everything the page can show."""
    page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true })")


@every_page
def test_the_page_opens_offline_without_a_word_to_anyone(open_page, pages, name):
    page = open_page(name)
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("window.smuggled === undefined")
    expect(page.locator(".banner")).to_be_visible()
    # 500 kB is promised for two runs of the default study; here two studies have four times its patients.
    assert pages[name].page.stat().st_size < (500_000 if name == "cutoff" else 650_000)


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [("cutoff", 1440, "light"), ("cutoff", 360, "dark"), ("studies", 360, "light"), ("hostile", 1440, "dark")],
)
def test_axe_finds_nothing_with_everything_shown(open_page, name, width, scheme):
    page = open_page(name, width=width, scheme=scheme)
    unfold(page)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@every_page
def test_nothing_runs_over_the_edge_at_any_width(open_page, name):
    page = open_page(name, width=360)
    unfold(page)
    for width in (360, 768, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@every_page
def test_headings_are_in_order_and_contents_lead_to_each_part(open_page, name):
    page = open_page(name)
    levels = [int(tag[1]) for tag in page.locator(":is(h1,h2,h3)").evaluate_all("all => all.map((h) => h.tagName)")]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    contents = page.get_by_role("navigation", name="Contents of this page")
    targets = contents.get_by_role("link").evaluate_all("all => all.map((link) => link.hash.slice(1))")
    headings = page.locator("main :is(h2,h3)").evaluate_all("all => all.map((heading) => heading.id)")
    assert targets == headings


def test_conclusions_that_flipped_stand_first_with_their_numbers(open_page, pages):
    page = open_page("cutoff")
    assert page.locator("main h2").first.inner_text() == "Conclusions that flipped"
    table = page.locator("main > .flips")
    text = table.inner_text()
    assert "Shown in A, not in B" in text
    assert re.search(r"p 0\.034 → 0\.066", text)
    rows = table.locator("tbody tr").count() - table.locator("th[scope=rowgroup]").count()
    assert rows == pages["cutoff"].n_flipped > 0
    strip = page.locator(".key-results > div").first
    expect(strip.locator(".value")).to_have_text(str(rows))


def test_every_result_that_moved_is_in_a_folded_table(open_page, pages):
    page = open_page("cutoff")
    folds = page.locator("h3 ~ details.fold")
    assert folds.count() > 10
    assert page.locator("details.fold[open]").count() <= 2
    rows = page.locator("h3 ~ .fold tbody tr").count() - page.locator("h3 ~ .fold th[scope=rowgroup]").count()
    alone = page.locator("#only ~ .fold tbody tr").count() - page.locator("#only ~ .fold th[scope=rowgroup]").count()
    assert rows - alone == pages["cutoff"].n_moved


def test_a_long_table_scrolls_inside_itself_by_keyboard_below_its_head(open_page):
    page = open_page("cutoff")
    fold = page.locator("details.fold", has=page.locator("summary", has_text="OS")).first
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    table = fold.locator(".table-scroll")
    assert table.evaluate("element => element.scrollHeight > element.clientHeight + 500")
    expect(table).to_have_attribute("tabindex", "0")
    table.focus()
    page.keyboard.press("End")
    page.wait_for_function("element => element.scrollTop > 500", arg=table.element_handle())
    below = "table => table.querySelector('thead th').getBoundingClientRect().y - table.getBoundingClientRect().y"
    assert abs(table.evaluate(below)) < 2


def test_both_curves_are_drawn_with_a_title_and_a_description_from_their_data(open_page):
    page = open_page("cutoff")
    figures = page.locator("main figure svg").evaluate_all("""all => all.map((svg) => [svg.getAttribute("role"),
        ...svg.getAttribute("aria-labelledby").split(" ").map((id) => document.getElementById(id).textContent)])""")
    assert len(figures) == 2
    for role, title, description in figures:
        assert role == "img"
        assert "both runs" in title
        assert re.search(r"A \(\S+\) \d+ patients, \d+ events; B \(\S+\) \d+ patients", description)
    with page.expect_download() as caught:
        page.get_by_role("button", name="Download SVG of Curves of all patients").click()
    assert caught.value.suggested_filename == "comparison-all.svg"


@every_page
def test_paper_splits_no_figure_and_clips_no_open_table(open_page, name):
    page = open_page(name)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": int((210 - 30) * MM), "height": int((279 - 34) * MM)})
    heights = page.locator("figure").evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
    assert all(height < (279 - 34) * MM for height in heights)
    edges = page.locator("table:visible").evaluate_all("all => all.map((one) => one.getBoundingClientRect().right)")
    assert max(edges) <= (210 - 30) * MM + 1
    limits = page.locator(".table-scroll:visible").evaluate_all(
        "all => all.map((e) => getComputedStyle(e).maxHeight)"
    )
    assert set(limits) == {"none"}
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_runs_of_two_studies_are_warned_of_at_the_top(open_page):
    page = open_page("studies")
    expect(page.get_by_role("alert")).to_contain_text("different studies")


def test_the_file_of_numbers_is_where_the_page_says(open_page, pages):
    page = open_page("cutoff")
    link = page.locator("#about ~ p a")
    assert Path(pages["cutoff"].page.parent, link.get_attribute("href")) == pages["cutoff"].data
