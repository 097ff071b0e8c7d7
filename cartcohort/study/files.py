"""The files of a study: those inside its folder, in plain view."""

from __future__ import annotations

from pathlib import Path

from cartcohort.errors import Problem, StudyDataError


def find_file(folder: Path, file: str) -> Path:
    """Return where a file that study.yaml names should be.

    A study is what lies in its folder: only this is watched for changes and goes along where the study goes.

    Parameters
    ----------
    folder : Path
        Folder of the study.
    file : str
        Name of the file, or its path inside the folder.

    Raises
    ------
    StudyDataError
        If the name leads out of the folder, is that of a hidden file, or cannot be printed.
    """
    if not file.isprintable():
        what = "The name of a file holds a control character."
        raise StudyDataError(Problem(what, "study.yaml", "Write the name in plain letters."))
    path = Path(file)
    if path.is_absolute() or ".." in path.parts:
        remedy = "Put it there, and give its name alone: a change of it would not be noticed elsewhere."
        raise StudyDataError(Problem("The file lies outside the study's folder.", file, remedy))
    if any(part.startswith(".") for part in path.parts):
        remedy = "Give it a name without a leading point: changes of hidden files are not noticed."
        raise StudyDataError(Problem("The file is hidden.", file, remedy))
    return folder / path
