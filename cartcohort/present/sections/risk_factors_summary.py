"""The risk factor section in a few figures and one paragraph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Summary
from cartcohort.present.format import format_p, format_p_clause
from cartcohort.present.narrative import count_noun, describe_key_result
from cartcohort.present.sections.given_response import say_given_response, say_hazard_ratio
from cartcohort.present.sections.naming import abbreviate, spell_out, within_sentence
from cartcohort.present.sections.risk_factors import say_fewest_events, say_tested

_SECTION = "risk_factors"


def summarise_section(
    results: ResultSet, *, endpoints: Sequence[str], labels: Mapping[str, str], p_style: str
) -> Summary:
    """Return the key results and the paragraph of the risk factor section.

    The paragraph states the first factor's effect on the first endpoint, how far one patient moves its p-value, what
    remains of it among responders, and how many factors were tested.
    """
    keys = []
    for name in endpoints:
        ratios = results.select(f"{_SECTION}/{name}/cox/*")
        for key, ratio in list(ratios.items())[:1]:
            test = results.get(f"{_SECTION}/{name}/logrank/{key.split('/')[3]}")
            note = _say_test(test, p_style) if test else ""
            label = f"{abbreviate(name)}, {within_sentence(ratio.label.partition(': ')[2])}: hazard ratio"
            keys.append(describe_key_result(ratio, label=label, note=note))
        corrected = results.get(f"{_SECTION}/{name}/concordance/corrected")
        if corrected is not None:
            keys.append(describe_key_result(corrected, label=f"{abbreviate(name)}: concordance, corrected"))
    said = [_say_first_factor(results, name, p_style) for name in endpoints[:1]]
    said += [say_given_response(results, name, labels, p_style) for name in endpoints[:1]]
    said += [say_tested(results, name, labels, p_style) for name in endpoints[:1]]
    return Summary(keys, " ".join(part for part in said if part), "risk-univariable")


def _say_changed(results: ResultSet, name: str, factor: str) -> str:
    """Return "; across 0.05 with 1 changed outcome", with "at most" before an upper bound."""
    changed = results.get(f"{_SECTION}/{name}/robustness/{factor}/fragility")
    if changed is None or changed.estimate is None:
        return ""
    bound = "at most " if "upper bound" in changed.note else ""
    return f"; across 0.05 with {bound}{count_noun(int(changed.estimate), 'changed outcome')}"


def _say_test(test: Result, p_style: str) -> str:
    """Return "log-rank p = 0.034"; of more than two groups with their number, for the ratio compares only two."""
    groups = "" if test.df is None or test.df < 2 else f" over all {test.df + 1:g} groups"
    return f"log-rank {format_p_clause(test.p_value, p_style=p_style)}{groups}"


def _say_first_factor(results: ResultSet, name: str, p_style: str) -> str:
    """State effect and test of the first factor's first contrast, and the range of p with one patient left out."""
    for key, ratio in list(results.select(f"{_SECTION}/{name}/cox/*").items())[:1]:
        factor = key.split("/")[3]
        test = results.get(f"{_SECTION}/{name}/logrank/{factor}")
        label, _, contrast = ratio.label.partition(": ")[2].partition(": ")
        text = f"For {spell_out(name)}, the {say_hazard_ratio(ratio, f'{within_sentence(label)}, {contrast},')}"
        text += f"; {_say_test(test, p_style)}" if test else ""
        left_out = results.get(f"{_SECTION}/{name}/robustness/{factor}/leave_one_out")
        if left_out is not None and left_out.conf_high is not None:
            low, high = (format_p(p, p_style=p_style) for p in (left_out.conf_low, left_out.conf_high))
            text += f" ({low} to {high} with one patient left out{_say_changed(results, name, factor)})"
        fewest = say_fewest_events(results, name, factor)
        return f"{text}, resting on {fewest}." if fewest else f"{text}."
    return ""
