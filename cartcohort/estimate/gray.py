"""Gray's test: do cumulative incidences of one cause differ between groups?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from cartcohort.estimate.competing_data import CAUSE, CauseCounts, check_competing, count_causes, just_before
from cartcohort.estimate.inputs import encode_groups, require_equal_lengths
from cartcohort.estimate.results import Result

# Variances this small beside the largest, and eigenvalues likewise, are what round-off leaves of zero.
_ROUND_OFF = 1e-10


def test_gray(
    time: Sequence[float],
    event_type: Sequence[str],
    group: Sequence,
    *,
    cause: str,
    rho: float = 0.0,
    strata: Sequence | None = None,
) -> Result:
    """Test whether the cumulative incidence of a cause is the same in all groups (Gray's k-sample test).

    Unlike a log-rank test with competing events censored, it compares the incidences that patients experience, which
    also depend on how often the competing events occur in each group.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time to the first event of any cause, or to the end of follow-up; any unit.
    event_type : Categorical or array_like of str, shape (n,)
        "censored", or the name of the cause.
    group : array_like, shape (n,)
        Group of each row; rows with a missing group are left out.
    cause : str
        The cause of interest.
    rho : float
        Weight (1 - pooled incidence before t) to the power rho: 0 for equal weights, above 0 for early differences.
    strata : array_like, shape (n,), optional
        Scores and variances are summed over its values; rows with a missing value are left out.

    Returns
    -------
    Result
        Chi-squared statistic, degrees of freedom and p-value; `n` and `n_event` count the rows used and the events of
        the cause. Without a statistic, with a note, for fewer than two groups, no event of the cause, or groups that
        are not at risk together. A group never at risk when the cause occurs is left out (as in R's `survdiff`).

    Raises
    ------
    EstimationError
        If lengths differ, a time is negative or missing, or an event type is missing.

    Notes
    -----
    Agrees with `cuminc` of R's cmprsk, also under ties, where the variance has its correction for events at one time.
    Gray, Ann Stat 1988; 16:1141-1154.
    """
    time, code = check_competing(time, event_type, cause=cause)
    stratum = np.zeros(len(time), dtype=int) if strata is None else encode_groups(strata)[0]
    position, levels = encode_groups(group)
    require_equal_lengths(time=time, group=position, strata=stratum)
    used = (position >= 0) & (stratum >= 0)
    time, code, position, stratum = time[used], code[used], position[used], stratum[used]
    score, variance = np.zeros(len(levels)), np.zeros((len(levels), len(levels)))
    for value in np.unique(stratum):
        rows = stratum == value
        counts = count_causes(time[rows], code[rows], position[rows], n_groups=len(levels))
        stratum_score, stratum_variance = _score_and_variance(counts, rho=rho)
        score, variance = score + stratum_score, variance + stratum_variance
    known = {
        "n": len(time),
        "n_event": np.sum(code == CAUSE),
        "method": f"Gray's test{f', rho = {rho:g}' if rho else ''}{', stratified' if strata is not None else ''}",
    }
    if len(np.unique(position)) < 2:
        return Result(**known, note="not estimable: fewer than two groups")
    if known["n_event"] == 0:
        return Result(**known, note="not estimable: no event of this cause")
    return _chi_squared(score, variance, known, n_groups=len(np.unique(position)))


def _chi_squared(score: np.ndarray, variance: np.ndarray, known: dict, *, n_groups: int) -> Result:
    if not np.all(np.isfinite(variance)):
        return Result(**known, note="not estimable: a group's follow-up ends before the others'")
    round_off = _ROUND_OFF * np.diag(variance).max()
    informative = np.flatnonzero(np.diag(variance) > round_off)
    # The scores sum to zero over the groups, so one of them is redundant.
    kept = informative[:-1]
    reduced = variance[np.ix_(kept, kept)]
    if len(kept) == 0 or np.linalg.matrix_rank(reduced, tol=round_off, hermitian=True) < len(kept):
        return Result(**known, note="not estimable: the groups are not at risk together")
    statistic = score[kept] @ np.linalg.solve(reduced, score[kept])
    note = "" if len(informative) == n_groups else "left out: groups never at risk when the cause occurred"
    return Result(statistic=statistic, df=len(kept), p_value=stats.chi2.sf(statistic, len(kept)), **known, note=note)


def _score_and_variance(counts: CauseCounts, *, rho: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores, shape (groups,), and their covariance under equal incidences, shape (groups, groups).

    With S the event-free share and F the incidence of a group, h = n_at_risk / S- is the size of a cohort without
    loss of which those at risk remain, and h (1 - F-) counts those of it who have not had the cause. The score sums,
    over times, the weight times (events - expected by share of h (1 - F-)).
    """
    n_cause = counts.n_event.sum(axis=1)
    before = counts.event_free_before
    with np.errstate(divide="ignore", invalid="ignore"):
        cohort = np.where(counts.n_at_risk > 0, counts.n_at_risk / before, 0.0)
        at_risk = cohort * (1 - just_before(counts.incidence, start=0.0))
        pooled_step = n_cause / cohort.sum(axis=1)
        pooled = np.cumsum(pooled_step)
        weight = (1 - just_before(pooled, start=0.0)) ** rho
        expected = at_risk * (n_cause / at_risk.sum(axis=1))[:, None]
        score = (weight[:, None] * (counts.n_event - expected)).sum(axis=0)
        variance = sum(
            _variance_from_group(counts, group, cohort=cohort, pooled=pooled, weight=weight)
            for group in range(cohort.shape[1])
        )
    return score, variance


def _variance_from_group(
    counts: CauseCounts, group: int, *, cohort: np.ndarray, pooled: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """Return what the patients of one group contribute to the covariance of all scores, shape (groups, groups).

    A cause event moves the scores at once (`own`) and, through the group's incidence, later on; a competing event
    only later on. `remaining` is the sum of what is still to come after each time.
    """
    n_cause, n_competing = counts.n_event.sum(axis=1), counts.n_competing[:, group]
    event_free, before = counts.event_free[:, group], counts.event_free_before[:, group]
    step = n_cause / cohort.sum(axis=1)
    is_group = np.arange(cohort.shape[1]) == group
    own = weight[:, None] * cohort * (is_group - (cohort[:, group] / cohort.sum(axis=1))[:, None])
    # A group left alone has no say (own = 0), also where the pooled incidence has reached 1 by then.
    scaled = own * (step / (1 - just_before(pooled, start=0.0)))[:, None]
    passed = np.cumsum(np.where(own == 0, 0.0, scaled), axis=0)
    remaining = passed[-1:] - passed
    # Once nobody of the group is event-free, no later event changes its incidence.
    ratio = np.where(event_free > 0, (1 - pooled) / event_free, 0.0)[:, None]
    after_cause, after_competing = own + (1 - ratio) * remaining, ratio * remaining
    present = counts.n_at_risk[:, group] > 0
    # Events tied among those at risk vary less than as many separate ones: by (m - d) / (m - 1) with m at risk.
    cause_tied = _tie_correction(n_cause, cohort.sum(axis=1) * before)
    competing_tied = _tie_correction(n_competing, counts.n_at_risk[:, group])
    cause_variance = np.where(present, cause_tied * step / cohort[:, group], 0.0)
    competing_variance = np.where(present, competing_tied * n_competing / cohort[:, group] ** 2, 0.0)
    return after_cause.T @ (cause_variance[:, None] * after_cause) + after_competing.T @ (
        competing_variance[:, None] * after_competing
    )


def _tie_correction(n_event: np.ndarray, n_at_risk: np.ndarray) -> np.ndarray:
    return np.where(n_event > 1, (n_at_risk - n_event) / (n_at_risk - 1), 1.0)
