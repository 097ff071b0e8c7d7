"""How wide the columns of a table have to be in Word, which does not find out by itself where others open the file.

Measured with the widths of letters in Times, as parts of their size.
"""

from __future__ import annotations

from collections.abc import Sequence

from cartcohort.render.exports.table_grid import Cell, Grid

SIZES = (9.0, 8.5, 8.0, 7.5)
"""Sizes of text in points: a crowded table has the largest at which the lines of its body stay whole."""

DIGIT = 0.5
STEP = 9.0
"""Points by which a level is moved to the right."""

GAP = 4.0
"""Points between a cell's text and each of its sides."""

_NARROW = dict.fromkeys("iljt.,:;'|!/", 0.28) | dict.fromkeys("()[]-rfIs", 0.36) | {" ": 0.25, "\u202f": 0.2}
_BROAD = (
    dict.fromkeys("mwMW%", 0.84) | dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZ", 0.68) | dict.fromkeys("=+−<>≥≤±×", 0.57)
)
_LETTERS = _NARROW | _BROAD
_USUAL, _EAST_ASIAN = 0.48, 1.0
_BOLD = 1.06
_SPARE = 3.0
_STUB = 0.3  # of the width, which the first column may ask for without breaking its lines


def measure_text(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text in points."""
    parts = (_LETTERS.get(letter, _EAST_ASIAN if letter > "\u2e80" else _USUAL) for letter in text)
    return sum(parts) * size * (_BOLD if bold else 1)


def choose_widths(grid: Grid, width: float) -> tuple[float, list[float]]:
    """Return the size of text for a table of a width, in points, and the widths of its columns."""
    for size in SIZES:
        words, lines, all_lines = _measure_columns(grid, width, size)
        if sum(lines) <= width:
            return size, _share(lines, all_lines, width)
    return size, _share(words, lines, width)


def is_wide(grid: Grid, width: float) -> bool:
    """Say whether a table needs a page on its side: its words do not fit, however small."""
    words, *_ = _measure_columns(grid, width, SIZES[-1])
    return sum(words) > width


def is_broken(cell: Cell, width: float, size: float) -> bool:
    """Say whether the text of a cell takes more than a line."""
    return _measure_cell(cell, size, whole=True, bold=False) > width


def _share(needs: Sequence[float], wishes: Sequence[float], width: float) -> list[float]:
    """Share a width among columns: what they need, and of what they wish beyond that what there is room for."""
    beyond = sum(wishes) - sum(needs)
    if sum(needs) >= width:
        return [need * width / sum(needs) for need in needs]
    part = min(1.0, (width - sum(needs)) / beyond) if beyond else 0.0
    return [need + part * (wish - need) for need, wish in zip(needs, wishes, strict=True)]


def _measure_columns(grid: Grid, width: float, size: float) -> tuple[list[float], list[float], list[float]]:
    """Return for each column the width of its longest word, of its longest line in the body, and of all its lines.

    The second leaves out what long lines of the first column ask for.
    """
    words, lines, all_lines = ([0.0] * grid.n_columns for _ in range(3))
    for row in (*grid.head, *grid.body):
        position, bold = 0, row in grid.head
        for cell in row:
            if cell.span == 1:
                word = _measure_cell(cell, size, whole=False, bold=bold)
                line = _measure_cell(cell, size, whole=True, bold=bold)
                words[position], all_lines[position] = max(words[position], word), max(all_lines[position], line)
                lines[position] = max(lines[position], word if bold else line)
            position += cell.span
    lines[0] = max(words[0], min(lines[0], _STUB * width))
    return words, lines, all_lines


def _measure_cell(cell: Cell, size: float, *, whole: bool, bold: bool) -> float:
    parts = cell.text.split("\n") if whole else cell.text.split()
    longest = max((measure_text(part, size, bold=bold) for part in parts), default=0.0)
    return longest + cell.level * STEP + cell.pad * DIGIT * size + 2 * GAP + _SPARE
