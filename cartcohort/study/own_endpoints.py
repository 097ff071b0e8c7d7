"""Endpoints of a study's own: what study.yaml declares, and the definition that it comes to.

A declaration is plain data, so that a study can be kept in a file and sent to a worker; its definition, which holds
functions, is made where it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import pandas as pd

from cartcohort.study.endpoint_definitions import (
    DEATH,
    ENDPOINTS,
    NEW_THERAPY,
    NON_RESPONSE,
    PROGRESSION,
    RELAPSE,
    TRANSPLANT,
    UNDATED_NON_RESPONSE,
    EndpointDefinition,
    Source,
    source_of,
)
from cartcohort.study.subset import select_rows

BY_RESPONSE = {"non_response": NON_RESPONSE, "undated_non_response": UNDATED_NON_RESPONSE}
"""What can be named as an event though it is no column: best response NR, dated by the assessment of response."""

_TREATMENTS = {"hsct_day": TRANSPLANT, "new_therapy_day": NEW_THERAPY}
_SOURCES = {"relapse_day": RELAPSE, "progression_day": PROGRESSION, "death_day": DEATH} | _TREATMENTS | BY_RESPONSE


@dataclass(frozen=True, kw_only=True)
class OwnEndpoint:
    """An endpoint that a study declares, its names resolved to columns of the subjects.

    Attributes
    ----------
    name, label, abbreviation : str
        "ttnt", "Time to next therapy", "TTNT".
    origin : str
        "infusion", "enrollment" or a column of days; empty where it follows the parameter `origin`, as OS does.
    since : str
        What the times count from: "infusion", "enrollment", or what a column of days is, in words ("first response");
        empty as `origin` is.
    events, competing, censors : tuple of str
        Columns of days, or names of `BY_RESPONSE`.
    patients : str
        Who is at risk, in the language of `subset`; empty for everybody.
    recorded : bool
        Whether the file holds time and status instead, kept in the columns `<name>_event_day` and
        `<name>_censored_day`. Only a data cut-off then ends a time earlier.
    words : mapping of str to str
        What the named columns are, in words.
    described : mapping of str to tuple of str
        Of a recorded endpoint: the descriptions that the column `<name>_end` holds of its events, and of its
        censorings, by the column of their days.
    """

    name: str
    label: str
    abbreviation: str
    origin: str = ""
    since: str = ""
    events: tuple[str, ...] = ()
    competing: tuple[str, ...] = ()
    censors: tuple[str, ...] = ()
    patients: str = ""
    recorded: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    described: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def marks(self) -> str:
        """Return the column of the subjects that marks who is at risk; empty where everybody is."""
        return f"{self.name}_at_risk" if self.patients else ""

    @property
    def named(self) -> frozenset[str]:
        """Return the columns of days that it names, as its origin or in any role."""
        return frozenset((self.origin, *self.events, *self.competing, *self.censors))

    @property
    def death_ends(self) -> bool:
        """Whether death, which nobody can be followed beyond, is named in any role or recorded within the times."""
        return self.recorded or "death_day" in (*self.events, *self.competing, *self.censors)


def define_endpoints(own: Mapping[str, OwnEndpoint]) -> dict[str, EndpointDefinition]:
    """Return all endpoints that a study knows: those of the suite, then its own."""
    return {**ENDPOINTS, **{name: _define(endpoint) for name, endpoint in own.items()}}


def mark_patients(subjects: pd.DataFrame, own: Mapping[str, OwnEndpoint]) -> dict[str, np.ndarray]:
    """Return who is at risk of each endpoint that is not everybody's, by the column that marks them.

    Parameters
    ----------
    subjects : DataFrame
        With the derived columns, before any factor is split.
    own : mapping of str to OwnEndpoint

    Raises
    ------
    ParameterError
        If an expression names an unknown column or value.
    """
    return {one.marks: select_rows(subjects, one.patients) for one in own.values() if one.patients}


def _define(own: OwnEndpoint) -> EndpointDefinition:
    def sources(columns: tuple[str, ...]) -> tuple[Source, ...]:
        found = [_SOURCES.get(column) or source_of(own.words[column], column) for column in columns]
        told = [own.described.get(column, ()) for column in columns]
        described = [
            tuple(_described(column, f"{own.name}_end", words) for words in said)
            for column, said in zip(columns, told, strict=True)
        ]
        return tuple(chain.from_iterable(many or (one,) for many, one in zip(described, found, strict=True)))

    events, competing = sources(own.events), sources(own.competing)
    return EndpointDefinition(
        name=own.name,
        label=own.label,
        abbreviation=own.abbreviation,
        event_name="event" if own.recorded else _either([source.name for source in events]),
        events=events,
        competing=tuple((source.name, (source,)) for source in competing),
        # Nobody is followed beyond death, whatever the declaration says of it.
        censors=sources(own.censors) + (() if own.death_ends else (DEATH,)),
        origin=own.origin,
        since=own.since,
        patients=own.patients,
        marks=own.marks,
        recorded=own.recorded,
        unhandled=tuple(source for column, source in _TREATMENTS.items() if own.recorded or column in own.named),
    )


def _described(column: str, text: str, words: str) -> Source:
    """Return the days of a column that another one describes by these words."""

    def days(subjects: pd.DataFrame, _: int) -> np.ndarray:
        told = (subjects[text] == words).to_numpy(dtype=bool, na_value=False)
        return np.where(told, subjects[column].to_numpy(dtype=float, na_value=np.nan), np.nan)

    return Source(words, days)


def _either(names: list[str]) -> str:
    """Return "relapse, progression or death"."""
    *others, last = dict.fromkeys(names)
    return f"{', '.join(others)} or {last}" if others else last
