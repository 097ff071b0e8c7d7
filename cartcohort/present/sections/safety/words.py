"""What the parts of the safety section say alike: what is missing, medians with their range, terms in a sentence."""

from __future__ import annotations

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice
from cartcohort.present.format import (
    EN_DASH,
    format_conf_level,
    format_estimate,
    format_interval_clause,
    format_measured_together,
    format_p_clause,
    format_value,
)
from cartcohort.present.sections.response_by_factor import in_points

SYNDROMES = {"crs": "Cytokine release syndrome", "icans": "Immune effector cell-associated neurotoxicity syndrome"}
"""The syndromes by their name in results."""

_NOT_RECORDED = "Not shown: no CRS and no ICANS is recorded for these patients. Needed would be"


def ask_for(needed: str) -> Notice:
    """Return the notice in place of what cannot be shown since neither syndrome is recorded, naming what it needs."""
    return Notice(f"{_NOT_RECORDED} {needed}.")


def present_syndromes(results: ResultSet) -> list[str]:
    """Return those of CRS and ICANS that the results hold, by their name in results."""
    return [name for name in SYNDROMES if f"safety/{name}/any" in results]


def abbreviate(syndrome: str) -> str:
    """Return "CRS" or "ICANS"."""
    return syndrome.upper()


def spell_out(syndrome: str) -> str:
    """Return "Cytokine release syndrome (CRS)"."""
    return f"{SYNDROMES[syndrome]} ({abbreviate(syndrome)})"


def cell_with_range(results: ResultSet, stem: str) -> tuple[str, tuple[float | None, ...]]:
    """Return "4 (1–9)" for a median and its observed range, and the three numbers."""
    median, low, high = (results.get(f"{stem}{part}") for part in ("", "/minimum", "/maximum"))
    if median is None or median.estimate is None:
        return EN_DASH, (None, None, None)
    return (
        f"{format_estimate(median)} ({_range(low, high, EN_DASH)})",
        tuple(result.estimate if result else None for result in (median, low, high)),
    )


def say_range(results: ResultSet, stem: str) -> str:
    """Return "range, 1 to 9" for the observed range of a result; empty where there is none."""
    low, high = (results.get(f"{stem}/{end}") for end in ("minimum", "maximum"))
    if low is None or low.estimate is None:
        return ""
    return f"range, {_range(low, high, ' to ')}"


def say_points(difference: Result) -> str:
    """Return "difference 42.9 percentage points; 95% CI, 14.5 to 63.5"."""
    points = in_points(difference)
    limits = format_interval_clause(points).strip("()")
    return f"difference {format_estimate(points)} percentage points; {limits}"


def say_shift(test: Result, p_style: str) -> str:
    """Return "shift 1370 pg/mL; 95% CI, 910 to 1990; p < 0.0001"."""
    shift, low, high = format_measured_together(test.estimate, test.conf_low, test.conf_high)
    unit = f" {test.unit}" if test.unit else ""
    limits = f"{format_conf_level(test.conf_level)} CI, {low} to {high}"
    p = format_p_clause(test.p_value, p_style=p_style)
    return f"shift {shift}{unit}; {limits}; {p}"


def _range(low: Result | None, high: Result | None, between: str) -> str:
    return between.join(format_value(result.estimate, result.unit) if result else "" for result in (low, high))
