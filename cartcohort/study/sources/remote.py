"""Files of tables in a store that fsspec reaches, such as https:// or s3://."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cartcohort.errors import Problem, StudyDataError
from cartcohort.rooms import open_room
from cartcohort.study.sources.named import Named

_INSTALL = 'pip install "cart-reports[cluster]"'
_REASONS = {
    "FileNotFoundError": "it is not there",
    "PermissionError": "access is refused",
    "NoCredentialsError": "no credentials were found",
    "PartialCredentialsError": "the credentials are not complete",
    "EndpointConnectionError": "the store cannot be reached",
    "ClientConnectorError": "the store cannot be reached",
    "ClientConnectorDNSError": "the store cannot be reached",
    "ClientResponseError": "the store refuses it",
    "ConnectTimeoutError": "the store does not answer",
    "ReadTimeoutError": "the store does not answer",
    "TimeoutError": "the store does not answer",
    "FSTimeoutError": "the store does not answer",
}


@contextmanager
def fetch(named: Named) -> Iterator[Path]:
    """Bring the file of a table to a temporary folder, which is gone afterwards.

    Raises
    ------
    StudyDataError
        If nothing that is installed reads such a URL, or the file cannot be had.
    """
    with open_room() as folder:
        path = folder / f"table{named.ending}"
        download(named, path)
        yield path


def download(named: Named, path: Path) -> None:
    """Bring the file of a table to a path.

    Raises
    ------
    StudyDataError
        As `fetch` does.
    """
    system, place = _open(named)
    try:
        system.get_file(place, str(path))
    except Exception as error:  # every store has its own; their texts may hold what is secret
        reason = _REASONS.get(type(error).__name__, type(error).__name__)
        remedy = "Look at the URL, the network and the credentials: for S3 those of the environment or of ~/.aws."
        raise StudyDataError(Problem(f"The file cannot be read: {reason}.", named.shown, remedy)) from None


def _open(named: Named) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs

        return url_to_fs(named.url)
    except (ImportError, ValueError):
        what = "Nothing that is installed reads such a URL."
        remedy = f"For https:// and s3:// install {_INSTALL}; for another kind of store, what fsspec needs for it."
        raise StudyDataError(Problem(what, named.shown, remedy)) from None
