"""Reading a whole ADaM package: its tables as those of the data dictionary, and what stays to be added to them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.adam.cells import as_iso, first_records, take
from cartcohort.study.adam.compare import find_assumed_starts, find_time_oddities, say_assumed_starts, say_offset
from cartcohort.study.adam.events import (
    convert_events,
    convert_measurements,
    describe_events,
    keep_subjects,
    refuse_strangers,
)
from cartcohort.study.adam.files import choose, read_files, require
from cartcohort.study.adam.recorded import record_endpoints
from cartcohort.study.adam.responses import read_responses
from cartcohort.study.adam.subjects import convert_subjects, default_labels, default_levels, keep_enrolled
from cartcohort.study.adam.times import Times, read_times
from cartcohort.study.adam.variables import FACTORS, SUBJECT_VARIABLES
from cartcohort.study.description import FILE, Description
from cartcohort.study.mapping.names import recode_values
from cartcohort.study.own_endpoints import OwnEndpoint
from cartcohort.study.schema import DEFAULT_FACTORS
from cartcohort.study.text_table import TextTable


@dataclass(frozen=True, eq=False)
class AdamPackage:
    """An ADaM package as read.

    Attributes
    ----------
    texts : mapping of str to TextTable
        The tables of the data dictionary by name, their columns under standard names; none without ADSL.
    times : Times or None
        The records of ADTTE.
    description : Description
        Of the study, completed by what the package tells: cut-off, factors, levels, labels.
    exclusions : tuple of (str, int)
        Subjects of ADSL who are not in the study.
    remarks : dict of str to tuple of str
        How the package is read, for the pages: of "subjects", "endpoints" and "adverse_events".
    warnings : list of Problem
        What is odd.
    """

    texts: Mapping[str, TextTable]
    times: Times | None
    description: Description
    exclusions: tuple[tuple[str, int], ...]
    remarks: dict[str, tuple[str, ...]]
    warnings: list[Problem]

    def add_endpoints(
        self, subjects: pd.DataFrame, day_zero: pd.Series | None
    ) -> tuple[pd.DataFrame, dict[str, OwnEndpoint]]:
        """Return the subjects with the columns of the recorded endpoints, and these; what is odd is noted.

        Parameters
        ----------
        subjects : DataFrame
            In days.
        day_zero : Series of datetime64 or None
            Date of day 0 of each.
        """
        if self.times is None:
            return subjects, {}
        zero = None if day_zero is None else day_zero.to_numpy()
        own, columns, assumed = record_endpoints(self.times, subjects, zero)
        self.warnings.extend([*find_assumed_starts(self.times, assumed), *find_time_oddities(self.times, subjects)])
        self.remarks["endpoints"] += tuple(filter(None, [say_assumed_starts(self.times, assumed)]))
        return subjects.assign(**columns), own

    def translate(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems of the package's tables in the names of its variables."""
        names = {text.file: text.own_names for text in self.texts.values()}
        return [_translate(problem, names) for problem in problems]


def read_package(folder: Path, description: Description, problems: list[Problem]) -> AdamPackage:
    """Read an ADaM package.

    Parameters
    ----------
    folder : Path
        Of the study.
    description : Description
        What study.yaml says.
    problems : list of Problem
        Gathers what is wrong; what is read is then not whole.
    """
    tables, whole = read_files(folder, description, problems)
    tables = {name: _recode(table, description.values.get(name, {}), problems) for name, table in tables.items()}
    if "adsl" not in tables or not require(tables["adsl"], [("USUBJID",)], problems):
        return AdamPackage({}, None, description, (), {}, [])
    whole = tables["adsl"] if whole is None else _recode(whole, description.values.get("adsl", {}), [])
    return _Reader(tables, whole.cells["USUBJID"], description, problems).read()


def _recode(table: TextTable, values: Mapping[str, Mapping[str, str]], problems: list[Problem]) -> TextTable:
    return recode_values(table, {name.upper(): recode for name, recode in values.items()}, problems)


class _Reader:
    def __init__(
        self, tables: Mapping[str, TextTable], known: pd.Series, description: Description, problems: list[Problem]
    ) -> None:
        self.tables = dict(tables)
        self.description = description
        self.problems = problems
        self.warnings: list[Problem] = []
        self.said: list[str] = []
        self.known = known
        self.adsl, self.left_out = keep_enrolled(tables["adsl"])
        self.ids = self.adsl.cells["USUBJID"]

    def read(self) -> AdamPackage:
        """Return the package."""
        self._check_treated()
        for name in ("adtte", "adrs"):
            self._keep(name)
        times = self._read_times() if "adtte" in self.tables else None
        texts = {"subjects": self._read_subjects(times)}
        texts |= self._read_events()
        description, said = self._complete(texts["subjects"], times)
        left_out = (self.left_out,) if self.left_out else ()
        remarks = {
            "subjects": (*self.said, *said),
            "endpoints": tuple(filter(None, [say_offset(times)])) if times is not None else (),
            "adverse_events": self._describe_events(),
        }
        return AdamPackage(texts, times, description, left_out, remarks, self.warnings)

    def _named(self, table: str) -> Mapping[str, str]:
        return self.description.columns.get(table, {})

    def _keep(self, name: str) -> None:
        """Check whose records a table holds, and keep those of the study."""
        table = self.tables.get(name)
        if table is not None and "USUBJID" in table.cells:
            refuse_strangers(table, self.known, self.problems)
            self.tables[name] = keep_subjects(table, self.ids)

    def _check_treated(self) -> None:
        if {"SAFFL", "TRTSDT"} <= set(self.adsl.cells):
            undated = ((self.adsl.cells["SAFFL"] == "Y") & self.adsl.cells["TRTSDT"].isna()).to_numpy()
            if undated.any():
                where = self.adsl.locate(undated, "SAFFL", "TRTSDT")
                what = "`SAFFL` is Y, but `TRTSDT` is empty."
                self.problems.append(Problem(what, where, "Fill in the first treatment, or correct `SAFFL`."))

    def _read_times(self) -> Times | None:
        zero = choose(self.adsl, SUBJECT_VARIABLES, self._named("adsl"), []).get("infusion_date")
        dated = zero is not None and bool(self.adsl.cells[zero].notna().any())
        return read_times(self.tables["adtte"], self.problems, dated=dated)

    def _read_subjects(self, times: Times | None) -> TextTable:
        told: dict[str, str] = {}
        more = read_responses(self.tables["adrs"], self.ids, self.problems, told) if "adrs" in self.tables else {}
        contact, death = _end_of_survival(times, self.ids)
        text = convert_subjects(
            self.adsl,
            self._named("adsl"),
            contact_in_times=contact,
            death_in_times=death,
            more=more,
            problems=self.problems,
            warnings=self.warnings,
        )
        file = self.tables["adrs"].file if more else ""
        self.said += [words for name, words in told.items() if name not in text.own_names]
        return replace(text, own_names={name: f"{name} (of {file})" for name in more} | dict(text.own_names))

    def _read_events(self) -> dict[str, TextTable]:
        found: dict[str, TextTable | None] = {}
        for name, table in {"adae": "adverse_events", "adlb": "assessments"}.items():
            if name not in self.tables:
                continue
            self._keep(name)
            options = (self.tables[name], self._named(name))
            if name == "adae":
                found[table] = convert_events(*options, self.description.day_zero, self.problems)
            else:
                found[table] = convert_measurements(*options, self.problems)
        return {table: text for table, text in found.items() if text is not None}

    def _describe_events(self) -> tuple[str, ...]:
        if "adae" not in self.tables or "USUBJID" not in self.tables["adae"].cells:
            return ()
        return tuple(describe_events(self.tables["adae"], self._named("adae"), self.adsl))

    def _complete(self, subjects: TextTable, times: Times | None) -> tuple[Description, list[str]]:
        """Return the description with what the package tells, and what is to be said of that."""
        description, said = self.description, []
        if description.data_cutoff_date is None and "infusion_date" in subjects.cells:
            last = _last_day(subjects, times)
            if last is not None:
                description = replace(description, data_cutoff_date=last)
                what = f"study.yaml names no `data_cutoff_date`: the last day in the data, {last}, stands for it."
                self.warnings.append(Problem(what, FILE, "Name the data cut-off of the study, if it is known."))
                said.append("The data cut-off is the last day in the data.")
        levels = default_levels(self.adsl, subjects) | dict(description.levels)
        labels = default_labels(subjects) | dict(description.labels)
        factors = description.factors
        if factors is None:
            age = () if "agegr1" in subjects.cells else ("age_group",) if "age_years" in subjects.cells else ()
            names = (*FACTORS, *age, *(name for name in DEFAULT_FACTORS if name not in (*FACTORS, "age_group")))
            factors = tuple(name for name in names if name in age or name in subjects.cells)
        return replace(description, levels=levels, labels=labels, factors=factors), said


def _end_of_survival(times: Times | None, ids: pd.Series) -> tuple[pd.Series | None, pd.Series | None]:
    """Return the dates at which overall survival ends in ADTTE, and of these the deaths."""
    code = next((code for code in times.codes if code.upper() == "OS"), None) if times is not None else None
    if code is None or times.end is None:
        return None, None
    dates = as_iso(times.table.cells["ADT"])
    subjects, rows = times.table.cells["USUBJID"], times.rows(code)
    ends = take(dates, first_records(subjects, rows, ids))
    return ends, take(dates, first_records(subjects, rows & (times.censor == 0), ids))


def _last_day(subjects: TextTable, times: Times | None) -> dt.date | None:
    """Return the last day on which anything ended or anybody was seen."""
    names = [name for name in subjects.cells if name.endswith("_date") and name in _ENDS]
    texts = [text for name in names for text in subjects.cells[name].cat.categories]
    days = pd.to_datetime(pd.Series(texts, dtype=object), format="%Y-%m-%d", errors="coerce")  # bad ones are told
    if times is not None and times.end is not None:
        days = pd.concat([days, pd.Series(times.end).astype("datetime64[ns]")])
    return None if days.isna().all() else days.max().date()


_ENDS = (
    "last_contact_date",
    "death_date",
    "response_date",
    "progression_date",
    "relapse_date",
    "infusion_date",
    "enrollment_date",
)


def _translate(problem: Problem, names: Mapping[str, Mapping[str, str]]) -> Problem:
    own = names.get(getattr(problem.where, "file", ""), {})
    if not own:
        return problem

    def said(text: str) -> str:
        return re.sub(r"`(\w+)`", lambda found: f"`{own.get(found[1], found[1])}`", text)

    return Problem(said(problem.what), problem.where, said(problem.remedy))
