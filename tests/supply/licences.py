"""The licences of everything that is locked, as their own metadata tell them; none may be copyleft."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Protocol

from tests.supply.lock import Pin

# By hand, where the metadata name no licence, from the licence file in the distribution.
READ_BY_HAND = {"axe-playwright-python": "MIT", "resvg-py": "MIT"}

_COPYLEFT = re.compile(r"\bA?GPL|\bLGPL|General Public|\bEUPL|\bCC-BY-SA|\bSSPL|\bOSL-", re.IGNORECASE)
_EXCEPTED = re.compile(r"GPL-[\d.]+(-only|-or-later)? WITH GCC-exception-[\d.]+", re.IGNORECASE)
"""The run-time libraries of GCC inside of wheels: their exception lets them be linked with anything."""
_PER_FILE = re.compile(r"\bMPL|Mozilla Public", re.IGNORECASE)


class _Metadata(Protocol):
    def get(self, name: str) -> str | None: ...

    def get_all(self, name: str) -> list[str] | None: ...


@dataclass(frozen=True)
class Licence:
    """What a distribution says of its licence.

    Attributes
    ----------
    name, text : str
        The text is empty where nothing is said, None where the distribution is not installed here.
    """

    name: str
    text: str | None

    @property
    def is_copyleft(self) -> bool:
        """Whether it asks that what is built on it has the same licence, and leaves no choice of another."""
        return any(_COPYLEFT.search(_EXCEPTED.sub("", part)) for part in self._choices) and not self._has_free_choice

    @property
    def is_per_file(self) -> bool:
        """Whether it asks so of its own files only, as the Mozilla Public License does."""
        return bool(self.text) and bool(_PER_FILE.search(self.text))

    @property
    def _choices(self) -> list[str]:
        return re.split(r"\bOR\b", self.text or "")

    @property
    def _has_free_choice(self) -> bool:
        return len(self._choices) > 1 and any(not _COPYLEFT.search(part) for part in self._choices)


def read_licences(pins: Iterable[Pin]) -> list[Licence]:
    """Return the licence of each distribution that is locked, once a name."""
    return [_read(name) for name in sorted({pin.name for pin in pins})]


def _read(name: str) -> Licence:
    try:
        return Licence(name, READ_BY_HAND.get(name) or tell_licence(metadata.metadata(name)))
    except metadata.PackageNotFoundError:
        return Licence(name, None)


def tell_licence(told: _Metadata) -> str:
    """Return the licence that metadata tell: the expression, else classifiers, else the first line of the text."""
    classified = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or () if one.startswith("License")]
    lines = (told.get("License") or "").strip().splitlines()
    return told.get("License-Expression") or ", ".join(classified) or (lines[0] if lines else "")


def describe(licences: Iterable[Licence]) -> tuple[str, int]:
    """Return a line a distribution, what is to be said of them, and the exit code: 1 where one may not be."""
    licences = list(licences)
    here = [one for one in licences if one.text is not None]
    wrong = [one.name for one in here if one.is_copyleft or not one.text]
    kinds: Mapping[str, list[str]] = {
        "Not installed here": [one.name for one in licences if one.text is None],
        "Copyleft of their own files only (Mozilla), used as they are": [one.name for one in here if one.is_per_file],
        "COPYLEFT OR WITHOUT A LICENCE": wrong,
    }
    lines = [f"{one.name:<28} {one.text or 'no licence told'}" for one in here]
    lines += ["", *(f"{kind}: {', '.join(names)}." for kind, names in kinds.items() if names)]
    lines.append(f"{len(here)} licences read, {len(wrong) or 'none'} that may not be.")
    return "\n".join(lines), int(bool(wrong))
