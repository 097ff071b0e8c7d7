"""The pages in a real browser: offline, at every width, by keyboard, on paper, with a screen reader's eyes."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.cli.conftest import make_workspace
from tests.suites import WHOLE_SECTION

PAGES = ["index", "response", "broken.error"]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A finished run of a good section with printed lines, and of one that failed."""
    printing = "print('x' * 400)"
    workspace = make_workspace(tmp_path_factory.mktemp("report"), response=(*WHOLE_SECTION, printing), broken=["1/0"])
    assert workspace.run("-p", "conf_level=0.9").code == 12
    return workspace.folder


@pytest.fixture
def open_page(visit, report):
    """Open a page of the report by its name."""
    return lambda name, **options: visit(report / f"{name}.html", **options)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_nothing_runs_over_the_edge(open_page, name, width):
    page = open_page(name, width=width)
    if page.locator("#code-switch:visible").count():
        page.locator("#code-switch").click()
    for details in page.locator("details").all():
        details.evaluate("element => { element.open = true }")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_no_violation(open_page, name, scheme, width):
    page = open_page(name, width=width, scheme=scheme)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_no_violation_with_code_and_numbers_shown(open_page):
    page = open_page("response")
    page.locator("#code-switch").click()
    page.locator("details.numbers summary").click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_one_switch_shows_the_code_by_keyboard_and_says_its_state(open_page):
    page = open_page("response")
    switch = page.get_by_role("button", name="Show code")
    code = page.locator(".code").first
    expect(code).to_be_hidden()
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.focus()
    page.keyboard.press("Enter")
    expect(code).to_be_visible()
    expect(switch).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Space")
    expect(code).to_be_hidden()


def test_the_skip_link_is_the_first_stop_and_leads_to_the_report(open_page):
    page = open_page("response")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the report")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_tables_and_figures_can_be_taken_as_files(open_page, report, tmp_path):
    page = open_page("response")
    for name, action in {
        "response-response.csv": page.get_by_role("link", name="Download CSV of Response"),
        "response-curve.csv": page.get_by_role("link", name="Download CSV of Overall survival"),
    }.items():
        with page.expect_download() as caught:
            action.click()
        assert caught.value.suggested_filename == name
        caught.value.save_as(tmp_path / name)
    assert (tmp_path / "response-response.csv").read_bytes() == (report / "tables/response-response.csv").read_bytes()
    assert (tmp_path / "response-curve.csv").read_bytes() == (report / "figures/response-curve.csv").read_bytes()
    with page.expect_download() as caught:
        page.get_by_role("button", name="Download SVG of Overall survival").click()
    assert caught.value.suggested_filename == "response-curve.svg"
    caught.value.save_as(tmp_path / "curve.svg")
    svg = (tmp_path / "curve.svg").read_text()
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert 'viewBox="0 0 700 300"' in svg


def test_a_wide_table_scrolls_inside_itself_by_keyboard(open_page):
    page = open_page("response", width=360)
    table = page.locator(".table-scroll").first
    assert table.evaluate("element => element.scrollWidth > element.clientWidth")
    table.focus()
    page.keyboard.press("ArrowRight")
    for _ in range(50):
        page.wait_for_timeout(50)
        if table.evaluate("element => element.scrollLeft") > 0:
            return
    pytest.fail("the table did not move")


def test_the_contents_stand_at_the_left_on_wide_screens_and_are_folded_on_narrow_ones(open_page):
    wide = open_page("response", width=1440)
    contents = wide.get_by_role("navigation", name="Contents of this page")
    assert contents.bounding_box()["x"] < wide.locator("main").bounding_box()["x"] - 100
    contents.get_by_role("link", name="Methods").click()
    expect(wide.get_by_role("heading", name="Methods")).to_be_in_viewport()
    narrow = open_page("response", width=360)
    expect(narrow.get_by_role("link", name="Methods")).to_be_hidden()


def test_pages_and_overview_lead_to_each_other(open_page):
    page = open_page("index")
    for link in page.get_by_role("link", name="Response", exact=True).all():
        assert link.get_attribute("href") == "response.html"
    assert page.locator(".card h3 a").get_attribute("href") == "response.html"
    page = open_page("response")
    assert page.get_by_role("link", name="Overview").get_attribute("href") == "index.html"


def test_on_paper_controls_are_gone_links_are_spelled_and_figures_stay_whole(open_page):
    page = open_page("response")
    page.emulate_media(media="print")
    for selector in (".sidebar", ".downloads", ".skip"):
        expect(page.locator(selector).first).to_be_hidden()
    spelled = page.get_by_role("link", name="exact limits").evaluate("a => getComputedStyle(a, '::after').content")
    assert "https://example.org/limits" in re.sub(r'[" ]', "", spelled).replace("attr(href)", "")
    assert page.locator("figure").evaluate("figure => getComputedStyle(figure).breakInside") == "avoid"
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_figures_stay_on_white_paper_in_the_dark(open_page):
    page = open_page("response", scheme="dark")
    assert page.locator(".sheet").evaluate("sheet => getComputedStyle(sheet).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") != "rgb(255, 255, 255)"


def test_a_script_smuggled_into_an_output_does_not_run(browser, report, tmp_path):
    text = (report / "response.html").read_text().replace("</main>", "<script>window.smuggled = 1</script></main>")
    (tmp_path / "page.html").write_text(text)
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    assert page.evaluate("window.smuggled === undefined")
    page.close()
