"""What a study holds, in lines of words: patients, events, dates, and how much is not recorded."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cartcohort.study.model import MAY_BEFALL_NOBODY
from cartcohort.study.reading import Reading
from cartcohort.study.schema import DAYS_ZERO
from cartcohort.study.typed_table import TypedTable

_MOST_COLUMNS = 20
_EMPTY_IS_AN_ANSWER = MAY_BEFALL_NOBODY | {
    *("death_day", "last_contact_day", "second_infusion_day", "enrollment_day", "infusion_date"),
    *("resolution_day", "treatment"),
}
_NOUNS = {"subjects": "patients", "adverse_events": "adverse events", "assessments": "assessments"}


def summarise(reading: Reading) -> Iterator[str]:
    """Yield the lines; a table that could not be read is passed over.

    Cells that are empty because nothing happened, such as the day of a relapse, do not count as not recorded.
    """
    yield from (f"read {line}" for table in reading.typed.values() for line in table.text.readings)
    for name, noun in _NOUNS.items():
        if name in reading.typed:
            yield f"{noun}: {_count(reading.typed[name], name)}"
        elif name != "subjects":
            yield f"{noun}: 0"
    if "subjects" in reading.days:
        yield from _describe_span(reading)
        yield f"factors: {', '.join(reading.factors) or 'none'}"
    yield from _list_missing(reading)


def _count(table: TypedTable, name: str) -> str:
    n = len(table.text.rows)
    if name == "subjects" or "subject_id" not in table.text.cells:
        return str(n)
    patients = table.text.cells["subject_id"].nunique()
    return f"{n} of {patients} patient{'' if patients == 1 else 's'}"


def _describe_span(reading: Reading) -> Iterator[str]:
    subjects, cutoff = reading.days["subjects"], reading.description.data_cutoff_date
    infused = subjects["infusion_date"].dropna()
    if len(infused):
        yield f"{DAYS_ZERO[reading.description.day_zero]}: {infused.min():%Y-%m-%d} to {infused.max():%Y-%m-%d}" + (
            f", data cut-off {cutoff}" if cutoff else ""
        )
    end = subjects["death_day"].fillna(subjects["last_contact_day"]).dropna()
    deaths = int(subjects["death_day"].notna().sum())
    if len(end):
        yield f"followed: to day {end.max()} at most, {deaths} death{'' if deaths == 1 else 's'}"


def _list_missing(reading: Reading) -> Iterator[str]:
    """Yield the columns with cells that are not recorded, those that lack most first, as a small table."""
    for table in reading.typed.values():
        n = len(table.text.rows)
        missing = sorted(_count_missing(table).items(), key=lambda item: -item[1])
        if not missing or not n:
            continue
        yield f"not recorded in {table.text.file}, of {n} row{'' if n == 1 else 's'}:"
        width = max(len(column) for column, _ in missing[:_MOST_COLUMNS])
        digits = len(str(n))
        for column, count in missing[:_MOST_COLUMNS]:
            yield f"  {column:<{width}}  {count:>{digits}}  {count / n:>4.0%}"
        if len(missing) > _MOST_COLUMNS:
            yield f"  and of {len(missing) - _MOST_COLUMNS} more columns, a smaller share"


def _count_missing(table: TypedTable) -> dict[str, int]:
    counts = {}
    for name, cells in table.text.cells.items():
        column = table.schema.by_name.get(name)
        inside = column.name if column else str(name)
        if inside not in _EMPTY_IS_AN_ANSWER and (column or not _is_time(table.columns[name], str(name))):
            missing = int((cells.cat.codes < 0).sum())
            if missing:
                counts[str(name)] = missing
    return counts


def _is_time(values: pd.Series, name: str) -> bool:
    return values.dtype.kind == "M" or name.endswith(("_date", "_day"))
