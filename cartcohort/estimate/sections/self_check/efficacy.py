"""The efficacy section by a second route: rates of response, response by factor, duration of response."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cartcohort.estimate.results import DAYS_PER_MONTH, Result, ResultSet
from cartcohort.estimate.second_route.compare import Recomputed, compare_routes
from cartcohort.estimate.second_route.curves import Conventions, recompute_curve, recompute_observed
from cartcohort.estimate.second_route.follow_again import Declared, follow_again
from cartcohort.estimate.second_route.groups import split_levels
from cartcohort.estimate.second_route.shares import (
    adjust_by_hand,
    count_fisher,
    recompute_count,
    recompute_difference,
    recompute_fisher,
    recompute_share,
)

_RATES = {
    "orr": ("CR", "CRi", "PR"),
    "cr_cri": ("CR", "CRi"),
    "cr": ("CR",),
    "cri": ("CRi",),
    "pr": ("PR",),
    "nr": ("NR",),
}
_OUTCOMES = ("response", "best_response", "mrd_negative")
_NOT_LEVELS = ("median", "minimum", "maximum", "missing", "smd")


def check_efficacy(
    results: Mapping[str, Result],
    subjects: pd.DataFrame,
    factors: Sequence[str],
    parameters: Mapping[str, Any],
    *,
    declared: Mapping[str, Declared] | None = None,
) -> ResultSet:
    """Recompute the headline results of the efficacy section.

    Parameters
    ----------
    results : mapping of str to Result
        Of the section.
    subjects : DataFrame
        The patients analysed.
    factors : sequence of str
        Columns compared by.
    parameters : mapping of str to object
        Of the report.
    declared : mapping of str to Declared, optional
        Endpoints of the study's own.

    Returns
    -------
    ResultSet
        As `compare_routes` names them, under `efficacy/self_check`.
    """
    level = parameters["conf_level"]
    recomputed = [
        *_rates(subjects, level),
        *_by_factor(subjects, factors, level),
        *_duration(subjects, parameters, (declared or {}).get("dor")),
        *_baseline(subjects, factors),
    ]
    return compare_routes(results, recomputed, section="efficacy")


def _rates(subjects: pd.DataFrame, conf_level: float) -> Iterator[Recomputed]:
    best, n = [None if pd.isna(value) else str(value) for value in subjects["best_response"]], len(subjects)
    stem = "efficacy/response"
    if any(best):
        counted = Counter(best)
        for name, counting in _RATES.items():
            n_event = sum(counted[value] for value in counting)
            yield from recompute_share(f"{stem}/{name}", n_event, n, conf_level=conf_level, wilson=True)
        n_event = counted[None] + counted["NE"]
        yield from recompute_share(f"{stem}/ne", n_event, n, conf_level=conf_level, wilson=True)
    mrd = [None if pd.isna(value) else value == "yes" for value in subjects["mrd_negative"]]
    if any(value is not None for value in mrd):
        remission = [negative for negative, value in zip(mrd, best, strict=True) if value in ("CR", "CRi")]
        known = [negative for negative in remission if negative is not None]
        for name, among in (("", mrd), ("/remission", remission), ("/assessed", known)):
            shown = f"{stem}/mrd_negative{name}"
            yield from recompute_share(shown, among.count(True), len(among), conf_level=conf_level, wilson=True)


def _by_factor(subjects: pd.DataFrame, factors: Sequence[str], conf_level: float) -> Iterator[Recomputed]:
    if not subjects["best_response"].notna().any():
        return
    responded = subjects["best_response"].isin(_RATES["orr"]).to_numpy(dtype=bool)
    chosen = [factor for factor in factors if factor not in _OUTCOMES]
    yield from compare_shares(
        subjects, chosen, responded, shares="efficacy/response/orr", stem="efficacy/response", conf_level=conf_level
    )


def compare_shares(
    subjects: pd.DataFrame, factors: Sequence[str], happened: np.ndarray, *, shares: str, stem: str, conf_level: float
) -> Iterator[Recomputed]:
    """Recompute a share in every level of the factors, the differences from the first level, and Fisher's tests.

    Parameters
    ----------
    subjects : DataFrame
    factors : sequence of str
        One with fewer than two levels among the patients is left out.
    happened : ndarray of bool, one a patient
    shares, stem : str
        What stands before the factor in the names of the shares, and before `risk_difference` and `test`.
    conf_level : float
    """
    tables = {}
    for factor in factors:
        codes, levels = split_levels(subjects[factor])
        if len(levels) > 1:
            counts = [(int(happened[codes == i].sum()), int((codes == i).sum())) for i in range(len(levels))]
            tables[factor] = dict(zip(levels, counts, strict=True))
    adjusted = _adjust(tables)
    for factor, table in tables.items():
        (_, reference), *others = table.items()
        for name, (n_event, n) in table.items():
            yield from recompute_share(f"{shares}/{factor}/{name}", n_event, n, conf_level=conf_level)
        for name, group in others:
            difference = f"{stem}/risk_difference/{factor}/{name}"
            yield recompute_difference(difference, group, reference, conf_level=conf_level)
        counts, own = list(table.values()), adjusted.get(factor)
        yield from recompute_fisher(f"{stem}/test/{factor}", counts, conf_level=conf_level, adjusted=own)


def _adjust(tables: Mapping[str, Mapping[str, tuple[int, int]]]) -> dict[str, dict[str, float]]:
    """Return adjusted p-values of Fisher's tests by factor; none where one of the tests cannot be counted."""
    tests = {factor: list(table.values()) for factor, table in tables.items()}
    tests = {factor: c for factor, c in tests.items() if 0 < sum(x for x, _ in c) < sum(n for _, n in c)}
    p_values = {factor: count_fisher(counts) for factor, counts in tests.items()}
    return {} if None in p_values.values() else adjust_by_hand(p_values)


def _duration(
    subjects: pd.DataFrame, parameters: Mapping[str, Any], declared: Declared | None
) -> Iterator[Recomputed]:
    course = follow_again(
        subjects,
        "dor",
        hsct_handling=parameters["hsct_handling"],
        new_therapy_handling=parameters["new_therapy_handling"],
        declared=declared,
    )
    rates = {f"efficacy/dor/rate/{months:g}m": months for months in parameters["timepoints_months"]}
    conventions = Conventions.of(parameters)
    yield from recompute_curve(course, median="efficacy/dor/median", rates=rates, conventions=conventions)
    ongoing = int(np.sum(~course.event & ~course.rival))
    yield recompute_count("efficacy/dor/ongoing", ongoing, len(course.days))
    longest = {"maximum": "efficacy/dor/observed/maximum"}
    yield from recompute_observed(course.days, longest, divisor=DAYS_PER_MONTH)
    responded = subjects["best_response"].isin(_RATES["orr"]).to_numpy(dtype=bool)
    days = subjects["response_day"].to_numpy(dtype=float, na_value=np.nan)[responded]
    names = {name: f"efficacy/time_to_response/{name}" for name in ("median", "minimum", "maximum")}
    yield from recompute_observed(days, names)


def _baseline(subjects: pd.DataFrame, factors: Sequence[str]) -> Iterator[Recomputed]:
    """Recount the levels of the factors, in all patients and by response where there are both kinds."""
    responded = subjects["best_response"].isin(_RATES["orr"]).to_numpy(dtype=bool)
    groups = {"": np.ones(len(subjects), dtype=bool)}
    if responded.any() and not responded.all():
        groups |= {"response/": responded, "nonresponse/": ~responded}
    for factor in factors:
        if factor in _OUTCOMES or f"{factor}_value" in subjects or not subjects[factor].notna().any():
            continue
        codes, levels = split_levels(subjects[factor])
        for prefix, group in groups.items():
            for i, name in enumerate(levels):
                if name not in _NOT_LEVELS:
                    counts = int(np.sum((codes == i) & group)), int(np.sum((codes >= 0) & group))
                    yield recompute_count(f"efficacy/baseline/{prefix}{factor}/{name}", *counts)
