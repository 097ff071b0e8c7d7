"""Which exports a run may have, which of them are asked for, and which of those are not up to date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cartcohort.render.manifest import Export, Manifest, find_damage

if TYPE_CHECKING:
    from cartcohort.render.cache import Inputs

KINDS = ("pdf", "docx", "png")
"""What may be asked for; each is the ending of its files too."""

INDEX = "index"
_FIGURES = "figures/"


def name_exports(kinds: Iterable[str], sections: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return the file that each export of a run's sections is made from, by the export's own path.

    Parameters
    ----------
    kinds : iterable of str
        Some of KINDS.
    sections : mapping of str to iterable of str
        Files of each section's report, by path inside the run folder.
    """
    makers = {"pdf": _name_page, "docx": _name_document, "png": _name_figures}
    named = [makers[kind](section, files) for kind in kinds for section, files in sections.items() if files]
    return {name: source for one in named for name, source in one.items()}


def name_overview(kinds: Iterable[str]) -> dict[str, str]:
    """Return the export of the overview and what it is made from, as `name_exports` does."""
    return {f"{INDEX}.pdf": f"{INDEX}.html"} if "pdf" in kinds else {}


def _name_page(section: str, files: Iterable[str]) -> dict[str, str]:
    return {f"{section}.pdf": f"{section}.html"}


def _name_document(section: str, files: Iterable[str]) -> dict[str, str]:
    return {f"{section}.docx": f"notebooks/{section}.ipynb"}


def _name_figures(section: str, files: Iterable[str]) -> dict[str, str]:
    figures = [name for name in files if name.startswith(_FIGURES) and name.endswith(".svg")]
    return {f"{name.removesuffix('svg')}png": name for name in sorted(figures)}


def find_outdated(
    kinds: Sequence[str], selected: Iterable[str], manifest: Manifest, maker: str, folder: Path, *, force: bool
) -> tuple[str, ...]:
    """Return the exports that are asked for and have to be made, given what the run folder holds.

    Parameters
    ----------
    kinds : sequence of str
        What is asked for.
    selected : iterable of str
        Names of the sections it is asked for of; the overview comes besides.
    manifest : Manifest
        Of the run folder.
    maker : str
        As `describe_maker` returns it.
    folder : Path
        The run folder.
    force : bool
        Whether they have to be made even if they are up to date.
    """
    sections = {name: manifest.sections[name].outputs for name in selected if name in manifest.sections}
    overview = name_overview(kinds) if manifest.outputs else {}
    sources = name_exports(kinds, sections) | overview
    hashes = manifest.outputs | {name: digest for files in sections.values() for name, digest in files.items()}
    outdated = {
        name: None
        for name, source in sources.items()
        if force or not is_current(manifest.exports.get(name), hashes.get(source), name, folder, maker=maker)
    }
    # The overview names all exports, so that it changes where any is made for the first time.
    return tuple(outdated | dict.fromkeys(overview)) if outdated else ()


def is_current(
    export: Export | None, source: str | None, name: str, folder: Path, *, maker: str | None = None
) -> bool:
    """Say whether an export lies in the folder as it was made, from what its source is now, and by the same maker.

    Without a maker it does not matter who made it.
    """
    if export is None or export.source != source or maker not in (None, export.maker):
        return False
    return not find_damage({name: export.content}, folder)


def describe_maker(inputs: Inputs) -> str:
    """Return a digest of the package's code and the versions of its libraries, by which exports are made."""
    by = json.dumps([inputs.code, dict(inputs.versions)], sort_keys=True)
    return hashlib.sha256(by.encode()).hexdigest()


def preview_exports(kinds: Sequence[str], stale: Iterable[str], outdated: Sequence[str]) -> list[str]:
    """Return the exports that a run would make.

    Parameters
    ----------
    kinds : sequence of str
        What is asked for.
    stale : iterable of str
        Sections that would be executed; which figures they will have is not known.
    outdated : sequence of str
        As `find_outdated` returns them for the folder as it is.
    """
    stale = list(stale)
    files = {name: [f"{_FIGURES}{name.replace('_', '-')}-*.svg"] for name in stale}
    coming = name_exports(kinds, files) | (name_overview(kinds) if stale else {})
    patterns = tuple(name.removesuffix("*.png") for name in coming if name.endswith("*.png"))
    return [*coming, *(name for name in outdated if name not in coming and not name.startswith(patterns))]


def summarise(names: Sequence[str]) -> str:
    """Say in one line which exports these are; figures are many, and counted."""
    figures = [name for name in names if name.startswith(_FIGURES) and "*" not in name]
    counted = [f"{len(figures)} figure{'s' if len(figures) > 1 else ''} as PNG"] if figures else []
    return ", ".join([name for name in names if name not in figures] + counted)
