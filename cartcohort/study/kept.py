"""The study that the run a notebook belongs to has read and checked, so that not every notebook does so anew.

The run names its file by environment variables. The file is private to the run and gone with it; a notebook that is
run by hand knows of none and reads the study by itself.

The file holds arrays as NumPy writes them (`.npy`, of numbers alone), one after the other, the first of them the
bytes of a JSON text that says what the rest are; then four bytes, the CRC-32 of all before. None of it can be run.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, get_type_hints

import numpy as np
import pandas as pd

from cartcohort.parameters import KEPT_FOLDER, KEPT_STUDY
from cartcohort.study.model import Study
from cartcohort.study.records import as_plain, from_plain
from cartcohort.study.table_arrays import put_together, take_apart

_UTF_8 = "utf-8", "surrogatepass"  # a description in YAML can hold half a surrogate pair
_CHUNK = 1 << 20
_SUM = 4


def keep_study(study: Study, file: Path) -> None:
    """Keep a validated study for the notebooks of this run."""
    record, arrays = {}, []
    for name, kind in get_type_hints(Study).items():
        value = getattr(study, name)
        if kind is pd.DataFrame:
            record[name], parts = take_apart(value)
            arrays += parts
        else:
            record[name] = as_plain(value)
    text = json.dumps(record, ensure_ascii=False).encode(*_UTF_8)
    with file.open("w+b") as target:
        for array in (np.frombuffer(text, dtype=np.uint8), *arrays):
            np.lib.format.write_array(target, array, allow_pickle=False)
        target.write(_sum_up(target, target.tell()))


def find_kept(folder: Path) -> Study | None:
    """Return the study that this run has read from a folder; None where there is no such run or study.

    A file that is damaged, or is none of ours, is passed over: the study is then read from its folder.
    """
    file, read_from = (os.environ.get(name) for name in (KEPT_STUDY, KEPT_FOLDER))
    if not file or not read_from or Path(read_from).resolve() != folder.resolve() or not Path(file).is_file():
        return None
    with Path(file).open("rb") as source:
        source.seek(0, os.SEEK_END)
        end = source.tell() - _SUM
        if end <= 0 or _sum_up(source, end) != source.read():
            return None
        source.seek(0)
        return _read(source, end)


def _read(source: BinaryIO, end: int) -> Study:
    arrays = _iterate(source, end)
    record = json.loads(next(arrays).tobytes().decode(*_UTF_8))
    return Study(
        **{
            name: put_together(record[name], arrays) if kind is pd.DataFrame else from_plain(kind, record[name])
            for name, kind in get_type_hints(Study).items()
        }
    )


def _iterate(source: BinaryIO, end: int) -> Iterator[np.ndarray]:
    while source.tell() < end:
        yield np.lib.format.read_array(source, allow_pickle=False)


def _sum_up(content: BinaryIO, length: int) -> bytes:
    """Return the CRC-32 of the first bytes of a file, and leave it behind them."""
    content.seek(0)
    total = 0
    while length and (chunk := content.read(min(length, _CHUNK))):
        total, length = zlib.crc32(chunk, total), length - len(chunk)
    return total.to_bytes(_SUM, "little")
