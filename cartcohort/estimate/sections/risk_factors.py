"""Results of the risk factor section: factors one at a time, together, with response, and how firm it all is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cartcohort.estimate.concordance import correct_optimism, estimate_fit_concordance
from cartcohort.estimate.firth import fit_firth_cox, fit_firth_logistic
from cartcohort.estimate.models import ModelFit
from cartcohort.estimate.multiplicity import adjust_results
from cartcohort.estimate.ph_test import test_proportional_hazards
from cartcohort.estimate.regression import fit_cox
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent, each_level, in_months, known_factors
from cartcohort.estimate.sections.by_factor import compare_levels

FEW_EVENTS_PER_TERM = 10
"""Below this many events a coefficient, the ordinary fit is set beside Firth's (Peduzzi 1995)."""


def compare_factors(
    endpoints: Endpoints, factors: Sequence[str], *, labels: Mapping[str, str], conf_level: float, ties: str
) -> ResultSet:
    """Compare each endpoint by each factor alone, the tests also adjusted for their number.

    Returns
    -------
    ResultSet
        `risk_factors/<e>/logrank/<f>` with Holm's and Benjamini-Hochberg's p over the factors of one endpoint,
        `risk_factors/<e>/{likelihood_ratio, wald}/<f>` of the Cox model, `risk_factors/<e>/cox/<f>/<l>`, and
        `risk_factors/<e>/events/<f>/<l>`, the events and patients of every level.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        found = compare_levels({name: endpoint}, factors, labels=labels, conf_level=conf_level, ties=ties)
        adjusted = adjust_results(found.select("*/logrank/*"), family=f"factors tested on {endpoint.abbreviation}")
        results |= ResultSet({key: adjusted.get(key, result) for key, result in found.items()}).under("risk_factors")
        for factor in known_factors(factors, endpoint.subjects):
            own = _test_by_model(endpoint, factor, conf_level=conf_level, ties=ties)
            own |= _count_events(endpoint, factor)
            own = own.map(lambda result, words=labels[factor]: replace(result, label=f"{words}: {result.label}"))
            results |= own.under(f"risk_factors/{name}", endpoint.abbreviation)
    return results


def _test_by_model(endpoint: TimeToEvent, factor: str, *, conf_level: float, ties: str) -> ResultSet:
    """Return the likelihood ratio and Wald tests of a factor, which part from the log-rank where events are few."""
    fit = fit_cox(in_months(endpoint), endpoint.event, endpoint.subjects[[factor]], ties=ties, conf_level=conf_level)
    likelihood_ratio = replace(fit.likelihood_ratio, label="likelihood-ratio test")
    return ResultSet(
        {f"likelihood_ratio/{factor}": likelihood_ratio, f"wald/{factor}": replace(fit.wald, label="Wald test")}
    )


def _count_events(endpoint: TimeToEvent, factor: str) -> ResultSet:
    event = np.asarray(endpoint.event)
    return ResultSet(
        {
            f"events/{factor}/{level}": Result(
                estimate=np.sum(event[rows]),
                n=np.sum(rows),
                n_event=np.sum(event[rows]),
                unit="events",
                method="Events counted over all of follow-up",
                label=f"events, {level}",
            )
            for level, rows in each_level(endpoint.subjects[factor])
        }
    )


@dataclass(frozen=True, eq=False)
class Multivariable:
    """The ordinary Cox model of all factors together, and Firth's where the ordinary one is not to be trusted."""

    ordinary: ModelFit
    firth: ModelFit | None


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
        penalise = _is_fragile(ordinary)
        firth = fit_firth_cox(time, event, covariates, conf_level=conf_level) if penalise else None
        models[name] = Multivariable(ordinary, firth)
    return models


def _is_fragile(fit: ModelFit) -> bool:
    few = (fit.events_per_term or 0) < FEW_EVENTS_PER_TERM
    return few or bool(np.isnan(fit.coefficient).any())


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


def _events_per_term(fit: ModelFit) -> Result:
    return Result(
        estimate=fit.events_per_term,
        n=fit.n,
        n_event=fit.n_event,
        unit="events per coefficient",
        label="events per coefficient",
        method="Events divided by the coefficients of the multivariable model",
        note="fewer than ten events a coefficient: the model is fragile" if _is_fragile(fit) else "",
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
        `risk_factors/<e>/concordance/{apparent, corrected}`.
    """
    results = ResultSet()
    for name, model in models.items():
        endpoint = endpoints[name]
        covariates = endpoint.subjects[known_factors(factors, endpoint.subjects)]
        apparent = estimate_fit_concordance(model.ordinary, conf_level=conf_level)
        corrected = correct_optimism(
            in_months(endpoint), endpoint.event, covariates, ties=ties, samples=samples, seed=seed
        )
        found = {
            "apparent": replace(apparent, label="concordance as fitted"),
            "corrected": replace(corrected, label="concordance corrected for optimism"),
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


def headline_factors(endpoint: TimeToEvent, factors: Sequence[str], *, most: int = 3) -> list[str]:
    """Return the first factors with exactly two levels among the patients: the comparisons to be probed."""
    return [f for f in known_factors(factors, endpoint.subjects) if endpoint.subjects[f].nunique() == 2][:most]
