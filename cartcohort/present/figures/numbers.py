"""The numbers behind curves: as CSV (what is drawn), as a table (at the ticks) and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from cartcohort.present.display import Notice, Table
from cartcohort.present.figures.curve_layout import CurvePlot
from cartcohort.present.figures.level_dots import MOST_CURVES, reading_time
from cartcohort.present.figures.steps import StepLine
from cartcohort.present.format import (
    EN_DASH,
    NOT_ESTIMABLE,
    format_conf_level,
    format_months,
    format_number,
    format_percent,
    format_whole,
    shorten_months,
    shorten_number,
)
from cartcohort.present.narrative import capitalise, count_noun, describe_parts
from cartcohort.present.tables import Cell, Column, Heading, Row, build_table, write_csv

_FINEST, _MOST_ROWS = 2, 400
"""The CSV of large curves has a row wherever a curve has moved by so many percentage points, or by more where that
would be too many rows."""


def curve_csv(panels: Mapping[str, Sequence[StepLine]], *, value: str) -> str:
    """Return time, numbers at risk, events, value and limits of every curve as CSV, from time 0 on.

    Times are in thousandths of a month and values have seven significant digits: a page holds thousands of them.
    """
    header = [
        "panel",
        "group",
        "time",
        "n_at_risk",
        "events_so_far",
        "censored_so_far",
        value,
        "conf_low",
        "conf_high",
    ]
    points = _points_apart(panels)
    rows = [[panel, *row] for panel, lines in panels.items() for line in lines for row in _csv_rows(line, points)]
    if list(panels) == [""]:
        return write_csv(header[1:], [row[1:] for row in rows])
    return write_csv(header, rows)


def curve_table(
    panels: Mapping[str, Sequence[StepLine]],
    ticks: Mapping[str, np.ndarray],
    *,
    id: str,
    title: str,
    value: str,
    header: str,
) -> Table | Notice:
    """Return the table of what the curves show at the ticks of their axis; `header` says what, `value` in the CSV."""
    levels = {line.conf_level for lines in panels.values() for line in lines}
    level = f"{format_conf_level(levels.pop())} " if len(levels) == 1 else ""
    columns = [
        Column("Months", number=True, csv=("time",)),
        Column("At risk", number=True, csv=("n_at_risk",)),
        Column("Events so far", number=True, csv=("events_so_far",)),
        Column(f"{capitalise(header)} ({level}CI)", number=True, csv=(value, "conf_low", "conf_high")),
    ]
    rows: list[Row | Heading] = []
    for panel, lines in panels.items():
        for line in lines:
            heading = ": ".join(part for part in (panel, line.label) if part)
            rows += [Heading(heading)] if heading else []
            rows += _table_rows(line, ticks[panel])
    unknown = any(cell.text == NOT_ESTIMABLE for row in rows if isinstance(row, Row) for cell in row.all_cells)
    notes = ["NE, not estimable: nobody was followed so long."] if unknown else []
    return build_table(id=f"{id}-numbers", caption=f"{title}: numbers", columns=columns, rows=rows, notes=notes)


def describe_curves(
    panels: Mapping[str, Sequence[StepLine]], plots: Mapping[str, CurvePlot], *, value: str, events: str
) -> str:
    """Return what the curves show, in words: patients, events and median of each group, then the annotation."""
    parts = []
    for panel, lines in panels.items():
        medians = plots[panel].medians or [None] * len(lines)
        for line, median in zip(lines, medians, strict=True):
            # A curve alone in its panel is named by the panel.
            names = (panel,) if panel and len(lines) == 1 else (panel, line.label)
            name = ", ".join(part for part in names if part)
            said = _line_in_words(line, value, events, median, _time_of(lines, line, value))
            parts.append(f"{name}{': ' if name else ''}{said}")
        parts.append("; ".join(plots[panel].annotation).replace(":; ", ": "))
    return describe_parts(parts)


def say_thinned(panels: Mapping[str, Sequence[StepLine]]) -> str:
    """Say how much of a large curve is drawn and listed, where there is one among the curves."""
    if not any(line.is_thinned for lines in panels.values() for line in lines if len(lines) <= MOST_CURVES):
        return ""
    points = _points_apart(panels)
    return (
        "Large curves are drawn as finely as can be seen; the data behind the figure have a row wherever one has "
        f"moved by {points} percentage points."
    )


def _time_of(lines: Sequence[StepLine], line: StepLine, value: str) -> float | None:
    """Return when a line is read: where dots are drawn at their time, an incidence at its end, else not."""
    if len(lines) > MOST_CURVES:
        return reading_time(lines)
    return line.last if value != "survival" else None


def _line_in_words(line: StepLine, value: str, events: str, median: float | None, time: float | None) -> str:
    counts = f"{count_noun(line.n, 'patient')}, {count_noun(line.total_events, events.removesuffix('s'), events)}"
    if time is not None:
        (reached,), *_ = line.values_at(np.array([time]))
        known = format_percent(reached) if np.isfinite(reached) else "not estimable"
        return f"{counts}, {value} {known} at {format_months(time)} months"
    return f"{counts}, " + ("median not reached" if median is None else f"median {format_months(median)} months")


def read_median(line: StepLine, median_rule: str) -> float | None:
    """Read the median off a survival curve by the rule in force ("midpoint", "first"); None where not reached."""
    reached = np.flatnonzero(line.value <= 0.5 + 1e-9)
    if not len(reached):
        return None
    first = line.time[reached[0]]
    if median_rule == "first" or line.value[reached[0]] < 0.5 - 1e-9:
        return float(first)
    below = np.flatnonzero(line.value < 0.5 - 1e-9)
    return float(first + (line.time[below[0]] if len(below) else line.time[-1])) / 2


def _points_apart(panels: Mapping[str, Sequence[StepLine]]) -> int:
    """Return how many percentage points lie between the rows of a large curve, 100 of them over all curves."""
    n_lines = sum(map(len, panels.values()))
    return max(_FINEST, -(-100 * n_lines // _MOST_ROWS))


def _csv_rows(line: StepLine, points: int) -> Iterator[list]:
    yield [line.label, 0.0, line.n, 0, 0, line.start, line.start, line.start]
    events, censored = np.cumsum(line.n_event), np.cumsum(line.n_censored)
    for at in line.vertices(line.value, y_units=100 / points):
        point = (line.value[at], line.conf_low[at], line.conf_high[at])
        counts = (line.n_at_risk[at], events[at], censored[at])
        yield [line.label, shorten_months(line.time[at]), *counts, *map(shorten_number, point)]


def _table_rows(line: StepLine, ticks: np.ndarray) -> Iterator[Row]:
    columns = zip(ticks, line.at_risk(ticks), line.events_by(ticks), *line.values_at(ticks), strict=True)
    for time, at_risk, events, read, low, high in columns:
        # A survival curve that has reached 0 stays there, although nobody is left to follow.
        value = 0.0 if line.start and time > line.last and line.value[-1] == 0 else read
        yield Row(
            (
                Cell(format_number(time, decimals=0 if float(time).is_integer() else 2), (time,)),
                Cell(format_whole(at_risk), (at_risk,)),
                Cell(format_whole(events), (events,)),
                Cell(_with_limits(value, low, high), (value, low, high)),
            )
        )


def _with_limits(value: float, low: float, high: float) -> str:
    if not np.isfinite(value):
        return NOT_ESTIMABLE
    # Before the first event the limits meet: they would pass for certainty.
    if not np.isfinite(low) or not np.isfinite(high) or low == high:
        return format_percent(value)
    return f"{format_percent(value)} ({format_percent(low)}{EN_DASH}{format_percent(high)})"
