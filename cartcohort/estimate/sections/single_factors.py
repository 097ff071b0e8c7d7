"""What a single factor's log-rank test and hazard ratio rest on, and what takes their place where that is too little.

Few events: the tests of the Cox model stand beside. A group with fewer than five expected events: the chi-squared
distribution is no longer trusted, and groups are shuffled. Separation: no finite hazard ratio, so Firth's beside it.
More than two levels: which of them differ, and whether the hazard goes with their order.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.comparison import LogrankCounts, count_logrank, test_logrank_pairwise, test_logrank_trend
from cartcohort.estimate.firth import fit_firth_cox
from cartcohort.estimate.models import CoxFit
from cartcohort.estimate.permutation import permutation_p
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.arrays import TimeToEvent, each_level, in_months

FEWEST_EXPECTED = 5
"""Below this many expected events in a group, the log-rank test is also done by shuffling the groups."""


def examine_factor(endpoint: TimeToEvent, factor: str, fit: CoxFit, *, conf_level: float, seed: int) -> ResultSet:
    """Examine the comparison of one endpoint by one factor, given the Cox model of it.

    Returns
    -------
    ResultSet
        `{likelihood_ratio, wald}/<f>` of the Cox model; `events/<f>/<l>` and `expected/<f>/<l>` for every level;
        `permutation/<f>` where fewer than five events are expected in a group; `cox_firth/<f>/<l>` where the Cox
        model is separated; `pairwise/<f>/<l>_vs_<l>` and `trend/<f>` for more than two levels.
    """
    time, event, values = in_months(endpoint), endpoint.event, endpoint.subjects[factor]
    counts = count_logrank(time, event, values)
    found = {
        f"likelihood_ratio/{factor}": replace(fit.likelihood_ratio, label="likelihood-ratio test"),
        f"wald/{factor}": replace(fit.wald, label="Wald test"),
    }
    results = ResultSet(found) | _count_events(endpoint, factor) | _expect_events(counts, factor)
    if counts.n_event and counts.expected[counts.n > 0].min() < FEWEST_EXPECTED:
        shuffled = permutation_p(time, event, values, seed=seed, conf_level=conf_level)
        results |= {f"permutation/{factor}": replace(shuffled, label="log-rank test by permutation")}
    if fit.separated.any():
        results |= _penalise(endpoint, values, fit).under("cox_firth")
    if np.sum(counts.n > 0) > 2:
        results |= _compare_several(endpoint, values)
    return results


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


def _expect_events(counts: LogrankCounts, factor: str) -> ResultSet:
    """Return the events that the log-rank test expects in each level if all had the same hazard."""
    return ResultSet(
        {
            f"expected/{factor}/{level}": Result(
                estimate=counts.expected[at],
                n=counts.n[at],
                unit="events",
                method="Events expected by the log-rank test if all groups had the same hazard",
                label=f"expected events, {level}",
            )
            for at, level in enumerate(counts.levels)
            if counts.n[at]
        }
    )


def _penalise(endpoint: TimeToEvent, values: pd.Series, fit: CoxFit) -> ResultSet:
    firth = fit_firth_cox(in_months(endpoint), endpoint.event, values.to_frame(), conf_level=fit.conf_level)
    return firth.results().map(lambda result: replace(result, label=f"{result.label}, Firth"))


def _compare_several(endpoint: TimeToEvent, values: pd.Series) -> ResultSet:
    """Compare every two levels, and all by their order."""
    time, event, factor = in_months(endpoint), endpoint.event, values.name
    found = {
        f"pairwise/{factor}/{first}_vs_{second}": replace(test, label=f"log-rank, {second} vs {first}")
        for (first, second), test in test_logrank_pairwise(time, event, values).items()
    }
    levels = [level for level, _ in each_level(values)]
    trend = test_logrank_trend(time, event, values.cat.remove_unused_categories())
    note = f"levels in their order: {', '.join(levels)}"
    found[f"trend/{factor}"] = replace(
        trend, label="trend over the levels", note="; ".join(part for part in (trend.note, note) if part)
    )
    return ResultSet(found)
