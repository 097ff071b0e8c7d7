"""Severity by group: the share of patients with each worst grade, as one bar a group."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.figures.legend import Key, legend_height, write_legend
from cartcohort.present.format import format_n_percent, format_percent, format_whole
from cartcohort.present.narrative import count_noun, describe_parts
from cartcohort.present.tables import Cell, Column, Row, build_table, write_csv

_BAR, _LINE, _BETWEEN, _AXIS = 18.0, 15.0, 9.0, 46.0
_LEFT, _RIGHT, _COUNT = 10.0, 18.0, 10.0
_WIDTH = style.NARROW - _LEFT - _RIGHT
_UNKNOWN = "#a9b8c4"
_SEVERE = 3
UNGRADED = -1
"""Column of the patients who had the event at a grade that was not recorded."""


@dataclass(frozen=True)
class _Bar:
    """A group: the lines of its name, how many have a severe grade, and the top of its bar."""

    lines: list[str]
    severe: str
    counts: pd.Series
    top: float


def plot_grade_bars(counts: pd.DataFrame, *, id: str, title: str, x_label: str = "Patients") -> Figure | Notice:
    """Draw the share of patients by worst grade, one bar a group, its name above it and severe grades at the right.

    Parameters
    ----------
    counts : DataFrame
        Groups in the index, in order; grades 0 (none) to 5, and `UNGRADED` where wanted, as columns; numbers of
        patients.
    id, title, x_label : str
        The number of patients stands after `x_label` where it is the same for all groups, else after each name.

    Returns
    -------
    Figure, or Notice where no group has a patient

    Notes
    -----
    The number of patients stands in every segment that has room for it, and in the table in any case.
    """
    counts = counts.loc[counts.sum(axis=1) > 0] if len(counts) else counts
    if counts.empty:
        return Notice(f"{title}: there is no patient to draw.")
    used = [grade for grade in counts.columns if counts[grade].sum() > 0]
    keys = [Key(_grade_name(grade), _color(grade)) for grade in used]
    header = "Grade ≥3" if any(grade >= _SEVERE for grade in used) else ""
    top = legend_height(keys, width=style.NARROW) + (_LINE if header else 0)
    bars, bottom = _lay_bars(counts[used], top)
    with style.drawing_style(id):
        canvas = Canvas(height=bottom + _AXIS, width=style.NARROW)
        write_legend(canvas, keys, width=style.NARROW)
        canvas.write(_LEFT + _WIDTH, top + 2, header, align="right", color=style.MUTED)
        for bar in bars:
            _write_name(canvas, bar)
        _draw_bars(canvas, bars, top, bottom)
        x_label += f" (n = {format_whole(n)})" if (n := _common_n(counts)) else ""
        canvas.write(_LEFT + _WIDTH / 2, canvas.height - 8, x_label, align="center", size=style.TEXT)
        return canvas.finish(
            id=id,
            title=title,
            description=_describe(counts),
            csv=write_csv(
                ("group", *map(_grade_name, counts.columns)), [(name, *row) for name, row in counts.iterrows()]
            ),
            table=_table(counts, id, title),
        )


def _grade_name(grade: int) -> str:
    return {0: "None", UNGRADED: "Grade not recorded"}.get(int(grade), f"Grade {grade}")


def _color(grade: int) -> str:
    return _UNKNOWN if int(grade) == UNGRADED else style.grade_color(int(grade))


def _common_n(counts: pd.DataFrame) -> int:
    """Return the number of patients that all groups have, 0 where they differ."""
    totals = counts.sum(axis=1)
    return int(totals.iloc[0]) if totals.nunique() == 1 else 0


def _lay_bars(counts: pd.DataFrame, top: float) -> tuple[list[_Bar], float]:
    """Return the bars with their places, and where the axis begins below them."""
    bars, common = [], _common_n(counts)
    graded = any(grade >= _SEVERE for grade in counts.columns)
    for name, row in counts.iterrows():
        severe = sum(n for grade, n in row.items() if grade >= _SEVERE)
        right = format_n_percent(severe, row.sum()) if graded else ""
        words = str(name) if common else f"{name}, n = {format_whole(row.sum())}"
        lines = wrap(words, width=_WIDTH - text_width(right) - 12, max_lines=2)
        top += _BETWEEN + _LINE * len(lines)
        bars.append(_Bar(lines, right, row, top))
        top += _BAR
    return bars, top + 4


def _write_name(canvas: Canvas, bar: _Bar) -> None:
    """Write a name above its bar, the patients with a severe grade at the right."""
    first = bar.top - _LINE * len(bar.lines) + 11
    for position, line in enumerate(bar.lines):
        canvas.write(_LEFT, first + _LINE * position, line, role="group")
    if bar.severe:
        canvas.write(_LEFT + _WIDTH, bar.top - 4, bar.severe, align="right", role="severe")


def _draw_bars(canvas: Canvas, bars: list[_Bar], top: float, bottom: float) -> None:
    axes = canvas.axes(left=_LEFT, top=top, width=_WIDTH, height=bottom - top)
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom - top, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set_xticks(ticks, [format_percent(tick, decimals=0) for tick in ticks])
    for bar in bars:
        _draw_bar(canvas, axes, bar, bar.top - top)


def _draw_bar(canvas: Canvas, axes: Axes, bar: _Bar, top: float) -> None:
    start = 0.0
    for grade, n in bar.counts.items():
        share, color = n / bar.counts.sum(), _color(grade)
        axes.barh(top + _BAR / 2, share, left=start, height=_BAR, color=color, edgecolor=style.PAPER, linewidth=0.8)
        text = format_whole(n)
        if n and share * _WIDTH > text_width(text, _COUNT) + 1:
            canvas.write(_LEFT + (start + share / 2) * _WIDTH, bar.top + _BAR / 2 + 3.5, text, align="center",
                         size=_COUNT, color=style.readable_on(color), role="count")  # fmt: skip
        start += share


def _describe(counts: pd.DataFrame) -> str:
    said = []
    for name, row in counts.iterrows():
        total = int(row.sum())
        grades = ", ".join(
            f"{_grade_name(grade).lower()} {format_n_percent(n, total)}" for grade, n in row.items() if n
        )
        said.append(f"{name}, {count_noun(total, 'patient')}: {grades}")
    return describe_parts(said)


def _table(counts: pd.DataFrame, id: str, title: str) -> Table | Notice:
    columns = [Column("Group"), *(Column(_grade_name(grade), number=True) for grade in counts.columns)]
    rows = [
        Row((str(name), *(Cell(format_n_percent(n, row.sum()), (n,)) for n in row)))
        for name, row in counts.iterrows()
    ]
    return build_table(id=f"{id}-numbers", caption=f"{title}: numbers", columns=columns, rows=rows)
