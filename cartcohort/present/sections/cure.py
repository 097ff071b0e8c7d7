"""Whether some patients are cured: the plateau, what models make of it, and whether follow-up can tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures.cure import CureModel, CurePanel, plot_cure_models
from cartcohort.present.format import (
    format_conf_level,
    format_estimate,
    format_p_clause,
    format_percent,
    format_value,
)
from cartcohort.present.narrative import capitalise, count_noun, join_words, say_estimate
from cartcohort.present.sections.naming import abbreviate, parts_after, spell_out
from cartcohort.present.tables import table_grid

_FAMILIES = {
    "weibull": "Weibull",
    "exponential": "exponential",
    "log_normal": "log-normal",
    "log_logistic": "log-logistic",
}
_MAIN = "weibull"
_FEW = 30
_LEVEL, _MOST_UNCURED, _LEAST_CURED = 0.05, 0.05, 0.025
_BACKGROUND = (
    "Overall survival counts deaths from any cause, and no background mortality is taken off: cured then means no "
    "longer dying as the others do, for as long as follow-up goes."
)


class Models(Protocol):
    """One endpoint's curve of all patients, and its mixture-cure models by family."""

    curve: SurvivalCurve
    by_family: Mapping[str, CureModel]


def plot_cure(models: Mapping[str, Models], results: ResultSet, *, origin: str, min_at_risk: int) -> Figure | Notice:
    """Draw the curves of the main endpoints with the Weibull model with and without cure.

    Parameters
    ----------
    models : mapping of str to Models
        By the endpoint's name.
    results : ResultSet
        With `survival/<e>/cure/fraction/weibull`.
    origin : str
        What time zero is, in words.
    min_at_risk : int
    """
    panels = {
        capitalise(spell_out(name)): CurePanel(
            found.curve, found.by_family[_MAIN], results[f"survival/{name}/cure/fraction/{_MAIN}"]
        )
        for name, found in models.items()
    }
    return plot_cure_models(
        panels,
        id="survival-cure",
        title="Survival with and without a cured fraction",
        family=_FAMILIES[_MAIN],
        x_label=f"Months since {origin}",
        min_at_risk=min_at_risk,
    )


def table_cure(results: ResultSet, *, p_style: str) -> Table | Notice:
    """Tabulate the cure fraction under each family, and how the model with it compares with the one without."""
    rows: dict[str, dict[str, dict[str, Result | None]]] = {}
    for name in parts_after(results, "survival"):
        prefix = f"survival/{name}/cure"
        rows[f"{capitalise(spell_out(name))} ({abbreviate(name)})"] = {
            capitalise(_FAMILIES[family]): {
                "Cured": results[f"{prefix}/fraction/{family}"],
                "p against\nno cure": results[f"{prefix}/test/{family}"],
                "AIC\nwith cure": results[f"{prefix}/aic/with/{family}"],
                "AIC\nwithout": results[f"{prefix}/aic/without/{family}"],
                "Median of the\nuncured, months": results[f"{prefix}/uncured_median/{family}"],
                "Uncured\nat the end": results[f"{prefix}/uncured_at_end/{family}"],
            }
            for family in parts_after(results, f"{prefix}/fraction")
        }
    return table_grid(
        rows,
        id="survival-cure",
        caption="Cure fraction under four distributions of the times of the uncured",
        first_column="Distribution",
        p_columns=("p against\nno cure",),
        p_style=p_style,
        notes=[
            "Uncured at the end: survival of the uncured at the longest follow-up as a share of that of all; below "
            "5%, with more than 2.5% cured, it supports a cure model (Selukar and Othus).",
            "The test is one-sided at the boundary, so p can be below 0.05 where the limits reach 0.",
            _BACKGROUND,
        ],
    )


def table_plateau(results: ResultSet, *, p_style: str) -> Table | Notice:
    """Tabulate on whom the plateau rests, and the tests of whether follow-up suffices."""
    rows = {}
    for name in parts_after(results, "survival"):
        prefix = f"survival/{name}/cure"
        rows[abbreviate(name)] = {
            "Last event,\nmonth": results.get(f"{prefix}/plateau/last_event"),
            "Patients\nbeyond it": results.get(f"{prefix}/plateau/followed"),
            "Months beyond,\nlongest": results.get(f"{prefix}/plateau/length"),
            "Event-free\nat the end": results.get(f"{prefix}/plateau/level"),
            "Events per\npatient-year beyond": results.get(f"{prefix}/plateau/hazard"),
            "Maller-Zhou p": results.get(f"{prefix}/follow_up/maller_zhou"),
            "Shen p": results.get(f"{prefix}/follow_up/shen"),
        }
    return table_grid(
        {"": rows},
        id="survival-plateau",
        caption="The plateau after the last event, and whether follow-up suffices to speak of cure",
        first_column="Endpoint",
        p_columns=("Maller-Zhou p", "Shen p"),
        p_style=p_style,
        notes=["A small p speaks for sufficient follow-up; Maller and Zhou's test is known to say so too readily."],
    )


def describe_cure(results: ResultSet, *, p_style: str) -> list[Sentence]:
    """Answer the cure-fraction question for each endpoint with its uncertainty, or say that it cannot be answered."""
    said = [Sentence(_say_endpoint(results, name, p_style)) for name in parts_after(results, "survival")]
    return said or [Sentence("No endpoint counts from time zero, so the question of cure is not asked.")]


def _say_endpoint(results: ResultSet, name: str, p_style: str) -> str:
    prefix = f"survival/{name}/cure"
    followed, fraction = results[f"{prefix}/plateau/followed"], results[f"{prefix}/fraction/{_MAIN}"]
    if not followed.estimate:
        reason = "nobody was followed beyond the last event" if followed.n_event else "no event was seen"
        return f"For {spell_out(name)}, {reason}, so whether some patients are cured cannot be told."
    if fraction.estimate is None:
        return f"For {spell_out(name)}, the cure fraction is {say_estimate(fraction)}."
    said = [
        _say_plateau(results, prefix, name),
        _say_fractions(results, prefix, fraction),
        _say_sufficiency(results, prefix, p_style),
    ]
    return " ".join([*said, *([_BACKGROUND] if name == "os" else [])])


def _say_plateau(results: ResultSet, prefix: str, name: str) -> str:
    last, length, followed = (results[f"{prefix}/plateau/{key}"] for key in ("last_event", "length", "followed"))
    hazard = results[f"{prefix}/plateau/hazard"]
    number = int(followed.estimate or 0)
    verb, longest = ("was", "") if number == 1 else ("were", "at most ")
    whom = "that this patient" if number == 1 else "that none of them"
    had = "had none since" if number == 1 else "had one since"
    return (
        f"The plateau of {spell_out(name)} rests on {count_noun(number, 'patient')} who {verb} followed beyond the "
        f"last event at {format_estimate(last)} months, {longest}{format_estimate(length)} months longer. "
        f"{capitalise(whom)} {had} is compatible with up to {format_value(hazard.conf_high, hazard.unit)} events a "
        f"patient-year (exact {format_conf_level(hazard.conf_level)} CI)."
    )


def _say_fractions(results: ResultSet, prefix: str, fraction: Result) -> str:
    others = {
        _FAMILIES[family]: found
        for family in parts_after(results, f"{prefix}/fraction")
        if family != _MAIN and (found := results[f"{prefix}/fraction/{family}"]).estimate is not None
    }
    text = f"Under a {_FAMILIES[_MAIN]} model {say_estimate(fraction)} would be cured"
    if others:
        text += "; " + join_words([f"{name} {say_estimate(found)}" for name, found in others.items()])
    everything = {_FAMILIES[_MAIN]: fraction, **others}
    touching = [name for name, found in everything.items() if found.conf_low == 0]
    if touching:
        model = "model" if len(touching) == 1 else "models"
        text += f". Under the {join_words(touching)} {model} no cure at all remains compatible with the data"
    return f"{text}."


def _criteria(results: ResultSet, prefix: str, p_style: str) -> tuple[list[str], list[str]]:
    """Return by which criteria follow-up suffices for a cure fraction, and by which it does not."""
    criteria = {
        f"{words} test ({format_p_clause(test.p_value, p_style=p_style)})": _below(test.p_value, _LEVEL)
        for words, test in (
            ("Maller and Zhou's", results[f"{prefix}/follow_up/maller_zhou"]),
            ("Shen's", results[f"{prefix}/follow_up/shen"]),
        )
    }
    family = _lowest_aic(results, prefix)
    left, cured = results[f"{prefix}/uncured_at_end/{family}"], results[f"{prefix}/fraction/{family}"]
    share = f"{_FAMILIES[family]}, {format_percent(left.estimate)}"
    supported = _below(left.estimate, _MOST_UNCURED) and not _below(cured.estimate, _LEAST_CURED)
    criteria[f"the uncured left at its end under the family of lowest AIC ({share})"] = supported
    met = [criterion for criterion, holds in criteria.items() if holds]
    return met, [criterion for criterion in criteria if criterion not in met]


def _below(value: float | None, bound: float) -> bool:
    return value is not None and value < bound


def _say_sufficiency(results: ResultSet, prefix: str, p_style: str) -> str:
    met, missed = _criteria(results, prefix, p_style)
    if not missed:
        few = (results[f"{prefix}/plateau/followed"].estimate or 0) < _FEW
        caution = ", though with so few patients on it later events could still change it" if few else ""
        return f"Follow-up suffices by {join_words(met)}: a plateau can be spoken of{caution}."
    if not met:
        return (
            f"Follow-up does not suffice by {join_words(missed, last='or')}: whether anybody is cured cannot be told "
            "from these data, and the fractions say more about the models than about the patients."
        )
    return (
        f"Follow-up suffices by {join_words(met)}, but not by {join_words(missed, last='or')}: the criteria "
        "disagree, so whether these fractions are cures cannot be told yet."
    )


def _lowest_aic(results: ResultSet, prefix: str) -> str:
    known = {
        family: found.estimate
        for family in parts_after(results, f"{prefix}/aic/with")
        if (found := results[f"{prefix}/aic/with/{family}"]).estimate is not None
    }
    return min(known, key=lambda family: known[family])
