"""Tables of SAS, Stata and SPSS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from cartcohort.errors import Problem, StudyDataError
from cartcohort.study.location import join_words
from cartcohort.study.sources.header import make_table
from cartcohort.study.sources.text_form import TextForm
from cartcohort.study.sources.unreadable import as_unreadable
from cartcohort.study.sources.values import TextColumns
from cartcohort.study.text_table import TextTable

if TYPE_CHECKING:
    from pyreadstat import metadata_container

_WORDS = {
    ".xpt": "a SAS transport file",
    ".sas7bdat": "a SAS data set",
    ".dta": "a Stata file",
    ".sav": "an SPSS file",
    ".zsav": "an SPSS file",
}
_WESTERN = "WINDOWS-1252"
_RECORD = 80  # bytes, of which a transport file is made


def read_statistical(path: Path, file: str, reading: TextForm) -> TextTable:
    """Read a file of SAS, Stata or SPSS as text.

    A variable with value labels is read by its labels, and values without one as they are. Values that the file
    declares missing, and special missing ones such as `.A`, are missing. Labels of variables are kept.

    Parameters
    ----------
    path : Path
        Where the file is; its ending tells its kind.
    file : str
        Its name, for messages.
    reading : TextForm
        Its encoding, where the description names one.

    Raises
    ------
    StudyDataError
        If the file is damaged or incomplete.
    """
    ending = path.suffix.lower()
    with as_unreadable(path, file, _WORDS[ending]):
        _check_end(path, file)
        frame, about, said = _read(path, ending, reading.encoding)
    columns = TextColumns(file)
    labelled = []
    for name in frame:
        labels = about.variable_value_labels.get(name, {})
        values = frame[name].to_numpy()
        if labels:
            labelled.append(name)
            values = _label(frame[name], labels)
        columns.add(name, values)
    said += [f"value labels instead of codes in {join_words(labelled)}"] if labelled else []
    labels = {name: text.strip() for name, text in about.column_names_to_labels.items() if text and text.strip()}
    names = [str(name).strip() for name in frame]
    return make_table(file, names, columns.columns, readings=(*said, *columns.finish()), labels=labels)


def _check_end(path: Path, file: str) -> None:
    """Refuse a file that plainly breaks off: the library takes the rows that are there for all."""
    size = path.stat().st_size
    with path.open("rb") as content:
        start = content.read(11)
        content.seek(max(0, size - 12))
        end = content.read()
    if (start == b"HEADER RECO" and size % _RECORD) or (start == b"<stata_dta>" and end != b"</stata_dta>"):
        raise StudyDataError(Problem("The file is not complete.", file, "Copy or export it once more."))


def _read(path: Path, ending: str, encoding: str) -> tuple[pd.DataFrame, metadata_container, list[str]]:
    import pyreadstat

    readers: Mapping[str, Callable[..., Any]] = {
        ".xpt": pyreadstat.read_xport,
        ".sas7bdat": pyreadstat.read_sas7bdat,
        ".dta": pyreadstat.read_dta,
        ".sav": pyreadstat.read_sav,
        ".zsav": pyreadstat.read_sav,
    }
    try:
        return *readers[ending](str(path), encoding=encoding or None), []
    except UnicodeDecodeError:
        # A transport file does not say its encoding; the others do, so that for them this is damage.
        if ending != ".xpt" or encoding:
            raise
        return *readers[ending](str(path), encoding=_WESTERN), ["Windows-1252 (Western European)"]


def _label(values: pd.Series, labels: Mapping[Any, str]) -> pd.Series:
    distinct = {value: str(labels.get(value, "")).strip() or value for value in values.dropna().unique()}
    return values.map(distinct).astype(object)
