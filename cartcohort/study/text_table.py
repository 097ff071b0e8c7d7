"""A table file as text: cells trimmed, columns by standard name, rows numbered as a spreadsheet shows them."""

from __future__ import annotations

import csv
import operator
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from cartcohort.errors import Problem, StudyDataError
from cartcohort.study.location import locate

MISSING = ("", "NA", "N/A", "NaN", "nan", ".")
"""Cells that mean not recorded."""

READ_ENDINGS = (".csv",)
"""Endings of the table files that can be read."""

_CHUNK = 2**20


@dataclass(frozen=True)
class TextTable:
    """The cells of one table as text.

    Attributes
    ----------
    file : str
        Name of the file, for messages.
    cells : DataFrame
        A Categorical of text for each column (so that each distinct text is converted once); missing cells are NaN.
    rows : ndarray of int
        Row number of each record in the file; the header is row 1.
    own_names : mapping of str to str
        Standard name to the file's own name, for the columns that the description renames.
    date_orders : mapping of str to str
        Order of the parts of dates by column, where the description tells it.
    """

    file: str
    cells: pd.DataFrame
    rows: np.ndarray
    own_names: Mapping[str, str] = field(default_factory=dict)
    date_orders: Mapping[str, str] = field(default_factory=dict)

    def locate(self, records: np.ndarray, *columns: str) -> str:
        """Say in words where these records (a mask or positions) and columns are, by the file's own names."""
        names = dict.fromkeys(self.own_names.get(name, name) for name in columns)
        return locate(self.file, self.rows[records], [*names])


def read_text_table(path: Path, file: str) -> TextTable:
    """Read a table file as text.

    Parameters
    ----------
    path : Path
        Where the file is.
    file : str
        Its name, for messages.

    Raises
    ------
    StudyDataError
        If the file is missing, is of a kind that cannot be read, or is no table.
    """
    try:
        _check_file(path, file)
        cells = _read_cells(path, _read_header(path, file), file)
    except UnicodeDecodeError:
        raise StudyDataError(_problem_of_encoding(file)) from None
    except csv.Error:
        raise StudyDataError(_problem_of_quotes(file)) from None
    except OSError as reason:
        raise StudyDataError(Problem("The file cannot be read.", file, f"{reason.strerror}.")) from None
    rows = np.arange(len(cells)) + 2
    filled = _find_filled(cells)
    if filled.all():
        return TextTable(file, cells, rows)
    return TextTable(file, cells[filled].reset_index(drop=True), rows[filled])


def _find_filled(cells: pd.DataFrame) -> np.ndarray:
    """Return which records hold anything; mostly the first column shows that all do."""
    filled = np.zeros(len(cells), dtype=bool)
    for name in cells:
        filled |= cells[name].cat.codes.to_numpy() >= 0
        if filled.all():
            break
    return filled


def _check_file(path: Path, file: str) -> None:
    if not path.is_file():
        what = "The table is a folder, not a file." if path.is_dir() else "There is no such table file."
        raise StudyDataError(
            Problem(what, file, "Put it there, or name the right file under `tables` in study.yaml.")
        )
    if path.suffix.lower() not in READ_ENDINGS:
        ending = f"a file ending in `{path.suffix}`" if path.suffix else "a file whose name has no ending"
        remedy = f"Files that can be read end in {', '.join(READ_ENDINGS)}: save the table as CSV."
        raise StudyDataError(Problem(f"A table cannot be read from {ending}.", file, remedy))
    with path.open("rb") as content:
        if any(b"\0" in part for part in iter(lambda: content.read(_CHUNK), b"")):
            raise StudyDataError(_problem_of_encoding(file))


def _problem_of_encoding(file: str) -> Problem:
    return Problem("The file is not encoded in UTF-8.", file, "Save it as UTF-8 (in Excel: CSV UTF-8).")


def _problem_of_quotes(where: str) -> Problem:
    return Problem("The file cannot be read as a table.", where, "Look for a quotation mark that is not closed.")


def _read_header(path: Path, file: str) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        header = [name.strip() for name in next(csv.reader(lines), [])]
    if not any(header):
        raise StudyDataError(Problem("The file has no header.", file, "The first row must hold the column names."))
    twice = [name for name, count in Counter(header).items() if count > 1 and name]
    if twice:
        raise StudyDataError(
            Problem("Two columns have the same name.", locate(file, (), twice), "Rename one of them.")
        )
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        remedy = "Save it with commas between the cells, and with a point in decimal numbers."
        raise StudyDataError(Problem("The columns are not separated by commas.", file, remedy))
    return header


def _read_cells(path: Path, header: list[str], file: str) -> pd.DataFrame:
    names = [name or position for position, name in enumerate(header)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            cells = pd.read_csv(
                path,
                names=names,
                header=0,
                index_col=False,
                dtype="category",
                na_filter=False,
                skip_blank_lines=False,
                encoding="utf-8-sig",
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning):
        raise StudyDataError(_find_ragged_rows(path, len(header), file)) from None
    named = [name for name, own in zip(names, header, strict=True) if own]
    return pd.DataFrame({name: tidy_cells(cells[name], {}) for name in named})


def _find_ragged_rows(path: Path, width: int, file: str) -> Problem:
    rows, last = [], 0
    with path.open(encoding="utf-8-sig", newline="") as lines:
        try:
            for last, row in enumerate(csv.reader(lines), 1):
                if len(row) > width:
                    rows.append(last)
        except csv.Error:
            last += 1
    if rows:
        remedy = "Quote cells that hold a comma, or delete the surplus cells."
        return Problem("A row has more cells than the header.", locate(file, rows), remedy)
    return _problem_of_quotes(locate(file, [last]))  # the last row is the one that swallowed the rest of the file


def tidy_cells(column: pd.Series, recode: Mapping[str, str]) -> pd.Series:
    """Trim and recode the distinct texts, and join those that have become equal."""
    if not recode and _are_tidy(column.cat.categories):
        return column
    texts = [str(text).strip() for text in column.cat.categories]
    texts = [recode.get(text, text) for text in texts]
    distinct = sorted({text for text in texts if text not in MISSING})
    position = {text: code for code, text in enumerate(distinct)}
    before = column.cat.codes.to_numpy()
    # The last one serves code -1, missing.
    codes = np.array([*(position.get(text, -1) for text in texts), -1], dtype=before.dtype)
    dtype = pd.CategoricalDtype(pd.Index(distinct, dtype=object))
    return pd.Series(pd.Categorical.from_codes(codes[before], dtype=dtype, validate=False), index=column.index)


def _are_tidy(texts: pd.Index) -> bool:
    """Say whether the distinct texts are as tidying would leave them; mostly so of keys, which are many."""
    if not texts.is_monotonic_increasing or not frozenset(MISSING).isdisjoint(texts):
        return False
    return all(map(operator.eq, texts, map(str.strip, map(str, texts))))
