"""CSV that a spreadsheet opens and never runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet takes a cell that begins so for a formula, or cuts off what would have kept it from one."""


def keep_from_formula(cell: object) -> object:
    """Return a cell, with an apostrophe before it where a spreadsheet would take its text for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def write_csv(
    header: Iterable[object],
    lines: Iterable[Iterable[object]],
    *,
    make_safe: Callable[[object], object] = keep_from_formula,
) -> str:
    """Return CSV text in which no text is a formula.

    Parameters
    ----------
    header : iterable of object
    lines : iterable of iterables of object
    make_safe : callable
        Returns what stands in a cell; by default only text is changed.
    """

    def make_cell(value: object) -> object:
        cell = make_safe(
            value
        )  # its breaks become line feeds: carriage returns, which end a line too, are not quoted
        return cell.replace("\r\n", "\n").replace("\r", "\n") if isinstance(cell, str) else cell

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(make_cell, header))
    writer.writerows(map(make_cell, line) for line in lines)
    return text.getvalue()
