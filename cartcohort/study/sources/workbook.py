"""Tables in workbooks of Excel."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cartcohort.errors import Problem, StudyDataError, did_you_mean
from cartcohort.study.location import join_words, locate
from cartcohort.study.sources.header import make_table
from cartcohort.study.sources.unreadable import as_unreadable
from cartcohort.study.sources.values import TextColumns, as_text
from cartcohort.study.text_table import TextTable

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_OLD_OR_PROTECTED = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DIGITS = 12  # of a percentage: more come from its being kept as a fraction


def read_workbook(path: Path, file: str, sheet: str, table: str) -> TextTable:
    """Read a sheet of a workbook as text.

    Formulas count by the values that Excel has kept of them. A percentage is read as Excel shows it: 45 % as 45.

    Parameters
    ----------
    path : Path
        Where the file is.
    file : str
        Its name, for messages.
    sheet : str
        Name of the sheet; empty takes that named like the table, else the first that holds anything.
    table : str
        Standard name of the table.

    Raises
    ------
    StudyDataError
        If the workbook is damaged or protected, has no such sheet, or its sheet is no table.
    """
    from openpyxl import load_workbook

    _refuse_protected(path, file)
    with as_unreadable(path, file, "a workbook of Excel"):
        book = load_workbook(path, read_only=True, data_only=True)
        name = _choose_sheet(book, file, sheet, table)
        cells = SheetCells(book[name], file)
        book.close()
        if _has_formulas(path):
            book = load_workbook(path, read_only=True)
            cells.refuse_unknown(book[name])
            book.close()
    cells.refuse_errors()
    return cells.make_table([] if sheet else [f"sheet {name}"])


def list_sheets(path: Path) -> list[str]:
    """Return the names of the sheets that hold anything; of a file that is no workbook, none."""
    from openpyxl import load_workbook

    try:
        _refuse_protected(path, path.name)
        with as_unreadable(path, path.name, "a workbook of Excel"):
            book = load_workbook(path, read_only=True)
            names = [one.title for one in book.worksheets if any(_iterate(one))]
            book.close()
    except StudyDataError:
        return []  # whoever reads it says why
    return names


def _refuse_protected(path: Path, file: str) -> None:
    with path.open("rb") as content:
        if content.read(4) != _OLD_OR_PROTECTED:
            return
        protected = _ENCRYPTED in content.read()
    if protected:
        what = "The workbook is protected by a password."
        remedy = "Open it in Excel, take the password off (File, Info, Protect Workbook), and save it."
    else:
        what, remedy = "The workbook is of an old form of Excel.", "Open it in Excel, and save it as .xlsx."
    raise StudyDataError(Problem(what, file, remedy))


def _choose_sheet(book: Workbook, file: str, sheet: str, table: str) -> str:
    names = [one.title for one in book.worksheets]
    if sheet:
        if sheet in names:
            return sheet
        what = f"The workbook has no sheet `{sheet}`.{did_you_mean(sheet, names)}"
        raise StudyDataError(Problem(what, file, f"Its sheets are: {', '.join(names)}."))
    like = [name for name in names if name.strip().replace(" ", "_").casefold() == table]
    filled = (one.title for one in book.worksheets if any(_iterate(one)))
    found = like[0] if like else next(filled, None)
    if found is None:
        raise StudyDataError(Problem("The workbook holds no cells.", file, "Put the table into its first sheet."))
    return found


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return any(b"<f>" in content or b"<f " in content for content in map(parts.read, sheets))


def _iterate(sheet: ReadOnlyWorksheet) -> Iterator[tuple[int, Sequence[Any]]]:
    """Go through the rows that hold anything, with their numbers."""
    sheet.reset_dimensions()  # what a file says of them need not be true
    for number, row in enumerate(sheet.iter_rows(), 1):
        if any(cell.value is not None for cell in row):
            yield number, row


class SheetCells:
    """The cells of a sheet row by row, and what is odd about them.

    Parameters
    ----------
    sheet : ReadOnlyWorksheet
        Opened with the values of its formulas.
    file : str
        Name of the file, for messages.
    """

    def __init__(self, sheet: ReadOnlyWorksheet, file: str) -> None:
        self.file = file
        self.records: dict[int, list[Any]] = {}
        self.errors: dict[int, list[int]] = defaultdict(list)
        self.percentages: dict[int, list[int]] = defaultdict(list)
        self.plain: set[int] = set()
        for number, row in _iterate(sheet):
            self.records[number] = [self._take(cell, number, place) for place, cell in enumerate(row)]
        self.width = max(map(len, self.records.values()), default=0)
        self.header = [as_text(value).strip() for value in self._fill(self.records.get(1, []))]

    def _take(self, cell: Any, row: int, place: int) -> Any:
        if cell.data_type == "e" and cell.value is not None:
            self.errors[place].append(row)
        elif cell.data_type == "n" and cell.value is not None and "%" in cell.number_format:
            self.percentages[place].append(row)
            return round(cell.value * 100, _DIGITS)
        elif cell.data_type == "n" and cell.value:
            self.plain.add(place)
        return cell.value

    def _fill(self, record: list[Any]) -> list[Any]:
        return [*record, *[None] * (self.width - len(record))]

    def _name(self, place: int) -> str:
        """Return the name of a column, or its letters where it has none."""
        from openpyxl.utils import get_column_letter

        return self.header[place] or get_column_letter(place + 1)

    def refuse_unknown(self, sheet: ReadOnlyWorksheet) -> None:
        """Refuse formulas whose values the workbook does not hold: a program wrote it that does not calculate.

        Parameters
        ----------
        sheet : ReadOnlyWorksheet
            The same one, opened with its formulas.

        Raises
        ------
        StudyDataError
            With the rows and columns.
        """
        formulas = [
            (row, place)
            for row, cells in _iterate(sheet)
            for place, cell in enumerate(cells)
            if cell.data_type == "f"
        ]
        known = [self._fill(self.records.get(row, []))[place : place + 1] for row, place in formulas]
        if formulas and all(value in ([], [None]) for value in known):
            rows = {row for row, _ in formulas}
            columns = [self._name(place) for place in sorted({place for _, place in formulas}) if place < self.width]
            what = "Formulas have no values: the program that wrote the workbook has not calculated them."
            where = locate(self.file, rows, columns)
            raise StudyDataError(Problem(what, where, "Open it in Excel or LibreOffice, and save it."))

    def refuse_errors(self) -> None:
        """Refuse cells that hold an error of Excel, and columns of which only some cells are percentages.

        Raises
        ------
        StudyDataError
            With a problem for each column.
        """
        what, remedy = "A cell holds an error of Excel, such as #N/A.", "Correct its formula, or empty the cell."
        problems = [
            Problem(what, locate(self.file, rows, self._name(place)), remedy)
            for place, rows in sorted(self.errors.items())
        ]
        what = "Some numbers of a column are percentages to Excel, and others are plain."
        remedy = "Give all cells of the column one format, and see that they are of one scale."
        problems += [
            Problem(what, locate(self.file, rows, self._name(place)), remedy)
            for place, rows in sorted(self.percentages.items())
            if place in self.plain
        ]
        if problems:
            raise StudyDataError(problems)

    def make_table(self, readings: Sequence[str]) -> TextTable:
        """Return the table that the sheet holds, with what is said of how it was read.

        Raises
        ------
        StudyDataError
            If its first row is no header.
        """
        self._refuse_title()
        rows = np.array([row for row in self.records if row > 1], dtype=int)
        records = [self._fill(self.records[row]) for row in rows]
        columns = TextColumns(self.file)
        for place in range(self.width):
            columns.add(self._name(place), np.array([record[place] for record in records], dtype=object))
        self._refuse_nameless(records)
        said = [*readings, *columns.finish()]
        if self.percentages:
            names = join_words([self._name(place) for place in sorted(self.percentages)])
            said.append(f"percentages as Excel shows them in {names}")
        return make_table(self.file, self.header, columns.columns, rows=rows, readings=said)

    def _refuse_title(self) -> None:
        """Refuse a first row that is plainly a title, or empty, above the header."""
        filled = {row: sum(value is not None for value in record) for row, record in self.records.items()}
        widest = max(filled.values(), default=0)
        header = next((row for row, count in filled.items() if count > 1 and 2 * count > widest), 1)
        if header > 1 and sum(map(bool, self.header)) < 2:
            what = "The header does not stand in the first row."
            above = "row 1" if header == 2 else f"rows 1 to {header - 1}"
            remedy = f"Delete what stands above it, as it seems {above}, so that the names come first."
            raise StudyDataError(Problem(what, self.file, remedy))

    def _refuse_nameless(self, records: Sequence[Sequence[Any]]) -> None:
        """Refuse columns of data without a name, as under merged cells; one before all names may be an index."""
        first = next((place for place, name in enumerate(self.header) if name), self.width)
        nameless = [
            place
            for place in range(first, self.width)
            if not self.header[place] and any(record[place] is not None for record in records)
        ]
        if nameless:
            what = "A column that holds cells has no name."
            remedy = "Give each column a name of its own in the first row, also where cells there are merged."
            raise StudyDataError(Problem(what, locate(self.file, (), [*map(self._name, nameless)]), remedy))
