"""Proportions of patients and their differences, with limits that hold in small samples."""

from __future__ import annotations

import numpy as np
from scipy import stats

from cartcohort.estimate.inputs import require, require_equal_lengths, require_level
from cartcohort.estimate.results import Result

_NOBODY = "not estimable: no patients"


def exact_interval(n_event: int, n: int, *, conf_level: float = 0.95) -> tuple[float, float]:
    """Return the Clopper-Pearson limits of a proportion, which cover at least at their level whatever the truth.

    Parameters
    ----------
    n_event, n : int
        Patients with the event, and all patients; 0 <= `n_event` <= `n`.
    conf_level : float
        Level of the limits, between 0 and 1.

    Returns
    -------
    tuple of float
        Lower and upper limit, NaN for no patients.

    Raises
    ------
    EstimationError
        If the counts are negative, or there are more events than patients.

    Notes
    -----
    Agrees with R's `binom.test`. Clopper and Pearson, Biometrika 1934; 26:404-413.
    """
    _check_counts(n_event, n, conf_level)
    if n == 0:
        return np.nan, np.nan
    tail = (1 - conf_level) / 2
    low = stats.beta.ppf(tail, n_event, n - n_event + 1) if n_event > 0 else 0.0
    high = stats.beta.isf(tail, n_event + 1, n - n_event) if n_event < n else 1.0
    return float(low), float(high)


def wilson_interval(n_event: int, n: int, *, conf_level: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score limits of a proportion: shorter than exact ones, covering at their level on average.

    Parameters, returns and errors are those of `exact_interval`.

    Notes
    -----
    Without continuity correction, as R's `prop.test(correct = FALSE)`. Wilson, J Am Stat Assoc 1927; 22:209-212.
    """
    _check_counts(n_event, n, conf_level)
    if n == 0:
        return np.nan, np.nan
    z, share = stats.norm.ppf(0.5 + conf_level / 2), n_event / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    margin = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # At 0 and n the formula gives 0 and 1 but for round-off.
    low = 0.0 if n_event == 0 else float(centre - margin)
    high = 1.0 if n_event == n else float(centre + margin)
    return low, high


def estimate_proportion(n_event: int, n: int, *, conf_level: float = 0.95, label: str = "") -> Result:
    """Estimate a proportion with exact (Clopper-Pearson) limits.

    Parameters
    ----------
    n_event, n : int
        Patients with the event, and all patients.
    conf_level : float
        Level of the limits.
    label : str
        What the proportion is, in words.

    Returns
    -------
    Result
        Proportion and limits, all in [0, 1]; without an estimate for no patients.
    """
    return _proportion(
        n_event, n, exact_interval(n_event, n, conf_level=conf_level), conf_level, "exact (Clopper-Pearson)", label
    )


def estimate_proportion_wilson(n_event: int, n: int, *, conf_level: float = 0.95, label: str = "") -> Result:
    """Estimate a proportion with Wilson score limits; otherwise as `estimate_proportion`."""
    return _proportion(
        n_event, n, wilson_interval(n_event, n, conf_level=conf_level), conf_level, "Wilson score", label
    )


def test_proportion(n_event: int, n: int, *, benchmark: float, label: str = "") -> Result:
    """Test a proportion against a fixed one by the exact binomial test, two-sided.

    Parameters
    ----------
    n_event, n : int
        Patients with the event, and all patients.
    benchmark : float
        Proportion under the null hypothesis, in [0, 1].
    label : str
        What the proportion is, in words.

    Returns
    -------
    Result
        The p-value, and the proportion as estimate (limits are `estimate_proportion`'s). No p-value for no patients.

    Notes
    -----
    Sums the probabilities of all counts at most as likely as the one seen, as R's `binom.test`.
    """
    _check_counts(n_event, n, 0.5)
    require(0 <= benchmark <= 1, "`benchmark` must lie between 0 and 1.")
    known = {"n": n, "n_event": n_event, "unit": "proportion", "label": label}
    method = f"exact binomial test against {100 * benchmark:g}%"
    if n == 0:
        return Result(**known, method=method, note=_NOBODY)
    p_value = stats.binomtest(int(n_event), int(n), benchmark).pvalue
    return Result(estimate=n_event / n, p_value=p_value, **known, method=method)


def estimate_risk_difference(
    n_event: int, n: int, n_event_reference: int, n_reference: int, *, conf_level: float = 0.95, label: str = ""
) -> Result:
    """Estimate the difference between a group's proportion and the reference group's.

    Parameters
    ----------
    n_event, n : int
        Events and patients in the group.
    n_event_reference, n_reference : int
        Events and patients in the reference group, whose proportion is subtracted.
    conf_level : float
        Level of the limits.
    label : str
        What is compared, in words.

    Returns
    -------
    Result
        Difference in [-1, 1] with Newcombe's hybrid score limits; `n` and `n_event` are sums over both groups.
        Without an estimate where a group has no patients.

    Notes
    -----
    Method 10 (without continuity correction) of Newcombe, Stat Med 1998; 17:873-890.
    """
    limits = wilson_interval(n_event, n, conf_level=conf_level)
    limits_reference = wilson_interval(n_event_reference, n_reference, conf_level=conf_level)
    known = {
        "conf_level": conf_level,
        "n": n + n_reference,
        "n_event": n_event + n_event_reference,
        "unit": "proportion",
        "method": "difference of proportions, Newcombe hybrid score limits",
        "label": label,
    }
    if n == 0 or n_reference == 0:
        return Result(**known, note="not estimable: a group without patients")
    share, reference = n_event / n, n_event_reference / n_reference
    difference = share - reference
    below = np.hypot(share - limits[0], limits_reference[1] - reference)
    above = np.hypot(limits[1] - share, reference - limits_reference[0])
    return Result(estimate=difference, conf_low=difference - below, conf_high=difference + above, **known)


def test_proportion_trend(n_event: list[int], n: list[int], *, scores: list[float] | None = None) -> Result:
    """Test for a trend of proportions over ordered groups (Cochran-Armitage).

    Parameters
    ----------
    n_event, n : sequence of int
        Events and patients of each group, in order.
    scores : sequence of float, optional
        Position of each group; 1, 2, 3, ... by default.

    Returns
    -------
    Result
        Chi-squared statistic with one degree of freedom; without one where all or none of the patients had the event,
        or fewer than two groups have patients.

    Notes
    -----
    Agrees with R's `prop.trend.test`. Armitage, Biometrics 1955; 11:375-386.
    """
    scores = range(1, len(n) + 1) if scores is None else scores
    require_equal_lengths(n_event=n_event, n=n, scores=scores)
    events, sizes, positions = (np.asarray(values, dtype=float) for values in (n_event, n, scores))
    require(bool(np.all((events >= 0) & (events <= sizes))), "Events must be counted among the patients.")
    total, total_events = sizes.sum(), events.sum()
    known = {"n": total, "n_event": total_events, "method": "Cochran-Armitage test for trend"}
    share = total_events / total if total else 0.0
    centred = positions - (sizes @ positions / total if total else 0.0)
    variance = share * (1 - share) * (sizes @ centred**2)
    if variance <= 0:
        return Result(**known, note="not estimable: no variation in outcome or group")
    statistic = (events @ centred) ** 2 / variance
    return Result(statistic=statistic, df=1, p_value=stats.chi2.sf(statistic, 1), **known)


def _proportion(
    n_event: int, n: int, limits: tuple[float, float], conf_level: float, kind: str, label: str
) -> Result:
    return Result(
        estimate=n_event / n if n else None,
        conf_low=limits[0],
        conf_high=limits[1],
        conf_level=conf_level,
        n=n,
        n_event=n_event,
        unit="proportion",
        method=f"proportion, {kind} limits",
        note="" if n else _NOBODY,
        label=label,
    )


def _check_counts(n_event: int, n: int, conf_level: float) -> None:
    require(0 <= n_event <= n, "Events must be counted among the patients: 0 <= n_event <= n.")
    require_level(conf_level)
