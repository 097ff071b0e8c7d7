"""The words of a masked run: what is withheld and why, the key results, and the paragraph for the overview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cartcohort.estimate.results import Result
from cartcohort.present.disclosure.released import Released, list_withheld, outcomes_of
from cartcohort.present.display import KeyResult, Notice, Sentence, Summary
from cartcohort.present.format import format_whole
from cartcohort.present.narrative import (
    count_noun,
    describe_key_result,
    describe_proportion,
    join_words,
    say_estimate,
    say_ratio,
)

_MOST_KEYS = 6
_THUMBNAILS: Mapping[str, str] = {"survival": "survival-released"}
_RATIOS = "risk_factors/released/os/cox/*"


def announce(released: Released) -> Notice:
    """Say at the top of a page that it is masked, and how."""
    return Notice(
        f"For sharing. Nothing on this page tells of 1 to {released.k - 1} patients: every number is made from "
        f"counts of none or at least {released.k}, out of which no smaller one follows by adding or subtracting. "
        "Whatever has not been shown to be safe is withheld."
    )


def excuse(released: Released, *, something: bool) -> Notice:
    """Stand for what is withheld in one place of a page, beside `something` that is shown or alone."""
    what = "what else belongs here" if something else "what belongs here"
    return Notice(f"Withheld: {what} could tell of fewer than {released.k} patients.")


def explain(released: Released, section: str) -> list[Sentence]:
    """Say by which rules things were withheld, and which of those that could have been shown were."""
    k = released.k
    rules = (
        f"Masking (min_cell_count = {k}): a set of patients is counted only if it and the patients outside it are "
        f"none or at least {k}, and if no smaller one follows from it and the sets counted before it. A breakdown is "
        "shown whole or not at all, so that no margin tells a masked cell. Survival is a life table at times of a "
        "fixed calendar between which enough patients had an event, or none, and enough ended follow-up, or none; "
        f"hazard ratios need {released.least_events} events and as many patients without at each level. Shares, "
        "limits and tests are made from the counts that are shown. Values of single patients, ranges, measured "
        "values, other adverse events and models of several factors are always withheld."
    )
    hidden = list_withheld(released, section)
    named = [Sentence(f"Looked at and withheld here: {join_words(hidden)}.")] if hidden else []
    return [Sentence(rules), *named]


def summarise(released: Released, section: str) -> Summary:
    """Return the key results of a section and its paragraph, from what is released."""
    outcomes = outcomes_of(released, section)
    said = [
        describe_proportion(released.results[f"{section}/released/{name}"], had=released.words[name].had).text
        for name in outcomes
    ]
    keys = [describe_key_result(released.results[f"{section}/released/{name}"]) for name in outcomes]
    if section == "survival":
        last = _last_rates(released)
        said += [f"{label} at {month} months was {say_estimate(rate)}." for label, month, rate in last]
        keys += [describe_key_result(rate, label=f"{label}, {month} months") for label, month, rate in last]
    if section == "risk_factors":
        ratios = released.results.select(_RATIOS)
        said += [f"{one.label.removeprefix('Overall survival: ')}: {say_ratio(one)}." for one in ratios.values()]
        keys += [_ratio_key(one) for one in ratios.values()]
    patients = KeyResult("Patients", format_whole(released.n))  # last: the overview shows the first of them
    empty = f"Of {count_noun(released.n, 'patient')}, nothing else that belongs here can be shown."
    return Summary(
        [*keys[: _MOST_KEYS - 1], patients],
        " ".join(said or [empty]),
        thumbnail=_THUMBNAILS.get(section, "") if released.life_tables else "",
    )


def _last_rates(released: Released) -> list[tuple[str, int, Result]]:
    return [
        (table.label, month, released.results[f"survival/released/{name}/rate/{month}m"])
        for name, table in released.life_tables.items()
        for month in table.months[-1:]
    ]


def _ratio_key(ratio: Result) -> KeyResult:
    return describe_key_result(ratio, label=ratio.label.removeprefix("Overall survival: "))


def is_of_parameters(item: Any) -> bool:
    """Tell whether an exhibit shows nothing but the parameters of the run."""
    return str(getattr(item, "id", "")).endswith("-parameters")
