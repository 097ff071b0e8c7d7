"""What the relapse section shows by factor: incidences, Gray's test, and two regressions for two questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cartcohort.estimate.results import IncidenceCurve, Result, ResultSet
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_forest, plot_incidence_panels
from cartcohort.present.format import format_p_clause
from cartcohort.present.narrative import capitalise, count_noun, join_words, say_levels, say_ratio, say_ratio_within
from cartcohort.present.sections.naming import label_of, levels_after, within_sentence
from cartcohort.present.sections.relapse.comparison import table_comparison
from cartcohort.present.sections.relapse.incidence import EVENTS, event_label, last_time
from cartcohort.present.sections.tested import say_tested_of, say_untestable

_MODELS = {
    "fine_gray/cir": "Relapse, Fine-Gray",
    "cause_specific/cir": "Relapse, cause-specific",
    "cause_specific/nrm": "Death, cause-specific",
}
_NO_FACTOR = "No factor with at least two groups of patients in remission is given to compare by."
_FEW_EVENTS = 30
_MOST_RATIOS = 2
_LEVEL = 0.05


def plot_by_factor(
    curves: Mapping[str, Mapping[str, IncidenceCurve]],
    results: ResultSet,
    *,
    factor: str,
    labels: Mapping[str, str],
    min_at_risk: int,
    p_style: str,
) -> Figure | Notice:
    """Draw both incidences by the levels of one factor, a panel an event, effect and test in the corner.

    Parameters
    ----------
    curves : mapping of str to mapping of str to IncidenceCurve
        By cause and by level.
    results : ResultSet
        With `relapse/gray/{cir,nrm}/<f>` and `relapse/fine_gray/cir/<f>/<l>`.
    factor, labels, min_at_risk, p_style
        Column, words for columns, and how to draw and print.
    """
    if not curves:
        return Notice(_NO_FACTOR)
    label = label_of(factor, labels)
    panels, notes = {}, {}
    for name, event in EVENTS.items():
        levels = next((found for cause, found in curves.items() if capitalise(cause) == event), {})
        panels[event] = {f"{label}: {level}" if level in ("yes", "no") else level: c for level, c in levels.items()}
        notes[event] = _lines_of(results, name, factor, p_style)
    return plot_incidence_panels(
        panels,
        id="relapse-by-factor",
        title=f"Relapse and death without relapse by {within_sentence(label)}",
        annotations=notes,
        min_at_risk=min_at_risk,
        annotated=[result for name in EVENTS for result in _written(results, name, factor)],
    )


def plot_models(results: ResultSet, *, p_style: str) -> Figure | Notice:
    """Draw both hazard ratios of relapse and that of the rate of death in remission, a block a factor.

    Where a level without events leaves a ratio infinite, Firth's stands in its place and is named.
    """
    headings: dict[str, list[str]] = {}
    drawn = ResultSet()
    for stem, words in _MODELS.items():
        for name, result in results.select(f"relapse/{stem}/*").items():
            headings.setdefault(result.label.partition(": ")[2], []).append(name)
            firth = results.get(name.replace("/cause_specific/", "/cause_specific_firth/", 1))
            use_firth = result.estimate is None and firth is not None and firth is not result
            label = f"{words}, Firth" if use_firth else words
            drawn |= {name: replace(firth if use_firth else result, label=label)}
    if not drawn:
        return Notice(_NO_FACTOR)
    return plot_forest(
        drawn,
        id="relapse-models",
        title="Hazard ratios of relapse and of death without relapse, each factor alone",
        headings=headings,
        favours=("lower", "higher"),
        p_style=p_style,
        first_column="Factor and model",
    )


def table_by_factor(
    results: ResultSet, *, factors: Sequence[str], labels: Mapping[str, str], p_style: str
) -> Table | Notice:
    """Tabulate relapse and death without relapse side by side: incidence by level, ratios and tests by factor."""
    if not results.select("relapse/gray/*"):
        return Notice(_NO_FACTOR)
    return table_comparison(
        results,
        {name: event_label(name) for name in EVENTS},
        id="relapse-by-factor",
        caption="Relapse and death without relapse by factor",
        factors=factors,
        labels=labels,
        p_style=p_style,
    )


def describe_by_factor(
    results: ResultSet, *, factors: Sequence[str], labels: Mapping[str, str], p_style: str
) -> Sentence:
    """State incidence, effects and test of relapse for the first factor, and where the others stand."""
    tests = {factor: results.get(f"relapse/gray/cir/{factor}") for factor in factors}
    tests = {factor: test for factor, test in tests.items() if test}
    if not tests:
        return Sentence(_NO_FACTOR)
    factor, months = next(iter(tests)), last_time(results)
    effects = "; ".join([*_say_ratios(results, factor), _say_test(tests[factor], p_style)])
    label = within_sentence(label_of(factor, labels))
    levels = say_levels(levels_after(results, f"relapse/cir/{months}m/{factor}"))
    said = [f"The cumulative incidence of relapse at {months} months by {label} was {levels} ({effects})."]
    said.append(_say_tests(results, tests, labels, p_style))
    n_event = max(test.n_event or 0 for test in tests.values())
    if n_event < _FEW_EVENTS and not all(_below(test.p_value) for test in tests.values()):
        said.append(
            f"With {count_noun(n_event, 'relapse')} in all, a difference not seen is not a difference excluded."
        )
    return Sentence(" ".join(said))


def _written(results: ResultSet, name: str, factor: str) -> list[Result]:
    """Return the ratio and the test that a panel has in its corner."""
    ratios = list(levels_after(results, f"relapse/fine_gray/{name}/{factor}").values())
    test = results.get(f"relapse/gray/{name}/{factor}")
    told = len(ratios) == 1 and ratios[0].estimate is not None
    return [*(ratios if told else []), *([test] if test else [])]


def _lines_of(results: ResultSet, name: str, factor: str, p_style: str) -> list[str]:
    """Return the ratio of a factor of two levels and Gray's test as short texts for a plot's corner."""
    ratios = list(levels_after(results, f"relapse/fine_gray/{name}/{factor}").values())
    told = len(ratios) == 1 and ratios[0].estimable
    test = results.get(f"relapse/gray/{name}/{factor}")
    return [say_ratio(ratios[0], name="sHR")] * told + ([_say_test(test, p_style)] if test else [])


def _say_ratios(results: ResultSet, factor: str) -> list[str]:
    """Return both ratios of relapse of a factor of two levels, of three the sHR of each; of more the test is told."""
    models = {"fine_gray": "sHR", "cause_specific": "cause-specific HR"}
    found = {words: levels_after(results, f"relapse/{model}/cir/{factor}") for model, words in models.items()}
    n_ratios = len(found["sHR"])
    if n_ratios > _MOST_RATIOS:
        return []
    told = found if n_ratios == 1 else {"sHR": found["sHR"]}
    return [
        say_ratio_within(ratio, name=words if n_ratios == 1 else f"{level}, {words}")
        for words, ratios in told.items()
        for level, ratio in ratios.items()
        if ratio.estimable
    ]


def _say_test(test: Result, p_style: str) -> str:
    return f"Gray's test {format_p_clause(test.p_value, p_style=p_style)}"


def _say_tests(results: ResultSet, tests: Mapping[str, Result], labels: Mapping[str, str], p_style: str) -> str:
    """Name the factors with p below 0.05 and say which stay there after Holm's adjustment."""
    found = {factor: test for factor, test in tests.items() if _below(test.p_value)}
    said = f"On relapse, by Gray's test, {say_tested_of(tests)}"
    if say_untestable(tests):
        return f"{said}."
    if not found:
        return f"{said}: no p-value is below 0.05."
    words = []
    for factor, test in found.items():
        adjusted = "" if _below(test.p_holm) else ", not after Holm's adjustment"
        p = f"{format_p_clause(test.p_value, p_style=p_style)}{adjusted}"
        words.append(f"{within_sentence(label_of(factor, labels))} ({'; '.join([*_say_ratios(results, factor), p])})")
    return f"{said}: p is below 0.05 for {join_words(words)}."


def _below(p: float | None) -> bool:
    return p is not None and p < _LEVEL
