"""Patients who may be in the table twice, and keys that are written in several ways."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.doctor.case import Case, spread
from cartcohort.study.schema import SUBJECTS
from cartcohort.study.timeline import find_subjects

_PARTS = re.compile(r"\d+|[^\W\d_]+")
_LEAST_CELLS = 4
_CHANCE = 0.01
"""Pairs that may be alike by chance before likeness means nothing."""
_FEW = 10
_RARE = 0.05
_BEFORE_INFUSION = tuple(
    column.name
    for column in SUBJECTS.columns
    if not column.after_infusion and column.kind != "time" and column.name != "subject_id"
)


def find_repeated_patients(case: Case) -> Iterator[Problem]:
    """Rows under different ids that agree in all that was known before infusion, which chance cannot explain."""
    cells = case.typed["subjects"].text.cells
    names = [name for name in (*_BEFORE_INFUSION, "enrollment_date", "enrollment_day") if name in cells]
    times = [name for name in ("death_date", "death_day", "last_contact_date", "last_contact_day") if name in cells]
    what = "Patients under different ids agree in everything known before infusion."
    remedy = "See whether one patient was entered twice; if so, keep one row."
    alike = _find_alike(cells, names)
    if not alike.any():  # in a study in days there is no date of infusion, but deaths and last contacts may tell
        what = "Patients under different ids agree in everything known before infusion, and in their last day."
        alike = _find_alike(cells, [*names, *times])
    if "subject_id" in cells:
        alike &= ~cells["subject_id"].duplicated(keep=False).to_numpy()  # which is an error of its own
        yield from case.note_text("subjects", what, alike, "subject_id", remedy)


def _find_alike(cells: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Return which rows equal another one in all these columns, unless so many values are possible by chance."""
    codes = pd.DataFrame({name: cells[name].cat.codes for name in names}, index=cells.index)
    n, ways = len(cells), 1.0
    for name in names:
        ways *= max(1, len(cells[name].cat.categories))
    if n * n / 2 > _CHANCE * ways:
        return np.zeros(n, dtype=bool)
    enough = (codes >= 0).sum(axis=1) >= _LEAST_CELLS
    alike = np.zeros(n, dtype=bool)
    alike[enough.to_numpy()] = codes[enough].duplicated(keep=False).to_numpy()
    return alike


def find_ids_alike(case: Case) -> Iterator[Problem]:
    """Ids that are equal but for capitals, blanks, marks between their parts, or leading zeros."""
    cells = case.typed["subjects"].text.cells.get("subject_id")
    if cells is None:
        return
    plain = pd.Index([plain_id(text) for text in cells.cat.categories], dtype=object)
    alike = spread(plain.duplicated(keep=False), cells)
    what = "Ids differ only in capitals, blanks, marks or leading zeros."
    yield from case.note_text(
        "subjects", what, alike, "subject_id", "See whether they are one patient, entered twice."
    )
    subjects = set(cells.cat.categories)
    for table in ("adverse_events", "assessments"):
        if table in case.days:
            yield from _find_events_alike(case, table, subjects, set(plain))


def _find_events_alike(case: Case, table: str, subjects: set[str], plain: set[str]) -> Iterator[Problem]:
    cells = case.typed[table].text.cells["subject_id"]
    if (find_subjects(case.typed[table], case.subjects["subject_id"]) >= 0).all():
        return
    texts = cells.cat.categories
    near = np.array([text not in subjects and plain_id(text) in plain for text in texts], dtype=bool)
    what = "The id is that of a patient but for capitals, blanks, marks or leading zeros."
    remedy = "Write ids as in the subjects table."
    yield from case.note_text(table, what, spread(near, cells), "subject_id", remedy)


def plain_id(text: str) -> str:
    """Return an id as its runs of letters and of digits, without what else it holds, capitals and leading zeros."""
    return " ".join(part.lstrip("0") or "0" for part in _PARTS.findall(text.casefold()))


def find_odd_ids(case: Case) -> Iterator[Problem]:
    """A few ids of another form than the others: letters, digits and marks in another order."""
    cells = case.typed["subjects"].text.cells.get("subject_id")
    if cells is None or len(cells.cat.categories) < _FEW:
        return
    texts = cells.cat.categories.str.replace(r"[^\W\d_]+", "A", regex=True).str.replace(r"\d+", "9", regex=True)
    shapes, counts = np.unique(texts.to_numpy(dtype=str), return_counts=True)
    usual = shapes[counts.argmax()]
    odd = np.asarray(texts != usual)
    if 0 < odd.sum() <= max(1, _RARE * len(odd)):
        what = "Ids are written in another form than nearly all others."
        yield from case.note_text("subjects", what, spread(odd, cells), "subject_id", "See whether they are slips.")
