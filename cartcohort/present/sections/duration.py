"""What a report shows of the time in response: the course of each patient, and the duration of response."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from cartcohort.estimate.results import ResultSet, SurvivalCurve
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_survival_curves, plot_swimmer
from cartcohort.present.format import format_count, format_days
from cartcohort.present.narrative import count_noun, join_words, say_estimate
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
        x_label=f"Months since {day_zero}",
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
    notes = ["Events of duration of response are relapse, progression and death from any cause."]
    first, last = (duration[f"efficacy/time_to_response/{name}"].estimate for name in ("minimum", "maximum"))
    if first is not None:
        notes.append(_say_days(format_days(first), format_days(last)))
    notes += [f"Not at risk: {exclusion_note}."] if exclusion_note else []
    return table_results(
        chosen, id="efficacy-duration", caption="How long responses last", first_column="Of responders", notes=notes
    )


def _say_days(first: str, last: str) -> str:
    if first == last:
        return f"All first responses are dated day {first}."
    return f"First responses were documented from day {first} to day {last}."


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
        f"When last seen, {format_count(ongoing.n_event or 0, ongoing.n or 0)} {verb} still in response, a crude "
        "share of patients followed for different times."
    )
    return Sentence(" ".join(said))


def _before_second_infusion(duration: ResultSet) -> list[str]:
    """Say how many responses cannot be owed to the second infusion because they came before it."""
    early = duration.get("efficacy/time_to_response/before_second_infusion")
    if early is None or not early.n:
        return []
    count = format_count(early.n_event or 0, early.n)
    return [f"Of the responders with a second infusion, {count} had responded before it."]
