"""What the exhibits of a masked run read: the counts that `cartcohort.estimate.sections.disclosure` releases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from cartcohort.estimate.results import ResultSet


class Outcome(Protocol):
    """Something that happened to some patients: who tells it, in words, and as the verb of a sentence."""

    section: str
    label: str
    had: str


class LifeTable(Protocol):
    """Counts by interval of time: ends in months, and the patients at risk, with an event, censored, and left."""

    label: str
    months: Sequence[int]
    n_at_risk: Sequence[int]
    n_event: Sequence[int]
    n_censored: Sequence[int]
    n_beyond: Sequence[int]


class Released(Protocol):
    """All that a masked run shows."""

    k: int
    n: int
    least_events: int
    outcomes: Mapping[str, int]
    factors: Mapping[str, Mapping[str, int]]
    breakdowns: Mapping[tuple[str, str], Mapping[str, int]]
    life_tables: Mapping[str, LifeTable]
    withheld: Sequence[str]
    labels: Mapping[str, str]
    words: Mapping[str, Outcome]
    results: ResultSet


def outcomes_of(released: Released, section: str) -> list[str]:
    """Return the names of the released outcomes that a section tells."""
    return [name for name in released.outcomes if released.words[name].section == section]


def list_withheld(released: Released, section: str) -> list[str]:
    """Return in words what a section would tell, was looked at, and is withheld."""
    said = []
    for name in released.withheld:
        factor, _, outcome = name.rpartition("/")
        if outcome in released.words and released.words[outcome].section == section:
            by = f" by {released.labels[factor]}" if factor else ""
            said.append(f"{released.words[outcome].label}{by}")
        elif name in released.labels and section in ("efficacy", "risk_factors"):
            said.append(released.labels[name])
        elif name not in released.labels and not factor and outcome not in released.words and section == "survival":
            said.append(f"{name.upper()} over time")
    return said
