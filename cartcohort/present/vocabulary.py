"""The endpoints in words: those of the suite, and those that the study of the page declares.

A result knows its endpoint by name alone ("os"), and every sentence, table and figure names it. Which words a name of
the study's own has, a page learns once, when it opens: a notebook shows one study.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


class OwnEndpoint(Protocol):
    """An endpoint that a study declares.

    Attributes
    ----------
    label, abbreviation : str
        "Time to next therapy", "TTNT".
    since : str
        What it counts from: "infusion", "enrollment" or other words; empty for what the page counts from.
    """

    label: str
    abbreviation: str
    since: str


@dataclass(frozen=True)
class EndpointWords:
    """An endpoint within a sentence, abbreviated, what those without an event are, and what it counts from.

    `since` is empty where that is what the page counts from.
    """

    words: str
    abbreviation: str
    event_free: str = "event-free"
    since: str = ""


_RESPONSE = "first response"
_OURS = {
    "os": EndpointWords("overall survival", "OS", "alive"),
    "pfs": EndpointWords("progression-free survival", "PFS", "progression-free"),
    "efs": EndpointWords("event-free survival", "EFS"),
    "rfs": EndpointWords("relapse-free survival", "RFS", "relapse-free", _RESPONSE),
    "dor": EndpointWords("duration of response", "DOR", "still in response", _RESPONSE),
    "cir": EndpointWords("cumulative incidence of relapse", "CIR", since=_RESPONSE),
    "nrm": EndpointWords("non-relapse mortality", "NRM", since=_RESPONSE),
}
DAYS_ZERO = {
    "infusion": ("first infusion", "infused"),
    "transplant": ("transplant", "transplanted"),
    "treatment": ("first treatment", "treated"),
}
"""Of each day 0 that a study can have: what time is counted from, and what was done to the patients."""

_own: dict[str, EndpointWords] = {}


def learn_endpoints(own: Mapping[str, OwnEndpoint], *, day_zero: str = "infusion") -> None:
    """Learn the words for a study's own endpoints, in place of those of a study before.

    Parameters
    ----------
    own : mapping of str to OwnEndpoint
        By name.
    day_zero : str
        What day 0 of the study is.
    """
    fixed = {"infusion": DAYS_ZERO[day_zero][0], "enrollment": "enrolment"}
    _own.clear()
    for name, one in own.items():
        free = _OURS[name].event_free if name in _OURS else "event-free"
        words = within_sentence(_without_capitals(one.label))
        _own[name] = EndpointWords(words, one.abbreviation, free, fixed.get(one.since, one.since))


def words_of(name: str) -> EndpointWords:
    """Return the words for an endpoint; a name that nobody taught is its own abbreviation."""
    return _own.get(name) or _OURS.get(name) or EndpointWords(name.upper(), name.upper())


def spell_out_own(texts: Iterable[str]) -> dict[str, str]:
    """Return the abbreviations of the study's own endpoints that the texts use, with what they stand for."""
    text = " ".join(texts)
    return {
        one.abbreviation: one.words
        for one in _own.values()
        if re.search(rf"(?<![\w-]){re.escape(one.abbreviation)}(?![\w-])", text)
    }


def _without_capitals(label: str) -> str:
    """Return a label in capitals as of a title, "Time to First Event", with small letters but the first."""
    first, *others = label.split(" ")
    long = [word for word in others if len(word) > 3]
    if not long or not all(re.fullmatch("[A-Z][a-z]+", word) for word in long):
        return label
    return " ".join([first, *(word.lower() if re.fullmatch("[A-Z]?[a-z]+", word) else word for word in others)])


def within_sentence(label: str) -> str:
    """Return a label as it stands within a sentence: "Genetic risk" in small letters, "CAR19 dose" as it is."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label
