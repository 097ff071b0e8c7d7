"""Dates in another order than year-month-day, read as study.yaml tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cartcohort.errors import Problem, did_you_mean
from cartcohort.study.description import FILE
from cartcohort.study.mapping.date_texts import read_dates
from cartcohort.study.mapping.keys import EVERY
from cartcohort.study.text_table import TextTable, tidy_cells


def read_date_orders(
    text: TextTable, table: str, orders: Mapping[str, Mapping[str, str]], problems: list[Problem]
) -> TextTable:
    """Turn dates to year-month-day in the order that the description tells; what does not fit it stays.

    Parameters
    ----------
    text : TextTable
        With standard column names.
    table : str
        Name of the table.
    orders : mapping of str to mapping of str to str
        By table and column, or `EVERY`: one of `ORDERS`.
    problems : list of Problem
        Columns that are not there, or hold no dates, are appended here.
    """
    own = orders.get(table, {})
    for name in own:
        if name != EVERY and name not in text.cells:
            what = f"`dates` names `{name}`, which is no column of {text.file}.{did_you_mean(name, text.cells)}"
            problems.append(Problem(what, FILE, "Use the standard name of the column."))
        elif name != EVERY and not name.endswith("_date"):
            what = f"`dates` names `{name}`, which holds no dates."
            problems.append(Problem(what, FILE, "Name columns that end in `_date`."))
    every = own.get(EVERY, orders.get(EVERY, {}).get(EVERY))
    wanted = {name: own.get(name, every) for name in text.cells if name.endswith("_date")}
    wanted = {name: order for name, order in wanted.items() if order}
    cells = text.cells.copy(deep=False)
    for name, order in wanted.items():
        cells[name] = tidy_cells(cells[name], read_dates(cells[name].cat.categories, order))
    return replace(text, cells=cells, date_orders=wanted)
