"""Where in a study's files something is wrong, in words; never a patient's value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_SHOWN = 10


class Place(str):
    """Where something is, in words, which also knows its parts.

    Attributes
    ----------
    file : str
        Name of the file as the study's description gives it.
    rows : tuple of int
        All row numbers, ascending, as a spreadsheet shows them (the header is row 1).
    columns : tuple of str
        Names of the columns concerned.
    """

    file: str
    rows: tuple[int, ...]
    columns: tuple[str, ...]

    def __new__(cls, file: str, rows: Iterable[int] = (), columns: str | Sequence[str] = ()) -> Place:
        """Put the words together; takes what `locate` takes."""
        numbers = tuple(sorted(int(row) for row in rows))
        names = (columns,) if isinstance(columns, str) else tuple(columns)
        parts = [_list("row", _shorten(numbers))] if numbers else []
        parts += [_list("column", names)] if names else []
        place = super().__new__(cls, f"{file}: {', '.join(parts)}" if parts else file)
        place.file, place.rows, place.columns = file, numbers, names
        return place


def locate(file: str, rows: Iterable[int] = (), columns: str | Sequence[str] = ()) -> Place:
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
    return Place(file, rows, columns)


def join_words(words: Sequence[str]) -> str:
    """Return `a, b and c`."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _shorten(rows: Sequence[int]) -> list[str]:
    shown = [str(row) for row in rows[:_SHOWN]]
    return [*shown, f"{len(rows) - _SHOWN} more"] if len(rows) > _SHOWN else shown


def _list(noun: str, words: Sequence[str]) -> str:
    return f"{noun}{'s' if len(words) > 1 else ''} {join_words(words)}"
