"""Sentences that are grammatical for none, one and many patients, and no surer than their numbers.

Every number goes through `present.format`, so a sentence and a table cannot disagree. Groups differ or are
associated; nothing here says that one thing caused another. An effect and its interval always stand before the
p-value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cartcohort.estimate.results import Result
from cartcohort.present.display import KeyResult, Sentence
from cartcohort.present.format import (
    format_conf_level,
    format_estimate,
    format_interval_clause,
    format_limits,
    format_percent,
    format_whole,
)

_TIME_UNITS = ("months", "days")
MOST_LEVELS = 4
"""Of a factor with more levels, only those with the lowest and the highest estimate are told."""


def join_words(words: Sequence[str], *, last: str = "and") -> str:
    """Return "a", "a and b" or "a, b, and c"; an empty text for no words."""
    *before, final = words or [""]
    if len(before) <= 1:
        return f" {last} ".join([*before, final])
    return f"{', '.join(before)}, {last} {final}"


def capitalise(text: str) -> str:
    """Return the text with a capital first letter and the rest as it is."""
    return text[:1].upper() + text[1:]


def count_noun(n: int, noun: str, plural: str = "") -> str:
    """Return "no patients", "1 patient" or "35 patients"."""
    number = format_whole(n) if n else "no"
    return f"{number} {noun}" if n == 1 else f"{number} {plural or noun + 's'}"


def say_number(n: int | None) -> str:
    """Return "none" or "27", as in "in none of 35 patients"."""
    return format_whole(n) if n else "none"


def say_share(n_event: int | None, n: int | None, noun: str = "patient") -> str:
    """Return "9 of 35 patients (25.7%)"."""
    n_event, n = n_event or 0, n or 0
    share = format_percent(n_event / n if n else None)
    return f"{say_number(n_event)} of {count_noun(n, noun)} ({share})"


def describe_parts(parts: Sequence[str]) -> str:
    """Return the parts as they are, each with one full stop; empty ones are left out."""
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def say_of_patients(n_event: int, n: int, whom: str, had: str, had_not: str) -> str:
    """Return "None of the 9 patients <whom> <had>", "4 of the 62 ...", or "The only patient <whom> <had_not>"."""
    if n == 1:
        return f"The only patient {whom} {had if n_event else had_not}"
    number = "None" if not n_event else format_whole(n_event)
    return f"{number} of the {count_noun(n, 'patient')} {whom} {had}"


def say_span(low: str, high: str) -> str:
    """Return "0.41 to 0.53", or the one value of two that print alike."""
    return low if low == high else f"{low} to {high}"


def add_in_brackets(text: str, *more: str) -> str:
    """Return the text with more in the brackets that it ends with, or in brackets of its own: "a (b; c)"."""
    added = "; ".join(part for part in more if part)
    if not added:
        return text
    return f"{text[:-1]}; {added})" if text.endswith(")") else f"{text} ({added})"


def say_estimate(result: Result) -> str:
    """Return "12.2 months (95% CI, 7.5 to NR)", "not reached (95% CI, 7.5 to NR)", or why it is not estimable."""
    limits = format_interval_clause(result)
    if result.estimate is None:
        if "not reached" in result.note:
            return "not reached" + (f" {limits}" if result.conf_low is not None else "")
        return _not_estimable(result)
    unit = f" {result.unit}" if result.unit in _TIME_UNITS else ""
    return f"{format_estimate(result)}{unit} {limits}".rstrip()


def say_levels(found: Mapping[str, Result]) -> str:
    """State the estimate of each level, of more than a few only the lowest and the highest.

    A time that is not reached is higher than any that is.
    """
    said = {level: f"{say_estimate(result)} for {level}" for level, result in found.items()}
    if len(said) <= MOST_LEVELS:
        return join_words(list(said.values()))
    known = {level: result.estimate for level, result in found.items() if result.estimate is not None}
    unreached = sum("not reached" in result.note for result in found.values() if result.estimate is None)
    if not known:
        return f"not {'reached' if unreached else 'estimable'} in any of {len(said)} groups"
    highest = f"not reached in {unreached} of {len(said)} groups" if unreached else said[max(known, key=known.get)]
    return f"between {said[min(known, key=known.get)]} and {highest}"


def say_ratio_within(result: Result, *, name: str = "") -> str:
    """Return the same as it stands within brackets, "HR 0.23; 95% CI, 0.05 to 1.01"."""
    if result.estimate is None:
        return f"{name or result.unit} not estimable"
    return f"{name or result.unit} {format_estimate(result)}; {format_interval_clause(result).strip('()')}"


def say_ratio(result: Result, *, name: str = "") -> str:
    """Return "hazard ratio 0.23 (95% CI, 0.05 to 1.01)", or why it is not estimable; `name` replaces the unit."""
    name = name or result.unit
    if result.estimate is None:
        return f"{name} {_not_estimable(result)}"
    return f"{name} {format_estimate(result)} {format_interval_clause(result)}".rstrip()


def describe_proportion(result: Result, *, had: str, noun: str = "patient") -> Sentence:
    """State how many had something: "27 of 35 patients (77.1%; 95% CI, 59.9% to 89.6%) had a response.".

    Parameters
    ----------
    result : Result
        With `n` and `n_event`.
    had : str
        Verb and object in the past tense, the same for one and many ("had a response", "relapsed").
    noun : str
        Whom, in the singular.
    """
    n, n_event = result.n or 0, result.n_event or 0
    if n == 0:
        return Sentence(f"There was no {noun} of whom to say how many {had}.")
    limits = format_limits(result)
    interval = (
        f"; {format_conf_level(result.conf_level)} CI, {limits}" if limits and result.conf_low is not None else ""
    )
    people = noun if n == 1 else f"{noun}s"
    share = format_percent(n_event / n)
    if n_event == 0:
        return Sentence(f"No {noun} {had} (0 of {format_whole(n)}, {share}{interval}).")
    if n == 1:
        return Sentence(f"The only {noun} {had}.")
    number = "One" if n_event == 1 else format_whole(n_event)
    if n_event == n:
        return Sentence(f"All {format_whole(n)} {people} {had} ({share}{interval}).")
    return Sentence(f"{number} of {format_whole(n)} {people} ({share}{interval}) {had}.")


def describe_key_result(result: Result, *, label: str = "", note: str = "") -> KeyResult:
    """Return a result as one figure of the strip at the top of a page."""
    unit = f" {result.unit}" if result.unit in _TIME_UNITS and result.estimate is not None else ""
    counts = ""
    if result.unit == "proportion" and result.n and result.n_event is not None:
        counts = f"{format_whole(result.n_event)}/{format_whole(result.n)}"
    sign = "HR " if result.unit == "hazard ratio" and result.estimate is not None else ""
    limits = format_interval_clause(result).strip("()")
    known = result.conf_low is not None or result.conf_high is not None
    notes = "; ".join(part for part in (counts, note) if part)
    return KeyResult(label or result.label, f"{sign}{format_estimate(result)}{unit}", limits if known else "", notes)


def _not_estimable(result: Result) -> str:
    reason = result.note.removeprefix("not estimable").lstrip(": ")
    return f"not estimable ({reason})" if reason else "not estimable"
