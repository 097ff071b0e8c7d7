"""The files of an ADaM package, as text with variables in capitals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cartcohort.errors import Problem, StudyDataError, did_you_mean
from cartcohort.study.description import FILE, Description
from cartcohort.study.location import locate
from cartcohort.study.mapping.rows import keep_rows
from cartcohort.study.schema import ADAM_TABLES
from cartcohort.study.sources.read import READ_ENDINGS, read_table
from cartcohort.study.text_table import TextTable


def read_files(
    folder: Path, description: Description, problems: list[Problem]
) -> tuple[dict[str, TextTable], TextTable | None]:
    """Return the tables of a package by name (adsl, adtte, ...), and ADSL before `rows`; only ADSL must be there.

    Where another table is made of the same file, `rows` tells what ADSL is, and there is none before it.

    Parameters
    ----------
    folder : Path
        Of the study.
    description : Description
        Names files under `tables`; by default `adsl` and so on, of any ending that can be read.
    problems : list of Problem
        Gathers what is wrong.
    """
    tables: dict[str, TextTable] = {}
    whole = None
    for name in ADAM_TABLES:
        file = description.tables.get(name) or _find_default(folder, name)
        if file is None and name != "adsl":
            continue
        try:
            table = read_table(folder, file or "adsl.xpt", table=name, reading=description.reading.get(name))
            if name == "adsl" and list(description.tables.values()).count(file) < 2:
                whole = _in_capitals(table)
            table = keep_rows(table, name, description.rows[name], problems) if name in description.rows else table
            if table is not None:
                tables[name] = _in_capitals(table)
        except StudyDataError as error:
            problems.extend(error.problems)
    return tables, whole


def _in_capitals(table: TextTable) -> TextTable:
    names = {own: str(own).upper() for own in table.cells}
    if len(set(names.values())) < len(names):
        twice = [own for own in names if list(names.values()).count(names[own]) > 1]
        what = "Two variables have the same name but for capitals."
        raise StudyDataError(Problem(what, locate(table.file, (), twice), "Rename one of them."))
    return replace(table, cells=table.cells.rename(columns=names))


def _find_default(folder: Path, name: str) -> str | None:
    """Return the file of a table that the description does not name; None where there is none.

    Raises
    ------
    StudyDataError
        If there are several.
    """
    found = sorted(
        path.name
        for path in folder.iterdir()
        if path.stem.lower() == name and path.suffix.lower() in READ_ENDINGS and path.is_file()
    )
    if len(found) > 1:
        what = f"There are several files for {name.upper()}: {', '.join(found)}."
        raise StudyDataError(Problem(what, FILE, f"Name one of them under `tables`, as `{name}: {found[0]}`."))
    return found[0] if found else None


def require(table: TextTable, alternatives: Sequence[Sequence[str]], problems: list[Problem]) -> bool:
    """Report which variables a table lacks; each must be there under one of its names."""
    missing = [names for names in alternatives if not any(name in table.cells for name in names)]
    for names in missing:
        said = " or ".join(f"`{name}`" for name in names)
        hint = next((found for found in (did_you_mean(name, table.cells) for name in names) if found), "")
        remedy = "Add it, or name the right file under `tables` in study.yaml."
        problems.append(Problem(f"The variable {said} is missing.{hint}", table.file, remedy))
    return not missing


def choose(
    table: TextTable, variables: Mapping[str, Sequence[str]], named: Mapping[str, str], problems: list[Problem]
) -> dict[str, str]:
    """Return the variable that stands for each standard column.

    Parameters
    ----------
    table : TextTable
        With variables in capitals.
    variables : mapping of str to sequence of str
        Variables by standard column, in the order of preference; of a date and a day, the date goes first.
    named : mapping of str to str
        What study.yaml says instead under `columns`, in any spelling.
    problems : list of Problem
        Names that the table does not hold are appended here.
    """
    found = {}
    for standard, own in named.items():
        if own.upper() in table.cells:
            found[standard] = own.upper()
        else:
            what = f"`columns` names `{own}`, which {table.file} does not hold.{did_you_mean(own, table.cells)}"
            problems.append(Problem(what, FILE, "Give the name of a variable of that table."))
    given = {_bare(standard) for standard in named}
    offered: dict[str, dict[str, str]] = {}
    for standard, names in variables.items():
        if _bare(standard) not in given:
            free = [own for own in names if own not in found.values()]
            offered.setdefault(_bare(standard), {}).update(dict.fromkeys(free, standard))
    for standards in offered.values():
        own = first_held(table, standards)
        if own is not None:
            found[standards[own]] = own
    return found


def first_held(table: TextTable, names: Iterable[str]) -> str | None:
    """Return the first of some variables that holds any value, else the first that is there; None without any."""
    there = [name for name in names if name in table.cells]
    return next((name for name in there if table.cells[name].notna().any()), there[0] if there else None)


def _bare(standard: str) -> str:
    return standard.removesuffix("_date").removesuffix("_day")
