"""The shape of the hazard: events per year of follow-up in consecutive intervals, with exact limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes

from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.format import EN_DASH, format_conf_level, format_number, format_whole
from cartcohort.present.narrative import count_noun, describe_parts
from cartcohort.present.tables import Cell, Column, Heading, Row, build_table, write_csv

_LEFT, _RIGHT, _TOP, _PLOT, _AXIS = 40.0, 14.0, 26.0, 200.0, 44.0
_PER_YEAR = 12
_KEY, _GAP = 30.0, 8.0
_COUNTED = ("Events", "Patient-years")
_HEADROOM = 1.6
"""Limits beyond this many times the highest rate are cut off with an arrow."""


class Hazard(Protocol):
    """A rate per month, constant in each interval (start, end], with the events and the months it comes from."""

    start: np.ndarray
    end: np.ndarray
    n_event: np.ndarray
    person_time: np.ndarray
    rate: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    conf_level: float


def plot_hazard(
    hazards: Mapping[str, Hazard],
    *,
    id: str,
    title: str,
    x_label: str = "Months since day 0",
    y_label: str = "Events per patient-year",
) -> Figure | Notice:
    """Draw hazards as levels with limits, and the events and patient-years of every interval below the axis.

    Parameters
    ----------
    hazards : mapping of str to Hazard
        By group, the reference first; all in the same intervals, rates per month.
    id, title, x_label, y_label : str

    Returns
    -------
    Figure, or Notice where no group has follow-up
    """
    known = {name: hazard for name, hazard in hazards.items() if np.sum(hazard.person_time) > 0}
    if not known:
        return Notice(f"{title}: there is no follow-up to draw.")
    looks = style.styles_of(list(known))
    rows = len(known) * (5 if len(known) > 1 else 4)
    edges = _edges(known)
    with style.drawing_style(id):
        width = max(style.NARROW - _LEFT - _RIGHT, (len(edges) - 1) * _widest(known))
        canvas = Canvas(height=_TOP + _PLOT + _AXIS + rows * style.LINE_HEIGHT + 6, width=width + _LEFT + _RIGHT)
        axes = canvas.axes(left=_LEFT, top=_TOP, width=width, height=_PLOT)
        axes.set_xlim(0, edges[-1])
        axes.set_xticks(edges, [f"{edge:g}" for edge in edges])
        axes.set_ylim(0, _top(known))
        axes.set_yticks(ticks := [tick for tick in axes.get_yticks() if tick <= axes.get_ylim()[1]])
        axes.set_yticklabels([f"{tick:g}" for tick in ticks])
        canvas.write(0, 12, y_label, size=style.TEXT)
        canvas.write(_LEFT + width / 2, _TOP + _PLOT + 36, x_label, align="center", size=style.TEXT)
        for position, (hazard, look) in enumerate(zip(known.values(), looks, strict=True)):
            _draw_hazard(axes, hazard, look, shift=(position + 1) / (len(known) + 1))
        _write_counts(canvas, known, looks, top=_TOP + _PLOT + _AXIS, scale=width / edges[-1])
        return canvas.finish(
            id=id,
            title=title,
            description=describe_parts([*(_in_words(name, hazard) for name, hazard in known.items())]),
            csv=write_csv(
                ("group", "from", "to", "events", "patient_years", "rate_per_year", "conf_low", "conf_high"),
                [(name, *row) for name, hazard in known.items() for row in _yearly(hazard)],
            ),
            table=_table(known, id, title, y_label),
            note=f"Events over person-time with exact Poisson limits ({format_conf_level(_level(known))}).",
        )


def _level(known: Mapping[str, Hazard]) -> float:
    return next(iter(known.values())).conf_level


def _edges(known: Mapping[str, Hazard]) -> np.ndarray:
    longest = max(known.values(), key=lambda hazard: len(hazard.end))
    return np.append(longest.start[:1], longest.end)


def _top(known: Mapping[str, Hazard]) -> float:
    rates = np.concatenate([hazard.rate for hazard in known.values()]) * _PER_YEAR
    limits = np.concatenate([hazard.conf_high for hazard in known.values()]) * _PER_YEAR
    highest = np.nanmax(rates)
    return float(min(np.nanmax(limits), max(highest * _HEADROOM, np.nanmin(limits)))) * 1.04


def _draw_hazard(axes: Axes, hazard: Hazard, look: style.GroupStyle, *, shift: float) -> None:
    top = axes.get_ylim()[1]
    for start, end, _, _, rate, low, high in _yearly(hazard):
        if not np.isfinite(rate):
            continue
        x = start + (end - start) * shift
        axes.plot(
            [start, end], [rate, rate], color=look.color, linestyle=look.linestyle, linewidth=2.0, gid="class rate"
        )
        axes.plot([x, x], [low, min(high, top)], color=look.color, linewidth=1.1, gid="class interval")
        axes.plot(x, rate, color=look.color, marker=look.marker, markersize=6, clip_on=False)
        if high > top:
            axes.plot(x, top, color=look.color, marker="^", markersize=5, clip_on=False, gid="class arrow")


def _yearly(hazard: Hazard) -> list[tuple]:
    per_year = [column * _PER_YEAR for column in (hazard.rate, hazard.conf_low, hazard.conf_high)]
    years = hazard.person_time / _PER_YEAR
    return list(zip(hazard.start, hazard.end, hazard.n_event, years, *per_year, strict=True))


def _widest(known: Mapping[str, Hazard]) -> float:
    """Return how wide an interval must be for the numbers below it."""
    texts = [text for hazard in known.values() for row in _yearly(hazard) for text in _counts(row)]
    return max(map(text_width, texts)) + _GAP


def _counts(row: tuple) -> tuple[str, str]:
    return format_whole(row[2]), format_number(row[3])


def _write_counts(
    canvas: Canvas, known: Mapping[str, Hazard], looks: Sequence[style.GroupStyle], *, top: float, scale: float
) -> None:
    """Write events and patient-years below each interval, each under a line that says which they are."""
    y = top - 4
    for (name, hazard), look in zip(known.items(), looks, strict=True):
        if len(known) > 1:
            y += style.LINE_HEIGHT
            canvas.key(0, y, look)
            label = wrap(name, width=canvas.width - _KEY, max_lines=1)[0]
            canvas.write(_KEY, y, label, color=look.color, bold=True, role="group")
        for place, counted in enumerate(_COUNTED):
            canvas.write(0, y + style.LINE_HEIGHT, counted, color=style.MUTED)
            y += 2 * style.LINE_HEIGHT
            for row in _yearly(hazard):
                x = _LEFT + (row[0] + row[1]) / 2 * scale
                canvas.write(x, y, _counts(row)[place], align="center", role=counted.lower())


def _in_words(name: str, hazard: Hazard) -> str:
    parts = [
        f"months {start:g} to {end:g}, {count_noun(int(events), 'event')} in {format_number(years)} patient-years"
        for start, end, events, years, *_ in _yearly(hazard)
    ]
    return f"{name}: {'; '.join(parts)}" if name else "; ".join(parts)


def _table(known: Mapping[str, Hazard], id: str, title: str, y_label: str) -> Table | Notice:
    columns = [Column("Months")]
    columns += [Column(header, number=True) for header in ("Events", "Patient-years")]
    level = format_conf_level(_level(known))
    columns.append(Column(f"{y_label} ({level} CI)", number=True, csv=("rate", "conf_low", "conf_high")))
    rows: list[Row | Heading] = []
    for name, hazard in known.items():
        rows += [Heading(name)] if name else []
        for start, end, events, years, rate, low, high in _yearly(hazard):
            numbers = [format_number(value, decimals=2) for value in (rate, low, high)]
            rows.append(
                Row(
                    (
                        f"{start:g}{EN_DASH}{end:g}",
                        Cell(format_whole(events), (events,)),
                        Cell(format_number(years), (years,)),
                        Cell(f"{numbers[0]} ({numbers[1]}{EN_DASH}{numbers[2]})", (rate, low, high)),
                    )
                )
            )
    return build_table(id=f"{id}-numbers", caption=f"{title}: numbers", columns=columns, rows=rows)
