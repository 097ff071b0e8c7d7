"""Timelines of adverse events: when each patient had them, how severe they were, and what was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas
from cartcohort.present.figures.lanes import AXIS, choose_lanes, lane_axes, mark, mark_keys, sampling_note
from cartcohort.present.figures.legend import Key, legend_height, write_legend
from cartcohort.present.format import EN_DASH, format_days, format_whole
from cartcohort.present.narrative import count_noun, describe_parts
from cartcohort.present.tables import Cell, Column, Row, build_table, write_csv

_LANE, _BAR, _DIGIT = 18.0, 0.4, 9.0
_START = -1.0
_BESIDE = 0.56
"""How far apart marks of one day stand, in lanes."""
_DRAWN = "Numbers: worst grade of the episode"
_COLUMNS = ("subject", "term", "grade", "onset", "resolution", "death")


def plot_timeline(
    events: pd.DataFrame,
    *,
    id: str,
    title: str,
    marks: pd.DataFrame | None = None,
    x_label: str = "Day (treatment on day 0)",
    note: str = "",
) -> Figure | Notice:
    """Draw a lane a patient with events as bars from onset to resolution, the grade before each bar.

    Parameters
    ----------
    events : DataFrame
        One row an event: `subject`, `term` (Categorical or text; each a colour), `grade`
        (1-5), `onset` and `resolution` (days), and where wanted `death` (the day on which the patient died while it
        lasted). An event without either runs to the end of the axis.
    id, title, x_label, note : str
    marks : DataFrame, optional
        `subject`, `time`, `mark`: treatments given, each kind with its own marker.

    Returns
    -------
    Figure, or Notice without an event

    Notes
    -----
    Patients are ordered by their first onset; terms that a patient had both stand one below the other. Of more
    than 60 patients 60 are drawn, and the figure says so.
    """
    known = _prepared(events)
    if known.empty:
        return Notice(f"{title}: there is no event to draw.")
    order = _by_first_onset(known)
    drawn = choose_lanes(order)["subject"].tolist()
    sampled = sampling_note(len(drawn), len(order), "first onset")
    terms = list(dict.fromkeys(known["term"].sort_values(kind="stable").astype(str)))
    marks = _marks_of(marks, drawn)
    kinds = list(dict.fromkeys(marks["mark"]))
    looks = dict(zip(kinds, style.mark_styles(kinds), strict=True))
    colors = {term: style.SYNDROMES.get(term, style.group_style(place).color) for place, term in enumerate(terms)}
    keys = [*(Key(term, color) for term, color in colors.items()), *mark_keys(looks)]
    top = legend_height(keys, width=style.NARROW) + 4
    rows = known[known["subject"].isin(drawn)]
    end = _end(rows, marks)
    with style.drawing_style(id):
        canvas = Canvas(height=top + _LANE * len(drawn) + AXIS, width=style.NARROW)
        write_legend(canvas, keys, width=style.NARROW)
        axes = lane_axes(canvas, drawn, top=top, end=end, x_label=x_label, lane=_LANE, start=_START)
        placed = _placed(rows, drawn, terms)
        _draw_bars(axes, placed, colors, end)
        first = placed.groupby("subject")["middle"].min()
        for one in _spread(marks).itertuples():
            mark(axes, one.time, first[one.subject] + one.shift, looks[one.mark], role="mark")
        return canvas.finish(
            id=id,
            title=title,
            description=describe_parts([count_noun(len(order), "patient"), *_counts(known, terms), sampled]),
            csv=write_csv(_COLUMNS, rows[list(_COLUMNS)].itertuples(index=False)),
            table=_table(rows, id, title),
            note=describe_parts([note, _DRAWN, sampled]),
        )


def _prepared(events: pd.DataFrame) -> pd.DataFrame:
    """Return the events with onset and grade, their numbers as plain floats (a study's are nullable integers)."""
    known = events[events["onset"].notna() & events["grade"].notna()].copy()
    known["subject"] = known["subject"].astype(str)
    known["death"] = known.get("death", np.nan)
    for name in ("onset", "resolution", "death", "grade"):
        known[name] = known[name].to_numpy(dtype=float, na_value=np.nan)
    return known


def _by_first_onset(known: pd.DataFrame) -> pd.DataFrame:
    return known.groupby("subject")["onset"].min().reset_index().sort_values(["onset", "subject"])


def _marks_of(marks: pd.DataFrame | None, drawn: Sequence[str]) -> pd.DataFrame:
    if marks is None or marks.empty:
        return pd.DataFrame(columns=["subject", "time", "mark"])
    known = marks.dropna(subset=["subject", "time", "mark"])
    known = known.assign(subject=known["subject"].astype(str), mark=known["mark"].astype(str))
    return known[known["subject"].isin(drawn)]


def _spread(marks: pd.DataFrame) -> pd.DataFrame:
    """Return the marks with their shifts from the bar: those of one patient and day stand one below the other."""
    days = marks.groupby(["subject", "time"])["mark"]
    return marks.assign(shift=(days.cumcount() - (days.transform("size") - 1) / 2) * _BESIDE)


def _end(rows: pd.DataFrame, marks: pd.DataFrame) -> float:
    times = np.concatenate(
        [rows["onset"] + 1, rows["resolution"], rows["death"], marks["time"].to_numpy(dtype=float)]
    )
    return float(max(np.nanmax(times), 1.0)) * 1.04


def _placed(rows: pd.DataFrame, drawn: Sequence[str], terms: Sequence[str]) -> pd.DataFrame:
    """Return the events with the middle of their bar: that of the lane, or of the term's part of it."""
    rows = rows.assign(term=rows["term"].astype(str))
    had = {subject: sorted(own.unique(), key=terms.index) for subject, own in rows.groupby("subject")["term"]}
    middles = []
    for subject, term in zip(rows["subject"], rows["term"], strict=True):
        below = had[subject].index(term) - (len(had[subject]) - 1) / 2
        middles.append(drawn.index(subject) + below * 0.9 / max(len(terms), 2))
    return rows.assign(middle=middles)


def _draw_bars(axes: Axes, rows: pd.DataFrame, colors: Mapping[str, str], end: float) -> None:
    for event in rows.itertuples():
        color = colors[event.term]
        last = event.death if pd.isna(event.resolution) else event.resolution
        until = end if pd.isna(last) else max(float(last), event.onset + 0.4)
        axes.barh(event.middle, until - event.onset, left=event.onset, height=_BAR, color=color, linewidth=0,
                  gid=f"class grade-{int(event.grade)}")  # fmt: skip
        axes.annotate(format_whole(event.grade), (event.onset, event.middle), xytext=(-2, -3.2),
                      textcoords="offset points", ha="right", fontsize=_DIGIT, gid="class grade")  # fmt: skip
        if pd.isna(last):
            axes.plot(end, event.middle, marker=">", color=color, markersize=5, clip_on=False)


def _counts(known: pd.DataFrame, terms: Sequence[str]) -> list[str]:
    said = []
    for term in terms:
        own = known[known["term"].astype(str) == term]
        onset = np.median(own["onset"].astype(float))
        said.append(f"{term}: {count_noun(len(own), 'event')}, worst grade {int(own['grade'].max())}, "
                    f"median onset day {format_days(onset)}")  # fmt: skip
    return said


def _table(rows: pd.DataFrame, id: str, title: str) -> Table | Notice:
    headers = ("Patient", "Event", "Grade", "Onset, day", "Resolution, day")
    columns = [Column(header, number=header.endswith("day")) for header in headers]
    written = []
    for event in rows.itertuples():
        onset = Cell(format_days(event.onset), (event.onset,))
        written.append(Row((event.subject, str(event.term), format_whole(event.grade), onset, _end_cell(event))))
    return build_table(id=f"{id}-numbers", caption=f"{title}: numbers", columns=columns, rows=written)


def _end_cell(event: Any) -> Cell:
    """Return the day of resolution; where none is recorded, what is known instead as a footnote."""
    if pd.notna(event.resolution):
        return Cell(format_days(event.resolution), (event.resolution,))
    died = f"; died on day {format_days(event.death)}" if pd.notna(event.death) else ""
    return Cell(EN_DASH, (None,), note=f"no recorded end{died}")
