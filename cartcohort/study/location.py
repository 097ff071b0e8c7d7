"""Where in a study's files something is wrong, in words; never a patient's value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_SHOWN = 10


def locate(file: str, rows: Iterable[int] = (), columns: str | Sequence[str] = ()) -> str:
    """Return such as `subjects.csv: rows 14 and 57, column response_date`.

    Parameters
    ----------
    file : str
        Name of the file as the study's description gives it.
    rows : iterable of int
        Row numbers as a spreadsheet shows them (the header is row 1); beyond ten, the rest are counted.
    columns : str or sequence of str
        Names of the columns concerned.
    """
    rows = sorted(int(row) for row in rows)
    columns = [columns] if isinstance(columns, str) else list(columns)
    parts = [_list("row", _shorten(rows))] if rows else []
    parts += [_list("column", columns)] if columns else []
    return f"{file}: {', '.join(parts)}" if parts else file


def join_words(words: Sequence[str]) -> str:
    """Return `a, b and c`."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _shorten(rows: list[int]) -> list[str]:
    shown = [str(row) for row in rows[:_SHOWN]]
    return [*shown, f"{len(rows) - _SHOWN} more"] if len(rows) > _SHOWN else shown


def _list(noun: str, words: list[str]) -> str:
    return f"{noun}{'s' if len(words) > 1 else ''} {join_words(words)}"
