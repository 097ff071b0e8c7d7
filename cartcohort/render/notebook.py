"""Finding the notebooks of the suite, and what each reads, without running or importing anything."""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cartcohort.errors import Problem, ReportError, UsageError, did_you_mean

_OVERVIEW = "index"
"""Name of the page that is no section."""


@dataclass(frozen=True)
class Section:
    """A notebook that belongs to the suite.

    Attributes
    ----------
    name : str
        Stem of the notebook's file name; names the section on the command line and its page.
    title, question : str
        Heading of the page and the question it answers.
    order : float
        Place among the sections.
    path : Path
        The notebook.
    defaults : mapping of str to object
        Parameters that the notebook reads, with the values its parameter cell gives them.
    libraries : tuple of str
        Modules that its cells import, and names that may be modules.
    """

    name: str
    title: str
    question: str
    order: float
    path: Path
    defaults: Mapping[str, Any]
    libraries: tuple[str, ...] = ()


def discover_sections(folder: Path) -> tuple[Section, ...]:
    """Find the sections of the suite in a folder of notebooks.

    A notebook belongs to the suite through its metadata `cartcohort: {order, title, question}`; one without is left
    alone.

    Returns
    -------
    tuple of Section
        By their order, then by name.

    Raises
    ------
    ReportError
        With one problem a damaged notebook, or where there is no notebook at all.
    """
    sections, problems = [], []
    for path in sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith(".")):
        try:
            section = _read_section(path)
        except ValueError as reason:
            problems.append(Problem(str(reason), f"notebooks/{path.name}", "Mend, rename or remove the notebook."))
        else:
            sections += [section] if section else []
    if not sections and not problems:
        problems.append(Problem("There are no notebooks to run.", f"Looked in the folder {folder.name}."))
    if problems:
        raise ReportError(problems)
    return tuple(sorted(sections, key=lambda section: (section.order, section.name)))


def select_sections(sections: Sequence[Section], names: Sequence[str]) -> tuple[Section, ...]:
    """Return the named sections in the order of the suite, all of them where no name is given.

    Raises
    ------
    UsageError
        With one problem a name that is no section.
    """
    known = [section.name for section in sections]
    problems = [
        Problem(
            f"There is no section `{name}`.{did_you_mean(name, known)}",
            remedy=f"Sections: {', '.join(known)}. Repeat --section for several.",
        )
        for name in names
        if name not in known
    ]
    if problems:
        raise UsageError(problems)
    return tuple(section for section in sections if not names or section.name in names)


def cell_source(cell: Mapping[str, Any]) -> str:
    """Return the text of a cell, which a notebook file holds as one string or as a list of lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _read_section(path: Path) -> Section | None:
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        metadata, cells = notebook["metadata"].get("cartcohort"), notebook["cells"]
        tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", ())]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise ValueError("The notebook cannot be read: it is damaged or no notebook.") from None
    if metadata is None:
        return None
    try:
        order, title, question = float(metadata["order"]), str(metadata["title"]), str(metadata["question"])
        sound = math.isfinite(order) and notebook.get("nbformat") == 4
    except (TypeError, ValueError, KeyError):
        raise ValueError("The notebook's metadata `cartcohort` must hold order, title and question.") from None
    if not sound:
        raise ValueError("The notebook is not of format 4, or its order is no number.")
    if not re.fullmatch(r"\w[\w-]*", path.stem) or path.stem.lower() == _OVERVIEW:
        raise ValueError(
            f"A section's notebook needs a name of letters, digits, hyphens and underscores, but not {_OVERVIEW}."
        )
    defaults = _read_assignments("\n".join(map(cell_source, tagged)))
    code = [cell_source(cell) for cell in cells if cell.get("cell_type") == "code"]
    libraries = tuple(dict.fromkeys(name for source in code for name in _find_imports(source)))
    return Section(path.stem, title, question, order, path, defaults, libraries)


def _find_imports(source: str) -> list[str]:
    """Return what a cell imports; what is imported from a module may be a module itself."""
    try:
        statements = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):
        return []  # a cell in another language, or one that will fail and say so
    found = [alias.name for one in statements if isinstance(one, ast.Import) for alias in one.names]
    for one in statements:
        if isinstance(one, ast.ImportFrom) and one.module and not one.level:
            found += [one.module, *(f"{one.module}.{alias.name}" for alias in one.names)]
    return found


def _read_assignments(source: str) -> dict[str, Any]:
    """Return the literals that a parameter cell assigns, by name."""
    try:
        return {
            target.id: ast.literal_eval(statement.value)
            for statement in ast.parse(source).body
            if isinstance(statement, ast.Assign | ast.AnnAssign)
            for target in _targets(statement)
        }
    except (SyntaxError, ValueError, AttributeError):
        raise ValueError("The cell tagged `parameters` must only assign literals to names.") from None


def _targets(statement: ast.Assign | ast.AnnAssign) -> list[Any]:
    return statement.targets if isinstance(statement, ast.Assign) else [statement.target]
