"""How few patients with another outcome would have turned a log-rank test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, islice
from math import comb

import numpy as np
from scipy import stats

from cartcohort.estimate.group_counts import GroupCounts, Moments, count_groups, logrank_p, moments_of, share_variance
from cartcohort.estimate.results import Result

_METHOD = "log-rank; event made a censoring or a censoring made an event, at the patient's own time"
# All sets of one size are tried where there are no more of them; with three groups or more each costs ten times that.
_MOST_SETS = 500_000
_SETS_AT_ONCE = 50_000
_EVERYBODY = slice(None)


@dataclass(frozen=True, eq=False)
class Fragility:
    """Patients whose changed outcome moves a log-rank p-value across a threshold.

    Attributes
    ----------
    p_value : float or None
        As observed.
    n_changed : int or None
        Patients to be changed until p crosses; None where it never does.
    rows : tuple of int
        Positions of such patients; there may be other sets as small.
    p_changed : float or None
        P-value with these changed.
    exact : bool
        Whether no smaller set crosses; else `n_changed` is an upper bound.
    n_tried : int
        Size up to which all sets of patients were tried.
    threshold : float
        Level of significance.
    n, n_event : int
        Patients in the test, and events as observed.
    note : str
        Direction of the crossing and whether the number is exact, or why there is none.
    """

    p_value: float | None
    n_changed: int | None
    rows: tuple[int, ...]
    p_changed: float | None
    exact: bool
    n_tried: int
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
            method=f"{_METHOD}; fewest until p crosses {self.threshold:g}",
            note=self.note,
        )


def fragility(
    time: Sequence[float], event: Sequence[bool], group: Sequence, *, threshold: float = 0.05, max_changed: int = 100
) -> Fragility:
    """Find the fewest patients whose changed outcome moves the log-rank p-value across a threshold, from either side.

    Parameters
    ----------
    time, event, group : array_like, shape (n,)
        Follow-up times, whether the event occurred, and the group; rows with a missing group are left out.
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
    To change an outcome is to make an event a censoring, or a censoring an event, at the patient's own time; both are
    allowed in any group. A greedy search, each step changing the one patient after whom p lies furthest towards the
    other side, gives an upper bound. All smaller sets are then tried, size by size, as long as there are at most
    500,000 of a size (50,000 with more than two groups): up to 4 of 35 patients, 3 of 137. After Walsh et al., J Clin
    Epidemiol 2014; 67:622-628, whose index is for 2 x 2 tables.
    """
    counts = count_groups(time, event, group)
    known = {"threshold": threshold, "n": len(counts.row), "n_event": int(counts.event.sum())}
    nothing = {"n_changed": None, "rows": (), "p_changed": None, "exact": False, "n_tried": 0}
    if counts.note:
        return Fragility(p_value=None, **nothing, **known, note=counts.note)
    state = _State(counts)
    observed = state.p_value()
    significant = observed < threshold
    if _is_out_of_reach(state, threshold=threshold, max_changed=max_changed):
        note = f"not estimable: p does not cross within {max_changed} changes"
        return Fragility(p_value=observed, **nothing, **known, note=note)
    greedy = _search_greedily(state, threshold=threshold, max_changed=max_changed)
    found, n_tried = _try_all(counts, threshold=threshold, up_to=len(greedy or range(max_changed + 1)) - 1)
    chosen = found or greedy
    if not chosen:
        note = f"not estimable: p does not cross within {min(max_changed, len(counts.row))} changes"
        return Fragility(p_value=observed, **{**nothing, "n_tried": n_tried}, **known, note=note)
    exact = len(chosen) == n_tried + (not found)
    return Fragility(
        p_value=observed,
        n_changed=len(chosen),
        rows=tuple(int(counts.row[member]) for member in chosen),
        p_changed=float(_p_of_sets(_Moves(_State(counts)), np.array([chosen]))[0]),
        exact=exact,
        n_tried=n_tried,
        **known,
        note=f"{_direction(significant)}; {_exactness(exact, n_tried)}",
    )


def _direction(was_significant: bool) -> str:
    return "from significant to not significant" if was_significant else "from not significant to significant"


def _exactness(exact: bool, n_tried: int) -> str:
    if exact:
        return "exact, no smaller number crosses"
    return f"an upper bound, found by steps; no set of {n_tried} or fewer crosses" if n_tried else "an upper bound"


class _State:
    """The outcomes of a search and the sums of the test with them."""

    def __init__(self, counts: GroupCounts) -> None:
        self.counts, self.event, self.n_event = counts, counts.event.copy(), counts.n_event.copy()

    def sums(self) -> tuple[np.ndarray, Moments]:
        """Return observed events of each group and their moments."""
        moments = moments_of(self.n_event, self.counts.n_at_risk, self.counts.n_group)
        return self.event @ self.counts.member, moments.total()

    def p_value(self) -> float:
        """Return the p-value in this state."""
        return float(logrank_p(*self.sums()))

    def change(self, member: int) -> None:
        """Change the outcome of one patient."""
        self.n_event[self.counts.position[member]] += -1 if self.event[member] else 1
        self.event[member] = ~self.event[member]


class _Moves:
    """What changing each patient alone adds to the sums of a state: closed forms, linear but for ties."""

    def __init__(self, state: _State, members: np.ndarray | slice = _EVERYBODY) -> None:
        counts, at = state.counts, state.counts.position[members]
        self.at, self.step = at, np.where(state.event[members], -1.0, 1.0)
        at_risk = counts.n_at_risk[at].astype(float)
        share = counts.n_group[at] / at_risk[:, None]
        self.one_less = np.maximum(at_risk - 1, 1)
        spread = self.step * (at_risk - 2 * state.n_event[at] - self.step) / self.one_less
        # Of two groups the second is enough, and a fourth of the work.
        kept = slice(1, None) if share.shape[1] == 2 else slice(None)
        self.share_variance = share_variance(share)[:, kept, kept]
        self.observed = self.step[:, None] * counts.member[members, kept]
        self.moments = Moments(self.step[:, None] * share[:, kept], spread[:, None, None] * self.share_variance)
        observed, moments = state.sums()
        self.base = observed[kept], Moments(moments.expected[kept], moments.variance[kept, kept])


def _search_greedily(state: _State, *, threshold: float, max_changed: int) -> list[int]:
    """Return the patients changed one after the other until p crosses, or none where it never does."""
    upwards, changed, waiting = state.p_value() < threshold, [], _Waiting(state)
    for _ in range(min(max_changed, len(state.event))):
        members = waiting.first_of_each_kind()
        p_values = _p_of_sets(_Moves(state, members), np.arange(len(members))[:, None])
        best = _first_extreme(p_values if upwards else -p_values)
        member = int(members[best])
        state.change(member)
        waiting.take(member)
        changed.append(member)
        if (p_values[best] < threshold) != upwards:
            return changed
    return []


class _Waiting:
    """Those not changed yet, by kind: patients of one time, group and outcome are as good as each other."""

    def __init__(self, state: _State) -> None:
        counts = state.counts
        code = counts.member.argmax(axis=1)
        kind = (counts.position * counts.member.shape[1] + code) * 2 + state.event
        self._order = np.argsort(kind, kind="stable")
        _, self._kind, size = np.unique(kind, return_inverse=True, return_counts=True)
        self._end = np.cumsum(size)
        self._next = self._end - size

    def first_of_each_kind(self) -> np.ndarray:
        """Return the first of each kind that has any left, in the order of the rows."""
        return np.sort(self._order[self._next[self._next < self._end]])

    def take(self, member: int) -> None:
        """Leave one out from now on, the first of its kind."""
        self._next[self._kind[member]] += 1


def _is_out_of_reach(state: _State, *, threshold: float, max_changed: int) -> bool:
    """Whether not even as many changes, each as large as any can be, would take the p-value of two groups across.

    A change moves observed minus expected events by less than 1 and their variance by less than a half.
    """
    observed, moments = state.sums()
    if len(observed) != 2:
        return False
    excess, variance = abs(observed[1] - moments.expected[1]), moments.variance[1, 1]
    critical = stats.chi2.isf(threshold, 1)
    if excess**2 > critical * variance:
        return max(excess - max_changed, 0.0) ** 2 > critical * (variance + max_changed / 2)
    return (excess + max_changed) ** 2 < critical * (variance - max_changed / 2)


def _try_all(counts: GroupCounts, *, threshold: float, up_to: int) -> tuple[list[int], int]:
    """Return the smallest set of at most `up_to` that crosses, if any, and the size up to which all were tried."""
    state = _State(counts)
    upwards, moves, n = state.p_value() < threshold, _Moves(state), len(counts.row)
    most = _MOST_SETS if counts.member.shape[1] == 2 else _MOST_SETS // 10
    for size in range(1, min(up_to, n) + 1):
        if comb(n, size) > most:
            return [], size - 1
        for sets in _sets_of(n, size):
            p_values = _p_of_sets(moves, sets)
            best = _first_extreme(p_values if upwards else -p_values)
            if (p_values[best] < threshold) != upwards:
                return [int(member) for member in sets[best]], size
    return [], max(0, min(up_to, n))


def _sets_of(n: int, size: int) -> Iterator[np.ndarray]:
    """Iterate over all sets of a size in blocks of shape (m, size)."""
    every = combinations(range(n), size)
    for _ in range(0, comb(n, size), _SETS_AT_ONCE):
        block = chain.from_iterable(islice(every, _SETS_AT_ONCE))
        yield np.fromiter(block, dtype=np.int64).reshape(-1, size)


def _p_of_sets(moves: _Moves, sets: np.ndarray) -> np.ndarray:
    """Return the p-value after changing the patients of each set, (m, size) in; 1 where no test would be left."""
    observed, base = moves.base
    variance = base.variance + moves.moments.variance[sets].sum(axis=1)
    for first, second in combinations(sets.T, 2):
        # The variance is quadratic in the events at one time.
        tied = moves.at[first] == moves.at[second]
        both = -2 * moves.step[first] * moves.step[second] / moves.one_less[first] * tied
        variance += both[:, None, None] * moves.share_variance[first]
    expected = base.expected + moves.moments.expected[sets].sum(axis=1)
    p_values = logrank_p(observed + moves.observed[sets].sum(axis=1), Moments(expected, variance))
    return np.where(np.isnan(p_values), 1.0, p_values)


def _first_extreme(values: np.ndarray) -> int:
    """Return the first position whose value equals the largest but for round-off."""
    largest = values.max()
    return int(np.flatnonzero(np.isclose(values, largest, rtol=1e-9, atol=0) | (values == largest))[0])
