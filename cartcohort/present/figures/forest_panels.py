"""Forest plots with several axes beside each other: the same rows, another statistic on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from matplotlib.axes import Axes

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas
from cartcohort.present.figures.forest_rows import AXIS, LINE, ForestRow, draw_axis, draw_estimate, lay_rows
from cartcohort.present.format import NOT_ESTIMABLE, format_estimate, format_interval_clause
from cartcohort.present.narrative import describe_parts
from cartcohort.present.tables import Statistics, limits, methods, table_grid

_LABELS, _GAP, _RIGHT = 0.37, 40.0, 12.0
"""Share of the width that the labels take, and the space before each axis and after the last."""

Rows = Mapping[str, Mapping[str, Statistics]]


def plot_forest_panels(
    rows: Rows, *, id: str, title: str, panels: Sequence[str], first_column: str
) -> Figure | Notice:
    """Draw several statistics of each row, each on an axis of its own.

    Parameters
    ----------
    rows : mapping of str to mapping of str to Statistics
        As for `table_grid`: results by heading of the column, by label of the row, under a heading. A row without
        an entry in a panel stays blank there; a result without an estimate is marked "NE".
    id, title : str
    panels : sequence of str
        Headings of the columns to draw, from left to right; one that no row has is left out.
    first_column : str
        Heading of the labels.

    Returns
    -------
    Figure, or Notice where no row has a result
    """
    drawn = {
        heading: {label: _only(statistics, panels) for label, statistics in lines.items()}
        for heading, lines in rows.items()
    }
    table = table_grid(drawn, id=f"{id}-numbers", caption=f"{title}: numbers", first_column=first_column)
    if not isinstance(table, Table):
        return Notice(f"{title}: there is nothing to draw.")
    placed = _place(drawn)
    present = [panel for panel in panels if any(panel in statistics for _, statistics in placed)]
    bottom = placed[-1][0].top + placed[-1][0].height
    width = (style.WIDTH * (1 - _LABELS) - _RIGHT) / len(present) - _GAP
    with style.drawing_style(id):
        canvas = Canvas(height=bottom + AXIS)
        canvas.write(0, 14, first_column, bold=True)
        _write_labels(canvas, [row for row, _ in placed])
        for position, panel in enumerate(present):
            left = _LABELS * style.WIDTH + _GAP + position * (width + _GAP)
            canvas.write(left, 14, panel, bold=True)
            axes = canvas.axes(left=left, top=0, width=width, height=bottom)
            _draw_panel(canvas, axes, [(row, statistics.get(panel)) for row, statistics in placed], bottom)
        results = [result for _, statistics in placed for result in statistics.values()]
        note = " ".join([*methods(results), *limits(results)])
        return canvas.finish(id=id, title=title, description=_describe(drawn), csv=table.csv, table=table, note=note)


def _only(statistics: Statistics, panels: Sequence[str]) -> dict[str, Result]:
    return {panel: result for panel in panels if isinstance(result := statistics.get(panel), Result)}


def _place(rows: Mapping[str, Mapping[str, Mapping[str, Result]]]) -> list[tuple[ForestRow, Mapping[str, Result]]]:
    """Return headings and rows from top to bottom, each with its results (none for a heading)."""
    names, results, by_name = {}, ResultSet(), {}
    for heading, lines in rows.items():
        for label, statistics in lines.items():
            if statistics:
                name = f"{heading}/{label}"
                names.setdefault(heading, []).append(name)
                results |= {name: replace(next(iter(statistics.values())), label=label)}
                by_name[name] = statistics
    room = _LABELS * style.WIDTH
    laid = lay_rows(results, names, label_width=room, heading_width=style.WIDTH)
    of_rows = iter(by_name.values())
    return [(row, next(of_rows) if row.result else {}) for row in laid]


def _write_labels(canvas: Canvas, rows: Sequence[ForestRow]) -> None:
    for row in rows:
        for position, line in enumerate(row.lines):
            canvas.write(row.indent, row.top + 15 + position * LINE, line, bold=row.result is None, role="row")


def _draw_panel(canvas: Canvas, axes: Axes, rows: Sequence[tuple[ForestRow, Result | None]], bottom: float) -> None:
    draw_axis(axes, [result for _, result in rows if result], bottom)
    for row, result in rows:
        if result is not None and result.estimate is None:
            centre = axes.get_position().x0 + axes.get_position().width / 2
            canvas.write(centre * canvas.width, row.middle + 4, NOT_ESTIMABLE, align="center", color=style.MUTED)
        elif result is not None:
            draw_estimate(axes, result, row.middle)


def _describe(rows: Mapping[str, Mapping[str, Mapping[str, Result]]]) -> str:
    return describe_parts(
        [
            f"{heading}, {label}: {'; '.join(_in_words(panel, result) for panel, result in statistics.items())}"
            for heading, lines in rows.items()
            for label, statistics in lines.items()
            if statistics
        ]
    )


def _in_words(panel: str, result: Result) -> str:
    text = f"{panel.replace(chr(10), ' ')} {format_estimate(result)}"
    return f"{text} {format_interval_clause(result)}".rstrip() if result.estimate is not None else text
