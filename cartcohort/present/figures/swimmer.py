"""Swimmer plots: the course of each patient as a lane, by best response, the longest on top."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cartcohort.present import style
from cartcohort.present.display import Figure, Notice
from cartcohort.present.figures.canvas import Canvas, wrap
from cartcohort.present.figures.day_axis import DayAxis
from cartcohort.present.figures.lanes import AXIS, LANE, choose_lanes, lane_axes, mark, mark_keys, sampling_note
from cartcohort.present.figures.legend import Key, legend_height, write_legend
from cartcohort.present.format import format_months, format_whole
from cartcohort.present.narrative import capitalise, count_noun, describe_parts
from cartcohort.present.tables import table_values, write_csv

_BAR, _APART = 0.62, 0.4
_REST = style.tint(style.MUTED, 0.28)
_ENDS = {"alive": "Alive at last contact", "dead": "Death"}
_ALL = ""
_DRAWN = "One bar a patient, from day 0 to death or last contact"


@dataclass(frozen=True)
class _Course:
    """The patients drawn, each at its place, headings by theirs, colours of states and looks of marks by name."""

    lanes: pd.DataFrame
    headings: dict[float, str]
    spans: pd.DataFrame
    events: pd.DataFrame
    states: dict[str, str]
    marks: dict[str, style.MarkStyle]
    ends: dict[str, style.MarkStyle]

    def keys(self) -> list[Key]:
        keys = [Key(capitalise(state), color) for state, color in self.states.items()]
        keys += [Key("Rest of follow-up", _REST)] if keys else []
        return keys + mark_keys(self.marks) + mark_keys({_ENDS[status]: look for status, look in self.ends.items()})


def plot_swimmer(
    lanes: pd.DataFrame,
    *,
    id: str,
    title: str,
    events: pd.DataFrame | None = None,
    spans: pd.DataFrame | None = None,
    x_label: str = "Months since day 0",
) -> Figure | Notice:
    """Draw a lane a patient: follow-up and status at its end, periods such as response, events on the way.

    Parameters
    ----------
    lanes : DataFrame
        One row a patient: `subject`, `end` (time), `status` ("alive" gets an arrow, "dead" a cross), and where wanted
        `group` (lanes stand together by it: Categorical, or text in order of appearance).
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
    course = _course(choose_lanes(ordered), spans, events, sizes=ordered["group"].value_counts())
    note = sampling_note(len(course.lanes), len(ordered), "follow-up")
    keys = course.keys()
    top = legend_height(keys, width=style.NARROW)
    with style.drawing_style(id):
        canvas = Canvas(height=top + LANE * (course.lanes["place"].max() + 1) + AXIS, width=style.NARROW)
        write_legend(canvas, keys, width=style.NARROW)
        for place, heading in course.headings.items():
            text = wrap(heading, width=canvas.width, max_lines=1)[0]
            canvas.write(0, top + LANE * (place + 1) - 2, text, size=11, bold=True, role="heading")
        end = float(course.lanes["end"].max()) or 1.0
        names, places = course.lanes["subject"].tolist(), course.lanes["place"].tolist()
        axes = lane_axes(canvas, names, top=top, end=end * 1.02, x_label=x_label, places=places)
        time = DayAxis(0.0, end, month=1)
        if time.is_bent:
            time.set_on(axes)
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
            note=describe_parts([_DRAWN, note, *(time.said if time.is_bent else [])]),
        )


def _ordered(lanes: pd.DataFrame) -> pd.DataFrame:
    known = lanes[lanes["end"].notna()].copy()
    known["subject"] = known["subject"].astype(str)
    known["end"] = known["end"].astype(float)
    if "group" not in known:
        known["group"] = _ALL
    return known.sort_values(["end", "subject"], ascending=[False, True])


def _course(
    lanes: pd.DataFrame, spans: pd.DataFrame | None, events: pd.DataFrame | None, *, sizes: pd.Series
) -> _Course:
    placed, headings = _place(lanes, sizes)
    spans = _of_patients(spans, placed, ["subject", "start", "end", "state"])
    events = _of_patients(events, placed, ["subject", "time", "event"])
    shades = {state: max(0.8 - 0.25 * position, 0.3) for position, state in enumerate(_kinds(spans["state"]))}
    ends = [status for status in _ENDS if (placed["status"] == status).any()]
    kinds = _kinds(events["event"])
    return _Course(
        placed,
        headings,
        spans,
        events,
        {state: style.tint(style.GOOD, shade) for state, shade in shades.items()},
        dict(zip(kinds, style.mark_styles(kinds), strict=True)),
        dict(zip(ends, style.mark_styles([_ENDS[status] for status in ends]), strict=True)),
    )


def _place(lanes: pd.DataFrame, sizes: pd.Series) -> tuple[pd.DataFrame, dict[float, str]]:
    """Return the patients group by group, each with its place, and the headings of the groups at theirs."""
    parts, headings, place = [], {}, 0.0
    for group in _kinds(lanes["group"]):
        if group != _ALL:
            place += _APART if parts else 0
            headings[place] = f"{capitalise(str(group))} (n = {format_whole(sizes[group])})"
            place += 1
        own = lanes[lanes["group"] == group]
        parts.append(own.assign(place=place + np.arange(len(own))))
        place += len(own)
    return pd.concat(parts), headings


def _of_patients(frame: pd.DataFrame | None, lanes: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the complete rows of the patients drawn, with the place of each."""
    if frame is None or frame.empty:
        return pd.DataFrame(columns=[*columns, "place"])
    places = dict(zip(lanes["subject"], lanes["place"], strict=True))
    own = frame[columns].dropna().copy()
    own["place"] = own["subject"].astype(str).map(places)
    return own[own["place"].notna()]


def _kinds(column: pd.Series) -> list[str]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        present = set(column.dropna())
        return [kind for kind in column.cat.categories if kind in present]
    return list(dict.fromkeys(column.dropna()))


def _draw(axes: Axes, course: _Course) -> None:
    for patient in course.lanes.itertuples():
        axes.barh(patient.place, patient.end, height=_BAR, color=_REST, linewidth=0, gid="class lane")
    for span in course.spans.itertuples():
        color = course.states[span.state]
        axes.barh(span.place, span.end - span.start, left=span.start, height=_BAR, color=color, linewidth=0,
                  gid="class span")  # fmt: skip
    for patient in course.lanes[course.lanes["status"].isin(course.ends)].itertuples():
        mark(axes, patient.end, patient.place, course.ends[patient.status], role=patient.status)
    for event in course.events.itertuples():
        mark(axes, event.time, event.place, course.marks[event.event], role="event")


def _counts(ordered: pd.DataFrame, events: pd.DataFrame | None) -> Iterator[str]:
    dead = int((ordered["status"] == "dead").sum())
    longest = format_months(ordered["end"].max())
    yield f"{count_noun(len(ordered), 'patient')}, {count_noun(dead, 'death')}, longest follow-up {longest} months"
    if events is not None and len(events):
        marked = [f"{kind} {format_whole(n)}" for kind, n in events["event"].value_counts(sort=False).items()]
        yield f"Marked on the way: {', '.join(marked)}"


def _rows(course: _Course) -> Iterator[tuple]:
    for patient in course.lanes.itertuples():
        group = f" ({patient.group})" if patient.group != _ALL else ""
        yield patient.subject, f"follow-up, {patient.status}{group}", 0.0, patient.end
        for span in course.spans[course.spans["place"] == patient.place].itertuples():
            yield patient.subject, span.state, span.start, span.end
        for event in course.events[course.events["place"] == patient.place].itertuples():
            yield patient.subject, event.event, event.time, event.time
