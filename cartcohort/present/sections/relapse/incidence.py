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
    said = [
        f"{event} {say_estimate(results[f'relapse/{name}/{months}m'])}" for name, event in EVENTS.items() if months
    ]
    lines = [f"At {months} months:", *said] if said else []
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
    notes += [f"Not included: {exclusion_note}."] if exclusion_note else []
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
    share, months = describe_proportion(total, had="relapsed").text, last_time(results)
    if not months:
        return Sentence(share)
    cir, nrm = (results[f"relapse/{name}/{months}m"] for name in EVENTS)
    if not cir.n:
        nobody = "No patient was in CR or CRi from a known day, so the incidence of relapse is not estimated."
        return Sentence(f"{share} {nobody}" if total.n_event else nobody)
    who = "In the only patient" if cir.n == 1 else f"Among {count_noun(cir.n, 'patient')}"
    seen = f"{count_noun(cir.n_event or 0, 'relapse')} and {count_noun(nrm.n_event or 0, 'death')} without relapse"
    return Sentence(
        f"{share} {who} followed from first response, {seen} were seen; at {months} months {_say_both(cir, nrm)}."
    )


def _say_both(cir: Result, nrm: Result) -> str:
    """State both incidences, or once why there is neither."""
    if cir.estimate is None and nrm.estimate is None and cir.note == nrm.note:
        return f"both cumulative incidences are {say_estimate(cir)}"
    relapse, death = f"{say_estimate(cir)} for relapse", f"{say_estimate(nrm)} for death without relapse"
    return f"the cumulative incidence was {relapse} and {death}"


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
