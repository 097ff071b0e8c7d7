"""A batch of scenarios: run together, shown side by side, each failing alone."""

import json
import re
from pathlib import Path

import pytest
import yaml

from cartcohort.render.scenarios import read_scenarios
from tests.cli.conftest import make_workspace
from tests.suites import WHOLE_SECTION, write_notebook, write_study

ROOT = Path(__file__).resolve().parents[2]

FILE = """
runs:
  same: {}
  wider: {conf_level: 0.99}
grids:
  level: {conf_level: [0.8, 0.9]}
"""
BROKEN = """
runs:
  unknown: {conf_levl: 0.9}
  outside: {conf_level: 7}
  unsound: {study: data/unsound}
  no_study: {study: data/nowhere}
  refused: {conf_level: 0.7}
  good: {conf_level: 0.9}
"""
REFUSING = "if conf_level == 0.7:\n    raise ValueError('not this level')"


def read_overview(workspace):
    return json.loads((workspace.root / "reports" / "scenarios.json").read_text())["scenarios"]


def run(workspace, text, *arguments):
    (workspace.root / "s.yaml").write_text(text)
    return workspace.run("--scenarios", "s.yaml", *arguments)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A workspace with two sections after a batch of five scenarios, and the answer."""
    workspace = make_workspace(tmp_path_factory.mktemp("batch"), response=WHOLE_SECTION, survival=WHOLE_SECTION)
    return workspace, run(workspace, FILE)


def snapshot(workspace):
    files = (workspace.root / "reports").rglob("*")
    return {
        path.relative_to(workspace.root): path.read_bytes()
        for path in files
        if path.is_file() and path.name != "timings.json"
    }


def test_each_scenario_has_a_folder_of_its_own_with_a_whole_report(finished):
    workspace, answer = finished
    assert answer.code == 0
    for name in ("base", "same", "wider", "level-0.8", "level-0.9"):
        folder = workspace.root / "reports" / name
        assert {"index.html", "response.html", "survival.html", "results.json"} <= {p.name for p in folder.iterdir()}
        assert re.search(rf"^{re.escape(name)} +made 2 of 2", answer.out, flags=re.MULTILINE)
    assert "Scenarios side by side: reports/index.html" in answer.out
    records = json.loads((workspace.root / "reports" / "level-0.8" / "results.json").read_text())
    assert {record["conf_level"] for record in records if "conf_level" in record} == {0.8}


def test_a_scenario_that_asks_for_nothing_else_gives_the_pages_of_the_base(finished):
    workspace, _ = finished
    pages = [(workspace.root / "reports" / name / "response.html").read_bytes() for name in ("base", "same")]
    assert pages[0] == pages[1]


def test_the_overview_sets_key_results_side_by_side(finished):
    workspace, _ = finished
    page = (workspace.root / "reports" / "index.html").read_text()
    assert '<a href="level-0.8/index.html">level-0.8</a>' in page
    assert "conf_level = 0.99" in page
    assert page.count("12.2 months") == 10
    assert "SYNTHETIC DATA" in page
    wider = next(one for one in read_overview(workspace) if one["name"] == "wider")
    assert wider["changes"] == {"conf_level": 0.99}
    assert wider["sections"]["survival"]["key_results"][0]["value"] == "12.2 months"
    table = (workspace.root / "reports" / "scenarios.csv").read_text().splitlines()
    assert table[0] == "scenario,section,result,value,interval,note"
    assert len(table) == 1 + 5 * 2 * 2


def test_each_scenario_is_compared_with_the_base(finished):
    workspace, answer = finished
    found = {one["name"]: one["comparison"] for one in read_overview(workspace)}
    assert found["base"] is None
    assert found["wider"]["page"] == "comparisons/base--wider.html"
    assert (workspace.root / "reports" / "comparisons" / "base--wider.html").exists()
    assert found["same"]["moved"] == 0
    assert re.search(r"^same +made 2 of 2 +no conclusion changed, 0 results moved$", answer.out, flags=re.MULTILINE)


def test_an_unchanged_batch_is_up_to_date_and_changes_no_byte(finished):
    workspace, _ = finished
    before = snapshot(workspace)
    answer = run(workspace, FILE)
    assert answer.code == 0
    assert len(re.findall("up to date", answer.out)) == 5
    assert "to be made" not in answer.err
    assert snapshot(workspace) == before


def test_only_the_scenario_that_changed_is_made_again(finished):
    workspace, _ = finished
    answer = run(workspace, FILE.replace("0.99", "0.98"))
    assert re.findall(r"^(\S+) to be made, (.*)$", answer.err, flags=re.MULTILINE) == [
        ("wider/response:", "parameter conf_level changed"),
        ("wider/survival:", "parameter conf_level changed"),
    ]
    wider = next(one for one in read_overview(workspace) if one["name"] == "wider")
    assert wider["changes"] == {"conf_level": 0.98}
    run(workspace, FILE)


def test_a_damaged_or_missing_overview_is_written_again_without_executing_anything(finished):
    workspace, _ = finished
    before = snapshot(workspace)
    reports = workspace.root / "reports"
    (reports / "scenarios.json").write_text("{")
    (reports / "index.html").unlink()
    (reports / "comparisons" / "base--wider.html").write_text("x")
    answer = run(workspace, FILE)
    assert "to be made" not in answer.err
    assert snapshot(workspace) == before


def test_a_broken_scenario_fails_alone_and_says_why(tmp_path):
    workspace = make_workspace(tmp_path, response=[*WHOLE_SECTION, REFUSING])
    (write_study(tmp_path / "data" / "unsound") / "subjects.csv").write_text("subject_id\nS1\nS1\n")
    answer = run(workspace, BROKEN)
    assert answer.code == 12
    said = dict(re.findall(r"^(\w+) +(NOT MADE .*|FAILED .*|made .*)$", answer.out, flags=re.MULTILINE))
    assert said["unknown"].startswith("NOT MADE    There is no parameter `conf_levl`.")
    assert said["outside"].startswith("NOT MADE    `conf_level`")
    assert "subjects.csv" in said["unsound"]
    assert said["no_study"].startswith("NOT MADE    There is no such study folder.")
    assert said["refused"].startswith("FAILED      response: ValueError: not this level")
    assert said["good"].startswith("made 1 of 1")
    assert (tmp_path / "reports" / "good" / "response.html").exists()
    assert not (tmp_path / "reports" / "unknown").exists()
    page = (tmp_path / "reports" / "index.html").read_text()
    assert page.count("<strong>Not made</strong>") == 4
    assert page.count("<strong>Failed</strong>") == 1


def test_an_overview_names_studies_and_never_where_they_lie(tmp_path):
    workspace = make_workspace(tmp_path, response=WHOLE_SECTION)
    write_study(tmp_path / "secret" / "eight")
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "blocked").write_text("no folder")
    places = {"far": tmp_path / "secret" / "eight", "near": "secret/eight", "lost": tmp_path / "secret" / "nine"}
    places |= {"gone": "secret/nine", "blocked": "secret/eight"}
    answer = run(workspace, yaml.safe_dump({"runs": {name: {"study": str(path)} for name, path in places.items()}}))
    assert answer.code == 13
    assert f"{tmp_path}/secret/nine" in answer.out  # the terminal tells what was given
    rows = {one["name"]: one for one in read_overview(workspace)}
    assert {name: one["changes"].get("study") for name, one in rows.items()} == {
        **{"base": None, "far": "eight", "near": "eight"},
        **{"lost": "nine", "gone": "nine", "blocked": "eight"},
    }
    for name, said in {"lost": "\nnine\n", "gone": "\nnine\n", "blocked": "\nblocked: "}.items():
        assert said in rows[name]["error"], name
    for name in ("index.html", "scenarios.json", "scenarios.csv"):
        text = (tmp_path / "reports" / name).read_text()
        assert not [word for word in ("secret", str(tmp_path)) if word in text], name


def test_a_dry_run_says_what_every_scenario_would_do_and_writes_nothing(tmp_path):
    workspace = make_workspace(tmp_path, response=["1"])
    answer = run(workspace, BROKEN, "--dry-run")
    assert answer.code == 11
    assert "good/response: would be made, there is no report yet" in answer.out
    assert "unknown: could not be made: There is no parameter `conf_levl`." in answer.out
    assert not (tmp_path / "reports").exists()


def test_a_notebook_that_appears_is_part_of_every_scenario(tmp_path):
    workspace = make_workspace(tmp_path, response=["1"])
    assert run(workspace, FILE).code == 0
    write_notebook(workspace.root / "notebooks" / "added.ipynb", ["1"], order=9)
    answer = run(workspace, FILE)
    assert re.search(r"^wider +made 1 of 2", answer.out, flags=re.MULTILINE)


def test_the_file_that_ships_asks_for_what_exists():
    scenarios = read_scenarios(str(ROOT / "scenarios.yaml"), {})
    names = [one.name for one in scenarios]
    assert {"base", "cutoff_a_year_earlier", "high_burden_only", "sas", "conf-0.9", "conf-0.99"} <= set(names)
    assert sum(name.startswith("burden-") for name in names) == 3
    assert yaml.safe_load((ROOT / "scenarios.yaml").read_text()).keys() == {"base", "runs", "grids"}
