"""Tables as text: CSV, TSV and their like, of any common encoding and separator."""

from __future__ import annotations

import contextlib
import csv
import itertools
import warnings
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from cartcohort.errors import Problem, StudyDataError
from cartcohort.study.location import locate
from cartcohort.study.sources.decimals import convert_decimals
from cartcohort.study.sources.encoding import UTF8, Encoding, describe_bad_lines, find_encoding, refuse_nul
from cartcohort.study.sources.header import check_header, make_table
from cartcohort.study.sources.text_form import SEPARATORS, TextForm
from cartcohort.study.text_table import TextTable

_MOST_ROWS = 200  # to tell the separator by


def read_delimited(path: Path, file: str, reading: TextForm) -> TextTable:
    """Read a table of text.

    UTF-8 with commas is what it is taken for unless its content tells another encoding or separator, or the
    description does; what was told is among the table's `readings`.

    Parameters
    ----------
    path : Path
        Where the file is.
    file : str
        Its name, for messages.
    reading : TextForm
        What the description says of it.

    Raises
    ------
    StudyDataError
        If the file is no table, or cannot be told without doubt.
    """
    encoding = find_encoding(path, file, reading.encoding)
    try:
        if encoding.codec != UTF8:  # of which this is known
            refuse_nul(path, encoding, file)
        separator = SEPARATORS[reading.separator or _find_separator(path, encoding)]
        header = _read_header(path, encoding, separator, file)
        cells = _read_cells(path, encoding, separator, header, file)
    except UnicodeError:
        raise StudyDataError(describe_bad_lines(path.read_bytes(), encoding.codec, file)) from None
    except csv.Error:
        raise StudyDataError(_problem_of_quotes(file)) from None
    columns, with_commas = {name: cells[name] for name in cells}, False
    if separator != "," or reading.decimal:
        columns, with_commas = convert_decimals(columns, file, reading.decimal)
    names = [name if isinstance(name, str) else "" for name in columns]
    said = _describe(encoding, separator, with_commas)
    return make_table(file, names, list(columns.values()), readings=said)


def _describe(encoding: Encoding, separator: str, with_commas: bool) -> list[str]:
    said = [encoding.name] if encoding.name else []
    said += [f"{_name(separator)}s between cells"] if separator != "," else []
    return said + (["decimal commas"] if with_commas else [])


def _name(separator: str) -> str:
    return next(word for word, mark in SEPARATORS.items() if mark == separator)


def _find_separator(path: Path, encoding: Encoding) -> str:
    """Return the word for the separator that makes the widest header, and then the most rows as wide."""
    with path.open(encoding=encoding.codec, newline="") as lines:
        sample = list(itertools.islice(lines, _MOST_ROWS))
    found = {word: _rate_separator(sample, mark) for word, mark in SEPARATORS.items()}
    return max(found, key=found.__getitem__)


def _rate_separator(sample: Sequence[str], mark: str) -> tuple[int, int]:
    """Return how wide the header is with that separator, and how many rows are as wide, up to one that is none."""
    rows, width, alike = csv.reader(sample, delimiter=mark), 0, 0
    with contextlib.suppress(csv.Error):
        width = len(next(rows, []))
        for row in rows:
            alike += len(row) == width
    return width, alike


def _read_header(path: Path, encoding: Encoding, separator: str, file: str) -> list[str]:
    with path.open(encoding=encoding.codec, newline="") as lines:
        header = [name.strip() for name in next(csv.reader(lines, delimiter=separator), [])]
    check_header(header, file)
    return header


def _read_cells(path: Path, encoding: Encoding, separator: str, header: list[str], file: str) -> pd.DataFrame:
    """Return the cells as they are, a column that has no name by its position."""
    names = [name or position for position, name in enumerate(header)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                path,
                sep=separator,
                names=names,
                header=0,
                index_col=False,
                dtype="category",
                na_filter=False,
                skip_blank_lines=False,
                encoding=encoding.codec,
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning):
        raise StudyDataError(_find_ragged_rows(path, encoding, separator, len(header), file)) from None


def _find_ragged_rows(path: Path, encoding: Encoding, separator: str, width: int, file: str) -> Problem:
    rows, last = [], 0
    with path.open(encoding=encoding.codec, newline="") as lines:
        try:
            for last, row in enumerate(csv.reader(lines, delimiter=separator), 1):
                if len(row) > width:
                    rows.append(last)
        except csv.Error:
            last += 1
    if rows:
        remedy = f"Quote cells that hold a {_name(separator)}, or delete the surplus cells."
        return Problem("A row has more cells than the header.", locate(file, rows), remedy)
    return _problem_of_quotes(locate(file, [last]))  # the last row is the one that swallowed the rest of the file


def _problem_of_quotes(where: str) -> Problem:
    return Problem("The file cannot be read as a table.", where, "Look for a quotation mark that is not closed.")
