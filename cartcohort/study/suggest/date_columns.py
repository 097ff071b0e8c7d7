"""In which order the dates of unknown files stand, and the latest of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cartcohort.study.mapping.date_texts import DAY_FIRST, MONTH_FIRST, YEAR_FIRST, read_date
from cartcohort.study.mapping.keys import EVERY, ORDERS
from cartcohort.study.suggest.lines import Line, Tree
from cartcohort.study.suggest.profile import Profile

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_ORDER = frozenset(ORDERS)


@dataclass(frozen=True)
class DateColumn:
    """A column of dates: its table, its standard name, and what it holds."""

    table: str
    name: str
    profile: Profile

    @property
    def orders(self) -> frozenset[str]:
        """Return the orders that all its dates fit; every one where all are written year-month-day."""
        others = [
            orders
            for text, orders in zip(self.profile.texts, self.profile.orders, strict=True)
            if orders and not _ISO.fullmatch(text)
        ]
        return frozenset.intersection(*others) if others else _NO_ORDER

    @property
    def is_iso(self) -> bool:
        """Return whether all its dates are written year-month-day."""
        pairs = zip(self.profile.texts, self.profile.orders, strict=True)
        return all(_ISO.fullmatch(text) for text, orders in pairs if orders)

    @property
    def has_points(self) -> bool:
        """Return whether the parts of its dates are separated by points."""
        pairs = zip(self.profile.texts, self.profile.orders, strict=True)
        return all("." in text for text, orders in pairs if orders and not _ISO.fullmatch(text))


def propose_orders(columns: Sequence[DateColumn]) -> Tree:
    """Return the key `dates` for these columns, nothing where all are written year-month-day."""
    others = [column for column in columns if not column.is_iso]
    if not others:
        return {}
    common = frozenset.intersection(*(column.orders for column in others))
    if common:
        return {"dates": _choose(common, others)}
    tree: Tree = {}
    for column in others:
        line = _choose(column.orders, [column]) if column.orders else None
        if line is not None:
            tree.setdefault(column.table, {})[column.name] = line
    return {"dates": tree} if tree else {}


def find_cutoff(columns: Sequence[DateColumn], told: Mapping[str, Mapping[str, str]]) -> str:
    """Return the latest date of these columns, empty where there is none or its order cannot be told."""
    latest = ""
    for column in columns:
        orders = column.orders
        table = told.get(column.table, {})
        order = table.get(column.name) or table.get(EVERY) or told.get(EVERY, {}).get(EVERY)
        if order is None:
            common = frozenset.intersection(*(one.orders for one in columns)) or orders
            if not common or (common == {DAY_FIRST, MONTH_FIRST} and not column.has_points):
                return ""
            order = DAY_FIRST if DAY_FIRST in common else min(common)
        dates = (read_date(str(text), order) for text in column.profile.cells.cat.categories)
        latest = max([latest, *filter(None, dates)])
    return latest


def _choose(orders: frozenset[str], columns: Sequence[DateColumn]) -> Line:
    n = f"{len(columns)} column{'s' if len(columns) > 1 else ''} of dates"
    if orders == {DAY_FIRST, MONTH_FIRST}:
        if all(column.has_points for column in columns):
            return Line(DAY_FIRST, f"likely: {n}, parted by points; month/day/year fits as well")
        return Line(DAY_FIRST, f"unsure: month/day/year fits the {n} as well", live=False)
    if len(orders) == 1:
        [order] = orders
        return Line(order, f"sure: {n} fit this order only")
    first = all(text[:4].isdigit() for column in columns for text in column.profile.texts)
    return Line(YEAR_FIRST if first else DAY_FIRST, f"sure: {n}, which can be read in one way only")
