"""All that study.yaml says of how the files are to be read, applied to them in order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from cartcohort.errors import Problem
from cartcohort.study.description import FILE, Description
from cartcohort.study.mapping.dates import read_date_orders
from cartcohort.study.mapping.flat_events import FlatEventTable, drop_no_events, stack_events
from cartcohort.study.mapping.keys import EVERY
from cartcohort.study.mapping.names import recode_values, rename_columns
from cartcohort.study.mapping.rows import drop_empty, keep_rows
from cartcohort.study.mapping.status import MadeTimes, read_status_times
from cartcohort.study.mapping.units import convert_units
from cartcohort.study.schema import TABLES
from cartcohort.study.text_table import TextTable


def map_tables(
    texts: Mapping[str, TextTable], description: Description, problems: list[Problem]
) -> dict[str, TextTable]:
    """Return the tables as the data dictionary has them, still as text.

    Rows are chosen first, then times with a status and flat events are read by the file's own names; then come
    names, values, units and dates.

    Parameters
    ----------
    texts : mapping of str to TextTable
        By table: what its file holds, a file that serves several tables for each.
    description : Description
        The study's.
    problems : list of Problem
        Whatever does not fit the files is appended here; a table that cannot be made of them is left out.
    """
    _refuse_absent(texts, description, problems)
    tables = {}
    for name, text in texts.items():
        chosen = keep_rows(text, name, description.rows[name], problems) if name in description.rows else text
        if chosen is not None:
            tables[name] = chosen
    times = MadeTimes()
    if "subjects" in tables:
        times = read_status_times(tables["subjects"], description, problems)
        tables |= _read_flat_events(tables, description, problems)
        tables["subjects"] = _leave_out(tables["subjects"], times.used | _find_flat_columns(description))
    for name, text in tables.items():
        renamed = rename_columns(text, description.columns.get(name, {}), problems)
        renamed = times.add_to(renamed) if name == "subjects" else renamed
        tables[name] = _convert(renamed, name, description, problems)
    return tables


def _leave_out(text: TextTable, used: Collection[str]) -> TextTable:
    return replace(text, cells=text.cells[[name for name in text.cells if name not in used]])


def _read_flat_events(
    tables: Mapping[str, TextTable], description: Description, problems: list[Problem]
) -> dict[str, TextTable]:
    """Return the adverse events that stand as columns of the subjects, if there are any."""
    if not description.flat_events:
        return {}
    if "adverse_events" in tables:
        what = f"`flat_events` makes the adverse events, but they are also read from {tables['adverse_events'].file}."
        problems.append(Problem(what, FILE, "Leave out `flat_events`, or take that file away."))
        return {}
    subject_id = description.columns.get("subjects", {}).get("subject_id", "subject_id")
    stacked = stack_events(tables["subjects"], subject_id, description.flat_events, problems)
    return {} if stacked is None else {"adverse_events": stacked}


def _find_flat_columns(description: Description) -> set[str]:
    """Return the columns of the subjects that stand for adverse events, and for nothing else."""
    named = {own for event in description.flat_events.values() for own in event.values()}
    return named - {*description.columns.get("subjects", {}).values()}


def _convert(text: TextTable, name: str, description: Description, problems: list[Problem]) -> TextTable:
    """Return a table, whose columns have their standard names, with the values that the dictionary expects."""
    if name in description.rows:
        text = drop_empty(text, frozenset(TABLES[name].by_name))
    text = recode_values(text, description.values.get(name, {}), problems)
    if isinstance(text, FlatEventTable):
        text = drop_no_events(text, problems)
    text = convert_units(text, description.units.get(name, {}), problems)
    orders = description.dates
    if isinstance(text, FlatEventTable) and name not in orders and EVERY in orders.get("subjects", {}):
        orders = {**orders, name: {EVERY: orders["subjects"][EVERY]}}
    return read_date_orders(text, name, orders, problems)


def _refuse_absent(texts: Mapping[str, TextTable], description: Description, problems: list[Problem]) -> None:
    """Report tables that keys speak of, but the study has not."""
    present = {*texts, *description.tables, *(["adverse_events"] if description.flat_events else [])}
    for key in ("rows", "units", "dates"):
        for name in getattr(description, key):
            if name not in present and name != EVERY:
                what = f"`{key}` speaks of `{name}`, but the study has no such table."
                problems.append(Problem(what, FILE, f"Add {TABLES[name].file}, or name its file under `tables`."))
