"""Groups compared once more: the log-rank test and Cox's model by a plain count, statsmodels and lifelines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cartcohort.estimate.second_route.compare import ITERATIVE, Recomputed, attempt
from cartcohort.estimate.second_route.curves import MOST_BY_LIFELINES, MOST_COUNTED, Conventions
from cartcohort.estimate.second_route.follow_again import Course
from cartcohort.estimate.second_route.group_table import GroupLine, count_groups, fit_two_groups, sum_logrank
from cartcohort.estimate.second_route.libraries import (
    ask_lifelines_cox,
    ask_lifelines_logrank,
    ask_phreg,
    ask_survdiff,
    no_ratios,
)
from cartcohort.estimate.second_route.risk_table import z_of

MOST_FITTED = 500
"""Patients up to whom statsmodels fits Cox models; beyond it takes seconds, and lifelines fits them."""

_TOO_MANY = f"counted up to {MOST_COUNTED} patients only"
_TOO_MANY_FITTED = f"fitted up to {MOST_FITTED} patients by statsmodels, up to {MOST_BY_LIFELINES} by lifelines"

_NO_COMPARISON = "not every group was at risk when events occurred, or all had them at once"

Split = Mapping[str, tuple[np.ndarray, list[str]]]
"""Position of each patient's level, -1 where missing, and the levels, by factor."""


def split_levels(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Return the position of each patient's level, -1 where missing, and the levels that occur, in their order."""
    coded = values.astype("category").cat.remove_unused_categories()
    return coded.cat.codes.to_numpy(), [str(level) for level in coded.cat.categories]


def split_factors(subjects: pd.DataFrame, factors: Sequence[str]) -> dict[str, tuple[np.ndarray, list[str]]]:
    """Split each factor that has two levels or more among the patients."""
    split = {factor: split_levels(subjects[factor]) for factor in factors}
    return {factor: parts for factor, parts in split.items() if len(parts[1]) > 1}


def recompute_logrank(
    course: Course,
    codes: np.ndarray,
    name: str,
    *,
    with_lifelines: bool = False,
    adjusted: Mapping[str, float] | None = None,
) -> Iterator[Recomputed]:
    """Recompute a log-rank test.

    Parameters
    ----------
    course : Course
    codes : ndarray of int, shape (n,)
        Group of each patient, 0, 1, ...; -1 for none.
    name : str
        Name of the result.
    with_lifelines : bool
        Whether lifelines computes it as well.
    adjusted : mapping, optional
        P-values adjusted over several tests by another route, to compare with.
    """
    known = {"name": name, "kind": "Log-rank tests"}
    told, codes = course.of(codes >= 0), codes[codes >= 0]
    counts = {"n": len(told.days), "n_event": int(told.event.sum())}
    counted = {**known, "route": "count", "method": "risk table by group"}
    if len(codes) <= MOST_COUNTED:
        yield Recomputed(**counted, values=sum_logrank(_lines(told, codes)) | counts | dict(adjusted or {}))
    else:
        yield Recomputed(**counted, values={}, unable=_TOO_MANY)
    routes = {"statsmodels": ("statsmodels survdiff", ask_survdiff)}
    if with_lifelines and len(codes) <= MOST_BY_LIFELINES:
        routes["lifelines"] = ("lifelines multivariate_logrank_test", ask_lifelines_logrank)
    for route, (method, ask) in routes.items():
        # What a library says of a group that is at risk at no event, or where nobody has one, is left alone.
        unable = "" if _all_at_risk(told, codes) else _NO_COMPARISON
        values, unable = ({}, unable) if unable else attempt(lambda ask=ask: ask(told, codes))
        yield Recomputed(**known, route=route, method=method, values={**values, **counts}, unable=unable)


def count_logrank_p(course: Course, codes: np.ndarray) -> float | None:
    """Return the p-value of a log-rank test by counting; None without a test, or with too many patients."""
    told = course.of(codes >= 0)
    return sum_logrank(_lines(told, codes[codes >= 0]))["p_value"] if len(told.days) <= MOST_COUNTED else None


def recompute_cox(
    course: Course,
    codes: np.ndarray,
    names: Sequence[str],
    *,
    conventions: Conventions,
    since: np.ndarray | None = None,
    with_lifelines: bool = False,
) -> Iterator[Recomputed]:
    """Recompute the hazard ratios of a factor alone.

    Parameters
    ----------
    course : Course
    codes : ndarray of int, shape (n,)
        Group of each patient, 0 for the reference; -1 for none.
    names : sequence of str
        Names of the results of groups 1, 2, ...
    conventions : Conventions
    since : ndarray of float, shape (n,), optional
        Day after which a patient of group 1 belongs to it, being of group 0 until then; always by default.
    with_lifelines : bool
        Whether lifelines fits it as well, which has Efron's ties only and none who change their group.
    """
    told, start = course.of(codes >= 0), None if since is None else since[codes >= 0]
    codes, z = codes[codes >= 0], z_of(conventions.conf_level)
    matrix = (codes[:, None] == np.arange(1, len(names) + 1)).astype(float)
    too_many = _TOO_MANY_FITTED if len(codes) > MOST_FITTED else ""
    routes: dict[str, tuple[str, Callable[[], Any], str]] = {}
    if len(names) == 1:
        routes["count"] = (
            "risk table by group",
            lambda: [fit_two_groups(_lines(told, codes, start), conventions.ties, z)],
            _TOO_MANY if len(codes) > MOST_COUNTED else "",
        )
    routes["statsmodels"] = (
        "statsmodels PHReg",
        lambda: ask_phreg(told, matrix, conventions=conventions, since=start),
        too_many,
    )
    if (with_lifelines or too_many) and _lifelines_can(len(codes), conventions) and since is None:
        routes["lifelines"] = (
            "lifelines CoxPHFitter",
            lambda: ask_lifelines_cox(told, matrix, conventions=conventions),
            "",
        )
    counts = {"n": len(told.days), "n_event": int(told.event.sum())}
    nothing = not told.event.any() or (since is None and len(np.unique(codes)) < 2)
    for route, (method, ask, unable) in routes.items():
        answers, unable = ([], unable) if unable else attempt(ask) if not nothing else (no_ratios(len(names)), "")
        for position, name in enumerate(names):
            known = {"name": name, "kind": "Hazard ratios (Cox)", "route": route, "method": method}
            values = {**answers[position], **counts} if answers else {}
            yield Recomputed(**known, values=values, tolerance=ITERATIVE, unable=unable)


def recompute_multivariable(
    course: Course, split: Split, stem: str, *, conventions: Conventions
) -> Iterator[Recomputed]:
    """Recompute the Cox model of several factors together, and its likelihood ratio test.

    Parameters
    ----------
    course : Course
    split : mapping of str to (ndarray, list of str)
    stem : str
        What stands before `multivariable/<f>/<l>` and `multivariable_test`.
    conventions : Conventions
    """
    complete = np.logical_and.reduce([codes >= 0 for codes, _ in split.values()])
    told = course.of(complete)
    columns = {
        f"{stem}/multivariable/{factor}/{level}": (codes[complete] == code).astype(float)
        for factor, (codes, levels) in split.items()
        for code, level in list(enumerate(levels))[1:]
    }
    matrix = np.column_stack(list(columns.values()))
    route, method, ask = "statsmodels", "statsmodels PHReg", ask_phreg
    if len(matrix) > MOST_FITTED and _lifelines_can(len(matrix), conventions):
        route, method, ask = "lifelines", "lifelines CoxPHFitter", ask_lifelines_cox
    answers, unable = [], _why_not_fitted(told, matrix, MOST_BY_LIFELINES if route == "lifelines" else MOST_FITTED)
    if not unable:
        answers, unable = attempt(lambda: ask(told, matrix, conventions=conventions))
    counts = {"n": len(told.days), "n_event": int(told.event.sum())}
    known = {"kind": "Multivariable Cox models", "route": route, "method": method}
    for position, name in enumerate([*columns, f"{stem}/multivariable_test"]):
        values = {**answers[position], **counts} if answers else {}
        yield Recomputed(**known, name=name, values=values, tolerance=ITERATIVE, unable=unable)


def _lifelines_can(n: int, conventions: Conventions) -> bool:
    return n <= MOST_BY_LIFELINES and conventions.ties == "efron"


def _why_not_fitted(course: Course, matrix: np.ndarray, most: int) -> str:
    if len(matrix) > most:
        return _TOO_MANY_FITTED
    if not course.event.any():
        return "there is no event"
    centred = matrix - matrix.mean(axis=0)
    return "" if np.linalg.matrix_rank(centred) == matrix.shape[1] else "a factor follows from the others"


def _lines(course: Course, codes: np.ndarray, since: np.ndarray | None = None) -> list[GroupLine]:
    start = None if since is None else since.tolist()
    return count_groups(course.days.tolist(), course.event.tolist(), codes.tolist(), since=start)


def _all_at_risk(course: Course, codes: np.ndarray) -> bool:
    """Whether there are two groups or more, every one at risk at the first event, and somebody outlived it."""
    if not course.event.any() or len(np.unique(codes)) < 2:
        return False
    first = course.days[course.event].min()
    if not np.any((course.days >= first) & ~(course.event & (course.days == first))):
        return False
    return all(np.any(course.days[codes == code] >= first) for code in np.unique(codes))
