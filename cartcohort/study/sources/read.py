"""Reading a table, wherever it lies and whatever its format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cartcohort.errors import Problem, StudyDataError
from cartcohort.study.files import find_file
from cartcohort.study.location import join_words
from cartcohort.study.schema import Table
from cartcohort.study.sources.named import WORKBOOKS, Named, parse_name
from cartcohort.study.sources.text_form import TextForm
from cartcohort.study.text_table import TextTable

TEXT = (".csv", ".tsv", ".tab", ".txt")
STATISTICAL = (".xpt", ".sas7bdat", ".dta", ".sav", ".zsav")
READ_ENDINGS = (*TEXT, *WORKBOOKS, ".parquet", *STATISTICAL)
"""Endings of the table files that can be read."""

SNAPSHOT = "snapshot"
"""Folder inside a study's folder with what its tables named by URL held when a run began."""

_AS_WRITTEN = TextForm(encoding="utf-8", separator="comma")
_HINTS = {
    **dict.fromkeys((".xls", ".xlsb", ".ods", ".numbers"), "Save it as .xlsx."),
    **dict.fromkeys((".rds", ".rdata", ".rda"), "In R, write it with `write.csv(x, file, row.names = FALSE)`."),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3"), "Name a table of it as `sqlite:///file.db#table`."),
    ".por": "Save it as .sav.",
    ".sas7bcat": "It holds formats, no table: name the .sas7bdat file.",
}


def read_table(folder: Path, name: str, *, table: str, reading: TextForm | None = None) -> TextTable:
    """Read a table of a study as text.

    Parameters
    ----------
    folder : Path
        Folder of the study.
    name : str
        What its description names: a file inside the folder, `registry.xlsx#Sheet`, `sqlite:///registry.db#table`,
        or a URL of a database or of a file in a store.
    table : str
        Standard name of the table: that of the sheet, or of the table in a database, unless `name` tells another.
    reading : TextForm, optional
        What the description says of how a text file is to be read.

    Raises
    ------
    StudyDataError
        If the table is missing, is of a kind that cannot be read, or is no table.
    """
    named, reading = parse_name(name), reading or TextForm()
    if named.is_outside:
        kept = find_snapshot(folder, named, table)
        if kept is not None:
            return _read_file(kept, named, table, _AS_WRITTEN if named.database else reading)
        return _read_outside(named, table, reading)
    return _read_file(find_file(folder, named.file), named, table, reading)


def find_default(folder: Path, table: Table) -> str:
    """Return the file of a table that the description does not name.

    Raises
    ------
    StudyDataError
        If there are several, in other formats than CSV.
    """
    if (folder / table.file).exists():
        return table.file
    found = [name for name in (f"{table.name}{ending}" for ending in READ_ENDINGS) if (folder / name).is_file()]
    if len(found) > 1:
        what = f"There are several files for the table `{table.name}`."
        remedy = "Name one of them under `tables` in study.yaml."
        raise StudyDataError(Problem(what, join_words(found), remedy))
    return found[0] if found else table.file


def list_parts(path: Path) -> list[str]:
    """Return what `tables` may name of a file: itself, or each sheet of a workbook that has several."""
    if path.suffix.lower() not in WORKBOOKS:
        return [path.name]
    from cartcohort.study.sources.workbook import list_sheets

    sheets = list_sheets(path)
    return [f"{path.name}#{sheet}" for sheet in sheets] if len(sheets) > 1 else [path.name]


def find_snapshot(folder: Path, named: Named, table: str) -> Path | None:
    """Return where a study's folder keeps what a table named by URL held; None where it does not."""
    path = folder / SNAPSHOT / name_snapshot(named, table)
    return path if path.is_file() else None


def name_snapshot(named: Named, table: str) -> str:
    """Return the file name under which a table named by URL is kept."""
    return f"{table}{'.csv' if named.database else named.ending}"


def _read_outside(named: Named, table: str, reading: TextForm) -> TextTable:
    if named.database:
        from cartcohort.study.sources.database import read_server

        return read_server(named, table)
    from cartcohort.study.sources.remote import fetch

    check_ending(named)
    with fetch(named) as path:
        return _read_file(path, named, table, reading)


def _read_file(path: Path, named: Named, table: str, reading: TextForm) -> TextTable:
    try:
        _check_file(path, named)
        return _find_reader(path, named, table, reading)()
    except OSError as reason:
        said = f"{reason.strerror}." if reason.strerror else ""
        raise StudyDataError(Problem("The file cannot be read.", named.shown, said)) from None


def _check_file(path: Path, named: Named) -> None:
    if not path.is_file():
        what = "The table is a folder, not a file." if path.is_dir() else "There is no such table file."
        remedy = "Put it there, or name the right file under `tables` in study.yaml."
        raise StudyDataError(Problem(what, named.shown, remedy))


def _find_reader(path: Path, named: Named, table: str, reading: TextForm) -> Callable[[], TextTable]:
    """Return how to read the file; what a format needs is imported only for it."""
    ending, file = path.suffix.lower(), named.shown
    if named.database and not named.is_outside:
        from cartcohort.study.sources.database import read_sqlite

        return lambda: read_sqlite(path, named, table)
    check_ending(named)
    if ending in WORKBOOKS:
        from cartcohort.study.sources.workbook import read_workbook

        return lambda: read_workbook(path, file, named.part, table)
    if ending == ".parquet":
        from cartcohort.study.sources.parquet import read_parquet

        return lambda: read_parquet(path, file)
    if ending in STATISTICAL:
        from cartcohort.study.sources.statistical import read_statistical

        return lambda: read_statistical(path, file, reading)
    from cartcohort.study.sources.delimited import read_delimited

    return lambda: read_delimited(path, file, reading)


def check_ending(named: Named) -> None:
    """Refuse a file whose ending tells no format that can be read.

    Raises
    ------
    StudyDataError
        Lists the endings that can be read.
    """
    ending = named.ending
    if named.database or ending in READ_ENDINGS:
        return
    said = f"a file ending in `{ending}`" if ending else "a file whose name has no ending"
    hint = _HINTS.get(ending, "Save the table as CSV.")
    remedy = f"{hint} Files that can be read end in {', '.join(READ_ENDINGS)}."
    raise StudyDataError(Problem(f"A table cannot be read from {said}.", named.shown, remedy))
