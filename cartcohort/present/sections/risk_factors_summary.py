"""The risk factor section in a few figures and one paragraph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import KeyResult, Summary
from cartcohort.present.format import format_p, format_p_clause, format_whole
from cartcohort.present.narrative import capitalise, count_noun, describe_key_result, join_words, say_span
from cartcohort.present.sections.given_response import say_given_response
from cartcohort.present.sections.naming import abbreviate, label_of, parts_after, spell_out, within_sentence
from cartcohort.present.sections.risk_factors import say_fewest_events
from cartcohort.present.sections.survival_by_factor import MOST_RATIOS, say_ratios
from cartcohort.present.sections.tested import say_tested_of, say_untestable

_SECTION = "risk_factors"
_LEVEL = 0.05
_FEW_EVENTS = 5
"""A comparison of which one group has fewer events than this says so in the paragraph."""
Words = Mapping[str, str]


def summarise_section(results: ResultSet, *, endpoints: Sequence[str], labels: Words, p_style: str) -> Summary:
    """Return the key results and the paragraph of the risk factor section.

    The paragraph states which factors go with the first endpoint, each with its effect, how far one patient moves the
    first factor's p-value, and what remains of that factor among responders.
    """
    keys = [key for name in endpoints for key in _keys(results, name, p_style)]
    said = [part for name in endpoints[:1] for part in _say_factors(results, name, labels, p_style)]
    said += [say_given_response(results, name, labels, p_style, in_short=True) for name in endpoints[:1]]
    return Summary(keys, " ".join(part for part in said if part), "risk-univariable")


def _keys(results: ResultSet, name: str, p_style: str) -> list[KeyResult]:
    first = parts_after(results, f"{_SECTION}/{name}/cox")[:1]
    keys = [key for factor in first for key in _keys_of(results, name, factor, p_style)]
    corrected = results.get(f"{_SECTION}/{name}/concordance/corrected")
    if corrected is not None:
        keys.append(describe_key_result(corrected, label=f"{abbreviate(name)}: concordance, corrected"))
    return keys


def _keys_of(results: ResultSet, name: str, factor: str, p_style: str) -> list[KeyResult]:
    """Return the ratios of a factor of up to three levels; of more levels, of which none is picked, the test."""
    ratios = list(results.select(f"{_SECTION}/{name}/cox/{factor}/*").values())
    test = results.get(f"{_SECTION}/{name}/logrank/{factor}")
    note = _say_test(test, p_style) if test else ""
    if len(ratios) > MOST_RATIOS:
        label = within_sentence(ratios[0].label.partition(": ")[2].partition(": ")[0])
        counts = f"{len(ratios) + 1} groups, {count_noun(test.n or 0, 'patient')}"
        return [
            KeyResult(
                f"{abbreviate(name)} by {label}, log-rank p", format_p(test.p_value, p_style=p_style), "", counts
            )
        ]
    return [
        describe_key_result(
            ratio, label=f"{abbreviate(name)}, {within_sentence(ratio.label.partition(': ')[2])}", note=note
        )
        for ratio in ratios
    ]


def _say_test(test: Result, p_style: str) -> str:
    """Return "log-rank p = 0.034"; of more than two groups with their number, for the ratio compares only two."""
    groups = "" if test.df is None or test.df < 2 else f" over all {test.df + 1:g} groups"
    return f"log-rank {format_p_clause(test.p_value, p_style=p_style)}{groups}"


def _say_factors(results: ResultSet, name: str, labels: Words, p_style: str) -> list[str]:
    """State the factors with p below 0.05, whether Holm's adjustment leaves them there, and the first one anyway."""
    tests = {key.rpartition("/")[2]: test for key, test in results.select(f"{_SECTION}/{name}/logrank/*").items()}
    if not tests or say_untestable(tests):
        return [f"For {spell_out(name)}, {say_tested_of(tests)}."] if tests else []
    first = next(iter(tests))
    low = [factor for factor, test in tests.items() if _below(test.p_value)]
    said = []
    if first not in low and tests[first].p_value is not None:
        said.append(_say_no_difference(results, name, first, labels, p_style))
    if low:
        listed = join_words([_say_one(results, name, factor, labels, p_style) for factor in low])
        said.append(f"Unadjusted, {spell_out(name)} differed by {listed}{_say_holm(tests, low, labels)}.")
    elif len(tests) > 1:
        said.append(f"{capitalise(say_tested_of(tests))}, none with a log-rank p below 0.05.")
    return [*said, _say_firmness(results, name, first, labels, p_style)]


def _say_one(results: ResultSet, name: str, factor: str, labels: Words, p_style: str) -> str:
    """Return a factor with its effect, its tests where they disagree, and its group with very few events."""
    test, wald = (results.get(f"{_SECTION}/{name}/{kind}/{factor}") for kind in ("logrank", "wald"))
    p = _say_test(test, p_style)
    if wald is not None and wald.p_value is not None and _below(wald.p_value) != _below(test.p_value):
        p += f", Wald {format_p_clause(wald.p_value, p_style=p_style)}"
    parts = [*say_ratios(results, f"{_SECTION}/{name}", factor), p]
    parts.append(say_fewest_events(results, name, factor, fewer_than=_FEW_EVENTS))
    return f"{_named(factor, labels)} ({'; '.join(part for part in parts if part)})"


def _say_no_difference(results: ResultSet, name: str, factor: str, labels: Words, p_style: str) -> str:
    """State the first factor where its p-value is not small; of many levels none is picked."""
    test = results[f"{_SECTION}/{name}/logrank/{factor}"]
    effect = "; ".join([*say_ratios(results, f"{_SECTION}/{name}", factor), _say_test(test, p_style)])
    return f"{capitalise(spell_out(name))} did not differ detectably by {_named(factor, labels)} ({effect})."


def _say_holm(tests: Mapping[str, Result], low: Sequence[str], labels: Words) -> str:
    """Return what Holm's adjustment leaves below 0.05; nothing of a single factor, which it does not change."""
    if len(tests) < 2:
        return ""
    firm = [factor for factor in low if _below(tests[factor].p_holm)]
    adjusted = f"after Holm's adjustment over {count_noun(len(tests), 'factor')}"
    if firm == list(low):
        return f", also {adjusted}"
    if firm:
        return f"; {adjusted} p is below 0.05 for {join_words([_named(factor, labels) for factor in firm])} only"
    none = {1: "it is not", 2: "neither p is"}.get(len(low), "no p is")
    return f"; {none} below 0.05 {adjusted}"


def _say_firmness(results: ResultSet, name: str, factor: str, labels: Words, p_style: str) -> str:
    """State how far one patient moves the first factor's p-value, left out or with another outcome."""
    stem = f"{_SECTION}/{name}/robustness/{factor}"
    left_out, changed = (results.get(f"{stem}/{kind}") for kind in ("leave_one_out", "fragility"))
    if left_out is None or left_out.conf_low is None or left_out.p_value is None:
        return ""
    span = say_span(*(format_p(p, p_style=p_style) for p in (left_out.conf_low, left_out.conf_high)))
    text = f"When each patient is left out in turn, p for {_named(factor, labels)} is {span}"
    if changed is None or changed.estimate is None:
        return f"{text}."
    bound = "at most " if "upper bound" in changed.note else ""
    one = changed.estimate == 1
    whose = "one patient's outcome" if one else f"{format_whole(changed.estimate)} patients' outcomes"
    side = "above" if _below(left_out.p_value) else "below"
    return f"{text}; changing {bound}{whose} moves it {side} 0.05."


def _named(factor: str, labels: Words) -> str:
    return within_sentence(label_of(factor, labels))


def _below(p: float | None) -> bool:
    return p is not None and p < _LEVEL
