"""The curves of two runs, read from the CSV of their figures."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cartcohort.present.figures.steps import MOST_TIMES, MOST_TOGETHER, StepLine

_VALUES = ("survival", "incidence")
_FORMULA_GUARD = "'"
_FEW = 5


@dataclass(frozen=True)
class CurvePair:
    """One panel of a figure in two runs.

    Attributes
    ----------
    figure, panel : str
        Titles of the figure and of the panel in it; the latter is empty where there is but one.
    value : str
        "survival" or "incidence".
    before, after : mapping of str to StepLine
        By group; both runs have the same groups.
    thinned : bool
        Whether the CSV left out times of a large curve, so that numbers at risk between them are not known.
    """

    figure: str
    panel: str
    value: str
    before: Mapping[str, StepLine]
    after: Mapping[str, StepLine]
    thinned: bool

    @property
    def name(self) -> str:
        """Return the titles of figure and panel."""
        return ": ".join(filter(None, (self.figure, self.panel)))

    @property
    def short_name(self) -> str:
        """Return the title of the panel, or of the figure that is one panel."""
        return self.panel or self.figure

    @property
    def distance(self) -> float:
        """Return how far the curves lie apart at most, while five patients or more are at risk in both runs."""
        return max(_distance(self.before[group], self.after[group]) for group in self.before)

    def is_same_as(self, other: CurvePair) -> bool:
        """Whether another panel shows the very same curves, as endpoints with the same events do."""
        lines, others = ([*pair.before.values(), *pair.after.values()] for pair in (self, other))
        return len(lines) == len(others) and all(
            np.array_equal(one.time, two.time) and np.array_equal(one.value, two.value)
            for one, two in zip(lines, others, strict=True)
        )


def read_pairs(figures: Mapping[str, tuple[str, str, str]]) -> tuple[list[CurvePair], int]:
    """Return the panels of both runs whose curves differ, and how many differ in their limits alone.

    Parameters
    ----------
    figures : mapping of str to (str, str, str)
        Title of each figure and its CSV in both runs, by name.
    """
    pairs, n_unchanged = [], 0
    for title, *texts in figures.values():
        old, new = (_read_panels(text) for text in texts)
        for panel in (panel for panel in old if panel in new):
            (value, before, whole), (other, after, other_whole) = old[panel], new[panel]
            if value != other or list(before) != list(after):
                continue
            pair = CurvePair(title, panel, value, before, after, not (whole and other_whole))
            if any(_differ(before[group], after[group]) for group in before):
                pairs.append(pair)
            else:
                n_unchanged += any(_limits_differ(before[group], after[group]) for group in before)
    return pairs, n_unchanged


def _read_panels(text: str) -> dict[str, tuple[str, dict[str, StepLine], bool]]:
    """Return what each panel's curves are, the curves by group, and whether all their times are there."""
    rows = list(csv.DictReader(io.StringIO(text)))
    panels: dict[str, dict[str, list[Mapping[str, str]]]] = {}
    for row in rows:
        panels.setdefault(_plain(row.get("panel", "")), {}).setdefault(_plain(row["group"]), []).append(row)
    value = next(name for name in _VALUES if name in rows[0]) if rows else ""
    read = {
        panel: {group: _read_line(group, found, value) for group, found in groups.items()}
        for panel, groups in panels.items()
    }
    # As many patients as times that are never thinned: such a figure is whole.
    together = sum(line.n for lines in read.values() for line in lines.values()) <= MOST_TOGETHER
    return {
        panel: (value, lines, all(_is_whole(line, small=together) for line in lines.values()))
        for panel, lines in read.items()
    }


def _plain(text: str) -> str:
    """Take off the apostrophe that keeps a spreadsheet from running a name."""
    return text.removeprefix(_FORMULA_GUARD)


def _read_line(label: str, rows: Sequence[Mapping[str, str]], value: str) -> StepLine:
    first, *later = rows
    columns = {name: _numbers(later, name) for name in ("time", value, "conf_low", "conf_high", "n_at_risk")}
    events, censored = (_numbers(later, name) for name in ("events_so_far", "censored_so_far"))
    return StepLine(
        label=label,
        start=float(first[value]),
        time=columns["time"],
        value=columns[value],
        conf_low=columns["conf_low"],
        conf_high=columns["conf_high"],
        n_at_risk=columns["n_at_risk"].astype(int),
        n_event=np.diff(events, prepend=0).astype(int),
        n_censored=np.diff(censored, prepend=0).astype(int),
        n=int(float(first["n_at_risk"])),
        conf_level=np.nan,
    )


def _numbers(rows: Sequence[Mapping[str, str]], name: str) -> np.ndarray:
    return np.array([float(row[name]) if row[name] else np.nan for row in rows])


def _is_whole(line: StepLine, *, small: bool) -> bool:
    """Whether the CSV has every time of the curve: of few patients it always has, else it shows in the counts."""
    if small and line.n <= MOST_TIMES:
        return True
    left = line.n - np.cumsum(line.n_event + line.n_censored)
    return np.array_equal(line.n_at_risk[1:], left[:-1])


def _differ(one: StepLine, other: StepLine) -> bool:
    columns = ("time", "value", "n_at_risk", "n_event")
    return any(not np.array_equal(getattr(one, name), getattr(other, name)) for name in columns)


def _limits_differ(one: StepLine, other: StepLine) -> bool:
    columns = ("conf_low", "conf_high")
    return any(not np.array_equal(getattr(one, c), getattr(other, c), equal_nan=True) for c in columns)


def _distance(one: StepLine, other: StepLine) -> float:
    times = np.union1d(one.time, other.time)
    times = times[(one.at_risk(times) >= _FEW) & (other.at_risk(times) >= _FEW)]
    if not len(times):
        return 0.0
    return float(np.nanmax(np.abs(one.values_at(times)[0] - other.values_at(times)[0])))
