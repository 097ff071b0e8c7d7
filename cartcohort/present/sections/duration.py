"""What a report shows of the time in response: the course of each patient, and the duration of response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from cartcohort.estimate.results import ResultSet, SurvivalCurve
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_survival_curves, plot_swimmer
from cartcohort.present.format import format_days
from cartcohort.present.narrative import capitalise, count_noun, join_words, say_estimate, say_share
from cartcohort.present.sections.naming import name_origin
from cartcohort.present.tables import table_results


def plot_courses(
    lanes: pd.DataFrame, *, events: pd.DataFrame, spans: pd.DataFrame, day_zero: str = "infusion"
) -> Figure | Notice:
    """Draw the course of each patient from day 0, time in response stronger than the rest of the follow-up."""
    return plot_swimmer(
        lanes,
        id="efficacy-swimmer",
        title="Course of each patient",
        events=events,
        spans=spans,
        x_label=f"Months since {name_origin(day_zero, '')}",
    )


def plot_duration(curves: Mapping[str, SurvivalCurve], duration: ResultSet, *, min_at_risk: int) -> Figure | Notice:
    """Draw the duration of response of all responders."""
    median = duration["efficacy/dor/median"]
    return plot_survival_curves(
        curves,
        id="efficacy-dor",
        title="Duration of response",
        x_label="Months since first response",
        y_label="Still in response",
        annotation=[f"Median {say_estimate(median)}"],
        medians=dict.fromkeys(curves, median.estimate),
        min_at_risk=min_at_risk,
        events="relapses, progressions or deaths",
        annotated=[median],
    )


def table_duration(duration: ResultSet, *, exclusion_note: str = "") -> Table | Notice:
    """Tabulate time to response, and duration of response with its rates."""
    chosen = duration.select("efficacy/time_to_response/median", "efficacy/dor/*")
    notes = [
        "n/N counts the events of the median (relapse, progression and death from any cause) and patients still in "
        "response."
    ]
    notes += _say_first_days(duration)
    notes += [f"Not included: {exclusion_note}."] if exclusion_note else []
    # Of rates the events are those of all times, which stand beside the median.
    rows = {
        name: replace(result, n=None, n_event=None) if "/rate/" in name else result for name, result in chosen.items()
    }
    return table_results(
        ResultSet(rows),
        id="efficacy-duration",
        caption="How long responses last",
        first_column="Of responders",
        counts="n/N",
        notes=notes,
    )


def describe_duration(duration: ResultSet) -> Sentence:
    """State when responses came, how long they lasted, and how many still last."""
    median = duration["efficacy/dor/median"]
    if not median.n:
        return Sentence("There is no responder with a known day of response, and so no duration of response.")
    first = duration["efficacy/time_to_response/median"]
    said = []
    if first.estimate:
        said.append(f"Responses were first documented after a median of {format_days(first.estimate)} days.")
    said += _before_second_infusion(duration)
    said.append(
        f"Median duration of response was {say_estimate(median)}, with {count_noun(median.n_event or 0, 'event')} in "
        f"{count_noun(median.n, 'responder')}."
    )
    known = [rate for rate in duration.select("efficacy/dor/rate/*").values() if rate.estimable]
    if known:
        shares = [f"{say_estimate(rate)} at {rate.label.removeprefix('Response lasting ')}" for rate in known]
        said.append(f"The estimated share still in response was {join_words(shares)}.")
    ongoing = duration["efficacy/dor/ongoing"]
    verb = "was" if ongoing.n_event == 1 else "were"
    said.append(
        f"When last seen, {say_share(ongoing.n_event, ongoing.n, 'responder')} {verb} still in response, a crude "
        "share of patients followed for different times."
    )
    return Sentence(" ".join(said))


def _say_first_days(duration: ResultSet) -> list[str]:
    """Say between which days first responses came, or on which day all of them."""
    known = [duration[f"efficacy/time_to_response/{name}"] for name in ("minimum", "maximum")]
    if known[0].estimate is None:
        return []
    first, last = (format_days(day.estimate) for day in known)
    if first != last:
        return [f"First responses were documented from day {first} to day {last}."]
    return [f"{'The only first response is' if known[0].n == 1 else 'All first responses are'} dated day {first}."]


def _before_second_infusion(duration: ResultSet) -> list[str]:
    """Say how many responses cannot be owed to the second infusion because they came before it."""
    early = duration.get("efficacy/time_to_response/before_second_infusion")
    if early is None or not early.n:
        return []
    share = capitalise(say_share(early.n_event, early.n, "responder"))
    return [f"{share} with a second infusion had responded before it."]
