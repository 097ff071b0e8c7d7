"""The ways to make the five reports: by the shell, by the same calls in one process, and by `run_reports.py`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from tests.benchmarks.cells import NOTEBOOKS, SECTIONS
from tests.benchmarks.commands import Cost, cost

ROOT = NOTEBOOKS.parent
_BIN = Path(sys.executable).parent

_ONE_PROCESS = """
import sys
from pathlib import Path
import papermill
from nbconvert import HTMLExporter
out, *notebooks = map(Path, sys.argv[1:])
for path in notebooks:
    executed = papermill.execute_notebook(path, out / path.name, progress_bar=False, log_output=False)
    page, _ = HTMLExporter(exclude_input=True).from_notebook_node(executed)
    (out / f"{path.stem}.html").write_text(page, encoding="utf-8")
"""


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that is gone afterwards."""
    with TemporaryDirectory(prefix="benchmark-") as folder:
        yield Path(folder)


def by_the_shell(out: Path) -> Cost:
    """Run papermill and nbconvert as commands, one notebook after the other."""
    lines = []
    for name in SECTIONS:
        source, target = f"notebooks/{name}.ipynb", out / f"{name}.ipynb"
        lines += [
            f"'{_BIN}/papermill' --no-progress-bar {source} '{target}'",
            f"'{_BIN}/jupyter' nbconvert --to html --no-input '{target}'",
        ]
    return cost(["bash", "-ec", "\n".join(lines)], cwd=ROOT)


def in_one_process(out: Path) -> Cost:
    """Call papermill and nbconvert for one notebook after the other in one Python."""
    notebooks = [f"notebooks/{name}.ipynb" for name in SECTIONS]
    return cost([sys.executable, "-c", _ONE_PROCESS, str(out), *notebooks], cwd=ROOT)


def by_us(out: Path, *arguments: str) -> Cost:
    """Run `run_reports.py` with its output in a folder, which may hold an earlier run."""
    return cost([sys.executable, "run_reports.py", "--output", str(out), *arguments], cwd=ROOT)


def cells_alone(study: str) -> tuple[float, dict[str, float]]:
    """Return CPU seconds of all imports, and of the cells of each section, without kernel and page."""
    told = cost([sys.executable, "-m", "tests.benchmarks.cells", "--json", "--study", study], cwd=ROOT)
    found = json.loads(told.said)
    return found["imports"], found["cells"]


def write_scenarios(file: Path, levels: Sequence[float]) -> str:
    """Write a file of scenarios, which do the same work at different levels of confidence; returns its path.

    Together with the base they are one more than the levels.
    """
    runs = {f"level_{number}": {"conf_level": level} for number, level in enumerate(levels)}
    file.write_text(yaml.safe_dump({"runs": runs}), encoding="utf-8")
    return str(file)
