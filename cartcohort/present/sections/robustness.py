"""How firm the headline comparisons are, as a reviewer asks of a small study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures.leave_one_out import Omissions, plot_leave_one_out
from cartcohort.present.format import EN_DASH, format_interval, format_p, format_p_clause, format_range, format_whole
from cartcohort.present.narrative import capitalise, join_words
from cartcohort.present.sections.naming import abbreviate, label_of, within_sentence
from cartcohort.present.tables import Cell, Column, Row, build_table
from cartcohort.present.tables.conventions import limits, methods

_LEVEL = 0.05
_COLUMNS = (
    Column("Comparison", csv=("label",)),
    Column("Events/N", number=True, csv=("n_event", "n")),
    Column("Log-rank p", number=True, csv=("p_value",)),
    Column("p, one\nleft out", number=True, csv=("smallest p", "largest p")),
    Column("Hazard ratio", number=True, csv=("hazard ratio",)),
    Column("Ratio, one\nleft out", number=True, csv=("smallest ratio", "largest ratio")),
    Column("Permutation p\n(Monte Carlo CI)", number=True, csv=("permutation p", "conf_low", "conf_high")),
    Column("Outcomes\nto change", number=True, csv=("fewest changed outcomes",)),
)
_NOTES = (
    "One left out: smallest and largest value with each patient left out once.",
    "Outcomes to change: the fewest patients whose changed outcome moves the log-rank p to the other side of 0.05. "
    "An outcome is changed by counting an event as a censoring, or a censoring as an event, at the patient's own "
    "time, in any group. The number is exact, all smaller sets of patients having been tried, unless marked by ≤, "
    "where steps of one patient each led to it.",
)


class Probe(Protocol):
    """p with each patient left out, and the patients of the fewest changed outcomes, exact or an upper bound."""

    omitted: Omissions
    no_event: Sequence[str]
    new_event: Sequence[str]
    exact: bool


def table_robustness(
    results: ResultSet, probes: Mapping[str, Probe], *, labels: Mapping[str, str], p_style: str
) -> Table | Notice:
    """Tabulate, for each headline comparison, p and ratio with a patient left out, permutation p and fragility."""
    rows, used = [], []
    for stem, probe in probes.items():
        ratios = list(results.select(f"{stem}/leave_one_out_ratio/*").values())
        rows.append(Row((capitalise(name_comparison(stem, labels)), *_cells(results, stem, probe, ratios, p_style))))
        if len(ratios) > 1:
            rows += [_ratio_row(ratio) for ratio in ratios]
        used += [*ratios, results[f"{stem}/permutation"]]
    notes = [*methods([result for result in used if result.estimable]), *limits(used)]
    at_landmark = any("/landmark/" in stem for stem in probes)
    return build_table(
        id="risk-robustness",
        caption="How firm the comparisons are",
        columns=_COLUMNS,
        rows=rows,
        notes=[*_NOTES, *([_FROM_LANDMARK] if at_landmark else []), *notes],
        empty="How firm the comparisons are: there is no comparison to probe.",
    )


_FROM_LANDMARK = "Response is known after time zero: it is compared from the landmark, among those at risk then."


def _cells(results: ResultSet, stem: str, probe: Probe, ratios: Sequence[Result], p_style: str) -> list[Cell]:
    """Write the numbers of one comparison; of more than two groups the ratios have rows of their own."""
    kinds = ("leave_one_out", "permutation", "fragility")
    left_out, shuffled, changed = (results[f"{stem}/{kind}"] for kind in kinds)
    extremes = (left_out.conf_low, left_out.conf_high)
    known = extremes[0] is not None
    return [
        Cell(f"{format_whole(shuffled.n_event)}/{format_whole(shuffled.n)}", (shuffled.n_event, shuffled.n)),
        Cell(format_p(left_out.p_value, p_style=p_style), (left_out.p_value,)),
        Cell(_range_of_p(left_out, p_style) if known else EN_DASH, extremes),
        *(_ratio_cells(ratios[0]) if len(ratios) == 1 else (Cell("", (None,)), Cell("", (None, None)))),
        Cell(
            format_interval(shuffled),
            (shuffled.p_value, shuffled.conf_low, shuffled.conf_high),
            note="" if shuffled.estimable else shuffled.note,
        ),
        Cell(
            f"{'≤' * bool(changed.estimable and not probe.exact)}{format_interval(changed)}",
            (changed.estimate,),
            note=_changes(probe) if changed.estimable else changed.note,
        ),
    ]


def _range_of_p(left_out: Result, p_style: str, *, between: str = EN_DASH) -> str:
    """Return smallest and largest p with one patient left out, or the one value of two that print alike."""
    return between.join(dict.fromkeys(format_p(p, p_style=p_style) for p in (left_out.conf_low, left_out.conf_high)))


def _changes(probe: Probe) -> str:
    """Return "P09 counted as an event", or "P07 and P10 counted as censored; P05 counted as an event"."""
    kinds = ((probe.no_event, "censored", "censored"), (probe.new_event, "an event", "events"))
    said = [
        f"{join_words(patients)} counted as {several if len(patients) > 1 else one}"
        for patients, one, several in kinds
        if patients
    ]
    return "; ".join(said)


def _ratio_cells(ratio: Result) -> tuple[Cell, Cell]:
    known = ratio.conf_low is not None or ratio.conf_high is not None
    spread = format_range(ratio.conf_low, ratio.conf_high, unit=ratio.unit) if known else EN_DASH
    return (
        Cell(format_interval(ratio), (ratio.estimate,), note="" if ratio.estimable else ratio.note),
        Cell(spread, (ratio.conf_low, ratio.conf_high), note=ratio.note if "separation" in ratio.note else ""),
    )


def _ratio_row(ratio: Result) -> Row:
    contrast = ratio.label.partition(" left out, ")[2]
    empty = (Cell("", (None, None)), Cell("", (None,)), Cell("", (None, None)))
    return Row(
        (Cell(contrast), *empty, *_ratio_cells(ratio), Cell("", (None, None, None)), Cell("", (None,))), level=1
    )


def plot_omissions(probes: Mapping[str, Probe], *, labels: Mapping[str, str], p_style: str) -> Figure | Notice:
    """Draw p with each patient left out for each comparison, by what the names of its results start with."""
    return plot_leave_one_out(
        {name_comparison(stem, labels): probe.omitted for stem, probe in probes.items()},
        id="risk-leave-one-out",
        title="Log-rank p-value with each patient left out once, and the patients who move it most",
        p_style=p_style,
    )


def describe_robustness(
    results: ResultSet, probes: Mapping[str, Probe], *, labels: Mapping[str, str], p_style: str
) -> Sentence:
    """Say where one patient, or one changed outcome, decides on the side of 0.05, and where permutation disagrees."""
    tested = {stem: results[f"{stem}/leave_one_out"] for stem in probes}
    tested = {stem: test for stem, test in tested.items() if test.p_value is not None}
    parted = []
    for stem, test in tested.items():
        shuffled = results[f"{stem}/permutation"]
        if shuffled.p_value is not None and (shuffled.p_value < _LEVEL) != (test.p_value < _LEVEL):
            p = format_p_clause(shuffled.p_value, p_style=p_style)
            parted.append(f"{name_comparison(stem, labels)} (permutation {p})")
    said = _say_left_out(tested, labels, p_style) + _say_changed(results, probes, tested, labels)
    if parted:
        said.append(f"The permutation test falls on the other side of 0.05 for {join_words(parted)}.")
    return Sentence(" ".join(said) or "There is no comparison to probe.")


def _say_left_out(tested: Mapping[str, Result], labels: Mapping[str, str], p_style: str) -> list[str]:
    """Name the comparisons that one patient carries across 0.05, and those that stay below or above."""
    crossing, below, above = [], [], []
    for stem, test in tested.items():
        if test.conf_low is None or test.conf_high is None:
            continue
        name = name_comparison(stem, labels)
        p = format_p_clause(test.p_value, p_style=p_style)
        span = _range_of_p(test, p_style, between=" to ")
        if (test.conf_low < _LEVEL) != (test.conf_high < _LEVEL):
            crossing.append(f"{name} ({p}; {span})")
        elif test.p_value < _LEVEL:
            alike = span == format_p(test.p_value, p_style=p_style)
            highest = format_p(test.conf_high, p_style=p_style)
            below.append(f"{name} ({p}{'' if alike else f'; at most {highest}'})")
        else:
            above.append(name)
    said = (
        [f"With one patient left out, p falls on both sides of 0.05 for {join_words(crossing)}."] if crossing else []
    )
    said += [f"Whichever patient is left out, p stays below 0.05 for {join_words(below)}."] if below else []
    return said + ([f"It stays above 0.05 whoever is left out for {join_words(above)}."] if above else [])


def _say_changed(
    results: ResultSet, probes: Mapping[str, Probe], tested: Mapping[str, Result], labels: Mapping[str, str]
) -> list[str]:
    """Say how few changed outcomes would take the p-values below 0.05 above it."""
    names: dict[tuple[int, bool], list[str]] = {}
    for stem, test in tested.items():
        fewest = results[f"{stem}/fragility"]
        if fewest.estimate is not None and test.p_value < _LEVEL:
            key = (int(fewest.estimate), probes[stem].exact)
            names.setdefault(key, []).append(name_comparison(stem, labels))
    parts = [
        f"changing {'' if exact else 'at most '}{_outcomes(n)} raises p above 0.05 for {join_words(listed)}"
        for (n, exact), listed in sorted(names.items())
    ]
    return [f"{capitalise('; '.join(parts))}."] if parts else []


def _outcomes(n: int) -> str:
    return "one outcome" if n == 1 else f"{format_whole(n)} outcomes"


def name_comparison(stem: str, labels: Mapping[str, str]) -> str:
    """Return "OS by genetic risk" or "OS by response at day 28"."""
    parts = stem.split("/")
    words = within_sentence(label_of(parts[-1], labels))
    if parts[2] == "landmark":
        words = f"response at day {parts[3].removesuffix('d')}"
    return f"{abbreviate(parts[1])} by {words}"
