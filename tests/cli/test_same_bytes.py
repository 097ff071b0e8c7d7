"""Equal inputs give equal bytes: whatever the place, the machine's settings and the way of running; see also
`test_run.py` (another folder), `tests/cluster` (Dask), `tests/unit/render/exports` (exports).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import make_workspace
from tests.cli.processes import start
from tests.suites import WHOLE_SECTION

ROOT = Path(__file__).resolve().parents[2]
UNSTEADY = (
    "print(sorted({'b', 'a'}), {'a', 'b', 'c', 'd', 'e'})",  # the order of a set goes by the hash seed
    "import datetime, locale, time\nprint(datetime.datetime.fromtimestamp(0), time.tzname, locale.getlocale())",
    "import pandas\npandas.Timestamp(0, unit='s').strftime('%A %x %c')",
)
SECTIONS = {"response": WHOLE_SECTION, "survival": (*WHOLE_SECTION, *UNSTEADY)}


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    workspace = make_workspace(tmp_path_factory.mktemp("reference"), **SECTIONS)
    assert workspace.run("--docx", "--png").code == 0
    return workspace.snapshot()


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["--jobs", "2"], {"PYTHONHASHSEED": "1", "TZ": "America/St_Johns", "LC_ALL": "C", "LANG": "de_DE.UTF-8"}),
        (["--kernel-start", "spawn"], {"TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "HOME": "/", "COLUMNS": "40"}),
    ],
    ids=["forked", "spawned"],
)
def test_settings_of_the_machine_and_the_way_of_running_change_no_byte(
    reference, tmp_path_factory, arguments, environment
):
    workspace = make_workspace(tmp_path_factory.mktemp("s") / "a b", **SECTIONS)
    run = start(workspace, "--docx", "--png", *arguments, environment=environment)
    _, err = run.communicate(timeout=120)
    assert run.returncode == 0, err
    expect_same(workspace.snapshot(), reference)


def expect_same(files, reference):
    """Check that all files are the same, and name those that are not rather than show them."""
    assert files.keys() == reference.keys()
    assert [name for name in files if files[name] != reference[name]] == []


def make_report(place, *arguments, **environment):
    """Make the report of the default study at a place, from a copy of it there; return its files."""
    shutil.copytree(ROOT / "data" / "car1922", place / "data" / "car1922")
    command = [sys.executable, str(ROOT / "run_reports.py"), "--study", "data/car1922", "--output", "out", *arguments]
    paths = {"PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=place, env={**os.environ, **paths, **environment}, check=True, capture_output=True)
    files = [path for path in (place / "out" / "car1922").rglob("*") if path.is_file()]
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in files if path.name != "timings.json"}


def test_the_five_sections_come_out_alike_to_the_byte_from_two_places_and_settings(tmp_path):
    first = make_report(tmp_path / "one", "--jobs", "2", PYTHONHASHSEED="0", TZ="UTC")
    other = {"PYTHONHASHSEED": "77", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "OMP_NUM_THREADS": "2"}
    second = make_report(tmp_path / "two" / "deeper", "--jobs", "1", "--kernel-start", "spawn", **other)
    expect_same(second, first)
    assert len(first) > 100
