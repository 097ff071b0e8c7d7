"""The exports of a run that is put together: kept where they still hold, made where asked for, else left out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cartcohort.render.exports.plan import INDEX, KINDS, is_current, name_exports, name_overview
from cartcohort.render.manifest import Export, find_damage, hash_file


@dataclass(frozen=True)
class Wanted:
    """Exports that shall be made.

    Attributes
    ----------
    names : tuple of str
        Their paths inside the run folder.
    maker : str
        By what they are made: see `plan.describe_maker`.
    jobs : int
        How many to make at once.
    seconds : float or None
        How long a browser may take over a page; None sets the usual limit.
    """

    names: tuple[str, ...] = ()
    maker: str = ""
    jobs: int = 1
    seconds: float | None = None


@dataclass
class Exports:
    """The exports of a run.

    Attributes
    ----------
    before : mapping of str to Export
        Those in the run folder, by path.
    folder, final : Path
        The run folder, and the folder in which the run is put together.
    wanted : Wanted
        Those to be made, whether they are in the run folder or not.
    entries : dict of str to Export
        Those in `final`.
    failures : dict of str to str
        Why those were not made that should have been.
    """

    before: Mapping[str, Export]
    folder: Path
    final: Path
    wanted: Wanted
    entries: dict[str, Export] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def bring_sections(self, sections: Mapping[str, Iterable[str]]) -> None:
        """Bring the exports of sections, whose files are named by section, into the final folder."""
        self._bring(name_exports(KINDS, sections), sections)

    def bring_overview(self, sections: Iterable[str], write: Callable[[Iterable[str]], None]) -> None:
        """Write the overview, which names all exports, its own among them, and bring that one.

        Parameters
        ----------
        sections : iterable of str
            Names of those that have a page.
        write : callable
            Writes the overview, naming the files given besides those in the final folder.
        """
        sources = {name: source for name, source in name_overview(KINDS).items() if self._may_be(name)}
        write(sources)
        self._bring(sources, sections)
        if sources.keys() - self.entries.keys():
            write(())

    def _may_be(self, name: str) -> bool:
        return name in self.before or name in self.wanted.names

    def _bring(self, sources: Mapping[str, str], sections: Iterable[str]) -> None:
        hashes = {name: hash_file(self.final / source) for name, source in sources.items() if self._may_be(name)}
        to_make = {name: sources[name] for name in hashes if name in self.wanted.names}
        failures = self._make(to_make, sections) if to_make else {}
        for name, digest in hashes.items():
            if name in to_make and name not in failures:
                self.entries[name] = Export(digest, self.wanted.maker, hash_file(self.final / name))
            elif is_current(self.before.get(name), digest, name, self.folder):
                shutil.copy2(self.folder / name, self.final / name)
                self.entries[name] = self.before[name]

    def _make(self, sources: Mapping[str, str], sections: Iterable[str]) -> dict[str, str]:
        from cartcohort.render.exports.make import make_exports  # most runs make none

        pages = [f"{name}.html" for name in (INDEX, *sections)]
        wanted = self.wanted
        failures = make_exports(sources, self.final, pages=pages, jobs=wanted.jobs, seconds=wanted.seconds)
        for name in failures:
            (self.final / name).unlink(missing_ok=True)
        self.failures |= failures
        return failures

    def rename_edited(self) -> dict[str, str]:
        """Return another name for every export in the run folder that somebody has edited, so that it can be kept."""
        edited = [name for name, one in self.before.items() if self._is_edited(name, one)]
        return {name: _find_name(self.folder / name).relative_to(self.folder).as_posix() for name in edited}

    def _is_edited(self, name: str, export: Export) -> bool:
        return (self.folder / name).is_file() and bool(find_damage({name: export.content}, self.folder))


def _find_name(path: Path) -> Path:
    """Return a path by which nothing is overwritten, neither this file nor another."""
    number, new = 1, path.with_stem(f"{path.stem}.edited")
    while new.exists():
        number += 1
        new = path.with_stem(f"{path.stem}.edited-{number}")
    return new
