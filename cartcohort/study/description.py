"""study.yaml: what a study says about itself and about its files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from cartcohort.errors import Problem, StudyDataError, did_you_mean
from cartcohort.study.schema import TABLES

FILE = "study.yaml"


@dataclass(frozen=True, kw_only=True)
class Description:
    """The content of study.yaml, checked for its form; names of columns are checked against the tables later.

    Attributes
    ----------
    title, source : str
        As given, empty where not.
    synthetic : bool
        Whether the data are made up.
    data_cutoff_date : datetime.date or None
        Administrative censoring.
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
    published : str
        File of the published figures, empty where there is none.
    """

    title: str = ""
    source: str = ""
    synthetic: bool = False
    data_cutoff_date: dt.date | None = None
    tables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    factors: tuple[str, ...] | None = None
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    published: str = ""


class _TextLoader(yaml.SafeLoader):
    """Reads every scalar as text, so that `no`, `1` and `12.20` stay what the author wrote; refuses double keys."""

    yaml_implicit_resolvers: Mapping = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        """Return the mapping; a key given twice is an error."""
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str) or key in seen:
                reason = f"the key `{key}` is given twice" if isinstance(key, str) else "a key must be a plain text"
                raise yaml.constructor.ConstructorError(None, None, reason, key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read_yaml(path: Path, file: str) -> object:
    """Read a YAML file with every scalar as text.

    Raises
    ------
    StudyDataError
        If the file cannot be read, or is no YAML; with the line where it fails.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_TextLoader)
    except UnicodeDecodeError:
        raise StudyDataError(Problem("The file is not encoded in UTF-8.", file, "Save it as UTF-8.")) from None
    except OSError as reason:
        raise StudyDataError(Problem("The file cannot be read.", file, f"{reason.strerror}.")) from None
    except (yaml.YAMLError, RecursionError) as reason:
        raise StudyDataError(
            Problem("The file is not valid YAML.", _yaml_place(reason, file), _yaml_reason(reason))
        ) from None


def _yaml_place(reason: Exception, file: str) -> str:
    mark = getattr(reason, "problem_mark", None)
    return f"{file}: line {mark.line + 1}" if mark else file


def _yaml_reason(reason: Exception) -> str:
    return f"The parser says: {getattr(reason, 'problem', None) or type(reason).__name__}."


def read_description(folder: Path) -> Description:
    """Read and check study.yaml.

    Raises
    ------
    StudyDataError
        With one problem for each key that is unknown or has a wrong form.
    """
    content = read_yaml(folder / FILE, FILE)
    if content is None or content == "":
        content = {}
    if not isinstance(content, dict):
        raise StudyDataError(Problem("The file must hold keys with values.", FILE, "Such as `title: My study`."))
    problems: list[Problem] = []
    _refuse_unknown(content, Description.__dataclass_fields__, "", problems)
    given = {}
    for name, value in content.items():
        if name in _READERS and value != "":
            try:
                given[name] = _READERS[name](value)
            except _WrongFormError as wrong:
                problems.append(Problem(f"`{name}` {wrong.must}", FILE, wrong.remedy))
    for name in ("tables", "columns", "values"):
        _refuse_unknown(given.get(name, {}), TABLES, f" under `{name}`", problems)
    if problems:
        raise StudyDataError(problems)
    return Description(**given)


def _refuse_unknown(given: Iterable[str], known: Iterable[str], under: str, problems: list[Problem]) -> None:
    for name in given:
        if name not in known:
            what = f"There is no key `{name}`{under}.{did_you_mean(name, known)}"
            problems.append(Problem(what, FILE, f"Keys are: {', '.join(known)}."))


class _WrongFormError(Exception):
    """The value of a key has a wrong form."""

    def __init__(self, must: str, remedy: str) -> None:
        super().__init__(must)
        self.must, self.remedy = must, remedy


def _as_text(value: object) -> str:
    if not isinstance(value, str):
        raise _WrongFormError("must be one text.", "Quote it if it holds a colon or brackets.")
    return value.strip()


def _as_truth(value: object) -> bool:
    truth = {"true": True, "yes": True, "false": False, "no": False}.get(str(value).lower())
    if truth is None:
        raise _WrongFormError("must be true or false.", "Write `synthetic: true` or `synthetic: false`.")
    return truth


def _as_date(value: object) -> dt.date:
    try:
        return dt.datetime.strptime(_as_text(value), "%Y-%m-%d").date()
    except ValueError:
        raise _WrongFormError("must be a date.", "Write it as year-month-day, such as 2023-02-28.") from None


def _as_texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise _WrongFormError("must be a list of texts.", "Such as [sex, age_group].")
    texts = tuple(item.strip() for item in value)
    if len(set(texts)) < len(texts):
        raise _WrongFormError("must not name a value twice.", "Leave out the double one.")
    return texts


def _as_mapping(value: object, read, example: str) -> dict:
    if not isinstance(value, dict):
        raise _WrongFormError("must be a mapping.", f"Such as {example}.")
    return {key.strip(): read(item) for key, item in value.items() if not (item == "" and read is not _as_text)}


def _as_column_names(value: object) -> dict[str, dict[str, str]]:
    example = "{subjects: {subject_id: PatientNumber}}"
    return _as_mapping(value, lambda table: _as_mapping(table, _as_text, example), example)


def _as_recodes(value: object) -> dict[str, dict[str, dict[str, str]]]:
    example = "{subjects: {sex: {1: male, 2: female}}}"
    return _as_mapping(
        value,
        lambda table: _as_mapping(table, lambda recode: _as_mapping(recode, _as_text, example), example),
        example,
    )


_READERS = {
    "title": _as_text,
    "source": _as_text,
    "synthetic": _as_truth,
    "data_cutoff_date": _as_date,
    "tables": lambda value: _as_mapping(value, _as_text, "{subjects: patients.csv}"),
    "columns": _as_column_names,
    "values": _as_recodes,
    "factors": _as_texts,
    "levels": lambda value: _as_mapping(value, _as_texts, "{genetic_risk: [low, high]}"),
    "labels": lambda value: _as_mapping(value, _as_text, "{wait_days: Days from diagnosis}"),
    "published": _as_text,
}
