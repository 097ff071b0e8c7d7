"""Tables as arrays of numbers with a description in plain words, and back: nothing in them can be run.

A text stands once in the description, and its cells hold the position, as those of a Categorical do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

_MASKED = {"i": pd.arrays.IntegerArray, "b": pd.arrays.BooleanArray}
_SCALARS = {str, int, float, bool, type(None)}


def take_apart(table: pd.DataFrame) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Return what a table is, as JSON can hold it, and the arrays of its columns.

    Parameters
    ----------
    table : DataFrame
        Its rows are counted from 0; its columns are named by texts.

    Raises
    ------
    TypeError
        If it holds what would not come back as it was.
    """
    counted = isinstance(table.index, pd.RangeIndex) and table.index.equals(pd.RangeIndex(len(table)))
    named = {*map(type, table.columns)} == {str} and table.columns.is_unique
    if not counted or not named or table.attrs or {table.index.name, table.columns.name} != {None}:
        raise TypeError("A table is not carried: its rows are not counted from 0, or its columns not named by texts.")
    columns, arrays = [], []
    for name, column in table.items():
        about, parts = _take_column(column)
        columns.append({"name": name, **about})
        arrays += parts
    return {"rows": len(table), "columns": columns}, arrays


def _take_column(column: pd.Series) -> tuple[dict[str, Any], list[np.ndarray]]:
    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype) and kind.categories.dtype == object:
        texts = _refuse_others(kind.categories, {str})
        return {"kind": "category", "texts": texts, "ordered": kind.ordered}, [column.cat.codes.to_numpy()]
    if kind == pd.StringDtype("python"):
        codes, texts = pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=True)
        smallest = np.min_scalar_type(-max(1, len(texts)))
        return {"kind": "text", "texts": _refuse_others(texts, {str})}, [codes.astype(smallest)]
    if isinstance(kind, pd.Int64Dtype | pd.BooleanDtype):
        missing = column.isna().to_numpy()
        filled = column.to_numpy(dtype=kind.numpy_dtype, na_value=kind.numpy_dtype.type(0))
        return {"kind": "masked"}, [filled, missing]
    if isinstance(kind, np.dtype) and kind.hasobject:
        return {"kind": "objects", "values": _refuse_others(column, _SCALARS)}, []
    if isinstance(kind, np.dtype):
        return {"kind": "plain"}, [column.to_numpy()]
    raise TypeError(f"A column of {kind} is not carried.")


def _refuse_others(values: Any, kinds: set[type]) -> list[Any]:
    found = {*map(type, values)}
    if not found <= kinds:
        raise TypeError(f"A column of {', '.join(sorted(kind.__name__ for kind in found))} is not carried.")
    return list(values)


def put_together(about: dict[str, Any], arrays: Iterator[np.ndarray]) -> pd.DataFrame:
    """Return the table that `take_apart` took apart.

    Parameters
    ----------
    about : dict
        What the table is.
    arrays : iterator of ndarray
        The next ones are those of its columns.
    """
    index = pd.RangeIndex(about["rows"])
    columns = {one["name"]: pd.Series(_put_column(one, arrays), index=index, copy=False) for one in about["columns"]}
    return pd.DataFrame(columns, index=index, copy=False)


def _put_column(about: dict[str, Any], arrays: Iterator[np.ndarray]) -> Any:
    kind = about["kind"]
    if kind == "category":
        texts = pd.Index(about["texts"], dtype=object)
        return pd.Categorical.from_codes(next(arrays), categories=texts, ordered=about["ordered"])
    if kind == "text":
        return pd.array(about["texts"], dtype="string").take(next(arrays), allow_fill=True)
    if kind == "masked":
        values = next(arrays)
        return _MASKED[values.dtype.kind](values, next(arrays))
    if kind == "objects":
        return np.array([*about["values"], None], dtype=object)[:-1]
    return next(arrays)
