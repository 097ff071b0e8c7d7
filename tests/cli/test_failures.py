"""Whatever happens to a section or to the run: nothing hangs, nothing is left behind, earlier reports stay."""

import json
import os
import re
import shutil
import signal
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import make_workspace
from tests.cli.processes import ENDLESS, ROOT, is_gone, list_descendants, start, wait_for_kernel, wait_until
from tests.suites import WHOLE_SECTION, write_notebook

BROKEN = {
    "raising": ["values = {}\nvalues['x']"],
    "telling": ["import os, shutil\nshutil.copytree(os.path.join(os.getcwd(), 'none'), 'x')"],
    "wordy": ["raise ValueError(500 * 'x')"],
    "leaving": ["import os\nos._exit(3)"],
    "killed": ["import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"],
    "unfit": ["from cartcohort.errors import ParameterError\nraise ParameterError('`x` is wrong.\\nSet it right.')"],
    "unwritten": ["display({'application/vnd.cartcohort.results+json': {'records': [{}]}}, raw=True)"],
}


@pytest.fixture(scope="module", params=["fork", "spawn"])
def broken(request, tmp_path_factory):
    """A workspace in which most sections fail, after its run."""
    workspace = make_workspace(tmp_path_factory.mktemp("broken"), **BROKEN, good=WHOLE_SECTION)
    return workspace, workspace.run("--kernel-start", request.param)


def headline(answer, name):
    return re.search(rf"^{name} +FAILED +\S+: (.*)$", answer.out, flags=re.MULTILINE)[1]


each_start = pytest.mark.parametrize("start_of_kernels", ["fork", "spawn"])


@pytest.fixture
def endless(tmp_path):
    """A workspace with a good report of one section, and a section that never ends."""
    workspace = make_workspace(tmp_path, good=["1"])
    assert workspace.run().code == 0
    write_notebook(workspace.root / "notebooks" / "endless.ipynb", [ENDLESS], order=2)
    return workspace


def test_the_other_sections_are_made_and_the_exit_code_tells(broken):
    workspace, answer = broken
    assert answer.code == 12
    assert re.search(r"^good +done in", answer.out, flags=re.MULTILINE)
    assert "Traceback" not in answer.err
    assert (workspace.folder / "good.html").exists()
    assert [record["id"] for record in json.loads((workspace.folder / "results.json").read_text())] == [
        "good/orr",
        "good/os/median",
    ]
    assert "run again with --section raising --section telling --section wordy --section leaving" in answer.out


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("raising", "KeyError: 'x' (cell 4 of 4)"),
        ("wordy", f"ValueError: {188 * 'x'}... (cell 4 of 4)"),
        ("leaving", "The kernel died with exit code 3. (cell 4 of 4)"),
        ("killed", "The kernel died, ended by signal 9 (often for lack of memory). (cell 4 of 4)"),
        ("unfit", "`x` is wrong. (cell 4 of 4)"),
        ("unwritten", "A result is handed over without an id."),
    ],
)
def test_each_failure_says_why_and_leaves_a_page(broken, name, reason):
    workspace, answer = broken
    assert headline(answer, name) == reason
    assert (workspace.folder / f"{name}.error.html").exists()
    assert not (workspace.folder / f"{name}.html").exists()
    assert "<strong>Failed</strong>" in (workspace.folder / "index.html").read_text()


def test_the_page_of_a_failure_shows_cell_and_traceback_without_folders(broken):
    workspace, _ = broken
    page = (workspace.folder / "raising.error.html").read_text()
    assert "values[&#39;x&#39;]" in page
    assert "KeyError" in page[page.index("Traceback") :]
    telling = (workspace.folder / "telling.error.html").read_text()
    for words in ("FileNotFoundError", "shutil.py", "copytree"):
        assert words in telling[telling.index("Traceback") :]
    folders = (ROOT, workspace.root, Path.home(), Path(sys.prefix), Path(shutil.__file__).parent)
    assert [str(folder) for folder in folders if str(folder) in page + telling] == []


def test_an_error_of_ours_stands_as_its_message_without_traceback(broken):
    workspace, _ = broken
    page = (workspace.folder / "unfit.error.html").read_text()
    assert "<p>Set it right.</p>" in page
    assert "Traceback" not in page


def test_a_failed_run_leaves_nothing_half_done(broken):
    workspace, _ = broken
    assert sorted(path.name for path in (workspace.root / "reports").iterdir()) == [".four.lock", "four"]


def test_a_failed_section_keeps_its_last_good_report_until_it_is_mended(tmp_path):
    workspace = make_workspace(tmp_path, good=WHOLE_SECTION)
    workspace.run()
    before = workspace.snapshot()
    notebook = workspace.root / "notebooks" / "good.ipynb"
    sound = notebook.read_text()

    write_notebook(notebook, ["1/0"])
    assert workspace.run().code == 12
    after = workspace.snapshot()
    for name in ("good.html", "results.json", "tables/good-response.csv", "notebooks/good.ipynb"):
        assert after[name] == before[name]
    assert b"the last good report" in after["good.error.html"]
    index = after["index.html"].decode()
    assert "<strong>Failed</strong>: ZeroDivisionError: division by zero (cell 4 of 4)" in index
    assert '<a href="good.html">Good</a>' in index

    notebook.write_text(sound)
    answer = workspace.run()
    assert answer.code == 0
    assert "good: to be made, it failed last time" in answer.err
    assert workspace.snapshot() == before


def test_a_section_that_takes_too_long_is_given_up(endless):
    answer = endless.run("--timeout", "6")
    assert answer.code == 12
    assert headline(answer, "endless").startswith("It took longer than the 6 seconds allowed.")
    assert "good  " in answer.out
    assert not list(endless.root.glob("reports/.four.unfinished*"))
    wait_until(lambda: is_gone(wait_for_kernel(endless)))


@pytest.mark.parametrize(
    ("number", "start_of_kernels"),
    [(signal.SIGINT, "fork"), (signal.SIGTERM, "fork"), (signal.SIGHUP, "fork"), (signal.SIGINT, "spawn")],
)
def test_an_interrupted_run_leaves_no_process_and_no_file(endless, number, start_of_kernels):
    before = endless.snapshot()
    run = start(endless, "--kernel-start", start_of_kernels)
    kernel = wait_for_kernel(endless)
    processes = list_descendants(run.pid)
    assert kernel in processes
    if number == signal.SIGINT:
        os.killpg(run.pid, number)  # a terminal sends it to all
    else:
        run.send_signal(number)
    out, err = run.communicate(timeout=30)
    assert run.returncode == 130
    assert "Interrupted" in err
    assert "Traceback" not in err
    assert out == ""
    wait_until(lambda: all(is_gone(process) for process in processes))
    assert endless.snapshot() == before
    assert sorted(path.name for path in (endless.root / "reports").iterdir()) == [".four.lock", "four"]
    assert list((endless.root / "tmp").iterdir()) == []


@each_start
@pytest.mark.parametrize("kill", [os.kill, os.killpg], ids=["the run alone", "all of its group"])
def test_a_killed_run_leaves_no_process_and_the_next_one_clears_up(endless, start_of_kernels, kill):
    before = endless.snapshot()
    run = start(endless, "--kernel-start", start_of_kernels)
    kernel = wait_for_kernel(endless)
    processes = list_descendants(run.pid)
    assert kernel in processes
    kill(run.pid, signal.SIGKILL)  # kernels are of groups of their own
    run.communicate(timeout=30)
    wait_until(lambda: all(is_gone(process) for process in processes))
    assert endless.snapshot() == before
    assert list(endless.root.glob("reports/.four.unfinished*"))
    assert list(endless.root.glob("tmp/cartcohort-*/study-0"))

    (endless.root / "notebooks" / "endless.ipynb").unlink()
    after = start(endless, "--force")
    _, err = after.communicate(timeout=60)
    assert after.returncode == 0, err
    assert not list(endless.root.glob("reports/.four.unfinished*"))
    assert not list(endless.root.glob("tmp/cartcohort-*"))
    assert endless.snapshot() == before


def test_what_a_killed_run_left_of_the_study_goes_with_a_run_that_has_nothing_to_do_and_no_sooner(endless):
    killed, living = (start(endless, "--output", name) for name in ("out", "other"))
    wait_until(lambda: len(list(endless.root.glob("tmp/cartcohort-*/*/*/kernel.json"))) == 2)
    processes = list_descendants(killed.pid)
    killed.kill()
    killed.communicate(timeout=30)
    wait_until(lambda: all(is_gone(process) for process in processes))
    rooms = set(endless.root.glob("tmp/cartcohort-*"))
    assert len(rooms) == 2
    idle = start(endless, "--section", "good")
    out, err = idle.communicate(timeout=60)
    assert (idle.returncode, "up to date" in out) == (0, True), err
    (kept,) = endless.root.glob("tmp/cartcohort-*")
    assert kept in rooms
    living.send_signal(signal.SIGINT)
    living.communicate(timeout=30)
    assert living.returncode == 130
    assert not list(endless.root.glob("tmp/cartcohort-*"))
