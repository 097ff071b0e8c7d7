"""Names and levels that are spelt in several ways, and columns that look misspelt."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator

import numpy as np

from cartcohort.errors import Problem
from cartcohort.study.doctor.case import Case, spread

_MOST_LEVELS = 1000
"""A column of more distinct texts is a free text or a key."""
_OF_TABLE = {"adverse_events": ("term",), "assessments": ("assay", "unit")}


def find_misspelt_columns(case: Case) -> Iterator[Problem]:
    """Columns that the dictionary does not know, but nearly."""
    for table in case.typed.values():
        absent = [n for c in table.schema.columns for n in c.names if not set(c.names) & set(table.columns)]
        for name in table.columns:
            near = difflib.get_close_matches(name.lower(), absent, n=1, cutoff=0.85)
            if name not in table.schema.by_name and near:
                what = f"`{name}` is no column of the data dictionary. Did you mean `{near[0]}`?"
                remedy = "It is kept under its own name; rename it if it is misspelt."
                yield Problem(what, table.text.file, remedy)


def find_spelt_names(case: Case) -> Iterator[Problem]:
    """Terms, assays and units in several spellings."""
    for table, names in _OF_TABLE.items():
        for name in names:
            if table in case.typed and name in case.typed[table].text.cells:
                yield from _find_spelt(case, table, name)


def find_spelt_levels(case: Case) -> Iterator[Problem]:
    """Levels of the study's own columns of the subjects table in several spellings."""
    table = case.typed["subjects"]
    for name, values in table.columns.items():
        if name not in table.schema.by_name and (values.dtype == "string" or values.dtype == "category"):
            yield from _find_spelt(case, "subjects", name)


def _find_spelt(case: Case, table: str, name: str) -> Iterator[Problem]:
    """Yield the rows that spell a text otherwise than most rows that mean the same."""
    cells = case.typed[table].text.cells[name]
    texts = cells.cat.categories
    if len(texts) > _MOST_LEVELS:
        return
    folded = [fold(text) for text in texts]
    if len(set(folded)) == len(folded):
        return
    counts = np.bincount(cells.cat.codes[cells.cat.codes >= 0], minlength=len(texts))
    usual = {}
    for code in np.argsort(-counts, kind="stable"):
        usual.setdefault(folded[code], code)
    seldom = np.array([usual[one] != code for code, one in enumerate(folded)], dtype=bool)
    what = f"`{name}` spells the same name in several ways (capitals, blanks, marks or accents differ)."
    remedy = "They count as different; spell them as most rows do, or map them with `values` in study.yaml."
    yield from case.note_text(table, what, spread(seldom, cells), name, remedy)


def fold(text: str) -> str:
    """Return a text without capitals and accents, any run of blanks, hyphens and underscores as one blank."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\s_\-–]+", " ", plain).strip()
