"""What is told of dates that could not be read: the key of study.yaml that would read them, or why none can."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cartcohort.study.mapping.date_texts import DAY_FIRST, MONTH_FIRST, YEAR_FIRST, find_orders, has_short_year
from cartcohort.study.schema import FIRST_YEAR, LAST_YEAR

Finding = tuple[str, np.ndarray, str]
"""What is wrong, which of the texts have it, and what to do."""

_ISO = f"Write dates as year-month-day, such as 2023-02-28, from {FIRST_YEAR} to {LAST_YEAR}."


def tell_unread(texts: Sequence[str], unread: np.ndarray, name: str, order: str = "") -> list[Finding]:
    """Return what is told of the distinct texts of a column that were not read as dates.

    Parameters
    ----------
    texts : sequence of str
        The distinct texts of the column.
    unread : ndarray of bool, one a text
        Those that are told of.
    name : str
        Name of the column.
    order : str
        The order of dates that study.yaml tells, empty where it tells none.

    Returns
    -------
    list of (str, ndarray of bool, str)
        Together the masks hold all unread texts, each once.
    """
    orders = {position: find_orders(texts[position]) for position in np.flatnonzero(unread)}
    dates = [position for position, fitting in orders.items() if fitting]
    short = [position for position, fitting in orders.items() if not fitting and has_short_year(texts[position])]
    rest = [position for position in orders if position not in {*dates, *short}]
    no_date = f"`{name}` holds a cell that is not a date."
    remedy = "Write years with four digits: two do not tell the century."
    found = [
        *_tell_orders({position: orders[position] for position in dates}, texts, name, order),
        (f"`{name}` holds a date whose year has two digits.", short, remedy),
        (no_date, rest, _ISO),
    ]
    return [(what, _mark(positions, len(texts)), remedy) for what, positions, remedy in found if positions]


def _tell_orders(
    orders: dict[int, frozenset[str]], texts: Sequence[str], name: str, order: str
) -> list[tuple[str, list[int], str]]:
    if order:
        what = f"`{name}` holds a date that is not {order}."
        remedy = "Correct the cells; if the whole column stands in another order, say so under `dates` in study.yaml."
        return [(what, [*orders], remedy)]
    common = frozenset.intersection(*orders.values()) if orders else frozenset()
    if common or not orders:
        return [(f"`{name}` holds a cell that is not a date.", [*orders], _name_key(common, orders, texts))]
    kinds = {f"can only be {DAY_FIRST}": {DAY_FIRST}, f"can only be {MONTH_FIRST}": {MONTH_FIRST}}
    kinds["can be either"] = {DAY_FIRST, MONTH_FIRST}
    remedy = f"Write all dates of the column in one order. {_ISO}"
    return [
        (
            f"`{name}` mixes the orders of day and month: these dates {kind}.",
            [
                p
                for p, fitting in orders.items()
                if (fitting if len(fitting) < 3 else {DAY_FIRST, MONTH_FIRST}) == fit
            ],
            remedy,
        )
        for kind, fit in kinds.items()
    ]


def _name_key(common: frozenset[str], orders: dict[int, frozenset[str]], texts: Sequence[str]) -> str:
    """Return which key of study.yaml would read dates that these orders fit."""
    if common == {DAY_FIRST, MONTH_FIRST}:
        first, second = (f"`dates: {order}`" for order in (DAY_FIRST, MONTH_FIRST))
        return f"They fit two orders: say in study.yaml which it is, {first} or {second}. {_ISO}"
    if len(common) == 1:
        [order] = common
    else:
        order = YEAR_FIRST if all(texts[position][:4].isdigit() for position in orders) else DAY_FIRST
    return f"With `dates: {order}` in study.yaml they are read as they stand. {_ISO}"


def _mark(positions: list[int], n: int) -> np.ndarray:
    mask = np.zeros(n, dtype=bool)
    mask[positions] = True
    return mask
