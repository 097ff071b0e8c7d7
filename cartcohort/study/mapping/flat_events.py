"""Adverse events that stand as columns of the subjects' file, made to a table of a row an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
import pandas as pd

from cartcohort.errors import Problem, did_you_mean
from cartcohort.study.description import FILE
from cartcohort.study.location import locate
from cartcohort.study.text_table import TextTable, tidy_cells

NO_EVENT = ("0", "0.0", "no", "none", "false")
"""Grades, without regard to capitals, that say that there was no event."""


@dataclass(frozen=True)
class FlatEventTable(TextTable):
    """Adverse events of the subjects' file, which are told of by the names of its columns.

    Attributes
    ----------
    sources : mapping of str to mapping of str to str
        By term and column: the file's own name.
    """

    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def locate(self, records: np.ndarray, *columns: str) -> str:
        """Say in words where these records and columns are, by the names that the events of these terms have."""
        terms = dict.fromkeys(self.cells["term"][records].astype(str)) or self.sources
        names = [self.sources[term].get(name, self.own_names.get(name, "")) for name in columns for term in terms]
        return locate(self.file, sorted({*self.rows[records]}), [*dict.fromkeys(filter(None, names))])


def stack_events(
    text: TextTable, subject_id: str, events: Mapping[str, Mapping[str, str]], problems: list[Problem]
) -> FlatEventTable | None:
    """Return a row for each patient and term, those without an event included.

    Parameters
    ----------
    text : TextTable
        The subjects, with the file's own names.
    subject_id : str
        The file's name of the patient's key.
    events : mapping of str to mapping of str to str
        By term and column of adverse_events: the file's own name.
    problems : list of Problem
        Names that the file does not hold are appended here, and then None returned.
    """
    named = dict.fromkeys(chain.from_iterable(event.values() for event in events.values()))
    lacking = [name for name in named if name not in text.cells]
    for name in lacking:
        what = f"`flat_events` names `{name}`, which {text.file} does not hold.{did_you_mean(name, text.cells)}"
        problems.append(Problem(what, FILE, "Give the name as it stands in the header of the file."))
    if lacking or subject_id not in text.cells:
        return None
    columns = dict.fromkeys(chain.from_iterable(events.values()))
    cells = {"subject_id": _stack([text.cells[subject_id]] * len(events))}
    cells["term"] = pd.Series(pd.Categorical(np.repeat([*events], len(text.rows)), categories=sorted(events)))
    for column in columns:
        cells[column] = _stack([_find(text, event.get(column)) for event in events.values()])
    order = np.argsort(np.tile(text.rows, len(events)), kind="stable")
    frame = pd.DataFrame(cells).iloc[order].reset_index(drop=True)
    rows = np.tile(text.rows, len(events))[order]
    return FlatEventTable(text.file, frame, rows, {"subject_id": subject_id}, sources=events)


def drop_no_events(table: FlatEventTable, problems: list[Problem]) -> FlatEventTable:
    """Leave out the rows that say there was no event: a grade of 0 or no, or nothing filled in.

    Parameters
    ----------
    table : FlatEventTable
        After its values were recoded.
    problems : list of Problem
        Rows whose grade says that there was none, but of which something else is told, are appended here.
    """
    details = [name for name in table.cells if name not in ("subject_id", "term", "grade")]
    detailed = table.cells[details].notna().any(axis=1).to_numpy()
    none = np.zeros(len(table.rows), dtype=bool)
    filled = detailed
    if "grade" in table.cells:
        grade = table.cells["grade"]
        none = grade.isin([text for text in grade.cat.categories if text.casefold() in NO_EVENT]).to_numpy()
        filled = detailed | grade.notna().to_numpy()
    if (none & detailed).any():
        what = "The grade says that there was no event, but more is told of one."
        where = table.locate(none & detailed, "grade", *details)
        problems.append(Problem(what, where, "Correct the grade, or leave the other cells empty."))
    kept = filled & ~none & table.cells["subject_id"].notna().to_numpy()
    cells = table.cells[kept].reset_index(drop=True).apply(lambda column: column.cat.remove_unused_categories())
    return replace(table, cells=cells, rows=table.rows[kept])


def _find(text: TextTable, name: str | None) -> pd.Series:
    """Return a column of the file, or one without anything where the event has no such column."""
    if name is not None:
        return text.cells[name]
    return pd.Series(pd.Categorical([None] * len(text.rows), categories=pd.Index([], dtype=object)))


def _stack(parts: list[pd.Series]) -> pd.Series:
    return tidy_cells(pd.Series(pd.api.types.union_categoricals([part.array for part in parts])), {})
