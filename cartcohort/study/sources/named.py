"""What `tables` in study.yaml names: a file of the study's folder, a part of one, or a URL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from cartcohort.errors import Problem, StudyDataError

WORKBOOKS = (".xlsx", ".xlsm")
_DATABASES = ("postgresql", "postgres", "mysql", "mariadb", "mssql", "oracle")
_LOCAL = ("file", "local")
_STORES = ("https", "http", "s3", "s3a", "gs", "gcs", "az", "abfs", "memory")
"""Stores that a description may name: those that give a file and do nothing else. Others that fsspec knows run
commands, write caches, unpack archives, or read what lies on this machine."""
_SQLITE = re.compile(r"sqlite(\+\w+)?://", re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """The place of a table.

    Attributes
    ----------
    file : str
        Path inside the study's folder; empty where a URL is named.
    url : str
        URL of a database or of a file in a store, without the part; empty where a file is named.
    part : str
        Sheet of a workbook, or table of a database; empty where none is named.
    shown : str
        The name for messages, without what may be secret.
    database : bool
        Whether it is a database, in a file or not.
    """

    file: str
    url: str
    part: str
    shown: str
    database: bool = False

    @property
    def is_outside(self) -> bool:
        """Whether the table lies outside the study's folder."""
        return bool(self.url)

    @property
    def ending(self) -> str:
        """Return the ending by which the format of a file is told, also of one named by URL."""
        return PurePosixPath(self.file or self.url.partition("?")[0]).suffix.lower()


def parse_name(text: str) -> Named:
    """Take apart what `tables` names.

    Raises
    ------
    StudyDataError
        For a URL of a kind that is refused.
    """
    if "://" not in text:
        return _parse_file(text)
    shown = hide_secrets(text)
    place, part = _split_part(text)
    if "::" in place:
        raise StudyDataError(Problem("URLs that are chained by `::` are not read.", shown, "Name the file itself."))
    if _SQLITE.match(text):
        return _parse_sqlite(text, shown)
    scheme = text.partition("://")[0].lower()
    if scheme in _LOCAL:
        remedy = "Put the file into the study's folder, and give its name alone."
        raise StudyDataError(Problem("A URL of a local file is not read.", shown, remedy))
    database = scheme.partition("+")[0] in _DATABASES
    if not database and scheme not in _STORES:
        remedy = (
            f"A study may name files by {', '.join(one + '://' for one in _STORES[:-1])} and tables of databases."
        )
        raise StudyDataError(Problem("A URL of this kind is not read.", shown, remedy))
    return Named("", place, part, shown, database=database)


def _parse_file(text: str) -> Named:
    place, mark, part = text.rpartition("#")
    if mark and place.lower().endswith(WORKBOOKS):
        return Named(place, "", part.strip(), text)
    return Named(text, "", "", text)


def _parse_sqlite(text: str, shown: str) -> Named:
    place, part = _split_part(text)
    file = place.partition("://")[2]
    if not file.startswith("/") or "?" in file:
        remedy = "Write `sqlite:///registry.db#patients`: three slashes, the file, the table."
        raise StudyDataError(Problem("The URL of an SQLite database has another form.", shown, remedy))
    return Named(file[1:], "", part, shown, database=True)


def _split_part(text: str) -> tuple[str, str]:
    place, mark, part = text.rpartition("#")
    return (place, part.strip()) if mark else (text, "")


def hide_secrets(url: str) -> str:
    """Return a URL without user, password and query, also where a password holds marks that it should not."""
    scheme, mark, rest = url.partition("://")
    before, _, after = rest.rpartition("@")
    if ":" in before or "/" not in before:
        rest = after
    else:
        server, slash, path = rest.partition("/")
        rest = server.rpartition("@")[2] + slash + path
    place, hash_mark, part = rest.partition("#")
    return scheme + mark + place.partition("?")[0] + hash_mark + part
