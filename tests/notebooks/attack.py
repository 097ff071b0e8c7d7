"""An attacker who has all that a run gives away, and solves it for the counts of few patients that it does not."""

import itertools
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

WITHIN = {"remission": "response", "death": "progression", "relapse": "progression", "crs_severe": "crs",
          "icans_severe": "icans"}  # fmt: skip
"""Whoever had the one had the other: what everybody knows of a study."""


@dataclass
class Knowledge:
    """What is known of a study: the levels of its factors, and the numbers that a run published.

    Unknown are, for every factor, the patients at each level and, of these, those with each outcome. `facts` are the
    published counts by (outcome, factor, level), the outcome "" being everybody, factor and level "" all patients.
    """

    levels: dict[str, list[str]]
    outcomes: list[str]
    facts: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def __post_init__(self):
        cells = [(factor, level) for factor, levels in self.levels.items() for level in levels]
        names = ["", *self.outcomes]
        self.unknown = [(name, *cell) for name in names for cell in [("", ""), *cells]]
        self._position = {name: number for number, name in enumerate(self.unknown)}

    def find_small(self, k, asked=()):
        """Return every count of 1 to k - 1 patients that is certain: with the outcome, without it, or in between.

        All are asked for, or those named.
        """
        solve = self._solver()
        found = {}
        for name, vector in self._askable():
            if asked and name not in asked:
                continue
            low, high = solve(vector), solve(-vector)
            if low is None or high is None:
                raise AssertionError("what was published contradicts itself")
            low, high = int(np.ceil(low - 1e-6)), int(np.floor(-high + 1e-6))
            if low == high and 0 < low < k:
                found[name] = low
        return found

    def _askable(self):
        for outcome, factor, level in self.unknown:
            had = self._unit(outcome, factor, level)
            yield ("with", outcome, factor, level), had
            if outcome:
                yield ("without", outcome, factor, level), self._unit("", factor, level) - had
            if outcome in WITHIN and WITHIN[outcome] in self.outcomes:
                yield ("between", outcome, factor, level), self._unit(WITHIN[outcome], factor, level) - had

    def _unit(self, *name):
        vector = np.zeros(len(self.unknown))
        vector[self._position[name]] = 1
        return vector

    def _solver(self):
        equal = [(self._unit(*name), count) for name, count in self.facts.items()]
        for factor, levels in self.levels.items():
            for outcome in ("", *self.outcomes):
                parts = sum(self._unit(outcome, factor, level) for level in levels)
                equal.append((parts - self._unit(outcome, "", ""), 0))
        below = [self._unit(name, *cell) - self._unit("", *cell) for name, *cell in self.unknown if name]
        below += [
            self._unit(name, *cell) - self._unit(WITHIN[name], *cell)
            for name, *cell in self.unknown
            if WITHIN.get(name) in self.outcomes
        ]
        rows, counts = np.array([row for row, _ in equal]), np.array([count for _, count in equal])

        def solve(vector):
            found = linprog(vector, A_ub=np.array(below), b_ub=np.zeros(len(below)), A_eq=rows, b_eq=counts)
            return found.fun if found.success else None

        return solve

    def count_readings(self, factor, outcome, k):
        """Return how many tables of two levels agree with their margins and with having been withheld for a small cell."""
        first, second = self.levels[factor]
        n = [self.facts["", factor, level] for level in (first, second)]
        total = self.facts[outcome, "", ""]
        tables = [(had, total - had) for had in range(n[0] + 1) if 0 <= total - had <= n[1]]
        cells = [(*table, *(size - had for size, had in zip(n, table, strict=True))) for table in tables]
        return sum(any(0 < cell < k for cell in table) for table in cells)


RELEASED = {"response": "efficacy", "remission": "efficacy", "mrd_negative": "efficacy", "death": "survival",
            "progression": "survival", "relapse": "relapse", "crs": "safety", "crs_severe": "safety",
            "icans": "safety", "icans_severe": "safety"}  # fmt: skip

_OPEN = {  # results of a run that masks nothing: of all patients, and of a level
    "response": ("efficacy/response/orr", "efficacy/response/orr/{}/{}"),
    "remission": ("efficacy/response/cr_cri", ""),
    "mrd_negative": ("efficacy/response/mrd_negative", ""),
    "death": ("survival/os/median", "survival/os/median/{}/{}"),
    "progression": ("survival/pfs/median", "survival/pfs/median/{}/{}"),
    "relapse": ("relapse/total", ""),
    "crs": ("safety/crs/any", ""),
    "crs_severe": ("safety/crs/grade_3_or_higher", "safety/crs/severity/{}/{}"),
    "icans": ("safety/icans/any", ""),
    "icans_severe": ("safety/icans/grade_3_or_higher", ""),
}


def read_masked(results, levels):
    """Return what a masked run tells."""
    known = Knowledge(levels, list(RELEASED))
    places = {name: f"{section}/released/{name}" for name, section in RELEASED.items()}
    _read(known, results, {name: (place, place + "/{}/{}") for name, place in places.items()})
    _read_levels(known, results, "efficacy/released/patients/{}/{}")
    return known


def read_open(results, levels):
    """Return what a run that masks nothing tells."""
    known = Knowledge(levels, list(_OPEN))
    _read(known, results, _OPEN)
    _read_levels(known, results, "efficacy/baseline/{}/{}")
    return known


def hide_small_cells(known, k):
    """Return what would be known if every count of few patients were left out, and nothing else."""
    kept = {}
    for name, count in known.facts.items():
        outside = known.facts["", *name[1:]] - count if name[0] else k
        if not (0 < count < k or 0 < outside < k):
            kept[name] = count
    return Knowledge(known.levels, known.outcomes, kept)


def _read(known, results, places):
    for name, (whole, part) in places.items():
        if whole in results:
            known.facts[name, "", ""] = results[whole]["n_event"]
            if results[whole]["n"]:
                known.facts["", "", ""] = results[whole]["n"]
        for factor, level in itertools.chain.from_iterable(
            itertools.product([factor], levels) for factor, levels in known.levels.items()
        ):
            record = results.get(part.format(factor, level)) if part else None
            if record:
                known.facts[name, factor, level] = record["n_event"]


def _read_levels(known, results, place):
    for factor, levels in known.levels.items():
        for level in levels:
            record = results.get(place.format(factor, level))
            if record:
                known.facts["", factor, level] = record["n_event"]
