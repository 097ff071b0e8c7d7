"""How much a p-value rests on single patients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cartcohort.estimate.group_counts import GroupCounts, Moments, count_groups, logrank_p, moments_of
from cartcohort.estimate.inputs import as_floats
from cartcohort.estimate.results import Result


@dataclass(frozen=True, eq=False)
class LeaveOneOut:
    """P-values with each row left out once.

    Attributes
    ----------
    p_value : float or None
        With all rows.
    without : ndarray, shape (n,)
        With each row left out; NaN where the test then has no p-value, or the row was not in it.
    lowest, highest : float or None
        Range of `without`.
    rows_lowest, rows_highest : tuple of int
        Positions of the rows whose omission gives these.
    rows_crossing : tuple of int
        Positions of the rows whose omission moves p to the other side of `threshold`.
    threshold : float
        Level of significance.
    method, note : str
        What was tested, and why there is no range.
    patients : ndarray of str, shape (n,), or None
        Names of the patients; rows are named by their positions where None.
    """

    p_value: float | None
    without: np.ndarray
    lowest: float | None
    highest: float | None
    rows_lowest: tuple[int, ...]
    rows_highest: tuple[int, ...]
    rows_crossing: tuple[int, ...]
    threshold: float
    method: str
    note: str
    patients: np.ndarray | None = None

    def names(self, positions: Sequence[int]) -> list[str]:
        """Return the names of the patients at these positions."""
        return name_rows(positions, self.patients)

    def result(self) -> Result:
        """Return one record: p as estimate, its range as limits without a level, crossings as events."""
        driven = [
            f"{word} without {any_of(self.names(positions))}"
            for word, positions in (("largest", self.rows_highest), ("smallest", self.rows_lowest))
            if positions
        ]
        return Result(
            estimate=self.p_value,
            conf_low=self.lowest,
            conf_high=self.highest,
            n=np.sum(~np.isnan(self.without)),
            n_event=len(self.rows_crossing),
            p_value=self.p_value,
            unit="p-value",
            method=f"{self.method}; range of p with each patient left out, events: those who move p across "
            f"{self.threshold:g}",
            note="; ".join([*([self.note] if self.note else []), *driven]),
        )


def leave_one_out(
    p_value: Callable[[np.ndarray], float | None], n: int, *, threshold: float = 0.05, method: str = "leave one out"
) -> LeaveOneOut:
    """Repeat a test with each row left out once.

    Parameters
    ----------
    p_value : callable
        Takes a mask of the rows to use, shape (n,), and returns the p-value of the test on them, or None.
    n : int
        Number of rows; the test is repeated that often.
    threshold : float
        Level of significance.
    method : str
        What is tested, in words.
    """
    everybody = np.ones(n, dtype=bool)
    without = np.full(n, np.nan)
    for row in range(n):
        kept = everybody.copy()
        kept[row] = False
        without[row] = _number(p_value(kept))
    return _summarise(_number(p_value(everybody)), without, threshold=threshold, method=method)


def leave_one_out_logrank(
    time: Sequence[float], event: Sequence[bool], group: Sequence, *, threshold: float = 0.05
) -> LeaveOneOut:
    """Repeat the log-rank test with each patient left out, in closed form for any number of patients and groups.

    Parameters
    ----------
    time, event, group : array_like, shape (n,)
        Follow-up times, whether the event occurred, and the group; rows with a missing group are not in the test.
    threshold : float
        Level of significance.

    Returns
    -------
    LeaveOneOut
        Without p-values, with a note, where there are not two groups or no events.
    """
    counts = count_groups(time, event, group)
    without = np.full(len(as_floats(time)), np.nan)
    if counts.note:
        return _summarise(np.nan, without, threshold=threshold, method="log-rank", note=counts.note)
    observed = counts.event @ counts.member
    moments = moments_of(counts.n_event, counts.n_at_risk, counts.n_group)
    without[counts.row] = _without_each(counts, observed, moments)
    return _summarise(float(logrank_p(observed, moments.total())), without, threshold=threshold, method="log-rank")


def _without_each(counts: GroupCounts, observed: np.ndarray, moments: Moments) -> np.ndarray:
    """Return the log-rank p-value without each patient, who is at risk, and may have an event, up to the own time."""
    p_values = np.full(len(counts.row), np.nan)
    at_risk = counts.n_at_risk - 1
    for one in np.eye(counts.member.shape[1]):
        n_group = counts.n_group - one
        fewer = moments_of(counts.n_event, at_risk, n_group)
        for had_event in (False, True):
            own = moments_of(counts.n_event - had_event, at_risk, n_group)
            members = (counts.member @ one > 0) & (counts.event == had_event)
            at = counts.position[members]
            # Times before the own one with one patient fewer, the own time, and later times as they were.
            sums = [
                np.cumsum(less, axis=0)[at] - less[at] + alone[at] + full.sum(axis=0) - np.cumsum(full, axis=0)[at]
                for less, alone, full in zip(*(_parts(each) for each in (fewer, own, moments)), strict=True)
            ]
            p_values[members] = logrank_p(observed - had_event * one, Moments(*sums))
    return p_values


def _parts(moments: Moments) -> tuple[np.ndarray, np.ndarray]:
    return moments.expected, moments.variance


def _summarise(overall: float, without: np.ndarray, *, threshold: float, method: str, note: str = "") -> LeaveOneOut:
    tested = ~np.isnan(without)
    crossing = np.flatnonzero(tested & ((without < threshold) != (overall < threshold))) if overall == overall else ()
    lowest, highest = (without[tested].min(), without[tested].max()) if tested.any() else (None, None)
    if not note and not (tested.any() and overall == overall):
        note = "not estimable: the test has no p-value"
    return LeaveOneOut(
        p_value=overall if overall == overall else None,
        without=without,
        lowest=lowest,
        highest=highest,
        rows_lowest=_rows_at(without, lowest),
        rows_highest=_rows_at(without, highest),
        rows_crossing=tuple(int(row) for row in crossing),
        threshold=threshold,
        method=method,
        note=note,
    )


def _rows_at(without: np.ndarray, extreme: float | None) -> tuple[int, ...]:
    if extreme is None:
        return ()
    # Exchangeable patients differ by round-off only.
    return tuple(int(row) for row in np.flatnonzero(np.isclose(without, extreme, rtol=1e-9, atol=0)))


def name_rows(positions: Sequence[int], patients: Sequence[str] | None) -> list[str]:
    """Return the names of the patients at some positions, or "row 7" where they have none."""
    return [f"row {at}" if patients is None else str(patients[at]) for at in positions]


def any_of(names: Sequence[str], *, most: int = 3) -> str:
    """Return "P07", "P02 or P09", or "P02, P09 or P11 or any of 4 others": any one of them."""
    if len(names) <= most + 1:
        return f"{', '.join(names[:-1])}{' or ' if len(names) > 1 else ''}{names[-1]}"
    return f"{', '.join(names[:most])} or any of {len(names) - most} others"


def _number(p_value: float | None) -> float:
    return float("nan") if p_value is None else float(p_value)
