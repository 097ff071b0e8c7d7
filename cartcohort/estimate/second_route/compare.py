"""Results set beside what a second route found, and whether the two agree."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cartcohort.estimate.results import Result, ResultSet

CLOSED_FORM = 1e-8
"""Largest relative difference of two routes to a formula."""

ITERATIVE = 1e-6
"""Largest relative difference of two fits that stop when they are close enough."""

_SMALLEST = 1e-6  # below it a difference counts as absolute: a statistic of 1e-17 is none
_RECORDED = ("estimate", "conf_low", "conf_high", "n", "n_event", "statistic", "df", "p_value")
_LARGEST = "largest relative difference"


@dataclass(frozen=True, kw_only=True, eq=False)
class Recomputed:
    """What a second route found of one result.

    Attributes
    ----------
    name : str
        Name of the result, with its section.
    kind : str
        What sort of result it is, in words ("Medians with limits").
    route, method : str
        Which route ("count", "statsmodels", "lifelines"), and what it did, in words.
    values : mapping of str to float, int or None
        The values found, by field of `Result`; None where the route, too, has no answer.
    tolerance : float
        Largest relative difference that is no disagreement.
    unable : str
        Why the route cannot tell; empty where it can.
    """

    name: str
    kind: str
    route: str
    method: str
    values: Mapping[str, float | int | None]
    tolerance: float = CLOSED_FORM
    unable: str = ""


def compare_routes(results: Mapping[str, Result], recomputed: Iterable[Recomputed], *, section: str) -> ResultSet:
    """Set each result beside what other routes found.

    Parameters
    ----------
    results : mapping of str to Result
        The first route's. One that it lacks, where a second route has found it, is a disagreement.
    recomputed : iterable of Recomputed
        At most one a result and route.
    section : str
        Name of the section, under which the comparisons are named.

    Returns
    -------
    ResultSet
        `<section>/self_check/<rest of the result's name>/<route>`: the fields as the second route has them, and a
        `note` that begins with "agrees", "disagrees" or "not checked", names the tolerance and the fields compared,
        and ends with the largest relative difference among them. Then `<section>/self_check/checked`, the results
        that a route could tell (`n` of which were tried), and `.../agreeing`, those in which all routes agree (of `n`
        checked), its note the largest difference of all.

    Notes
    -----
    No answer agrees with no answer and with nothing else. A route that cannot tell counts for neither side.
    """
    records: dict[str, Result] = {}
    verdicts: dict[str, list[bool]] = {}
    largest = 0.0
    for one in recomputed:
        record, difference = _compare(results.get(one.name), one)
        stem = one.name.removeprefix(f"{section}/")
        records[f"{section}/self_check/{stem}/{one.route}"] = record
        told = verdicts.setdefault(one.name, [])
        if not one.unable:
            told.append(record.note.startswith("agrees"))
            largest = max(largest, difference or 0.0)
    told = [all(verdict) for verdict in verdicts.values() if verdict]
    totals = {
        "checked": Result(
            estimate=len(told), n=len(verdicts), unit="results", label="Results recomputed by a second route"
        ),
        "agreeing": Result(
            estimate=sum(told),
            n=len(told),
            unit="results",
            note=f"{_LARGEST} {largest:.2g}",
            label="Results in which all routes agree",
        ),
    }
    return ResultSet(records) | ResultSet(totals).under(f"{section}/self_check")


def relative_difference(first: float | None, second: float | None) -> float | None:
    """Return |first - second| over the larger of the two; 0 for two non-answers, None for one beside an answer."""
    if first is None or second is None:
        return 0.0 if first is second else None
    return abs(first - second) / max(abs(first), abs(second), _SMALLEST)


def attempt(compute: Callable[[], Any]) -> tuple[Any, str]:
    """Return what a library computes, or nothing and why not.

    The run does not depend on it: a version of the library that answers otherwise is told, and fails nothing. Its
    warnings are about cases that are told apart here.
    """
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compute(), ""
    except Exception as error:
        return {}, f"the library failed ({type(error).__name__})"


def _compare(first: Result | None, second: Recomputed) -> tuple[Result, float | None]:
    """Return the record of one comparison and its largest relative difference, None without a number."""
    found = {field: value for field, value in second.values.items() if field in _RECORDED}
    label = f"{second.kind}: {second.name if first is None else first.label or second.name}, by {second.route}"
    known = {"label": label, "method": second.method, "unit": "" if first is None else first.unit}
    if second.unable:
        return Result(n=first and first.n, **known, note=f"not checked: {second.unable}"), None
    if first is None:
        return Result(**found, **known, note="disagrees: the first route has no such result"), None
    differences = {field: relative_difference(getattr(first, field), value) for field, value in second.values.items()}
    largest = max((size for size in differences.values() if size is not None), default=None)
    has_limits = found.get("conf_low") is not None or found.get("conf_high") is not None
    note = _verdict(first, second, differences) + (f"; {_LARGEST} {largest:.2g}" if largest is not None else "")
    defaults = {"n": first.n, "conf_level": first.conf_level if has_limits else None}
    return Result(**{**defaults, **found}, **known, note=note), largest


def _verdict(first: Result, second: Recomputed, differences: Mapping[str, float | None]) -> str:
    wrong = [field for field, size in differences.items() if size is None or size > second.tolerance]
    if not wrong:
        return f"agrees to {second.tolerance:g} in {', '.join(differences)}"
    said = [f"{field} is {_text(getattr(first, field))}, here {_text(second.values[field])}" for field in wrong]
    return f"disagrees: {'; '.join(said)}"


def _text(value: float | None) -> str:
    return "null" if value is None else repr(value)
