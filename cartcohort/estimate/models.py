"""Records of fitted regression models: one record holds every term, its tests and what the fit could not tell."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cartcohort.estimate.cox_sample import CoxSample
from cartcohort.estimate.partial_likelihood import Likelihood
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.tails import chi_squared_tail, normal_margin, normal_tail

_NOT_TESTED = Result()


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelFit:
    """A fitted model whose exponentiated coefficients are ratios.

    All arrays have one entry a term; NaN stands for what cannot be estimated, and `term_notes` then says why.

    Attributes
    ----------
    terms : tuple of str, length k
        "factor/level" against the factor's reference level, or "covariate/per unit".
    contrasts : tuple of str, length k
        The same in words for a reader ("high vs low", "per unit").
    coefficient, std_error : ndarray, shape (k,)
        On the log scale.
    conf_low, conf_high : ndarray, shape (k,)
        Confidence limits on the ratio scale.
    statistic, p_value : ndarray, shape (k,)
        Test of each term: Wald z, or the chi-squared of a penalised likelihood ratio (`method` says which).
    term_df : int or None
        Degrees of freedom of that chi-squared; None for a z, which has none.
    covariance : ndarray, shape (k, k)
        Of the coefficients; NaN in rows and columns of terms that cannot be estimated.
    conf_level : float
        Level of the limits.
    n, n_event : int
        Patients in the model (complete rows only) and events among them.
    n_dropped : int
        Rows left out because a covariate, stratum or time was missing.
    log_likelihood, log_likelihood_null : float
        Maximised (partial, pseudo or penalised) log likelihood, and that with all coefficients 0.
    likelihood_ratio, wald, score : Result
        Global tests of all coefficients being 0; without a statistic where a method has no such test.
    unit : str
        "hazard ratio", "subdistribution hazard ratio" or "odds ratio".
    method, note : str
        Method with its conventions, and what a reader must know of this fit ("separation: ...").
    term_notes : tuple of str, length k
        Caveat of each term, empty where there is none.
    """

    terms: tuple[str, ...]
    contrasts: tuple[str, ...]
    coefficient: np.ndarray
    std_error: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    statistic: np.ndarray
    p_value: np.ndarray
    covariance: np.ndarray
    conf_level: float
    n: int
    n_event: int
    n_dropped: int = 0
    term_df: int | None = None
    log_likelihood: float = np.nan
    log_likelihood_null: float = np.nan
    likelihood_ratio: Result = _NOT_TESTED
    wald: Result = _NOT_TESTED
    score: Result = _NOT_TESTED
    unit: str = ""
    method: str = ""
    note: str = ""
    term_notes: tuple[str, ...] = ()

    @property
    def ratio(self) -> np.ndarray:
        """Return the exponentiated coefficients, shape (k,)."""
        return to_ratio(self.coefficient)

    @property
    def events_per_term(self) -> float | None:
        """Return events per coefficient, None for a model without terms; below about 10 a fit is fragile."""
        return self.n_event / len(self.terms) if self.terms else None

    def results(self) -> ResultSet:
        """Return one Result a term, named by the term: ratio, limits and the test of the term."""
        return ResultSet({term: self._term_result(index) for index, term in enumerate(self.terms)})

    def _term_result(self, index: int) -> Result:
        own_note = self.term_notes[index] if self.term_notes else ""
        return Result(
            estimate=self.ratio[index],
            conf_low=self.conf_low[index],
            conf_high=self.conf_high[index],
            conf_level=self.conf_level,
            n=self.n,
            n_event=self.n_event,
            statistic=self.statistic[index],
            df=self.term_df,
            p_value=self.p_value[index],
            unit=self.unit,
            method=self.method,
            note=own_note or self.note,
            label=self.contrasts[index],
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class CoxFit(ModelFit):
    """A Cox model; with entry times `n` counts intervals, as in R.

    Attributes
    ----------
    ties : str
        "efron" or "breslow".
    covariates : tuple of str, length k
        Covariate that each term belongs to.
    fitted : ndarray of bool, shape (k,)
        Terms that have a column in `sample`: the others had no patients, or were determined by those before them.
    separated : ndarray of bool, shape (k,)
        Terms whose coefficient is infinite.
    sample, likelihood : CoxSample and Likelihood, or None
        The rows and the likelihood at the maximum (columns scaled), for checks of the fit; None where nothing was
        fitted.
    """

    ties: str = "efron"
    covariates: tuple[str, ...] = ()
    fitted: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    separated: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    sample: CoxSample | None = None
    likelihood: Likelihood | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class FineGrayFit(ModelFit):
    """A Fine-Gray model of one cause; its likelihood is a pseudo likelihood and its covariance a sandwich.

    Attributes
    ----------
    cause : str
        Event type of interest.
    """

    cause: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class LogisticFit(ModelFit):
    """A logistic model; `intercept` is on the log-odds scale and is not among the terms.

    Attributes
    ----------
    intercept : float
        Log odds with every covariate 0 or at its reference level.
    """

    intercept: float = np.nan


@dataclass(frozen=True, eq=False)
class WaldColumns:
    """Standard errors, limits on the ratio scale, z and two-sided p of each term, all of shape (k,)."""

    std_error: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    statistic: np.ndarray
    p_value: np.ndarray


def wald_columns(coefficient: np.ndarray, covariance: np.ndarray, *, conf_level: float) -> WaldColumns:
    """Return Wald inference for each coefficient; NaN in gives NaN out.

    Parameters
    ----------
    coefficient : ndarray, shape (k,)
        Log ratios.
    covariance : ndarray, shape (k, k)
        Their covariance.
    conf_level : float
        Level of the limits.
    """
    std_error = np.sqrt(np.diag(covariance))
    margin = normal_margin(conf_level) * std_error
    z = coefficient / std_error
    return WaldColumns(
        std_error=std_error,
        conf_low=to_ratio(coefficient - margin),
        conf_high=to_ratio(coefficient + margin),
        statistic=z,
        p_value=2 * normal_tail(np.abs(z)),
    )


def to_ratio(log_ratio: np.ndarray) -> np.ndarray:
    """Return the exponential, NaN where it is too large for a number (a limit that tells nothing)."""
    with np.errstate(over="ignore"):
        ratio = np.exp(log_ratio)
    return np.where(np.isinf(ratio), np.nan, ratio)


def chi_squared_result(statistic: float, df: int, *, method: str, n: int, n_event: int, note: str = "") -> Result:
    """Return the Result of a test statistic that is chi-squared under the null hypothesis."""
    return Result(
        statistic=statistic,
        df=df,
        p_value=chi_squared_tail(statistic, df) if df else None,
        n=n,
        n_event=n_event,
        method=method,
        note=note,
    )


def wald_statistic(coefficient: np.ndarray, covariance: np.ndarray) -> float:
    """Return b' V^-1 b for all coefficients being 0; NaN where a coefficient cannot be estimated."""
    if not len(coefficient) or np.isnan(coefficient).any():
        return float("nan")
    return float(coefficient @ np.linalg.solve(covariance, coefficient))
