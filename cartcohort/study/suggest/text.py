"""The text of a proposed study.yaml: its lines with their reasons, and what `check` then says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from cartcohort.errors import Problem, StudyDataError
from cartcohort.study.description import FILE, check_description, parse_yaml, read_yaml
from cartcohort.study.load import load_described
from cartcohort.study.suggest.headers import read_header
from cartcohort.study.suggest.lines import printable, write_tree
from cartcohort.study.suggest.propose import Proposal
from cartcohort.study.suggest.sources import Source, find_files, find_sources

_MOST_NAMES = 40
_IDENTIFYING = {"name", "surname", "initials", "dob", "birth", "birthday", "mrn", "ssn", "address", "phone", "email"}
_MOST_PROBLEMS = 10


def suggest_description(path: Path) -> str:
    """Return a study.yaml for a table file or a folder of them, for the user to accept; nothing is written.

    What a study.yaml that is there already says is kept, and what it lacks is proposed. A line is live where name and
    values agree, and else commented out; each says why.

    Parameters
    ----------
    path : Path
        A table file, or a folder with such files.

    Raises
    ------
    StudyDataError
        If there is no table, or study.yaml itself is wrong.
    """
    folder, files = find_files(path)
    content = read_yaml(folder, FILE) if (folder / FILE).exists() else {}
    content = content if isinstance(content, dict) else {}
    described = check_description(content)
    sources, problems = find_sources(folder, files, described)
    title = path.stem if path.is_file() else folder.resolve().name
    proposal = Proposal(content, sources, title)
    lines = [*_open(path, sources), *write_tree(proposal.propose()), *_close(proposal)]
    text = "\n".join(lines) + "\n"
    return "\n".join([*lines, *_foretell(folder, text, problems)])


def _open(path: Path, sources: Mapping[str, Source]) -> list[str]:
    found = ", ".join(f"{name} in {printable(source.text.file)}" for name, source in sources.items())
    return [
        f"# Proposed from {printable(path.name or str(path))}: {found or 'no table of patients was recognised'}.",
        f"# Read it line by line, correct it, and save it as {FILE} beside the tables. What is unsure is commented",
        "# out: take the leading # away where it is right.",
        "",
    ]


def _close(proposal: Proposal) -> list[str]:
    said = (
        ("Found under their standard names", proposal.standard),
        ("Without a meaning here, kept for `factors` and `subset`", proposal.kept),
        ("May identify patients, so take out what is not needed", [name for name in proposal.kept if _names(name)]),
    )
    return ["", *(f"# {what}: {_list(names)}." for what, names in said if names)]


def _names(name: str) -> bool:
    """Return whether a column may hold what a patient is known by."""
    return not _IDENTIFYING.isdisjoint(read_header(name).words)


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(printable(name) for name in dict.fromkeys(names[:_MOST_NAMES]))
    return f"{shown} and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else shown


def _foretell(folder: Path, text: str, problems: Sequence[Problem]) -> list[str]:
    """Return in comments what `check` says of the study as it is proposed."""
    try:
        study = load_described(folder, check_description(parse_yaml(text, FILE)))
    except StudyDataError as error:
        found = [*problems, *(problem for problem in error.problems if problem not in problems)]
        return [*_tell_problems(found)]
    n = len(study.warnings)
    odd = f", with {n} thing{'s' if n > 1 else ''} worth a look or more" if n else ""
    return [
        f"# With this, `check` finds the study sound{odd}: {len(study.subjects)} patients.",
        *_tell_problems(problems),
    ]


def _tell_problems(problems: Sequence[Problem]) -> Iterable[str]:
    if not problems:
        return
    n = len(problems)
    yield f"# With this, `check` still finds {n} problem{'s' if n > 1 else ''}:"
    for problem in problems[:_MOST_PROBLEMS]:
        yield f"#   {printable(problem.what)} ({printable(problem.where)})"
    if n > _MOST_PROBLEMS:
        yield f"#   and {n - _MOST_PROBLEMS} more"
