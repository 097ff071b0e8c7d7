"""Whether a factor matters beyond response, as a table and in words."""

from __future__ import annotations

from collections.abc import Mapping

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice, Sentence, Table
from cartcohort.present.format import format_number, format_p_clause
from cartcohort.present.narrative import add_in_brackets, join_words, say_ratio
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
            "it, the ratio tells what the factor adds to response, not its whole effect.",
            *_count_coefficients(results),
        ],
    )


def _count_coefficients(results: ResultSet) -> list[str]:
    """Say how many events there are for each coefficient of the models with response: the factor's and its own."""
    counted = []
    for endpoint, landmark in _landmarks(results):
        for ratio in list(results.select(f"{_SECTION}/{endpoint}/landmark/{landmark}/adjusted/cox/*").values())[:1]:
            counted.append(f"{format_number((ratio.n_event or 0) / 2)} for {endpoint.upper()}")
    return [f"Events per coefficient, adjusted for response: {join_words(counted)}."] if counted else []


def describe_given_response(results: ResultSet, *, labels: Mapping[str, str], p_style: str) -> Sentence:
    """State for the first factor what remains of it among responders and with response adjusted for."""
    said = [say_given_response(results, endpoint, labels, p_style) for endpoint, _ in _landmarks(results)]
    text = " ".join(part for part in said if part)
    return Sentence(
        text or "What a factor adds to response cannot be told without two groups by response and two by a factor."
    )


def say_given_response(
    results: ResultSet, endpoint: str, labels: Mapping[str, str], p_style: str, *, in_short: bool = False
) -> str:
    """State the first factor's hazard ratio among responders after the landmark, and adjusted for response.

    `in_short`, for an abstract, nothing is said of what could not be estimated.
    """
    for name, landmark in _landmarks(results):
        prefix = f"{_SECTION}/{name}/landmark/{landmark}"
        for key, ratio in list(results.select(f"{prefix}/responders/cox/*").items())[: int(name == endpoint)]:
            if in_short and not ratio.estimable:
                continue
            term = key.removeprefix(f"{prefix}/responders/cox/")
            factor = term.split("/")[0]
            what = within_sentence(label_of(factor, labels))
            start = f"Among responders at risk after day {landmark[:-1]}, the "
            test = results.get(f"{prefix}/responders/logrank/{factor}")
            effect = say_hazard_ratio(ratio, f"{what} for {spell_out(name)}")
            effect = add_in_brackets(effect, _say_test(ratio, "log-rank", test, p_style))
            adjusted = results.get(f"{prefix}/adjusted/cox/{term}")
            told = adjusted is not None and (adjusted.estimable or not in_short)
            return f"{start}{effect}{_say_adjusted(adjusted, ratio, p_style) if told else ''}."
    return ""


def say_hazard_ratio(ratio: Result, what: str) -> str:
    """Return "hazard ratio of <what> was 2.84 (95% CI, 0.62 to 13.0)", or that it was not estimable and why."""
    return f"{ratio.unit} of {what} was {say_ratio(ratio).removeprefix(ratio.unit).strip()}"


def _say_test(ratio: Result, name: str, test: Result | None, p_style: str) -> str:
    """Return "log-rank p = 0.16" beside a ratio; nothing where there is no ratio or no test."""
    if ratio.estimate is None or test is None or test.p_value is None:
        return ""
    return f"{name} {format_p_clause(test.p_value, p_style=p_style)}"


def _say_adjusted(adjusted: Result, among: Result, p_style: str) -> str:
    """State the ratio adjusted for response; one that prints as that among responders is not told twice."""
    said = say_ratio(adjusted).removeprefix(adjusted.unit).strip()
    if adjusted.estimable and say_ratio(adjusted) == say_ratio(among):
        return "; in all at risk, adjusted for response, it was the same"
    p = _say_test(adjusted, "Wald", adjusted, p_style)
    return f"; in all at risk, adjusted for response, it was {add_in_brackets(said, p)}"


def _landmarks(results: ResultSet) -> list[tuple[str, str]]:
    """Return endpoint and landmark ("28d") of every analysis."""
    return [
        (endpoint, landmark)
        for endpoint in parts_after(results, _SECTION)
        for landmark in parts_after(results, f"{_SECTION}/{endpoint}/landmark")
    ]
