"""Tables and columns that are there and hold nothing, which says more than if they were not."""

from __future__ import annotations

from collections.abc import Iterator

from cartcohort.errors import Problem
from cartcohort.study.doctor.case import Case
from cartcohort.study.model import MAY_BEFALL_NOBODY
from cartcohort.study.schema import SUBJECTS

_MANY = 3
"""Empty columns from which a form was probably left blank; one or two things may well have befallen nobody."""


def find_empty_tables(case: Case) -> Iterator[Problem]:
    """Tables without a row: reports are as if they were not there."""
    for name, table in case.typed.items():
        if not len(table.text.rows):
            what = f"The table holds no row, which says nothing of {name.replace('_', ' ')}."
            remedy = "Fill it in, or delete it; reports are as if it were not there."
            yield Problem(what, table.text.file, remedy)


def find_empty_columns(case: Case) -> Iterator[Problem]:
    """Several columns of what may befall nobody, empty for every patient: that is taken for an answer."""
    documented = MAY_BEFALL_NOBODY & case.subject_columns
    cells = case.typed["subjects"].text.cells
    names = [column.name for column in SUBJECTS.columns if column.name in documented]
    empty = tuple(name for name in names if not len(cells[case.own("subjects", name)].cat.categories))
    if len(empty) >= _MANY:
        what = "Columns are empty for every patient, which says that it happened to nobody."
        yield from case.note_column("subjects", what, empty, "Delete the columns of what was not recorded.")
