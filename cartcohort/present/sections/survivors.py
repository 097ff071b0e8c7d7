"""What those who have survived for a while can expect: conditional survival and the hazard year by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures.conditional import plot_conditional
from cartcohort.present.figures.further import plot_further
from cartcohort.present.figures.hazard import plot_hazard
from cartcohort.present.narrative import capitalise, count_noun, join_words, say_estimate, say_of_patients
from cartcohort.present.sections.naming import (
    abbreviate,
    event_free,
    label_of,
    levels_after,
    months_from,
    parts_after,
    spell_out,
    within_sentence,
)
from cartcohort.present.tables import table_grid

_FEW = 30


def plot_starts(
    curves: Mapping[str, SurvivalCurve], *, endpoint: str, min_at_risk: int, median_rule: str
) -> Figure | Notice:
    """Draw an endpoint from time zero and, restarted, among those event-free at a later time."""
    later = [within_sentence(name) for name in list(curves)[1:]]
    title = f"{capitalise(spell_out(endpoint))} of all patients"
    if later:
        title += f", and {join_words(later)} of those {event_free(endpoint)} then"
    return plot_conditional(
        curves,
        id="survival-conditional",
        title=title,
        y_label=capitalise(event_free(endpoint)),
        min_at_risk=min_at_risk,
        median_rule=median_rule,
    )


def plot_annual_hazard(hazards: Mapping[str, Any], *, endpoint: str, origin: str) -> Figure | Notice:
    """Draw the hazard of one endpoint year by year."""
    drawn = {abbreviate(name): hazard for name, hazard in hazards.items() if name == endpoint}
    rate = "Death rate" if endpoint == "os" else f"Rate of events of {spell_out(endpoint)}"
    title = f"{rate} by year of follow-up"
    return plot_hazard(drawn, id="survival-hazard", title=title, x_label=months_from(endpoint, origin))


def table_survivors(results: ResultSet, *, given_months: float) -> Table | Notice:
    """Tabulate the chance of further months event-free for those event-free at a time."""
    rows: dict[str, dict[str, Result | None]] = {}
    for name in parts_after(results, "survival"):
        prefix = f"survival/{name}/conditional/{given_months:g}m"
        rows[f"{capitalise(spell_out(name))} ({abbreviate(name)})"] = {
            f"{further.removesuffix('m')} more months": conditional(results, f"{prefix}/{further}")
            for further in parts_after(results, prefix)
        }
    return table_grid(
        {"": rows},
        id="survival-conditional",
        caption=f"Percentage event-free for further months among those event-free at {given_months:g} months",
        first_column="Endpoint",
        notes=["Events/N: events after that time, among the patients still event-free and followed then."],
    )


def plot_further_year(results: ResultSet) -> Figure | Notice:
    """Draw how the chance of a further year changes with the time survived, for the endpoints that have it so."""
    points = {}
    for name in parts_after(results, "survival"):
        given = sorted(float(part[:-1]) for part in parts_after(results, f"survival/{name}/conditional"))
        if len(given) > 1:
            prefix = f"survival/{name}/conditional"
            points[capitalise(spell_out(name))] = {
                months: found for months in given if (found := conditional(results, f"{prefix}/{months:g}m/12m"))
            }
    return plot_further(
        points,
        id="survival-further-year",
        title="Chance of a further year without the event, by the time survived so far",
        x_label="Months survived without the event",
        y_label="Event-free 12 months later",
    )


def table_states(results: ResultSet, *, given_months: float) -> Table | Notice:
    """Tabulate what became of the patients up to a time, and of those followed beyond it."""
    rows = {}
    for name in parts_after(results, "survival"):
        prefix = f"survival/{name}/survivors/{given_months:g}m"
        rows[f"{capitalise(spell_out(name))} ({abbreviate(name)})"] = _states(results, prefix, given_months)
        for other in set(parts_after(results, "survival")) & set(parts_after(results, prefix)):
            label = f"{abbreviate(other)} of those followed beyond {given_months:g} months for {abbreviate(name)}"
            rows[label] = _states(results, f"{prefix}/{other}", given_months)
    return table_grid(
        {"": rows},
        id="survival-landmark",
        caption=f"What became of the patients: landmark at {given_months:g} months",
        first_column="Endpoint",
        counts=False,
        notes=["Numbers of patients. Those with an event at the landmark itself had it before."],
    )


def _states(results: ResultSet, prefix: str, given_months: float) -> dict[str, Result | None]:
    before = results.get(f"{prefix}/event_before")
    return {
        "Patients": None if before is None else Result(estimate=before.n, unit="patients"),
        f"Event by\n{given_months:g} months": before,
        f"No longer\nfollowed by {given_months:g}": results.get(f"{prefix}/ended_before"),
        "Event-free and\nfollowed beyond": results.get(f"{prefix}/followed"),
        "Of these,\nevent later": results.get(f"{prefix}/event_after"),
    }


def table_survivors_by_level(
    results: ResultSet, *, given_months: float, labels: Mapping[str, str], p_style: str
) -> Table | Notice:
    """Tabulate those event-free at a time by what was known before: how many there were, and what came after."""
    rows: dict[str, dict[str, dict[str, Result | None]]] = {}
    for name in parts_after(results, "survival")[:1]:
        stem = f"survival/{name}/survivors/{given_months:g}m"
        for factor in parts_after(results, f"{stem}/followed"):
            rows[capitalise(label_of(factor, labels))] = {
                level: {
                    **_level(results, f"survival/{name}", given_months, f"{factor}/{level}"),
                    "Log-rank p": None if position else results.get(f"{stem}/logrank/{factor}"),
                }
                for position, level in enumerate(levels_after(results, f"{stem}/followed/{factor}"))
            }
    return table_grid(
        rows,
        id="survival-landmark-by-level",
        caption=f"Those event-free at {given_months:g} months by what was known before: {_first_endpoint(results)}",
        first_column="Level",
        p_columns=("Log-rank p",),
        counts=False,
        p_style=p_style,
        notes=[
            "The log-rank test compares what came after the landmark only, unadjusted for other factors and for the "
            "number of tests."
        ],
    )


def _level(results: ResultSet, prefix: str, given_months: float, level: str) -> dict[str, Result | None]:
    at = f"{given_months:g}m"
    followed = results[f"{prefix}/survivors/{at}/followed/{level}"]
    exact = results.get(f"{prefix}/conditional/{at}/12m/exact/{level}")
    return {
        "Patients": Result(estimate=followed.n, unit="patients"),
        f"Event-free and\nfollowed beyond {given_months:g}": followed,
        "Event later": results.get(f"{prefix}/survivors/{at}/event_after/{level}"),
        "12 more months": exact or results.get(f"{prefix}/conditional/{at}/12m/{level}"),
    }


def _first_endpoint(results: ResultSet) -> str:
    return within_sentence(next((spell_out(name) for name in parts_after(results, "survival")), "no endpoint"))


def conditional(results: ResultSet, name: str) -> Result | None:
    """Return conditional survival; where no event came, with the exact limits and the counts of the whole group."""
    found, exact = results.get(name), results.get(f"{name}/exact")
    if found is None or exact is None:
        return found
    return replace(exact, n=found.n, n_event=found.n_event)


def describe_survivors(results: ResultSet, *, given_months: float) -> Sentence:
    """State how many were event-free at the time and what became of them, for the first two endpoints."""
    said, fewest = [], _FEW
    for name in parts_after(results, "survival")[:2]:
        key = f"survival/{name}/conditional/{given_months:g}m/12m"
        found = conditional(results, key)
        if found is None:
            continue
        if not found.n:
            said.append(f"No patient was followed beyond {given_months:g} months for {spell_out(name)}.")
            continue
        fewest = min(fewest, found.n)
        at_start = results.get(f"survival/{name}/conditional/0m/12m")
        whom = f"followed beyond {given_months:g} months for {spell_out(name)}"
        before = f"; from time zero it was {say_estimate(at_start)}" if at_start and given_months else ""
        later = say_of_patients(found.n_event or 0, found.n, whom, "had a later event", "had none later")
        exact = _say_exact(results.get(f"{key}/exact"))
        said.append(f"{later}; the chance of a further year without one was {say_estimate(found)}{exact}{before}.")
    if said and fewest < _FEW:
        said.append("With so few patients at risk after that time, the limits matter more than the estimates.")
    return Sentence(" ".join(said) or "No endpoint was asked for.")


def _say_exact(exact: Result | None) -> str:
    return f", exact limits from the {count_noun(exact.n or 0, 'patient')} still followed then" if exact else ""
