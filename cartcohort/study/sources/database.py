"""Tables of databases, on a server or in an SQLite file."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cartcohort.errors import CartCohortError, Problem, StudyDataError, did_you_mean
from cartcohort.study.sources.header import make_table
from cartcohort.study.sources.named import Named
from cartcohort.study.sources.unreadable import as_unreadable
from cartcohort.study.sources.values import TextColumns
from cartcohort.study.text_table import TextTable

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine, TableClause

_SECONDS = 30  # without an answer
_UNREACHABLE = "Look at the host, the port and the network."
_NO_PASSWORD = "28P01"
_OPTIONS = ("sslmode", "driver", "encrypt", "trustservercertificate", "charset", "service_name")
_PLAIN = re.compile(r"[\w -]+")
_REASONS = {
    _NO_PASSWORD: ("the password is refused", "Look at the user and the password."),
    "28000": ("the user is refused", "Look at the user, and at what the server allows."),
    "3D000": ("there is no such database", "Look at the name of the database, after the host."),
    "42501": ("the user may not read the table", "Ask for the right to read it."),
}
"""What the codes of an SQL error mean, and what to do."""


def read_sqlite(path: Path, named: Named, table: str) -> TextTable:
    """Read a table of an SQLite database, leaving nothing beside its file.

    Raises
    ------
    StudyDataError
        If the file is no database, is being written, or has no such table.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    for ending in ("-wal", "-journal"):
        beside = path.with_name(path.name + ending)
        if beside.is_file() and beside.stat().st_size:
            what = f"The database has changes that are not in its file yet, but in {beside.name}."
            raise StudyDataError(Problem(what, named.shown, "Close the program that has it open."))
    # Of a database that is immutable no lock is taken, and no file made beside it.
    place = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    engine = create_engine("sqlite://", creator=lambda: _connect_to_file(place), poolclass=NullPool)
    with as_unreadable(path, named.shown, "an SQLite database"):
        return _read(engine, named, table)


def _connect_to_file(place: str) -> sqlite3.Connection:
    connection = sqlite3.connect(place, uri=True)
    # What views of a stranger's database may call is then harmless; extensions Python loads for nobody anyway.
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def read_server(named: Named, table: str) -> TextTable:
    """Read a table of a database on a server, in a transaction that can change nothing.

    A password comes from the URL, from PGPASSWORD or from ~/.pgpass, and is never told.

    Raises
    ------
    StudyDataError
        If the server cannot be reached, refuses, or has no such table.
    """
    engine = _open(named)
    with _as_refused(named, has_password=engine.url.password is not None):
        return _read(engine, named, table)


def _open(named: Named) -> Engine:
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError
    from sqlalchemy.pool import NullPool

    try:
        url = make_url(named.url)
        _refuse_options(url, named)
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+pg8000")
        arguments = {}
        if url.drivername == "postgresql+pg8000":
            url, arguments = _complete(url)
        # The server then turns what it holds into Unicode, whatever its own encoding.
        encoding = {"client_encoding": "utf8"} if arguments else {}
        return create_engine(url, poolclass=NullPool, connect_args=arguments, **encoding)
    except (ImportError, NoSuchModuleError):
        what = "Nothing that is installed reads such a database."
        remedy = "Install the library that SQLAlchemy needs for it; PostgreSQL needs nothing else."
        raise StudyDataError(Problem(what, named.shown, remedy)) from None
    except (ArgumentError, ValueError):
        what = "The URL of the database cannot be read."
        remedy = "Write postgresql://user@host/database#table; in a password, # / : @ are written %23 %2F %3A %40."
        raise StudyDataError(Problem(what, named.shown, remedy)) from None


def _refuse_options(url: URL, named: Named) -> None:
    """Refuse options by which a description could have a driver load a library, or read a file of this machine."""
    for name, value in url.query.items():
        if name.lower() not in _OPTIONS or not isinstance(value, str) or not _PLAIN.fullmatch(value):
            what = "The URL of the database has an option that is not taken from a study."
            remedy = f"Leave out what stands after `?`, but for plain values of {', '.join(_OPTIONS)}."
            raise StudyDataError(Problem(what, named.shown, remedy))


def _complete(url: URL) -> tuple[URL, dict[str, Any]]:
    """Return the URL with user and password, and what else to connect with: encryption as libpq's `sslmode` says."""
    import ssl

    from cartcohort.study.sources.passwords import find_password, find_user

    user = url.username or find_user()
    password = url.password
    if password is None:
        password = find_password(url.host or "localhost", url.port or 5432, url.database or user, user)
    url = url.set(username=user, password=password, host=url.host or "localhost", database=url.database or user)
    mode = url.query.get("sslmode")
    arguments: dict[str, Any] = {"timeout": _SECONDS, "password": password or ""}  # the driver asks for a text
    if mode in ("disable", "require"):
        arguments["ssl_context"] = mode == "require"
    elif mode in ("verify-ca", "verify-full"):
        arguments["ssl_context"] = ssl.create_default_context()
    return url.difference_update_query(["sslmode"]), arguments


@contextmanager
def _as_refused(named: Named, *, has_password: bool) -> Iterator[None]:
    """Say in our words why a server cannot be read; its own may hold what is secret."""
    try:
        yield
    except (CartCohortError, MemoryError):
        raise
    except Exception as error:  # every driver has its own
        reason, remedy = _explain(error)
        if not has_password and (reason, remedy) == _REASONS[_NO_PASSWORD]:
            reason, remedy = "it asks for a password", "Give it by PGPASSWORD, or in a file ~/.pgpass of your own."
        raise StudyDataError(Problem(f"The database cannot be read: {reason}.", named.shown, remedy)) from None


def _explain(error: Exception) -> tuple[str, str]:
    cause = getattr(error, "orig", None) or error
    said = cause.args[0] if cause.args else ""
    code = said.get("C", "") if isinstance(said, dict) else getattr(cause, "sqlstate", "")
    if code in _REASONS:
        return _REASONS[code]
    if "Can't create a connection" in str(said) or isinstance(cause, OSError):
        return "the server cannot be reached", _UNREACHABLE
    if "SSL" in str(said):
        return "the server takes no encrypted connection", "Look at `sslmode` in the URL."
    if isinstance(cause, TypeError):
        return "the URL has an option that the driver does not know", "Leave out what stands after `?`."
    return f"{type(cause).__name__} {code}".strip(), "Look at the URL, and whether other programs can read the table."


def _read(engine: Engine, named: Named, table: str) -> TextTable:
    """Read a table, its rows in an order that does not depend on how the database keeps them."""
    from sqlalchemy import literal_column, select

    try:
        with _connect_to_read(engine) as connection:
            found = _find_table(connection, named, named.part or table)
            result = connection.execute(select(literal_column("*")).select_from(found))
            names, records = [str(name).strip() for name in result.keys()], result.fetchall()  # noqa: SIM118 - its rows are what `in` goes through
    finally:
        engine.dispose()
    columns = TextColumns(named.shown)
    values = list(zip(*map(tuple, records), strict=True)) or [()] * len(names)
    for name, column in zip(names, values, strict=True):
        columns.add(name, np.array([*column, None], dtype=object)[:-1])
    said = columns.finish()
    order = _order(columns.columns, len(records))
    ordered = [column.iloc[order].reset_index(drop=True) for column in columns.columns]
    return make_table(named.shown, names, ordered, readings=said)


@contextmanager
def _connect_to_read(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection
        connection.rollback()


def _find_table(connection: Connection, named: Named, name: str) -> TableClause:
    """Return the table or view of a name, or of `schema.name`; it is quoted, so that no name is ever SQL.

    Raises
    ------
    StudyDataError
        If there is none; with the one that looks like it.
    """
    from sqlalchemy import inspect, quoted_name
    from sqlalchemy import table as as_table

    inspector = inspect(connection)
    schema, _, last = name.rpartition(".")
    for place, one in ((None, name), (schema, last)):
        if (place is None or place) and one and inspector.has_table(one, schema=place):
            return as_table(quoted_name(one, True), schema=place and quoted_name(place, True))
    known = [*inspector.get_table_names(), *inspector.get_view_names()]
    what = f"The database has no table `{name}`.{did_you_mean(name, known)}"
    remedy = "Name it after `#` under `tables` in study.yaml, with its schema where that is not the usual one."
    raise StudyDataError(Problem(what, named.shown, remedy))


def _order(columns: list[pd.Series], n: int) -> np.ndarray:
    """Return the positions of the records sorted by the first column, then by the others; missing cells first."""
    return np.lexsort([_rank(column) for column in reversed(columns)]) if columns else np.arange(n)


def _rank(column: pd.Series) -> np.ndarray:
    texts = column.cat.categories
    numbers = pd.to_numeric(texts[texts != ""], errors="coerce")
    by = pd.to_numeric(texts, errors="coerce") if np.isfinite(numbers).all() else texts
    order = np.argsort(np.asarray(by.fillna(-np.inf) if by is not texts else by), kind="stable")
    ranks = np.empty(len(texts), dtype=int)
    ranks[order] = np.arange(len(texts))
    return ranks[column.cat.codes]
