"""A study folder to fill in: a description with every key explained, headers of tables, and the dictionary."""

from __future__ import annotations

import re
import shlex
import textwrap
from pathlib import Path

from cartcohort.errors import OutputError, Problem, UsageError
from cartcohort.study.description import FILE
from cartcohort.study.dictionary import KEYS, Key, describe_table
from cartcohort.study.schema import TABLES, Table
from cartcohort.study.suggest.lines import quote

_ASKED_OF_ALL = ("title", "source", "data_cutoff_date")
"""Keys that a new study.yaml has live, to be filled in."""

_HEAD = """# The description of the study. Fill in what stands without a #; take the # away from an example that
# you need, and make it yours. README.md tells what the tables hold.
"""

_README = """# {name}: what to fill in

1. `subjects.csv`: one row a patient. Four columns are needed: {needed}.
   **Delete the columns of what you did not record**: an empty column of relapse, transplant or the like says that
   it happened to nobody.
2. `adverse_events.csv` and `assessments.csv`: one row an event, one row a measurement. Delete the file of what you
   did not record; a table without rows says nothing.
3. `{file}`: at least `data_cutoff_date`, the last day of follow-up.
4. `python run_reports.py check FOLDER` says what is wrong, with rows and columns. Then
   `python run_reports.py --study FOLDER` makes the reports.

Dates are written 2023-02-28; an empty cell means not recorded, or not happened. In place of `death_date` a table
may hold `death_day`, whole days from first infusion, and so for every time; a study without `infusion_date` has days
only.
Further columns of yours are kept, for `factors` and `subset`.
"""


def make_folder(place: str) -> str:
    """Make a study folder to fill in, and return what is to be told of it.

    Parameters
    ----------
    place : str
        The folder; it is made, or is there and empty.

    Raises
    ------
    UsageError
        If the place is a URL.
    OutputError
        If the folder holds anything, or cannot be made.
    """
    if "://" in place:
        raise UsageError(Problem("A new study is made in a folder, not at a URL.", place, "Name a folder."))
    folder = Path(place)
    files = _write_files(folder.resolve().name)
    try:
        _refuse_used(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            with (folder / name).open("x", encoding="utf-8", newline="\n") as target:
                target.write(text)
    except OSError as reason:
        raise OutputError(Problem("The folder cannot be made.", place, f"{reason.strerror}.")) from None
    return (
        f"Made {place}: {', '.join(files)}.\n"
        "Next: give each patient a row in subjects.csv, and fill in data_cutoff_date in study.yaml;\n"
        "README.md there tells what each column holds. Then:\n"
        f"  python run_reports.py check {shlex.quote(place)}"
    )


def _refuse_used(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()):
        remedy = "Name another one; nothing was written."
        raise OutputError(Problem("The folder is there already, and not empty.", str(folder), remedy))
    if folder.exists() and not folder.is_dir():
        raise OutputError(Problem("There is a file of that name.", str(folder), "Name another one."))


def _write_files(name: str) -> dict[str, str]:
    described = [f"## {table.file}\n\n{describe_table(table)}" for table in TABLES.values()]
    subjects = TABLES["subjects"]
    needed = ", ".join(f"`{column.names[0]}`" for column in subjects.columns if column.required)
    readme = _README.format(name=name, file=FILE, needed=f"{needed} and `infusion_date`")
    return {
        FILE: "\n".join([_HEAD, *(_write_key(key, name) for key in KEYS)]),
        **{table.file: _write_header(table) for table in TABLES.values()},
        "README.md": "\n".join([readme, *described]),
    }


def _write_header(table: Table) -> str:
    return ",".join(column.names[0] for column in table.columns) + "\n"


def _write_key(key: Key, name: str) -> str:
    plain = re.sub(
        r" \(\[[^]]*\]\([^)]*\)\)| \(below\)", "", key.words
    )  # what they refer to stands in data/README.md
    words = textwrap.fill(plain, 116, initial_indent="# ", subsequent_indent="# ")
    if key.name == "title":
        return f"{words}\ntitle: {quote(name)}\n"
    if key.name in _ASKED_OF_ALL:
        return f"{words}\n# {key.example}\n{key.name}:\n"
    return f"{words}\n# {key.example}\n"
