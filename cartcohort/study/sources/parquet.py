"""Tables in Parquet."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cartcohort.study.sources.header import make_table
from cartcohort.study.sources.unreadable import as_unreadable
from cartcohort.study.sources.values import TextColumns
from cartcohort.study.text_table import TextTable

if TYPE_CHECKING:
    from pyarrow import ChunkedArray

_INDEX = re.compile(r"__index_level_\d+__")  # a nameless index of pandas


def read_parquet(path: Path, file: str) -> TextTable:
    """Read a Parquet file as text.

    Raises
    ------
    StudyDataError
        If it is damaged, or holds columns of lists or bytes.
    """
    import pyarrow.parquet as pq

    columns = TextColumns(file)
    with as_unreadable(path, file, "a Parquet file"):
        # Threads would stay, and a process that has them cannot be forked.
        table = pq.ParquetFile(path, pre_buffer=False).read(use_threads=False)
        names = ["" if _INDEX.fullmatch(name) else name.strip() for name in table.column_names]
        for name, column in zip(names, table.columns, strict=True):
            columns.add_coded(name, *_code(column))
    return make_table(file, names, columns.columns, readings=columns.finish())


def _code(column: ChunkedArray) -> tuple[np.ndarray, list[Any]]:
    """Return the position of each cell's value among the distinct ones, -1 where it is missing, and these."""
    import pyarrow as pa

    if pa.types.is_nested(column.type):
        return np.zeros(len(column), dtype=int), [()]  # which is no value of a cell
    coded = column.combine_chunks()
    coded = coded if pa.types.is_dictionary(coded.type) else coded.dictionary_encode()
    distinct = coded.dictionary.to_pylist()
    if pa.types.is_float32(column.type) or pa.types.is_float16(column.type):
        distinct = [value if value is None else np.float32(value) for value in distinct]
    return coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), distinct
