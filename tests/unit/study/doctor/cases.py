"""Studies as literals, and what the doctor finds in them."""

from __future__ import annotations

from pathlib import Path

from cartcohort.study.doctor.rules import find_all
from cartcohort.study.load import read_study
from tests.builders import write_study

CUTOFF = "2022-12-31"


def found(folder: Path, *, yaml: str = f"data_cutoff_date: {CUTOFF}", **files: str) -> list[tuple[str, str]]:
    """Return what all rules find, and where."""
    return [(one.what, str(one.where)) for one in find_all(read_study(write_study(folder, yaml=yaml, **files)))]


def rows(header: str, lines: list[str]) -> str:
    """Return a table of patients S10, S11, ..., each line the cells after the id."""
    return "\n".join([f"subject_id,{header}", *(f"S{number},{line}" for number, line in enumerate(lines, 10))])


def in_days(*lines: str, header: str = "death_day,last_contact_day", n: int = 0) -> dict[str, str]:
    """Return a study in days: these patients, and n living ones with nothing but a last contact."""
    fill = "," * (header.count(",") - 1)
    return {"subjects": rows(header, [*lines, *(f",{900 + day}{fill}" for day in range(n))]), "yaml": ""}
