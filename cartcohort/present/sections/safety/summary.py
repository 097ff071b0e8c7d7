"""The safety section in a strip of key results and a paragraph."""

from __future__ import annotations

from collections.abc import Mapping

from cartcohort.estimate.results import ResultSet
from cartcohort.present.display import KeyResult, Sentence, Summary
from cartcohort.present.narrative import describe_key_result
from cartcohort.present.sections.naming import parts_after
from cartcohort.present.sections.safety.course import say_course, say_treatment_shortly
from cartcohort.present.sections.safety.early import say_early_treatment
from cartcohort.present.sections.safety.events import describe_events, say_fatal
from cartcohort.present.sections.safety.grades import say_shortly
from cartcohort.present.sections.safety.severity import say_peaks, say_severity
from cartcohort.present.sections.safety.words import present_syndromes, say_range

_KEYS = {
    "safety/crs/any": "CRS, any grade",
    "safety/crs/grade_3_or_higher": "CRS, grade ≥3",
    "safety/icans/any": "ICANS, any grade",
    "safety/icans/grade_3_or_higher": "ICANS, grade ≥3",
    "safety/crs/onset": "Median onset of CRS",
    "safety/treatment/tocilizumab": "Given tocilizumab",
}
_MOST_TERMS = 3


def describe_severity(results: ResultSet, *, labels: Mapping[str, str], p_style: str) -> list[Sentence]:
    """State what went with severe CRS: a factor, the peaks, and early treatment with its caveat; a sentence each."""
    parts = (
        say_severity(results, labels=labels, p_style=p_style),
        say_peaks(results, p_style=p_style),
        say_early_treatment(results, p_style=p_style),
    )
    said = [Sentence(" ".join(part)) for part in parts if part]
    return said or [Sentence("What went with severe CRS cannot be told from these data.")]


def summarise_section(results: ResultSet, *, labels: Mapping[str, str], p_style: str) -> Summary:
    """Return the key results and the paragraph of the safety section; without CRS and ICANS those of all events."""
    syndromes = present_syndromes(results)
    if not syndromes:
        thumbnail = "safety-events" if "safety/any_event/any" in results else ""
        return Summary(_keys_of_events(results), describe_events(results).text, thumbnail)
    said = [say_shortly(results, name) for name in syndromes]
    said += [*say_course(results, "crs", with_censored=False), say_treatment_shortly(results), say_fatal(results)]
    said += say_severity(results, labels=labels, p_style=p_style)[:1]
    return Summary(_keys(results), " ".join(filter(None, said)), "safety-grades")


def _keys(results: ResultSet) -> list[KeyResult]:
    keys = []
    for name, label in _KEYS.items():
        result = results.get(name)
        if result is None or result.estimate is None:
            continue
        keys.append(describe_key_result(result, label=label, note=say_range(results, name)))
    return keys


def _keys_of_events(results: ResultSet) -> list[KeyResult]:
    keys = {"safety/any_event/any": "Any event"}
    for term in parts_after(results, "safety/ae")[:_MOST_TERMS]:
        label = results[f"safety/ae/{term}/any"].label.rpartition(": ")[0]
        keys[f"safety/ae/{term}/any"] = f"{label[:1].upper()}{label[1:]}"
    return [describe_key_result(results[name], label=label) for name, label in keys.items() if name in results]
