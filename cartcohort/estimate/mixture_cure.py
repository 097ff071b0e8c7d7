"""Mixture-cure models of one group: the share that will never have the event, with profile-likelihood limits.

lifelines has a `MixtureCureFitter`. It is not used: its share cannot be 0, its limits are Wald limits that can leave
[0, 1], its optimiser stops in the sixth digit, and a fit takes it a few tenths of a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from cartcohort.estimate.cure_likelihood import FAMILIES, CureFamily, make_sample
from cartcohort.estimate.cure_profile import CureProfile
from cartcohort.estimate.inputs import check_survival, require, require_choice, require_level
from cartcohort.estimate.results import DAYS_PER_MONTH, Result
from cartcohort.estimate.tails import chi_squared_tail

HALF_A_DAY = 0.5 / DAYS_PER_MONTH
_METHOD = "maximum likelihood, profile-likelihood limits"


@dataclass(frozen=True, eq=False)
class CureFit:
    """A mixture-cure model, and beside it the same distribution without cured patients.

    Attributes
    ----------
    family : str
        Key of `FAMILIES`.
    cured, conf_low, conf_high : float
        Share cured with its limits, in [0, 1]; NaN where the model cannot be fitted, for the reason in `note`.
    conf_level : float
    with_cure, without_cure : ndarray, shape (3,)
        Location and slope of the uncured on the scale of log t, and the share cured.
    log_likelihood, log_likelihood_without : float
        Of densities in the unit of the times, with and without cured patients.
    n, n_event : int
    note : str
    """

    family: str
    cured: float
    conf_low: float
    conf_high: float
    conf_level: float
    with_cure: np.ndarray
    without_cure: np.ndarray
    log_likelihood: float
    log_likelihood_without: float
    n: int
    n_event: int
    note: str = ""

    @property
    def estimable(self) -> bool:
        """Whether the model could be fitted."""
        return bool(np.isfinite(self.cured))

    @property
    def aic(self) -> float:
        """Return Akaike's criterion of the model with cured patients."""
        return 2 * (FAMILIES[self.family].n_parameters + 1) - 2 * self.log_likelihood

    @property
    def aic_without(self) -> float:
        """Return Akaike's criterion of the model without cured patients."""
        return 2 * FAMILIES[self.family].n_parameters - 2 * self.log_likelihood_without

    @property
    def median_uncured(self) -> float:
        """Return the time by which half of the uncured have had the event."""
        location, slope, _ = self.with_cure
        return float(np.exp((FAMILIES[self.family].median - location) / slope))

    def survival(self, time: Sequence[float]) -> np.ndarray:
        """Return the probability of no event by each time."""
        return _survival(self.family, self.with_cure, time)

    def survival_without(self, time: Sequence[float]) -> np.ndarray:
        """Return the probability of no event by each time under the model without cured patients."""
        return _survival(self.family, self.without_cure, time)

    def uncured_share(self, time: float) -> float:
        """Return S0(t) / S(t): the survival of the uncured as a share of that of all, 0 where nobody uncured is left.

        Selukar and Othus, Stat Med 2023; 42:209-227: below 0.05, and with more than 0.025 cured, follow-up to that
        time supports a cure model.
        """
        uncured = _survival(self.family, np.append(self.with_cure[:2], 0.0), [time])[0]
        return float(uncured / self.survival([time])[0]) if uncured > 0 else 0.0


def fit_mixture_cure(
    time: Sequence[float],
    event: Sequence[bool],
    *,
    family: str = "weibull",
    conf_level: float = 0.95,
    zero_as: float = HALF_A_DAY,
) -> CureFit:
    """Fit S(t) = cured + (1 - cured) S0(t) by maximum likelihood.

    Nobody is seen to be cured: the estimate leans on the shape of S0 and on follow-up past its end, so fits of
    several families and the length of the plateau belong beside it. For overall survival, deaths from other causes
    count as the event, and "cured" as never dying, which holds for no longer than follow-up does.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Follow-up time and whether the event occurred then.
    family : str
        Distribution of the times of the uncured: "weibull", "exponential", "log_normal" or "log_logistic".
    conf_level : float
        Level of the limits of the cured share.
    zero_as : float
        Time at which an event at time 0 counts, since the densities have no value there; half a day of times in
        months.

    Returns
    -------
    CureFit
        A share or a limit may be 0, its boundary. NaN with a note without an event, and where a family with two
        parameters meets fewer than two distinct times of events (its density then has no maximum).

    Notes
    -----
    The limits are where twice the profile log likelihood lies below its maximum by the chi-squared quantile with one
    degree of freedom; where it never does on the way down to 0, the lower limit is 0. The likelihood can have two
    peaks, so the profile is followed from no cured patients upwards and from as many as were censored downwards, and
    the higher kept. The estimate is never above the share censored. Boag, J R Stat Soc B 1949; 11:15-53. Farewell,
    Biometrics 1982; 38:1041-1046. Agrees with R's `optim` and `nlm` on the same likelihood.
    """
    time, event = check_survival(time, event)
    require_choice("family", family, tuple(FAMILIES))
    require_level(conf_level)
    require(zero_as > 0, "`zero_as` must lie above 0.")
    time = np.where(event & (time == 0), zero_as, time)
    counts = {"n": len(time), "n_event": int(event.sum())}
    reason = _why_not(time[event], FAMILIES[family], len(time))
    if reason:
        return no_cure_fit(family, conf_level=conf_level, note=reason, **counts)
    profile = CureProfile(make_sample(time, event), FAMILIES[family])
    best, none = profile.highest(), profile.points[0]
    low, high = profile.limits(best.value - stats.chi2.ppf(conf_level, 1) / 2)
    return CureFit(
        family=family,
        cured=float(best.parameters[2]),
        conf_low=low,
        conf_high=high,
        conf_level=conf_level,
        with_cure=profile.on_log_time(best),
        without_cure=profile.on_log_time(none),
        log_likelihood=best.value,
        log_likelihood_without=none.value,
        **counts,
        note=_boundary(best.parameters[2], low),
    )


def no_cure_fit(family: str, *, conf_level: float, n: int, n_event: int, note: str) -> CureFit:
    """Return a fit that says why there is none."""
    unknown = np.full(3, np.nan)
    return CureFit(family, *[np.nan] * 3, conf_level, unknown, unknown, np.nan, np.nan, n, n_event, note)


def cured_share(fit: CureFit) -> Result:
    """Return the share cured with its limits."""
    return Result(
        estimate=fit.cured,
        conf_low=fit.conf_low,
        conf_high=fit.conf_high,
        conf_level=fit.conf_level,
        n=fit.n,
        n_event=fit.n_event,
        unit="proportion",
        method=f"Mixture-cure models: {_METHOD}",
        note=fit.note,
    )


def test_cure(fit: CureFit) -> Result:
    """Test for cured patients: the likelihood ratio of the model with them to the one without.

    Notes
    -----
    No cured patients is the edge of what the share can be, so the statistic is 0 in half of the samples and
    chi-squared with one degree of freedom in the others; p is 1 where the estimate is 0. Maller and Zhou, Survival
    Analysis with Long-Term Survivors, Wiley 1996. It presumes that the family is the right one.
    """
    known = {"n": fit.n, "n_event": fit.n_event, "method": "Likelihood ratio, half chi-squared with 1 df and half 0"}
    if not fit.estimable:
        return Result(**known, note=fit.note)
    ratio = max(2 * (fit.log_likelihood - fit.log_likelihood_without), 0.0) if fit.cured > 0 else 0.0
    return Result(statistic=ratio, p_value=chi_squared_tail(ratio, 1) / 2 if ratio > 0 else 1.0, **known)


def _why_not(event_times: np.ndarray, family: CureFamily, n: int) -> str:
    if not len(event_times):
        return "not estimable: no event" if n else "not estimable: no patients"
    if family.free_slope and len(np.unique(event_times)) < 2:
        return "not estimable: all events at one time"
    return ""


def _boundary(cured: float, low: float) -> str:
    if cured == 0:
        return "the estimate lies on its boundary: no cured patients fit best"
    return "the lower limit lies on its boundary, 0" if low == 0 else ""


def _survival(family: str, parameters: np.ndarray, time: Sequence[float]) -> np.ndarray:
    location, slope, cured = parameters
    with np.errstate(divide="ignore"):
        z = location + slope * np.log(np.asarray(time, dtype=float))
    uncured = np.exp(FAMILIES[family].parts(np.clip(z, -300, 300))[3])
    return cured + (1 - cured) * uncured
