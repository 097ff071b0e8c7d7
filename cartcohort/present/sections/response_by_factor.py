"""What a report shows of response by factor: the rate of each level, differences, and Fisher's test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_forest
from cartcohort.present.format import (
    format_count,
    format_estimate,
    format_interval,
    format_interval_clause,
    format_p,
    format_p_clause,
    format_whole,
)
from cartcohort.present.narrative import join_words
from cartcohort.present.sections.naming import label_of, parts_after, within_sentence
from cartcohort.present.sections.patients import NON_RESPONSE
from cartcohort.present.tables import Cell, Column, Row, build_table, estimate_header

_COMPARISON = {"p_value": "p", "p_holm": "p\n(Holm)", "p_bh": "p\n(BH)"}
_LEVEL = 0.05
_MOST_LEVELS = 4
"""A sentence names every level of a factor up to this number of them."""


def plot_response_by_factor(by_factor: ResultSet, *, labels: Mapping[str, str]) -> Figure | Notice:
    """Draw the rate of response in each level of each factor, where any could be told apart by response."""
    alike = _alike(by_factor)
    if alike:
        return Notice(alike)
    headings, named = {}, {}
    for factor in parts_after(by_factor, "efficacy/response/test"):
        levels = _levels(by_factor, f"efficacy/response/orr/{factor}/")
        headings[label_of(factor, labels)] = [name for name, _ in levels.values()]
        named |= {name: replace(rate, label=level) for level, (name, rate) in levels.items()}
    return plot_forest(
        ResultSet(named),
        id="efficacy-by-factor",
        title="Overall response by factor",
        headings=headings,
        first_column="Factor",
    )


def table_response_by_factor(
    by_factor: ResultSet, *, labels: Mapping[str, str], p_style: str = "journal"
) -> Table | Notice:
    """Tabulate response by factor: the rate of each level, its difference from the first level, and Fisher's test."""
    alike = _alike(by_factor)
    if alike:
        return Notice(alike)
    rates = list(by_factor.select("efficacy/response/orr/*").values())
    name, _, level = estimate_header(rates).partition(" (")
    columns = [
        Column("Factor", csv=("factor", "level", "note")),
        Column("Responders/N", number=True, csv=("n_event", "n")),
        Column(f"{name}\n({level}", number=True, csv=("rate", "rate_low", "rate_high")),
        Column(f"Difference, points\n({level}", number=True, csv=("difference", "difference_low", "difference_high")),
        *(Column(header, number=True, csv=(field,)) for field, header in _COMPARISON.items()),
    ]
    rows: list[Row] = []
    for factor in parts_after(by_factor, "efficacy/response/test"):
        rows += _factor_rows(by_factor, factor, label_of(factor, labels), p_style)
    notes = [
        "Rates have exact limits; differences are in percentage points against the first level, with Newcombe's "
        "hybrid score limits.",
        "p, Fisher's exact test, raw and adjusted over the factors by Holm and by Benjamini and Hochberg (BH).",
        NON_RESPONSE,
    ]
    return build_table(
        id="efficacy-by-factor",
        caption="Overall response by factor",
        columns=columns,
        rows=rows,
        notes=notes,
        empty="No factor with at least two groups of patients, or no recorded response, to compare by.",
    )


def describe_response_by_factor(
    by_factor: ResultSet, *, labels: Mapping[str, str], p_style: str = "journal"
) -> Sentence:
    """State which factor went most clearly with response, and how many stand after adjustment for being several."""
    tested = _tested(by_factor)
    if not tested:
        alike = _alike(by_factor)
        return Sentence(alike or "Response cannot be compared by any factor: there are no two groups of patients.")
    said = say_first_factor(by_factor, labels=labels, p_style=p_style)
    if len(tested) > 1 and not _none_is_small(tested):
        said.append(_say_how_many(list(tested.values())))
    return Sentence(" ".join(said))


def _alike(by_factor: ResultSet) -> str:
    """Say why no factor could be tested although there are some: everybody responded, say; "" where one could."""
    reasons = [test.note.partition(";")[0] for test in by_factor.select("efficacy/response/test/*").values()]
    if not reasons or _tested(by_factor):
        return ""
    return f"Response cannot be compared by any factor: {reasons[0].removeprefix('not estimable: ')}."


def say_first_factor(by_factor: ResultSet, *, labels: Mapping[str, str], p_style: str) -> list[str]:
    """State response by the factor with the smallest p-value, or that none of several has a p-value below 0.05."""
    tested = _tested(by_factor)
    if not tested:
        return []
    first = min(tested, key=lambda factor: tested[factor].p_value)
    if _none_is_small(tested):
        smallest = format_p_clause(tested[first].p_value, p_style=p_style)
        return [f"No factor was associated with response (smallest {smallest})."]
    start = "Response by" if len(tested) == 1 else "Of the factors, the smallest p-value was that of"
    said = _say_factor(by_factor, first, p_style, with_holm=len(tested) > 1)
    return [f"{start} {within_sentence(label_of(first, labels))}: {said}."]


def _none_is_small(tested: Mapping[str, Result]) -> bool:
    """Tell whether several factors were tested and none had a p-value below the usual level."""
    return len(tested) > 1 and min(test.p_value for test in tested.values()) >= _LEVEL


def _say_factor(results: ResultSet, factor: str, p_style: str, *, with_holm: bool) -> str:
    """State response in each level, the difference where there are two, and Fisher's test."""
    test = results[f"efficacy/response/test/{factor}"]
    rates = _levels(results, f"efficacy/response/orr/{factor}/")
    by_level = _say_levels({level: rate for level, (_, rate) in rates.items()})
    differences = [result for _, result in _levels(results, f"efficacy/response/risk_difference/{factor}/").values()]
    effect = f"{_say_difference(differences[0])}; " if len(differences) == 1 else ""
    p = format_p_clause(test.p_value, p_style=p_style)
    p += f", {format_p(test.p_holm, p_style=p_style)} after Holm's adjustment" if with_holm else ""
    return f"{by_level} responded ({effect}{p})"


def _say_levels(rates: Mapping[str, Result]) -> str:
    """Name every level with its responders, or of many levels those with the lowest and the highest rate."""
    said = {level: f"{level} {format_count(rate.n_event or 0, rate.n or 0)}" for level, rate in rates.items()}
    if len(said) <= _MOST_LEVELS:
        return join_words(list(said.values()))
    lowest, highest = (choose(rates, key=lambda level: rates[level].estimate or 0) for choose in (min, max))
    return f"of {format_whole(len(said))} levels, between {said[lowest]} and {said[highest]}"


def _say_how_many(tests: Sequence[Result]) -> str:
    """Count the factors whose p-value lies below the usual level, before and after adjustment."""
    n = format_whole(len(tests))
    raw, holm = (sum((getattr(test, field) or 0) < _LEVEL for test in tests) for field in ("p_value", "p_holm"))
    after = format_whole(holm) if holm else "none"
    before = f"{format_whole(raw)} had a p-value below {_LEVEL:g} unadjusted"
    return f"Of {n} factors, {before}, {after} after Holm's adjustment."


def _say_difference(difference: Result) -> str:
    points = in_points(difference)
    limits = format_interval_clause(points).strip("()")
    return f"difference {format_estimate(points)} percentage points; {limits}"


def _tested(results: ResultSet) -> dict[str, Result]:
    """Return the tests that gave a p-value, by factor."""
    factors = parts_after(results, "efficacy/response/test")
    tests = {factor: results[f"efficacy/response/test/{factor}"] for factor in factors}
    return {factor: test for factor, test in tests.items() if test.p_value is not None}


def _factor_rows(results: ResultSet, factor: str, label: str, p_style: str) -> list[Row]:
    """Return a row of the factor with its tests, and below it a row a level."""
    test = results[f"efficacy/response/test/{factor}"]
    said = [part for part in test.note.split("; ") if part.startswith("not estimable") or part.endswith("left out")]
    note = "; ".join(said)
    p_values = [getattr(test, field) for field in _COMPARISON]
    tests = [Cell(format_p(p, p_style=p_style), (p,)) for p in p_values]
    rows = [Row((Cell(label, (label, "", note), strong=True, note=note), _blank(2), _blank(3), _blank(3), *tests))]
    for level, (_, rate) in _levels(results, f"efficacy/response/orr/{factor}/").items():
        difference = results.get(f"efficacy/response/risk_difference/{factor}/{level}")
        cells = (
            Cell(level, (label, level, "")),
            Cell(f"{format_whole(rate.n_event)}/{format_whole(rate.n)}", (rate.n_event, rate.n)),
            Cell(format_interval(rate), _numbers(rate)),
            Cell(format_interval(in_points(difference)), _numbers(difference))
            if difference
            else _blank(3, "Reference"),
        )
        rows.append(Row((*cells, *[_blank(1)] * len(_COMPARISON)), level=1))
    return rows


def _levels(results: ResultSet, prefix: str) -> dict[str, tuple[str, Result]]:
    """Return name and result of each level whose name starts with the prefix, by level."""
    return {name.removeprefix(prefix): (name, result) for name, result in results.items() if name.startswith(prefix)}


def in_points(difference: Result) -> Result:
    """Return a difference of proportions in percentage points, to be printed with one decimal and no sign."""
    values = {
        name: None if value is None else 100 * value
        for name, value in zip(("estimate", "conf_low", "conf_high"), _numbers(difference), strict=True)
    }
    return replace(difference, unit="%", **values)


def _numbers(result: Result) -> tuple[float | None, ...]:
    return (result.estimate, result.conf_low, result.conf_high)


def _blank(width: int, text: str = "") -> Cell:
    return Cell(text, (None,) * width)
