"""CSV that a spreadsheet opens and never runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from cartcohort.harmless import FORMULA_STARTS


def write_csv(header: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """Return CSV text in which no text is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(harmless, header))
    writer.writerows([harmless(cell) for cell in line] for line in lines)
    return text.getvalue()


def harmless(cell: object) -> object:
    """Keep a spreadsheet from taking text for a formula, and an unquoted carriage return for an end."""
    if not isinstance(cell, str):
        return cell
    text = f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
    return text.replace("\r\n", "\n").replace("\r", "\n")
