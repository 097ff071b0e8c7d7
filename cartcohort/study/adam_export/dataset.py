"""A dataset of an ADaM package: columns with labels, written as SAS transport file and as Parquet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

_STAMP = rb"\d\d[A-Z]{3}\d\d:\d\d:\d\d:\d\d"
_NO_TIME = (
    b"01JAN60:00:00:00"  # day 0 of SAS: a transport file holds when it was written, and equal runs must be equal
)
_HEADER_BYTES = 640
_LONGEST_TEXT = 200
_VERSION = 5  # what authorities ask for and every program reads


@dataclass(frozen=True, eq=False)
class Dataset:
    """A dataset of an ADaM package.

    Attributes
    ----------
    name, label : str
        "ADSL", "Subject-Level Analysis Dataset".
    frame : DataFrame
        Columns are numbers (float64), text (object, missing is None) or dates (datetime64).
    labels : mapping of str to str
        Of every column.
    """

    name: str
    label: str
    frame: pd.DataFrame
    labels: Mapping[str, str]


def write_transport(dataset: Dataset, path: Path) -> None:
    """Write a SAS transport file of version 5; a text beyond 200 bytes is cut, as that format has no longer ones."""
    import pyreadstat

    dates = [name for name in dataset.frame if dataset.frame[name].dtype.kind == "M"]
    texts = {name: _cut(values) for name, values in dataset.frame.items() if values.dtype == object}
    days = {name: pd.Series(dataset.frame[name].dt.date).where(dataset.frame[name].notna(), None) for name in dates}
    pyreadstat.write_xport(
        dataset.frame.assign(**texts, **days),
        path,
        file_label=dataset.label,
        column_labels=dict(dataset.labels),
        table_name=dataset.name,
        file_format_version=_VERSION,
        variable_format=dict.fromkeys(dates, "DATE9."),
    )
    content = path.read_bytes()
    head = re.sub(_STAMP, _NO_TIME, content[:_HEADER_BYTES])
    path.write_bytes(head + content[_HEADER_BYTES:])


def write_parquet(dataset: Dataset, path: Path) -> None:
    """Write a Parquet file whose fields carry the labels."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns, fields = [], []
    for name, values in dataset.frame.items():
        kind = {"M": pa.date32(), "O": pa.string()}.get(values.dtype.kind, pa.float64())
        columns.append(pa.array(_plain(values), type=kind, from_pandas=True))
        fields.append(pa.field(name, kind, metadata={"label": dataset.labels[name]}))
    schema = pa.schema(fields, metadata={"name": dataset.name, "label": dataset.label})
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), path)


def _plain(values: pd.Series) -> np.ndarray:
    return values.to_numpy().astype("datetime64[D]") if values.dtype.kind == "M" else values.to_numpy()


def _cut(texts: pd.Series) -> pd.Series:
    """Return texts of at most 200 bytes, missing ones empty: a transport file knows no missing text."""
    return texts.map(lambda text: "" if text is None else text.encode()[:_LONGEST_TEXT].decode(errors="ignore"))
