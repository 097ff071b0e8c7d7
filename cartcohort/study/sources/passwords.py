"""Who to be for a PostgreSQL server, as its own programs tell it: environment variables and ~/.pgpass."""

from __future__ import annotations

import getpass
import os
import re
from pathlib import Path

_FIELD = re.compile(r"((?:\\.|[^:\\])*)(?::|$)")


def find_user() -> str:
    """Return the user where the URL names none: PGUSER, or who is logged in."""
    return os.environ.get("PGUSER") or getpass.getuser()


def find_password(host: str, port: int, database: str, user: str) -> str | None:
    """Return the password from PGPASSWORD, or from the first line of the password file that fits; None without one.

    As for PostgreSQL's own programs, a password file that others may read does not count.
    """
    if "PGPASSWORD" in os.environ:
        return os.environ["PGPASSWORD"]
    path = Path(os.environ.get("PGPASSFILE") or Path.home() / ".pgpass")
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            return None
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    wanted = (host, str(port), database, user)
    for line in lines:
        fields = [re.sub(r"\\(.)", r"\1", field) for field in _FIELD.findall(line)]
        given = () if line.startswith("#") else fields[:4]
        if len(fields) > 4 and all(field in ("*", one) for field, one in zip(given, wanted, strict=False)) and given:
            return fields[4]
    return None
