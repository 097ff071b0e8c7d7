"""What single-factor comparisons rest on: sparse groups, separation, and which of several levels differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isqrt

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice, Table
from cartcohort.present.format import format_p_clause
from cartcohort.present.narrative import capitalise, count_noun, join_words, say_number, say_ratio
from cartcohort.present.sections.naming import (
    abbreviate,
    label_of,
    name_contrast,
    parts_after,
    spell_out,
    within_sentence,
)
from cartcohort.present.tables import table_grid

_SECTION = "risk_factors"
_LEVEL = 0.05
_MOST_LEVELS = 6
"""Of a factor with more levels only the pairs with p below 0.05 are tabulated, and its levels are counted."""
_P_COLUMNS = ("Log-rank p", "p (Holm)", "p (BH)")


def table_several_levels(
    results: ResultSet, *, endpoints: Sequence[str], labels: Mapping[str, str], p_style: str
) -> list[Table | Notice]:
    """Tabulate every two levels of the factors with more than two, and the trend over all; no table without any."""
    rows = {
        capitalise(spell_out(name)): {
            line: tests
            for factor in parts_after(results, f"{_SECTION}/{name}/pairwise")
            for line, tests in _lines(results, name, factor, label_of(factor, labels))
        }
        for name in endpoints
    }
    if not any(rows.values()):
        return []
    table = table_grid(
        rows,
        id="risk-pairs",
        caption="Factors with more than two levels: every two levels, and the trend over all in their order",
        first_column="Levels",
        p_columns=_P_COLUMNS,
        p_style=p_style,
        notes=[
            "Each pair is tested on its own patients; Holm and BH (Benjamini-Hochberg) adjust over the pairs of a "
            "factor. A trend has a meaning only where the order of the levels has one.",
            *_say_left_out(results, endpoints, labels),
        ],
    )
    return [table]


def _lines(results: ResultSet, name: str, factor: str, label: str) -> list[tuple[str, dict[str, Result | None]]]:
    lines = []
    tests = _pairs(results, name, factor)
    for test in [test for test in tests if _count_levels(tests) <= _MOST_LEVELS or _below(test.p_value)]:
        shown = (test, replace(test, p_value=test.p_holm), replace(test, p_value=test.p_bh))
        lines.append((f"{label}: {_pair(test)}", dict(zip(_P_COLUMNS, shown, strict=True))))
    trend = results.get(f"{_SECTION}/{name}/trend/{factor}")
    if trend is not None:
        lines.append((f"{label}: trend over {_order(trend, tests)}", {"Log-rank p": trend}))
    return lines


def _say_left_out(results: ResultSet, endpoints: Sequence[str], labels: Mapping[str, str]) -> list[str]:
    """Say of each factor with many levels how many pairs it has, and how many have p below 0.05."""
    said = []
    for name in endpoints:
        for factor in parts_after(results, f"{_SECTION}/{name}/pairwise"):
            tests = _pairs(results, name, factor)
            if _count_levels(tests) > _MOST_LEVELS:
                raw, firm = (sum(_below(getattr(test, p)) for test in tests) for p in ("p_value", "p_holm"))
                pairs = f"{abbreviate(name)} by {within_sentence(label_of(factor, labels))}: {len(tests)} pairs"
                after = f", {say_number(firm)} after Holm" if raw else ""
                said.append(f"{pairs}, {say_number(raw)} with p below 0.05{after}.")
    only = (
        f"Of factors with more than {_MOST_LEVELS} levels only pairs with p below 0.05 are shown, before adjustment."
    )
    return [only, *said, "The file results.json holds all pairs."] if said else []


def _pairs(results: ResultSet, name: str, factor: str) -> list[Result]:
    return list(results.select(f"{_SECTION}/{name}/pairwise/{factor}/*").values())


def _count_levels(pairs: Sequence[Result]) -> int:
    """Return of how many levels these are all the pairs: k levels have k(k - 1) / 2."""
    return (1 + isqrt(1 + 8 * len(pairs))) // 2


def _below(p: float | None) -> bool:
    return p is not None and p < _LEVEL


def _pair(test: Result) -> str:
    return test.label.partition("log-rank, ")[2]


def _order(trend: Result, pairs: Sequence[Result]) -> str:
    """Return the levels in their order, or how many they are."""
    n_levels = _count_levels(pairs)
    return (
        f"the {n_levels} levels" if n_levels > _MOST_LEVELS else trend.note.rpartition("levels in their order: ")[2]
    )


def say_several_levels(results: ResultSet, name: str, labels: Mapping[str, str], p_style: str) -> list[str]:
    """Say which pairs of levels differ after Holm's adjustment, and give the trend; nothing for two levels."""
    said = []
    for factor in parts_after(results, f"{_SECTION}/{name}/pairwise"):
        tests = _pairs(results, name, factor)
        firm = [
            f"{_pair(test)} ({format_p_clause(test.p_holm, p_style=p_style)})"
            for test in tests
            if _below(test.p_holm)
        ]
        pairs = f"Of the {count_noun(len(tests), 'pair')} of levels of {within_sentence(label_of(factor, labels))}, "
        found = f"p after Holm's adjustment is below 0.05 for {join_words(firm)}" if firm else "none has p below 0.05"
        text = f"{pairs}{found}{'' if firm else ' after Holm’s adjustment'}"
        trend = results.get(f"{_SECTION}/{name}/trend/{factor}")
        if trend is not None and trend.p_value is not None:
            p = format_p_clause(trend.p_value, p_style=p_style)
            text += f"; the trend over {_order(trend, tests)} has {p}, which tells something only if that order does"
        said.append(f"{text}.")
    return said


def say_sparse(results: ResultSet, name: str, labels: Mapping[str, str], p_style: str) -> list[str]:
    """Say where groups are sparse or separated, and what then stands in for the usual test or ratio."""
    shuffled = {
        factor: results[f"{_SECTION}/{name}/permutation/{factor}"]
        for factor in parts_after(results, f"{_SECTION}/{name}/permutation")
    }
    said = []
    if shuffled:
        listed = join_words(
            [
                f"{within_sentence(label_of(factor, labels))} ({format_p_clause(test.p_value, p_style=p_style)})"
                for factor, test in shuffled.items()
            ]
        )
        bracketed = "p-value in brackets is that" if len(shuffled) == 1 else "p-values in brackets are those"
        said.append(
            f"By {listed}, fewer than five events are expected in a group, too few for the chi-squared distribution "
            f"of the log-rank test: the {bracketed} of shuffled groups."
        )
    firth = results.select(f"{_SECTION}/{name}/cox_firth/*")
    if firth:
        ratios = join_words(
            [
                f"{name_contrast(r.label.partition(': ')[2].removesuffix(', Firth'))}, {say_ratio(r)}"
                for r in firth.values()
            ]
        )
        said.append(f"Separation leaves no finite hazard ratio; Firth's penalised model gives for {ratios}.")
    return said
