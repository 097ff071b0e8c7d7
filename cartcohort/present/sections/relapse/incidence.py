"""What the relapse section shows: relapse and death in remission in all responders."""

from __future__ import annotations

from collections.abc import Mapping

from cartcohort.estimate.results import IncidenceCurve, Result, ResultSet
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_incidence_curves
from cartcohort.present.narrative import capitalise, count_noun, describe_proportion, say_estimate
from cartcohort.present.sections.naming import parts_after
from cartcohort.present.tables import table_grid

EVENTS = {"cir": "Relapse", "nrm": "Death without relapse"}
"""The two events by the name of their endpoint."""

ABBREVIATIONS = {"cir": "CIR", "nrm": "NRM"}


def plot_incidence(curves: Mapping[str, IncidenceCurve], results: ResultSet, *, min_at_risk: int) -> Figure | Notice:
    """Draw the cumulative incidence of relapse and of death without relapse in one plot.

    Parameters
    ----------
    curves : mapping of str to IncidenceCurve
        By cause, relapse first.
    results : ResultSet
        With `relapse/{cir,nrm}/24m`, the last of which is written into the plot.
    min_at_risk : int
    """
    months = last_time(results)
    lines = [
        f"{ABBREVIATIONS[name]} at {months} months {say_estimate(results[f'relapse/{name}/{months}m'])}"
        for name in EVENTS
        if months
    ]
    return plot_incidence_curves(
        {capitalise(cause): curve for cause, curve in curves.items()},
        id="relapse-incidence",
        title="Relapse and death without relapse",
        annotation=lines,
        min_at_risk=min_at_risk,
        by_cause=True,
    )


def table_incidence(results: ResultSet, *, exclusion_note: str, reading: str) -> Table | Notice:
    """Tabulate both cumulative incidences at fixed times.

    Parameters
    ----------
    results : ResultSet
        With `relapse/{cir,nrm}/24m`.
    exclusion_note : str
        Who of the patients is not at risk, in words.
    reading : str
        What a later transplant is here, in words.
    """
    rows = {event_label(name): at_times(results, f"relapse/{name}") for name in EVENTS}
    notes = ["Patients in CR or CRi from first response; either event competes with the other."]
    notes += [f"Not at risk: {exclusion_note}."] if exclusion_note else []
    return table_grid(
        {"": rows},
        id="relapse-incidence",
        caption="Cumulative incidence of relapse and of death without relapse",
        first_column="Event",
        notes=[*notes, f"{reading}."],
    )


def describe_incidence(results: ResultSet) -> Sentence:
    """State how many relapsed, and both incidences at the last of the fixed times."""
    total = results["relapse/total"]
    if total.estimate is None:
        return Sentence("Relapse is not documented, so neither incidence can be told.")
    said = [describe_proportion(total, had="relapsed").text]
    months = last_time(results)
    if months:
        cir, nrm = (results[f"relapse/{name}/{months}m"] for name in EVENTS)
        said.append(
            f"Among {count_noun(cir.n or 0, 'patient')} followed from first response, "
            f"{count_noun(cir.n_event or 0, 'relapse')} and {count_noun(nrm.n_event or 0, 'death')} without relapse "
            f"were seen; at {months} months the cumulative incidence was {say_estimate(cir)} for relapse and "
            f"{say_estimate(nrm)} for death without relapse."
        )
    return Sentence(" ".join(said))


def last_time(results: ResultSet) -> str:
    """Return the last of the months at which incidences are given, "24"; "" where there are none."""
    times = [part.removesuffix("m") for part in parts_after(results, "relapse/cir")]
    return max(times, key=float, default="")


def event_label(name: str) -> str:
    """Return an endpoint as it heads a row, "Relapse (CIR)"."""
    return f"{EVENTS[name]} ({ABBREVIATIONS[name]})"


def at_times(results: ResultSet, prefix: str) -> dict[str, Result | None]:
    """Return the results at fixed times whose name starts with `prefix/`, by the heading of their column."""
    return {f"At {at.removesuffix('m')} months": results.get(f"{prefix}/{at}") for at in parts_after(results, prefix)}
