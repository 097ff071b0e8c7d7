"""Whether a factor matters beyond response, as a table and in words."""

from __future__ import annotations

from collections.abc import Mapping

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice, Sentence, Table
from cartcohort.present.format import format_p_clause
from cartcohort.present.narrative import say_ratio
from cartcohort.present.sections.naming import label_of, parts_after, spell_out, within_sentence
from cartcohort.present.tables import table_grid

_SECTION = "risk_factors"
_GROUPS = {
    "all": "All still at risk",
    "responders": "Responders among them",
    "adjusted": "All, adjusted for response",
}


def table_given_response(results: ResultSet, *, p_style: str) -> Table | Notice:
    """Tabulate each factor's hazard ratio from the landmark: in all, in responders, and adjusted for response."""
    rows: dict[str, dict[str, dict[str, Result | None]]] = {}
    for endpoint, landmark in _landmarks(results):
        prefix = f"{_SECTION}/{endpoint}/landmark/{landmark}"
        for key, ratio in results.select(f"{prefix}/all/cox/*").items():
            term = key.removeprefix(f"{prefix}/all/cox/")
            day = landmark.removesuffix("d")
            _, _, contrast = ratio.label.partition(": ")
            heading = f"{endpoint.upper()} from day {day}, {within_sentence(contrast)}"
            rows[heading] = {
                words: {
                    "Hazard ratio": results.get(f"{prefix}/{group}/cox/{term}"),
                    "Log-rank p": results.get(f"{prefix}/{group}/logrank/{term.split('/')[0]}"),
                    "Wald p": results.get(f"{prefix}/{group}/cox/{term}"),
                }
                for group, words in _GROUPS.items()
            }
    return table_grid(
        rows,
        id="risk-given-response",
        caption="Factors from a landmark on: in all, in responders, and adjusted for response",
        first_column="Patients",
        p_columns=("Log-rank p", "Wald p"),
        p_style=p_style,
        notes=[
            "Responders are those who had responded by the landmark. Response comes after the factor: adjusted for "
            "it, the ratio tells what the factor adds to response, not its whole effect."
        ],
    )


def describe_given_response(results: ResultSet, *, labels: Mapping[str, str], p_style: str) -> Sentence:
    """State for the first factor what remains of it among responders and with response adjusted for."""
    said = [say_given_response(results, endpoint, labels, p_style) for endpoint, _ in _landmarks(results)]
    text = " ".join(part for part in said if part)
    return Sentence(
        text or "What a factor adds to response cannot be told without two groups by response and two by a factor."
    )


def say_given_response(results: ResultSet, endpoint: str, labels: Mapping[str, str], p_style: str) -> str:
    """State the first factor's hazard ratio among responders after the landmark, and adjusted for response."""
    for name, landmark in _landmarks(results):
        prefix = f"{_SECTION}/{name}/landmark/{landmark}"
        for key, ratio in list(results.select(f"{prefix}/responders/cox/*").items())[: int(name == endpoint)]:
            term = key.removeprefix(f"{prefix}/responders/cox/")
            factor = term.split("/")[0]
            what = within_sentence(label_of(factor, labels))
            start = f"For {spell_out(name)} by {what} among responders at risk after day {landmark[:-1]}"
            test = results.get(f"{prefix}/responders/logrank/{factor}")
            adjusted = results.get(f"{prefix}/adjusted/cox/{term}")
            parts = [_say_effect(ratio, "log-rank", test, p_style), _say_adjusted(adjusted, p_style)]
            return f"{start}: {'; '.join(part for part in parts if part)}."
    return ""


def _say_effect(ratio: Result, name: str, test: Result | None, p_style: str) -> str:
    """Return ratio, limits and the named test, or why there is no ratio."""
    if ratio.estimate is None or test is None or test.p_value is None:
        return say_ratio(ratio)
    return f"{say_ratio(ratio)}; {name} {format_p_clause(test.p_value, p_style=p_style)}"


def _say_adjusted(adjusted: Result | None, p_style: str) -> str:
    if adjusted is None:
        return ""
    return f"adjusted for response, {_say_effect(adjusted, 'Wald', adjusted, p_style)}"


def _landmarks(results: ResultSet) -> list[tuple[str, str]]:
    """Return endpoint and landmark ("28d") of every analysis."""
    return [
        (endpoint, landmark)
        for endpoint in parts_after(results, _SECTION)
        for landmark in parts_after(results, f"{_SECTION}/{endpoint}/landmark")
    ]
