"""Forest plots with several axes beside each other: the same rows, another statistic on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.figures.forest_rows import (
    AXIS,
    TITLE,
    ForestRow,
    draw_axis,
    draw_estimate,
    label_width,
    lay_rows,
    ratio_name,
    write_labels,
)
from cartcohort.present.format import format_estimate, format_interval, format_interval_clause
from cartcohort.present.narrative import describe_parts
from cartcohort.present.tables import Statistics, limits, methods, table_grid

_PAD, _PLOT, _EDGE, _HEAD = 14.0, 80.0, 14.0, 14.0
"""Space between columns, width of an axis, space beside it, and height of a further line of a heading."""

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
    columns = [_column(panel, placed) for panel in present]
    more = _HEAD * (max(len(column.head) for column in columns) - 1)
    rows = [row for row, _ in placed]
    left, bottom = label_width(rows, first_column) + _PAD, rows[-1].top + rows[-1].height
    width = left + sum(column.width + _PAD for column in columns) - _PAD
    with style.drawing_style(id):
        canvas = Canvas(height=more + bottom + AXIS + TITLE + 4, width=width)
        canvas.write(0, more + 14, first_column, bold=True)
        write_labels(canvas, rows, top=more)
        _draw_guides(canvas, [more + row.top + row.height for row in rows if row.result is not None])
        for column in columns:
            _draw_column(canvas, column, rows, left=left, top=more, bottom=bottom)
            left += column.width + _PAD
        results = [result for _, statistics in placed for result in statistics.values()]
        note = " ".join([*methods(results), *limits(results)])
        return canvas.finish(id=id, title=title, description=_describe(drawn), csv=table.csv, table=table, note=note)


@dataclass(frozen=True)
class _Column:
    """One statistic: its heading in lines, and the result of each row, None where it has none."""

    head: Sequence[str]
    results: Sequence[Result | None]

    @property
    def known(self) -> list[Result]:
        """Return the results that there are."""
        return [result for result in self.results if result is not None]

    @property
    def texts(self) -> float:
        """Return the width of the texts."""
        return max(text_width(format_interval(result)) for result in self.known)

    @property
    def width(self) -> float:
        """Return the width of texts and axis."""
        return self.texts + _PAD + _PLOT + _EDGE


def _column(panel: str, placed: Sequence[tuple[ForestRow, Mapping[str, Result]]]) -> _Column:
    column = _Column([], [statistics.get(panel) for _, statistics in placed])
    return replace(column, head=wrap(panel, width=column.width - _EDGE, max_lines=3, bold=True))


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
    laid = lay_rows(results, names)
    of_rows = iter(by_name.values())
    return [(row, next(of_rows) if row.result else {}) for row in laid]


def _draw_column(
    canvas: Canvas, column: _Column, rows: Sequence[ForestRow], *, left: float, top: float, bottom: float
) -> None:
    """Write the heading and the estimates with their limits, and draw them beside."""
    for position, line in enumerate(column.head):
        y = top + 14 - _HEAD * (len(column.head) - 1 - position)
        canvas.write(left, y, line, bold=True)
    start = left + column.texts + _PAD
    axes = canvas.axes(left=start, top=top, width=_PLOT, height=bottom)
    draw_axis(axes, column.known, bottom=bottom, width=_PLOT)
    for row, result in zip(rows, column.results, strict=True):
        if result is None:
            continue
        color = style.INK if result.estimate is not None else style.MUTED
        canvas.write(left, top + row.middle + 4, format_interval(result), color=color, role="estimate")
        draw_estimate(axes, result, row.middle)
    name = ratio_name(column.known)
    if name:
        canvas.write(start + _PLOT / 2, top + bottom + AXIS + 14, name, align="center", role="axis")


def _draw_guides(canvas: Canvas, heights: Sequence[float]) -> None:
    """Draw a light line below each row from edge to edge, for an axis that lies far beneath."""
    for y in heights[:-1]:
        canvas.line((0, canvas.width), (y, y), color=style.RULE, width=0.5)


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
