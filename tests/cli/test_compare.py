"""Comparing two runs from the command line."""

import json
import webbrowser
from pathlib import Path

import pytest

from tests.cli.conftest import make_workspace
from tests.suites import RESULTS
from tests.unit.render.exports.browsers import DYING, HELPFUL, write_browser

MOVING = RESULTS.replace('"conf_low": 7.5', '"conf_low": 7.5 * conf_level, "conf_level": conf_level')


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Two runs of one section that differ in a parameter."""
    made = make_workspace(tmp_path_factory.mktemp("compare"), response=[MOVING])
    assert made.run().code == 0
    assert made.run("-p", "conf_level=0.9", "--output", "narrow").code == 0
    return made


def test_two_runs_become_a_page_and_a_summary(workspace):
    answer = workspace.run("compare", "reports/four", "narrow/four")
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert lines[:2] == ["A: reports/four", "B: narrow/four"]
    assert lines[2:4] == ["1 of 2 results moved, 0 appeared, 0 vanished.", "No conclusion flipped."]
    page = Path(lines[-1].removeprefix("Comparison: "))
    assert page == Path("reports/comparisons/reports-four--narrow-four.html")
    text = (workspace.root / page).read_text(encoding="utf-8")
    assert "conf_level 0.95 → 0.9" in text
    content = json.loads((workspace.root / page).with_suffix(".json").read_text(encoding="utf-8"))
    assert content["moved"][0]["conf_low"] == [7.5 * 0.95, 7.5 * 0.9]


def test_the_same_runs_give_the_same_bytes(workspace):
    folder = workspace.root / "reports/comparisons"
    written = []
    for _ in range(2):
        assert workspace.run("compare", "reports/four", "narrow/four").code == 0
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert written[0] == written[1]
    assert len(written[0]) == 2


@pytest.mark.parametrize("before", [True, False])
def test_the_output_may_be_named_before_the_command_or_after_it(workspace, before):
    command, output = ["compare", "reports/four", "narrow/four"], ["--output", f"named-{before}"]
    answer = workspace.run(*(output + command if before else command + output))
    assert answer.code == 0
    assert len(list((workspace.root / f"named-{before}/comparisons").iterdir())) == 2


def test_the_page_is_opened_where_asked_for(workspace, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.append(address) or True)
    assert workspace.run("compare", "reports/four", "narrow/four", "--open").code == 0
    assert [address.rpartition("/")[2] for address in opened] == ["reports-four--narrow-four.html"]


def test_the_page_is_printed_where_asked_for_and_no_older_print_stays_beside_a_new_page(workspace, monkeypatch):
    browser = write_browser(workspace.root / "browser", HELPFUL)
    monkeypatch.setenv("CHROMIUM", str(browser))
    command = ("compare", "reports/four", "narrow/four", "--output", "printed")
    assert workspace.run(*command, "--pdf").code == 0
    names = {path.suffix for path in (workspace.root / "printed/comparisons").iterdir()}
    assert names == {".html", ".json", ".pdf"}
    assert workspace.run(*command).code == 0
    assert not list((workspace.root / "printed/comparisons").glob("*.pdf"))

    write_browser(browser, DYING)
    answer = workspace.run(*command, "--pdf")
    assert (answer.code, "Comparison: " in answer.out) == (13, True)
    assert "could not be printed" in answer.err and "ended by signal 11" in answer.err
    monkeypatch.setenv("CHROMIUM", "/none")
    assert workspace.run(*command, "--pdf").out == ""


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        (("reports/four", "nowhere"), "There is no such run folder.\nnowhere\n"),
        (("reports/four", "data/four"), "The folder is no run.\ndata/four: it has no manifest.json"),
        (("reports/four", "reports/four/"), "A run is compared with itself.\n"),
    ],
)
def test_what_is_no_run_is_refused_with_the_remedy(workspace, runs, message):
    answer = workspace.run("compare", *runs)
    assert answer.code == 2
    assert answer.err.startswith(message)
    assert "Name" in answer.err.splitlines()[-1]
    assert answer.out == ""


def test_one_run_alone_is_a_usage_error(workspace, capsys):
    with pytest.raises(SystemExit) as caught:
        workspace.run("compare", "reports/four")
    assert caught.value.code == 2


def test_an_output_that_cannot_be_written_has_its_own_exit_code(workspace):
    (workspace.root / "full").touch()
    answer = workspace.run("compare", "reports/four", "narrow/four", "--output", "full")
    assert answer.code == 13
    assert "The report cannot be written." in answer.err
