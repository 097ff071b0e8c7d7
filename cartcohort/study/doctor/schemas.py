"""The data dictionary as pandera schemas: a second look at what was read, and checks for pipelines of one's own.

pandera takes half a second to import, so it is imported where a schema is made, and never by a run of the reports.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.doctor.plausible import PLAUSIBLE
from cartcohort.study.location import locate
from cartcohort.study.reading import Reading
from cartcohort.study.schema import FIRST_YEAR, LAST_YEAR, LONGEST_DAYS, SUBJECTS, TABLES, Column, Table

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

_KEY = "subject_id"


def schema_of(table: str, *, coerce: bool = True) -> DataFrameSchema:
    """Return the schema of a table of the data dictionary.

    Columns that may be left out are not asked for, further ones are let pass, a time may come as `_date` or as
    `_day`. Dates are whole: those known only to the month or the year are for `load_study`. What is allowed but not
    plausible, such as an age above 100, is a `SchemaWarning`.

    Parameters
    ----------
    table : str
        "subjects", "adverse_events" or "assessments".
    coerce : bool
        Whether text and numbers are first turned into the types that the suite uses: Int64 for whole numbers and
        days, float64 for numbers, datetime64[ns] for dates, "string" for text. Without, other types are breaches.

    Returns
    -------
    pandera.pandas.DataFrameSchema
        `schema_of("subjects").validate(frame, lazy=True)` returns the frame, or raises `SchemaErrors` with all
        breaches.
    """
    import pandera.pandas as pa

    declared = TABLES[table]
    columns = {name: _make_column(name, column, declared, pa) for column in declared.columns for name in column.names}
    return pa.DataFrameSchema(columns, checks=_checks_of_frame(declared, pa), name=table, coerce=coerce)


def _make_column(name: str, column: Column, table: Table, pa: Any) -> Any:
    key = column.kind == "text" and column.required
    return pa.Column(
        _type_of(name, column, pa),
        checks=[*_checks_of(name, column, pa), *_checks_of_plausibility(name, pa)],
        nullable=not (key or (column.required and table is not SUBJECTS)),
        unique=name == _KEY and table is SUBJECTS,
        required=column.required and len(column.names) == 1,
        name=name,
        description=column.meaning,
    )


def _type_of(name: str, column: Column, pa: Any) -> Any:
    if column.kind == "text":
        return "string"
    if column.levels:
        return None
    if _is_date(name, column):
        return pa.engines.pandas_engine.DateTime(unit="ns", to_datetime_kwargs={"format": "%Y-%m-%d"})
    return "float64" if column.kind == "number" else "Int64"


def _is_date(name: str, column: Column) -> bool:
    return column.kind == "date" or (column.kind == "time" and name.endswith("_date"))


def _checks_of(name: str, column: Column, pa: Any) -> list[Any]:
    if column.levels:
        return [pa.Check.isin(list(column.levels))]
    if _is_date(name, column):
        first, last = pd.Timestamp(FIRST_YEAR, 1, 1), pd.Timestamp(LAST_YEAR, 12, 31)
        return [pa.Check.in_range(first, last)]
    if column.kind == "time":
        return [pa.Check.in_range(-LONGEST_DAYS, LONGEST_DAYS)]
    checks = []
    if column.minimum is not None:
        above = pa.Check.greater_than if column.above_minimum else pa.Check.greater_than_or_equal_to
        checks.append(above(column.minimum))
    if column.maximum is not None:
        checks.append(pa.Check.less_than_or_equal_to(column.maximum))
    return checks


def _checks_of_plausibility(name: str, pa: Any) -> list[Any]:
    if name not in PLAUSIBLE:
        return []
    low, high, words = PLAUSIBLE[name]
    return [pa.Check.in_range(low, high, raise_warning=True, error=f"{name} is {words}")]


def _checks_of_frame(table: Table, pa: Any) -> list[Any]:
    """Return the checks that concern more than one column: either form of each time, and someone's last day."""
    checks = []
    for column in table.columns:
        if column.kind != "time":
            continue
        both = f"one form of {column.name}"
        checks.append(pa.Check(lambda frame, names=column.names: not set(names) <= set(frame), name=both))
        if column.required:
            either = f"{' or '.join(column.names)} is there"
            checks.append(pa.Check(lambda frame, names=column.names: bool(set(names) & set(frame)), name=either))
    if table is SUBJECTS:
        checks.append(pa.Check(_has_last_day, name="death or last contact is known"))
    return checks


def _has_last_day(frame: pd.DataFrame) -> pd.Series:
    known = pd.Series(False, index=frame.index)
    for name in ("death_date", "death_day", "last_contact_date", "last_contact_day"):
        if name in frame:
            known |= frame[name].notna()
    return known


def look_again(reading: Reading) -> tuple[Problem, ...]:
    """Hold the typed tables of a study without errors against their schemas; a breach is one that was overlooked."""
    import pandera.pandas as pa

    problems: list[Problem] = []
    for name, table in reading.typed.items():
        frame = pd.DataFrame(dict(table.columns))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", pa.errors.SchemaWarning)  # the doctor's rules tell these with rows
                schema_of(name, coerce=False).validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            problems += _tell(error.failure_cases, table.text.file, table.text.rows)
    return tuple(problems)


def _tell(cases: pd.DataFrame, file: str, rows: Sequence[int]) -> list[Problem]:
    problems = []
    for (column, check), found in cases.groupby(["column", "check"], dropna=False, sort=False):
        places = [rows[int(position)] for position in found["index"].dropna().unique()]
        what = f"A second look at the table finds a breach of `{check}`, which the first did not."
        where = locate(file, places, [] if pd.isna(column) else str(column))
        problems.append(
            Problem(what, where, "Correct it; and tell the makers of the suite, whose first look missed it.")
        )
    return problems
