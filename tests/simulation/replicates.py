"""One replicate of each study: patients are simulated, and the estimators of the reports are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cartcohort.estimate.comparison import test_logrank
from cartcohort.estimate.competing import (
    estimate_bounded_incidence_at,
    estimate_cumulative_incidence,
    estimate_incidence_at,
)
from cartcohort.estimate.fine_gray import fit_fine_gray
from cartcohort.estimate.firth import fit_firth_cox
from cartcohort.estimate.gray import test_gray
from cartcohort.estimate.hazard import estimate_hazard
from cartcohort.estimate.permutation import permutation_p
from cartcohort.estimate.ranks import test_rank_sum
from cartcohort.estimate.regression import fit_cox
from cartcohort.estimate.restricted_mean import estimate_rmst
from cartcohort.estimate.survival import (
    CONF_TYPES,
    estimate_conditional_survival,
    estimate_quantile,
    estimate_survival_at,
    estimate_survival_curve,
)
from tests.simulation import cohort
from tests.simulation.outcomes import Interval, PValue, interval_of, test_of

Outcomes = Iterator[Interval | PValue]
_DOUBLED = 2.0
"""The ratio between groups where there is an effect."""


@dataclass(frozen=True)
class Study:
    """What is simulated, and for which numbers of patients."""

    replicate: Callable[[np.random.Generator, int], Outcomes]
    sizes: tuple[int, ...] = (35, 100, 500)


def survive(generator: np.random.Generator, n: int) -> Outcomes:
    """One group: rates, median, restricted mean, conditional survival, hazard."""
    time, event = cohort.simulate_survival(generator, n)
    for conf_type in CONF_TYPES:
        curve = estimate_survival_curve(time, event, conf_type=conf_type)
        for months in (6, 12, 24):
            truth = float(cohort.survival_at(months))
            yield interval_of(f"Survival at {months} months", conf_type, estimate_survival_at(curve, months), truth)
        median = estimate_quantile(curve)
        yield interval_of("Median survival", conf_type, median, cohort.median(), open_above=True)
    mean = estimate_rmst(curve, 24)
    yield interval_of("Restricted mean to 24 months", "symmetric", mean, cohort.restricted_mean(24))
    yield from _survive_further(time, event)
    hazard = estimate_hazard(time, event, width=12)
    for year in (1, 2):
        known = len(hazard.rate) >= year
        low, high = (hazard.conf_low[year - 1], hazard.conf_high[year - 1]) if known else (np.nan, np.nan)
        yield Interval(f"Hazard in year {year}", "exact Poisson", low, high, cohort.hazard_in_year(year))


def _survive_further(time: np.ndarray, event: np.ndarray) -> Outcomes:
    for given in (12, 24):
        result = estimate_conditional_survival(time, event, given=given, further=12)
        truth = float(cohort.survival_at(given + 12) / cohort.survival_at(given))
        yield interval_of(f"12 months more, alive at {given}", "log-log", result, truth)


def relapse(generator: np.random.Generator, n: int) -> Outcomes:
    """One group with a competing event: cumulative incidence."""
    time, event_type = cohort.simulate_competing(generator, n)
    curve = estimate_cumulative_incidence(time, event_type, cause="relapse")
    for months in (6, 24):
        what, truth = f"Incidence of relapse at {months} months", cohort.incidence_at(months)
        yield interval_of(what, "log-log", estimate_incidence_at(curve, months), truth)
        yield interval_of(what, "log-log, exact at 0", estimate_bounded_incidence_at(curve, months), truth)


def compare(generator: np.random.Generator, n: int) -> Outcomes:
    """Two groups that do not differ: tests of survival and of incidence, and the ratios' limits."""
    group = cohort.split(n)
    time, event = cohort.simulate_survival(generator, n)
    yield test_of("Survival of two groups", "log-rank", test_logrank(time, event, group))
    yield test_of("Survival of two groups", "Peto-Peto", test_logrank(time, event, group, rho=1))
    fit = fit_cox(time, event, pd.DataFrame({"group": group}))
    for method, test in (("likelihood ratio", fit.likelihood_ratio), ("Wald", fit.wald), ("score", fit.score)):
        yield test_of("Survival of two groups", f"Cox, {method}", test)
    yield interval_of("Hazard ratio 1", "Cox, Wald", _only(fit), 1.0)
    time, event_type = cohort.simulate_competing(generator, n)
    yield test_of("Incidence in two groups", "Gray", test_gray(time, event_type, group, cause="relapse"))
    fit = fit_fine_gray(time, event_type, pd.DataFrame({"group": group}), cause="relapse")
    yield test_of("Incidence in two groups", "Fine-Gray, Wald", _only(fit))
    yield interval_of("Subdistribution ratio 1", "Fine-Gray, Wald", _only(fit), 1.0)
    marker = np.round(generator.lognormal(sigma=1.5, size=n), 1)
    yield test_of("A marker in two groups", "rank sum", test_rank_sum(marker, group))


def differ(generator: np.random.Generator, n: int) -> Outcomes:
    """Two groups of which the smaller has twice the hazard: the ratios' limits."""
    group = cohort.split(n)
    ratio = np.where(group == 1, _DOUBLED, 1.0)
    time, event = cohort.simulate_survival(generator, n, ratio=ratio)
    fit = fit_cox(time, event, pd.DataFrame({"group": group}))
    yield interval_of("Hazard ratio 2", "Cox, Wald", _only(fit), _DOUBLED)
    time, event_type = cohort.simulate_competing(generator, n, ratio=ratio)
    fit = fit_fine_gray(time, event_type, pd.DataFrame({"group": group}), cause="relapse")
    yield interval_of("Subdistribution ratio 2", "Fine-Gray, Wald", _only(fit), _DOUBLED)


def penalise(generator: np.random.Generator, n: int) -> Outcomes:
    """Firth's Cox model without and with an effect: profile limits and the likelihood-ratio test."""
    group = cohort.split(n)
    for name, ratio in (("1", 1.0), ("2", _DOUBLED)):
        time, event = cohort.simulate_survival(generator, n, ratio=np.where(group == 1, ratio, 1.0))
        fit = fit_firth_cox(time, event, pd.DataFrame({"group": group}))
        yield interval_of(f"Hazard ratio {name}", "Firth, profile", _only(fit), ratio)
        if ratio == 1:
            yield test_of("Survival of two groups", "Firth, likelihood ratio", _only(fit))


def permute(generator: np.random.Generator, n: int) -> Outcomes:
    """The permutation p-value of the log-rank statistic, from few permutations (p can be exactly 0.05)."""
    time, event = cohort.simulate_survival(generator, n)
    seed = int(generator.integers(2**31))
    result = permutation_p(time, event, cohort.split(n), samples=399, seed=seed)
    yield test_of("Survival of two groups", "log-rank, permutation", result)


STUDIES = (
    Study(survive, sizes=(8, 35, 100, 500)),
    Study(relapse, sizes=(8, 35, 100, 500)),
    Study(compare),
    Study(differ),
    Study(penalise),
    Study(permute),
)


def _only(fit):
    return next(iter(fit.results().values()))
