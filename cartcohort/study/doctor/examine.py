"""The whole examination of a study: what is wrong, what is odd, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cartcohort.errors import Problem
from cartcohort.study.doctor.rules import find_all
from cartcohort.study.doctor.schemas import look_again
from cartcohort.study.doctor.summary import summarise
from cartcohort.study.load import make_study, read_study


@dataclass(frozen=True)
class Examination:
    """What was found in a study.

    Attributes
    ----------
    title : str
        Of the study.
    synthetic : bool
        Whether its data are made up.
    errors : tuple of Problem
        What must be mended before there can be a report.
    warnings : tuple of Problem
        What looks odd, and prevents nothing.
    summary : tuple of str
        What the study holds, in lines of words.
    """

    title: str
    synthetic: bool
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    summary: tuple[str, ...]


def examine_study(path: str | Path) -> Examination:
    """Read a study and ask all rules of the doctor.

    Parameters
    ----------
    path : str or Path
        Folder with study.yaml and its tables.

    Raises
    ------
    StudyDataError
        If there is no such folder, or its study.yaml cannot be read: then nothing can be said of its tables.
    """
    reading = read_study(path)
    warnings = find_all(reading)
    if reading.package is not None:
        warnings = tuple(reading.package.translate(warnings))
    if not reading.problems:
        warnings += tuple(one for one in make_study(reading).warnings if one not in warnings)
    return Examination(
        title=reading.description.title or reading.name,
        synthetic=reading.description.synthetic,
        errors=reading.problems or look_again(reading),
        warnings=warnings,
        summary=tuple(summarise(reading)),
    )
