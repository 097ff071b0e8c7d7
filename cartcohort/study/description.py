"""study.yaml: what a study says about itself and about its files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from cartcohort.errors import Problem, StudyDataError, did_you_mean
from cartcohort.study.files import find_file
from cartcohort.study.forms import WrongFormError, as_date, as_mapping, as_text, as_texts, as_truth
from cartcohort.study.mapping import keys
from cartcohort.study.mapping.keys import EVERY, StatusTime
from cartcohort.study.schema import ADAM_TABLES, DAYS_ZERO, TABLES
from cartcohort.study.sources.text_form import DECIMALS, SEPARATORS, TextForm
from cartcohort.yaml_text import TextLoader

FILE = "study.yaml"


@dataclass(frozen=True, kw_only=True)
class Description:
    """The content of study.yaml, checked for its form; names of columns are checked against the tables later.

    Attributes
    ----------
    format : str
        "adam" where the tables are those of an ADaM package; empty where they are those of the data dictionary.
    title, source : str
        As given, empty where not.
    synthetic : bool
        Whether the data are made up.
    data_cutoff_date : datetime.date or None
        Administrative censoring.
    day_zero : str
        What day 0 is, one of `DAYS_ZERO`.
    tables : mapping of str to str
        File of each table that the description names.
    columns : mapping of str to mapping of str to str
        By table: standard name to the file's own name.
    values : mapping of str to mapping of str to mapping of str to str
        By table and column: the file's value to the standard one.
    factors : tuple of str or None
        Columns to compare by; None where the description says nothing.
    levels : mapping of str to tuple of str
        By column: levels in order, the first is the reference.
    labels : mapping of str to str
        By column: words for a reader.
    known_later : mapping of str to str
        By group known only after infusion: column of the day on which a patient came to its second level.
    endpoints : mapping of str to object
        By name of an endpoint of the study's own: what it declares, of any form yet.
    published : str
        File of the published figures, empty where there is none.
    rows : mapping of str to str
        By table: expression, on the file's own names, that its rows fulfil.
    units : mapping of str to mapping of str to str
        By table and column: unit in which the file holds it.
    dates : mapping of str to mapping of str to str
        By table and column, or `EVERY`: order of the parts of dates.
    follow_up : StatusTime or None
        Time and status that stand for death and last contact.
    status_times : mapping of str to StatusTime
        By name of a time without its ending: time and status that stand for it.
    flat_events : mapping of str to mapping of str to str
        By term and column of adverse_events: the column of the subjects' file that holds it.
    reading : mapping of str to TextForm
        By table: how its text file is to be read, where that is not to be told from its content.
    """

    format: str = ""
    title: str = ""
    source: str = ""
    synthetic: bool = False
    data_cutoff_date: dt.date | None = None
    day_zero: str = "infusion"
    tables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    factors: tuple[str, ...] | None = None
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    known_later: Mapping[str, str] = field(default_factory=dict)
    endpoints: Mapping[str, Any] = field(default_factory=dict)
    published: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    follow_up: StatusTime | None = None
    status_times: Mapping[str, StatusTime] = field(default_factory=dict)
    flat_events: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reading: Mapping[str, TextForm] = field(default_factory=dict)


class _Loader(TextLoader):
    """Reads every scalar as text, so that `no`, `1` and `12.20` stay what the author wrote.

    A plain `null` or `~` counts as left empty.
    """

    def construct_scalar(self, node: yaml.ScalarNode) -> str:
        """Return the text of a scalar, none for a plain null."""
        text = super().construct_scalar(node)
        return "" if node.style is None and text in NULLS else text


NULLS = ("~", "null", "Null", "NULL")


def read_yaml(folder: Path, file: str) -> object:
    """Read a YAML file of a study with every scalar as text.

    Raises
    ------
    StudyDataError
        If the file cannot be read, or is no YAML; with the line where it fails.
    """
    path = find_file(folder, file)
    try:
        return parse_yaml(path.read_text(encoding="utf-8-sig"), file)
    except UnicodeDecodeError:
        raise StudyDataError(Problem("The file is not encoded in UTF-8.", file, "Save it as UTF-8.")) from None
    except FileNotFoundError:
        remedy = "Put it into the study's folder, or correct its name in study.yaml."
        raise StudyDataError(Problem("There is no such file.", file, remedy)) from None
    except OSError as reason:
        raise StudyDataError(Problem("The file cannot be read.", file, f"{reason.strerror}.")) from None


def parse_yaml(text: str, file: str) -> object:
    """Return what a text of YAML holds, every scalar as text; `file` is for messages."""
    try:
        return yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, RecursionError) as reason:
        raise StudyDataError(_yaml_problem(reason, file)) from None


def _yaml_problem(reason: Exception, file: str) -> Problem:
    mark = getattr(reason, "problem_mark", None)
    where = f"{file}: line {mark.line + 1}" if mark else file
    said = getattr(reason, "problem", None) or getattr(reason, "reason", None) or "it is nested too deeply"
    hint = next((hint for sign, hint in _YAML_HINTS.items() if sign in said), _QUOTE)
    return Problem("The file is not valid YAML.", where, f"{hint} The parser says: {said}.")


_QUOTE = "Put a text that holds any of : # @ * & [ ] { } ' \" in quotation marks."
_YAML_HINTS = {
    "\\t": "Write blanks, not tabs, before a key and after its colon.",
    "end of stream": "Close the quotation mark.",
    "stream end": "Close the bracket.",
    "another document": "Leave out the line `---`.",
    "document start": "Begin all keys of the first level in the first column, and leave out `...`.",
    "simple key": "Write each key as `name: value`.",
    "expected ':'": "Write each key as `name: value`.",
    "given twice": "Keep one of the two.",
    "must be a plain text": "Write each key as `name: value`.",
    "special characters": "Delete the invisible control characters.",
    "repeat each other": "Write out what is meant, without & and *.",
    "nested": "Write `name: value`, with at most three levels.",
}
"""What a reader can do, by what the parser's words hold."""


def read_description(folder: Path) -> Description:
    """Read and check study.yaml.

    Raises
    ------
    StudyDataError
        With one problem for each key that is unknown or has a wrong form.
    """
    return check_description(read_yaml(folder, FILE))


def check_description(content: object) -> Description:
    """Check the content of study.yaml; raises as `read_description` does."""
    content = {} if content in (None, "") else content
    if not isinstance(content, dict):
        raise StudyDataError(Problem("The file must hold keys with values.", FILE, "Such as `title: My study`."))
    problems: list[Problem] = []
    _refuse_unknown(content, Description.__dataclass_fields__, "", problems)
    given = {}
    for name, value in content.items():
        if name in _READERS and value != "":
            try:
                given[name] = _READERS[name](value)
            except WrongFormError as wrong:
                path = ": ".join((name, *wrong.keys))
                problems.append(Problem(f"`{path}` {wrong.must}", FILE, wrong.remedy))
    known = ADAM_TABLES if given.get("format") == "adam" else tuple(TABLES)
    for name in ("tables", "columns", "values", "rows", "units", "dates", "reading"):
        named = [table for table in given.get(name, {}) if table != EVERY]
        _refuse_unknown(named, known, f" under `{name}`", problems)
    if problems:
        raise StudyDataError(problems)
    return Description(**given)


def _refuse_unknown(given: Iterable[str], known: Iterable[str], under: str, problems: list[Problem]) -> None:
    for name in given:
        if name not in known:
            what = f"There is no key `{name}`{under}.{did_you_mean(name, known)}"
            problems.append(Problem(what, FILE, f"Keys are: {', '.join(known)}."))


def _as_day_zero(value: object) -> str:
    if not isinstance(value, str) or value not in DAYS_ZERO:
        raise WrongFormError(
            f"must be one of {', '.join(DAYS_ZERO)}.", "Write `day_zero: transplant`, or leave it out."
        )
    return value


def _as_column_names(value: object) -> dict[str, dict[str, str]]:
    example = "{subjects: {subject_id: PatientNumber}}"
    return as_mapping(value, lambda table: as_mapping(table, as_text, example), example)


def _as_recodes(value: object) -> dict[str, dict[str, dict[str, str]]]:
    example = "{subjects: {sex: {1: male, 2: female}}}"
    return as_mapping(
        value,
        lambda table: as_mapping(
            table, lambda recode: as_mapping(recode, as_text, example, keep_empty=True), example
        ),
        example,
    )


def _as_levels(value: object) -> dict[str, tuple[str, ...]]:
    return as_mapping(value, lambda levels: as_texts(levels, "[low, high]"), "{genetic_risk: [low, high]}")


def _as_reading(value: object) -> TextForm:
    given = as_mapping(value, as_text, "{encoding: cp1250, separator: semicolon, decimal: comma}")
    choices = {"encoding": (), "separator": tuple(SEPARATORS), "decimal": DECIMALS}
    for key, text in given.items():
        if key not in choices:
            raise WrongFormError(
                f"has no key `{key}`.{did_you_mean(key, choices)}", f"Keys are: {', '.join(choices)}."
            )
        if key == "encoding" and not _is_encoding(text):
            raise WrongFormError("names no text encoding.", "Such as utf-8, cp1252, cp1250, shift_jis or gb18030.")
        if choices[key] and text not in choices[key]:
            raise WrongFormError(f"has no such {key}.", f"Write one of {', '.join(choices[key])}.")
    return TextForm(**given)


def _is_encoding(name: str) -> bool:
    try:
        return isinstance("".encode(name), bytes)
    except (LookupError, ValueError):
        return False


def _as_format(value: object) -> str:
    if value != "adam":
        raise WrongFormError("must be adam.", "Write `format: adam` for an ADaM package, else leave it out.")
    return "adam"


_READERS = {
    "format": _as_format,
    "title": as_text,
    "source": as_text,
    "synthetic": as_truth,
    "data_cutoff_date": as_date,
    "day_zero": _as_day_zero,
    "tables": lambda value: as_mapping(value, as_text, "{subjects: patients.csv}"),
    "columns": _as_column_names,
    "values": _as_recodes,
    "factors": as_texts,
    "levels": _as_levels,
    "labels": lambda value: as_mapping(value, as_text, "{wait_days: Days from diagnosis}"),
    "known_later": lambda value: as_mapping(value, as_text, "{high_expansion: peak_day}"),
    "endpoints": lambda value: as_mapping(value, lambda one: one, "{ttnt: {events: [new_therapy, death]}}"),
    "published": as_text,
    "rows": keys.as_rows,
    "units": keys.as_units,
    "dates": keys.as_dates,
    "follow_up": keys.as_follow_up,
    "status_times": keys.as_status_times,
    "flat_events": keys.as_flat_events,
    "reading": lambda value: as_mapping(value, _as_reading, "{subjects: {encoding: cp1250}}"),
}
