"""Files of a store that fsspec reaches, such as a bucket of S3: brought to a folder, and taken back.

Called in a process of its own, since fsspec keeps threads, and with them this one could not fork kernels any more.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from cartcohort.errors import CartCohortError, Problem, UsageError
from cartcohort.render.manifest import FILE_NAME

INSTALL = 'pip install "cart-reports[cluster]"'
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_ENDS = (FILE_NAME, "scenarios.json")
_REASONS = {
    "FileNotFoundError": "it is not there, or the bucket is not",
    "PermissionError": "access is refused",
    "NoCredentialsError": "no credentials were found",
    "PartialCredentialsError": "the credentials are not complete",
    "EndpointConnectionError": "the store cannot be reached",
    "ConnectTimeoutError": "the store does not answer",
    "ReadTimeoutError": "the store does not answer",
}


def is_url(text: str) -> bool:
    """Say whether a text names a place by URL."""
    return _URL.match(text) is not None


def show_url(url: str) -> str:
    """Return a URL without what may be secret in it: user, password, query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "")).rstrip("/")


def download(url: str, folder: Path, names: Collection[str] | None, error: type[CartCohortError]) -> None:
    """Bring the files below a URL to a folder.

    Parameters
    ----------
    url : str
    folder : Path
    names : collection of str or None
        Folders and files below the URL to bring, each as its first part; None brings all.
    error : type
        The kind of error to raise.

    Raises
    ------
    UsageError
        Where nothing that is installed reads such a URL.
    CartCohortError
        Of the kind given, where the store cannot be read.
    """
    with _as_error(url, error, "cannot be read"):
        system, root = _open(url)
        found = [name for name in _list_files(system, root) if names is None or PurePosixPath(name).parts[0] in names]
        for name in found:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if found:
            system.get([f"{root}/{name}" for name in found], [str(folder / name) for name in found])


def upload(url: str, folder: Path, changed: Sequence[str], gone: Sequence[str], error: type[CartCohortError]) -> None:
    """Take files of a folder to below a URL, manifests last, and then delete those that are gone.

    Raises
    ------
    CartCohortError
        Of the kind given, where the store cannot be written.
    """
    with _as_error(url, error, "cannot be written"):
        system, root = _open(url)
        ends = [name for name in changed if PurePosixPath(name).name in _ENDS]
        for names in ([name for name in changed if name not in ends], ends):
            if names:
                system.put([str(folder / name) for name in names], [f"{root}/{name}" for name in names])
        if gone:
            system.rm([f"{root}/{name}" for name in gone])


def _open(url: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs

        system, root = url_to_fs(url)
    except (ImportError, ValueError) as error:
        what = "Nothing that is installed reads such a URL."
        remedy = f"For s3:// install {INSTALL}; for another kind of store, what fsspec needs for it."
        raise UsageError(Problem(what, show_url(url), remedy)) from error
    return system, root.rstrip("/")


def _list_files(system: Any, root: str) -> Iterator[str]:
    """Find the files below a root, by their paths there; nothing that would lead out of a folder."""
    for path in system.find(root):
        name = path.removeprefix(f"{root}/")
        if name != path and name and not name.endswith("/") and ".." not in PurePosixPath(name).parts:
            yield name


@contextmanager
def _as_error(url: str, kind: type[CartCohortError], what: str) -> Iterator[None]:
    try:
        yield
    except CartCohortError:
        raise
    except Exception as error:  # every store has its own; their texts may hold what is secret
        reason = _REASONS.get(type(error).__name__, type(error).__name__)
        remedy = "Look at the URL, the network and the credentials: for S3 those of the environment or of ~/.aws."
        raise kind(Problem(f"The store {what}: {reason}.", show_url(url), remedy)) from error
