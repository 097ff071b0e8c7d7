"""Results of the safety section: when CRS and ICANS begin and how long they last.

Onset and course are those of a patient's first episode, in days. An episode without a recorded end is censored on the
last day on which it can have been followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cartcohort.estimate.proportions import estimate_proportion
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.toxicity import Toxicity, find_episodes, find_first_episodes
from cartcohort.estimate.survival import estimate_quantile, estimate_survival_curve

_NO_END = "not estimable: no end of an episode is recorded"


def summarise_course(
    syndromes: Mapping[str, Toxicity], subjects: pd.DataFrame, *, conf_level: float, conf_type: str, median_rule: str
) -> ResultSet:
    """Summarise onset, duration and resolution of each syndrome's first episode.

    Parameters
    ----------
    syndromes : mapping of str to Toxicity
    subjects : DataFrame
        The patients, with the days of their follow-up.
    conf_level, conf_type, median_rule
        Conventions of the Kaplan-Meier estimates.

    Returns
    -------
    ResultSet
        `safety/{crs,icans}/{onset, duration}` (medians in days) with `.../minimum` and `.../maximum` as observed,
        `duration/resolved` (median of those with a recorded end alone), `resolution` (median day of the end, from
        first infusion) and `unresolved` (share of the episodes without a recorded end).
    """
    results = ResultSet()
    for name, toxicity in syndromes.items():
        episodes = find_first_episodes(toxicity, subjects)
        undated = int(toxicity.had.sum()) - len(episodes)
        note = f"{undated} with the event but without a day of onset left out" if undated else ""
        found = describe_observed(episodes["onset_day"], name="onset", label="onset, days from infusion", note=note)
        found |= _course(episodes, conf_level=conf_level, conf_type=conf_type, median_rule=median_rule)
        results |= found.under(f"safety/{name}", toxicity.label)
    return results


def summarise_by_infusion(
    syndromes: Mapping[str, Toxicity], subjects: pd.DataFrame, *, conf_level: float, conf_type: str, median_rule: str
) -> ResultSet:
    """Summarise onset and duration of the first episode after each infusion, counted from that infusion.

    Returns
    -------
    ResultSet
        `safety/sensitivity/{crs,icans}/{first,second}_infusion/{onset, duration}` with the observed ranges. An
        infusion without a dated episode is left out, and so are events that do not name their infusion.
    """
    results = ResultSet()
    second = subjects["second_infusion_day"].to_numpy(dtype=float, na_value=np.nan)
    starts = {"first": (1, np.zeros(len(subjects))), "second": (2, second)}
    for name, toxicity in syndromes.items():
        episodes = find_episodes(toxicity, subjects)
        for word, (infusion, start) in starts.items():
            own = _count_from(episodes[episodes["infusion"] == infusion], start)
            if own.empty:
                continue
            found = describe_observed(own["onset_day"], name="onset", label="onset, days from that infusion")
            found |= _course(own, conf_level=conf_level, conf_type=conf_type, median_rule=median_rule)
            label = f"{toxicity.label} after the {word} infusion"
            found = found.select("onset*", "duration", "duration/*imum")
            results |= found.under(f"safety/sensitivity/{name}/{word}_infusion", label)
    return results


@dataclass(frozen=True, eq=False)
class Timeline:
    """What a timeline of the first weeks shows.

    Attributes
    ----------
    episodes : DataFrame
        `subject`, `term` (Categorical), `grade`, `onset`, `resolution` (NaN without a recorded end) and `death` (the
        day on which the patient died of whom the episode was still open, else NaN).
    marks : DataFrame
        `subject`, `time`, `mark`: first doses and deaths.
    n_ungraded, n_later : int
        Dated episodes not shown: without a grade, and with an onset after the window.
    """

    episodes: pd.DataFrame
    marks: pd.DataFrame
    n_ungraded: int
    n_later: int


def arrange_timeline(
    syndromes: Mapping[str, Toxicity], subjects: pd.DataFrame, doses: Mapping[str, str], *, window_days: int = 28
) -> Timeline:
    """Arrange the episodes that begin within the first days after infusion, first doses, and deaths meanwhile.

    Parameters
    ----------
    syndromes : mapping of str to Toxicity
    subjects : DataFrame
        The patients.
    doses : mapping of str to str
        Words for a dose by its column in `subjects`.
    window_days : int
        Last day of onset, of a dose and of a death that are shown.
    """
    labels = [toxicity.label for toxicity in syndromes.values()]
    parts = [find_episodes(one, subjects).assign(term=one.label) for one in syndromes.values()]
    columns = ["patient", "term", "grade", "onset_day", "end_day", "until_day"]
    dated = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns, dtype=float)
    early = dated[dated["onset_day"] <= window_days]
    shown = early[early["grade"].notna()]
    patient = shown["patient"].to_numpy(dtype=int)
    ids = subjects["subject_id"].to_numpy(dtype=object)
    died = subjects["death_day"].to_numpy(dtype=float, na_value=np.nan)[patient] <= shown["until_day"]
    episodes = pd.DataFrame(
        {
            "subject": ids[patient],
            "term": pd.Categorical(shown["term"], categories=labels),
            "grade": shown["grade"].astype(int),
            "onset": shown["onset_day"],
            "resolution": shown["end_day"],
            "death": shown["until_day"].where(died & shown["end_day"].isna()),
        }
    )
    marks = _marks(subjects, {**doses, "death_day": "Death"}, window_days)
    return Timeline(
        episodes, marks[marks["subject"].isin(ids[patient])], len(early) - len(shown), len(dated) - len(early)
    )


def describe_observed(days: pd.Series | np.ndarray, *, name: str, label: str, note: str = "") -> ResultSet:
    """Return the median of observed days under `name`, and the range under `<name>/minimum` and `<name>/maximum`."""
    days = pd.Series(np.asarray(days, dtype=float)).dropna()
    note = note if len(days) else "not estimable: no day is known"
    known = {"n": len(days), "unit": "days", "method": "Median and range of the observed days", "note": note}
    values = {"": ("median", days.median()), "/minimum": ("minimum", days.min()), "/maximum": ("maximum", days.max())}
    return ResultSet(
        {
            f"{name}{part}": Result(estimate=value, label=f"{label}, {word}", **known)
            for part, (word, value) in values.items()
        }
    )


def _count_from(episodes: pd.DataFrame, start: np.ndarray) -> pd.DataFrame:
    """Return the first episode of each patient with its days counted from `start`, where that is known."""
    first = episodes.drop_duplicates("patient")
    shift = start[first["patient"].to_numpy(dtype=int)]
    counted = first.assign(**{name: first[name] - shift for name in ("onset_day", "end_day", "until_day")})
    return counted[counted["onset_day"].notna()]


def _course(episodes: pd.DataFrame, *, conf_level: float, conf_type: str, median_rule: str) -> ResultSet:
    ended = episodes["end_day"].notna().to_numpy()
    until = episodes["until_day"].to_numpy(dtype=float)
    lasted = until - episodes["onset_day"].to_numpy(dtype=float)
    found = describe_observed(lasted[ended], name="duration", label="duration")
    times = {"duration": ("duration, median", lasted), "resolution": ("day of resolution, median", until)}
    medians = {"duration/resolved": replace(found["duration"], label="duration where an end is recorded, median")}
    for name, (label, time) in times.items():
        median = median_time(time, ended, conf_level=conf_level, conf_type=conf_type, median_rule=median_rule)
        medians[name] = replace(median, label=label)
    unresolved = estimate_proportion(
        int(np.sum(~ended)), len(ended), conf_level=conf_level, label="without a recorded end"
    )
    return ResultSet({**found, **medians, "unresolved": unresolved})


def median_time(
    time: np.ndarray, ended: np.ndarray, *, conf_level: float, conf_type: str, median_rule: str
) -> Result:
    """Estimate a median of days by Kaplan-Meier, those not ended censored, and say how many they are."""
    if len(time) and not ended.any():
        return Result(n=len(time), n_event=0, unit="days", note=_NO_END)
    curve = estimate_survival_curve(time, ended, conf_level=conf_level, conf_type=conf_type)
    median = estimate_quantile(curve, median_rule=median_rule, unit="days")
    unresolved = int(np.sum(~ended))
    note = f"{unresolved} of {len(ended)} without a recorded end, censored" if unresolved else ""
    return replace(median, note="; ".join(part for part in (median.note, note) if part))


def _marks(subjects: pd.DataFrame, columns: Mapping[str, str], window_days: int) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"subject": subjects["subject_id"].astype(object), "time": subjects[column], "mark": words})
        for column, words in columns.items()
    ]
    marks = pd.concat(parts, ignore_index=True).dropna()
    return marks[marks["time"] <= window_days].astype({"time": float}).reset_index(drop=True)
