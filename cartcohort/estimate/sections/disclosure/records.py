"""Results made from released counts, and from nothing else but for the hazard ratios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cartcohort.estimate.proportions import estimate_proportion
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.arrays import TimeToEvent
from cartcohort.estimate.sections.by_factor import compare_levels_of
from cartcohort.estimate.sections.disclosure.life_table import estimate_rates
from cartcohort.estimate.sections.disclosure.outcomes import OUTCOMES
from cartcohort.estimate.sections.shares import Counts, estimate_shares, test_shares

if TYPE_CHECKING:
    from cartcohort.estimate.sections.disclosure.release import Released

_DIGITS = 2
"""Significant digits of what is computed from the times of the patients."""

LEAST_EVENTS = 5
"""Events, and patients without, that a hazard ratio needs at each level however small k is.

With three of each, so few orders of the deaths agree with a ratio, its limits and the log-rank test that it can be
told how many of the first were at one level; with five, and two digits, many thousands agree.
"""


def record_released(released: Released, os: TimeToEvent | None, parameters: Mapping[str, Any]) -> Released:
    """Return what is released with its results: shares, tests, survival and hazard ratios.

    Parameters
    ----------
    released : Released
        The counts.
    os : TimeToEvent or None
        Overall survival of all patients.
    parameters : mapping of str to object
        `conf_level` and, where the section reads it, `ties`.
    """
    conf_level = parameters["conf_level"]
    results = _record_patients(released) | _record_outcomes(released, conf_level)
    for name, table in released.life_tables.items():
        results |= estimate_rates(table, conf_level=conf_level).under(f"survival/released/{name}", table.label)
    if os is not None:
        results |= _record_ratios(released, os, conf_level, parameters.get("ties", "efron"))
    return replace(released, results=results)


def _record_patients(released: Released) -> ResultSet:
    found = {
        f"efficacy/released/patients/{factor}/{level}": _count_share(n, levels, f"{released.labels[factor]}: {level}")
        for factor, levels in released.factors.items()
        for level, n in levels.items()
    }
    return ResultSet(found)


def _count_share(n: int, levels: Mapping[str, int], label: str) -> Result:
    known = sum(levels.values())
    return Result(estimate=n / known, n=known, n_event=n, unit="proportion", method="of known values", label=label)


def _record_outcomes(released: Released, conf_level: float) -> ResultSet:
    results = ResultSet()
    for name, n_event in released.outcomes.items():
        outcome = OUTCOMES[name]
        whole = estimate_proportion(n_event, released.n, conf_level=conf_level, label=outcome.label)
        results |= ResultSet({f"{outcome.section}/released/{name}": whole})
    for (factor, name), events in released.breakdowns.items():
        outcome, label = OUTCOMES[name], released.labels[factor]
        counts = {level: (n_event, released.factors[factor][level]) for level, n_event in events.items()}
        shares = estimate_shares(counts, label, conf_level=conf_level)
        place = f"{outcome.section}/released/{name}/{factor}"
        results |= shares.under(place, outcome.label)
        if OUTCOMES[name].tested:
            results |= ResultSet({f"{place}/test": _test(counts, f"{outcome.label}: {label}", conf_level)})
    return results


def _test(counts: Counts, label: str, conf_level: float) -> Result:
    tested = test_shares(counts, n_missing=0, everybody="all had it", nobody="nobody had it", conf_level=conf_level)
    return replace(tested, label=label)


def _record_ratios(released: Released, os: TimeToEvent, conf_level: float, ties: str) -> ResultSet:
    """Compare overall survival between the levels of factors whose every level has enough deaths and survivors."""
    results = ResultSet()
    for (factor, name), events in released.breakdowns.items():
        n = released.factors[factor]
        enough = all(min(events[level], n[level] - events[level]) >= released.least_events for level in n)
        if name == "death" and enough:
            label = released.labels[factor]
            found = compare_levels_of(os, factor, label=label, conf_level=conf_level, ties=ties)
            results |= found.map(_keep_little).under("risk_factors/released/os", "Overall survival")
    return results


def _keep_little(result: Result) -> Result:
    """Return a ratio or a test rounded, without counts and notes, which may speak of fewer patients."""
    fields = ("estimate", "conf_low", "conf_high", "p_value")
    rounded = {name: _round(getattr(result, name)) for name in fields}
    return Result(**rounded, conf_level=result.conf_level, unit=result.unit, method=result.method, label=result.label)


def _round(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{_DIGITS}g}")
