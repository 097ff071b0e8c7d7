"""Which file, and which of its rows, is which table of a study that is not known yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cartcohort.errors import Problem, StudyDataError
from cartcohort.study.description import Description
from cartcohort.study.mapping.rows import keep_rows
from cartcohort.study.schema import SUBJECTS, TABLES
from cartcohort.study.sources.read import READ_ENDINGS, find_default, list_parts, read_table
from cartcohort.study.suggest.match import Match, match_table
from cartcohort.study.suggest.profile import profile_columns
from cartcohort.study.suggest.together import find_follow_up
from cartcohort.study.text_table import TextTable

_INSTRUMENT = "redcap_repeat_instrument"
_NEEDED = {"adverse_events": {"subject_id", "term"}, "assessments": {"subject_id", "assay", "value"}}


@dataclass(frozen=True, eq=False)
class Source:
    """A table of a study in a file.

    Attributes
    ----------
    text : TextTable
        Its rows, and the columns that hold anything in them.
    rows : str
        The expression that they fulfil, empty for all rows of the file.
    """

    text: TextTable
    rows: str = ""


def find_files(path: Path) -> tuple[Path, list[str]]:
    """Return the folder and the names of the table files in it, or the one file that is given.

    Raises
    ------
    StudyDataError
        If there is none.
    """
    if path.is_file():
        return path.parent, list_parts(path)
    if not path.is_dir():
        raise StudyDataError(Problem("There is no such file or folder.", str(path), "Give a table or its folder."))
    named = sorted(one.name for one in path.iterdir() if one.is_file() and one.suffix.lower() in READ_ENDINGS)
    files = [part for name in named if not name.startswith(".") for part in list_parts(path / name)]
    if not files:
        remedy = f"Put one there; tables that can be read end in {', '.join(READ_ENDINGS)}."
        raise StudyDataError(Problem("The folder holds no table.", str(path), remedy))
    return path, files


def find_sources(
    folder: Path, files: Sequence[str], description: Description
) -> tuple[dict[str, Source], list[Problem]]:
    """Return where each table is, and the problems of files that could not be read.

    What the description says already of `tables` and `rows` holds; a file of a table's default name is that table,
    and a single file of which nothing can be told is taken for the subjects.

    Raises
    ------
    StudyDataError
        If no file could be read.
    """
    problems: list[Problem] = []
    texts = {}
    for file in dict.fromkeys([*files, *description.tables.values()]):
        try:
            texts[file] = read_table(folder, file, table=SUBJECTS.name)
        except StudyDataError as error:
            problems.extend(error.problems)
    if not texts:
        raise StudyDataError(problems)
    sources = _find_told(folder, texts, description)
    taken = {source.text.file for source in sources.values() if not source.rows}
    free = [part for file, text in texts.items() if file not in taken for part in _take_apart(text)]
    for name in TABLES:
        if name not in sources:
            best = max(free, key=lambda source, name=name: _rate(source, name), default=None)
            if best is not None and _rate(best, name):
                sources[name] = best
                free.remove(best)
    if not sources and len(texts) == 1:
        sources = {SUBJECTS.name: Source(*texts.values())}
    return {name: sources[name] for name in TABLES if name in sources}, problems


def _find_told(folder: Path, texts: Mapping[str, TextTable], description: Description) -> dict[str, Source]:
    told = {}
    for name, table in TABLES.items():
        text = texts.get(description.tables.get(name) or find_default(folder, table))
        if text is None:
            continue
        rows = description.rows.get(name, "")
        kept = keep_rows(text, name, rows, []) if rows else text
        told[name] = Source(_drop_empty(kept) if rows and kept is not None else text, rows)
    return told


def _take_apart(text: TextTable) -> list[Source]:
    """Return a file's rows as one table, or those of each instrument of a REDCap export."""
    if _INSTRUMENT not in text.cells or not len(text.cells[_INSTRUMENT].cat.categories):
        return [Source(text)]
    names = ["", *map(str, text.cells[_INSTRUMENT].cat.categories)]
    expressions = [f"{_INSTRUMENT} == {name!r}" for name in names]
    parts = [(keep_rows(text, "", expression, []), expression) for expression in expressions]
    return [Source(_drop_empty(part), expression) for part, expression in parts if part is not None]


def _drop_empty(text: TextTable) -> TextTable:
    return replace(text, cells=text.cells[[name for name in text.cells if len(text.cells[name].cat.categories)]])


def _rate(source: Source, name: str) -> int:
    """Return how many columns of the table a source holds, 0 where it lacks what makes one."""
    profiles = profile_columns(source.text)
    found: Mapping[str, Match] = match_table(profiles, TABLES[name], {})
    certain = {column for column, match in found.items() if not match.fit.doubt}
    if name == SUBJECTS.name:
        rest = [one for one in profiles if one.name not in {match.profile.name for match in found.values()}]
        followed = {"infusion_date", "death_day", "last_contact_day"} & certain or find_follow_up(rest, None)
        return len(certain) + len(TABLES) * ("subject_id" in found) if followed else 0
    return len(certain) if _NEEDED[name] <= certain else 0
