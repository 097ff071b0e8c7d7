"""Results of the risk factor section: factors one at a time, together, with response, and how firm it all is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from cartcohort.estimate.concordance import estimate_fit_concordance
from cartcohort.estimate.firth import fit_firth_cox, fit_firth_logistic
from cartcohort.estimate.models import CoxFit, ModelFit
from cartcohort.estimate.multiplicity import adjust_results
from cartcohort.estimate.optimism import correct_optimism
from cartcohort.estimate.ph_test import test_proportional_hazards
from cartcohort.estimate.regression import fit_cox
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent, in_months, known_factors
from cartcohort.estimate.sections.by_factor import record_comparison
from cartcohort.estimate.sections.single_factors import examine_factor

FEW_EVENTS_PER_TERM = 10
"""Below this many events a coefficient, the ordinary fit is set beside Firth's (Peduzzi 1995)."""


def compare_factors(
    endpoints: Endpoints,
    factors: Sequence[str],
    *,
    labels: Mapping[str, str],
    conf_level: float,
    ties: str,
    seed: int,
) -> ResultSet:
    """Compare each endpoint by each factor alone, the tests also adjusted for their number.

    Returns
    -------
    ResultSet
        `risk_factors/<e>/logrank/<f>` with Holm's and Benjamini-Hochberg's p over the factors of one endpoint,
        `risk_factors/<e>/cox/<f>/<l>`, and under `risk_factors/<e>/` what `examine_factor` finds.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        fits = _fit_alone(endpoint, factors, conf_level=conf_level, ties=ties)
        found = ResultSet()
        for factor, fit in fits.items():
            compared = record_comparison(endpoint, factor, fit, label=labels[factor])
            found |= compared.under(name, endpoint.abbreviation)
        adjusted = adjust_results(found.select("*/logrank/*"), family=f"factors tested on {endpoint.abbreviation}")
        results |= ResultSet({key: adjusted.get(key, result) for key, result in found.items()}).under("risk_factors")
        for factor, fit in fits.items():
            own = examine_factor(endpoint, factor, fit, conf_level=conf_level, seed=seed)
            own = own.map(lambda result, words=labels[factor]: replace(result, label=f"{words}: {result.label}"))
            results |= own.under(f"risk_factors/{name}", endpoint.abbreviation)
    return results


def _fit_alone(endpoint: TimeToEvent, factors: Sequence[str], *, conf_level: float, ties: str) -> dict[str, CoxFit]:
    """Fit the Cox model of each factor with two levels or more, by factor."""
    time = in_months(endpoint)
    return {
        factor: fit_cox(time, endpoint.event, endpoint.subjects[[factor]], ties=ties, conf_level=conf_level)
        for factor in known_factors(factors, endpoint.subjects)
    }


@dataclass(frozen=True, eq=False)
class Multivariable:
    """The ordinary Cox model of all factors together, and Firth's where the ordinary one is not to be trusted."""

    ordinary: CoxFit
    firth: CoxFit | None


def fit_multivariable(
    endpoints: Endpoints, factors: Sequence[str], *, conf_level: float, ties: str
) -> dict[str, Multivariable]:
    """Fit one Cox model of all factors with two levels or more to each endpoint, by name; none without a factor.

    Firth's penalised model is added where there is separation or fewer than ten events a coefficient.
    """
    models = {}
    for name, endpoint in endpoints.items():
        used = known_factors(factors, endpoint.subjects)
        if not used:
            continue
        time, event, covariates = in_months(endpoint), endpoint.event, endpoint.subjects[used]
        ordinary = fit_cox(time, event, covariates, ties=ties, conf_level=conf_level)
        doubtful = _why_fragile(ordinary)
        firth = fit_firth_cox(time, event, covariates, conf_level=conf_level) if doubtful else None
        models[name] = Multivariable(ordinary, firth)
    return models


def _why_fragile(fit: CoxFit) -> str:
    """Return why the ordinary fit is not to be read alone; "" where it may be."""
    few = (fit.events_per_term or 0) < FEW_EVENTS_PER_TERM
    reasons = ["fewer than ten events a coefficient"] * few
    reasons += ["separation, some coefficients have no finite estimate"] * bool(fit.separated.any())
    return " and ".join(reasons)


def record_multivariable(models: Mapping[str, Multivariable], *, labels: Mapping[str, str]) -> ResultSet:
    """Name the terms, global tests and events per coefficient of the models, and their checks of proportionality.

    Returns
    -------
    ResultSet
        `risk_factors/<e>/multivariable/<f>/<l>`, `.../multivariable_firth/<f>/<l>`, `.../multivariable_test`,
        `.../events_per_term`, `.../ph/<f>` and `.../ph/global`.
    """
    results = ResultSet()
    for name, model in models.items():
        fit = model.ordinary
        stem, endpoint = f"risk_factors/{name}", name.upper()
        results |= _named(fit, "multivariable", labels).under(stem, f"{endpoint}, all factors")
        if model.firth is not None:
            penalised = _named(model.firth, "multivariable_firth", labels)
            results |= penalised.under(stem, f"{endpoint}, all factors, Firth")
        found = {"multivariable_test": replace(fit.likelihood_ratio, label="all factors together")}
        found |= {"events_per_term": _events_per_term(fit)}
        for factor, test in test_proportional_hazards(fit).items():
            label = "all factors" if factor == "global" else labels.get(factor, factor)
            found |= {f"ph/{factor}": replace(test, label=f"proportional hazards, {label}")}
        results |= ResultSet(found).under(stem, endpoint)
    return results


def _named(fit: ModelFit, stem: str, labels: Mapping[str, str]) -> ResultSet:
    named = {}
    for term, result in fit.results().items():
        factor = term.split("/", 1)[0]
        named[term] = replace(result, label=f"{labels.get(factor, factor)}: {result.label}")
    return ResultSet(named).under(stem)


def _events_per_term(fit: CoxFit) -> Result:
    return Result(
        estimate=fit.events_per_term,
        n=fit.n,
        n_event=fit.n_event,
        unit="events per coefficient",
        label="events per coefficient",
        method="Events divided by the coefficients of the multivariable model",
        note=_why_fragile(fit),
    )


def estimate_discrimination(
    endpoints: Endpoints,
    factors: Sequence[str],
    models: Mapping[str, Multivariable],
    *,
    ties: str,
    samples: int,
    seed: int,
    conf_level: float,
) -> ResultSet:
    """Estimate how well each multivariable model ranks patients, as it stands and corrected for optimism.

    Returns
    -------
    ResultSet
        `risk_factors/<e>/concordance/{apparent, optimism, corrected}`.
    """
    results = ResultSet()
    for name, model in models.items():
        endpoint = endpoints[name]
        covariates = endpoint.subjects[known_factors(factors, endpoint.subjects)]
        apparent = estimate_fit_concordance(model.ordinary, conf_level=conf_level)
        resampled = correct_optimism(
            in_months(endpoint),
            endpoint.event,
            covariates,
            ties=ties,
            samples=samples,
            seed=seed,
            conf_level=conf_level,
        )
        found = {
            "apparent": replace(apparent, label="concordance as fitted"),
            "optimism": replace(resampled.optimism, label="optimism of the concordance"),
            "corrected": replace(resampled.corrected, label="concordance corrected for optimism"),
        }
        results |= ResultSet(found).under(f"risk_factors/{name}/concordance", endpoint.abbreviation)
    return results


def compare_response(
    subjects: pd.DataFrame, factors: Sequence[str], *, labels: Mapping[str, str], conf_level: float
) -> ResultSet:
    """Estimate the odds ratio of response for each factor alone by Firth's logistic regression.

    Parameters
    ----------
    subjects : DataFrame
        With `response` ("no", "yes", missing) and the factors.

    Returns
    -------
    ResultSet
        `risk_factors/response/firth/<f>/<l>`, with Holm's and Benjamini-Hochberg's p over all of them.
    """
    known = subjects[subjects["response"].notna()]
    if known["response"].nunique() < 2:
        return ResultSet()
    responded = (known["response"] == "yes").to_numpy(dtype=bool)
    found = ResultSet()
    for factor in known_factors(factors, known):
        fit = fit_firth_logistic(responded, known[[factor]], conf_level=conf_level)
        found |= _named(fit, "firth", labels)
    return ResultSet(adjust_results(found, family="factors tested on response")).under("risk_factors/response")


def headline_factors(
    endpoint: TimeToEvent, factors: Sequence[str], *, most: int = 3, two_levels: bool = False
) -> list[str]:
    """Return the first factors with levels to compare among the patients, or with exactly two of them.

    A study lists its factors in the order of their weight, so these are the comparisons to be probed.
    """
    known = known_factors(factors, endpoint.subjects)
    return [f for f in known if not two_levels or endpoint.subjects[f].nunique() == 2][:most]
