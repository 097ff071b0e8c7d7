"""Writes the tables of a study in every format, from the text of their CSV files."""

from __future__ import annotations

import csv
import datetime as dt
import io
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat

from cartcohort.study.schema import TABLES

CAR1922 = Path(__file__).parents[1] / "data" / "car1922"
FORMS = ("western", "utf-16", "xlsx", "parquet", "xpt5", "xpt8", "dta", "sav", "zsav", "sqlite")


def read_car1922() -> dict[str, str]:
    """The three tables of the default study as text."""
    return {name: (CAR1922 / f"{name}.csv").read_text(encoding="utf-8") for name in TABLES}


def write_tables(folder: Path, form: str, tables: Mapping[str, str]) -> str:
    """Write tables in one of FORMS, and return the lines of study.yaml that name them."""
    if form in ("western", "utf-16"):
        return _write_text(folder, form, tables)
    frames = {name: type_frame(name, text) for name, text in tables.items()}
    if form == "xlsx":
        return _write_workbook(folder, frames)
    if form == "sqlite":
        return _write_sqlite(folder, frames)
    return _write_files(folder, form, frames)


def type_frame(name: str, text: str) -> pd.DataFrame:
    """A table with the types of the dictionary: dates, floats, integers and text; None where a cell is empty."""
    cells = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    known = TABLES[name].by_name
    kinds = {column: known[column].kind if column in known else "text" for column in cells}
    return pd.DataFrame({column: _type_cells(cells[column], kinds[column]) for column in cells})


def _type_cells(cells: pd.Series, kind: str) -> pd.Series:
    if kind in ("number", "whole number") or cells.name.endswith("_day"):
        return pd.to_numeric(cells.replace("", None))
    convert = dt.date.fromisoformat if cells.name.endswith("_date") else str
    return pd.Series([convert(text) if text else None for text in cells], dtype=object)


def _write_text(folder: Path, form: str, tables: Mapping[str, str]) -> str:
    """Write with semicolons and decimal commas in Windows-1252, or with tabs in UTF-16."""
    mark, encoding = (";", "cp1252") if form == "western" else ("\t", "utf-16")
    for name, text in tables.items():
        numbers = [column.name for column in TABLES[name].columns if column.kind == "number"]
        header, *rows = csv.reader(io.StringIO(text))
        for row in rows:
            for place, column in enumerate(header):
                if column in numbers and form == "western":
                    row[place] = row[place].replace(".", ",")
        with (folder / f"{name}.txt").open("w", encoding=encoding, newline="") as target:
            csv.writer(target, delimiter=mark).writerows([header, *rows])
    return f"tables: {{{', '.join(f'{name}: {name}.txt' for name in tables)}}}"


def _write_workbook(folder: Path, frames: Mapping[str, pd.DataFrame]) -> str:
    book = openpyxl.Workbook()
    book.remove(book.active)
    book.create_sheet("About").append(["Exported from the registry"])
    for name, frame in frames.items():
        sheet = book.create_sheet(name.replace("_", " ").capitalize())
        sheet.append(list(frame))
        for row in frame.itertuples(index=False):
            sheet.append([None if pd.isna(cell) else cell for cell in row])
    book.save(folder / "registry.xlsx")
    return f"tables: {{{', '.join(f'{name}: registry.xlsx' for name in frames)}}}"


def _write_sqlite(folder: Path, frames: Mapping[str, pd.DataFrame]) -> str:
    connection = sqlite3.connect(folder / "registry.db")
    for name, frame in frames.items():
        frame.sample(frac=1, random_state=1).to_sql(name, connection, index=False)
    connection.close()
    return f"tables: {{{', '.join(f'{name}: sqlite:///registry.db' for name in frames)}}}"


def _write_files(folder: Path, form: str, frames: Mapping[str, pd.DataFrame]) -> str:
    ending = form.rstrip("58")
    columns = {}
    for name, frame in frames.items():
        path = str(folder / f"{name}.{ending}")
        if form == "xpt5":  # whose names have at most eight letters
            columns[name] = {column: f"V{place}" for place, column in enumerate(frame)}
            frame = frame.rename(columns=columns[name])
        if form == "parquet":
            frame.to_parquet(path)
        elif ending == "xpt":
            pyreadstat.write_xport(frame, path, file_format_version=int(form[-1]))
        elif form == "dta":
            pyreadstat.write_dta(frame, path)
        else:
            pyreadstat.write_sav(frame, path, compress=form == "zsav")
    named = ", ".join(f"{name}: {name}.{ending}" for name in frames)
    return f"tables: {{{named}}}\ncolumns: {columns}".replace("'", "")
