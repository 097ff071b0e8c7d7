"""What a library says of a file that it cannot read, as an error of ours."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cartcohort.errors import CartCohortError, Problem, StudyDataError
from cartcohort.study.sources.kinds import tell_kind


@contextmanager
def as_unreadable(path: Path, file: str, words: str) -> Iterator[None]:
    """Turn whatever a library raises on a damaged file into an error of ours, and keep its warnings still.

    Parameters
    ----------
    path : Path
        Where the file is.
    file : str
        Its name, for messages.
    words : str
        What its name says that it is, such as "a workbook of Excel".

    Raises
    ------
    StudyDataError
        If the file is empty, of another kind, or damaged.
    """
    if not path.stat().st_size:
        raise StudyDataError(Problem("The file is empty.", file, "Put the table in its place."))
    kind = tell_kind(path)
    if kind is not None and path.suffix.lower() not in kind.endings and kind.words != words:
        raise StudyDataError(kind.misnamed(file))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (CartCohortError, OSError, MemoryError):
        raise
    except Exception:  # every library has its own, and for damaged files all kinds of them
        what = f"The file cannot be read as {words}: it is damaged, incomplete, or of another kind."
        raise StudyDataError(Problem(what, file, "Save it anew from the program that made it.")) from None
