"""Results on the cure-fraction question: how many will never have the event, and whether follow-up can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from cartcohort.estimate.cure_likelihood import FAMILIES
from cartcohort.estimate.mixture_cure import CureFit, cured_share, fit_mixture_cure, no_cure_fit, test_cure
from cartcohort.estimate.plateau import Plateau, estimate_plateau_hazard, find_plateau, test_maller_zhou, test_shen
from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent, in_months
from cartcohort.estimate.sections.curves import competing_rows, estimate_endpoint_curve
from cartcohort.estimate.survival import estimate_bounded_survival_at


@dataclass(frozen=True, eq=False)
class CureModels:
    """The curve of all patients of an endpoint, and the mixture-cure models fitted to it, by family."""

    curve: SurvivalCurve
    by_family: Mapping[str, CureFit]


_COMPETING = "not estimable: a cure fraction is not defined where other events compete"


def fit_cure_models(endpoints: Endpoints, *, conf_level: float, conf_type: str) -> dict[str, CureModels]:
    """Fit a mixture-cure model of each family to each endpoint, times in months."""
    return {
        name: CureModels(
            estimate_endpoint_curve(endpoint, conf_level=conf_level, conf_type=conf_type),
            {family: _fit(endpoint, family, conf_level) for family in FAMILIES},
        )
        for name, endpoint in endpoints.items()
    }


def record_cure(endpoints: Endpoints, models: Mapping[str, CureModels]) -> ResultSet:
    """Record cure fractions, their tests, and how far follow-up supports them.

    Parameters
    ----------
    endpoints : mapping of str to TimeToEvent
    models : mapping of str to CureModels
        From `fit_cure_models` for the same endpoints.

    Returns
    -------
    ResultSet
        `survival/<e>/cure/{fraction,test,uncured_median,uncured_at_end}/<family>`,
        `survival/<e>/cure/aic/{with,without}/<family>`, `survival/<e>/cure/follow_up/{maller_zhou,shen}`, and
        `survival/<e>/cure/plateau/{last_event,length,followed,level,hazard}`.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        time, event = in_months(endpoint), np.asarray(endpoint.event)
        plateau = find_plateau(time, event)
        found = ResultSet()
        for family, fit in models[name].by_family.items():
            found |= _of_family(fit, plateau).map(lambda r, words=FAMILIES[family].name: _labelled(r, words))
        found |= {
            "follow_up/maller_zhou": replace(test_maller_zhou(time, event), label="Maller and Zhou's test"),
            "follow_up/shen": replace(test_shen(time, event), label="Shen's test"),
        }
        found |= _of_plateau(models[name].curve, plateau)
        results |= found.under(f"survival/{name}/cure", endpoint.abbreviation)
    return results


def _fit(endpoint: TimeToEvent, family: str, conf_level: float) -> CureFit:
    event = np.asarray(endpoint.event)
    if competing_rows(endpoint).any():
        counts = {"n": len(event), "n_event": int(event.sum())}
        return no_cure_fit(family, conf_level=conf_level, note=_COMPETING, **counts)
    return fit_mixture_cure(in_months(endpoint), event, family=family, conf_level=conf_level)


def _labelled(result: Result, family: str) -> Result:
    return replace(result, label=f"{result.label}, {family}")


def _of_family(fit: CureFit, plateau: Plateau) -> ResultSet:
    known = {"n": fit.n, "n_event": fit.n_event, "note": "" if fit.estimable else fit.note}
    family, estimable = fit.family, fit.estimable
    left = fit.uncured_share(plateau.last_time) if estimable else None
    return ResultSet(
        {
            f"fraction/{family}": replace(cured_share(fit), label="cure fraction"),
            f"test/{family}": replace(test_cure(fit), label="test for a cure fraction"),
            f"aic/with/{family}": Result(estimate=fit.aic, unit="AIC", label="AIC with cure", **known),
            f"aic/without/{family}": Result(estimate=fit.aic_without, unit="AIC", label="AIC without cure", **known),
            f"uncured_median/{family}": Result(
                estimate=fit.median_uncured, unit="months", label="median of the uncured", **known
            ),
            f"uncured_at_end/{family}": Result(
                estimate=left, unit="proportion", label="survival of the uncured over that of all at the end", **known
            ),
        }
    )


def _of_plateau(curve: SurvivalCurve, plateau: Plateau) -> dict[str, Result]:
    known = {"n": plateau.n, "n_event": plateau.n_event}
    why = {"note": "" if plateau.n_event else "not estimable: no event"}
    level = estimate_bounded_survival_at(curve, max(plateau.last_time, 0.0) if plateau.n else 0.0)
    hazard = estimate_plateau_hazard(plateau, conf_level=curve.conf_level)
    yearly = [None if value is None else 12 * value for value in (hazard.estimate, hazard.conf_low, hazard.conf_high)]
    return {
        "plateau/last_event": Result(estimate=plateau.last_event, unit="months", label="last event", **known, **why),
        "plateau/length": Result(
            estimate=plateau.length, unit="months", label="longest follow-up after the last event", **known, **why
        ),
        "plateau/followed": Result(
            estimate=plateau.n_beyond if plateau.n_event else None,
            unit="patients",
            label="followed beyond the last event",
            **known,
            **why,
        ),
        "plateau/level": replace(level, label="event-free at the longest follow-up"),
        "plateau/hazard": replace(
            hazard,
            estimate=yearly[0],
            conf_low=yearly[1],
            conf_high=yearly[2],
            unit="events per patient-year",
            label="hazard after the last event",
        ),
    }
