"""Flows between two states: how many patients went from which state before to which state after.

From a single state before, nothing flows apart: then a bar stands for each state after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from cartcohort.present import style
from cartcohort.present.display import Figure, Notice
from cartcohort.present.figures.canvas import Canvas, wrap
from cartcohort.present.format import format_n_percent, format_whole
from cartcohort.present.narrative import count_noun, describe_parts
from cartcohort.present.tables import table_values, write_csv

_SIDE, _BLOCK, _TOP = 170.0, 14.0, 30.0
_HEIGHT, _GAP = 210.0, 26.0
_LINE, _THICK, _APART, _SHARE = 15.0, 13.0, 10.0, 90.0
_GROUND = style.tint(style.MUTED, 0.14)
# Of more states than these some blocks are thin, and labels of three lines then need this room of their own.
_AT_EASE, _LABEL, _MARGIN = 4, 47.0, 20.0


def plot_flow(
    flow: pd.DataFrame, *, id: str, title: str, before_label: str = "Before infusion", after_label: str = "At relapse"
) -> Figure | Notice:
    """Draw how patients went from a state before to a state after, ribbons as wide as their number.

    Of a single state before, draw the states after as bars.

    Parameters
    ----------
    flow : DataFrame
        `before`, `after` (text or Categorical, in the order of appearance or of their categories) and `n` (patients).
    id, title, before_label, after_label : str

    Returns
    -------
    Figure, or Notice without a patient
    """
    known = flow[flow["n"] > 0] if len(flow) else flow
    if known.empty:
        return Notice(f"{title}: there is no patient to draw.")
    total = int(known["n"].sum())
    before, after = (_totals(known, side) for side in ("before", "after"))
    with style.drawing_style(id):
        if len(before) == 1:
            canvas = _draw_bars(before, after, before_label, after_label)
        else:
            canvas = _draw_flow(known, before, after, before_label, after_label)
        return canvas.finish(
            id=id,
            title=title,
            description=_describe(known, total),
            csv=write_csv(("before", "after", "n"), known[["before", "after", "n"]].itertuples(index=False)),
            table=table_values(
                known,
                id=f"{id}-numbers",
                caption=f"{title}: numbers",
                headers={"before": before_label, "after": after_label, "n": "Patients"},
                formats={"n": format_whole},
            ),
        )


def _draw_bars(before: Mapping[str, int], after: Mapping[str, int], before_label: str, after_label: str) -> Canvas:
    """Draw the state before as a line of text, and a bar for each state after, its name above it."""
    ((state, total),) = before.items()
    first = wrap(f"{before_label}: {state}", width=style.NARROW, max_lines=2)
    named = {name: wrap(name, width=style.NARROW - _SHARE, max_lines=2) for name in after}
    top = _LINE * (len(first) + 1) + 14
    height = sum(_LINE * len(lines) + _THICK + _APART for lines in named.values())
    canvas = Canvas(height=top + height, width=style.NARROW)
    for row, line in enumerate(first):
        canvas.write(0, 12 + _LINE * row, line, color=style.MUTED, role="before")
    heading = f"{after_label} (n = {format_whole(total)})"
    canvas.write(0, top - 8, heading, bold=True, role="after")
    axes = canvas.axes(left=0, top=top, width=canvas.width, height=height)
    axes.set_axis_off()
    axes.set_xlim(0, total)
    axes.set_ylim(height, 0)
    y = 0.0
    for name, lines in named.items():
        y = _draw_bar(canvas, axes, lines, after[name], total, top=top, y=y)
    return canvas


def _draw_bar(canvas: Canvas, axes: Axes, lines: Sequence[str], n: int, total: int, *, top: float, y: float) -> float:
    """Draw a bar under its name, and return where the next begins."""
    for row, line in enumerate(lines):
        canvas.write(0, top + y + 12 + _LINE * row, line, role="state")
    y += _LINE * len(lines) + 2
    canvas.write(canvas.width, top + y - 5, format_n_percent(n, total), align="right", role="state")
    middle = y + _THICK / 2
    axes.barh(middle, total, height=_THICK, color=_GROUND, linewidth=0)
    axes.barh(middle, n, height=_THICK, color=style.RELAPSE, linewidth=0, gid="class bar")
    return y - 2 + _THICK + _APART


def _draw_flow(
    known: pd.DataFrame, before: dict[str, int], after: dict[str, int], before_label: str, after_label: str
) -> Canvas:
    total = sum(before.values())
    most = max(len(before), len(after))
    gap, margin = (_GAP, 0.0) if most <= _AT_EASE else (_LABEL, _MARGIN)
    height = max(_HEIGHT, (gap + _BLOCK) * most)
    unit = (height - gap * (most - 1)) / total
    canvas = Canvas(height=_TOP + height + 10 + 2 * margin)
    axes = canvas.axes(left=0, top=0, width=canvas.width, height=canvas.height)
    axes.set_axis_off()
    axes.set_xlim(0, canvas.width)
    axes.set_ylim(canvas.height, 0)
    canvas.write(_SIDE, 16, before_label, align="right", bold=True)
    canvas.write(canvas.width - _SIDE, 16, after_label, bold=True)
    middle = _TOP + margin + height / 2
    starts = _stack(before, unit, gap, middle), _stack(after, unit, gap, middle)
    _draw_ribbons(axes, known, starts, unit)
    _draw_blocks(canvas, axes, before, starts[0], unit, total, left_side=True)
    _draw_blocks(canvas, axes, after, starts[1], unit, total, left_side=False)
    return canvas


def _totals(known: pd.DataFrame, side: str) -> dict[str, int]:
    sums = known.groupby(side, sort=False, observed=True)["n"].sum()
    if isinstance(known[side].dtype, pd.CategoricalDtype):
        sums = sums.reindex([name for name in known[side].cat.categories if name in sums.index])
    return {str(name): int(n) for name, n in sums.items()}


def _stack(totals: dict[str, int], unit: float, gap: float, middle: float) -> dict[str, float]:
    """Return the top of each block, the stack centred at `middle`."""
    used = sum(totals.values()) * unit + gap * (len(totals) - 1)
    tops, y = {}, middle - used / 2
    for name, n in totals.items():
        tops[name] = y
        y += n * unit + gap
    return tops


def _draw_ribbons(
    axes: Axes, known: pd.DataFrame, starts: tuple[dict[str, float], dict[str, float]], unit: float
) -> None:
    left, right = dict(starts[0]), dict(starts[1])
    x0, x1 = _SIDE + 8 + _BLOCK, style.WIDTH - _SIDE - 8 - _BLOCK
    middle = (x0 + x1) / 2
    order = list(starts[1])
    ranked = known.assign(rank=[list(starts[0]).index(str(b)) * 1000 + order.index(str(a))
                                for b, a in zip(known["before"], known["after"], strict=True)])  # fmt: skip
    for row in ranked.sort_values("rank").itertuples():
        y0, y1, wide = left[str(row.before)], right[str(row.after)], row.n * unit
        corners = [(x0, y0), (middle, y0), (middle, y1), (x1, y1), (x1, y1 + wide), (middle, y1 + wide),
                   (middle, y0 + wide), (x0, y0 + wide), (x0, y0)]  # fmt: skip
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
        color = style.group_style(order.index(str(row.after))).color
        axes.add_patch(PathPatch(Path(corners, codes), facecolor=color, alpha=0.35, linewidth=0, gid="class ribbon"))
        left[str(row.before)] += wide
        right[str(row.after)] += wide


def _draw_blocks(
    canvas: Canvas,
    axes: Axes,
    totals: dict[str, int],
    tops: dict[str, float],
    unit: float,
    total: int,
    *,
    left_side: bool,
) -> None:
    for position, (name, n) in enumerate(totals.items()):
        color = style.INK if left_side else style.group_style(position).color
        x = _SIDE + 8 if left_side else canvas.width - _SIDE - 8 - _BLOCK
        axes.add_patch(Rectangle((x, tops[name]), _BLOCK, n * unit, facecolor=color, linewidth=0))
        lines = [*wrap(name, width=_SIDE - 10, max_lines=2), format_n_percent(n, total)]
        at = _SIDE if left_side else canvas.width - _SIDE
        first = tops[name] + n * unit / 2 + 4 - 7.5 * (len(lines) - 1)
        for row, line in enumerate(lines):
            last = row == len(lines) - 1
            canvas.write(at, first + 15 * row, line, align="right" if left_side else "left",
                         color=style.MUTED if last else style.INK, role="state")  # fmt: skip


def _describe(known: pd.DataFrame, total: int) -> str:
    said = [f"{row.before} to {row.after}: {format_n_percent(row.n, total)}" for row in known.itertuples()]
    return describe_parts([count_noun(total, "patient"), *said])
