"""The hazard ratio of a group known only later over the landmarks that could have been chosen, a strip a grouping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from cartcohort.estimate.results import Result
from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.figures.legend import Key, legend_height, write_legend
from cartcohort.present.figures.placement import Box
from cartcohort.present.format import format_interval, format_p, format_ratio, format_whole
from cartcohort.present.narrative import capitalise, count_noun, describe_parts, say_span
from cartcohort.present.tables import Cell, Column, Heading, Row, build_table, limits, methods, write_csv

_TITLE, _PLOT, _COUNTS, _GAP, _AXIS = 20.0, 147.0, 34.0, 18.0, 20.0
_DAYS, _MOST_LABEL, _APART, _LEAST = "Landmark, day", 110.0, 7.0, 340.0
_LABEL, _CLOSE = 6.0, 14.0
"""Distance of the value of a line from its end, and the least distance between two such values."""
_TICKS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)
_WIDEST = 20.0
"""Limits beyond 1/20 and 20 end in an arrow unless a ratio itself lies there."""
_PLAIN = style.GroupStyle(style.MUTED, (1.4, 1.6), "s")
_TIME_DEPENDENT = style.GroupStyle(style.INK, (5.0, 2.0), "^")


@dataclass(frozen=True, eq=False)
class LandmarkStrip:
    """One grouping over the landmarks, with the two ratios that need none.

    Attributes
    ----------
    title : str
    contrast : str
        "response against no response".
    words : tuple of two str
        The groups, the reference first.
    days : sequence of int
        Landmarks, ascending.
    ratios : sequence of Result
        Hazard ratio from each; one without an estimate leaves a gap.
    counts : tuple of two sequences of Result
        Patients (`estimate`) of each group left at each landmark, and their later events.
    plain, time_dependent : Result or None
        From time zero (biased), and by the model in which patients change group.
    """

    title: str
    contrast: str
    words: tuple[str, str]
    days: Sequence[int]
    ratios: Sequence[Result]
    counts: tuple[Sequence[Result], Sequence[Result]]
    plain: Result | None
    time_dependent: Result | None

    @property
    def known(self) -> list[tuple[int, Result]]:
        """Return the landmarks from which a ratio can be estimated."""
        pairs = zip(self.days, self.ratios, strict=True)
        return [(day, ratio) for day, ratio in pairs if ratio.estimate is not None]

    @property
    def drawn(self) -> list[Result]:
        """Return every ratio that is drawn, those that need no landmark last."""
        further = [ratio for ratio in (self.plain, self.time_dependent) if ratio is not None]
        return [ratio for _, ratio in self.known] + [ratio for ratio in further if ratio.estimate is not None]


def plot_landmark_strips(
    strips: Sequence[LandmarkStrip], *, id: str, title: str, p_style: str = "journal"
) -> Figure | Notice:
    """Draw hazard ratios with limits over landmarks, one strip below the other on one scale.

    Below each strip stand the patients of each group who are left at the landmark; a dotted line marks the biased
    ratio from time zero, a dashed one that of the time-dependent model.

    Parameters
    ----------
    strips : sequence of LandmarkStrip
        Those without any ratio are left out.
    id, title : str
    p_style : {"journal", "four_decimals"}

    Returns
    -------
    Figure, or Notice where no landmark leaves two groups with an event each
    """
    strips = [strip for strip in strips if strip.known]
    if not strips:
        return Notice(f"{title}: no landmark leaves two groups with an event each.")
    keys = [
        Key("landmark analysis", style.INK, marker="o"),
        Key("time-dependent model", _TIME_DEPENDENT.color, line=_TIME_DEPENDENT),
        Key("from time zero, BIASED", _PLAIN.color, line=_PLAIN),
    ]
    drawn = [ratio for strip in strips for ratio in strip.drawn]
    left, right = _left(strips), _LABEL + max(text_width(format_ratio(ratio.estimate), bold=True) for ratio in drawn)
    width = max(left + _pitch(strips) * max(len(strip.days) for strip in strips) + right, _LEAST)
    head, height = legend_height(keys, width=width) + 6, _TITLE + _PLOT + _COUNTS + _GAP
    with style.drawing_style(id):
        canvas = Canvas(height=head + height * len(strips) + _AXIS, width=width)
        write_legend(canvas, keys, width=width)
        for position, strip in enumerate(strips):
            last = position == len(strips) - 1
            frame = Box(left, head + position * height + _TITLE, width - left - right, _PLOT)
            _draw_strip(canvas, strip, _limits(strips), frame, last=last)
        return canvas.finish(
            id=id,
            title=title,
            description=describe_parts([_in_words(strip) for strip in strips]),
            csv=write_csv(_CSV, [line for strip in strips for line in _lines(strip)]),
            table=_table(strips, id, title, p_style),
            note=" ".join([*methods(drawn), *limits(drawn)]),
        )


def _left(strips: Sequence[LandmarkStrip]) -> float:
    """Return the room for the names of the groups and what stands beside them."""
    words = [text_width(word) for strip in strips for word in strip.words]
    return max(min(max(words), _MOST_LABEL), text_width(_DAYS, bold=True)) + 16


def _pitch(strips: Sequence[LandmarkStrip]) -> float:
    """Return the room that a landmark needs for its day and its counts."""
    days = [text_width(format_whole(day), bold=True) for strip in strips for day in strip.days]
    counts = [text_width(format_whole(one.estimate)) for strip in strips for group in strip.counts for one in group]
    return max(*days, *counts) + _APART


def _limits(strips: Sequence[LandmarkStrip]) -> tuple[float, float]:
    ratios = [ratio for strip in strips for ratio in strip.drawn]
    points = [ratio.estimate for ratio in ratios]
    ends = [end for ratio in ratios for end in (ratio.conf_low, ratio.conf_high) if end is not None]
    ends = [min(max(end, 1 / _WIDEST), _WIDEST) for end in ends]
    return min([*points, *ends, 0.3]) / 1.1, max([*points, *ends, 3.0]) * 1.1


def _draw_strip(canvas: Canvas, strip: LandmarkStrip, limits: tuple[float, float], frame: Box, *, last: bool) -> None:
    heading = wrap(f"{capitalise(strip.contrast)}: hazard ratio", width=canvas.width, max_lines=1, bold=True)
    canvas.write(0, frame.top - 7, heading[0], bold=True)
    axes = canvas.axes(left=frame.left, top=frame.top, width=frame.width, height=frame.height)
    _scale(axes, strip.days, limits)
    _draw_levels(canvas, axes, strip, frame)
    _draw_ratios(axes, strip.known)
    bottom = frame.top + frame.height
    low, high = axes.get_xlim()
    places = [frame.left + (day - low) / (high - low) * frame.width for day in strip.days]
    for row, (word, counts) in enumerate(zip(strip.words, strip.counts, strict=True)):
        y = bottom + 18 + row * style.LINE_HEIGHT
        canvas.write(0, y, wrap(word, width=frame.left - 16, max_lines=1)[0], color=style.MUTED, role="group")
        for x, count in zip(places, counts, strict=True):
            canvas.write(x, y, format_whole(count.estimate), align="center", role="count")
    if last:
        canvas.write(0, bottom + _COUNTS + 22, _DAYS, bold=True)
        for x, day in zip(places, strip.days, strict=True):
            canvas.write(x, bottom + _COUNTS + 22, format_whole(day), align="center", bold=True, role="day")


def _draw_levels(canvas: Canvas, axes: Axes, strip: LandmarkStrip, frame: Box) -> None:
    """Draw the ratios that need no landmark as lines, the value of each at its end; dots stay seen over dashes."""
    known = [(ratio.estimate, look, width) for ratio, look, width in (
        (strip.time_dependent, _TIME_DEPENDENT, 2.0), (strip.plain, _PLAIN, 1.6)
    ) if ratio is not None and ratio.estimate is not None]  # fmt: skip
    low, high = np.log(axes.get_ylim())
    heights = [frame.top + frame.height * (1 - (np.log(value) - low) / (high - low)) for value, *_ in known]
    if len(heights) == 2 and abs(heights[0] - heights[1]) < _CLOSE:
        middle, upper = sum(heights) / 2, np.argsort(heights, kind="stable")[0]
        heights = [middle - _CLOSE / 2 if at == upper else middle + _CLOSE / 2 for at in range(2)]
    for (value, look, width), y in zip(known, heights, strict=True):
        axes.axhline(value, color=look.color, linestyle=look.linestyle, linewidth=width, zorder=1, gid="class level")
        x = frame.left + frame.width + _LABEL
        canvas.write(x, y + 4, format_ratio(value), color=look.color, bold=True, role="level")


def _scale(axes: Axes, days: Sequence[int], limits: tuple[float, float]) -> None:
    step = days[1] - days[0] if len(days) > 1 else 1
    axes.set_xlim(days[0] - step * 0.6, days[-1] + step * 0.6)
    axes.set_xticks([])
    axes.set_yscale("log")
    axes.set_ylim(*limits)
    ticks = [tick for tick in _TICKS if limits[0] <= tick <= limits[1]]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.axhline(1, color=style.MUTED, linewidth=0.9, zorder=0, gid="class reference")


def _draw_ratios(axes: Axes, known: Sequence[tuple[int, Result]]) -> None:
    """Draw points with their limits; a limit beyond the axis, or an open one, becomes an arrow."""
    bottom, top = axes.get_ylim()
    days, points = [day for day, _ in known], [ratio.estimate for _, ratio in known]
    lows = [max(bottom, ratio.conf_low or bottom) for _, ratio in known]
    highs = [min(top, ratio.conf_high or top) for _, ratio in known]
    x = [part for day in days for part in (day, day, np.nan)]
    y = [part for low, high in zip(lows, highs, strict=True) for part in (low, high, np.nan)]
    axes.plot(x, y, color=style.INK, linewidth=1.2, zorder=2, clip_on=False, gid="class interval")
    for end, drawn, arrow in ((bottom, lows, "v"), (top, highs, "^")):
        cut = [day for day, limit in zip(days, drawn, strict=True) if limit == end]
        if cut:
            _mark(axes, cut, [end] * len(cut), arrow, 4, "class arrow")
    _mark(axes, days, points, "o", 5, "class point")


def _mark(axes: Axes, x: Sequence[float], y: Sequence[float], marker: str, size: float, role: str) -> None:
    axes.plot(
        x, y, linestyle="none", marker=marker, markersize=size, color=style.INK, zorder=3, clip_on=False, gid=role
    )


def _in_words(strip: LandmarkStrip) -> str:
    values = [ratio.estimate for _, ratio in strip.known]
    days = [day for day, _ in strip.known]
    said = (
        f"{capitalise(strip.contrast)}: hazard ratio from "
        f"{count_noun(len(days), 'landmark')} between day {format_whole(days[0])} and day {format_whole(days[-1])}, "
        f"{say_span(format_ratio(min(values)), format_ratio(max(values)))}"
    )
    if strip.time_dependent is not None and strip.time_dependent.estimate is not None:
        said += f"; time-dependent model, {format_interval(strip.time_dependent)}"
    gaps = len(strip.days) - len(days)
    return said + (f"; {count_noun(gaps, 'further landmark')} without an estimate" if gaps else "")


_CSV = (
    *("grouping", "landmark_day", "n_first_group", "events_first_group", "n_second_group", "events_second_group"),
    *("hazard_ratio", "conf_low", "conf_high", "p_value", "note"),
)


def _lines(strip: LandmarkStrip) -> list[tuple]:
    return [
        (
            strip.title, day, int(first.estimate), first.n_event, int(second.estimate), second.n_event,
            ratio.estimate, ratio.conf_low, ratio.conf_high, ratio.p_value, ratio.note,
        )
        for day, first, second, ratio in zip(strip.days, *strip.counts, strip.ratios, strict=True)
    ]  # fmt: skip


def _table(strips: Sequence[LandmarkStrip], id: str, title: str, p_style: str) -> Table | Notice:
    """Write events and patients of each group, the reference first, and the ratio or why there is none."""
    heads = ("Landmark, day", "First group,\nevents/N", "Second group,\nevents/N", "Hazard ratio", "Wald p")
    rows: list[Row | Heading] = []
    for strip in strips:
        rows.append(Heading(f"{strip.title}: {strip.words[0]}, then {strip.words[1]}"))
        for day, first, second, ratio in zip(strip.days, *strip.counts, strip.ratios, strict=True):
            groups = [f"{format_whole(one.n_event)}/{format_whole(one.estimate)}" for one in (first, second)]
            note = ratio.note if ratio.estimate is None else ""
            p = format_p(ratio.p_value, p_style=p_style) if ratio.p_value is not None else ""
            rows.append(Row((format_whole(day), *groups, Cell(format_interval(ratio), note=note), p)))
    columns = [Column(head, number=True) for head in heads]
    return build_table(id=f"{id}-numbers", caption=f"{title}: numbers", columns=columns, rows=rows)
