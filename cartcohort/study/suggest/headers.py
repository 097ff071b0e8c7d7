"""Headers of files to the words they are made of, and how well they go with the names that a column is known by."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

SURE, LIKELY = 0.95, 0.8
"""From how high a likeness on a header is taken as the name of a column, and said to be."""

_SMALL_WORDS = {"of", "the", "at", "to", "in", "for", "from", "is", "an", "and"}
_SMALL_WORDS |= {"der", "die", "das", "des", "de", "la", "le", "du", "del", "el"}
_DATE_WORDS = {"date", "dates", "dt", "dat", "datum", "fecha", "jour"}
_PREFIXES = {
    "demo",
    "demographics",
    "baseline",
    "bl",
    "base",
    "pt",
    "patient",
    "pat",
    "clin",
    "clinical",
    "ae",
    "lab",
}
_UNITS = {
    "days": "day days d tage tagen jours dias 天",
    "weeks": "week weeks wk wks w wochen semaines",
    "months": "month months mo mos mth mths m monate monaten mois meses 月",
    "years": "year years yr yrs y jahre jahren ans anos 年 岁",
    "percent": "pct percent prozent percentage",
    "fraction": "fraction frac proportion",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_GLUED = re.compile(r"([a-z]{2,})(months?|mths?|weeks?|days?|years?|yrs?)")
_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")


@dataclass(frozen=True)
class Header:
    """A header, taken apart.

    Attributes
    ----------
    words : tuple of str
        Without capitals, accents, small words, the word date, and the unit.
    unit : str
        Unit that it names, empty where it names none.
    says_date : bool
        Whether it speaks of a date.
    """

    words: tuple[str, ...]
    unit: str = ""
    says_date: bool = False

    @property
    def squeezed(self) -> str:
        """Return the words without blanks between them."""
        return "".join(self.words)


@cache
def read_header(name: str) -> Header:
    """Take a header apart."""
    inside = " ".join(_BRACKETS.findall(name))
    unit = "percent" if "%" in name else next((_UNIT_OF[word] for word in _split(inside) if word in _UNIT_OF), "")
    words = _split(_BRACKETS.sub(" ", name)) or _split(name)
    if len(words) > 1 and words[-1] in _UNIT_OF and not unit:
        unit, words = _UNIT_OF[words[-1]], words[:-1]
    kept = tuple(word for word in words if word not in _SMALL_WORDS | _DATE_WORDS)
    return Header(kept or tuple(words), unit, any(word in _DATE_WORDS for word in words))


def liken(header: Header, names: str) -> tuple[float, int]:
    """Return how well a header goes with the best of names parted by commas, from 0 to 1, and less its position."""
    found = [(_liken(header, other), -position) for position, other in enumerate(_read_names(names))]
    return max(found, default=(0.0, 0))


def match_names(header: Header, known: Mapping[str, str]) -> dict[str, tuple[float, int]]:
    """Return, of the columns known by these names, those that the header may stand for, with the likeness."""
    found = {column: liken(header, f"{column}, {names}") for column, names in known.items()}
    return {column: likeness for column, likeness in found.items() if likeness[0] >= LIKELY}


def plain_words(text: str) -> str:
    """Return a text in small letters without accents and signs; a sign alone is spelt out."""
    spelt = {"+": "positive", "-": "negative", "?": "unknown"}.get(text.strip(), text)
    return " ".join(_split(spelt, digits_apart=False))


def _liken(header: Header, other: Header) -> float:
    if header.squeezed == other.squeezed:
        return 1.0
    if sorted(header.words) == sorted(other.words):
        return 0.97
    if len(header.words) > 1 and header.words[0] in _PREFIXES and "".join(header.words[1:]) == other.squeezed:
        return 0.9
    lengths = sorted((len(header.squeezed), len(other.squeezed)))
    if lengths[0] < 6 or lengths[1] - lengths[0] > 2:
        return 0.0
    likeness = difflib.SequenceMatcher(None, header.squeezed, other.squeezed, autojunk=False).ratio()
    return 0.85 if likeness >= 0.9 else 0.0


@cache
def _read_names(names: str) -> tuple[Header, ...]:
    return tuple(read_header(name.strip()) for name in names.split(","))


def _split(text: str, *, digits_apart: bool = True) -> list[str]:
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text) if digits_apart else text
    bare = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    bare = "".join(sign for sign in bare if not unicodedata.combining(sign)).casefold()
    words = re.findall(r"[^\W\d_]+|\d+" if digits_apart else r"[^\W_]+", bare)
    apart = [_GLUED.fullmatch(word) if digits_apart else None for word in words]
    return [part for word, glued in zip(words, apart, strict=True) for part in (glued.groups() if glued else [word])]
