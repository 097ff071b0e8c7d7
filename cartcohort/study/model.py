"""The loaded study: an immutable record of its tables and of what its description says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.endpoint_definitions import REPORTED, EndpointDefinition
from cartcohort.study.own_endpoints import OwnEndpoint, define_endpoints
from cartcohort.study.published import PublishedFigure

MAY_BEFALL_NOBODY = frozenset(
    {
        "response_day",
        "progression_day",
        "relapse_day",
        "relapse_cd19",
        "relapse_cd22",
        "relapse_site",
        "hsct_day",
        "new_therapy_day",
        "death_cause",
        "tocilizumab_day",
        "corticosteroid_day",
    }
)
"""Columns whose cells are empty where the event did not happen, so that a wholly empty one is an answer."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Study:
    """A validated study, or the cohort selected from one.

    Attributes
    ----------
    name, title, source : str
        Name of the folder; title and origin of the data as the description gives them.
    synthetic : bool
        Whether the data are made up, which every page then says.
    data_cutoff_date : datetime.date or None
        Administrative censoring; None in a study in days without one.
    subjects : DataFrame, one row a patient
        All columns of the data dictionary (missing ones hold NA), every time as a `_day` column (Int64, whole days
        from first infusion; from enrolment for a patient never infused), `infusion_date` (datetime64), the file's
        further columns, `infused` (bool), `data_cutoff_day` (Int64), `progression_after_cutoff` (bool, whether an
        earlier cut-off hides a progression) and `source_row` (int64, row in the file, the header is row 1). Numbers
        are float64, whole numbers Int64, categories ordered Categoricals, text is "string".
    adverse_events, assessments : DataFrame
        The other tables, alike; empty with the same columns where the study has none.
    factors : tuple of str
        Columns to compare by.
    levels : mapping of str to tuple of str
        Order of levels as the description gives it, by column.
    labels : mapping of str to str
        Words for a reader, of every column of `subjects` and of the derived ones.
    known_later : mapping of str to str
        Groups of the study's own that are known only after infusion: columns of `subjects` with two levels, and the
        column of the day on which a patient came to the second.
    published : tuple of PublishedFigure
        Published figures to compare with.
    own_endpoints : mapping of str to OwnEndpoint
        Endpoints that the study declares.
    reported_endpoints : tuple of str
        Endpoints that a report tells where it is not asked for others.
    day_zero : str
        What day 0 is, one of `schema.DAYS_ZERO`.
    selected_by : tuple of str
        Columns known only after day 0 by which the patients of this cohort were selected.
    exclusions : tuple of (str, int)
        Reasons for which patients of the tables are not in this cohort, with their number, in order.
    documented : frozenset of str
        Columns of `subjects` that the file holds, empty or not.
    remarks : mapping of str to tuple of str
        How its tables were read, where a reader of the pages should know it: of "subjects", "endpoints" and
        "adverse_events".
    warnings : tuple of Problem
        Oddities that do not prevent a report.
    readings : tuple of str
        How the files were read, where that had to be told from their content.
    imputed : DataFrame, one row a date that is known only to its month or year
        `table`, `column`, `subject_id`, `source_row`, `precision` ("month" or "year") and `day`, what it counts as.
    """

    name: str
    title: str
    source: str
    synthetic: bool
    data_cutoff_date: dt.date | None
    subjects: pd.DataFrame
    adverse_events: pd.DataFrame
    assessments: pd.DataFrame
    factors: tuple[str, ...] = ()
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    known_later: Mapping[str, str] = field(default_factory=dict)
    published: tuple[PublishedFigure, ...] = ()
    own_endpoints: Mapping[str, OwnEndpoint] = field(default_factory=dict)
    reported_endpoints: tuple[str, ...] = REPORTED
    day_zero: str = "infusion"
    selected_by: tuple[str, ...] = ()
    exclusions: tuple[tuple[str, int], ...] = ()
    documented: frozenset[str] = frozenset()
    remarks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    readings: tuple[str, ...] = ()
    imputed: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def has_dates(self) -> bool:
        """Whether calendar dates are known, so that a cut-off can be applied."""
        return bool(self.subjects["infusion_date"].notna().any())

    @property
    def endpoints(self) -> Mapping[str, EndpointDefinition]:
        """Return all endpoints by name: those of the suite, then the study's own."""
        return define_endpoints(self.own_endpoints)

    def lacking(self, *columns: str) -> tuple[str, ...]:
        """Return those of the columns that are absent or wholly empty.

        A column of what may befall nobody (a relapse, a transplant) is lacking only where the file does not have it:
        empty, it says that nobody relapsed.

        Parameters
        ----------
        *columns : str
            Columns of `subjects`, or of another table as `adverse_events.term`.
        """
        return tuple(column for column in columns if not self._holds(column))

    def _holds(self, column: str) -> bool:
        if column in MAY_BEFALL_NOBODY:
            return column in self.documented
        table, _, name = column.rpartition(".")
        if table in ("adverse_events", "assessments"):
            frame = self.adverse_events if table == "adverse_events" else self.assessments
        else:
            frame, name = self.subjects, column
        return name in frame and bool(frame[name].notna().any())
