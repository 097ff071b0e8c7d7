"""The file's own names and values to the standard ones, as study.yaml maps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cartcohort.errors import Problem, did_you_mean
from cartcohort.study.description import FILE
from cartcohort.study.location import locate
from cartcohort.study.text_table import TextTable, tidy_cells


def rename_columns(table: TextTable, names: Mapping[str, str], problems: list[Problem]) -> TextTable:
    """Give columns their standard names.

    Parameters
    ----------
    table : TextTable
        As read.
    names : mapping of str to str
        Standard name to the file's own name.
    problems : list of Problem
        Names that the file does not hold, or that would collide, are appended here.
    """
    renaming = {}
    for standard, own in names.items():
        if own not in table.cells:
            what = f"`columns` names `{own}`, which {table.file} does not hold.{did_you_mean(own, table.cells)}"
            problems.append(Problem(what, FILE, "Give the name as it stands in the header of the file."))
        elif standard != own and standard in table.cells and standard not in names.values():
            what = f"`columns` reads `{standard}` from `{own}`, but the file also holds `{standard}`."
            problems.append(Problem(what, locate(table.file, (), [standard, own]), "Rename one of them in the file."))
        elif own in renaming:
            what = f"`columns` reads both `{renaming[own]}` and `{standard}` from `{own}`."
            problems.append(Problem(what, FILE, "Give each standard name a column of its own."))
        else:
            renaming[own] = standard
    own_names = {standard: own for own, standard in renaming.items()}
    return replace(table, cells=table.cells.rename(columns=renaming), own_names={**table.own_names, **own_names})


def recode_values(table: TextTable, values: Mapping[str, Mapping[str, str]], problems: list[Problem]) -> TextTable:
    """Replace cells by the standard values that the description gives for them.

    Parameters
    ----------
    table : TextTable
        With standard column names.
    values : mapping of str to mapping of str to str
        By column: the file's text to the standard text (an empty one means missing).
    problems : list of Problem
        Columns that the table does not hold are appended here.
    """
    cells = table.cells.copy(deep=False)
    for name, recode in values.items():
        if name not in cells:
            what = f"`values` names `{name}`, which is no column of {table.file}.{did_you_mean(name, cells)}"
            problems.append(Problem(what, FILE, "Use the standard name of the column."))
            continue
        cells[name] = tidy_cells(cells[name], recode)
    return replace(table, cells=cells)
