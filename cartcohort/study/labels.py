"""Words for a reader, for every column of a study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cartcohort.study.schema import DERIVED, SUBJECTS, Column

_OWN = {
    "infused": "Infused",
    "data_cutoff_day": "Data cut-off",
    "progression_after_cutoff": "Progression after the data cut-off",
    "source_row": "Row in the file",
}


def make_labels(columns: Iterable[str], given: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Return a label for each column: the given one, that of the dictionary, its own, or its name in words.

    Parameters
    ----------
    columns : iterable of str
        Columns of the subjects.
    given : mapping of str to str
        Labels from the study's description.
    own : mapping of str to str
        Labels that the file itself gives its columns.
    """
    declared = {column.name: _declared_label(column) for column in (*SUBJECTS.columns, *DERIVED)} | _OWN
    named = {column: own.get(column) or _humanise(column) for column in columns if column not in declared}
    # In the label of a result a colon and a blank part the factor from its levels.
    bound = {column: label.replace(": ", ":\u00a0") for column, label in (named | dict(given)).items()}
    return declared | bound


def _declared_label(column: Column) -> str:
    return f"{column.label} ({column.unit})" if column.unit else column.label


def _humanise(name: str) -> str:
    words = name.removesuffix("_day").replace("_", " ").strip() or name
    return words[:1].upper() + words[1:]
