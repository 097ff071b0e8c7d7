"""The methods and conventions behind a table or figure, said once and briefly beneath it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cartcohort.estimate.results import MEDIAN_RULES, IncidenceCurve, Result, SurvivalCurve
from cartcohort.present.format import format_conf_level, group_digits
from cartcohort.present.narrative import join_words

_CARRIED = "last value carried on beyond the last follow-up"
_OF_ITS_OWN = ("median", "last value", "exact limits from")
"""Parts of a method that name what they are about."""


def methods(results: Sequence[Result]) -> list[str]:
    """Say the methods that the results name, each once.

    Parameters
    ----------
    results : sequence of Result
        A method is its name and its conventions, parted by commas ("Cox model, Efron ties, Wald limits"); several of
        one result are parted by semicolons.

    Returns
    -------
    list of str
        Sentences. Methods of one name are told together: what they share first, then what only some of them have
        ("Cox model, Efron ties, Wald limits; cause-specific where so named."). Values carried on beyond the last
        follow-up are told too.
    """
    variants: dict[str, list[list[str]]] = {}
    named = [result.method.rstrip(".").split("; ") for result in results if result.method]
    for method in dict.fromkeys(method for of_one in named for method in of_one):
        name, *parts = method.split(", ")
        variants.setdefault(name, []).append(parts)
    carried = any(_CARRIED in result.note for result in results if result.estimate is not None)
    said = [sentence for name, parts in variants.items() for sentence in _together(name, parts)]
    said += ["beyond the last follow-up the last value is carried on"] if carried else []
    return [group_digits(f"{sentence[0].upper()}{sentence[1:]}.") for sentence in said]


def _together(name: str, variants: Sequence[Sequence[str]]) -> list[str]:
    shared = [part for part in variants[0] if all(part in parts for parts in variants)]
    if not shared:
        return [", ".join([name, *parts]) for parts in variants]
    own = dict.fromkeys(", ".join(part for part in parts if part not in shared) for parts in variants)
    told = [part for part in own if part.startswith(_OF_ITS_OWN)]
    of_some = [part for part in own if part and part not in told]
    told += [f"{join_words(of_some, last='or')} where so named"] if of_some else []
    return ["; ".join([", ".join([name, *shared]), *told])]


def limits(results: Iterable[Result]) -> list[str]:
    """Say of which level the limits are, where results have any; nothing where they are of several."""
    levels = {r.conf_level for r in results if r.conf_low is not None or r.conf_high is not None} - {None}
    return [f"Limits: {format_conf_level(levels.pop())} confidence."] if len(levels) == 1 else []


def curve_conventions(
    curves: Iterable[SurvivalCurve | IncidenceCurve], annotated: Sequence[Result] = (), *, median_rule: str = ""
) -> list[str]:
    """Say how curves were estimated, the level of their limits, and the methods of results written beside them.

    `median_rule` says by which rule medians are marked on the curves, "" that none are.
    """
    drawn = [curve for curve in curves if curve.n]
    estimated = [Result(method=f"{_estimator(curve)} limits{_median_of(curve, median_rule)}") for curve in drawn]
    levels = {format_conf_level(curve.conf_level) for curve in drawn}
    said = [f"Limits: {levels.pop()} confidence at each time."] if len(levels) == 1 else []
    return [*methods([*estimated, *annotated]), *said]


def _median_of(curve: SurvivalCurve | IncidenceCurve, median_rule: str) -> str:
    """Return how the median of a survival curve that reaches 0.5 is marked, in the words of its record."""
    if not median_rule or isinstance(curve, IncidenceCurve) or curve.survival[-1] > 0.5 + 1e-9:
        return ""
    return f", median at {MEDIAN_RULES[median_rule]} 0.5"


def _estimator(curve: SurvivalCurve | IncidenceCurve) -> str:
    """Return the estimator and the scale of the limits; those of an incidence are always on the log-log scale."""
    if isinstance(curve, IncidenceCurve):
        return "Aalen-Johansen, log-log"
    return f"{curve.estimator}, {curve.conf_type}"
