"""A cure fraction on the curve it was read from: Kaplan-Meier, the models with and without cure, and the interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes

from cartcohort.estimate.results import Result, SurvivalCurve
from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.canvas import Canvas
from cartcohort.present.figures.curve_layout import CurvePlot, lay_out
from cartcohort.present.figures.curves import draw_curves
from cartcohort.present.figures.legend import Key, legend_height, write_legend
from cartcohort.present.figures.panels import PANEL_HEIGHT, PANEL_WIDTH, say_faint
from cartcohort.present.figures.placement import Box
from cartcohort.present.figures.steps import StepLine, survival_lines
from cartcohort.present.format import format_months, format_percent, format_whole
from cartcohort.present.narrative import count_noun, describe_parts, say_estimate
from cartcohort.present.tables import Cell, Column, Heading, Row, build_table, curve_conventions, write_csv

_GUTTER, _BESIDE = 26.0, 16.0
_FINE = 60
_OBSERVED = style.GroupStyle(style.INK, (), "o")
_WITH = style.GroupStyle("#0067a5", (3.4, 1.4), "D")
_WITHOUT = style.GroupStyle("#b84700", (1.2, 1.8), "s")


class CureModel(Protocol):
    """A model with and without cured patients, as survival at any time."""

    def survival(self, time: Sequence[float]) -> np.ndarray:
        """Return the probability of no event by each time."""
        ...

    def survival_without(self, time: Sequence[float]) -> np.ndarray:
        """Return the same under the model without cured patients."""
        ...


@dataclass(frozen=True)
class CurePanel:
    """One endpoint: its curve, the model, and the cure fraction with its limits."""

    curve: SurvivalCurve
    model: CureModel
    fraction: Result


def plot_cure_models(
    panels: Mapping[str, CurePanel], *, id: str, title: str, family: str, x_label: str, min_at_risk: int
) -> Figure | Notice:
    """Draw curves with a mixture-cure model and the same distribution without cure over them.

    Parameters
    ----------
    panels : mapping of str to CurePanel
        By the endpoint in words, at most two; those whose cure fraction is not estimable are left out.
    id, title : str
    family : str
        Distribution of the uncured, in words.
    x_label : str
    min_at_risk : int
        The observed curve is faint from where fewer patients remain.

    Returns
    -------
    Figure, or Notice where no model could be fitted
    """
    known = {name: panel for name, panel in panels.items() if panel.fraction.estimate is not None}
    if not known:
        return Notice(f"{title}: no mixture-cure model can be fitted.")
    lines = {name: survival_lines({"": panel.curve}) for name, panel in known.items()}
    keys = [Key(text, look.color, line=look) for text, look in _legend(family).items()]
    with style.drawing_style(id):
        plots = {
            name: CurvePlot(x_label=x_label, y_label=name, min_at_risk=min_at_risk, plot_height=PANEL_HEIGHT * 1.2,
                            bold_label=True)
            for name in known
        }  # fmt: skip
        top = legend_height(keys, width=PANEL_WIDTH) + 6
        layout = lay_out(lines, plots, width=PANEL_WIDTH, beside=_BESIDE)
        height = max(layout.height(lines[name], plot) for name, plot in plots.items())
        canvas = Canvas(height=top + height, width=len(known) * (PANEL_WIDTH + _GUTTER) - _GUTTER)
        write_legend(canvas, keys, width=PANEL_WIDTH)
        boxes = [Box(column * (PANEL_WIDTH + _GUTTER), top, PANEL_WIDTH, height) for column in range(len(known))]
        for box, (name, panel) in zip(boxes, known.items(), strict=True):
            axes = draw_curves(canvas, lines[name], plots[name], layout, left=box.left, top=box.top)
            _draw_model(axes, panel, lines[name][0].last)
        return canvas.finish(
            id=id,
            title=title,
            description=describe_parts([_in_words(name, panel, family) for name, panel in known.items()]),
            csv=write_csv(
                ("endpoint", "months", "with_cure", "without_cure"),
                [(name, *row) for name, panel in known.items() for row in _fitted(panel, lines[name][0].last, _FINE)],
            ),
            table=_table(known, lines, id, title, family),
            note=_note(list(known.values()), say_faint(lines, plots)),
            panels=[Box(0, 0, PANEL_WIDTH, top), *boxes] if len(boxes) > 1 else (),
        )


def _note(panels: Sequence[CurePanel], faint: str) -> str:
    conventions = curve_conventions([panel.curve for panel in panels], [panel.fraction for panel in panels])
    return " ".join(part for part in (*conventions, faint) if part)


def _legend(family: str) -> dict[str, style.GroupStyle]:
    return {
        "Kaplan-Meier with limits": _OBSERVED,
        f"{family}, with cure (mark: cured, with limits)": _WITH,
        f"{family}, without cure": _WITHOUT,
    }


def _draw_model(axes: Axes, panel: CurePanel, last: float) -> None:
    months, with_cure, without_cure = zip(*_fitted(panel, last, _FINE), strict=True)
    for values, look, role in ((with_cure, _WITH, "with-cure"), (without_cure, _WITHOUT, "without-cure")):
        axes.plot(months, values, color=look.color, linestyle=look.linestyle, linewidth=1.4, gid=f"class {role}",
                  clip_on=False)  # fmt: skip
    fraction = panel.fraction
    x = axes.get_xlim()[1] * 1.02
    if fraction.conf_low is not None and fraction.conf_high is not None:
        axes.plot([x, x], [fraction.conf_low, fraction.conf_high], color=_WITH.color, linewidth=2.0, clip_on=False,
                  gid="class interval")  # fmt: skip
    axes.plot(x, fraction.estimate, color=_WITH.color, marker=_WITH.marker, markersize=6, clip_on=False)


def _fitted(panel: CurePanel, last: float, n: int) -> list[tuple[float, float, float]]:
    months = np.linspace(0, last, n + 1)
    return list(zip(months, panel.model.survival(months), panel.model.survival_without(months), strict=True))


def _in_words(name: str, panel: CurePanel, family: str) -> str:
    curve = panel.curve
    last, level = curve.time[-1], curve.survival[-1]
    return (
        f"{name}: {count_noun(curve.n, 'patient')}, {count_noun(int(curve.n_event.sum()), 'event')}, "
        f"{format_percent(level)} event-free at {format_months(last)} months; cured under a {family} model "
        f"{say_estimate(panel.fraction)}; without cure that model gives "
        f"{format_percent(panel.model.survival_without([last])[0])} at that time"
    )


def _table(
    known: Mapping[str, CurePanel], lines: Mapping[str, Sequence[StepLine]], id: str, title: str, family: str
) -> Table | Notice:
    columns = [Column("Months", number=True, csv=("months",)), Column("At risk", number=True, csv=("n_at_risk",))]
    headers = {"Kaplan-Meier": "survival", f"{family}, with cure": "with_cure", "without cure": "without_cure"}
    columns += [Column(header, number=True, csv=(name,)) for header, name in headers.items()]
    rows: list[Row | Heading] = []
    for name, panel in known.items():
        line = lines[name][0]
        months = np.linspace(0, line.last, 7)
        observed = line.values_at(months)[0]
        rows.append(Heading(name))
        for (month, with_cure, without), value, at_risk in zip(
            _fitted(panel, line.last, 6), observed, line.at_risk(months), strict=True
        ):
            cells = [Cell(format_months(month), (month,)), Cell(format_whole(at_risk), (at_risk,))]
            cells += [Cell(format_percent(share), (share,)) for share in (value, with_cure, without)]
            rows.append(Row(tuple(cells)))
    return build_table(id=f"{id}-numbers", caption=f"{title}: numbers", columns=columns, rows=rows)
