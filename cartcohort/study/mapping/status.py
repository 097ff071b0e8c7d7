"""A time and a status that stand for an event and its day: the follow-up of statisticians' sheets, and the like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from cartcohort.errors import Problem, did_you_mean
from cartcohort.study.description import FILE, Description
from cartcohort.study.location import locate
from cartcohort.study.mapping.keys import StatusTime
from cartcohort.study.mapping.units import convert_texts
from cartcohort.study.schema import SUBJECTS
from cartcohort.study.text_table import TextTable, tidy_cells

STATUS_TIMES = tuple(
    column.name.removesuffix("_day")
    for column in SUBJECTS.columns
    if column.kind == "time" and column.name not in ("death_day", "last_contact_day")
)
"""What a time and a status can stand for under `status_times`."""


@dataclass(frozen=True)
class MadeTimes:
    """Columns made of times and statuses.

    Attributes
    ----------
    cells : mapping of str to Series
        By standard name.
    own_names : mapping of str to str
        The file's name of the time that each was made from.
    used : frozenset of str
        Columns of the file that stand for nothing else.
    """

    cells: Mapping[str, pd.Series] = field(default_factory=dict)
    own_names: Mapping[str, str] = field(default_factory=dict)
    used: frozenset[str] = frozenset()

    def add_to(self, text: TextTable) -> TextTable:
        """Return the table, whose other columns have their standard names by now, with these columns."""
        cells = text.cells.assign(**self.cells)
        return replace(text, cells=cells, own_names={**text.own_names, **self.own_names})


def read_status_times(text: TextTable, description: Description, problems: list[Problem]) -> MadeTimes:
    """Return the days, or dates, that times and statuses stand for.

    Under `follow_up` that is the death of who has died and the last contact of the others; under `status_times` the
    day of an event where it happened. Who has no status that can be told is taken as alive, besides the problem.

    Parameters
    ----------
    text : TextTable
        The subjects, with the file's own names.
    description : Description
        Its `follow_up` and `status_times`.
    problems : list of Problem
        What is wrong is appended here.
    """
    reader = _StatusReader(text, description, problems)
    if description.follow_up is not None:
        source = description.follow_up
        ending = "_day" if source.unit else "_date"
        reader.read("follow_up", source, ("dead", "alive"), (f"death{ending}", f"last_contact{ending}"))
    for name, source in description.status_times.items():
        if name not in STATUS_TIMES:
            what = f"`status_times` names `{name}`, which is none of its times.{did_you_mean(name, STATUS_TIMES)}"
            problems.append(Problem(what, FILE, f"Times are: {', '.join(STATUS_TIMES)}."))
            continue
        reader.read(f"status_times: {name}", source, ("event", "no_event"), (f"{name}_day",))
    return MadeTimes(reader.made, reader.own_names, frozenset(reader.used))


class _StatusReader:
    def __init__(self, text: TextTable, description: Description, problems: list[Problem]) -> None:
        self.text = text
        self.renamed = description.columns.get("subjects", {})
        self.problems = problems
        self.made: dict[str, pd.Series] = {}
        self.own_names: dict[str, str] = {}
        self.used: set[str] = set()

    def read(self, key: str, source: StatusTime, lists: tuple[str, str], names: Sequence[str]) -> None:
        """Make the first of the names where the event happened, and the second, if there is one, where it did not."""
        if not self._has_columns(key, source):
            return
        status, times = self.text.cells[source.status], self._read_times(source)
        happened = status.isin(source.event).to_numpy()
        self._check_status(key, source, status, lists)
        self._check_filled(key, source, status, times)
        self.used |= {source.time} | ({source.status} - {*self.renamed.values()})
        for name, where in zip(names, (happened, ~happened), strict=False):
            if self._is_free(key, name):
                self.made[name] = times.where(where).cat.remove_unused_categories()
                self.own_names[name] = source.time

    def _has_columns(self, key: str, source: StatusTime) -> bool:
        for name in (source.time, source.status):
            if name not in self.text.cells:
                what = f"`{key}` names `{name}`, which {self.text.file} does not hold."
                what += did_you_mean(name, self.text.cells)
                self.problems.append(Problem(what, FILE, "Give the name as it stands in the header of the file."))
        if source.time in self.renamed.values():
            what = f"`columns` and `{key}` both read `{source.time}`."
            self.problems.append(Problem(what, FILE, "Leave it out of one of them."))
        return {source.time, source.status} <= {*self.text.cells}

    def _read_times(self, source: StatusTime) -> pd.Series:
        cells = self.text.cells[source.time]
        if not source.unit:
            return cells
        return tidy_cells(cells, convert_texts(cells.cat.categories, "_day", source.unit))

    def _check_status(self, key: str, source: StatusTime, status: pd.Series, lists: tuple[str, str]) -> None:
        """Report values that are neither in the list of events nor in that of the others, or not told apart."""
        event, no_event = lists
        known = (*source.event, *source.no_event)
        others = [text for text in status.cat.categories if text not in known]
        folded = {text.casefold() for text in source.event}
        alike = [] if source.no_event else [text for text in others if text.casefold() in folded]
        if alike:
            what = f"`{source.status}` holds a value that differs in capitals from one that `{key}` names"
            what += f" under `{event}`."
            remedy = f"Name it too under `{event}`, or write the cells alike."
            self._report(what, status.isin(alike).to_numpy(), source, remedy)
        elif source.no_event:
            what = (
                f"`{source.status}` holds a value that `{key}` names neither under `{event}` nor under `{no_event}`."
            )
            self._report(what, status.isin(others).to_numpy(), source, "Correct the cells, or complete the lists.")
        elif others and len(others) == len(status.cat.categories):
            what = f"`{source.status}` holds none of the values that `{key}` names under `{event}`."
            where = locate(self.text.file, (), source.status)
            remedy = (
                f"Write them as they stand in the file; if there is none yet, say under `{no_event}` what there is."
            )
            self.problems.append(Problem(what, where, remedy))
        elif len(others) > 1:
            what = f"`{source.status}` holds {len(others)} values besides those that `{key}` names under `{event}`."
            remedy = f"Say under `{no_event}` which of them mean that it had not happened."
            self._report(what, status.isin(others).to_numpy(), source, remedy)

    def _check_filled(self, key: str, source: StatusTime, status: pd.Series, times: pd.Series) -> None:
        what = f"`{source.status}` is empty, so that `{key}` cannot tell what happened at `{source.time}`."
        self._report(what, (status.isna() & times.notna()).to_numpy(), source, "Fill it in.")

    def _is_free(self, key: str, name: str) -> bool:
        """Return whether the file has that time in neither form, and report it where it has."""
        stem = name.rpartition("_")[0]
        present = {*self.text.cells} - self.used - {*self.renamed.values()} | {*self.renamed} | {*self.made}
        doubles = [double for double in (f"{stem}_date", f"{stem}_day") if double in present]
        for double in doubles:
            what = f"`{key}` makes `{name}`, but {self.text.file} also gives `{double}`."
            self.problems.append(Problem(what, FILE, f"Leave out `{key}`, or rename the column in the file."))
        return not doubles

    def _report(self, what: str, mask: np.ndarray, source: StatusTime, remedy: str) -> None:
        if mask.any():
            self.problems.append(Problem(what, self.text.locate(mask, source.status), remedy))
