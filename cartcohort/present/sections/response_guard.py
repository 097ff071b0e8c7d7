"""Survival by response as a careful reader should see it: the biased comparison only beside the guarded ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_survival_panels
from cartcohort.present.format import format_estimate, format_interval_clause, format_p_clause
from cartcohort.present.narrative import capitalise, join_words, say_ratio
from cartcohort.present.sections.naming import abbreviate, parts_after, spell_out
from cartcohort.present.sections.survival import annotate_factor, lines_of
from cartcohort.present.tables import table_grid

_FAILED_BY_NON_RESPONSE = ("pfs", "efs")
_LEVELS = {"no": "No response", "yes": "Response"}


class ResponseCurves(Protocol):
    """Curves of one endpoint by response: from time zero and from each landmark in days, by level."""

    endpoint: str
    plain: Mapping[str, SurvivalCurve]
    landmarks: Mapping[int, Mapping[str, SurvivalCurve]]


def plot_response(
    curves: Sequence[ResponseCurves], results: ResultSet, *, min_at_risk: int, p_style: str
) -> Figure | Notice:
    """Draw endpoints by response: from time zero, marked as biased, and from each landmark.

    Parameters
    ----------
    curves : sequence of ResponseCurves
        Empty where response does not part the patients into two groups.
    results : ResultSet
        With `survival/<e>/{cox, logrank}/response` and the landmarks' results.
    min_at_risk, p_style
        How to draw and print.
    """
    panels, notes = {}, {}
    for drawn in curves:
        prefix, name = f"survival/{drawn.endpoint}", abbreviate(drawn.endpoint)
        title = f"{name} from time zero: BIASED"
        panels[title] = _named(drawn.plain)
        notes[title] = annotate_factor(results, prefix, "response", p_style=p_style)
        for days, levels in drawn.landmarks.items():
            title = f"{name} from the landmark at day {days}"
            panels[title] = _named(levels)
            ratio, test = (results.get(f"{prefix}/landmark/{days}d/{kind}/response") for kind in ("cox", "logrank"))
            notes[title] = lines_of(ratio, test, p_style=p_style)
    return plot_survival_panels(
        panels,
        id="survival-response",
        title="Survival by response, from time zero and from landmarks",
        annotations=notes,
        min_at_risk=min_at_risk,
        x_label="Months",
    )


def _named(curves: Mapping[str, SurvivalCurve]) -> dict[str, SurvivalCurve]:
    return {_LEVELS.get(level, level): curve for level, curve in curves.items()}


def table_response(results: ResultSet, *, p_style: str) -> Table | Notice:
    """Tabulate the comparison by response in every reading, the biased one named as such."""
    rows: dict[str, dict[str, dict[str, Result | None]]] = {}
    for name in parts_after(results, "survival"):
        prefix = f"survival/{name}"
        lines = {
            "From time zero (BIASED)": _line(results, f"{prefix}/cox/response/yes", f"{prefix}/logrank/response")
        }
        for landmark in parts_after(results, f"{prefix}/landmark"):
            stem = f"{prefix}/landmark/{landmark}"
            label = f"Landmark at day {landmark.removesuffix('d')}"
            lines[label] = _line(results, f"{stem}/cox/response", f"{stem}/logrank/response")
        lines["Time-dependent Cox model"] = {"Hazard ratio": results.get(f"{prefix}/time_dependent_cox/response")}
        rows[capitalise(spell_out(name))] = lines
    notes = [_exclusions(results)] if _exclusions(results) else []
    return table_grid(
        rows,
        id="survival-response",
        caption="Hazard ratio of responders against non-responders in three analyses",
        first_column="Analysis",
        p_columns=("Log-rank p",),
        p_style=p_style,
        notes=notes,
    )


def _line(results: ResultSet, ratio: str, test: str) -> dict[str, Result | None]:
    return {"Hazard ratio": results.get(ratio), "Log-rank p": results.get(test)}


def _exclusions(results: ResultSet) -> str:
    """Say for each landmark who takes part, from the notes of its tests."""
    said = [
        f"{abbreviate(name.split('/')[1])}, day {name.split('/')[3].removesuffix('d')}: {result.note.rstrip('.')}."
        for name, result in results.select("survival/*/landmark/*/logrank/response").items()
    ]
    return " ".join(said)


def describe_response(results: ResultSet, *, p_style: str) -> Sentence:
    """State the first endpoint's biased comparison as such, then the guarded ones, then what cannot be compared."""
    names = parts_after(results, "survival")
    said = _say_first(results, names[0], p_style) if names else []
    said += _say_not_comparable(results, names[1:])
    text = " ".join(said)
    return Sentence(text or "There are no two groups of patients by response, so there is nothing to compare.")


def _say_first(results: ResultSet, name: str, p_style: str) -> list[str]:
    prefix = f"survival/{name}"
    plain = results.get(f"{prefix}/logrank/response")
    if plain is None:
        return []
    said = [
        f"From time zero, {spell_out(name)} differs between responders and non-responders with log-rank "
        f"{format_p_clause(plain.p_value, p_style=p_style)}. Responders are credited with the time it took them to "
        "respond, so this comparison is biased in their favour."
    ]
    said += [
        say_landmark(results, name, landmark, p_style) for landmark in parts_after(results, f"{prefix}/landmark")
    ]
    late = results.get(f"{prefix}/time_dependent_cox/response")
    if late is not None:
        said.append(f"With response as a time-dependent covariate: {_say_model(late, p_style)}.")
    return said


def say_landmark(results: ResultSet, name: str, landmark: str, p_style: str) -> str:
    """State the effect on one endpoint among those still at risk after a landmark ("28d")."""
    ratio, test = (results[f"survival/{name}/landmark/{landmark}/{kind}/response"] for kind in ("cox", "logrank"))
    counts = test.note.partition(" at the landmark")[0]
    start = f"Among patients still at risk after day {landmark.removesuffix('d')} ({counts}), "
    if test.p_value is None:
        return f"{start}{spell_out(name)} cannot be compared by response."
    p = format_p_clause(test.p_value, p_style=p_style)
    if ratio.estimate is None:
        return f"{start}no {ratio.unit} of responders for {spell_out(name)} could be estimated; log-rank {p}."
    effect = f"{format_estimate(ratio)} {format_interval_clause(ratio)}"
    return f"{start}the {ratio.unit} of responders for {spell_out(name)} was {effect}; log-rank {p}."


def estimable_landmarks(results: ResultSet, name: str) -> list[str]:
    """Return the landmarks ("28d") from which responders and non-responders of an endpoint could be compared."""
    stem = f"survival/{name}/landmark"
    found = {landmark: results[f"{stem}/{landmark}/logrank/response"] for landmark in parts_after(results, stem)}
    return [landmark for landmark, test in found.items() if test.p_value is not None]


def _say_model(result: Result, p_style: str) -> str:
    if result.estimate is None or result.p_value is None:
        return say_ratio(result)
    return f"{say_ratio(result)}; Wald {format_p_clause(result.p_value, p_style=p_style)}"


def _say_not_comparable(results: ResultSet, names: Sequence[str]) -> list[str]:
    """Say of which endpoints no landmark leaves two groups, and why where non-response itself is an event."""
    alone = [
        name
        for name in names
        if parts_after(results, f"survival/{name}/landmark") and not estimable_landmarks(results, name)
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
