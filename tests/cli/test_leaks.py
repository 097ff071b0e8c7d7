"""Nothing that a run leaves tells of the machine: whatever it is named, and however a file hides it.

Everything runs in folders and an environment of words that mean nothing, which are looked for in every byte.
"""

import base64
import datetime
import getpass
import io
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import zipfile
import zlib
from pathlib import Path

import pandas as pd
import pytest

from tests.canaries import find_words
from tests.cli.conftest import make_workspace
from tests.cli.processes import ROOT
from tests.suites import WHOLE_SECTION, write_notebook, write_study

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FOLDERS = ("HOME", "TMPDIR", "MPLCONFIGDIR", "XDG_CACHE_HOME", "OWN_FOLDER")
NAMES = ("USER", "LOGNAME", "USERNAME", "HOSTNAME", "HOST", "COMPUTERNAME", "SSH_CONNECTION", "SLURM_JOB_ID", "EMAIL")
SECRETS = ("PGPASSWORD", "AWS_SECRET_ACCESS_KEY", "DATABASE_PASSWORD", "TOKEN")
TALKING = """import os, sys, tempfile, warnings
from IPython.display import HTML
warnings.warn(os.getcwd())
print(sys.path, sys.executable, os.path.abspath(study_path), tempfile.gettempdir())
print([os.environ[name] for name in ("HOME", "MPLCONFIGDIR", "OWN_FOLDER")], file=sys.stderr)
display(HTML(f"<p>{os.getcwd()}/notes and {sys.prefix}</p>"))
os.getcwd()"""
FAILING = {
    "message": [
        "import os\nraise ValueError(f'no {os.path.abspath(study_path)}/x and no ' + os.environ['OWN_FOLDER'])"
    ],
    "library": ["import os, pandas\npandas.read_csv(os.path.abspath('none.csv'))"],
    "killed": ["import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"],
}
SCENARIOS = """
runs:
  linked: {{study: {linked}}}
  lost: {{study: {lost}}}
  wider: {{conf_level: 0.9}}
"""


class Machine:
    """A place whose folders, user, host and environment have names that stand nowhere else."""

    def __init__(self, root):
        self._random, self.words = random.Random(), {}
        self.root = root / self.name("root")
        self.environment = {name: self.name(name) for name in (*NAMES, *SECRETS)}
        for name in FOLDERS:
            # That for temporary files lies higher, for a browser has sockets in it, whose names are limited.
            folder = Path(tempfile.gettempdir() if name == "TMPDIR" else self.root, self.name(name))
            folder.mkdir(parents=True)
            self.environment[name] = str(folder)
        self.folder = self.root / self.name("folder")
        self.link = self.root / self.name("link")
        self.link.symlink_to(self.folder / "data")
        self.said = {}

    def name(self, what):
        """Make up a word for a thing."""
        self.words[what] = "".join(self._random.choices("bcdfghjkmpqvwxz", k=9))
        return self.words[what]

    def run(self, name, *arguments, notebooks, codes):
        """Run the command line in its folder; the exit code must be one of these."""
        code = f"""
            import sys
            from pathlib import Path
            import run_reports
            run_reports.main.__kwdefaults__["notebooks"] = Path({str(notebooks)!r})
            sys.exit(run_reports.run_program())
        """
        path = f"{ROOT}:{self.root / self.words['OWN_FOLDER']}"
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": path, "PWD": str(self.folder), **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in codes, done.stderr
        self.said[name] = done.stdout + done.stderr


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """A machine after runs of every kind, whose outputs lie in its folder `out`."""
    machine = Machine(tmp_path_factory.mktemp("l"))
    sections = {"response": (*WHOLE_SECTION, TALKING), **FAILING}
    workspace = make_workspace(machine.folder, **sections)
    own, data = workspace.root / "notebooks", workspace.root / "data"
    exports = ["--docx", "--png", *(["--pdf"] if CHROMIUM else [])]
    words = ["--study", data / "four", "--output", machine.folder / "out"]
    machine.run("report", *words, *exports, "--export", "adam", notebooks=own, codes=[12])

    for name in FAILING:
        (own / f"{name}.ipynb").unlink()
    (machine.folder / "s.yaml").write_text(
        SCENARIOS.format(linked=machine.link / "four", lost=machine.folder / "none")
    )
    machine.run(
        "scenarios",
        "--scenarios",
        "s.yaml",
        "--output",
        "out/many",
        "--study",
        "data/four",
        notebooks=own,
        codes=[11],
    )

    write_notebook(own / "masked.ipynb", (*WHOLE_SECTION, TALKING), reads="min_cell_count")
    write_notebook(own / "refused.ipynb", FAILING["message"], reads="min_cell_count")
    mask = ["--section", "masked", "--section", "refused", "-p", "min_cell_count=3"]
    machine.run("masked", *words, *mask, "--output", "out/masked", notebooks=own, codes=[12])

    shutil.copytree(ROOT / "data" / "car1922", data / "car1922")
    machine.run(
        "sections",
        "--study",
        machine.link / "car1922",
        "--output",
        "out",
        "--export",
        "adam",
        notebooks=ROOT / "notebooks",
        codes=[0],
    )

    broken = write_study(data / "broken") / "subjects.csv"
    broken.write_text(broken.read_text().replace("2021-02-07", "soon"))
    machine.run("check", "check", broken.parent, "--queries", "out/queries", notebooks=own, codes=[11])
    machine.run("verify", "verify", machine.folder / "out" / "four", notebooks=own, codes=[0])
    yield machine
    shutil.rmtree(machine.environment["TMPDIR"])


def list_files(machine):
    return {path.relative_to(machine.folder): path for path in (machine.folder / "out").rglob("*") if path.is_file()}


def test_every_kind_of_output_is_there(machine):
    endings = {path.suffix for path in list_files(machine)}
    assert {
        ".html",
        ".json",
        ".ipynb",
        ".csv",
        ".svg",
        ".png",
        ".docx",
        ".xpt",
        ".parquet",
        ".yaml",
        ".lock",
    } <= endings
    assert (".pdf" in endings) == (CHROMIUM is not None)
    names = {str(path.relative_to("out")) for path in list_files(machine)}
    assert {"four/message.error.html", "many/comparisons/base--wider.html", "many/index.html"} <= names
    assert {"masked/four/refused.error.html", "car1922/relapse.html", "queries/queries.csv"} <= names


def test_no_file_names_a_folder_the_user_the_host_or_anything_of_the_environment(machine):
    words = {*machine.words.values(), str(ROOT), sys.prefix, "file://", "/tmp/"}
    words |= {word for word in (getpass.getuser(), socket.gethostname()) if len(word) > 5}
    found = {str(name): find_words(path.read_bytes(), words) for name, path in list_files(machine).items()}
    assert {name: words for name, words in found.items() if words} == {}
    assert [name for name in found if find_words(name.encode(), words)] == []


def test_no_file_but_the_timings_knows_the_day(machine):
    today = datetime.datetime.now(datetime.UTC)
    days = [today - datetime.timedelta(days=back) for back in (0, 1)]
    words = {
        day.strftime(form) for day in days for form in ("%Y-%m-%d", "D:%Y%m%d", "%d%b%y:", "%d %B %Y", "%B %d, %Y")
    }
    found = {str(name): find_words(path.read_bytes(), words) for name, path in list_files(machine).items()}
    assert {name: words for name, words in found.items() if words} == {}


def test_the_terminal_is_told_no_secret(machine):
    secrets = {machine.words[name] for name in (*SECRETS, *NAMES)}
    found = {name: find_words(said.encode(), secrets) for name, said in machine.said.items()}
    assert {name: words for name, words in found.items() if words} == {}


def test_locks_are_empty_and_no_temporary_file_is_left(machine):
    hidden = [path for path in list_files(machine).values() if path.name.startswith(".")]
    assert hidden and [path for path in hidden if path.stat().st_size] == []
    assert list(Path(machine.environment["TMPDIR"]).iterdir()) == []


def pack_zip(word):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/core.xml", f"<creator>{word}</creator>" * 9)
    return file.getvalue()


def pack_png(word):
    text = b"zTXtSource\0\0" + zlib.compress(9 * word.encode())
    return b"\x89PNG\r\n\x1a\n" + (len(text) - 4).to_bytes(4) + text + bytes(4)


def pack_parquet(word):
    file = io.BytesIO()
    pd.DataFrame({"a": [word] * 9}).to_parquet(file, compression="gzip")
    return file.getvalue()


PACKINGS = {
    "plain": str.encode,
    "zip": pack_zip,
    "png": pack_png,
    "parquet": pack_parquet,
    "pdf": lambda word: b"%PDF\nstream\n" + zlib.compress(9 * word.encode()) + b"\nendstream",
    "base64": lambda word: b'<img src="data:image/png;base64,' + base64.b64encode(pack_png(word)) + b'">',
    "json": lambda word: word.replace("c", "\\u0063").replace("/", "\\/").encode(),
    "backslash": lambda word: word.replace("/", "\\\\").encode(),
    "percent": lambda word: word.replace("/", "%2f").encode(),
    "html": lambda word: word.replace("/", "&#47;").encode(),
    "utf-16": lambda word: word.encode("utf-16"),
    "capitals": lambda word: word.upper().encode(),
}


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
def test_a_word_is_found_however_a_file_hides_it(pack):
    assert find_words(pack("/secret/place"), {"/secret/place", "/other/place"}) == {"/secret/place"}
