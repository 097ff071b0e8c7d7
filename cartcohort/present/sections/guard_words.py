"""What is said of survival by groups known only later: the biased comparison named as such, then the guarded ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Sentence
from cartcohort.present.format import (
    format_estimate,
    format_interval_clause,
    format_p_clause,
    format_ratio,
    format_whole,
)
from cartcohort.present.narrative import add_in_brackets, capitalise, join_words
from cartcohort.present.sections.guard import Grouping, is_guarded, say_contrast, strip_of
from cartcohort.present.sections.naming import parts_after, spell_out

_FAILED_BY_NON_RESPONSE = ("pfs", "efs")
_USUAL = {
    "response": "response",
    "hsct": "transplant",
    "severe_crs": "severe CRS",
    "early_treatment": "early treatment of CRS",
}
_BIAS = (
    "Counted from time zero, patients are credited with the time they lived before they came to a group, so those "
    "comparisons are biased in its favour and stand here only beside analyses that are not."
)


def describe_guarded(
    results: ResultSet, groupings: Mapping[str, Grouping], *, p_style: str, hsct_handling: str = "ignore"
) -> list[Sentence]:
    """State every grouping's ratios on the first endpoint, the biased one as such, and then what is missing."""
    names = parts_after(results, "survival")
    said = [_BIAS] if groupings else []
    said += [_say_grouping(results, name, one, p_style) for name in names[:1] for one in groupings.values()]
    ended = ("hsct",) if hsct_handling != "ignore" else ()
    missing = [words for name, words in _USUAL.items() if name not in groupings and name not in ended]
    last = _say_not_comparable(results, names[1:])
    last += (
        ["By transplant nothing is compared, since it ends these endpoints or competes with them."] if ended else []
    )
    last += [f"Not compared, for want of two dated groups: {join_words(missing)}."] if missing else []
    return [Sentence(text) for text in (*said, " ".join(last)) if text]


def _say_grouping(results: ResultSet, name: str, grouping: Grouping, p_style: str) -> str:
    prefix, g = f"survival/{name}", grouping.name
    start = f"{capitalise(spell_out(name))}, {say_contrast(grouping)}: "
    if not is_guarded(results, name, grouping):
        return f"{start}neither a landmark nor the time-dependent model leaves anything to compare."
    plain = results[f"{prefix}/cox/{g}/{grouping.levels[1]}"]
    parts = [f"{_say_ratio(plain)} from time zero (biased)"]
    for landmark in parts_after(results, f"{prefix}/landmark"):
        parts.append(_say_at(results, f"{prefix}/landmark/{landmark}", landmark, grouping, p_style))
    later = results[f"{prefix}/time_dependent_cox/{g}"]
    wald = "" if later.p_value is None else f" (Wald {format_p_clause(later.p_value, p_style=p_style)})"
    parts.append(f"{_say_ratio(later)} in the time-dependent model{wald}")
    return f"{start}{plain.unit} {'; '.join(parts)}.{_say_strip(results, name, grouping)}"


def _say_ratio(result: Result) -> str:
    if result.estimate is None:
        return "not estimable"
    return f"{format_estimate(result)} {format_interval_clause(result)}".rstrip()


def _say_at(results: ResultSet, stem: str, landmark: str, grouping: Grouping, p_style: str) -> str:
    ratio, test = (results[f"{stem}/{kind}/{grouping.name}"] for kind in ("cox", "logrank"))
    after = f"after day {landmark.removesuffix('d')}, {_say_counts(results, stem, grouping.name, grouping.levels)}"
    if test.p_value is None:
        return f"no comparison {after}"
    return f"{_say_ratio(ratio)} {after}, log-rank {format_p_clause(test.p_value, p_style=p_style)}"


def _say_counts(results: ResultSet, stem: str, g: str, levels: Sequence[str]) -> str:
    without, within = (results[f"{stem}/count/{g}/{level}"].estimate for level in levels)
    return f"{format_whole(within)} with and {format_whole(without)} without"


def _say_strip(results: ResultSet, name: str, grouping: Grouping) -> str:
    known = strip_of(results, name, grouping).known
    if len(known) < 2:
        return ""
    values = [ratio.estimate for _, ratio in known]
    days = f"from day {format_whole(known[0][0])} to day {format_whole(known[-1][0])}"
    low, high = format_ratio(min(values)), format_ratio(max(values))
    return f" Over landmarks {days} it " + (f"stays at {low}." if low == high else f"runs from {low} to {high}.")


def say_landmark(results: ResultSet, name: str, landmark: str, p_style: str) -> str:
    """State the effect of response on one endpoint among those still at risk after a landmark ("28d")."""
    stem = f"survival/{name}/landmark/{landmark}"
    ratio, test = (results[f"{stem}/{kind}/response"] for kind in ("cox", "logrank"))
    without, within = (format_whole(results[f"{stem}/count/response/{level}"].estimate) for level in ("no", "yes"))
    start = f"In the landmark analysis at day {landmark.removesuffix('d')}, "
    groups = f"response (n = {within}) vs no response (n = {without})"
    if test.p_value is None:
        return f"{start}{spell_out(name)} cannot be compared by {groups}."
    p = f"log-rank {format_p_clause(test.p_value, p_style=p_style)}"
    if ratio.estimate is None:
        return f"{start}{spell_out(name)} by {groups} gave no estimable {ratio.unit} ({p})."
    of = "death" if name == "os" else spell_out(name)
    return f"{start}the {ratio.unit} for {of}, {groups}, was {add_in_brackets(_say_ratio(ratio), p)}."


def estimable_landmarks(results: ResultSet, name: str) -> list[str]:
    """Return the landmarks ("28d") from which responders and non-responders of an endpoint could be compared."""
    stem = f"survival/{name}/landmark"
    found = {landmark: results.get(f"{stem}/{landmark}/logrank/response") for landmark in parts_after(results, stem)}
    return [landmark for landmark, test in found.items() if test is not None and test.p_value is not None]


def _say_not_comparable(results: ResultSet, names: Sequence[str]) -> list[str]:
    """Say of which endpoints no landmark leaves two groups by response, and why where non-response is an event."""
    alone = [
        name
        for name in names
        if results.select(f"survival/{name}/landmark/*/logrank/response") and not estimable_landmarks(results, name)
    ]
    said = []
    if alone:
        listed = capitalise(join_words([spell_out(name) for name in alone]))
        said = [f"{listed} by response cannot be compared from a landmark: only one group is left at risk."]
    by_definition = [spell_out(name) for name in alone if name in _FAILED_BY_NON_RESPONSE]
    if by_definition:
        said.append(
            f"Lack of response is itself an event of {join_words(by_definition)}, so a comparison from time zero "
            "restates a definition, whatever its p-value."
        )
    return said
