"""What is known to be vulnerable among what is locked, asked of the open database OSV (https://osv.dev)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from tests.supply.lock import Pin

URL = "https://api.osv.dev/v1/querybatch"
_SECONDS = 30
_MOST_PAGES = 20

Ask = Callable[[bytes], bytes]


class UnreachableError(Exception):
    """The database did not answer, or not as its description says."""


def find_vulnerable(pins: Sequence[Pin], ask: Ask | None = None) -> dict[Pin, list[str]]:
    """Return the identifiers of what is known of each distribution of which something is.

    Parameters
    ----------
    pins : sequence of Pin
    ask : callable, optional
        Takes a query and returns the answer, as bytes; over the network by default.

    Raises
    ------
    UnreachableError
    """
    found: dict[Pin, list[str]] = {}
    queries = [(pin, _query(pin)) for pin in pins]
    for _ in range(_MOST_PAGES):
        answers = _ask_all([query for _, query in queries], ask or _ask_database)
        for (pin, _), one in zip(queries, answers, strict=True):
            if one.get("vulns"):
                found.setdefault(pin, []).extend(vulnerability["id"] for vulnerability in one["vulns"])
        tokens = [
            (pin, query, one.get("next_page_token")) for (pin, query), one in zip(queries, answers, strict=True)
        ]
        queries = [(pin, {**query, "page_token": token}) for pin, query, token in tokens if token]
        if not queries:
            return found
    raise UnreachableError("it sends one page after the other")


def describe(pins: Sequence[Pin], ask: Ask | None = None) -> tuple[str, int]:
    """Return what was found, and the exit code: 0 nothing, 1 something, 2 the database could not be asked."""
    try:
        found = find_vulnerable(pins, ask)
    except UnreachableError as reason:
        return f"The database at {URL} could not be asked: {reason}. Nothing is known.", 2
    lines = [f"{pin.name} {pin.version}: {', '.join(known)}" for pin, known in found.items()]
    lines += [f"{len(pins)} versions asked for, {len(found) or 'none'} known to be vulnerable."]
    return "\n".join([*lines, *(["https://osv.dev/vulnerability/ID tells more."] if found else [])]), int(bool(found))


def _query(pin: Pin) -> dict[str, Any]:
    return {"package": {"name": pin.name, "ecosystem": "PyPI"}, "version": pin.version}


def _ask_all(queries: Sequence[Mapping[str, Any]], ask: Ask) -> list[Mapping[str, Any]]:
    try:
        answers = json.loads(ask(json.dumps({"queries": queries}).encode()))["results"]
        if len(answers) != len(queries):
            raise ValueError
        return [dict(one) for one in answers]
    except OSError as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise UnreachableError(reason) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UnreachableError("its answer cannot be read") from error


def _ask_database(query: bytes) -> bytes:
    request = Request(URL, query, {"Content-Type": "application/json"})
    with urlopen(request, timeout=_SECONDS) as answer:
        return answer.read()
