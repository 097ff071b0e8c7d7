"""Measured values by group: a dot a patient over the quartiles of the group, one panel a marker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cartcohort.estimate.results import Result
from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.figures.legend import Key, legend_height, write_legend
from cartcohort.present.figures.log_scale import set_log_scale
from cartcohort.present.figures.placement import grid_boxes
from cartcohort.present.figures.svg import drawable
from cartcohort.present.format import EN_DASH, format_measured, format_quartiles, format_whole
from cartcohort.present.narrative import count_noun, describe_parts
from cartcohort.present.tables import Cell, Column, Heading, Row, build_table, limits, methods, write_csv

_ABOVE, _PLOT, _AXIS, _GUTTER, _NOTE = 44.0, 180.0, 62.0, 18.0, 20.0
_PANEL = _ABOVE + _PLOT + _AXIS
_LEFT, _COLUMNS, _HALF = 66.0, 2, 0.34
_WIDTH = (style.WIDTH - _GUTTER * (_COLUMNS - 1)) / _COLUMNS
_INNER = _WIDTH - _LEFT - 10
_MOST_DOTS = 80
_LINE = 14.0
_GOLDEN = (np.sqrt(5) - 1) / 2
_FIELDS = ("panel", "group", "n", "median", "lower_quartile", "upper_quartile", "minimum", "maximum")


def plot_values_by_group(
    values: pd.DataFrame,
    *,
    id: str,
    title: str,
    x_label: str,
    units: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    annotated: Sequence[Result] = (),
) -> Figure | Notice:
    """Draw positive values by group on a logarithmic scale: dots, the quartiles as a box, the median as a line.

    Parameters
    ----------
    values : DataFrame
        One row a patient and panel: `value`, `panel`, `group` (place on the x axis) and `series` (colour and marker);
        the last three Categoricals, whose order is kept.
    id, title, x_label : str
        The number of patients of a group stands in brackets below its name.
    units : mapping of str to str, optional
        Unit by panel.
    annotations : mapping of str to str, optional
        A line under the heading of a panel: the comparison and its p-value.
    annotated : sequence of Result
        Results that the annotations are made from; their methods stand beneath the figure.

    Returns
    -------
    Figure, or Notice without a value above 0

    Notes
    -----
    Values of 0 or less have no place on the scale; the figure says how many were left out. Of more than 80 patients
    in a group the dots show 80, at even distances in the order of their values; the box is of all.
    """
    known = values.dropna(subset=["value", "panel", "group"])
    drawn = known[known["value"] > 0]
    if drawn.empty:
        return Notice(f"{title}: there is no value to draw.")
    summary = _summary(drawn)
    notes = _notes(summary, len(known) - len(drawn))
    series = drawn["series"].cat.categories
    looks = dict(zip(series, style.styles_of(list(series)), strict=True))
    panels = [name for name in drawn["panel"].cat.categories if (drawn["panel"] == name).any()]
    headings = {name: f"{name} ({units[name]})" if units and units.get(name) else str(name) for name in panels}
    keys = [Key(name, look.color, look.marker) for name, look in looks.items()] if len(looks) > 1 else []
    lines = [line for text in notes for line in wrap(text, width=_WIDTH)]
    head = legend_height(keys, width=_WIDTH)
    top = head + _NOTE * len(lines)
    crowded = any(_is_crowded(summary[summary["panel"] == name]) for name in panels)
    height = _PANEL + (_LINE if crowded else 0)
    with style.drawing_style(id):
        canvas = Canvas(height=top + -(-len(panels) // _COLUMNS) * height)
        write_legend(canvas, keys, width=_WIDTH)
        for position, line in enumerate(lines):
            canvas.write(0, head + 12 + _NOTE * position, line, color=style.MUTED, role="note")
        for position, (name, heading) in enumerate(headings.items()):
            line = (annotations or {}).get(name, "")
            axes = _add_panel(canvas, position, top, height, heading=heading, line=line, x_label=x_label)
            _draw_panel(axes, drawn[drawn["panel"] == name], summary[summary["panel"] == name], looks)
        return canvas.finish(
            id=id,
            title=title,
            description=drawable(_describe(summary, annotations or {}, notes)),
            csv=write_csv(_FIELDS, summary[list(_FIELDS)].itertuples(index=False)),
            table=_table(summary, id, title),
            note=" ".join([*methods(annotated), *limits(annotated)]),
            panels=grid_boxes(len(panels), columns=_COLUMNS, width=_WIDTH, gutter=_GUTTER, top=top, height=height),
        )


def _add_panel(
    canvas: Canvas, position: int, top: float, height: float, *, heading: str, line: str, x_label: str
) -> Axes:
    row, column = divmod(position, _COLUMNS)
    left, above = column * (_WIDTH + _GUTTER), top + row * height
    canvas.write(left, above + 14, heading, size=style.TEXT, bold=True)
    canvas.write(left, above + 32, wrap(line, width=_WIDTH, max_lines=1)[0], color=style.MUTED, role="annotation")
    canvas.write(left + _LEFT + _INNER / 2, above + height - 12, x_label, align="center", size=style.TEXT)
    return canvas.axes(left=left + _LEFT, top=above + _ABOVE, width=_INNER, height=_PLOT)


def _summary(drawn: pd.DataFrame) -> pd.DataFrame:
    grouped = drawn.groupby(["panel", "group"], observed=True)["value"]
    quartiles = grouped.quantile([0.25, 0.5, 0.75]).unstack()
    quartiles.columns = ["lower_quartile", "median", "upper_quartile"]
    return grouped.agg(n="size", minimum="min", maximum="max").join(quartiles).reset_index()


def _notes(summary: pd.DataFrame, n_left_out: int) -> list[str]:
    notes = [f"{count_noun(n_left_out, 'value')} of 0 or less left out"] if n_left_out else []
    if summary["n"].max() > _MOST_DOTS:
        notes.append(f"Dots show {_MOST_DOTS} patients of a larger group, evenly spaced in the order of their values")
    return notes


def _draw_panel(
    axes: Axes, drawn: pd.DataFrame, summary: pd.DataFrame, looks: Mapping[str, style.GroupStyle]
) -> None:
    for place, numbers in enumerate(summary.itertuples()):
        low, high = numbers.lower_quartile, numbers.upper_quartile
        shade = style.tint(style.MUTED, 0.22)
        axes.bar(place, high - low, bottom=low, width=2 * _HALF, color=shade, linewidth=0, gid="class quartiles")
        _draw_dots(axes, place, drawn[drawn["group"] == numbers.group], looks)
        ends, median = [place - _HALF, place + _HALF], [numbers.median] * 2
        axes.plot(ends, median, color=style.INK, linewidth=2.0, gid="class median")
    # Numbers too long to stand side by side stand on two lines in turn.
    fall = "\n" if _is_crowded(summary) else ""
    counts = [f"{fall * (place % 2)}({format_whole(n)})" for place, n in enumerate(summary["n"])]
    labels = [f"{drawable(str(name))}\n{count}" for name, count in zip(summary["group"], counts, strict=True)]
    axes.set_xticks(range(len(labels)), labels)
    axes.set_xlim(-0.6, len(labels) - 0.4)
    set_log_scale(axes, drawn["value"])


def _is_crowded(summary: pd.DataFrame) -> bool:
    """Say whether the numbers of patients below neighbouring groups would touch."""
    return max(text_width(f"({format_whole(n)})") for n in summary["n"]) > _INNER / (len(summary) + 0.2)


def _draw_dots(axes: Axes, place: int, own: pd.DataFrame, looks: Mapping[str, style.GroupStyle]) -> None:
    chosen = _chosen(own.sort_values("value", kind="stable"))
    for series, part in chosen.groupby("series", observed=True):
        look = looks[series]
        axes.plot(
            place + part["offset"],
            part["value"],
            linestyle="none",
            marker=look.marker,
            markersize=4.2,
            markeredgewidth=0,
            color=look.color,
            alpha=0.75,
            clip_on=False,
            gid="class patient",
        )


def _chosen(ordered: pd.DataFrame) -> pd.DataFrame:
    """Return the dots to draw, each with its offset: neighbours in value get far apart, the same in every run."""
    if len(ordered) > _MOST_DOTS:
        ordered = ordered.iloc[np.linspace(0, len(ordered) - 1, _MOST_DOTS).round().astype(int)]
    spread = (np.arange(1, len(ordered) + 1) * _GOLDEN) % 1 - 0.5
    return ordered.assign(offset=spread * 1.6 * _HALF if len(ordered) > 1 else 0.0)


def _describe(summary: pd.DataFrame, annotations: Mapping[str, str], notes: list[str]) -> str:
    said = []
    for panel, own in summary.groupby("panel", observed=True):
        medians = ", ".join(
            f"{line.group} {format_measured(line.median)} ({count_noun(line.n, 'patient')})"
            for line in own.itertuples()
        )
        said += [f"{panel}, medians: {medians}", annotations.get(str(panel), "")]
    return describe_parts([*said, *notes])


def _table(summary: pd.DataFrame, id: str, title: str) -> Table | Notice:
    columns = [
        Column("Group"),
        Column("Patients", number=True),
        Column("Median (quartiles)", number=True, csv=("median", "lower_quartile", "upper_quartile")),
        Column("Range", number=True, csv=("minimum", "maximum")),
    ]
    rows: list[Row | Heading] = []
    for panel, own in summary.groupby("panel", observed=True):
        rows.append(Heading(str(panel)))
        for line in own.itertuples():
            quartiles = (line.median, line.lower_quartile, line.upper_quartile)
            extremes = (line.minimum, line.maximum)
            between = EN_DASH.join(map(format_measured, extremes)) if line.n > 1 else EN_DASH
            cells = (
                str(line.group),
                Cell(format_whole(line.n), (line.n,)),
                Cell(format_quartiles(*quartiles, n=line.n), quartiles),
                Cell(between, extremes),
            )
            rows.append(Row(cells, level=1))
    return build_table(id=f"{id}-numbers", caption=f"{title}: numbers", columns=columns, rows=rows)
