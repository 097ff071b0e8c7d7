"""What the survival section shows of endpoints in all patients."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_survival_panels
from cartcohort.present.format import format_estimate
from cartcohort.present.narrative import add_in_brackets, capitalise, count_noun, join_words, say_estimate, say_span
from cartcohort.present.sections.naming import abbreviate, months_from, parts_after, spell_out, time_zero
from cartcohort.present.tables import table_grid

Curves = Mapping[str, Mapping[str, SurvivalCurve]]


def plot_endpoints(
    curves: Curves, results: ResultSet, *, origin: str, min_at_risk: int, median_rule: str
) -> Figure | Notice:
    """Draw the endpoints in all patients, a panel a curve: those with the same one are named in its panel.

    Parameters
    ----------
    curves : mapping of str to mapping of str to SurvivalCurve
        By the name of the endpoint ("os"), all patients under one name.
    results : ResultSet
        With `survival/<e>/median`, written above each curve.
    origin, min_at_risk, median_rule
        What time zero is, and how to draw.
    """
    drawn = _drawn_once(curves)
    medians = {name: results[f"survival/{name}/median"] for name in drawn}
    notes = {name: [f"Median {say_estimate(median)}"] for name, median in medians.items()}
    for name, others in drawn.items():
        notes[name] += [f"Same curve: {join_words([spell_out(other) for other in others])}"] if others else []
    titles = {name: capitalise(spell_out(name)) for name in drawn}
    return plot_survival_panels(
        {title: curves[name] for name, title in titles.items()},
        id="survival-endpoints",
        title="Time-to-event endpoints in all patients",
        annotations={title: notes[name] for name, title in titles.items()},
        annotated=list(medians.values()),
        min_at_risk=min_at_risk,
        median_rule=median_rule,
        x_label={title: months_from(name, origin) for name, title in titles.items()},
    )


def _drawn_once(curves: Curves) -> dict[str, list[str]]:
    """Return the endpoints whose curves differ, in order, each with those of the very same curve."""
    drawn: dict[str, list[str]] = {}
    for name, levels in curves.items():
        twin = next((one for one in drawn if _are_same(curves[one], levels)), None)
        if twin is None:
            drawn[name] = []
        else:
            drawn[twin].append(name)
    return drawn


def _are_same(one: Mapping[str, SurvivalCurve], other: Mapping[str, SurvivalCurve]) -> bool:
    fields = ("time", "survival", "n_at_risk", "n_censored")
    return list(one) == list(other) and all(
        np.array_equal(getattr(one[level], field), getattr(other[level], field)) for level in one for field in fields
    )


def table_endpoints(results: ResultSet) -> Table | Notice:
    """Tabulate median, rates and restricted mean of every endpoint."""
    return table_grid(
        {"": _told_once(results)},
        id="survival-endpoints",
        caption="Endpoints in all patients: months, or percentage event-free, with confidence limits",
        first_column="Endpoint",
        notes=["RMST, restricted mean survival time: the mean time without the event within so many months."],
    )


def _told_once(results: ResultSet) -> dict[str, dict[str, Result | None]]:
    """Return a row an endpoint; those of the very same numbers share one, "Progression-free survival (PFS = EFS)"."""
    alike: dict[tuple, list[str]] = {}
    for name in parts_after(results, "survival"):
        found = _overall_statistics(results, f"survival/{name}")
        numbers = (r and (r.estimate, r.conf_low, r.conf_high, r.n_event, r.n) for r in found.values())
        alike.setdefault(tuple(zip(found, numbers, strict=True)), []).append(name)
    return {
        f"{capitalise(spell_out(first))} ({' = '.join(map(abbreviate, [first, *others]))})": _overall_statistics(
            results, f"survival/{first}"
        )
        for first, *others in alike.values()
    }


def _overall_statistics(results: ResultSet, prefix: str) -> dict[str, Result | None]:
    found = {"Median": results.get(f"{prefix}/median")}
    for rate in parts_after(results, f"{prefix}/rate"):
        found[f"At {rate.removesuffix('m')} months"] = results.get(f"{prefix}/rate/{rate}")
    for mean in parts_after(results, f"{prefix}/rmst"):
        found[f"RMST,\n{mean.removesuffix('m')} months"] = results.get(f"{prefix}/rmst/{mean}")
    return found


def describe_endpoints(results: ResultSet, *, origin: str = "first infusion") -> Sentence:
    """State median, observed range and last rate of the first two endpoints."""
    names = parts_after(results, "survival")
    said = [say_endpoint(results, name, origin=origin) for name in names[:2]]
    return Sentence(" ".join(said) or "No endpoint was asked for.")


def say_endpoint(results: ResultSet, name: str, *, origin: str = "first infusion") -> str:
    """State median, time zero, observed range, events and the last rate of one endpoint."""
    prefix = f"survival/{name}"
    median = results[f"{prefix}/median"]
    lowest, highest = results[f"{prefix}/observed/minimum"], results[f"{prefix}/observed/maximum"]
    text = f"Median {spell_out(name)} from {time_zero(name, origin)} was {say_estimate(median)}"
    if lowest.estimate is not None:
        span = say_span(format_estimate(lowest), format_estimate(highest))
        text += f", observed times of events and censorings {span} months"
    text += f", with {count_noun(median.n_event or 0, 'event')} in {count_noun(median.n or 0, 'patient')}"
    for months in parts_after(results, f"{prefix}/rate")[-1:]:
        rate = say_estimate(results[f"{prefix}/rate/{months}"])
        text += f"; the estimate at {months.removesuffix('m')} months was {rate}"
    return f"{text}."


def say_in_short(results: ResultSet, name: str, *, origin: str = "") -> str:
    """State median, events and the last rate of one endpoint in a sentence for an abstract; time zero where given."""
    prefix = f"survival/{name}"
    median = results[f"{prefix}/median"]
    since = f" from {time_zero(name, origin)}" if origin else ""
    event = "death" if name == "os" else "event"
    counts = f"{count_noun(median.n_event or 0, event)} in {count_noun(median.n or 0, 'patient')}"
    text = f"Median {spell_out(name)}{since} was {add_in_brackets(say_estimate(median), counts if median.n else '')}"
    for months in parts_after(results, f"{prefix}/rate")[-1:]:
        rate = say_estimate(results[f"{prefix}/rate/{months}"])
        if rate != say_estimate(median):
            text += f", and {spell_out(name)} at {months.removesuffix('m')} months {rate}"
    return f"{text}."
