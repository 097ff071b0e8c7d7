"""How much a p-value rests on single patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes

from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.figures.p_axis import P_FLOOR, P_LEVEL, on_p_axis, set_p_axis
from cartcohort.present.format import EN_DASH, format_p, format_whole
from cartcohort.present.narrative import describe_parts
from cartcohort.present.tables import Cell, Column, Row, build_table, write_csv

_MOST_STACKED = 7
_LANE, _TOP, _LEFT, _AXIS = 50.0, 8.0, 150.0, 44.0


class Omissions(Protocol):
    """A p-value, that with each patient left out (NaN where none), and whose omission moves it across a level."""

    p_value: float | None
    without: np.ndarray
    rows_crossing: Sequence[int]


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
        middle = _LEFT + width / 2
        canvas.write(middle, canvas.height - 8, "p-value with one patient left out", align="center", size=style.TEXT)
        return canvas.finish(
            id=id,
            title=title,
            description=describe_parts([*(_omissions_in_words(n, i, p_style) for n, i in known.items())]),
            csv=write_csv(("group", "left_out", "p_value"), _omission_rows(known)),
            table=_omissions_table(known, id, title, p_style),
        )


def _range_text(item: Omissions, p_style: str) -> tuple[str, str]:
    low, high = (format_p(value, p_style=p_style) for value in (np.nanmin(item.without), np.nanmax(item.without)))
    tried = int(np.isfinite(item.without).sum())
    crossing = f"{len(item.rows_crossing)} of {tried} cross {P_LEVEL:g}"
    return f"{format_p(item.p_value, p_style=p_style)} ({low}{EN_DASH}{high})", crossing


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
    axes.plot(
        values[shown],
        position + offset[shown],
        marker="o",
        markersize=4,
        linestyle="none",
        color=style.group_style(0).color,
        markeredgecolor=style.PAPER,
        markeredgewidth=0.4,
        gid="class omission",
    )
    if item.p_value is not None:
        axes.plot(on_p_axis(item.p_value), position, marker="D", markersize=7, color=style.group_style(1).color,
                  markeredgecolor=style.PAPER, gid="class overall")  # fmt: skip


def _omissions_in_words(name: str, item: Omissions, p_style: str) -> str:
    low, high = (format_p(value, p_style=p_style) for value in (np.nanmin(item.without), np.nanmax(item.without)))
    n = len(item.rows_crossing)
    who = "no patient" if n == 0 else "one patient" if n == 1 else f"any of {format_whole(n)} patients"
    return (
        f"{name}: p {format_p(item.p_value, p_style=p_style)} with all patients, {low} to {high} with one left out; "
        f"leaving out {who} moves it across {P_LEVEL:g}"
    )


def _omission_rows(known: Mapping[str, Omissions]) -> list[tuple]:
    rows = []
    for name, item in known.items():
        rows.append((name, "", item.p_value))
        rows += [(name, position + 1, p) for position, p in enumerate(item.without)]
    return rows


def _omissions_table(known: Mapping[str, Omissions], id: str, title: str, p_style: str) -> Table | Notice:
    columns = [Column("Comparison")]
    columns += [
        Column(name, number=True) for name in ("p, all patients", "Smallest p", "Largest p", "Patients who cross")
    ]
    rows = []
    for name, item in known.items():
        values = (item.p_value, np.nanmin(item.without), np.nanmax(item.without))
        cells = [Cell(format_p(value, p_style=p_style), (value,)) for value in values]
        rows.append(Row((name, *cells, Cell(format_whole(len(item.rows_crossing)), (len(item.rows_crossing),)))))
    return build_table(id=f"{id}-numbers", caption=f"{title}: numbers", columns=columns, rows=rows)
