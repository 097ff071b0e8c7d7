"""What the survival section shows of endpoints by factor: curves, a table, and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_survival_panels
from cartcohort.present.format import format_p_clause
from cartcohort.present.narrative import capitalise, say_levels, say_ratio, say_ratio_within
from cartcohort.present.sections.naming import (
    abbreviate,
    contrast_of,
    event_free,
    label_of,
    levels_after,
    months_from,
    parts_after,
    spell_out,
    within_sentence,
)
from cartcohort.present.tables import REFERENCE, table_grid

Curves = Mapping[str, Mapping[str, SurvivalCurve]]
MOST_RATIOS = 2
"""Of a factor with more ratios, so more than three levels, only the test is told."""


def plot_by_factor(
    curves: Curves,
    results: ResultSet,
    *,
    factor: str,
    labels: Mapping[str, str],
    origin: str,
    min_at_risk: int,
    median_rule: str,
    p_style: str,
) -> Figure | Notice:
    """Draw endpoints by the levels of one factor, a panel each, effect and test in the corner.

    Parameters
    ----------
    curves : mapping of str to mapping of str to SurvivalCurve
        By the name of the endpoint ("os") and by level.
    results : ResultSet
        With `survival/<e>/cox/<f>/<l>` and `survival/<e>/logrank/<f>`, and `survival/<e>/rate/<m>` where known.
    factor, labels, origin, min_at_risk, median_rule, p_style
        Column, words for columns, what time zero is, and how to draw and print.
    """
    if not curves:
        return Notice("Survival by factor: no factor to compare by.")
    label = label_of(factor, labels)
    panels = {capitalise(spell_out(name)): _with_factor(levels, label) for name, levels in curves.items()}
    notes = {
        capitalise(spell_out(name)): annotate_factor(results, f"survival/{name}", factor, p_style=p_style)
        for name in curves
    }
    return plot_survival_panels(
        panels,
        id=f"survival-by-{factor}",
        title=f"Survival by {within_sentence(label)}",
        annotations=notes,
        min_at_risk=min_at_risk,
        median_rule=median_rule,
        x_label={capitalise(spell_out(name)): months_from(name, origin) for name in curves},
        annotated=annotating(results, [f"survival/{name}" for name in curves], factor),
        read={capitalise(spell_out(name)): capitalise(event_free(name)) for name in curves},
        overall={capitalise(spell_out(name)): _rates(results, name) for name in curves},
    )


def _rates(results: ResultSet, name: str) -> dict[float, float]:
    """Return the rates of an endpoint in all patients by month, those that are estimable."""
    prefix = f"survival/{name}/rate"
    found = {float(part[:-1]): results.get(f"{prefix}/{part}") for part in parts_after(results, prefix)}
    return {months: rate.estimate for months, rate in found.items() if rate and rate.estimate is not None}


def annotate_factor(results: ResultSet, prefix: str, factor: str, *, p_style: str) -> list[str]:
    """Return the lines for a plot's corner: the hazard ratio of a factor of two levels, then the log-rank p-value."""
    ratios = results.select(f"{prefix}/cox/{factor}/*")
    ratio = next(iter(ratios.values())) if len(ratios) == 1 else None
    return lines_of(ratio, results.get(f"{prefix}/logrank/{factor}"), p_style=p_style)


def annotating(results: ResultSet, prefixes: Sequence[str], factor: str) -> list[Result]:
    """Return the results that `annotate_factor` makes its lines from, of all these endpoints."""
    found = []
    for prefix in prefixes:
        ratios = list(results.select(f"{prefix}/cox/{factor}/*").values())
        test = results.get(f"{prefix}/logrank/{factor}")
        found += (ratios if len(ratios) == 1 else []) + ([test] if test else [])
    return found


def lines_of(ratio: Result | None, test: Result | None, *, p_style: str) -> list[str]:
    """Return a hazard ratio and a log-rank test as lines for a plot's corner."""
    lines = [say_ratio(ratio, name="HR")] if ratio else []
    return lines + ([f"log-rank {format_p_clause(test.p_value, p_style=p_style)}"] if test else [])


def _with_factor(levels: Mapping[str, SurvivalCurve], label: str) -> dict[str, SurvivalCurve]:
    """Name levels that mean nothing alone ("yes") with their factor."""
    bare = {"yes", "no"}
    return {f"{label}: {level}" if level in bare else level: curve for level, curve in levels.items()}


def table_by_factor(
    results: ResultSet, *, endpoints: Sequence[str], factors: Sequence[str], labels: Mapping[str, str], p_style: str
) -> Table | Notice:
    """Tabulate median, last rate, hazard ratio and log-rank test by level, a block an endpoint and factor."""
    rows: dict[str, dict[str, dict[str, Result | None]]] = {}
    for name in endpoints:
        for factor in factors:
            levels = levels_after(results, f"survival/{name}/median/{factor}")
            heading = f"{abbreviate(name)} by {within_sentence(label_of(factor, labels))}"
            rows[heading] = {
                level: _level_statistics(results, f"survival/{name}", factor, level, first=not position)
                for position, level in enumerate(levels)
            }
    return table_grid(
        rows,
        id="survival-by-factor",
        caption="Endpoints by factor: median in months, percentage event-free, hazard ratio against the first level",
        first_column="Level",
        p_columns=("Log-rank p",),
        head_columns=("Log-rank p",),
        p_style=p_style,
    )


def _level_statistics(
    results: ResultSet, prefix: str, factor: str, level: str, *, first: bool
) -> dict[str, Result | None]:
    rates = parts_after(results, f"{prefix}/rate")[-1:]
    compared = first and results.select(f"{prefix}/cox/{factor}/*")
    return {
        "Median": results.get(f"{prefix}/median/{factor}/{level}"),
        **{f"At {rate[:-1]} months": results.get(f"{prefix}/rate/{rate}/{factor}/{level}") for rate in rates},
        "Hazard ratio": REFERENCE if compared else results.get(f"{prefix}/cox/{factor}/{level}"),
        "Log-rank p": results.get(f"{prefix}/logrank/{factor}") if first else None,
    }


def describe_by_factor(
    results: ResultSet, *, factors: Sequence[str], labels: Mapping[str, str], p_style: str
) -> Sentence:
    """State effect and test of the first factor on the first two endpoints, and where the others stand."""
    names = parts_after(results, "survival")[:2]
    said = []
    for name in names:
        for factor in factors[:1]:
            said += _say_factor(results, name, factor, label_of(factor, labels), p_style)
    if not said:
        return Sentence("No factor with at least two groups of patients is given to compare by.")
    if len(factors) > 1:
        said.append(
            "These comparisons are unadjusted; the risk factor section adjusts for other factors and for multiple "
            "testing."
        )
    return Sentence(" ".join(said))


def _say_factor(results: ResultSet, name: str, factor: str, label: str, p_style: str) -> list[str]:
    prefix = f"survival/{name}"
    test = results.get(f"{prefix}/logrank/{factor}")
    if test is None:
        return []
    by_level = say_levels(levels_after(results, f"{prefix}/median/{factor}"))
    p = f"log-rank {format_p_clause(test.p_value, p_style=p_style)}"
    effect = "; ".join([*say_ratios(results, prefix, factor), p])
    return [f"Median {spell_out(name)} by {within_sentence(label)} was {by_level} ({effect})."]


def say_ratios(results: ResultSet, prefix: str, factor: str) -> list[str]:
    """Return the ratios of a factor of up to three levels as they stand within brackets, Firth's of an infinite one.

    "high vs low, HR 4.28; 95% CI, 0.99 to 18.6"; of more levels the test alone is told.
    """
    ratios = results.select(f"{prefix}/cox/{factor}/*")
    said = []
    for key, ratio in ratios.items() if len(ratios) <= MOST_RATIOS else ():
        firth = results.get(key.replace("/cox/", "/cox_firth/", 1))
        told, name = (firth, "HR by Firth's method") if firth and not ratio.estimable else (ratio, "HR")
        if told.estimable:
            said.append(f"{contrast_of(ratio)}, {say_ratio_within(told, name=name)}")
    return said
