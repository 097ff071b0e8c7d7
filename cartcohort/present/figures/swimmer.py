"""Swimmer plots: the course of each patient as a lane, the longest on top."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from cartcohort.present import style
from cartcohort.present.display import Figure, Notice
from cartcohort.present.figures.canvas import Canvas
from cartcohort.present.figures.lanes import AXIS, LANE, choose_lanes, lane_axes, sampling_note
from cartcohort.present.figures.legend import Key, legend_height, write_legend
from cartcohort.present.format import format_months
from cartcohort.present.narrative import count_noun, describe_parts
from cartcohort.present.tables import table_values, write_csv

_NOTE = 20.0
_BAR = 0.62
_EVENT_MARKERS = ("o", "^", "s", "D", "v", "P", "*", "d")
_END_MARKERS = {"alive": (">", "Alive at last contact"), "dead": ("X", "Death")}
_ALL = ""


@dataclass(frozen=True)
class _Course:
    """The patients drawn, with colours of groups, shades of states and markers of events in order of their keys."""

    lanes: pd.DataFrame
    spans: pd.DataFrame
    events: pd.DataFrame
    groups: dict[str, str]
    states: dict[str, float]
    markers: dict[str, tuple[str, str]]

    def color(self, lane: int) -> str:
        group = self.lanes["group"].iloc[lane]
        return self.groups.get(group, style.MUTED)

    def keys(self) -> list[Key]:
        keys = [Key(name, style.tint(color, 0.35)) for name, color in self.groups.items() if name != _ALL]
        keys += [Key(state, style.tint(style.INK, strength)) for state, strength in self.states.items()]
        keys += [Key(name, color, marker) for name, (marker, color) in self.markers.items()]
        present = set(self.lanes["status"])
        return keys + [Key(words, style.INK, m) for status, (m, words) in _END_MARKERS.items() if status in present]


def plot_swimmer(
    lanes: pd.DataFrame,
    *,
    id: str,
    title: str,
    events: pd.DataFrame | None = None,
    spans: pd.DataFrame | None = None,
    x_label: str = "Months from day 0",
) -> Figure | Notice:
    """Draw a lane a patient: follow-up and status at its end, periods such as response, events on the way.

    Parameters
    ----------
    lanes : DataFrame
        One row a patient: `subject`, `end` (time), `status` ("alive" gets an arrow, "dead" a cross), and where wanted
        `group` (colour of the lane: Categorical, or text in order of appearance).
    id, title, x_label : str
    events : DataFrame, optional
        `subject`, `time`, `event`: each kind of event has its own marker.
    spans : DataFrame, optional
        `subject`, `start`, `end`, `state`: periods drawn as a darker bar ("in response").

    Returns
    -------
    Figure, or Notice without a patient

    Notes
    -----
    Of more than 60 patients 60 are drawn, at even distances in the order of their follow-up, and the figure says so.
    """
    ordered = _ordered(lanes)
    if ordered.empty:
        return Notice(f"{title}: there is no patient to draw.")
    course = _course(choose_lanes(ordered), spans, events)
    note = sampling_note(len(course.lanes), len(ordered), "follow-up")
    keys = course.keys()
    top = legend_height(keys) + (_NOTE if note else 0)
    with style.drawing_style(id):
        canvas = Canvas(height=top + LANE * len(course.lanes) + AXIS)
        write_legend(canvas, keys)
        canvas.write(0, top - 6, note, color=style.MUTED, role="note")
        names = course.lanes["subject"].tolist()
        end = float(course.lanes["end"].max()) or 1.0
        axes = lane_axes(canvas, names, top=top, end=end * 1.03, x_label=x_label)
        _draw(axes, course)
        rows = list(_rows(course))
        return canvas.finish(
            id=id,
            title=title,
            description=describe_parts([*_counts(ordered, events), note]),
            csv=write_csv(("subject", "what", "start", "end"), rows),
            table=table_values(
                pd.DataFrame(rows, columns=["subject", "what", "start", "end"]),
                id=f"{id}-numbers",
                caption=f"{title}: numbers",
                headers={"subject": "Patient", "what": "What", "start": "From", "end": "To"},
                formats={"start": format_months, "end": format_months},
            ),
        )


def _ordered(lanes: pd.DataFrame) -> pd.DataFrame:
    known = lanes[lanes["end"].notna()].copy()
    known["subject"] = known["subject"].astype(str)
    known["end"] = known["end"].astype(float)
    if "group" not in known:
        known["group"] = _ALL
    return known.sort_values(["end", "subject"], ascending=[False, True])


def _course(lanes: pd.DataFrame, spans: pd.DataFrame | None, events: pd.DataFrame | None) -> _Course:
    spans = _of_patients(spans, lanes, ["subject", "start", "end", "state"])
    events = _of_patients(events, lanes, ["subject", "time", "event"])
    groups = _kinds(lanes["group"])
    colors = (
        [style.MUTED] if groups == [_ALL] else [look.color for look in map(style.group_style, range(len(groups)))]
    )
    kinds = _kinds(events["event"])
    markers = [(_EVENT_MARKERS[i % len(_EVENT_MARKERS)], style.group_style(i + 1).color) for i in range(len(kinds))]
    states = {state: max(0.75 - 0.25 * position, 0.25) for position, state in enumerate(_kinds(spans["state"]))}
    return _Course(
        lanes, spans, events, dict(zip(groups, colors, strict=True)), states, dict(zip(kinds, markers, strict=True))
    )


def _of_patients(frame: pd.DataFrame | None, lanes: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the complete rows of the patients drawn, with the lane of each."""
    if frame is None or frame.empty:
        return pd.DataFrame(columns=[*columns, "lane"])
    places = {subject: lane for lane, subject in enumerate(lanes["subject"])}
    own = frame[columns].dropna().copy()
    own["lane"] = own["subject"].astype(str).map(places)
    return own[own["lane"].notna()].astype({"lane": int})


def _kinds(column: pd.Series) -> list[str]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        present = set(column.dropna())
        return [kind for kind in column.cat.categories if kind in present]
    return list(dict.fromkeys(column.dropna()))


def _draw(axes: Axes, course: _Course) -> None:
    for lane, (end, status) in enumerate(zip(course.lanes["end"], course.lanes["status"], strict=True)):
        axes.barh(lane, end, height=_BAR, color=style.tint(course.color(lane), 0.3), linewidth=0, gid="class lane")
        if status in _END_MARKERS:
            _mark(axes, end, lane, _END_MARKERS[status][0], style.INK, status)
    for span in course.spans.itertuples():
        shade = style.tint(course.color(span.lane), course.states[span.state])
        axes.barh(span.lane, span.end - span.start, left=span.start, height=_BAR, color=shade, linewidth=0)
    for event in course.events.itertuples():
        marker, color = course.markers[event.event]
        _mark(axes, event.time, event.lane, marker, color, "event")


def _mark(axes: Axes, time: float, lane: int, marker: str, color: str, role: str) -> None:
    axes.plot(
        time,
        lane,
        marker=marker,
        color=color,
        markersize=6.5,
        markeredgecolor=style.PAPER,
        markeredgewidth=0.7,
        clip_on=False,
        gid=f"class {role}",
    )


def _counts(ordered: pd.DataFrame, events: pd.DataFrame | None) -> Iterator[str]:
    dead = int((ordered["status"] == "dead").sum())
    longest = format_months(ordered["end"].max())
    yield f"{count_noun(len(ordered), 'patient')}, {count_noun(dead, 'death')}, longest follow-up {longest} months"
    if events is not None:
        for kind, n in events["event"].value_counts(sort=False).items():
            yield f"{kind}: {n}"


def _rows(course: _Course) -> Iterator[tuple]:
    for lane, patient in enumerate(course.lanes.itertuples()):
        group = f" ({patient.group})" if patient.group != _ALL else ""
        yield patient.subject, f"follow-up, {patient.status}{group}", 0.0, patient.end
        for span in course.spans[course.spans["lane"] == lane].itertuples():
            yield patient.subject, span.state, span.start, span.end
        for event in course.events[course.events["lane"] == lane].itertuples():
            yield patient.subject, event.event, event.time, event.time
