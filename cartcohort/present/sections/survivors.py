"""What those who have survived for a while can expect: conditional survival and the hazard year by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures.conditional import plot_conditional
from cartcohort.present.figures.hazard import plot_hazard
from cartcohort.present.narrative import capitalise, count_noun, say_estimate
from cartcohort.present.sections.naming import abbreviate, parts_after, spell_out
from cartcohort.present.tables import table_grid

_FEW = 30


def plot_starts(curves: Mapping[str, SurvivalCurve], *, endpoint: str, min_at_risk: int) -> Figure | Notice:
    """Draw an endpoint from time zero and, restarted, among those event-free at a later time."""
    title = f"{capitalise(spell_out(endpoint))} of all patients, and of those event-free later"
    return plot_conditional(curves, id="survival-conditional", title=title, min_at_risk=min_at_risk)


def plot_annual_hazard(hazards: Mapping[str, Any], *, endpoint: str) -> Figure | Notice:
    """Draw the hazard of one endpoint year by year."""
    drawn = {abbreviate(name): hazard for name, hazard in hazards.items() if name == endpoint}
    title = f"Hazard of the events of {spell_out(endpoint)}, year by year"
    return plot_hazard(drawn, id="survival-hazard", title=title, x_label="Months since time zero")


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
        said.append(
            f"Of {count_noun(found.n, 'patient')} followed beyond {given_months:g} months for {spell_out(name)}, "
            f"{count_noun(found.n_event or 0, 'event')} came later; the chance of a further year without one was "
            f"{say_estimate(found)}{_say_exact(results.get(f'{key}/exact'))}."
        )
    if said and fewest < _FEW:
        said.append("With so few patients at risk after that time, the limits matter more than the estimates.")
    return Sentence(" ".join(said) or "No endpoint was asked for.")


def _say_exact(exact: Result | None) -> str:
    return f", exact limits from the {count_noun(exact.n or 0, 'patient')} still followed then" if exact else ""
