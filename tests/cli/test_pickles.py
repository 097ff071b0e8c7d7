"""No pickle is ever read, but by `multiprocessing` what processes that it has started tell each other.

Each test watches a process with all that it starts, kernels included: `tests.unpickling`.
"""

import ast
import json
import pickle
import shutil
import sqlite3
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cartcohort.parameters import KEPT_FOLDER, KEPT_STUDY
from cartcohort.study.sources.read import READ_ENDINGS
from tests import builders
from tests.cli.conftest import make_workspace
from tests.cli.test_formats import write_study
from tests.formats import FORMS
from tests.unpickling import ROOT, watch

RUN = """import sys, run_reports
from pathlib import Path
sys.exit(run_reports.main(sys.argv[1:], notebooks=Path("notebooks").resolve()))"""
CHECK_ALL = "import sys, run_reports; print([run_reports.main(['check', folder]) for folder in sys.argv[1:]])"
READERS = {
    "loads": "import pickle, sys; pickle.load(open(sys.argv[1], 'rb'))",
    "class": "from pickle import Unpickler; import sys; Unpickler(open(sys.argv[1], 'rb')).load()",
    "pandas": "import pandas, sys; pandas.read_pickle(sys.argv[1])",
    "numpy": "import numpy, sys; numpy.load(sys.argv[1], allow_pickle=True)",
}


class Evil:
    """Makes a folder when it is unpickled."""

    def __init__(self, place):
        self.place = place

    def __reduce__(self):
        return Path.mkdir, (self.place,)


@pytest.fixture
def ran(tmp_path):
    """The folder that appears when what is planted is run."""
    return tmp_path / "ran"


@pytest.fixture
def evil(ran):
    return pickle.dumps(Evil(ran))


@pytest.mark.parametrize("reader", READERS)
def test_whoever_reads_a_pickle_is_seen(tmp_path, evil, ran, reader):
    (tmp_path / "evil").write_bytes(evil)
    seen = watch(tmp_path / "w", ["-c", READERS[reader], str(tmp_path / "evil")])
    assert seen.foreign
    assert ran.exists()


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_a_notebook_that_reads_a_pickle_is_seen(tmp_path, evil, ran, start):
    make_workspace(tmp_path, response=[f"import pickle\npickle.loads({evil!r})"])
    arguments = ["--study", "data/four", "--kernel-start", start]
    seen = watch(tmp_path / "w", ["-c", RUN, *arguments], cwd=tmp_path)
    assert (seen.code, len(seen.foreign), ran.exists()) == (0, 1, True), seen.out


def run(folder, *arguments):
    return watch(folder / "w", ["run_reports.py", "--output", str(folder / "reports"), *arguments])


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The reports of both bundled studies, and what was seen while they were made."""
    folder = tmp_path_factory.mktemp("both")
    return folder, {name: run(folder, "--study", f"data/{name}") for name in ("car1922", "bmt")}


def test_a_run_reads_none_in_its_own_process_nor_in_a_kernel(reports):
    for seen in reports[1].values():
        assert seen.code == 0, seen.out
        assert seen.foreign == set()
        assert seen.readers and seen.processes > 1


def test_nor_do_new_kernels_exports_and_packages(reports):
    options = ("--section", "efficacy", "--kernel-start", "spawn", "--docx", "--png", "--export", "adam")
    seen = run(reports[0] / "spawned", "--study", "data/car1922", *options)
    assert (seen.code, seen.foreign) == (0, set()), seen.out
    again = watch(reports[0] / "w", ["run_reports.py", "reproduce", str(reports[0] / "spawned/reports/car1922")])
    assert (again.code, again.foreign) == (0, set()), again.out


@pytest.mark.parametrize("action", ["check", "verify", "compare"])
def test_nor_do_the_other_commands(reports, action):
    made = [str(reports[0] / "reports" / name) for name in reports[1]]
    named = {"check": ["data/car1922", "--queries", str(reports[0] / "q.html")], "verify": made[:1], "compare": made}
    seen = watch(reports[0] / "w", ["run_reports.py", action, *named[action]], cwd=ROOT)
    assert (seen.code, seen.foreign) == (0, set()), seen.out


def test_no_format_of_tables_is_read_by_one(tmp_path):
    folders = [write_study(tmp_path / form, form) for form in FORMS]
    seen = watch(tmp_path / "w", ["-c", CHECK_ALL, *map(str, folders)])
    assert seen.out.splitlines()[-1] == str([0] * len(FORMS))
    assert seen.foreign == set()


def plant_tables(folder, evil):
    """A study for each ending with the pickle as its table, for one within a database, and in Parquet as a type."""
    for ending in (*READ_ENDINGS, ".pkl", ".pickle", ".joblib", ".npy", ".h5", ""):
        study = builders.write_study(folder / f"a{ending}", yaml=f"tables: {{subjects: x{ending}}}")
        (study / f"x{ending}").write_bytes(evil)
    study = builders.write_study(folder / "db", yaml="tables: {subjects: 'sqlite:///x.db'}")
    (study / "x.db").write_bytes(evil)
    study = builders.write_study(folder / "blob", yaml="tables: {subjects: 'sqlite:///x.db'}")
    connection = sqlite3.connect(study / "x.db")
    connection.execute("CREATE TABLE subjects (subject_id)")
    connection.execute("INSERT INTO subjects VALUES (?)", [evil])
    connection.commit()
    connection.close()
    study = builders.write_study(folder / "type", yaml="tables: {subjects: x.parquet}")
    about = {b"ARROW:extension:name": b"arrow.py_extension_type", b"ARROW:extension:metadata": evil}
    fields = [pa.field("subject_id", pa.binary(), metadata=about)]
    pq.write_table(pa.table([pa.array([evil])], schema=pa.schema(fields)), study / "x.parquet")
    return sorted(path for path in folder.iterdir() if (path / "study.yaml").is_file())


def test_a_pickle_among_the_tables_is_refused_unread(tmp_path, evil, ran):
    folders = plant_tables(tmp_path / "planted", evil)
    seen = watch(tmp_path / "w", ["-c", CHECK_ALL, *map(str, folders)])
    assert seen.out.splitlines()[-1] == str([11] * len(folders)) and len(folders) == len(READ_ENDINGS) + 9
    assert "A table cannot be read from a file ending in `.pkl`." in seen.out
    assert (seen.foreign, ran.exists()) == (set(), False)


def test_a_frame_that_was_pickled_is_no_table(tmp_path):
    study = builders.write_study(tmp_path / "a", yaml="tables: {subjects: x.pkl}")
    pd.DataFrame({"subject_id": [1]}).to_pickle(study / "x.pkl")
    seen = watch(tmp_path / "w", ["run_reports.py", "check", str(study)])
    assert (seen.code, seen.foreign) == (11, set())
    assert "A table cannot be read from a file ending in `.pkl`." in seen.out


@pytest.mark.parametrize("kept", [True, False])
def test_a_pickle_as_the_study_that_a_run_keeps_is_passed_over(tmp_path, evil, ran, kept):
    (tmp_path / "kept").write_bytes(evil if kept else b"")
    code = "from cartcohort.study import load_study; print(load_study('data/bmt').name)"
    told = {KEPT_STUDY: str(tmp_path / "kept"), KEPT_FOLDER: "data/bmt"}
    seen = watch(tmp_path / "w", ["-c", code], **told)
    assert (seen.out, seen.foreign, ran.exists()) == ("bmt\n", set(), False)


def test_pickles_in_place_of_what_a_run_wrote_are_never_read(reports, tmp_path, evil, ran):
    made, whole = tmp_path / "reports" / "bmt", reports[0] / "reports" / "bmt"
    files = [path.relative_to(whole) for path in sorted(whole.rglob("*.json")) if path.is_file()]
    assert {"manifest.json", "results.json", "timings.json"} <= {path.name for path in files}
    shutil.copytree(whole, made)
    for name in files:
        (made / name).write_bytes(evil)
    (made / "cache.pkl").write_bytes(evil)
    for arguments in (["verify", str(made)], ["compare", str(made), str(whole)], ["reproduce", str(made)]):
        seen = watch(tmp_path / "w", ["run_reports.py", *arguments])
        assert seen.code in (2, 13), seen.out
        assert (seen.foreign, ran.exists()) == (set(), False)
    seen = run(tmp_path, "--study", "data/bmt", "--section", "efficacy")
    assert (seen.code, seen.foreign, ran.exists()) == (0, set(), False), seen.out
    assert json.loads((made / "manifest.json").read_text(encoding="utf-8"))


CODE = [
    *sorted((ROOT / "cartcohort").rglob("*.py")),
    ROOT / "run_reports.py",
    *sorted((ROOT / "notebooks").glob("*.ipynb")),
]
MODULES = {"pickle", "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "shelve", "marshal", "dbm"}
CALLS = {"eval", "exec", "compile", "__import__", "read_pickle", "to_pickle", "read_hdf", "loads_pickle"}


def parse(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return ast.parse(text)


def derive(tree, bases):
    """The classes of a module that are made of one of these alone."""
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.bases]
    return {node.name for node in classes if {*map(ast.unparse, node.bases)} <= bases}


LOADERS = {"yaml.BaseLoader", "yaml.SafeLoader"}
LOADERS |= derive(parse(ROOT / "cartcohort" / "yaml_text.py"), LOADERS)


def find_dangers(tree):
    """What of a module could run what it reads."""
    safe = LOADERS | derive(tree, LOADERS)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            yield from (name for name in names if name.split(".")[0] in MODULES)
        elif isinstance(node, ast.Call):
            yield from find_dangerous_call(node, safe)


def find_dangerous_call(node, safe):
    options = {option.arg: ast.unparse(option.value) for option in node.keywords}
    name = ast.unparse(node.func)
    if name in CALLS or name.rpartition(".")[2] in CALLS - {"compile"}:
        yield name
    if options.get("allow_pickle", "False") != "False":
        yield f"{name} with allow_pickle"
    if name in ("yaml.load", "yaml.load_all") and options.get("Loader") not in safe:
        yield f"{name} with another loader"
    if name in ("yaml.full_load", "yaml.unsafe_load", "np.load", "numpy.load", "torch.load"):
        yield name


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_of_ours_can_run_what_it_reads(path):
    assert [*find_dangers(parse(path))] == []


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "def f():\n    from joblib.numpy_pickle import load",
        "eval('1')",
        "pd.read_pickle('a')",
        "builtins.exec('1')",
        "np.load('a')",
        "read_array(source, allow_pickle=True)",
        "yaml.load(text, Loader=yaml.Loader)",
        "yaml.unsafe_load(text)",
        "class A(yaml.Loader):\n    pass\nyaml.load(text, Loader=A)",
    ],
)
def test_what_could_is_found(text):
    assert len([*find_dangers(ast.parse(text))]) == 1
