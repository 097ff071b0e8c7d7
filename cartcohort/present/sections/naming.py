"""Reading the names of results: which endpoints, factors and levels they hold, and the words for them."""

from __future__ import annotations

from collections.abc import Mapping

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.vocabulary import DAYS_ZERO, within_sentence, words_of

_READINGS = {
    "censor": "Follow-up ends at a later {}, so the estimates are those of a world without it.",
    "event": "A later {} counts as an event, so every endpoint ends with it too and is not that of its name alone.",
    "competing": (
        "A later {} competes with every endpoint: a rate is the share without the event, whether or not the patients "
        "had that treatment, and tests and hazard ratios are cause-specific."
    ),
}


def parts_after(results: ResultSet, prefix: str) -> list[str]:
    """Return the next part of every name that starts with `prefix/`, each once, in order (levels: `levels_after`)."""
    start = f"{prefix}/"
    return list(dict.fromkeys(name[len(start) :].split("/")[0] for name in results if name.startswith(start)))


def levels_after(results: ResultSet, prefix: str) -> dict[str, Result]:
    """Return the results whose name starts with `prefix/`, by the rest of it: a level may hold any character."""
    start = f"{prefix}/"
    return {name.removeprefix(start): result for name, result in results.items() if name.startswith(start)}


def abbreviate(endpoint: str) -> str:
    """Return the abbreviation of an endpoint's name, "OS"."""
    return words_of(endpoint).abbreviation


def spell_out(endpoint: str) -> str:
    """Return an endpoint in words, "overall survival"."""
    return words_of(endpoint).words


def treated(day_zero: str) -> str:
    """Return "infused" or "transplanted", by what day 0 is in the study."""
    return DAYS_ZERO[day_zero][1]


def name_origin(day_zero: str, origin: str) -> str:
    """Return what OS, PFS and EFS count from: "first infusion", "transplant", or, by the parameter, "enrolment"."""
    return "enrolment" if origin == "enrollment" else DAYS_ZERO[day_zero][0]


def time_zero(endpoint: str, origin: str) -> str:
    """Return what an endpoint counts from, in words; `origin` is what those count from that not from response do."""
    return words_of(endpoint).since or origin


def event_free(endpoint: str) -> str:
    """Return what those are who had no event of an endpoint, "alive"; "event-free" for one of a study's own."""
    return words_of(endpoint).event_free


def months_from(endpoint: str, origin: str) -> str:
    """Return the label of an endpoint's time axis, "Months since first infusion"."""
    return f"Months since {time_zero(endpoint, origin)}"


def say_readings(*, hsct_handling: str, new_therapy_handling: str) -> list[str]:
    """Say what a later transplant or new therapy does to the endpoints, where it is not ignored."""
    handled = {"transplant": hsct_handling, "anti-leukaemia therapy": new_therapy_handling}
    return [_READINGS[reading].format(what) for what, reading in handled.items() if reading in _READINGS]


def label_of(column: str, labels: Mapping[str, str]) -> str:
    """Return the words for a column, or its name where there are none."""
    return labels.get(column, column)


def contrast_of(ratio: Result) -> str:
    """Return which levels a ratio compares, "high vs low", from its label "OS: Genetic risk: high vs low"."""
    return ratio.label.rpartition(": ")[2]


def name_contrast(label: str, *more: str) -> str:
    """Return "genetic risk (high vs low; HR 2.93)" from "Genetic risk: high vs low" and what belongs to it."""
    factor, _, levels = label.rpartition(": ")
    within = "; ".join([*([levels] if factor else []), *more])
    return f"{within_sentence(factor or levels)}{f' ({within})' if within else ''}"
