"""Every page of the bundled studies, and of a study made to break pages, in a real browser."""

import re
from itertools import pairwise
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

STUDIES = ["car1922", "bmt", "registry"]
SCENARIO = "high_burden"
SECTIONS = ["efficacy", "survival", "risk_factors", "safety", "relapse"]
MM = 96 / 25.4

every_page = pytest.mark.parametrize("name", ["index", *SECTIONS])
every_section = pytest.mark.parametrize("name", SECTIONS)
every_study = pytest.mark.parametrize("study", STUDIES)
every_run = pytest.mark.parametrize("study", [*STUDIES, SCENARIO])


def unfold(page):
    """Show everything a page can show: its code and what is folded."""
    if page.locator("#code-switch:visible").count():
        page.locator("#code-switch").click()
    page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true })")


@every_run
@every_page
def test_a_page_opens_offline_without_a_word_to_anyone(open_page, runs, study, name):
    page = open_page(study, name)
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("window.smuggled === undefined")
    assert page.locator("img:not([src^='data:'])").count() == 0
    assert page.locator(".banner:visible").count() == (study != "bmt")
    assert (runs[study] / f"{name}.html").stat().st_size < 500_000


@every_page
@pytest.mark.parametrize(
    ("study", "width", "scheme"),
    [("car1922", 1440, "light"), (SCENARIO, 360, "dark"), ("bmt", 360, "light"), ("registry", 1440, "dark")],
)
def test_axe_finds_nothing_with_everything_shown(open_page, name, study, width, scheme):
    page = open_page(study, name, width=width, scheme=scheme)
    unfold(page)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@every_run
@every_page
def test_nothing_runs_over_the_edge_at_any_width(open_page, study, name):
    page = open_page(study, name, width=360)
    unfold(page)
    for width in (320, 360, 768, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("study", ["car1922", "registry"])
@every_section
def test_what_scrolls_says_so_and_is_a_stop_for_the_keyboard_and_nothing_else_is(open_page, study, name):
    page = open_page(study, name, width=360)
    page.wait_for_function("document.querySelectorAll('.hint').length > 0")
    regions = page.evaluate("""[...document.querySelectorAll("main > .exhibit .sheet, .exhibit > .table-scroll")].map(
        (region) => [region.scrollWidth > region.clientWidth + 1, region.tabIndex === 0,
                     region.nextElementSibling.checkVisibility()])""")
    assert regions
    for wide, stop, hint in regions:
        assert wide == stop == hint


@every_study
@every_section
def test_headings_are_in_order_and_contents_lead_to_each_part(open_page, study, name):
    page = open_page(study, name)
    levels = [
        int(tag[1]) for tag in page.locator(":is(h1,h2,h3,h4)").evaluate_all("all => all.map((h) => h.tagName)")
    ]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    contents = page.get_by_role("navigation", name="Contents of this page")
    words = contents.get_by_role("link").all_inner_texts()
    assert words[-3:] == ["Parameters", "Rerun with other parameters", "About this report"]
    published = page.locator(".appendix[id*=published]").count() == 1
    assert ("Published figures" in words) == published
    assert published == (study == "car1922" and name != "risk_factors")
    contents.get_by_role("link", name="Parameters", exact=True).click()
    expect(page.get_by_role("heading", name="Parameters", exact=True)).to_be_in_viewport()


@every_study
@every_page
def test_every_link_leads_somewhere(open_page, runs, study, name):
    page = open_page(study, name)
    targets = page.locator("a[href]").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    ids = set(page.locator("[id]").evaluate_all("all => all.map((element) => element.id)"))
    assert {target[1:] for target in targets if target.startswith("#")} <= ids
    linked = [unquote(target).partition("#") for target in targets if not re.match(r"#|data:|https://", target)]
    for file, _, anchor in linked:
        assert not anchor or f'id="{anchor}"' in (runs[study] / file).read_text(encoding="utf-8")
    files = {file for file, _, _ in linked}
    assert {"index.html", *(f"{other}.html" for other in SECTIONS)} - {f"{name}.html"} <= files | {"index.html"}
    assert [file for file in files if not (runs[study] / file).is_file()] == []


@every_study
@every_section
def test_downloads_hold_what_lies_in_the_run_folder(open_page, runs, study, name):
    page = open_page(study, name)
    links = page.locator("a[download]").evaluate_all("all => all.map((link) => [link.download, link.href])")
    drawings = page.locator("button[data-svg]").evaluate_all("""all => all.map((button) => [button.dataset.name,
        new XMLSerializer().serializeToString(document.querySelector(`#figure-${button.dataset.svg} svg`))])""")
    assert links and (drawings or study == "registry" or name == "safety")
    for file, address in links:
        held = unquote(address.removeprefix("data:text/csv;charset=utf-8,"))
        found = [runs[study] / folder / file for folder in ("tables", "figures")]
        assert held in [path.read_text(encoding="utf-8") for path in found if path.is_file()]
    for file, text in drawings:
        saved = (runs[study] / "figures" / file).read_text(encoding="utf-8")
        assert ElementTree.canonicalize(text) == ElementTree.canonicalize(saved)


@every_study
@every_section
def test_every_figure_has_a_title_and_a_description_from_its_data(open_page, study, name):
    page = open_page(study, name)
    figures = page.locator("main figure svg").evaluate_all("""all => all.map((svg) => [svg.getAttribute("role"),
        ...svg.getAttribute("aria-labelledby").split(" ").map((id) => document.getElementById(id).textContent)])""")
    for role, title, description in figures:
        assert role == "img"
        assert title
        assert len(description) > 30
        assert re.search(r"\d", description)


@every_section
def test_the_code_is_shown_and_hidden_by_mouse_and_by_keyboard(open_page, name):
    page = open_page("car1922", name)
    switch, code = page.get_by_role("button", name="Show code"), page.locator(".code").first
    expect(code).to_be_hidden()
    switch.click()
    expect(code).to_be_visible()
    switch.press("Enter")
    expect(code).to_be_hidden()


@every_study
@every_section
def test_paper_splits_no_figure_and_clips_no_table(open_page, study, name):
    page = open_page(study, name)
    page.emulate_media(media="print")
    # The narrower and the lower of A4 and letter, inside the margins of the style sheet.
    page.set_viewport_size({"width": int((210 - 30) * MM), "height": int((279 - 34) * MM)})
    figures = page.locator("figure").evaluate_all(
        "all => all.map((figure) => [getComputedStyle(figure).breakInside, figure.getBoundingClientRect().height])"
    )
    assert all(rule == "avoid" for rule, _ in figures)
    assert all(height < (279 - 34) * MM for _, height in figures)
    tables = page.locator("table:visible").evaluate_all(
        "all => all.map((table) => table.getBoundingClientRect().right)"
    )
    assert max(tables) <= (210 - 30) * MM + 1
    captions = page.locator("main caption:visible").evaluate_all(
        "all => all.map((caption) => getComputedStyle(caption).breakAfter)"
    )
    assert set(captions) <= {"avoid"}  # none is left at the foot of a page while its table begins on the next
    for control in (".sections", ".contents", ".downloads", ".hint", "#code-switch", "details.numbers"):
        assert page.locator(f"{control}:visible").count() == 0
    assert page.locator(".banner:visible").count() == (study != "bmt")
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_every_printed_page_of_synthetic_data_is_headed_so_and_no_other(runs):
    for study, folder in runs.items():
        synthetic = study not in ("bmt", "single", "minimal")
        for name in ("index", *SECTIONS):
            page = (folder / f"{name}.html").read_text(encoding="utf-8")
            assert ('@page { @top-center { content: "SYNTHETIC DATA"' in page) == synthetic
            assert ("SYNTHETIC DATA" in page) == synthetic


def test_a_table_is_sorted_by_a_column_and_back_by_keyboard(open_page):
    page = open_page("car1922", "safety")
    table = page.locator("#table-safety-events")
    before = table.locator("tbody th").all_inner_texts()
    head = table.locator("thead th").nth(1)
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    shares = [float(text.split()[0]) for text in table.locator("tbody tr td:nth-child(2)").all_inner_texts()]
    assert shares == sorted(shares)
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    shares = [float(text.split()[0]) for text in table.locator("tbody tr td:nth-child(2)").all_inner_texts()]
    assert shares == sorted(shares, reverse=True)
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") is None
    assert table.locator("tbody th").all_inner_texts() == before


def test_a_table_with_groups_of_rows_has_no_buttons(open_page):
    page = open_page("car1922", "efficacy")
    assert page.locator("#table-baseline button").count() == 0


def test_on_a_phone_the_contents_go_along_and_fold_after_a_choice(open_page):
    page = open_page("car1922", "survival", width=360)
    contents = page.get_by_role("navigation", name="Contents of this page")
    page.evaluate("scrollTo(0, 5000)")
    expect(contents).to_be_in_viewport()
    contents.locator("summary").click()
    contents.get_by_role("link", name="Methods").click()
    expect(contents.get_by_role("link", name="Methods")).to_be_hidden()
    heading = page.get_by_role("heading", name="Methods")
    expect(heading).to_be_in_viewport()
    page.wait_for_function("scrollY === Math.round(scrollY)")
    bar = contents.bounding_box()
    assert heading.bounding_box()["y"] >= bar["y"] + bar["height"] - 1


def test_the_contents_mark_the_part_that_is_read(open_page):
    page = open_page("car1922", "survival")
    contents = page.get_by_role("navigation", name="Contents of this page")
    contents.get_by_role("link", name="Methods").click()
    expect(contents.get_by_role("link", name="Methods")).to_have_attribute("aria-current", "location")


def test_the_command_at_the_foot_names_this_page(open_page):
    page = open_page("bmt", "survival")
    expect(page.get_by_role("group", name="Command that makes this page")).to_have_text(
        "python run_reports.py --study data/bmt --section survival"
    )
    assert re.search(r"subjects\.csv\s+[0-9a-f]{64}", page.locator(".hashes").inner_text())


def test_the_overview_maps_each_item_of_strobe_to_where_it_is_answered(open_page):
    page = open_page("car1922", "index")
    rows = page.locator(".guideline tbody tr:has(td)")
    assert rows.count() == 34
    follow_up = rows.filter(has=page.get_by_role("rowheader", name="14c", exact=True))
    follow_up.get_by_role("link").click()
    expect(page.locator("h1")).to_have_text("Survival")
    expect(page.locator(f"[id='{page.url.partition('#')[2]}']")).to_be_in_viewport()


def test_an_item_whose_block_lacks_its_data_is_not_called_answered(open_page):
    antigens = ".guideline a[href='relapse.html#{}']"
    with_antigens, without = open_page("car1922", "relapse"), open_page("bmt", "relapse")
    (block,) = with_antigens.locator("h2", has_text="CD19").evaluate_all("all => all.map((h) => h.id)")
    assert without.locator(f"#{block}").count() == 1
    assert open_page("car1922", "index").locator(antigens.format(block)).count() > 0
    assert open_page("bmt", "index").locator(antigens.format(block)).count() == 0


def test_foreign_and_hostile_names_are_text(open_page):
    page = open_page("registry", "risk_factors")
    expect(page.locator("p.study")).to_have_text(
        "A registry <img src=x onerror=window.smuggled=1> strangers & others"
    )
    assert page.get_by_text("甲组").count() > 0
    assert {"בית חולים", "مستشفى (٢)"} <= set(page.locator("main td bdi, main th bdi").all_inner_texts())
    assert page.evaluate("window.smuggled === undefined")
