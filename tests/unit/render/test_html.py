import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest

from cartcohort.render.collect import collect
from cartcohort.render.form import make_form
from cartcohort.render.html import csv_uri, export_page, plain_names, svg_width
from cartcohort.render.notebook import Section
from cartcohort.render.origin import Origin
from cartcohort.render.prose import render_prose
from tests.suites import WHOLE_SECTION, executed_notebook

SECTION = Section("response", "Response <1>", "Who & why?", 1, Path("response.ipynb"), {})

ORIGIN = Origin(
    command="python run_reports.py -p 'a=<b>'",
    form=make_form(study="data/<own>", section="response", values={"subset": "x < 'é'"}, defaults={"subset": None}),
    hashes=(("notebooks/response.ipynb", "e" * 64),),
    versions=(("python", "3.11"),),
)


def export(*cells, about=False, origin=None):
    content = executed_notebook("response", cells)
    content["cells"][-1]["metadata"]["tags"] = ["about"] if about else []
    return export_content(content, origin=origin)


def export_content(content, *, origin=None):
    notebook = nbformat.from_dict(content)
    collected, prose = collect(content, "response"), render_prose(notebook)
    return export_page(notebook, section=SECTION, collected=collected, prose=prose, origin=origin)


@pytest.fixture(scope="module")
def page():
    return export(*WHOLE_SECTION)


class Reader(HTMLParser):
    """Collects tags with their attributes, and the ids."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.ids = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_head_of_the_page_says_what_it_is_about(page):
    assert "<title>Response &lt;1&gt; – Four patients &amp; a &lt;tag&gt;</title>" in page
    assert '<html lang="en">' in page
    assert '<p class="question">Who &amp; why?</p>' in page
    assert "SYNTHETIC DATA" in page
    assert "<dd>4 (infused)</dd>" in page
    assert "<dd>2023-02-28</dd>" in page
    assert '<p class="changed">' not in page


def test_a_real_study_has_no_banner_and_a_changed_parameter_is_bold():
    header = WHOLE_SECTION[0].replace('"synthetic": True', '"synthetic": False').replace("!= 0.95", "> 0")
    page = export(header)
    assert "SYNTHETIC DATA" not in page
    assert "<strong>conf_level = 0.9</strong> (default 0.95)" in page


def test_key_results_and_the_paragraph_stand_at_the_top(page):
    text = re.sub(r"\s+", " ", page)
    strip = text[text.index('<main id="main">') : text.index("Of the whole cohort.")]
    assert '<dt>Median overall survival</dt><dd><span class="value">12.2 months</span>' in strip
    assert "19.4 to 99.4" in strip
    assert "Of 4 patients, 3 responded (75.0%)." in strip


def test_a_page_has_one_main_landmark_a_skip_link_and_ids_of_its_own(page):
    reader = Reader(page)
    assert len(reader.all("main")) == 1
    assert len(reader.all("h1")) == 1
    assert reader.all("a")[0] == {"class": "skip", "href": "#main"}
    assert len(reader.ids) == len(set(reader.ids))
    anchors = {link["href"][1:] for link in reader.all("a") if link["href"].startswith("#")}
    assert anchors <= set(reader.ids)


def test_a_page_asks_nobody_for_anything(page):
    reader = Reader(page)
    assert not reader.all("link") and not reader.all("iframe") and not reader.all("object")
    assert not [script for script in reader.all("script") if "src" in script]
    assert all(image["src"].startswith("data:") for image in reader.all("img"))
    assert not re.search(r"@import|url\((?!data:)", page)
    for name in ("require", "MathJax", "mermaid", "cdn", "unpkg"):
        assert name.lower() not in page.lower()


def test_the_policy_permits_the_pages_own_script_and_no_other(page):
    (policy,) = [meta["content"] for meta in Reader(page).all("meta") if "http-equiv" in meta]
    (script,) = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"script-src 'sha256-{digest}'" in policy
    assert "img-src data:" in policy


def test_a_table_can_be_scrolled_by_keyboard_and_taken_as_csv(page):
    assert '<div class="table-scroll" tabindex="0" role="group" aria-label="Response"><table' in page
    (link,) = [link for link in Reader(page).all("a") if link.get("download") == "response-response.csv"]
    assert unquote(link["href"]) == 'data:text/csv;charset=utf-8,response,n\nCR,2\n"a,b",1\n'


def test_a_figure_has_a_caption_its_numbers_and_both_downloads(page):
    figure = page[page.index('id="figure-response-curve"') :]
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in figure
    assert "<?xml" not in page
    assert "<strong>Overall survival</strong></figcaption>" in figure
    assert "<p>4 patients, 2 deaths, median 12.2 months.</p>" in figure
    assert 'download="response-curve.csv"' in figure
    assert 'data-svg="response-curve" data-name="response-curve.svg" hidden>' in figure
    assert 'aria-label="Numbers of Overall survival"><table' in figure


def test_what_is_shown_for_the_renderer_alone_is_not_on_the_page(page):
    for text in ("2 results recorded.", ">header<", ">summary<", "response/os/median"):
        assert text not in re.sub(r'<div class="code".*?</div>\s*</div>', "", page, flags=re.DOTALL)


def test_code_and_what_it_prints_wait_for_the_switch():
    page = export("display({'text/plain': '<b>&'}, raw=True)")
    assert (
        '<pre class="code stream" tabindex="0" role="group" aria-label="Shown by the code">&lt;b&gt;&amp;</pre>'
        in page
    )
    assert 'id="code-switch" aria-pressed="false" hidden>Show code</button>' in page
    assert ".code { display: none; }" in page


def test_printed_lines_are_escaped():
    content = executed_notebook("response", ["1"])
    content["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "<script>1</script>"}]
    page = export_content(content)
    assert "&lt;script&gt;1&lt;/script&gt;" in page


def test_the_contents_name_the_headings(page):
    assert '<li class="level-2"><a href="#response">Response</a></li>' in page
    assert '<li class="level-2"><a href="#response-2">Response</a></li>' in page
    assert '<li class="level-3"><a href="#methods">Methods</a></li>' in page


def test_the_tables_of_the_last_cell_are_parts_of_their_own_in_the_contents():
    page = export(WHOLE_SECTION[3], WHOLE_SECTION[4], about=True)
    assert '<li class="level-2"><a href="#response-2">Response</a></li>' in page
    assert '<h2 id="response-2">Response</h2>\n<div class="exhibit appendix" id="table-response-response">' in page


def test_the_foot_of_a_page_says_what_it_was_made_from_and_how_to_make_it_again():
    page = export(*WHOLE_SECTION, origin=ORIGIN)
    foot = page[page.index('<h2 id="about-this-report">') :]
    assert "python run_reports.py -p &#39;a=&lt;b&gt;&#39;</pre>" in foot
    assert "Source of the data: made by hand" in foot
    assert "<span>python 3.11</span>." in foot
    assert f'<th scope="row">notebooks/response.ipynb</th><td><code>{"e" * 64}</code></td>' in foot
    assert '<a href="#about-this-report">About this report</a>' in page
    assert "about-this-report" not in export(*WHOLE_SECTION)


def test_the_form_of_another_run_stands_before_the_foot_and_holds_what_the_page_was_made_with_as_text():
    page = export(*WHOLE_SECTION, origin=ORIGIN)
    form = page[page.index('<form id="rerun-form"') : page.index('<h2 id="about-this-report">')]
    assert 'value="data/&lt;own&gt;"' in form
    assert 'name="subset"' in form
    assert 'value="x &lt; &#39;é&#39;"' in form
    assert '<form id="rerun-form"' not in export(*WHOLE_SECTION)


def test_figures_tell_their_width_so_that_their_texts_have_one_size(page):
    assert svg_width('<svg class="a" viewBox="0 0 900 300"><path/></svg>') == "900"
    assert svg_width(["<svg>", "</svg>"]) == "600"
    assert 'style="--units: 700"' in page


def test_what_an_address_cannot_hold_is_escaped_and_nothing_else():
    assert csv_uri('a,b\n50%,#1&"甲"') == "data:text/csv;charset=utf-8,a,b%0A50%25,%231%26%22%E7%94%B2%22"


def test_a_notebook_without_header_summary_and_headings_is_a_page_all_the_same():
    page = export("display({'text/html': '<p>only this</p>'}, raw=True)")
    assert "<title>Response &lt;1&gt;</title>" in page
    assert "<p>only this</p>" in page
    assert "On this page" not in page


def test_a_warning_stands_before_the_key_results():
    warned = WHOLE_SECTION[1].replace('"thumbnail"', '"warning": "Routes <differ>.", "thumbnail"')
    assert warned != WHOLE_SECTION[1]
    page = export(WHOLE_SECTION[0], warned)
    top = page[page.index('<main id="main">') : page.index('<section class="summary"')]
    assert "Routes &lt;differ&gt;." in top
    assert 'role="alert"' in top


def test_a_page_without_a_warning_has_no_place_for_one(page):
    assert 'class="warning"' not in page


def test_the_same_notebook_gives_the_same_bytes(page):
    assert export(*WHOLE_SECTION) == page
    assert len(page) < 60_000  # of which the notebook is a small part


def test_code_keeps_the_marks_that_have_a_colour():
    page = plain_names('<span class="kn">import</span><span class="w"> </span><span class="nn">a</span> <b>n</b>')
    assert page == '<span class="kn">import</span> a <b>n</b>'
