"""The curves of two runs drawn together: the first run dashed and pale, the second solid, a colour a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from cartcohort.present import style
from cartcohort.present.comparison.curves import CurvePair
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas, wrap
from cartcohort.present.figures.placement import Box
from cartcohort.present.figures.risk_table import (
    cell_width,
    gutter_width,
    most_ticks,
    risk_blocks,
    table_height,
    write_risk_table,
)
from cartcohort.present.figures.steps import StepLine, step_path, time_axis
from cartcohort.present.format import NOT_ESTIMABLE, format_number, format_percent, format_whole
from cartcohort.present.narrative import count_noun, describe_parts
from cartcohort.present.tables import Cell, Column, Heading, Row, build_table, write_csv

_LEFT, _RIGHT, _ABOVE, _AXIS, _NAMES = 46.0, 8.0, 42.0, 44.0, 86.0
_GUTTER, _ROW_GAP = 26.0, 14.0
_WIDTH = (style.WIDTH - _GUTTER) / 2
_HEIGHT = 170.0
_PALE = 0.62
_DASH = (4.0, 2.2)
_RUNS = ("A", "B")


def plot_pairs(pairs: Sequence[CurvePair], *, id: str, title: str, names: tuple[str, str]) -> Figure | Notice:
    """Draw the curves of two runs together, a panel a pair, two panels a row.

    Parameters
    ----------
    pairs : sequence of CurvePair
    id, title : str
    names : (str, str)
        What the runs are called.
    """
    if not pairs:
        return Notice(f"{title}: there is none that differs.")
    rows = [pairs[start : start + 2] for start in range(0, len(pairs), 2)]
    heights = [max(map(_panel_height, row)) for row in rows]
    ticks = []
    with style.drawing_style(id):
        canvas = Canvas(height=sum(heights) + _ROW_GAP * (len(rows) - 1))
        top, boxes = 0.0, []
        for row, height in zip(rows, heights, strict=True):
            for column, pair in enumerate(row):
                boxes.append(Box(column * (_WIDTH + _GUTTER), top, _WIDTH, height))
                ticks.append(_draw_pair(canvas, pair, left=boxes[-1].left, top=top))
            top += height + _ROW_GAP
        return canvas.finish(
            id=id,
            title=title,
            description=describe_parts([_in_words(pair, names) for pair in pairs]),
            csv=_csv(pairs),
            table=_table(pairs, ticks, id=id, title=title),
            note=_note(pairs, names),
            panels=boxes if len(boxes) > 1 else (),
        )


def _panel_height(pair: CurvePair) -> float:
    table = 0.0 if pair.thinned else table_height(risk_blocks(*_lines(pair)), room=_NAMES)
    return _ABOVE + _HEIGHT + _AXIS + table


def _draw_pair(canvas: Canvas, pair: CurvePair, *, left: float, top: float) -> np.ndarray:
    """Draw one panel and return its ticks."""
    lines, looks = _lines(pair)
    blocks = risk_blocks(lines, looks)
    beside = max(_LEFT, 0 if pair.thinned else gutter_width(blocks, room=_NAMES))
    width = _WIDTH - beside - max(_RIGHT, cell_width(lines) / 2)
    frame = Box(left + beside, top + _ABOVE, width, _HEIGHT)
    ticks, end = time_axis(max(line.last for line in lines), most=most_ticks(lines, width))
    axes = canvas.axes(left=frame.left, top=frame.top, width=frame.width, height=frame.height)
    top_value = 1.0 if pair.value == "survival" else _top_of(lines)
    _draw_axes(axes, ticks, end, top_value)
    _write_title(canvas, pair, left, top)
    bottom = frame.top + frame.height
    canvas.write(frame.left + frame.width / 2, bottom + 36, "Months", align="center", size=style.TEXT)
    if len(pair.before) == 1:
        _draw_band(axes, lines[0], looks[0])
    for line, look in zip(lines, looks, strict=True):
        _draw_line(axes, line, look, frame.height / top_value)
    if not pair.thinned:
        write_risk_table(canvas, blocks, ticks, left=left, top=bottom + _AXIS, frame=frame, end=end, room=_NAMES)
    return ticks


def _write_title(canvas: Canvas, pair: CurvePair, left: float, top: float) -> None:
    """Write the figure's title above the panel's, or alone over two lines."""
    bold = wrap(pair.panel or pair.figure, width=_WIDTH / 1.1, max_lines=1 if pair.panel else 2)
    if pair.panel:
        canvas.write(left, top + 12, wrap(pair.figure, width=_WIDTH, max_lines=1)[0], color=style.MUTED)
    for row, text in enumerate(reversed(bold)):
        canvas.write(left, top + 28 - row * style.LINE_HEIGHT, text, size=style.TEXT, bold=True)


def _lines(pair: CurvePair) -> tuple[list[StepLine], list[style.GroupStyle]]:
    """Return the lines of both runs and how they look, the two of a group one after the other."""
    lines, looks = [], []
    alone = len(pair.before) == 1
    for group, hue in zip(pair.before, style.styles_of(list(pair.before)), strict=True):
        for run, curves in zip(_RUNS, (pair.before, pair.after), strict=True):
            lines.append(_labelled(curves[group], run if alone else f"{group}, {run}"))
        looks.append(style.GroupStyle(style.tint(hue.color, _PALE), _DASH, hue.marker))
        looks.append(style.GroupStyle(hue.color, (), hue.marker))
    return lines, looks


def _labelled(line: StepLine, label: str) -> StepLine:
    return StepLine(**{**vars(line), "label": label})


def _top_of(lines: Sequence[StepLine]) -> float:
    highest = max((float(np.max(line.value, initial=0.0)) for line in lines), default=1.0)
    return min(1.0, max(0.2, np.ceil(highest * 10 + 0.5) / 10))


def _draw_axes(axes: Axes, ticks: np.ndarray, end: float, top: float) -> None:
    axes.set_xlim(0, end)
    axes.set_ylim(0, top)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    step = 0.2 if top > 0.5 else 0.1
    levels = np.arange(0, round(top / step) + 1) * step
    levels = levels[levels <= top + 1e-9]
    axes.set_yticks(levels, [format_percent(level, decimals=0) for level in levels])


def _draw_band(axes: Axes, line: StepLine, look: style.GroupStyle) -> None:
    known = np.flatnonzero(np.isfinite(line.conf_low) & np.isfinite(line.conf_high))
    if not len(known):
        return
    x, low = step_path(line.time[known], line.conf_low[known], line.start)
    _, high = step_path(line.time[known], line.conf_high[known], line.start)
    axes.fill(
        np.concatenate([x, [line.last] * 2, x[::-1]]),
        np.concatenate([low, [low[-1], high[-1]], high[::-1]]),
        facecolor=look.color,
        alpha=0.16,
        linewidth=0,
        gid="class band",
        clip_on=False,
    )


def _draw_line(axes: Axes, line: StepLine, look: style.GroupStyle, y_units: float) -> None:
    keep = line.vertices(line.value, y_units=y_units)
    x, y = step_path(line.time[keep], line.value[keep], line.start)
    x, y = np.append(x, line.last), np.append(y, y[-1])
    axes.plot(x, y, color=look.color, linestyle=look.linestyle, clip_on=False, gid="class curve")


def _in_words(pair: CurvePair, names: tuple[str, str]) -> str:
    parts = []
    for group in pair.before:
        said = [
            f"{run} ({name}) {count_noun(line.n, 'patient')}, {count_noun(line.total_events, 'event')}"
            for run, name, line in zip(_RUNS, names, (pair.before[group], pair.after[group]), strict=True)
        ]
        parts.append(": ".join([*([] if len(pair.before) == 1 else [group]), "; ".join(said)]))
    apart = f"at most {format_number(pair.distance * 100, decimals=1)} points apart"
    return f"{pair.name}: {'; '.join(parts)}; {apart}"


def _note(pairs: Sequence[CurvePair], names: tuple[str, str]) -> str:
    said = [
        f"Dashed and pale: A ({names[0]}). Solid: B ({names[1]}); where both run together only B is seen.",
        "Shaded: confidence limits of A." if any(len(pair.before) == 1 for pair in pairs) else "",
        "Months count from the time zero of each endpoint.",
        "No numbers at risk where a curve is of more than 400 patients." if any(p.thinned for p in pairs) else "",
    ]
    return " ".join(filter(None, said))


def _table(pairs: Sequence[CurvePair], ticks: Sequence[np.ndarray], *, id: str, title: str) -> Table | Notice:
    columns = [Column("Months", number=True), *(Column(f"{run}, at risk", number=True) for run in _RUNS)]
    columns += [*(Column(run, number=True) for run in _RUNS), Column("B − A, points", number=True)]
    rows: list[Row | Heading] = []
    for pair, places in zip(pairs, ticks, strict=True):
        for group in pair.before:
            rows.append(Heading(pair.name if len(pair.before) == 1 else f"{pair.name}: {group}"))
            rows += _table_rows((pair.before[group], pair.after[group]), places, known=not pair.thinned)
    unknown = any(cell.text == NOT_ESTIMABLE for row in rows if isinstance(row, Row) for cell in row.all_cells)
    notes = ["NE, not estimable: nobody was followed so long."] if unknown else []
    return build_table(id=f"{id}-numbers", caption=f"{title}: numbers", columns=columns, rows=rows, notes=notes)


def _table_rows(lines: tuple[StepLine, StepLine], ticks: np.ndarray, *, known: bool) -> list[Row]:
    at_risk = [line.at_risk(ticks) for line in lines]
    values = [line.values_at(ticks)[0] for line in lines]
    rows = []
    for place, tick in enumerate(ticks):
        old, new = (column[place] for column in values)
        cells = [format_number(tick, decimals=0 if float(tick).is_integer() else 2)]
        cells += [format_whole(column[place]) if known else "" for column in at_risk]
        cells += [format_percent(old), format_percent(new), format_number((new - old) * 100)]
        rows.append(Row(tuple(map(Cell, cells))))
    return rows


def _csv(pairs: Sequence[CurvePair]) -> str:
    header = ["panel", "group", "run", "time", "n_at_risk", "value"]
    lines = []
    for pair in pairs:
        for group in pair.before:
            for run, curves in zip(_RUNS, (pair.before, pair.after), strict=True):
                lines += _csv_rows(pair, curves[group], group, run)
    return write_csv(header, lines)


def _csv_rows(pair: CurvePair, line: StepLine, group: str, run: str) -> list[list]:
    start = [pair.name, group, run, 0.0, line.n, line.start]
    columns = zip(line.time, line.n_at_risk, line.value, strict=True)
    return [start, *([pair.name, group, run, float(t), int(n), float(v)] for t, n, v in columns)]


def choose_pairs(pairs: Sequence[CurvePair], *, most: int) -> tuple[list[CurvePair], Mapping[str, list[str]]]:
    """Return the panels that lie farthest apart, of most patients first, and which others show the same as each."""
    chosen: list[CurvePair] = []
    same: dict[str, list[str]] = {}
    for pair in pairs:
        twin = next((one for one in chosen if pair.is_same_as(one)), None)
        if twin is None:
            chosen.append(pair)
        else:
            same.setdefault(twin.name, []).append(pair.short_name)
    farthest = sorted(chosen, key=lambda pair: -pair.distance)[:most]
    drawn = [pair for pair in chosen if any(pair is one for one in farthest)]
    drawn.sort(key=lambda pair: -max(line.n for line in pair.before.values()))
    return drawn, {pair.short_name: same[pair.name] for pair in drawn if pair.name in same}
