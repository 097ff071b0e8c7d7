"""The table of coverages and sizes, with a reading of each line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from tests.simulation.outcomes import LEVEL, SIZE, Cell

_TOLERANCE = 0.01
"""How far a rate may be from its nominal value before it is worth a word; twice its Monte Carlo error if more."""

Rows = Mapping[tuple[str, str], Mapping[int, Cell]]


def list_intervals(rows: Rows, sizes: tuple[int, ...], *, at: int) -> Iterator[str]:
    """Yield the lines of a Markdown table of coverages; `at` is the size that details are shown for."""
    details = (f"Below / above at {at}", f"No limits at {at}", f"Width at {at}")
    yield _line("Estimate", "Limits", *(f"n = {n}" for n in sizes), "MC error", *details, "Reading")
    yield _line("---", "---", *["---:"] * (len(sizes) + 4), "---")
    for (what, method), cells in _by_estimate(rows):
        cell = cells[at]
        yield _line(
            what,
            method,
            *_rates(cells, sizes),
            f"{_percent(cell.below)} / {_percent(cell.above)}",
            _percent(cell.none),
            "-" if np.isnan(cell.width) else f"{cell.width:.2f}",
            read_intervals(cells),
        )


def list_tests(rows: Rows, sizes: tuple[int, ...], *, at: int) -> Iterator[str]:
    """Yield the lines of a Markdown table of sizes."""
    yield _line("Nothing differs", "Test", *(f"n = {n}" for n in sizes), "MC error", f"No p at {at}", "Reading")
    yield _line("---", "---", *["---:"] * (len(sizes) + 2), "---")
    for (what, method), cells in _by_estimate(rows):
        yield _line(what, method, *_rates(cells, sizes), _percent(cells[at].none), read_tests(cells))


def read_intervals(cells: Mapping[int, Cell]) -> str:
    """Say in words whether the limits that are given cover as often as they claim, and whether some are not given."""
    given = {n: cell for n, cell in cells.items() if cell.none < 1 - _TOLERANCE}
    excess = {n: cell.rate / (1 - cell.none) - LEVEL for n, cell in given.items()}
    missing = [f"{cell.none:.0%} at n = {n}" for n, cell in cells.items() if cell.none > _TOLERANCE]
    return _read(excess, cells) + (f"; no limits in {', '.join(missing)}" if missing else "")


def read_tests(cells: Mapping[int, Cell]) -> str:
    """Say in words whether tests reject as often as they claim."""
    return _read({n: SIZE - cell.rate for n, cell in cells.items()}, cells)


def _read(excess: Mapping[int, float], cells: Mapping[int, Cell]) -> str:
    """Word what covers too much, or rejects too little, as conservative, and the reverse as anti-conservative."""
    allowed = {n: max(_TOLERANCE, 2 * cells[n].error) for n in excess}
    words = {
        "anti-conservative": [n for n in excess if excess[n] < -allowed[n]],
        "conservative": [n for n in excess if excess[n] > allowed[n]],
    }
    said = [f"{word} at n = {', '.join(str(n) for n in found)}" for word, found in words.items() if found]
    return "; ".join(said) or "holds its level"


def _by_estimate(rows: Rows) -> list[tuple[tuple[str, str], Mapping[int, Cell]]]:
    """Put methods of one estimate side by side, estimates in the order in which they first came."""
    order = list(dict.fromkeys(what for what, _ in rows))
    return sorted(rows.items(), key=lambda row: order.index(row[0][0]))


def _rates(cells: Mapping[int, Cell], sizes: tuple[int, ...]) -> Iterator[str]:
    yield from (_percent(cells[n].rate) if n in cells else "" for n in sizes)
    error = max(cell.error for cell in cells.values())
    yield f"{100 * error:.1f}" if error else "exact"


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _percent(share: float) -> str:
    return "-" if np.isnan(share) else f"{100 * share:.1f}"
