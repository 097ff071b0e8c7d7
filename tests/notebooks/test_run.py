"""Every notebook on both bundled studies and on studies that nobody has seen."""

import re

import pytest

from tests.notebooks import cohorts
from tests.notebooks.execute import SECTIONS, run_notebook

STRANGERS = {
    "registry": cohorts.write_registry,
    "minimal": cohorts.write_minimal,
    "minimal_days": cohorts.write_minimal_days,
    "single": cohorts.write_single,
    "all_alive": cohorts.write_all_alive,
    "mixed": cohorts.write_mixed,
    "dead_on_day_0": cohorts.write_dead_on_day_0,
    "dead_on_one_day": cohorts.write_dead_on_one_day,
    "tied": cohorts.write_tied,
    "separated": cohorts.write_separated,
}
UNFINISHED = re.compile(r"\b(nan|None|inf|NaT|<NA>)\b|\{\}")


@pytest.fixture(scope="module", params=STRANGERS)
def stranger(request, tmp_path_factory):
    return STRANGERS[request.param](tmp_path_factory.mktemp(request.param) / "study")


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("study", ["data/car1922", "data/bmt"])
def test_a_notebook_runs_on_a_bundled_study_and_leaves_no_gap_in_its_text(section, study):
    shown = run_notebook(section, study_path=study)
    assert len(shown.results) > 5
    prose = [line for line in shown.text.splitlines() if "None " not in line]
    assert not [line for line in prose if UNFINISHED.search(line)]


@pytest.mark.parametrize("section", SECTIONS)
def test_a_notebook_runs_on_a_study_nobody_has_seen(section, stranger):
    shown = run_notebook(section, study_path=str(stranger))
    assert all(name.startswith(f"{section}/") for name in shown.results)
    assert not [record["id"] for record in shown.results.values() if record["note"].startswith("disagrees")]
    summary = shown.of_type("application/vnd.cartcohort.summary+json")[0]
    assert not UNFINISHED.search(summary["paragraph"])
    unanswered = [record for record in shown.results.values() if record["estimate"] is record["p_value"] is None]
    assert not [record["id"] for record in unanswered if not record["note"]]
    tested = [record["p_value"] for record in shown.results.values() if record["p_value"] is not None]
    assert all(0 <= p <= 1 for p in tested)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_published_figure_of_the_default_study_agrees(section):
    shown = run_notebook(section)
    rows = [line for line in shown.text.splitlines() if re.search(r"  (Yes|No|Not computed)$", line)]
    assert not [line for line in rows if not line.endswith("Yes")]


@pytest.mark.parametrize("section", SECTIONS)
def test_other_parameters_change_what_they_should_and_run_through(section):
    wide = run_notebook(section, conf_level=0.99)
    narrow = run_notebook(section, conf_level=0.8)
    levels = {record["conf_level"] for record in wide.results.values()} - {None}
    assert levels == {0.99}
    widths = [
        (
            record["conf_high"] - record["conf_low"],
            narrow.results[name]["conf_high"] - narrow.results[name]["conf_low"],
        )
        for name, record in wide.results.items()
        if None not in (record["conf_low"], record["conf_high"], record["conf_level"])
        and None not in (narrow.results[name]["conf_low"], narrow.results[name]["conf_high"])
    ]
    assert widths
    assert all(wider >= narrower for wider, narrower in widths)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_subset_and_an_earlier_cut_off_run_through(section):
    shown = run_notebook(section, subset="tumor_burden == 'high'", data_cutoff_date="2022-02-28")
    header = shown.of_type("application/vnd.cartcohort.page+json")[0]
    assert header["n"] < 35
    assert header["data_cutoff_date"] == "2022-02-28"


def test_conventions_of_other_software_move_the_limits_and_not_the_estimates():
    ours, theirs = run_notebook("survival"), run_notebook("survival", convention="r")
    for results in (ours.results, theirs.results):
        assert results["survival/os/median"]["estimate"] == pytest.approx(370 / 30.4375)
    assert ours.results["survival/os/rate/12m"]["conf_low"] != theirs.results["survival/os/rate/12m"]["conf_low"]
