"""The results of a default run by section and study, run in this process once for all tests."""

from __future__ import annotations

import functools
from pathlib import Path

from tests.notebooks.execute import run_notebook

DATA = Path(__file__).resolve().parents[2] / "data"
STUDIES = ("car1922", "bmt")
SECTIONS = ("efficacy", "survival", "risk_factors", "safety", "relapse")


@functools.cache
def reported(study: str, section: str) -> dict[str, dict]:
    """Return the records of results.json by id."""
    return run_notebook(section, study_path=str(DATA / study)).results
