"""Hostile text in every place that a study, a parameter or a name can carry it, opened in a real browser."""

import re
import shlex
import subprocess
from itertools import pairwise

import pytest

from cartcohort.harmless import orders_text, show_ordering
from cartcohort.render.assignments import read_names, read_parameter_values
from tests import hostile
from tests.browser.hostile_runs import FACTORS, SCENARIO
from tests.hostile import FOLDER, HOST, PAYLOADS, mark

ACTIVE = """[...document.querySelectorAll("*")].flatMap((element) => {
    const wrong = [...element.attributes].filter(({ name, value }) => name.startsWith("on") || name === "autofocus"
        || (name === "style" && /url|HOST/.test(value)) || (name === "srcset"));
    const link = element.getAttribute("href") ?? element.getAttribute("src") ?? "";
    const away = /^(?!data:|#|https:\\/\\/|[^:]*$)/.test(link) || new URL(link, "file:///x").host === "HOST";
    const odd = /^(iframe|object|embed|frame|base|link|foreignobject|animate|set|b-?injected)$/i.test(element.tagName)
        || (element.tagName === "IMG" && !link.startsWith("data:"))
        || (element.tagName === "svg" && !element.closest(".sheet"))
        || (element.tagName === "SCRIPT" && element !== document.body.lastElementChild);
    return wrong.length || away || odd ? [element.outerHTML.slice(0, 200)] : [];
})""".replace("HOST", HOST)
"""What a page has that could run, load or lead somewhere, and that none of ours has."""

NEVER_SHOWN = {
    *("abnormality", "extra", "name extra", "name id", "name age", "name site", "name ward", "name peak", "value"),
    *("result", "field", "treatment"),
}
"""Places whose text stays in the study: no page, table or figure needs it."""


def unfold(page):
    """Show all that a page can show."""
    page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true })")
    if page.locator("#code-switch:visible").count():
        page.locator("#code-switch").click()


def test_no_page_runs_loads_or_asks_anything(visit, made):
    assert len(made.pages) > 15
    for path in made.pages:
        page = visit(path)
        dialogs = []
        page.on("dialog", lambda dialog, said=dialogs: said.append(dialog.message) or dialog.dismiss())
        unfold(page)
        page.mouse.move(300, 300)
        assert page.evaluate("window.hit") is None, path
        assert page.evaluate(ACTIVE) == [], path
        assert dialogs == []
        page.context.close()


def test_no_word_however_long_makes_a_page_wider_than_a_phone(visit, made):
    for path in made.pages:
        page = visit(path, width=360)
        unfold(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        page.context.close()


@pytest.fixture(scope="module")
def words(browser, made):
    """What a reader of all pages can read, in one text without breaks."""
    texts = []
    page = browser.new_page()
    for path in made.pages:
        page.goto(path.as_uri())
        texts.append(page.evaluate("document.title + ' ' + document.body.textContent"))
        texts += page.evaluate("[...document.querySelectorAll('[aria-label]')].map((element) => element.ariaLabel)")
    page.close()
    return flat(" ".join(texts))


def flat(text):
    """Text as it is compared: no difference between blanks and breaks, nor between capitals and small letters."""
    return re.sub(r"\s+", " ", text.replace("\u2060", "")).casefold().strip()


def places():
    """Every place by its name, with the text that it carries."""
    shown = {f"level {name}": name for name in PAYLOADS} | {f"id {name}": name for name in PAYLOADS}
    shown |= {"title": "breakout", "source": "markdown", "label site": "attribute", "label ward": "tex"}
    shown |= {"label day": "image", "label group": "script", "label age": "formula", "endpoint": "breakout"}
    shown |= {"ward one": "image", "ward two": "bidi", "claim": "image", "patients": "image", "subset": "breakout"}
    shown |= {"assay": "image", "unit": "script", "unit two": "tex", "failure": "breakout", "code": "image"}
    return {place: hostile.hostile(place, payload) for place, payload in shown.items()}


def test_every_place_comes_out_as_the_text_that_it_is(words, made):
    for place, text in places().items():
        # Which patients are named on a page depends on what decides a comparison.
        assert flat(show_ordering(text)) in words or (place.startswith("id ") and mark(place) not in words), place
    assert sum(mark(f"id {name}") in words for name in PAYLOADS) > 10
    assert flat(hostile.SUBJECTS_FILE) in words and flat(FOLDER) in words and SCENARIO in words


def test_places_that_are_never_shown_are_known(words, made):
    studied = " ".join(path.read_text(encoding="utf-8") for path in made.study.iterdir())
    carried = {found for found in re.findall(r"mk[a-z]+\d+x", studied)}
    shown = {found for found in carried if found in words}
    terms = {mark(f"term {name}") for name in PAYLOADS}
    terms |= {mark(f"id {name}") for name in PAYLOADS}
    assert carried - shown - terms == {mark(place) for place in NEVER_SHOWN}
    table = (made.named / "tables/safety-events.csv").read_text(encoding="utf-8").casefold()
    assert all(mark(f"term {name}") in table for name in PAYLOADS)  # a page names the commonest


def test_nothing_turns_the_order_of_what_stands_around_it(visit, made):
    for path in made.pages:
        assert not orders_text(path.read_text(encoding="utf-8")), path
    page = visit(made.root / "made/scenarios/index.html")
    name = page.locator("table").first.locator("tbody th", has_text=SCENARIO)
    assert name.locator("bdi").all_inner_texts() == [SCENARIO]
    page.context.close()
    page = visit(made.named / "efficacy.html")
    row = page.locator("tr", has=page.locator("th", has_text=mark("ward two"))).first
    left, right = (row.locator(f":is(th, td):nth-child({at})").bounding_box() for at in (1, 2))
    assert left["x"] + left["width"] <= right["x"] + 1


def test_figures_opened_as_files_are_drawings_and_nothing_else(visit, made):
    files = sorted(made.root.glob("made/**/figures/*.svg"))
    assert len(files) > 20
    page = visit(files[0])
    for path in files:
        page.goto(path.as_uri())
        assert page.evaluate("window.hit") is None
        tags = set(page.evaluate("[...document.querySelectorAll('*')].map((element) => element.tagName)"))
        assert tags <= {"svg", "title", "desc", "g", "path", "text", "use", "defs", "clipPath", "rect"}, path
        links = page.evaluate("[...document.querySelectorAll('[href]')].map((one) => one.getAttribute('href'))")
        assert all(link.startswith("#") for link in links)


def test_what_the_form_writes_gives_back_to_a_shell_and_to_yaml_what_was_typed(visit, made, tmp_path):
    page = visit(made.named / "relapse.html")
    for name, payload in PAYLOADS.items():
        typed = f"site == {payload!r}"
        page.locator("#rerun-subset").fill(typed)
        command = page.locator("#rerun-command").inner_text()
        if not typed.isprintable():
            assert command == ""
            continue
        assert HOST not in command or payload in typed
        printed = command.replace("python run_reports.py", "printf '%s\\0'", 1)
        done = subprocess.run(["bash", "-c", printed], capture_output=True, check=True, cwd=tmp_path)
        words = done.stdout.decode().split("\0")
        assert words[: words.index("-p")] == ["--study", f"data/{FOLDER}", "--section", "relapse"]
        given = [after for word, after in pairwise(words) if word == "-p"]
        assert read_parameter_values(None, given)["subset"] == typed, name
        (tmp_path / "file.yaml").write_text(page.locator("#rerun-file").inner_text(), encoding="utf-8")
        assert read_names(str(tmp_path / "file.yaml"), "parameter")["subset"] == typed
    assert list(tmp_path.iterdir()) == [tmp_path / "file.yaml"]


def test_the_command_at_the_foot_gives_back_to_a_shell_what_the_run_was_asked_for(visit, made, tmp_path):
    page = visit(made.named / "relapse.html")
    command = page.get_by_role("group", name="Command that makes this page").inner_text()
    words = shlex.split(command)
    given = [after for word, after in pairwise(words) if word == "-p"]
    assert read_parameter_values(None, given) == {"subset": hostile.SUBSET, "factors": FACTORS}
    assert words[words.index("--study") + 1] == f"data/{FOLDER}"


def test_a_printed_page_holds_text_and_leads_nowhere(visit, made, tmp_path):
    page = visit(made.named / "efficacy.html")
    (tmp_path / "page.pdf").write_bytes(page.pdf())
    commands = (["pdftotext", tmp_path / "page.pdf", "-"], ["pdfinfo", "-url", tmp_path / "page.pdf"])
    text, links = (subprocess.run(one, capture_output=True, check=True, text=True).stdout for one in commands)
    assert mark("level script") in re.sub(r"\s+", "", text) and "<script>" in text
    assert HOST not in links and "javascript" not in links
