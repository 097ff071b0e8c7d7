"""How much a p-value rests on single patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.figures.p_axis import P_FLOOR, P_LEVEL, on_p_axis, set_p_axis
from cartcohort.present.format import EN_DASH, format_p, format_p_clause, format_whole
from cartcohort.present.narrative import describe_parts, join_words
from cartcohort.present.tables import Cell, Column, Row, build_table, write_csv

_MOST_STACKED, _MOST_NAMED = 7, 2
_MOST_LISTED, _SAMPLED = 1_000, 100
_HARDLY_MORE, _EDGE = 1.001, 4.0
_SIDE, _HEAD, _LINE, _DOTS, _AXIS = 22.0, 18.0, 15.0, 46.0, 44.0
_WIDTH = style.NARROW - 2 * _SIDE
_WIDER = 1.06
"""How much wider than measured text may be in the reader's font."""
_CROSSING = 84.0
"""Room for how many cross, at the right."""
_DRAWN = (
    f"Each dot: p with one patient left out; diamond: with all patients; vertical line: p = {P_LEVEL:g}, which the "
    "patients under the right heading cross."
)
_HEADERS = ("p (range)", f"Cross {P_LEVEL:g}")


@dataclass(frozen=True)
class _Lane:
    """A comparison: the lines of its name, p with its range, how many cross, and where it begins."""

    lines: list[str]
    spread: str
    crossing: str
    top: float

    @property
    def height(self) -> float:
        return _LINE * len(self.lines) + _DOTS + 4


class Omissions(Protocol):
    """A p-value, and that with each patient left out (NaN where none).

    `rows_lowest` and `rows_highest` are the positions of the patients whose omission makes p smallest and largest,
    `rows_crossing` of those whose omission moves it across a level, `names` tells who is at a position.
    """

    p_value: float | None
    without: np.ndarray
    rows_lowest: Sequence[int]
    rows_highest: Sequence[int]
    rows_crossing: Sequence[int]

    def names(self, positions: Sequence[int]) -> list[str]:
        """Return the names of the patients at these positions."""
        ...


def plot_leave_one_out(
    omissions: Mapping[str, Omissions], *, id: str, title: str, p_style: str = "journal"
) -> Figure | Notice:
    """Draw, for each comparison, the p-value with each patient left out once, beside that with all.

    Parameters
    ----------
    omissions : mapping of str to Omissions
        By what is compared.
    id, title : str
    p_style : {"journal", "four_decimals"}

    Returns
    -------
    Figure, or Notice where no comparison has a p-value
    """
    known = {name: item for name, item in omissions.items() if np.isfinite(item.without).any()}
    if not known:
        return Notice(f"{title}: there is no p-value.")
    lanes = _lay_lanes(known, p_style)
    height = sum(lane.height for lane in lanes)
    with style.drawing_style(id):
        canvas = Canvas(height=_HEAD + height + _AXIS, width=style.NARROW)
        axes = canvas.axes(left=_SIDE, top=_HEAD, width=_WIDTH, height=height)
        axes.set_ylim(height, 0)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        set_p_axis(axes.set_xscale, axes.set_xlim, axes.set_xticks)
        axes.minorticks_off()
        canvas.write(canvas.width - _CROSSING, 11, _HEADERS[0], align="right", color=style.MUTED)
        canvas.write(canvas.width, 11, _HEADERS[1], align="right", color=style.MUTED)
        for item, lane in zip(known.values(), lanes, strict=True):
            _write_lane(canvas, lane)
            middle = lane.top + lane.height - _DOTS / 2 + 3
            axes.vlines(
                P_LEVEL, middle - 16, middle + 16, color=style.RULE, linewidth=1.0, zorder=0, gid="class level"
            )
            _draw_omissions(axes, item, middle)
            _name_drivers(canvas, axes, item, _HEAD + middle)
        x_label = "p-value with one patient left out"
        canvas.write(canvas.width / 2, canvas.height - 8, x_label, align="center", size=style.TEXT)
        return canvas.finish(
            id=id,
            title=title,
            description=describe_parts([*(_omissions_in_words(n, i, p_style) for n, i in known.items())]),
            csv=_omissions_csv(known),
            table=_omissions_table(known, id, title, p_style),
            note=" ".join(part for part in (_DRAWN, _say_sampled(known)) if part),
        )


def _lay_lanes(known: Mapping[str, Omissions], p_style: str) -> list[_Lane]:
    lanes, top = [], 0.0
    for name, item in known.items():
        spread = _spread_text(item, p_style)
        crossing = f"{format_whole(len(item.rows_crossing))}/{format_whole(np.isfinite(item.without).sum())}"
        room = style.NARROW - _CROSSING - text_width(spread) - 10
        lanes.append(_Lane(wrap(name, width=room / _WIDER, max_lines=3), spread, crossing, top))
        top += lanes[-1].height
    return lanes


def _spread_text(item: Omissions, p_style: str) -> str:
    low, high = (format_p(value, p_style=p_style) for value in (np.nanmin(item.without), np.nanmax(item.without)))
    p = format_p(item.p_value, p_style=p_style)
    return p if p == low == high else f"{p} ({low if low == high else f'{low}{EN_DASH}{high}'})"


def _write_lane(canvas: Canvas, lane: _Lane) -> None:
    """Write the name of a comparison above its dots, p with its range and how many cross at the right."""
    y = _HEAD + lane.top + 12
    if lane.top:
        canvas.line((0, canvas.width), (y - 13, y - 13), color=style.RULE, width=0.6)
    for row, line in enumerate(lane.lines):
        canvas.write(0, y + _LINE * row, line, role="group")
    canvas.write(canvas.width - _CROSSING, y, lane.spread, align="right", role="range")
    canvas.write(canvas.width, y, lane.crossing, align="right", role="crossing")


def _draw_omissions(axes: Axes, item: Omissions, middle: float) -> None:
    """Draw a dot a patient, those that would cover each other stacked to both sides."""
    values = np.sort(on_p_axis(item.without[np.isfinite(item.without)]))
    cells = np.floor(np.log10(values / P_FLOOR) / 4 * _WIDTH / 4).astype(int)
    within = np.arange(len(cells)) - np.searchsorted(cells, cells)  # place among the dots of the same cell
    shown = within < _MOST_STACKED
    offset = np.where(within % 2 == 0, 1, -1) * ((within + 1) // 2) * 4.25
    axes.add_patch(_dots(values[shown], middle + offset[shown]))
    if item.p_value is not None:
        axes.plot(on_p_axis(item.p_value), middle, marker="D", markersize=7, color=style.INK,
                  markeredgecolor=style.PAPER, gid="class overall")  # fmt: skip


def _dots(x: np.ndarray, y: np.ndarray) -> PathPatch:
    """Return dots as one path of hardly any length with round ends, a tenth of the size of as many markers."""
    ends = np.column_stack([x, x * _HARDLY_MORE]).ravel()
    path = Path(np.column_stack([ends, np.repeat(y, 2)]), [Path.MOVETO, Path.LINETO] * len(x))
    color = style.group_style(0).color
    return PathPatch(path, fill=False, edgecolor=color, linewidth=3.6, capstyle="round", gid="class omission")


def _name_drivers(canvas: Canvas, axes: Axes, item: Omissions, middle: float) -> None:
    """Write the patients whose omission moves p most beside the outermost dots, above them where there is no room."""
    low, high = np.log10(axes.get_xlim())
    for rows, p, towards in (
        (item.rows_lowest, np.nanmin(item.without), -1),
        (item.rows_highest, np.nanmax(item.without), 1),
    ):
        words = _patients_text(item.names(rows))
        outermost = towards * np.nanmax([towards * p, towards * (p if item.p_value is None else item.p_value)])
        x = _SIDE + (np.log10(on_p_axis(outermost)) - low) / (high - low) * _WIDTH + 7 * towards
        end = x + text_width(words) * towards
        fits = _EDGE < end < canvas.width - _EDGE
        edge = min(max(x, _EDGE), canvas.width - _EDGE)
        align = "left" if (towards > 0) == fits else "right"
        y = middle + 4 if fits else middle - 16
        canvas.write(x if fits else edge, y, words, align=align, color=style.MUTED, role="driver")


def _patients_text(names: Sequence[str], *, last: str = "and") -> str:
    """Return "P08", "P08 and P11", or "P08 and 4 others" of five patients who do the same."""
    if len(names) <= _MOST_NAMED:
        return join_words(names, last=last)
    return f"{names[0]} {last} {format_whole(len(names) - 1)} others"


def _omissions_in_words(name: str, item: Omissions, p_style: str) -> str:
    low, high = (format_p(value, p_style=p_style) for value in (np.nanmin(item.without), np.nanmax(item.without)))
    n = len(item.rows_crossing)
    who = "no patient" if n == 0 else "one patient" if n == 1 else f"any of {format_whole(n)} patients"
    extremes = (item.rows_lowest, item.rows_highest)
    drivers = [_patients_text(item.names(positions), last="or") for positions in extremes]
    p = format_p_clause(item.p_value, p_style=p_style)
    if low == high == format_p(item.p_value, p_style=p_style):
        return f"{name}: {p} whoever is left out"
    return (
        f"{name}: {p} with all patients, {low} (without {drivers[0]}) to {high} (without {drivers[1]}) with one left "
        f"out; leaving out {who} moves it across {P_LEVEL:g}"
    )


def _omissions_csv(known: Mapping[str, Omissions]) -> str:
    """Return a line a row, empty for all patients, and a column a comparison; of many patients a few."""
    columns = []
    for item in known.values():
        listed = _listed(item.without)
        columns.append(dict(zip(item.names(listed), item.without[listed], strict=True)))
    rows = sorted({row for column in columns for row in column})
    lines = [("", *(item.p_value for item in known.values()))]
    return write_csv(("left_out", *known), [*lines, *((row, *(c.get(row) for c in columns)) for row in rows)])


def _listed(without: np.ndarray) -> np.ndarray:
    """Return the positions of all, or of some patients evenly spaced in the order of their p-values."""
    if len(without) <= _MOST_LISTED:
        return np.arange(len(without))
    ranked = np.argsort(without, kind="stable")[: int(np.isfinite(without).sum())]
    return ranked[np.unique(np.linspace(0, len(ranked) - 1, _SAMPLED).round().astype(int))]


def _say_sampled(known: Mapping[str, Omissions]) -> str:
    if max(len(item.without) for item in known.values()) <= _MOST_LISTED:
        return ""
    return (
        f"Dots that would cover each other are drawn up to {_MOST_STACKED} deep, and the data behind the figure list "
        f"{_SAMPLED} patients of each comparison, evenly spaced in the order of their p-values; smallest and largest "
        "are those of all patients."
    )


def _omissions_table(known: Mapping[str, Omissions], id: str, title: str, p_style: str) -> Table | Notice:
    columns = [Column("Comparison")]
    headers = ("p, all patients", "Smallest p", "without", "Largest p", "without", "Patients who cross")
    columns += [
        Column(name, number=True, csv=(csv,))
        for name, csv in zip(
            headers, ("p", "smallest", "patient_smallest", "largest", "patient_largest", "n_crossing"), strict=True
        )
    ]
    rows = []
    for name, item in known.items():
        p, low, high = (
            Cell(format_p(value, p_style=p_style), (value,))
            for value in (item.p_value, np.nanmin(item.without), np.nanmax(item.without))
        )
        drivers = [Cell(_patients_text(item.names(positions))) for positions in (item.rows_lowest, item.rows_highest)]
        crossing = Cell(format_whole(len(item.rows_crossing)), (len(item.rows_crossing),))
        rows.append(Row((name, p, low, drivers[0], high, drivers[1], crossing)))
    return build_table(id=f"{id}-numbers", caption=f"{title}: numbers", columns=columns, rows=rows)
