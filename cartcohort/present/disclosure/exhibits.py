"""The tables and the figure of a masked run, each made from released counts alone."""

from __future__ import annotations

from dataclasses import replace

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.disclosure.released import Released, outcomes_of
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.further import plot_further
from cartcohort.present.format import format_interval, format_n_percent, format_whole
from cartcohort.present.tables import Cell, Column, Heading, Row, build_table, table_results

Exhibit = Table | Figure | Notice


def table_patients(released: Released) -> Exhibit:
    """Tabulate the patients by the levels of each released factor."""
    rows: list[Row | Heading] = []
    for factor, levels in released.factors.items():
        known = sum(levels.values())
        rows += [Heading(released.labels[factor])]
        rows += [Row((level, Cell(format_n_percent(n, known), (n, known))), level=1) for level, n in levels.items()]
    header = f"All patients\n(n = {format_whole(released.n)})"
    return build_table(
        id="efficacy-released-patients",
        caption="Patients before treatment",
        columns=[Column("Characteristic"), Column(header, number=True, csv=("n", "known"))],
        rows=rows,
        notes=["Numbers are n (%) of known values."],
        empty="Withheld: no characteristic parts the patients into groups that are large enough.",
    )


def table_outcomes(released: Released, section: str) -> Exhibit:
    """Tabulate how many patients had each released outcome that a section tells."""
    names = {f"{section}/released/{name}": "" for name in outcomes_of(released, section)}
    if not names:
        return Notice(f"Withheld: no outcome can be counted without telling of fewer than {released.k} patients.")
    results = ResultSet({name: released.results[name] for name in names})
    return table_results(results, id=f"{section}-released-outcomes", caption="All patients", first_column="Outcome")


def table_breakdowns(released: Released, section: str, *, p_style: str) -> list[Exhibit]:
    """Tabulate each released outcome that a section tells by the factors for which that is released."""
    return [
        _table_breakdown(released, section, name, factors, p_style)
        for name in outcomes_of(released, section)
        if 0 < released.outcomes[name] < released.n
        and (factors := [factor for factor, outcome in released.breakdowns if outcome == name])
    ]


def _table_breakdown(released: Released, section: str, name: str, factors: list[str], p_style: str) -> Exhibit:
    shown, headings = {}, {}
    for factor in factors:
        place = f"{section}/released/{name}/{factor}"
        lines = {f"{place}/{level}": level for level in released.factors[factor]}
        shown |= {line: replace(released.results[line], label=level) for line, level in lines.items()}
        headings[released.labels[factor]] = list(lines)
        test = released.results.get(f"{place}/test", Result())
        if test.p_value is not None:
            shown[f"{place}/test"] = Result(p_value=test.p_value, method=test.method, label="Fisher's exact test")
            headings[released.labels[factor]].append(f"{place}/test")
    return table_results(
        ResultSet(shown),
        id=f"{section}-released-{name.replace('_', '-')}",
        caption=f"{released.words[name].label} by factor",
        first_column="Level",
        headings=headings,
        p_style=p_style,
        notes=["Nothing is adjusted, neither for other factors nor for the number of tests."],
    )


def present_life_tables(released: Released, *, origin: str) -> list[Exhibit]:
    """Draw and tabulate survival at the times that are released; nothing where none is."""
    points, rows = {}, []
    for name, table in released.life_tables.items():
        rates = [released.results[f"survival/released/{name}/rate/{month}m"] for month in table.months]
        beyond = zip(table.months, rates, table.n_beyond, strict=True)
        points[table.label] = {month: replace(rate, n=n) for month, rate, n in beyond}
        counts = zip(table.months, table.n_at_risk, table.n_event, table.n_censored, rates, strict=True)
        rows += [Heading(table.label), *(_life_row(*line) for line in counts)]
    if not points:
        return []
    title = "Survival at the times that are shown"
    columns = [
        Column("Up to month", number=True, csv=("months",)),
        Column("At risk at\nthe start", number=True, csv=("n_at_risk",)),
        Column("Events", number=True, csv=("n_event",)),
        Column("Censored", number=True, csv=("n_censored",)),
        Column("Survival (CI)", number=True, csv=("estimate", "conf_low", "conf_high")),
    ]
    note = "Each line counts from the end of the one above; patients censored in it count as at risk for half of it."
    return [
        plot_further(
            points, id="survival-released", title=title, x_label=f"Months since {origin}", y_label="Survival"
        ),
        build_table(id="survival-life-table", caption="Life table", columns=columns, rows=rows, notes=[note]),
    ]


def _life_row(month: int, n_at_risk: int, n_event: int, n_censored: int, rate: Result) -> Row:
    counts = [Cell(format_whole(number), (number,)) for number in (month, n_at_risk, n_event, n_censored)]
    return Row((*counts, Cell(format_interval(rate), (rate.estimate, rate.conf_low, rate.conf_high))), level=1)


def table_ratios(released: Released, *, p_style: str) -> Exhibit:
    """Tabulate the hazard ratios of overall survival by factor."""
    start = "risk_factors/released/os"
    shown, headings = {}, {}
    for factor, label in released.labels.items():
        found = released.results.select(f"{start}/cox/{factor}/*", f"{start}/logrank/{factor}")
        shown |= {name: replace(one, label=one.label.split(": ", 1)[-1]) for name, one in found.items()}
        headings |= {label: list(found)} if found else {}
    if not shown:
        n = released.least_events
        return Notice(f"Withheld: no factor has {n} deaths and {n} survivors at every level.")
    return table_results(
        ResultSet(shown),
        id="risk-released",
        caption="Overall survival by factor",
        first_column="Comparison",
        headings=headings,
        p_style=p_style,
        notes=["Rounded to two digits. Nothing is adjusted, neither for other factors nor for the number of tests."],
    )
