"""A copy of a study in which tables named by URL are files: read once, and then the same for all that follows."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np

from cartcohort.errors import Problem, StudyDataError
from cartcohort.study.description import FILE, Description, read_description
from cartcohort.study.files import find_file
from cartcohort.study.schema import TABLES
from cartcohort.study.sources.named import Named, parse_name
from cartcohort.study.sources.read import SNAPSHOT, check_ending, find_default, find_snapshot, name_snapshot
from cartcohort.study.text_table import TextTable


def copy_with_snapshot(study: Path, folder: Path) -> bool:
    """Copy what belongs to a study to a folder, tables that it names by URL as files of its folder `snapshot`.

    Parameters
    ----------
    study : Path
        Folder of the study.
    folder : Path
        An empty folder.

    Returns
    -------
    bool
        Whether there was a table to take a snapshot of; if not, nothing is copied.

    Raises
    ------
    StudyDataError
        With every table that cannot be read.
    """
    description = read_description(study)
    problems: list[Problem] = []
    names = _parse_all(description, problems)
    outside = {table: one for table, one in names.items() if one.is_outside and not find_snapshot(study, one, table)}
    if outside:
        (folder / SNAPSHOT).mkdir()
    for table, named in outside.items():
        try:
            _keep(named, table, folder / SNAPSHOT / name_snapshot(named, table))
        except StudyDataError as error:
            problems.extend(error.problems)
    if problems:
        raise StudyDataError(problems)
    if outside:
        _copy_files(study, folder, description, names)
    return bool(outside)


def _parse_all(description: Description, problems: list[Problem]) -> dict[str, Named]:
    names = {}
    for table, text in description.tables.items():
        try:
            names[table] = parse_name(text)
        except StudyDataError as error:
            problems.extend(error.problems)
    return names


def _keep(named: Named, table: str, path: Path) -> None:
    if named.database:
        from cartcohort.study.sources.database import read_server

        _write(read_server(named, table), path)
    else:
        from cartcohort.study.sources.remote import download

        check_ending(named)
        download(named, path)


def _write(table: TextTable, path: Path) -> None:
    """Write the cells as they are, missing ones empty."""
    columns = [np.append(cells.cat.categories, "")[cells.cat.codes] for _, cells in table.cells.items()]
    with path.open("w", encoding="utf-8", newline="") as target:
        lines = csv.writer(target, lineterminator="\n")
        lines.writerow(table.cells.columns)
        lines.writerows(zip(*columns, strict=True))


def _copy_files(study: Path, folder: Path, description: Description, names: dict[str, Named]) -> None:
    """Copy the files that the study consists of; one that is not there is missed when the study is read."""
    defaults = [find_default(study, table) for name, table in TABLES.items() if name not in names]
    files = [FILE, description.published, *defaults, *[one.file for one in names.values()]]
    files += [f"{SNAPSHOT}/{name_snapshot(one, table)}" for table, one in names.items() if one.is_outside]
    for file in dict.fromkeys(filter(None, files)):
        source = find_file(study, file)
        if source.is_file():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / file)
