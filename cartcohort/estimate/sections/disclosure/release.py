"""The counts that a masked run releases: one list, the same in every section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cartcohort.estimate.results import ResultSet
from cartcohort.estimate.sections.arrays import Endpoints, each_level, known_factors
from cartcohort.estimate.sections.disclosure.life_table import LifeTable, release_life_table
from cartcohort.estimate.sections.disclosure.outcomes import OUTCOMES, Outcome, find_outcomes
from cartcohort.estimate.sections.disclosure.records import LEAST_EVENTS, record_released
from cartcohort.estimate.sections.disclosure.sets import PublishedSets, find_small_combination

_LIFE_TABLES = ("os", "pfs")


@dataclass(frozen=True)
class Released:
    """What a masked run shows, all of it.

    Attributes
    ----------
    k, n : int
        The least count; patients analysed.
    outcomes : mapping of str to int
        Patients by outcome (`OUTCOMES`).
    factors : mapping of str to mapping of str to int
        Patients by level, by factor; those with a missing value have no entry.
    breakdowns : mapping of (str, str) to mapping of str to int
        Patients with an outcome by level, by (factor, outcome).
    life_tables : mapping of str to LifeTable
        By endpoint.
    withheld : sequence of str
        Outcomes, factors, breakdowns ("factor/outcome") and endpoints that were looked at and are not shown.
    labels : mapping of str to str
        Words for a reader, by factor.
    words : mapping of str to Outcome
        Every outcome that could be counted, released or not.
    results : ResultSet
        All that is said of it, by `<section>/released/...`.
    """

    k: int
    n: int
    outcomes: Mapping[str, int]
    factors: Mapping[str, Mapping[str, int]]
    breakdowns: Mapping[tuple[str, str], Mapping[str, int]]
    life_tables: Mapping[str, LifeTable]
    withheld: Sequence[str]
    labels: Mapping[str, str]
    words: Mapping[str, Outcome] = field(default_factory=lambda: OUTCOMES)
    results: ResultSet = field(default_factory=ResultSet)

    @property
    def least_events(self) -> int:
        """Return how many events, and patients without, a hazard ratio needs at each level."""
        return max(self.k, LEAST_EVENTS)


def release_counts(
    subjects: pd.DataFrame,
    adverse_events: pd.DataFrame,
    endpoints: Endpoints,
    *,
    factors: Sequence[str],
    labels: Mapping[str, str],
    parameters: Mapping[str, Any],
) -> Released | None:
    """Choose what may be shown of a cohort.

    Parameters
    ----------
    subjects, adverse_events : DataFrame
        Tables of the cohort.
    endpoints : mapping of str to TimeToEvent
        "os" and "pfs" from infusion, whatever the section makes of a later therapy.
    factors : sequence of str
        Columns of `subjects` to break down by, the most important first.
    labels : mapping of str to str
        Words for a reader, by column.
    parameters : mapping of str to object
        `min_cell_count`, `conf_level` and, where the section reads it, `ties`.

    Returns
    -------
    Released, or None where `min_cell_count` is 0 and nothing is masked
    """
    k, n = parameters["min_cell_count"], len(subjects)
    if not k:
        return None
    whole = {name: endpoint for name, endpoint in endpoints.items() if len(endpoint.time_days) == n}
    choice = _Choice(n=n, k=k)
    choice.choose_outcomes(find_outcomes(subjects, adverse_events, whole))
    tables = {name: choice.choose_life_table(name, whole[name]) for name in _LIFE_TABLES if name in whole}
    for factor in known_factors(factors, subjects):
        choice.choose_factor(factor, subjects[factor])
    released = Released(
        k=k,
        n=n,
        outcomes={name: int(mask.sum()) for name, mask in choice.outcomes.items()},
        factors=choice.factors,
        breakdowns=choice.breakdowns,
        life_tables={name: table for name, table in tables.items() if table},
        withheld=choice.withheld,
        labels={factor: labels.get(factor, factor) for factor in factors},
    )
    return record_released(released, whole.get("os"), parameters)


class _Choice:
    """Lets in one thing after the other, and keeps a list of what was not."""

    def __init__(self, *, n: int, k: int) -> None:
        self._k, self._published = k, PublishedSets(n=n, k=k)
        self.outcomes: dict[str, np.ndarray] = {}
        self.factors: dict[str, dict[str, int]] = {}
        self.breakdowns: dict[tuple[str, str], dict[str, int]] = {}
        self.withheld: list[str] = []

    def choose_outcomes(self, found: Mapping[str, np.ndarray]) -> None:
        for name, mask in found.items():
            family = [self.outcomes[other] for other in self._family(name, self.outcomes)]
            if find_small_combination([*family, mask], k=self._k) or not self._published.admit([mask]):
                self.withheld.append(name)
            else:
                self.outcomes[name] = mask

    def choose_life_table(self, name: str, endpoint: Any) -> LifeTable | None:
        table = release_life_table(endpoint, self._published)
        if table is None:
            self.withheld.append(name)
        return table

    def choose_factor(self, factor: str, values: pd.Series) -> None:
        levels = dict(each_level(values))
        parts = [*levels.values(), values.isna().to_numpy()]
        if self._are_small(parts) or not self._published.admit(parts):
            self.withheld.append(factor)
            return
        self.factors[factor] = {level: int(rows.sum()) for level, rows in levels.items()}
        shown: list[str] = []
        for name, mask in self.outcomes.items():
            if self._admits_breakdown(parts, mask, self._family(name, shown)):
                shown.append(name)
                self.breakdowns[factor, name] = {level: int((rows & mask).sum()) for level, rows in levels.items()}
            else:
                self.withheld.append(f"{factor}/{name}")

    def _admits_breakdown(self, parts: Sequence[np.ndarray], mask: np.ndarray, beside: Sequence[str]) -> bool:
        """Tell whether an outcome may be broken down by these parts of the patients, and let it in if so."""
        cells = [rows & mask for rows in parts]
        others = [rows & ~mask for rows in parts]
        if self._are_small([*cells, *others]):
            return False
        for rows in parts:
            family = [self.outcomes[name][rows] for name in beside]
            if rows.any() and find_small_combination([*family, mask[rows]], k=self._k):
                return False
        return self._published.admit([*cells, *others])

    def _are_small(self, masks: Sequence[np.ndarray]) -> bool:
        return bool(np.any(self._published.is_small([int(mask.sum()) for mask in masks])))

    @staticmethod
    def _family(name: str, others: Sequence[str] | Mapping[str, Any]) -> list[str]:
        return [other for other in others if OUTCOMES[other].family == OUTCOMES[name].family]
