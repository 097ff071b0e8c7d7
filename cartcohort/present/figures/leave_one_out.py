"""How much a p-value rests on single patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
_MOST_LISTED, _SAMPLED = 1_000, 200
_HARDLY_MORE = 1.001
_LANE, _TOP, _LEFT, _AXIS = 50.0, 8.0, 150.0, 44.0


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
    height = _LANE * len(known)
    texts = {name: _range_text(item, p_style) for name, item in known.items()}
    right = max(text_width(line) for lines in texts.values() for line in lines) + 18
    with style.drawing_style(id):
        canvas = Canvas(height=_TOP + height + _AXIS)
        width = canvas.width - _LEFT - right
        axes = canvas.axes(left=_LEFT, top=_TOP, width=width, height=height)
        axes.set_ylim(len(known) - 0.5, -0.5)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        set_p_axis(axes.set_xscale, axes.set_xlim, axes.set_xticks)
        axes.minorticks_off()
        axes.axvline(P_LEVEL, color=style.RULE, linewidth=1.0, zorder=0, gid="class level")
        for position, (name, item) in enumerate(known.items()):
            middle = _TOP + _LANE * (position + 0.5)
            _write_lane(canvas, name, texts[name], middle, canvas.width - right + 18)
            _draw_omissions(axes, item, position, width)
            _name_drivers(canvas, axes, item, middle, width)
        middle = _LEFT + width / 2
        canvas.write(middle, canvas.height - 8, "p-value with one patient left out", align="center", size=style.TEXT)
        return canvas.finish(
            id=id,
            title=title,
            description=describe_parts([*(_omissions_in_words(n, i, p_style) for n, i in known.items())]),
            csv=_omissions_csv(known),
            table=_omissions_table(known, id, title, p_style),
            note=_say_sampled(known),
        )


def _range_text(item: Omissions, p_style: str) -> tuple[str, str]:
    low, high = (format_p(value, p_style=p_style) for value in (np.nanmin(item.without), np.nanmax(item.without)))
    tried = int(np.isfinite(item.without).sum())
    crossing = f"{len(item.rows_crossing)} of {tried} cross {P_LEVEL:g}"
    p = format_p(item.p_value, p_style=p_style)
    return p if p == low == high else f"{p} ({low if low == high else f'{low}{EN_DASH}{high}'})", crossing


def _write_lane(canvas: Canvas, name: str, texts: tuple[str, str], middle: float, x: float) -> None:
    lines = wrap(name, width=_LEFT - 16, max_lines=2)
    for row, line in enumerate(lines):
        canvas.write(0, middle + 4 + 14 * (row - (len(lines) - 1) / 2), line, role="group")
    canvas.write(x, middle - 3, texts[0], role="range")
    canvas.write(x, middle + 12, texts[1], color=style.MUTED, role="crossing")


def _draw_omissions(axes: Axes, item: Omissions, position: int, width: float) -> None:
    """Draw a dot a patient, those that would cover each other stacked to both sides."""
    values = np.sort(on_p_axis(item.without[np.isfinite(item.without)]))
    cells = np.floor(np.log10(values / P_FLOOR) / 4 * width / 4).astype(int)
    within = np.arange(len(cells)) - np.searchsorted(cells, cells)  # place among the dots of the same cell
    shown = within < _MOST_STACKED
    offset = np.where(within % 2 == 0, 1, -1) * ((within + 1) // 2) * 0.085
    axes.add_patch(_dots(values[shown], position + offset[shown]))
    if item.p_value is not None:
        axes.plot(on_p_axis(item.p_value), position, marker="D", markersize=7, color=style.group_style(1).color,
                  markeredgecolor=style.PAPER, gid="class overall")  # fmt: skip


def _dots(x: np.ndarray, y: np.ndarray) -> PathPatch:
    """Return dots as one path of hardly any length with round ends, a tenth of the size of as many markers."""
    ends = np.column_stack([x, x * _HARDLY_MORE]).ravel()
    path = Path(np.column_stack([ends, np.repeat(y, 2)]), [Path.MOVETO, Path.LINETO] * len(x))
    color = style.group_style(0).color
    return PathPatch(path, fill=False, edgecolor=color, linewidth=3.6, capstyle="round", gid="class omission")


def _name_drivers(canvas: Canvas, axes: Axes, item: Omissions, middle: float, width: float) -> None:
    """Write the patients whose omission moves p most beside the outermost dots, above them where there is no room."""
    low, high = np.log10(axes.get_xlim())
    for rows, p, towards in (
        (item.rows_lowest, np.nanmin(item.without), -1),
        (item.rows_highest, np.nanmax(item.without), 1),
    ):
        words = _patients_text(item.names(rows))
        x = _LEFT + (np.log10(on_p_axis(p)) - low) / (high - low) * width + 6 * towards
        end = x + text_width(words) * towards
        fits = _LEFT < end < _LEFT + width
        edge = min(max(x, _LEFT), _LEFT + width)
        align = "left" if (towards > 0) == fits else "right"
        y = middle + 4 if fits else middle - 15
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
