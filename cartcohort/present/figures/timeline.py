"""Timelines of adverse events: when each patient had them, how severe they were, and what was given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cartcohort.present import style
from cartcohort.present.display import Figure, Notice
from cartcohort.present.figures.canvas import Canvas
from cartcohort.present.figures.lanes import AXIS, choose_lanes, lane_axes, sampling_note
from cartcohort.present.figures.legend import Key, legend_height, write_legend
from cartcohort.present.format import format_days
from cartcohort.present.narrative import count_noun, describe_parts
from cartcohort.present.tables import table_values, write_csv

_LANE, _NOTE = 16.0, 20.0
_MARKERS = ("^", "s", "D", "v", "P", "*")
_COLUMNS = ("subject", "term", "grade", "onset", "resolution")
_HEADERS = ("Patient", "Event", "Grade", "Onset, day", "Resolution, day")
_SHADES = (0.28, 0.46, 0.66, 0.85, 1.0)


def plot_timeline(
    events: pd.DataFrame, *, id: str, title: str, marks: pd.DataFrame | None = None, x_label: str = "Days from day 0"
) -> Figure | Notice:
    """Draw a lane a patient with events as bars from onset to resolution, darker for a higher grade.

    Parameters
    ----------
    events : DataFrame
        One row an event: `subject`, `term` (Categorical or text; one hue and one strip of the lane a term), `grade`
        (1-5), `onset` and `resolution` (days). An event without resolution runs to the end of the axis.
    id, title, x_label : str
    marks : DataFrame, optional
        `subject`, `time`, `mark`: treatments given, each kind with its own marker.

    Returns
    -------
    Figure, or Notice without an event

    Notes
    -----
    Patients are ordered by their first onset. Of more than 60 patients 60 are drawn, and the figure says so.
    """
    known = _prepared(events)
    if known.empty:
        return Notice(f"{title}: there is no event to draw.")
    order = _by_first_onset(known)
    drawn = choose_lanes(order)["subject"].tolist()
    note = sampling_note(len(drawn), len(order), "first onset")
    terms = list(dict.fromkeys(known["term"].sort_values(kind="stable").astype(str)))
    marks = _marks_of(marks, drawn)
    keys = _keys(known, terms, kinds := list(dict.fromkeys(marks["mark"])))
    top = legend_height(keys) + (_NOTE if note else 0)
    rows = known[known["subject"].isin(drawn)]
    end = _end(rows, marks)
    with style.drawing_style(id):
        canvas = Canvas(height=top + _LANE * len(drawn) + AXIS)
        write_legend(canvas, keys)
        canvas.write(0, top - 6, note, color=style.MUTED, role="note")
        axes = lane_axes(canvas, drawn, top=top, end=end, x_label=x_label, lane=_LANE)
        _draw_bars(axes, rows, drawn, terms, end)
        _draw_marks(axes, marks, drawn, kinds)
        return canvas.finish(
            id=id,
            title=title,
            description=describe_parts([count_noun(len(order), "patient"), *_counts(known, terms), note]),
            csv=write_csv(_COLUMNS, rows[list(_COLUMNS)].itertuples(index=False)),
            table=table_values(
                rows.assign(grade=rows["grade"].astype(int)),
                id=f"{id}-numbers",
                caption=f"{title}: numbers",
                headers=dict(zip(_COLUMNS, _HEADERS, strict=True)),
                formats={"onset": format_days, "resolution": format_days},
            ),
        )


def _prepared(events: pd.DataFrame) -> pd.DataFrame:
    """Return the events with onset and grade, their numbers as plain floats (a study's are nullable integers)."""
    known = events[events["onset"].notna() & events["grade"].notna()].copy()
    known["subject"] = known["subject"].astype(str)
    for name in ("onset", "resolution", "grade"):
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


def _end(rows: pd.DataFrame, marks: pd.DataFrame) -> float:
    times = np.concatenate([rows["onset"] + 1, rows["resolution"], marks["time"].to_numpy(dtype=float)])
    return float(max(np.nanmax(times), 1.0)) * 1.04


def _keys(known: pd.DataFrame, terms: Sequence[str], kinds: Sequence[str]) -> list[Key]:
    keys = []
    for position, term in enumerate(terms):
        grades = sorted(set(known.loc[known["term"].astype(str) == term, "grade"].astype(int)))
        keys += [Key(f"{term} grade {grade}", _color(position, grade)) for grade in grades]
    return keys + [Key(kind, style.INK, _MARKERS[i % len(_MARKERS)], filled=False) for i, kind in enumerate(kinds)]


def _color(position: int, grade: int) -> str:
    return style.tint(style.group_style(position).color, _SHADES[int(grade) - 1])


def _draw_bars(axes: Axes, rows: pd.DataFrame, drawn: Sequence[str], terms: Sequence[str], end: float) -> None:
    strip = 0.84 / len(terms)
    lanes = {subject: lane for lane, subject in enumerate(drawn)}
    for event in rows.itertuples():
        position = terms.index(str(event.term))
        middle = lanes[event.subject] - 0.42 + strip * (position + 0.5)
        resolved = pd.notna(event.resolution)
        until = max(float(event.resolution), event.onset + 0.4) if resolved else end
        axes.barh(middle, until - event.onset, left=event.onset, height=strip * 0.9, linewidth=0,
                  color=_color(position, event.grade), gid=f"class grade-{int(event.grade)}")  # fmt: skip
        if not resolved:
            axes.plot(end, middle, marker=">", color=_color(position, event.grade), markersize=5, clip_on=False)


def _draw_marks(axes: Axes, marks: pd.DataFrame, drawn: Sequence[str], kinds: Sequence[str]) -> None:
    lanes = {subject: lane for lane, subject in enumerate(drawn)}
    for mark in marks.itertuples():
        shape = _MARKERS[kinds.index(mark.mark) % len(_MARKERS)]
        axes.plot(mark.time, lanes[mark.subject], marker=shape, markersize=6.5, color=style.INK, markeredgewidth=1.2,
                  markerfacecolor=style.PAPER, clip_on=False, gid="class mark")  # fmt: skip


def _counts(known: pd.DataFrame, terms: Sequence[str]) -> list[str]:
    said = []
    for term in terms:
        own = known[known["term"].astype(str) == term]
        onset = np.median(own["onset"].astype(float))
        said.append(f"{term}: {count_noun(len(own), 'event')}, worst grade {int(own['grade'].max())}, "
                    f"median onset day {format_days(onset)}")  # fmt: skip
    return said
