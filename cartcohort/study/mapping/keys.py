"""The keys of study.yaml that map a file, checked for their form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cartcohort.study.forms import WrongFormError, as_choice, as_keys, as_mapping, as_text, as_texts, read_key
from cartcohort.study.schema import ADVERSE_EVENTS

EVERY = "*"
"""Stands for every table, or every column of one, in the orders of dates."""

ORDERS = ("day/month/year", "month/day/year", "year/month/day")
"""Orders in which a date's parts can be told to stand."""

TIME_UNITS = ("days", "weeks", "months", "years")
"""Units in which times can be told to be."""

FLAT_EVENT_COLUMNS = tuple(
    name for column in ADVERSE_EVENTS.columns for name in column.names if name not in ("subject_id", "term")
)
"""What a flat sheet can hold of an adverse event, each in a column."""


@dataclass(frozen=True, kw_only=True)
class StatusTime:
    """A time and a status that says what happened then, as columns of the subjects' file.

    Attributes
    ----------
    time, status : str
        The file's own names; the time counts from first infusion.
    event, no_event : tuple of str
        Values of the status that mean that it happened, and that it did not; no_event may be empty.
    unit : str
        One of `TIME_UNITS`; empty where the column holds dates.
    """

    time: str
    status: str
    event: tuple[str, ...]
    no_event: tuple[str, ...] = ()
    unit: str = TIME_UNITS[0]


def as_rows(value: object) -> dict[str, str]:
    """Return by table the expression that its rows fulfil."""
    return as_mapping(value, as_text, "{adverse_events: redcap_repeat_instrument == 'ae'}")


def as_units(value: object) -> dict[str, dict[str, str]]:
    """Return by table and column the unit in which the file holds it."""
    example = "{subjects: {last_contact_day: months}}"
    return as_mapping(value, lambda table: as_mapping(table, as_text, example), example)


def as_dates(value: object) -> dict[str, dict[str, str]]:
    """Return by table and column the order of dates; `EVERY` stands for all of them."""
    if isinstance(value, str):
        return {EVERY: {EVERY: as_choice(value, ORDERS)}}
    return as_mapping(value, _as_table_dates, "{subjects: day/month/year}")


def _as_table_dates(value: object) -> dict[str, str]:
    if isinstance(value, str):
        return {EVERY: as_choice(value, ORDERS)}
    return as_mapping(value, lambda order: as_choice(order, ORDERS), "{death_date: day/month/year}")


def as_follow_up(value: object) -> StatusTime:
    """Return the time and status that stand for death and last contact."""
    example = "{time: os_months, status: vital_status, dead: [1], unit: months}"
    given = as_keys(value, ("time", "date", "status", "dead", "alive", "unit"), ("status", "dead"), example)
    if ("time" in given) == ("date" in given):
        raise WrongFormError("must have either `time` or `date`.", f"Such as {example}.")
    if "date" in given and "unit" in given:
        raise WrongFormError("has a `unit`, but dates have none.", "Leave one of `date` and `unit` out.")
    return _as_status_time(given, event="dead", no_event="alive")


def as_status_times(value: object) -> dict[str, StatusTime]:
    """Return by name of a time without its ending, such as `relapse`, the time and status that stand for it."""
    example = "{relapse: {time: relapse_months, status: relapsed, event: [1], unit: months}}"

    def read(item: object) -> StatusTime:
        given = as_keys(item, ("time", "status", "event", "no_event", "unit"), ("time", "status", "event"), example)
        return _as_status_time(given, event="event", no_event="no_event")

    return as_mapping(value, read, example)


def _as_status_time(given: Mapping[str, object], *, event: str, no_event: str) -> StatusTime:
    lists = {key: read_key(key, given[key], as_codes) for key in (event, no_event) if key in given}
    if set(lists[event]) & set(lists.get(no_event, ())):
        raise WrongFormError(f"names a value under both `{event}` and `{no_event}`.", "Keep it under one.")
    unit = read_key("unit", given.get("unit", TIME_UNITS[0]), lambda text: as_choice(text, TIME_UNITS))
    name = "date" if "date" in given else "time"
    return StatusTime(
        time=read_key(name, given[name], as_text),
        status=read_key("status", given["status"], as_text),
        event=lists[event],
        no_event=lists.get(no_event, ()),
        unit="" if name == "date" else unit,
    )


def as_codes(value: object) -> tuple[str, ...]:
    """Return a list of values; a single one need not be in brackets."""
    return as_texts([value] if isinstance(value, str) else value, "[1, dead]")


def as_flat_events(value: object) -> dict[str, dict[str, str]]:
    """Return by term of an adverse event: column of the table of events to the own name of the subjects' file."""
    example = "{CRS: {grade: crs_grade, onset_date: crs_start}}"

    def read(event: object) -> dict[str, str]:
        given = as_keys(event, FLAT_EVENT_COLUMNS, (), example)
        if not given:
            raise WrongFormError("names no column.", f"Such as {example}.")
        return as_mapping(given, as_text, example)

    return as_mapping(value, read, example)
