"""How much a hazard ratio between groups rests on single patients: a Cox model without each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cartcohort.estimate.group_counts import GroupCounts, count_groups
from cartcohort.estimate.inputs import as_floats, encode_groups, name_contrast, require_choice
from cartcohort.estimate.omitted_steps import EventSlots, step_without_each
from cartcohort.estimate.results import Result
from cartcohort.estimate.robustness import any_of, name_rows

# Cells (patients left out times events times groups) that are worked on at once.
_CELLS = 200_000
# Where there are more factors to evaluate (kinds of patients times events), a step is taken for each, and only those
# that move a ratio most, so many to either side, are fitted again.
_MOST_FITTED, _REFITTED, _REFITTED_CELLS = 500_000, 5, 1_000_000
_LONGEST_STEP, _CONVERGED, _INFINITE, _MAX_STEPS, _RIDGE = 1.0, 1e-9, 20.0, 100, 1e-10


@dataclass(frozen=True, eq=False)
class OmittedRatios:
    """Hazard ratios of groups against the first one, with each row left out once.

    Attributes
    ----------
    levels : tuple of str, length m
        Groups with rows but the first of them, which is the reference.
    reference : str
        That first group.
    log_ratio : ndarray, shape (m,)
        With all rows; infinite or NaN under separation (a group, or all others, have no events), NaN where nothing
        can be compared.
    without : ndarray, shape (n, m)
        The same without each row; NaN for rows that were not in the model.
    n, n_event : int
        Patients and events with all rows.
    ties : str
        "efron" or "breslow".
    note : str
        Why there are none.
    stepped : bool
        Whether all but the outermost ratios are those of one step of Newton's method from the ratio with all rows.
    """

    levels: tuple[str, ...]
    reference: str
    log_ratio: np.ndarray
    without: np.ndarray
    n: int
    n_event: int
    ties: str
    note: str
    stepped: bool = False

    def result(self, level: str, *, patients: Sequence[str] | None = None) -> Result:
        """Return one record: the ratio as estimate, its range as limits without a level.

        Parameters
        ----------
        level : str
        patients : sequence of str, shape (n,), optional
            Names of the patients, for the note on who drives the range; rows are named by their positions by default.
        """
        at = self.levels.index(level)
        values = self.without[:, at]
        known = values[~np.isnan(values)]
        record = Result(
            n=self.n,
            n_event=self.n_event,
            unit="hazard ratio",
            method=f"Cox model, {self.ties.capitalize()} ties; range of the ratio with each patient left out"
            + (", found by one step of Newton's method and fitted again" if self.stepped else ""),
            label=name_contrast(level, self.reference),
        )
        if not np.isfinite(self.log_ratio[at]) or not len(known):
            return replace(record, note=self.note or "not estimable: separation, or a group never at risk")
        return replace(
            record,
            estimate=np.exp(self.log_ratio[at]),
            conf_low=_finite_ratio(known.min()),
            conf_high=_finite_ratio(known.max()),
            note="; ".join(_drivers(values, patients)),
        )


def omit_each(time: Sequence[float], event: Sequence[bool], group: Sequence, *, ties: str = "efron") -> OmittedRatios:
    """Fit a Cox model of groups with each patient left out, all fits at once.

    Parameters
    ----------
    time, event, group : array_like, shape (n,)
        Follow-up times, whether the event occurred, and the group; rows with a missing group are left out.
    ties : str
        "efron" or "breslow".

    Notes
    -----
    With groups as the only covariates the partial likelihood needs only counts at the event times, so Newton's
    method runs over all fits together. Agrees with `fit_cox` without each row. Of many patients those with the same
    time, group and outcome are fitted once, and all but the outermost ratios are one step away from that with all.
    """
    require_choice("ties", ties, ("efron", "breslow"))
    counts = count_groups(time, event, group)
    codes, levels = encode_groups(group)
    present = [levels[code] for code in np.unique(codes[codes >= 0])]
    without = np.full((len(as_floats(time)), max(0, len(present) - 1)), np.nan)
    known = {"levels": tuple(present[1:]), "reference": present[0] if present else "", "ties": ties}
    known |= {"n": len(counts.row), "n_event": int(counts.event.sum()), "note": counts.note}
    if counts.note:
        return OmittedRatios(log_ratio=np.full(without.shape[1], np.nan), without=without, **known)
    slots = _Slots(counts, ties)
    code = counts.member.argmax(axis=1)
    overall = slots.fit(np.array([-1]), np.array([0]), np.array([False]))[0]
    kinds, kind = np.unique(np.column_stack([counts.position, code, counts.event]), axis=0, return_inverse=True)
    stepped = len(kinds) * len(slots.at) > _MOST_FITTED
    if stepped and not np.isfinite(overall).all():
        return OmittedRatios(log_ratio=overall, without=without, **known)
    found = _step_each(slots, counts, kinds, overall) if stepped else _fit_each(slots, kinds, overall)
    without[counts.row] = found[kind.ravel()]
    return OmittedRatios(log_ratio=overall, without=without, stepped=stepped, **known)


def _fit_each(slots: _Slots, kinds: np.ndarray, overall: np.ndarray) -> np.ndarray:
    """Return the log ratios without a patient of each kind: time, group and outcome, shape (m, 3)."""
    at_once = max(1, _CELLS // (len(slots.at) * (len(overall) + 1)))
    parts = (kinds[start : start + at_once] for start in range(0, len(kinds), at_once))
    return np.concatenate([slots.fit(part[:, 0], part[:, 1], part[:, 2] == 1, overall) for part in parts])


def _step_each(slots: _Slots, counts: GroupCounts, kinds: np.ndarray, overall: np.ndarray) -> np.ndarray:
    """Return the same by one step of Newton's method each, the outermost fitted.

    They are fitted until they stay outermost; of very many patients, whom a step tells apart to the last digits that
    matter, a few are fitted, and no step goes beyond them.
    """
    steps = step_without_each(slots.as_events(), overall, len(counts.n_event))
    found, fitted = steps[tuple(kinds.T)], np.zeros(len(kinds), dtype=bool)
    for _ in range(max(1, _REFITTED_CELLS // (2 * _REFITTED * len(slots.at)))):
        order = np.argsort(found, axis=0)
        outermost = np.unique(np.concatenate([order[:_REFITTED], order[-_REFITTED:]]))
        outermost = outermost[~fitted[outermost]]
        if fitted[order[[0, -1]]].all() or not len(outermost):
            break
        found[outermost], fitted[outermost] = _fit_each(slots, kinds[outermost], overall), True
    return np.clip(found, found[fitted].min(axis=0), found[fitted].max(axis=0))


class _Slots:
    """The factors of the partial likelihood, one an event, as counts by group."""

    def __init__(self, counts: GroupCounts, ties: str) -> None:
        self._efron = ties == "efron"
        times = np.flatnonzero(counts.n_event)
        self.at = np.repeat(times, counts.n_event[times])
        """Index of the time of each event."""
        self._place = np.arange(len(self.at)) - np.searchsorted(self.at, self.at)  # among those tied with it
        self._n_tied = counts.n_event[self.at]
        self._at_risk = counts.n_group[self.at].astype(float)
        dying = np.zeros_like(counts.n_group, dtype=float)
        np.add.at(dying, counts.position[counts.event], counts.member[counts.event])
        self._dying = dying[self.at]

    def as_events(self) -> EventSlots:
        """Return the factors as what a step without a patient asks for."""
        return EventSlots(self.at, self._place, self._n_tied, self._at_risk, self._dying, self._efron)

    def fit(
        self, position: np.ndarray, code: np.ndarray, event: np.ndarray, start: np.ndarray | float = 0.0
    ) -> np.ndarray:
        """Return the log ratios, (m, k - 1), without each of m patients, given by time, group and event."""
        one = np.eye(self._at_risk.shape[1])[code][:, None, :]
        own = ((position[:, None] == self.at) & event[:, None])[..., None]
        at_risk = self._at_risk - (position[:, None] >= self.at)[..., None] * one
        dying, tied = self._dying - own * one, self._n_tied - own[..., 0]
        fraction = np.where(self._efron, self._place / np.maximum(tied, 1), 0.0)
        # Without one of the events at a time, the last of its factors is gone.
        weight = (~(own[..., 0] & (self._place == self._n_tied - 1))).astype(float)
        left = at_risk - fraction[..., None] * dying
        return _maximise(left * weight[..., None], weight, dying * weight[..., None], start)


def _maximise(left: np.ndarray, weight: np.ndarray, dying: np.ndarray, start: np.ndarray | float) -> np.ndarray:
    """Return the maxima of m partial likelihoods: counts at risk and dying (m, s, k), weights of factors (m, s)."""
    # The events at one time have a factor each.
    tied = np.maximum(dying.sum(axis=2, keepdims=True), 1)
    observed = (dying / tied).sum(axis=1)
    theta = np.zeros(observed.shape)
    theta[:, 1:] = np.where(np.isfinite(start), start, 0.0)
    moving = np.arange(len(observed))
    for _ in range(_MAX_STEPS):
        step = _newton_step(left[moving], weight[moving], observed[moving], theta[moving])
        theta[moving, 1:] += np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
        settled = (np.abs(step) < _CONVERGED) | (np.abs(theta[moving, 1:]) > _INFINITE)
        moving = moving[~settled.all(axis=1)]
        if not len(moving):
            break
    found, infinite = theta[:, 1:], np.abs(theta[:, 1:]) > _INFINITE
    found = np.where(infinite, np.copysign(np.inf, found), found)
    at_risk, comparable = left.any(axis=1), _are_comparable(left, dying)
    return np.where(at_risk[:, 1:] & at_risk[:, :1] & (comparable[:, None] | infinite), found, np.nan)


def _are_comparable(left: np.ndarray, dying: np.ndarray) -> np.ndarray:
    """Return whether all ratios of a fit are finite, shape (m,).

    They are if every group at risk can be reached from every other by steps from a group with an event to one at risk
    then; else the groups fall in two parts of which one always has its events first, which is separation.
    """
    k = left.shape[2]
    reached = ((dying > 0).transpose(0, 2, 1).astype(float) @ (left > 0) > 0) | np.eye(k, dtype=bool)
    for _ in range(max(1, (k - 1).bit_length())):
        reached = (reached.astype(float) @ reached) > 0
    at_risk = left.any(axis=1)
    asked = at_risk[:, :, None] & at_risk[:, None, :]
    return (reached | ~asked).all(axis=(1, 2))


def _newton_step(left: np.ndarray, weight: np.ndarray, observed: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Return Newton's step of the log ratios; 0 for groups without anybody at risk."""
    risk = left * np.exp(theta)[:, None, :]
    total = risk.sum(axis=2)
    share = risk / np.where(total > 0, total, 1.0)[..., None]
    score = (observed - (weight[..., None] * share).sum(axis=1))[:, 1:]
    information = np.eye(share.shape[2]) * share.sum(axis=1)[:, None, :] - share.transpose(0, 2, 1) @ share
    information = information[:, 1:, 1:]
    # Without information in a direction there is no score either; the ridge then makes the step 0.
    return np.linalg.solve(information + _RIDGE * np.eye(information.shape[1]), score[..., None])[..., 0]


def _finite_ratio(log_ratio: float) -> float | None:
    return float(np.exp(log_ratio)) if np.isfinite(log_ratio) else None


def _drivers(values: np.ndarray, patients: Sequence[str] | None) -> Iterator[str]:
    """Name the patients whose omission makes the ratio largest and smallest, and those without whom there is none."""
    known = values[~np.isnan(values)]
    for word, extreme in (("largest", known.max()), ("smallest", known.min())):
        rows = np.flatnonzero(np.isclose(values, extreme, rtol=1e-7, atol=1e-9) | (values == extreme))
        what = word if np.isfinite(extreme) else "no finite ratio (separation)"
        yield f"{what} without {any_of(name_rows(rows, patients))}"
