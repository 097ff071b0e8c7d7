"""CPU seconds of every cell of the notebooks, without a kernel around them: what a report costs by itself.

    python -m tests.benchmarks.cells [--study FOLDER] [--section NAME ...]

The study is read and checked beforehand, as a run does once for all sections. All imports come next and are told
apart, as in the process that kernels are forked from. Each section then runs once in a fork of its own, as in its
kernel; nothing is warmed up.
"""

from __future__ import annotations

import argparse
import ast
import gc
import json
import multiprocessing
import os
import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from cartcohort.parameters import KEPT_FOLDER, KEPT_STUDY
from cartcohort.present import display

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
SECTIONS = ("efficacy", "survival", "risk_factors", "safety", "relapse")


@dataclass(frozen=True)
class CellTime:
    """CPU seconds of a cell, by its number in the notebook and its tag, and kilobytes of what it showed."""

    number: int
    tag: str
    seconds: float
    kilobytes: float


def time_section(section: str, study: str) -> tuple[list[CellTime], float]:
    """Run a section in a process of its own; return its cells, and the peak of memory in MB, libraries included."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    child = context.Process(target=_run, args=(section, study, theirs))
    child.start()
    theirs.close()
    times = []
    try:
        while isinstance(told := ours.recv(), CellTime):
            times.append(told)
    except EOFError:
        raise SystemExit(f"{section}: ended after {len(times)} cells of code.") from None
    child.join()
    return times, told


def import_all(sections: Sequence[str]) -> float:
    """Import all that the sections' cells import; return the CPU seconds that it took."""
    started = process_time()
    for section in sections:
        for _, _, source in _read_cells(section):
            imports = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
            exec(compile(ast.Module(imports, []), section, "exec"), {})
    return process_time() - started


def _read_cells(section: str) -> Iterator[tuple[int, str, str]]:
    cells = json.loads((NOTEBOOKS / f"{section}.ipynb").read_text(encoding="utf-8"))["cells"]
    for number, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            yield number, ", ".join(cell["metadata"].get("tags", [])), "".join(cell["source"])


def _run(section: str, study: str, connection: Connection) -> None:
    shown: list[int] = []
    display.display = lambda item: shown.append(_count_bytes(item._repr_mimebundle_()))
    variables: dict[str, Any] = {"__name__": "__main__"}
    for number, tag, source in _read_cells(section):
        code = compile(source, f"{section}, cell {number}", "exec")
        shown.clear()
        started = process_time()
        exec(code, variables)
        connection.send(CellTime(number, tag, process_time() - started, sum(shown) / 1000))
        if "parameters" in tag:
            variables["study_path"] = study
    connection.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _count_bytes(bundle: dict[str, Any]) -> int:
    return sum(len(content if isinstance(content, str) else json.dumps(content)) for content in bundle.values())


def keep(study: str, file: Path) -> None:
    """Read and check the study once, as a run does, and keep it for the sections."""
    os.environ |= {KEPT_STUDY: str(file), KEPT_FOLDER: study}
    child = multiprocessing.get_context("fork").Process(target=_keep, args=(study, file))
    child.start()
    child.join()


def _keep(study: str, file: Path) -> None:
    from cartcohort.study import keep_study, load_study  # in this process alone, so that the imports can be timed

    keep_study(load_study(study), file)


def print_tables(sections: Sequence[str], study: str) -> None:
    """Print a Markdown table for each section, a line a cell, and their totals."""
    print(f"Study: {study}. Imports: {import_all(sections):.2f} s.")
    gc.freeze()  # else every collection in a fork walks through, and so copies, all that the libraries made
    for section in sections:
        times, megabytes = time_section(section, study)
        print(f"\n| {section} | CPU s | shown kB |\n|---|---:|---:|")
        for cell in times:
            print(f"| cell {cell.number}, {cell.tag} | {cell.seconds:.3f} | {cell.kilobytes:.0f} |")
        total, shown = sum(cell.seconds for cell in times), sum(cell.kilobytes for cell in times)
        print(f"| all cells, peak of memory {megabytes:.0f} MB | {total:.3f} | {shown:.0f} |", flush=True)


def print_totals(sections: Sequence[str], study: str) -> None:
    """Print, as JSON, CPU seconds of the imports and of the cells of each section."""
    imports = import_all(sections)
    gc.freeze()
    cells = {section: sum(cell.seconds for cell in time_section(section, study)[0]) for section in sections}
    print(json.dumps({"imports": imports, "cells": cells}))


def main() -> None:
    """Read the arguments and print the tables."""
    parser = argparse.ArgumentParser(description="Time the cells of the notebooks.")
    parser.add_argument("--study", default="data/car1922", help="folder of the study")
    parser.add_argument("--section", nargs="+", default=SECTIONS, choices=SECTIONS, help="which ones; default all")
    parser.add_argument("--json", action="store_true", help="totals alone, for programs")
    arguments = parser.parse_args()
    os.environ.setdefault("MPLBACKEND", "agg")
    with TemporaryDirectory() as folder:
        keep(arguments.study, Path(folder) / "study")
        (print_totals if arguments.json else print_tables)(arguments.section, arguments.study)


if __name__ == "__main__":
    main()
