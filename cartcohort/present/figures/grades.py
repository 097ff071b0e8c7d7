"""Severity by group: the share of patients with each worst grade, as one bar a group."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.figures.legend import Key, legend_height, write_legend
from cartcohort.present.format import format_n_percent, format_percent, format_whole
from cartcohort.present.narrative import count_noun, describe_parts
from cartcohort.present.tables import Cell, Column, Row, build_table, write_csv

_BAR, _AXIS, _MOST_LABEL = 34.0, 42.0, 170.0
_SHADES = (0.0, 0.22, 0.45, 0.68, 0.86, 1.0)
_NONE, _UNKNOWN = "#e7eaed", "#a9b8c4"
UNGRADED = -1
"""Column of the patients who had the event at a grade that was not recorded."""


def plot_grade_bars(counts: pd.DataFrame, *, id: str, title: str, x_label: str = "Patients") -> Figure | Notice:
    """Draw the share of patients by worst grade, one bar a group.

    Parameters
    ----------
    counts : DataFrame
        Groups in the index, in order; grades 0 (none) to 5, and `UNGRADED` where wanted, as columns; numbers of
        patients.
    id, title, x_label : str

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
    names = [[*wrap(str(name), width=_MOST_LABEL, max_lines=2), f"n = {format_whole(n)}"]
             for name, n in counts.sum(axis=1).items()]  # fmt: skip
    left = max(text_width(line) for lines in names for line in lines) + 10
    top = legend_height(keys) + 6
    lane = max(_BAR, 14 * max(map(len, names)) + 6)
    with style.drawing_style(id):
        canvas = Canvas(height=top + lane * len(counts) + _AXIS)
        write_legend(canvas, keys)
        axes = canvas.axes(left=left, top=top, width=canvas.width - left - 20, height=lane * len(counts))
        _draw_axis(axes, len(counts))
        canvas.write(
            left + (canvas.width - left - 20) / 2, canvas.height - 8, x_label, align="center", size=style.TEXT
        )
        for position, (lines, (_, row)) in enumerate(zip(names, counts.iterrows(), strict=True)):
            _write_name(canvas, lines, left - 8, top + lane * (position + 0.5))
            _draw_bar(canvas, axes, row[used], position, left=left, middle=top + lane * (position + 0.5))
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
    if int(grade) == UNGRADED:
        return _UNKNOWN
    return style.tint(style.group_style(1).color, _SHADES[int(grade)]) if int(grade) else _NONE


def _draw_axis(axes: Axes, n_groups: int) -> None:
    axes.set_xlim(0, 1)
    axes.set_ylim(n_groups - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
    axes.set_xticks(ticks, [format_percent(tick, decimals=0) for tick in ticks])


def _write_name(canvas: Canvas, lines: list[str], right: float, middle: float) -> None:
    for position, line in enumerate(lines):
        y = middle + 4 + 14 * (position - (len(lines) - 1) / 2)
        last = position == len(lines) - 1
        canvas.write(right, y, line, align="right", color=style.MUTED if last else style.INK, role="group")


def _draw_bar(canvas: Canvas, axes: Axes, row: pd.Series, position: int, *, left: float, middle: float) -> None:
    total, start, width = row.sum(), 0.0, canvas.width - left - 20
    for grade, n in row.items():
        share = n / total
        axes.barh(position, share, left=start, height=0.72, color=_color(grade), edgecolor=style.PAPER, linewidth=0.8)
        text = format_whole(n)
        if n and share * width > text_width(text) + 6:
            light = int(grade) >= 4
            canvas.write(left + (start + share / 2) * width, middle + 4, text, align="center",
                         color=style.PAPER if light else style.INK, role="count")  # fmt: skip
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
