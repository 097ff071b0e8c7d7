"""How few patients with another status would have turned a log-rank test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cartcohort.estimate.results import Result
from cartcohort.estimate.two_groups import TwoGroups, chi_squared_p, expected_and_variance, prepare_two_groups

_METHOD = "log-rank of two groups; event status changed at the same time, each time of the patient who moves p most"


@dataclass(frozen=True, eq=False)
class Fragility:
    """Patients whose changed event status moves a log-rank p-value across a threshold.

    Attributes
    ----------
    p_value : float or None
        As observed.
    n_changed : int or None
        Patients changed until p crossed; None where it never did.
    rows : tuple of int
        Their positions, in the order of change.
    p_path : tuple of float
        P-value after each change.
    threshold : float
        Level of significance.
    n, n_event : int
        Patients in the test, and events as observed.
    note : str
        Direction of the crossing, or why there is none.
    """

    p_value: float | None
    n_changed: int | None
    rows: tuple[int, ...]
    p_path: tuple[float, ...]
    threshold: float
    n: int
    n_event: int
    note: str

    def result(self) -> Result:
        """Return one record: the number of patients as estimate, the observed p as p-value."""
        return Result(
            estimate=self.n_changed,
            n=self.n,
            n_event=self.n_event,
            p_value=self.p_value,
            unit="patients",
            method=f"{_METHOD}, until p crosses {self.threshold:g}",
            note=self.note,
        )


def fragility(
    time: Sequence[float], event: Sequence[bool], group: Sequence, *, threshold: float = 0.05, max_changed: int = 100
) -> Fragility:
    """Find few patients whose changed event status moves the log-rank p-value across a threshold, from either side.

    Parameters
    ----------
    time, event, group : array_like, shape (n,)
        Follow-up times, whether the event occurred, and the group (two of them); rows with a missing group are left
        out.
    threshold : float
        P below it counts as significant.
    max_changed : int
        Patients after whom the search ends.

    Returns
    -------
    Fragility
        Without a number, with a note, where there are not two groups or no events, or p never crosses.

    Notes
    -----
    Both changes are allowed, an event made a censoring and a censoring made an event, at the patient's own time. The
    search is greedy: each step changes the one patient, not changed before, after whom p lies furthest towards the
    other side; of equal ones the first row. One patient is therefore the true minimum, a larger number an upper bound
    of it. After Walsh et al., J Clin Epidemiol 2014; 67:622-628, whose index is for 2 x 2 tables.
    """
    data = prepare_two_groups(time, event, group)
    known = {"threshold": threshold, "n": len(data.row), "n_event": int(data.event.sum())}
    if data.note:
        return Fragility(p_value=None, n_changed=None, rows=(), p_path=(), **known, note=data.note)
    search = _Search(data)
    observed = search.p_value
    if np.isnan(observed):
        note = "not estimable: the groups are not at risk together"
        return Fragility(p_value=None, n_changed=None, rows=(), p_path=(), **known, note=note)
    significant = observed < threshold
    path: list[float] = []
    while len(path) < min(max_changed, len(data.row)) and (not path or (path[-1] < threshold) == significant):
        path.append(search.change_one(upwards=significant))
    crossed = bool(path) and (path[-1] < threshold) != significant
    return Fragility(
        p_value=observed,
        n_changed=len(path) if crossed else None,
        rows=tuple(int(data.row[member]) for member in search.changed),
        p_path=tuple(path),
        **known,
        note=_direction(significant) if crossed else f"not estimable: p does not cross within {len(path)} changes",
    )


def _direction(was_significant: bool) -> str:
    return "from significant to not significant" if was_significant else "from not significant to significant"


class _Search:
    """The state of a greedy search: who has been changed, and the sums of the test."""

    def __init__(self, data: TwoGroups) -> None:
        self._data = data
        self._event = data.event.copy()
        self._n_event = data.n_event.copy()
        self.changed: list[int] = []

    @property
    def p_value(self) -> float:
        """Return the p-value in the present state."""
        expected, variance = self._parts(self._n_event)
        return float(chi_squared_p(self._observed() - expected.sum(), variance.sum()))

    def change_one(self, *, upwards: bool) -> float:
        """Change the patient who moves p furthest up or down, and return the new p-value."""
        p_values = self._p_after_each()
        p_values[self.changed] = -np.inf if upwards else np.inf
        member = _first_extreme(p_values if upwards else -p_values)
        self._n_event[self._data.position[member]] += -1 if self._event[member] else 1
        self._event[member] = ~self._event[member]
        self.changed.append(member)
        return float(p_values[member])

    def _p_after_each(self) -> np.ndarray:
        """Return the p-value after changing each patient alone; 1 where no test would be left."""
        at, step = self._data.position, np.where(self._event, -1, 1)
        expected, variance = self._parts(self._n_event)
        fewer, more = self._parts(self._n_event - 1), self._parts(self._n_event + 1)
        own = [np.where(self._event, down[at], up[at]) for down, up in zip(fewer, more, strict=True)]
        excess = self._observed() + step * self._data.second - (expected.sum() - expected[at] + own[0])
        p_values = chi_squared_p(excess, variance.sum() - variance[at] + own[1])
        return np.where(np.isnan(p_values), 1.0, p_values)

    def _observed(self) -> int:
        return int(np.sum(self._event & self._data.second))

    def _parts(self, n_event: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return expected_and_variance(n_event, self._data.n_at_risk, self._data.n_second)


def _first_extreme(values: np.ndarray) -> int:
    """Return the first position whose value equals the largest but for round-off."""
    largest = values.max()
    return int(np.flatnonzero(np.isclose(values, largest, rtol=1e-9, atol=0) | (values == largest))[0])
