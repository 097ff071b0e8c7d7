"""Two runs side by side: one page and one JSON file that say what moved between them."""

from __future__ import annotations

import functools
import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cartcohort.errors import Problem, UsageError
from cartcohort.parameters import is_masked
from cartcohort.render.assets import PAGE_TEMPLATES, read_assets
from cartcohort.render.compare_inputs import InputDifferences, compare_inputs
from cartcohort.render.compare_json import write_comparison
from cartcohort.render.compare_read import Run, read_curves, read_run
from cartcohort.render.compare_results import Differences, compare_records
from cartcohort.render.direction import isolate_names
from cartcohort.render.exchange import replace_files
from cartcohort.render.folder import as_output_error, hold_folder, open_staging, real_path, settle_folder
from cartcohort.render.terminal import make_printable, tell

FOLDER = "comparisons"
"""Where in the output the comparisons lie."""

Present = Callable[[Differences, InputDifferences, Mapping[str, tuple[str, str, str]], tuple[str, str]], Any]
"""Puts a comparison into words, tables and figures (`cartcohort.present.comparison.present_comparison`)."""

_UNSAFE = re.compile(r"[^\w.-]|^[.-]|--+|-$", re.ASCII)
_LONGEST = 80
_MOST_NAMED = 10


@dataclass(frozen=True)
class Comparison:
    """A comparison that was written.

    Attributes
    ----------
    page, data : Path
        The HTML page and the JSON file.
    names : (str, str)
        What the two runs are called there.
    n_compared, n_moved, n_unseen : int
        Results that both runs have; those that read differently; those that moved below the last printed digit.
    n_flipped, n_appeared, n_vanished : int
        Conclusions that flipped; results that only the second run has, and only the first.
    flips : tuple of str
        Each conclusion that flipped, in words.
    """

    page: Path
    data: Path
    names: tuple[str, str]
    n_compared: int
    n_moved: int
    n_unseen: int
    n_flipped: int
    n_appeared: int
    n_vanished: int
    flips: tuple[str, ...]

    def describe(self) -> str:
        """Say in a few lines what moved, which conclusions flipped, and where the page lies."""
        if not (self.n_moved or self.n_unseen or self.n_appeared or self.n_vanished):
            said = f"Nothing moved: all {self.n_compared} results are the same."
        else:
            unseen = f" (and {self.n_unseen} below the last printed digit)" if self.n_unseen else ""
            said = f"{self.n_moved} of {self.n_compared} results moved{unseen}, "
            said += f"{self.n_appeared} appeared, {self.n_vanished} vanished."
        flipped = f"{self.n_flipped or 'No'} conclusion{'s' if self.n_flipped > 1 else ''} flipped"
        lines = [f"A: {self.names[0]}", f"B: {self.names[1]}", said, f"{flipped}{':' if self.flips else '.'}"]
        lines += [f"  {flip}" for flip in self.flips[:_MOST_NAMED]]
        more = len(self.flips) - _MOST_NAMED
        lines += [f"  and {more} more, on the page."] if more > 0 else []
        return "\n".join([*lines, "", f"Comparison: {self.page}"])


def compare_runs(
    before: Path, after: Path, folder: Path, *, present: Present, names: tuple[str, str] | None = None
) -> Comparison:
    """Compare two runs and write `<folder>/comparisons/<before>--<after>.html` and `.json`.

    Parameters
    ----------
    before, after : Path
        Run folders.
    folder : Path
        Root of the output.
    present : callable
        Puts the comparison into words, tables and figures.
    names : (str, str), optional
        What the runs are called; by default as their folders are.

    Raises
    ------
    UsageError
        Where a folder is no run, its results are damaged, or both are the same.
    OutputError
        Where the comparison cannot be written.
    """
    if real_path(before) == real_path(after):
        raise UsageError(Problem("A run is compared with itself.", str(before), "Name two different run folders."))
    for run in (before, after):
        settle_folder(run, tell)
    runs = _require(read_run(before), read_run(after))
    _refuse_masked(runs)
    curves, *_ = _require(read_curves(*runs))
    names = _make_distinct(names) if names else name_runs(before, after)
    inputs = compare_inputs(runs[0].manifest, runs[1].manifest)
    differences = compare_records(*_of_common_sections(runs, inputs))
    shown = present(differences, inputs, curves, names)
    stem = _name_files(names)
    files = {
        f"{stem}.html": _render(names, runs, _link_runs(runs, folder), inputs, shown, stem),
        f"{stem}.json": write_comparison(names, runs, differences, inputs, shown),
    }
    _write(files, folder / FOLDER)
    counts = shown.counts
    return Comparison(
        page=folder / FOLDER / f"{stem}.html",
        data=folder / FOLDER / f"{stem}.json",
        names=names,
        n_compared=counts.compared,
        n_moved=counts.moved,
        n_unseen=counts.unseen,
        n_flipped=counts.flipped,
        n_appeared=counts.appeared,
        n_vanished=counts.vanished,
        flips=shown.flips,
    )


def name_runs(before: Path, after: Path) -> tuple[str, str]:
    """Return what two runs are called: their folders' names, with as much of the way there as tells them apart."""
    parts = [Path(os.path.abspath(path)).parts for path in (before, after)]  # noqa: PTH100 - links keep their names
    depth = 1
    while parts[0][-depth:] == parts[1][-depth:] and depth < max(map(len, parts)):
        depth += 1
    names = ["/".join(part.strip("/\\") for part in one[-depth:] if part.strip("/\\")) for one in parts]
    return _make_distinct((make_printable(names[0]), make_printable(names[1])))


def _make_distinct(names: Sequence[str]) -> tuple[str, str]:
    one, other = names
    return (one, other) if one != other else (f"{one} (A)", f"{other} (B)")


def _name_files(names: tuple[str, str]) -> str:
    """Return the stem of the files: safe everywhere, a digest in place of what is lost."""
    plain = [name.replace("/", "-") for name in names]
    if plain[0] == plain[1]:
        plain = list(names)
    return "--".join(map(_safe_name, plain))


def _safe_name(name: str) -> str:
    safe = _UNSAFE.sub("-", name)[:_LONGEST].strip("-.")
    if safe == name:
        return safe
    return f"{safe}-{hashlib.sha256(name.encode()).hexdigest()[:8]}".removeprefix("-")


def _require(*found: Any) -> tuple[Any, ...]:
    """Return what was found, or raise all that is wrong at once."""
    problems = [one for one in found if isinstance(one, Problem)]
    if problems:
        raise UsageError(problems)
    return found


def _refuse_masked(runs: Sequence[Run]) -> None:
    """Raise UsageError where a run masks small counts: what two runs differ by could be fewer patients than that."""
    inputs = [(run.folder, entry.inputs) for run in runs for entry in run.manifest.sections.values()]
    masked = dict.fromkeys(str(folder) for folder, one in inputs if is_masked(one.get("parameters") or {}))
    if masked:
        what = "A run that withholds small counts (`min_cell_count`) is not compared: subtraction could tell them."
        raise UsageError(Problem(what, ", ".join(masked), "Compare runs without it, and share only the masked one."))


def _of_common_sections(runs: Sequence[Run], inputs: InputDifferences) -> list[list[Mapping[str, Any]]]:
    """Return the results of both runs without those of sections that the other run was not asked for."""
    lacking = {*inputs.only_before, *inputs.only_after}
    return [[record for record in run.records if record.get("section") not in lacking] for run in runs]


def _link_runs(runs: Sequence[Run], folder: Path) -> list[str]:
    """Return the way from a comparison to the overview of each run, empty where that is not in the same output."""
    root = real_path(folder)
    links = []
    for run in runs:
        index = real_path(run.folder) / "index.html"
        inside = index.is_relative_to(root) and index.is_file()
        links.append(quote(f"../{index.relative_to(root).as_posix()}") if inside else "")
    return links


def _render(
    names: tuple[str, str], runs: Sequence[Run], links: Sequence[str], inputs: InputDifferences, shown: Any, stem: str
) -> str:
    titles = [run.page.get("study_title") or "" for run in runs]
    page = _template().render(
        assets=read_assets(of_section=False),
        page={"synthetic": any(run.synthetic for run in runs)},
        names=names,
        runs=runs,
        links=links,
        studies=list(dict.fromkeys(filter(None, titles))),
        inputs=inputs,
        shown=shown,
        stem=stem,
    )
    return isolate_names(page)


@functools.cache
def _template() -> Any:
    # Imported here: a run that is none is refused before anything is loaded.
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(PAGE_TEMPLATES), autoescape=True, trim_blocks=True)
    return environment.get_template("compare.html.j2")


def _write(files: Mapping[str, str], folder: Path) -> None:
    """Write both files whole or not at all; many may write into the folder at once, one after the other."""
    with hold_folder(folder, lambda _: None), open_staging(folder) as staging, as_output_error(folder):
        for name, text in files.items():
            (staging / name).write_text(text, encoding="utf-8", newline="\n")
        replace_files(staging, folder, [f"{Path(name).stem}.pdf" for name in files])  # which an earlier page became
