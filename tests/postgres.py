"""A PostgreSQL server of the tests' own, started from the system's package and gone with the tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy

PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: float(path.parent.name))
PASSWORD = "s3cret:/@#"
URL_PASSWORD = "s3cret%3A%2F%40%23"


@dataclass(frozen=True)
class Server:
    """A running server; its user `cart` owns the database `registry`."""

    port: int

    def url(self, *, password: str = URL_PASSWORD, table: str = "", database: str = "registry") -> str:
        """A URL as a user would write it."""
        who = f"cart:{password}" if password else "cart"
        return f"postgresql://{who}@127.0.0.1:{self.port}/{database}" + (f"#{table}" if table else "")

    @property
    def place(self) -> str:
        """The URL as it is shown."""
        return f"postgresql://127.0.0.1:{self.port}/registry"

    def execute(self, *statements: str) -> None:
        """Execute SQL."""
        engine = self._open()
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(sqlalchemy.text(statement))
        engine.dispose()

    def write(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """Write tables in an order of no meaning, dates as dates, in place of those of the same name."""
        engine = self._open()
        for name, frame in tables.items():
            dates = {column: sqlalchemy.Date for column in frame if column.endswith("_date")}
            shuffled = frame.sample(frac=1, random_state=1)
            shuffled.to_sql(name, engine, index=False, if_exists="replace", dtype=dates)
        engine.dispose()

    def _open(self) -> sqlalchemy.Engine:
        return sqlalchemy.create_engine(self.url().replace("postgresql://", "postgresql+pg8000://"))


def run_server() -> Iterator[Server]:
    """Start a server, and stop it at the end. Without the programs the test is skipped, but in CI it fails."""
    if PROGRAMS is None and os.environ.get("CI") != "true":
        pytest.skip("PostgreSQL is not installed")
    assert PROGRAMS is not None, "PostgreSQL is not installed"
    folder = Path(tempfile.mkdtemp(prefix="cart-postgres-"))
    password = folder / "password"
    password.write_text(PASSWORD)
    if os.getuid() == 0:  # for whom the server does not run
        shutil.chown(folder, "postgres", "postgres")
        shutil.chown(password, "postgres", "postgres")
    data = folder / "data"
    _call(
        "initdb",
        "-D",
        data,
        "-U",
        "cart",
        "--pwfile",
        password,
        "-A",
        "scram-sha-256",
        "--no-sync",
        "--locale=C",
        "-E",
        "UTF8",
    )
    port = _find_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    _call("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        engine = sqlalchemy.create_engine(
            f"postgresql+pg8000://cart:{URL_PASSWORD}@127.0.0.1:{port}/postgres", isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text("CREATE DATABASE registry"))
        engine.dispose()
        yield Server(port)
    finally:
        _call("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def _call(program: str, *arguments: str | Path) -> None:
    command = [str(PROGRAMS / program), *map(str, arguments)]
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    subprocess.run([*as_postgres, *command], check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=60)


def _find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
