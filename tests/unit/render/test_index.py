import base64
import re
from pathlib import Path

import pytest

from cartcohort.render.collect import Collected, collect
from cartcohort.render.index import Report, render_failure, render_overview
from cartcohort.render.notebook import Section
from cartcohort.render.tasks import Failure
from tests.suites import executed_notebook


def section(name):
    return Section(name, name.title(), f"What of {name}?", 1, Path(f"{name}.ipynb"), {})


def collected(name):
    return collect(executed_notebook(name), name)


@pytest.fixture(scope="module")
def overview():
    reports = [
        Report(section("response"), collected("response"), "fresh"),
        Report(section("survival"), collected("survival"), "older", "parameter conf_level changed"),
        Report(section("safety"), None, "failed", "KeyError: <x>"),
    ]
    files = ["response.html", "tables/a.csv", "figures/b.svg", "notebooks/response.ipynb", "results.json"]
    return render_overview(reports, files, "four")


def test_the_overview_tells_the_abstract_a_paragraph_a_section(overview):
    assert '<h1 dir="auto">Four patients &amp; a &lt;tag&gt;</h1>' in overview
    assert "SYNTHETIC DATA" in overview
    assert '<p class="abstract">Of 4 patients, 3 responded (75.0%).</p>' in overview
    assert overview.count('class="abstract"') == 2


def test_a_card_has_link_question_key_result_and_thumbnail(overview):
    card = overview[overview.index("card-response") : overview.index("card-survival")]
    assert '<a href="response.html">Response</a>' in card
    assert "What of response?" in card
    assert "data:image/svg+xml;base64," in overview
    assert "<strong>Fresh</strong>" in card


def test_the_first_key_result_of_each_section_stands_on_top(overview):
    strip = overview[overview.index('<dl class="key-results of-2">') : overview.index("Abstract, as")]
    assert strip.count('<span class="value">12.2 months</span> <span class="interval">7.5 to NR</span>') == 2
    assert '<a href="response.html">Response</a>' in strip


def test_the_thumbnail_of_a_figure_of_panels_is_the_first_of_them():
    svg = '<svg xmlns="x" viewBox="0 0 600 300" data-panels="0 0 291 300;309 0 291 300"><g/></svg>'
    shown = Collected((), {"figures/a-curve.svg": svg}, {}, {"thumbnail": "curve"})
    page = render_overview([Report(section("a"), shown, "fresh")], [], "four")
    found = base64.b64decode(re.search(r"base64,([^\"]+)", page)[1]).decode()
    assert found == '<svg xmlns="x" viewBox="0 0 291 300" data-panels="0 0 291 300;309 0 291 300"><g/></svg>'


def test_a_card_says_why_a_report_is_older_or_failed(overview):
    assert "<strong>Older</strong>: parameter conf_level changed" in overview
    assert "<strong>Failed</strong>: KeyError: &lt;x&gt;" in overview
    assert '<a href="safety.error.html">' in overview
    assert 'href="safety.html"' not in overview


def test_every_file_is_listed_in_its_group(overview):
    for name in ("tables/a.csv", "figures/b.svg", "notebooks/response.ipynb", "results.json"):
        assert f'<li><a href="{name}">{name.rpartition("/")[2]}</a>' in overview
    assert '<summary>Notebooks, as executed <span class="remark">(1)</span></summary>' in overview
    assert "every number with all its digits" in overview


def test_a_fresh_report_speaks_for_the_run_before_an_older_one():
    old = Collected((), {}, {"study_title": "Old title"}, {})
    new = Collected((), {}, {"study_title": "New title"}, {})
    reports = [Report(section("a"), old, "older", "x"), Report(section("b"), new, "fresh")]
    assert '<h1 dir="auto">New title</h1>' in render_overview(reports, [], "four")


def test_what_a_page_warns_of_stands_at_the_top_of_the_overview():
    doubtful = Collected((), {}, {}, {"paragraph": "Half responded.", "warning": "Routes <differ>."})
    page = render_overview([Report(section("safety"), doubtful, "fresh")], [], "four")
    top = page[page.index('<main id="main"') : page.index("Half responded.")]
    assert "Safety: Routes &lt;differ&gt;." in top


def test_a_run_in_which_everything_failed_has_its_own_name():
    page = render_overview([Report(section("a"), None, "failed", "x")], [], "four")
    assert '<h1 dir="auto">four</h1>' in page
    assert "Abstract" not in page


def test_the_page_of_a_failure_tells_reason_cell_and_traceback():
    failure = Failure("KeyError: 'x'\nsecond line", "cell 3 of 9", "x = <1>", "Traceback\nKeyError")
    page = render_failure(section("safety"), failure, "four", older=True)
    assert "<p>KeyError: &#39;x&#39;</p>\n<p>second line</p>" in page
    assert "In cell 3 of 9 of notebooks/safety.ipynb." in page
    assert "x = &lt;1&gt;" in page
    assert "Traceback\nKeyError" in page
    assert '<a href="safety.html">the last good report' in page


def test_the_page_of_a_failure_offers_no_report_that_is_not_there():
    page = render_failure(section("safety"), Failure("It took too long."), "four", older=False)
    assert "safety.html" not in page
    assert "Traceback" not in page
