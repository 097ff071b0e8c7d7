"""The errors a user can meet, each kind with the exit code of the command line.

A message says the problem first, then where, then what to do. It holds row numbers, column and parameter names,
never a patient's values. Anything that is not one of these errors is a defect of the suite.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: what, where, and the remedy."""

    what: str
    where: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        """Lay the parts out one a line, leaving out the empty ones."""
        return "\n".join(part for part in (self.what, self.where, self.remedy) if part)


class CartCohortError(Exception):
    """Base of all errors a user can meet; carries every problem found, not only the first.

    Parameters
    ----------
    problems : str, Problem or sequence of Problem
        What is wrong. A plain string becomes a single problem.
    """

    exit_code = 1

    def __init__(self, problems: str | Problem | Sequence[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        if isinstance(problems, Problem):
            problems = (problems,)
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n\n".join(str(problem) for problem in self.problems))

    def __reduce__(self):
        """Pickle with the problems, so that the error crosses processes whole."""
        return type(self), (self.problems,)

    def _render_traceback_(self) -> list[str]:
        """Show the message alone in a notebook: a user's mistake needs no traceback."""
        return [f"{type(self).__name__}:", *str(self).splitlines()]


class UsageError(CartCohortError):
    """The command line asks for something that does not exist, such as an unknown section."""

    exit_code = 2


class ParameterError(CartCohortError):
    """A report parameter is unknown, or its value has the wrong type, range or choice."""

    exit_code = 10


class StudyDataError(CartCohortError):
    """A study's files are missing, unreadable, or break the data dictionary."""

    exit_code = 11


class EstimationError(CartCohortError):
    """An estimator was called with arrays that it cannot take (a defect of the caller, not a result)."""

    exit_code = 12


class ReportError(CartCohortError):
    """A notebook failed while it was executed or exported."""

    exit_code = 12


class OutputError(CartCohortError):
    """The output folder cannot be written, or an export of a report cannot be made."""

    exit_code = 13


_LONGEST_NAME = 200  # to look for what is close to a megabyte takes half a second


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ' Did you mean `x`?' for the closest known name, or an empty string where none is close.

    Capitals and small letters count as equal. A text that is far too long for a name is close to none.
    """
    if len(str(name)) > _LONGEST_NAME:
        return ""
    by_folded = {str(item).casefold(): str(item) for item in known}
    close = difflib.get_close_matches(str(name).casefold(), by_folded, n=1, cutoff=0.6)
    return f" Did you mean `{by_folded[close[0]]}`?" if close else ""
