"""How long it takes to check a registry, sound or with errors in thousands of rows."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from tests.benchmarks.cells import NOTEBOOKS
from tests.benchmarks.commands import Cost, cost

_ROOT = NOTEBOOKS.parent

Slip = Callable[[Mapping[str, str]], str]

SLIPS: Mapping[str, Mapping[str, Slip]] = {
    "subjects.csv": {
        "sex": lambda row: row["sex"][0],
        "age_years": lambda row: "999",
        "death_date": lambda row: "31.12.2020",
        "last_contact_date": lambda row: "2010-01-01",
        "best_response": lambda row: row["best_response"].lower(),
        "response_date": lambda row: "1900-01-01",
        "prior_hsct": lambda row: "Y",
        "subject_id": lambda row: row["subject_id"].replace("R0", "r"),
        "relapse_date": lambda row: row["infusion_date"],
    },
    "adverse_events.csv": {
        "subject_id": lambda row: row["subject_id"].lower(),
        "term": lambda row: row["term"].lower(),
        "grade": lambda row: "0",
        "onset_date": lambda row: "2015-01-01",
        "resolution_date": lambda row: "2099-12-31",
    },
    "assessments.csv": {
        "subject_id": lambda row: "nobody",
        "value": lambda row: "-" + row["value"],
        "unit": lambda row: row["unit"].upper(),
        "assessment_date": lambda row: "",
    },
}
"""By table and column: what is written in place of a cell, from the row."""


def damage(folder: Path, *, share: float, seed: int = 1) -> int:
    """Put a slip into a share of the rows of every table of a registry, and return how many rows have one.

    Cells of a registry hold neither commas nor quotation marks, so that rows can be taken apart as they are.
    """
    generator, damaged = np.random.default_rng(seed), 0
    for name, slips in SLIPS.items():
        header, *lines = (folder / name).read_text(encoding="utf-8").splitlines()
        columns, kinds = header.split(","), list(slips)
        chosen = np.flatnonzero(generator.random(len(lines)) < share)
        for number, kind in zip(chosen, generator.integers(len(kinds), size=len(chosen)), strict=True):
            row = dict(zip(columns, lines[number].split(","), strict=True))
            row[kinds[kind]] = slips[kinds[kind]](row)
            lines[number] = ",".join(row.values())
        (folder / name).write_text("\n".join([header, *lines, ""]), encoding="utf-8")
        damaged += len(chosen)
    return damaged


def check(folder: Path, *arguments: str) -> Cost:
    """Run `run_reports.py check`, whatever it finds."""
    command = f"{sys.executable} run_reports.py check '{folder}' {' '.join(arguments)}"
    return cost(["bash", "-c", f"{command}; case $? in 0|11) ;; *) exit 1 ;; esac"], cwd=_ROOT)


def load(folder: Path) -> Cost:
    """Read and validate a study as a run does, without the rules that only `check` asks."""
    code = f"from cartcohort.study import load_study; load_study({os.fspath(folder)!r})"
    return cost([sys.executable, "-c", code], cwd=_ROOT)
