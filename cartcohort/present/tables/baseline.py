"""The table of patients' characteristics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cartcohort.present.display import Notice, Table
from cartcohort.present.format import EN_DASH, format_n_percent, format_number, format_whole
from cartcohort.present.tables.writer import Cell, Column, Row, build_table

_FIELDS = ("n", "total", "median", "low", "high", "missing")
_BLANK = Cell("", ("",) * len(_FIELDS))


def table_baseline(
    rows: pd.DataFrame, *, id: str, caption: str, groups: Mapping[str, int], notes: Sequence[str] = ()
) -> Table | Notice:
    """Tabulate patients' characteristics in the style of a trial's first table.

    Parameters
    ----------
    rows : DataFrame
        One row a variable, level and group, in the order of the table, with the columns `variable` (words for a
        reader), `level` (missing for numbers), `group`, `n` and `total` (counts; `total` known values), `median`,
        `low`, `high` (numbers), `missing` (per variable and group) and `smd` (standardised difference, per variable).
    id, caption : str
    groups : mapping of str to int
        Groups in the order of the columns, with the patients in each.
    notes : sequence of str

    Returns
    -------
    Table, or Notice without rows
    """
    with_smd = not rows.empty and bool(rows["smd"].notna().any())
    columns = [
        Column("Characteristic", csv=("variable", "level")),
        *(_group_column(*item) for item in groups.items()),
    ]
    columns += [Column("SMD", number=True, csv=("smd",))] if with_smd else []
    written: list[Row] = []
    for variable, block in rows.groupby("variable", sort=False):
        lines = _variable_rows(str(variable), block, list(groups))
        smd = [_smd_cell(block), *[Cell("", ("",))] * (len(lines) - 1)] if with_smd else [None] * len(lines)
        written += [_with_last(line, cell) for line, cell in zip(lines, smd, strict=True)]
    explained = ["Numbers are n (%) of known values, or median (range)."]
    explained += ["SMD, standardised mean difference; of categories a distance, without sign."] if with_smd else []
    return build_table(id=id, caption=caption, columns=columns, rows=written, notes=[*explained, *notes])


def _group_column(name: str, n: int) -> Column:
    header = f"{name}\n(n = {format_whole(n)})"
    return Column(header, number=True, csv=tuple(f"{name}: {field}" for field in _FIELDS))


def _with_last(row: Row, cell: Cell | None) -> Row:
    return row if cell is None else Row((*row.cells, cell), row.level)


def _smd_cell(block: pd.DataFrame) -> Cell:
    known = block["smd"].dropna()
    return Cell(format_number(known.iloc[0], decimals=2), (known.iloc[0],)) if len(known) else Cell("", ("",))


def _variable_rows(variable: str, block: pd.DataFrame, groups: Sequence[str]) -> list[Row]:
    """Write one variable: a row for a number, a row a level under a heading for a category, a row for what lacks."""
    levels = list(dict.fromkeys(block["level"].dropna()))
    values = [_BLANK] * len(groups) if levels else [_value_cell(_first(block, group)) for group in groups]
    rows = [Row((Cell(variable, (variable, "")), *values))]
    for level in levels:
        at_level = block[block["level"] == level]
        cells = [_value_cell(_first(at_level, group)) for group in groups]
        rows.append(Row((Cell(str(level), (variable, str(level))), *cells), level=1))
    if block["missing"].fillna(0).any():
        cells = [_missing_cell(_first(block, group)) for group in groups]
        rows.append(Row((Cell("Missing", (variable, "missing")), *cells), level=1))
    return rows


def _first(block: pd.DataFrame, group: str) -> Mapping[str, Any]:
    records = block[block["group"] == group].head(1).to_dict("records")
    return records[0] if records else {}


def _value_cell(record: Mapping[str, Any]) -> Cell:
    values = tuple(record.get(field) for field in _FIELDS)
    if record and pd.notna(record["level"]):
        return Cell(format_n_percent(record["n"], record["total"]), values)
    if record and pd.notna(record["median"]):
        middle, low, high = _measured([record[field] for field in ("median", "low", "high")])
        return Cell(f"{middle} ({low}{EN_DASH}{high})", values)
    return Cell(EN_DASH, values)


def _missing_cell(record: Mapping[str, Any]) -> Cell:
    count = record.get("missing")
    count = 0 if count is None or pd.isna(count) else int(count)
    return Cell(format_whole(count), ("", "", "", "", "", count))


def _measured(values: Sequence[float]) -> list[str]:
    """Return the measured values of a cell with one decimal, none where all are whole."""
    whole = all(float(value).is_integer() for value in values)
    return [format_number(value, decimals=0 if whole else 1) for value in values]
