"""How much a p-value rests on the threshold that splits a number in two groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas, text_width
from cartcohort.present.figures.legend import legend_height, line_keys, write_legend
from cartcohort.present.figures.p_axis import P_LEVEL, on_p_axis, set_p_axis
from cartcohort.present.format import format_number, format_p, format_whole
from cartcohort.present.narrative import count_noun, describe_parts, join_words
from cartcohort.present.tables import Cell, Column, Heading, Row, build_table, write_csv

_LEFT, _RIGHT, _PLOT, _AXIS = 62.0, 16.0, 180.0, 44.0
_WIDTH = style.NARROW - _LEFT - _RIGHT
_COUNT_ROWS, _COUNT_GAP, _MOST_TICKS = 34.0, 10.0, 7


_DRAWN = (
    "Each mark: the p-value when the threshold is there, patients below it against those at or above it. Grey line: "
    f"p = {P_LEVEL:g}."
)


class Scan(Protocol):
    """Thresholds in ascending order, the patients below and at or above each, and the p-value; NaN where none."""

    threshold: np.ndarray
    n_low: np.ndarray
    n_high: np.ndarray
    p_value: np.ndarray


def plot_threshold_scan(
    scans: Mapping[str, Scan],
    *,
    id: str,
    title: str,
    x_label: str,
    chosen: float | None = None,
    p_style: str = "journal",
) -> Figure | Notice:
    """Draw the p-value over the thresholds that could have defined a factor.

    Parameters
    ----------
    scans : mapping of str to Scan
        By what is compared ("OS"); the numbers below the axis are those of the first.
    id, title, x_label : str
    chosen : float, optional
        Threshold in use, marked by a line.
    p_style : {"journal", "four_decimals"}

    Returns
    -------
    Figure, or Notice where no threshold has a p-value
    """
    scans = {name: scan for name, scan in scans.items() if np.isfinite(scan.p_value).any()}
    if not scans:
        return Notice(f"{title}: no threshold has a p-value.")
    looks = style.styles_of(list(scans))
    keys = line_keys(dict(zip(scans, looks, strict=True)))
    top = legend_height(keys, width=style.NARROW) + 24
    with style.drawing_style(id):
        canvas = Canvas(height=top + _PLOT + _AXIS + _COUNT_ROWS, width=style.NARROW)
        write_legend(canvas, keys, width=canvas.width)
        axes = canvas.axes(left=_LEFT, top=top, width=_WIDTH, height=_PLOT)
        axes.set_xlim(*_span(scans, chosen))
        set_p_axis(axes.set_yscale, axes.set_ylim, axes.set_yticks)
        axes.minorticks_off()
        axes.axhline(P_LEVEL, color=style.RULE, linewidth=1.0, zorder=0, gid="class level")
        for scan, look in zip(scans.values(), looks, strict=True):
            _draw_scan(axes, scan, look)
        canvas.write(0, top - 10, "p-value", size=style.TEXT)
        canvas.write(_LEFT + _WIDTH / 2, top + _PLOT + 36, x_label, align="center", size=style.TEXT)
        if chosen is not None:
            _mark_chosen(canvas, axes, chosen, top=top)
        _write_counts(canvas, axes, next(iter(scans.values())), top + _PLOT + _AXIS)
        return canvas.finish(
            id=id,
            title=title,
            description=describe_parts([*(_scan_in_words(n, s, p_style) for n, s in scans.items())]),
            csv=_scan_csv(scans),
            table=_scan_table(scans, id, title, p_style),
            note=_DRAWN,
        )


def _mark_chosen(canvas: Canvas, axes: Axes, chosen: float, *, top: float) -> None:
    """Mark the threshold in use, its number above the frame."""
    axes.axvline(chosen, color=style.INK, linewidth=1.0, linestyle=(0, (2, 2)), zorder=0, gid="class chosen")
    words = f"cut used: {chosen:g}"
    half = text_width(words) / 2
    x = min(max(_place(axes, chosen), _LEFT + half), canvas.width - half)
    canvas.write(x, top - 10, words, align="center", role="chosen")


def _place(axes: Axes, at: float) -> float:
    """Return where a threshold lies across the sheet."""
    low, high = axes.get_xlim()
    return _LEFT + (at - low) / (high - low) * _WIDTH


def _span(scans: Mapping[str, Scan], chosen: float | None) -> tuple[float, float]:
    values = np.concatenate([scan.threshold for scan in scans.values()] + [[chosen]] * (chosen is not None)).astype(
        float
    )
    margin = (values.max() - values.min()) * 0.03 or 1.0
    return values.min() - margin, values.max() + margin


def _draw_scan(axes: Axes, scan: Scan, look: style.GroupStyle) -> None:
    p = on_p_axis(scan.p_value)
    axes.plot(
        scan.threshold, p, color=look.color, linestyle=look.linestyle, linewidth=1.2, zorder=2, gid="class curve"
    )
    axes.plot(scan.threshold, p, color=look.color, marker=look.marker, markersize=4, linestyle="none", clip_on=False)


def _write_counts(canvas: Canvas, axes: Axes, scan: Scan, top: float) -> None:
    """Write the patients on either side of each tick, parted as by the next threshold looked at; none past them."""
    widest = max(text_width(format_whole(n)) for n in (*scan.n_low, *scan.n_high))
    ticks = MaxNLocator(nbins=min(int(_WIDTH / (widest + _COUNT_GAP)), _MOST_TICKS), steps=[1, 2, 2.5, 5, 10])
    axes.set_xticks(ticks := [tick for tick in ticks.tick_values(*axes.get_xlim()) if _is_within(axes, tick)])
    axes.set_xticklabels([f"{tick:g}" for tick in ticks])
    for row, (words, counts) in enumerate((("n below", scan.n_low), ("n from", scan.n_high))):
        y = top + 12 + row * style.LINE_HEIGHT
        canvas.write(0, y, words, color=style.MUTED)
        for tick in ticks:
            following = int(np.searchsorted(scan.threshold, tick - 1e-9))
            if scan.threshold[0] - 1e-9 <= tick and following < len(counts):
                text = format_whole(counts[following])
                canvas.write(_place(axes, tick), y, text, align="center", role="count")


def _is_within(axes: Axes, tick: float) -> bool:
    low, high = axes.get_xlim()
    return low <= tick <= high


def _scan_in_words(name: str, scan: Scan, p_style: str) -> str:
    best = int(np.nanargmin(scan.p_value))
    below = int(np.sum(scan.p_value < P_LEVEL))
    return (
        f"{name}: {count_noun(len(scan.threshold), 'threshold')}, p below {P_LEVEL:g} at {below}, "
        f"smallest p {format_p(scan.p_value[best], p_style=p_style)} at {format_number(scan.threshold[best])}"
    )


def _same_groups(scans: Mapping[str, Scan]) -> list[dict[str, Scan]]:
    """Put together the scans that cut the same patients at the same thresholds, such as those of two endpoints."""
    blocks: dict[bytes, dict[str, Scan]] = {}
    for name, scan in scans.items():
        key = b"".join(np.asarray(part).tobytes() for part in (scan.threshold, scan.n_low, scan.n_high))
        blocks.setdefault(key, {})[name] = scan
    return list(blocks.values())


def _lines_of(block: Mapping[str, Scan]) -> Iterator[tuple]:
    """Iterate over threshold, patients below, at or above, and the p-value of each scan of a block."""
    first = next(iter(block.values()))
    return zip(first.threshold, first.n_low, first.n_high, *(scan.p_value for scan in block.values()), strict=True)


def _scan_csv(scans: Mapping[str, Scan]) -> str:
    header = ("threshold", "n_below", "n_at_or_above", *(f"p_value: {name}" for name in scans))
    lines = []
    for block in _same_groups(scans):
        for at, n_low, n_high, *found in _lines_of(block):
            p_values = dict(zip(block, found, strict=True))
            lines.append((at, n_low, n_high, *(p_values.get(name) for name in scans)))
    return write_csv(header, lines)


def _scan_table(scans: Mapping[str, Scan], id: str, title: str, p_style: str) -> Table | Notice:
    columns = [Column(name, number=True) for name in ("Threshold", "Below", "At or above")]
    columns += [Column(f"{name}, p", number=True) for name in scans]
    rows: list[Row | Heading] = []
    for block in _same_groups(scans):
        rows += [Heading(join_words(list(block)))] if len(block) < len(scans) else []
        for at, n_low, n_high, *found in _lines_of(block):
            cells = [Cell(format_number(at), (at,)), *(Cell(format_whole(n), (n,)) for n in (n_low, n_high))]
            p_values = {n: Cell(format_p(p, p_style=p_style), (p,)) for n, p in zip(block, found, strict=True)}
            rows.append(Row((*cells, *(p_values.get(name, Cell("", (None,))) for name in scans))))
    return build_table(id=f"{id}-numbers", caption=f"{title}: numbers", columns=columns, rows=rows)
