"""The doors between the rooms: who may import whom."""

import ast
import re
import shlex
import tomllib
from itertools import chain
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "cartcohort"

# What each part may import of ours, besides itself.
ALLOWED = {
    "errors": set(),
    "rooms": set(),
    "declaration": {"errors"},
    "parameters": {"errors", "declaration"},
    "yaml_text": set(),
    "harmless": set(),
    "spreadsheet": set(),
    "study.schema": set(),
    "study": {"errors", "parameters", "rooms", "yaml_text"},
    "estimate": {"errors"},
    "present": {"errors", "parameters", "harmless", "spreadsheet", "estimate.results"},
    "render": {"errors", "parameters", "rooms", "yaml_text", "harmless", "spreadsheet"},
    "connect": {"errors", "study", "present", "render"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported_modules(path: Path) -> set[str]:
    """Every module named in an import of the file, nested imports included."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it leads"
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def part_of(module: str) -> str:
    """The longest name in ALLOWED that the module belongs to."""
    matches = [part for part in ALLOWED if module == part or module.startswith(part + ".")]
    return max(matches, key=len, default="")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_through_its_doors(path):
    module = path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
    part = part_of(module)
    ours = {name.removeprefix("cartcohort.") for name in imported_modules(path) if name.startswith("cartcohort.")}
    for name in ours:
        own_room = part and part != "study.schema" and part_of(name).split(".")[0] == part
        through_a_door = any(name == door or name.startswith(door + ".") for door in ALLOWED.get(part, set()))
        assert own_room or through_a_door, f"{module} must not import cartcohort.{name}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "estimate").rglob("*.py")), ids=lambda path: path.name)
def test_estimators_never_import_a_plotting_library(path):
    assert not {name.split(".")[0] for name in imported_modules(path)} & {"matplotlib", "seaborn"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_nothing_imports_a_notebook_or_a_test(path):
    assert not {name.split(".")[0] for name in imported_modules(path)} & {"notebooks", "tests", "data"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_what_only_a_cluster_or_a_store_needs_is_imported_where_it_is_used(path):
    body = ast.parse(path.read_text(encoding="utf-8")).body
    top = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in top if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in top if isinstance(node, ast.ImportFrom)}
    assert not {name.split(".")[0] for name in names} & {"dask", "distributed", "fsspec", "s3fs"}


def test_every_part_of_the_package_has_its_doors_declared():
    found = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES} - {"__init__"}
    assert found == {part.split(".")[0] for part in ALLOWED}


def test_conda_and_pip_users_get_the_same_direct_dependencies():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    by_pip = next(entry["pip"] for entry in conda if isinstance(entry, dict))
    named = {entry for entry in conda if isinstance(entry, str)} - {"pip"} | {*by_pip} - {"-e ."}
    assert named == set(project["dependencies"]) | {f"python{project['requires-python']}"}


def test_conda_users_are_told_how_to_get_what_a_cluster_needs():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    command = next(line for line in (ROOT / "environment.yml").read_text().splitlines() if "conda install" in line)
    assert shlex.split(command.lstrip("# ")) == ["conda", "install", "-c", "conda-forge", *extras["cluster"]]


def test_every_direct_dependency_is_locked_with_hashes_and_without_an_index():
    lock = (ROOT / "requirements.lock").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    for requirement in wanted:
        name = re.match(r"[\w.-]+", requirement)[0]
        assert f"\n{name.replace('_', '-')}==" in "\n" + lock
    assert "://" not in lock
    requirements = [block for block in lock.split("\n") if block and not block.startswith((" ", "#"))]
    assert requirements and all(line.rstrip().endswith("\\") for line in requirements)
    assert lock.count("--hash=sha256:") >= len(requirements)
