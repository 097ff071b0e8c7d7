"""What a page says of the endpoints that a study declares: each in one sentence, before any number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from cartcohort.present.display import Sentence
from cartcohort.present.narrative import join_words
from cartcohort.present.sections.naming import time_zero
from cartcohort.present.vocabulary import learn_endpoints


class OwnEndpoint(Protocol):
    """An endpoint that a study declares: its words, and what ends it, as columns that `words` says in words."""

    label: str
    abbreviation: str
    since: str
    events: Sequence[str]
    competing: Sequence[str]
    censors: Sequence[str]
    patients: str
    recorded: bool
    words: Mapping[str, str]


class Declaring(Protocol):
    """A study with endpoints of its own."""

    day_zero: str
    labels: Mapping[str, str]
    own_endpoints: Mapping[str, OwnEndpoint]


def introduce_endpoints(study: Declaring, told: Sequence[str], *, origin: str) -> list[Sentence]:
    """Learn the words for the study's own endpoints, and say of each that is told what it is.

    Parameters
    ----------
    study : Declaring
    told : sequence of str
        Endpoints that the page tells.
    origin : str
        What the page counts from, in words.
    """
    learn_endpoints(study.own_endpoints, day_zero=study.day_zero)
    own = study.own_endpoints
    return [Sentence(_say(own[name], time_zero(name, origin))) for name in told if name in own]


def _say(own: OwnEndpoint, since: str) -> str:
    def named(columns: Sequence[str], last: str) -> str:
        return join_words([own.words[column] for column in columns], last=last)

    name = f"{own.label} ({own.abbreviation})"
    if own.recorded:
        return f"{name} counts from {since}; its times, and which of them end with the event, are as recorded."
    said = f"{name} counts from {since} to {named(own.events, 'or')}"
    said += ", whichever comes first" if len(own.events) > 1 else ""
    if own.competing:
        said += f"; {named(own.competing, 'and')} {'compete' if len(own.competing) > 1 else 'competes'} with it"
    if own.censors:
        said += f"; follow-up ends at {named(own.censors, 'or')}"
    return f"{said}; at risk are patients with {own.patients}." if own.patients else f"{said}."
