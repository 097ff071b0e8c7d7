"""Laboratory markers over time: each patient as a thin line, each group as its median between its quartiles."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas
from cartcohort.present.figures.day_axis import DayAxis
from cartcohort.present.figures.lanes import MOST_LANES, sampling_note
from cartcohort.present.figures.legend import legend_height, line_keys, write_legend
from cartcohort.present.figures.log_scale import set_log_scale
from cartcohort.present.figures.placement import grid_boxes
from cartcohort.present.format import format_days, format_measured, format_quartiles, format_whole
from cartcohort.present.narrative import count_noun, describe_parts
from cartcohort.present.tables import Cell, Column, Heading, Row, build_table, write_csv

_ABOVE, _PLOT, _AXIS, _GUTTER = 26.0, 170.0, 46.0, 18.0
_PANEL = _ABOVE + _PLOT + _AXIS
_LEFT = 66.0
_MOST_DAYS = 20
_NEAR = 3
"""Days with few measurements are pooled with others at most so many days before them."""
_FAINT, _CLEAR = 0.28, 0.6
"""Opacity of the lines of patients, and of those of the smallest group, which lie on top."""
_DRAWN = "Thin lines: one a patient. Thick lines: medians, each within the band between its quartiles"
_COLUMNS = ("marker", "group", "day", "n", "median", "lower_quartile", "upper_quartile")


def plot_marker_curves(
    values: pd.DataFrame,
    *,
    id: str,
    title: str,
    units: Mapping[str, str] | None = None,
    x_label: str = "Day (treatment on day 0)",
    x_label_long: str = "Months since day 0",
    min_patients: int = 5,
) -> Figure | Notice:
    """Draw markers over time on a logarithmic scale, one panel a marker.

    Parameters
    ----------
    values : DataFrame
        One row a measurement: `subject`, `day`, `value`, and where wanted `marker` and `group` (Categorical, or text
        in order of appearance).
    id, title : str
    units : mapping of str to str, optional
        Unit by marker.
    x_label, x_label_long : str
        Of an axis in days, and of one of more than a quarter, which is in months.
    min_patients : int
        Median and quartiles are drawn where at least so many patients were measured, and listed everywhere.

    Returns
    -------
    Figure, or Notice without a value above 0

    Notes
    -----
    Values of 0 or less have no place on the scale; the figure says how many were left out. Median and quartiles are
    those of the measurements of a day, days with few of them pooled with those just before; or of equal spans of days
    where there are more than 20. Of more than 60 patients the thin lines show 60; median and quartiles are of all.
    """
    known = _prepared(values)
    left_out = int((known["value"] <= 0).sum())
    known = known[known["value"] > 0]
    if known.empty:
        return Notice(f"{title}: there is no value to draw.")
    groups, markers = _order(known["group"]), _order(known["marker"])
    looks = dict(zip(groups, style.styles_of(groups), strict=True))
    summary = _summary(known)
    lines, sampled = _sampled(known)
    notes = [f"{count_noun(left_out, 'value')} of 0 or less left out"] if left_out else []
    notes = [text for text in (sampled, *notes) if text]
    width = style.NARROW if len(markers) == 1 else (style.WIDTH - _GUTTER) / 2
    top = legend_height(line_keys(looks), width=width)
    time = DayAxis(float(known["day"].min()), float(known["day"].max()))
    with style.drawing_style(id):
        across = 2 if len(markers) in (2, 4) else min(len(markers), 3)
        canvas = Canvas(height=top + -(-len(markers) // across) * _PANEL, width=across * (width + _GUTTER) - _GUTTER)
        write_legend(canvas, line_keys(looks), width=width)
        for position, marker in enumerate(markers):
            row, column = divmod(position, across)
            left, above = column * (width + _GUTTER), top + row * _PANEL
            unit = f" ({units[marker]})" if units and marker in units else ""
            canvas.write(left, above + 14, f"{marker}{unit}", size=style.TEXT, bold=True)
            axes = canvas.axes(left=left + _LEFT, top=above + _ABOVE, width=width - _LEFT - 10, height=_PLOT)
            own = summary[summary["marker"] == marker]
            _draw_panel(axes, lines[lines["marker"] == marker], own, looks, min_patients)
            time.set_on(axes)
            middle = left + _LEFT + (width - _LEFT - 10) / 2
            text = x_label_long if time.in_months else x_label
            canvas.write(middle, above + _ABOVE + _PLOT + 36, text, align="center", size=style.TEXT)
        return canvas.finish(
            id=id,
            title=title,
            description=describe_parts([*_in_words(known, summary, markers, groups), *notes]),
            csv=write_csv(_COLUMNS, summary[list(_COLUMNS)].itertuples(index=False)),
            table=_table(summary, id, title),
            note=describe_parts([_DRAWN, *notes, *_say_drawn(summary, min_patients), *time.said]),
            panels=grid_boxes(len(markers), columns=across, width=width, gutter=_GUTTER, top=top, height=_PANEL),
        )


def _prepared(values: pd.DataFrame) -> pd.DataFrame:
    known = values.dropna(subset=["subject", "day", "value"]).copy()
    for name in ("marker", "group"):
        known[name] = known.get(name, "")
    known = known.dropna(subset=["marker", "group"])
    known["subject"] = known["subject"].astype("category").cat.rename_categories(str)
    return known.astype({"day": float, "value": float})


def _order(column: pd.Series) -> list[str]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return list(column.cat.remove_unused_categories().cat.categories)
    return list(column.unique())


def _summary(known: pd.DataFrame) -> pd.DataFrame:
    """Return n, median and quartiles by marker, group and day (or span of days, at its median day)."""
    parts = []
    for marker in _order(known["marker"]):
        own = known[known["marker"] == marker]
        span = _spans(own["day"].to_numpy())
        grouped = own.assign(span=span).groupby(["group", "span"], sort=False, observed=True)
        quartiles = grouped["value"].quantile([0.25, 0.5, 0.75]).unstack()
        part = grouped.agg(day=("day", _middle), n=("value", "size"), patients=("subject", "nunique")).join(
            quartiles.set_axis(["lower_quartile", "median", "upper_quartile"], axis=1)
        )
        parts.append(part.reset_index().assign(marker=marker).sort_values(["group", "day"], kind="stable"))
    return pd.concat(parts, ignore_index=True)


def _middle(days: pd.Series) -> float:
    """Return the middle day, one of those on which something was measured."""
    return days.quantile(0.5, interpolation="lower")


def _spans(day: np.ndarray) -> np.ndarray:
    """Return the span of days that each measurement is summarised in."""
    days, place, counts = np.unique(day, return_inverse=True, return_counts=True)
    if len(days) > _MOST_DAYS:
        edges = np.linspace(days[0], days[-1], _MOST_DAYS + 1)
        return np.clip(np.searchsorted(edges, day, side="right") - 1, 0, _MOST_DAYS - 1)
    return _pool(days, counts)[place]


def _pool(days: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the span of each day: one with few measurements is pooled with those just before it.

    Visits planned for a day are kept on the days around it; the median of the few on such a day says little.
    """
    enough = counts.max() / 2
    spans, last = [0], 0
    for position in range(1, len(days)):
        sparse = counts[position] < enough or counts[last:position].sum() < enough
        if not (sparse and days[position] - days[last] <= _NEAR):
            last = position
        spans.append(last)
    return np.array(spans)


def _sampled(known: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    subjects = sorted(known["subject"].unique())
    if len(subjects) <= MOST_LANES:
        return known, ""
    places = np.linspace(0, len(subjects) - 1, MOST_LANES).round().astype(int)
    chosen = {subjects[place] for place in places}
    return known[known["subject"].isin(chosen)], sampling_note(
        MOST_LANES, len(subjects), "their names"
    ) + " (thin lines)"


def _draw_panel(
    axes: Axes, lines: pd.DataFrame, summary: pd.DataFrame, looks: Mapping[str, style.GroupStyle], min_patients: int
) -> None:
    sizes = lines.groupby("group", observed=True)["subject"].nunique().sort_values(ascending=False, kind="stable")
    for position, group in enumerate(sizes.index):
        alpha = _CLEAR if position and position == len(sizes) - 1 else _FAINT
        for _, own in lines[lines["group"] == group].groupby("subject", sort=True, observed=True):
            own = own.sort_values("day")
            axes.plot(own["day"], own["value"], color=looks[group].color, alpha=alpha, linewidth=0.7,
                      gid="class patient")  # fmt: skip
    for group, look in looks.items():
        own = summary[summary["group"] == group]
        if not (own["patients"] >= min_patients).any():
            continue
        few = own["patients"] < min_patients
        own = own.assign(**{name: own[name].mask(few) for name in ("median", "lower_quartile", "upper_quartile")})
        axes.fill_between(own["day"], own["lower_quartile"], own["upper_quartile"], color=look.color, alpha=0.15,
                          linewidth=0, gid="class quartiles")  # fmt: skip
        axes.plot(own["day"], own["median"], color=look.color, linestyle=look.linestyle, marker=look.marker,
                  markersize=4.5, linewidth=2.0, gid="class median")  # fmt: skip
    set_log_scale(axes, pd.concat([lines["value"], summary["lower_quartile"], summary["upper_quartile"]]))


def _say_drawn(summary: pd.DataFrame, min_patients: int) -> list[str]:
    """Say where no median is drawn, where that is so."""
    if (summary["patients"] >= min_patients).all():
        return []
    return [f"Median and quartiles are drawn where at least {min_patients} patients were measured"]


def _in_words(known: pd.DataFrame, summary: pd.DataFrame, markers: list[str], groups: list[str]) -> list[str]:
    said = []
    for marker in markers:
        for group in groups:
            own = summary[(summary["marker"] == marker) & (summary["group"] == group)]
            if own.empty:
                continue
            n = known.loc[(known["marker"] == marker) & (known["group"] == group), "subject"].nunique()
            top = own.loc[own["median"].idxmax()]
            highest = f"highest median {format_measured(top['median'])} on day {format_days(top['day'])}"
            name = ", ".join(part for part in (marker, group) if part)
            said.append(f"{name}{': ' if name else ''}{count_noun(n, 'patient')}, {highest}")
    return said


def _table(summary: pd.DataFrame, id: str, title: str) -> Table | Notice:
    columns = [Column("Day", number=True), Column("Measurements", number=True)]
    columns.append(Column("Median (quartiles)", number=True, csv=("median", "lower_quartile", "upper_quartile")))
    rows: list[Row | Heading] = []
    for (marker, group), own in summary.groupby(["marker", "group"], sort=False, observed=True):
        name = ": ".join(part for part in (marker, group) if part)
        rows += [Heading(name)] if name else []
        for line in own.itertuples():
            quartiles = (line.median, line.lower_quartile, line.upper_quartile)
            rows.append(
                Row(
                    (
                        Cell(format_days(line.day), (line.day,)),
                        Cell(format_whole(line.n), (line.n,)),
                        Cell(format_quartiles(*quartiles, n=line.n), quartiles),
                    )
                )
            )
    return build_table(id=f"{id}-numbers", caption=f"{title}: numbers", columns=columns, rows=rows)
