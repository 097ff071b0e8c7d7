"""How the chance of a further year changes with the time already survived: estimates with limits on one axis."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from cartcohort.estimate.results import Result
from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.format import format_conf_level, format_interval, format_percent, format_whole
from cartcohort.present.narrative import describe_parts, say_estimate
from cartcohort.present.tables import Cell, Column, Heading, Row, build_table, limits, methods, write_csv

_LEFT, _RIGHT, _TOP, _PLOT, _AXIS, _KEY, _GAP = 44.0, 10.0, 26.0, 200.0, 44.0, 30.0, 8.0
_WIDTH = style.NARROW - _LEFT - _RIGHT
_APART = 0.9
"""Months between the marks of two groups at one time."""

Points = Mapping[str, Mapping[float, Result]]
"""By group: a proportion with its limits by the months already survived, ascending."""


def plot_further(points: Points, *, id: str, title: str, x_label: str, y_label: str) -> Figure | Notice:
    """Draw proportions against the time already survived, and how many patients each rests on below the axis.

    Parameters
    ----------
    points : mapping of str to mapping of float to Result
        By group and months; those without an estimate are left out, and a filled mark is one whose limits come from
        the curve, a hollow one one whose limits are exact because no event came.
    id, title, x_label, y_label : str

    Returns
    -------
    Figure, or Notice where no proportion is estimable
    """
    known = {
        name: estimable
        for name, results in points.items()
        if (estimable := {month: result for month, result in results.items() if result.estimate is not None})
    }
    if not known:
        return Notice(f"{title}: nobody was followed for long enough.")
    drawn = [result for results in known.values() for result in results.values()]
    looks = style.styles_of(list(known))
    times = sorted({month for results in known.values() for month in results})
    rows = 1 + len(known) * (2 if len(known) > 1 else 1)
    with style.drawing_style(id):
        canvas = Canvas(height=_TOP + _PLOT + _AXIS + rows * style.LINE_HEIGHT + 10, width=style.NARROW)
        axes = canvas.axes(left=_LEFT, top=_TOP, width=_WIDTH, height=_PLOT)
        axes.set_xlim(-3, times[-1] + 3)
        axes.set_ylim(0, 1.02)
        labelled = _labelled(axes, known, times)
        axes.set_xticks(labelled, [f"{month:g}" for month in labelled])
        levels = np.arange(6) / 5
        axes.set_yticks(levels, [format_percent(level, decimals=0) for level in levels])
        canvas.write(0, 12, y_label, size=style.TEXT)
        canvas.write(_LEFT + _WIDTH / 2, _TOP + _PLOT + 36, x_label, align="center", size=style.TEXT)
        for position, (results, look) in enumerate(zip(known.values(), looks, strict=True)):
            _draw_group(axes, results, look, shift=(position - (len(known) - 1) / 2) * _APART)
        _write_counts(canvas, known, looks, axes, labelled)
        return canvas.finish(
            id=id,
            title=title,
            description=describe_parts([_in_words(name, results) for name, results in known.items()]),
            csv=write_csv(
                ("group", "months_survived", "n", "estimate", "conf_low", "conf_high"),
                [
                    (name, month, result.n, result.estimate, result.conf_low, result.conf_high)
                    for name, results in known.items()
                    for month, result in results.items()
                ],
            ),
            table=_table(known, id, title, x_label, y_label),
            note=" ".join([*methods(drawn), *limits(drawn), *_hollow(drawn)]),
        )


def _hollow(results: list[Result]) -> list[str]:
    return ["Hollow marks: no event came."] if any(result.estimate == 1 for result in results) else []


def _draw_group(axes: Axes, results: Mapping[float, Result], look: style.GroupStyle, *, shift: float) -> None:
    x = np.array(list(results)) + shift
    y, low, high = (
        np.array([getattr(result, field) for result in results.values()], dtype=float)
        for field in ("estimate", "conf_low", "conf_high")
    )
    axes.plot(x, y, color=look.color, linestyle=look.linestyle, linewidth=1.2, gid="class rate", clip_on=False)
    gap = np.full(len(x), np.nan)
    limits = np.column_stack([x, x, gap]).ravel(), np.column_stack([low, high, gap]).ravel()
    axes.plot(*limits, color=look.color, linewidth=1.1, gid="class interval", clip_on=False)
    for marked, face in ((y < 1, look.color), (y == 1, style.PAPER)):
        axes.plot(x[marked], y[marked], color=look.color, marker=look.marker, markersize=6, linestyle="none",
                  markerfacecolor=face, clip_on=False)  # fmt: skip


def _write_counts(
    canvas: Canvas, known: Points, looks: list[style.GroupStyle], axes: Axes, labelled: list[float]
) -> None:
    y = _TOP + _PLOT + _AXIS + 11
    canvas.write(0, y, "Patients followed beyond that time", color=style.MUTED)
    first, last = axes.get_xlim()
    for (name, results), look in zip(known.items(), looks, strict=True):
        if len(known) > 1:
            y += style.LINE_HEIGHT
            canvas.key(0, y, look)
            label = wrap(name, width=canvas.width - _KEY, max_lines=1)[0]
            canvas.write(_KEY, y, label, color=look.color, bold=True, role="group")
        y += style.LINE_HEIGHT
        for month in [month for month in labelled if month in results]:
            x = _LEFT + (month - first) / (last - first) * _WIDTH
            canvas.write(x, y, format_whole(results[month].n), align="center", role="count")


def _labelled(axes: Axes, known: Points, times: list[float]) -> list[float]:
    """Return the times whose numbers have room beside each other: all, or every so many."""
    numbers = [format_whole(result.n) for results in known.values() for result in results.values()]
    needed = max(map(text_width, [*numbers, *(f"{month:g}" for month in times)])) + _GAP
    first, last = axes.get_xlim()
    step = min(np.diff(times), default=last - first) / (last - first) * _WIDTH
    return times[:: int(np.ceil(needed / step))]


def _in_words(name: str, results: Mapping[float, Result]) -> str:
    parts = [f"after {month:g} months {say_estimate(result)}" for month, result in results.items()]
    return f"{name}: {'; '.join(parts)}"


def _level(known: Points) -> str:
    """Return "95% " where all limits are of one level."""
    every = [result for results in known.values() for result in results.values()]
    levels = {format_conf_level(result.conf_level) for result in every} - {""}
    return f"{levels.pop()} " if len(levels) == 1 else ""


def _table(known: Points, id: str, title: str, x_label: str, y_label: str) -> Table | Notice:
    columns = [
        Column(x_label, number=True, csv=("months_survived",)),
        Column("Patients", number=True, csv=("n",)),
        Column(f"{y_label} ({_level(known)}CI)", number=True, csv=("estimate", "conf_low", "conf_high")),
    ]
    rows: list[Row | Heading] = []
    for name, results in known.items():
        rows += [Heading(name)]
        for month, result in results.items():
            values = (result.estimate, result.conf_low, result.conf_high)
            rows.append(
                Row(
                    (
                        Cell(f"{month:g}", (month,)),
                        Cell(format_whole(result.n), (result.n,)),
                        Cell(format_interval(result), values),
                    )
                )
            )
    return build_table(id=f"{id}-numbers", caption=f"{title}: numbers", columns=columns, rows=rows)
