"""What the risk factor section shows of several factors together: adjusted hazard ratios and checks of the models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice, Sentence, Table
from cartcohort.present.format import format_number, format_p_clause
from cartcohort.present.narrative import capitalise, count_noun, join_words, say_estimate, say_ratio_within
from cartcohort.present.sections.naming import abbreviate, label_of, name_contrast, spell_out, within_sentence
from cartcohort.present.tables import table_grid

_SECTION = "risk_factors"
_LEVEL = 0.05
_FEW_PER_TERM = 10


def table_multivariable(results: ResultSet, *, endpoints: Sequence[str], p_style: str) -> Table | Notice:
    """Tabulate the hazard ratios of each factor alone, adjusted for the others, and by Firth's method."""
    rows: dict[str, dict[str, dict[str, Result | None]]] = {}
    for name in endpoints:
        prefix = f"{_SECTION}/{name}"
        lines = {}
        for key, adjusted in results.select(f"{prefix}/multivariable/*").items():
            term = key.removeprefix(f"{prefix}/multivariable/")
            firth = results.get(f"{prefix}/multivariable_firth/{term}")
            lines[adjusted.label.partition(": ")[2]] = {
                "HR adjusted": adjusted,
                "p": adjusted,
                "HR adjusted\n(Firth)": firth,
                "p (Firth)": firth,
                "HR alone": results.get(f"{prefix}/cox/{term}"),
                "Proportional\nhazards, p": results.get(f"{prefix}/ph/{term.split('/')[0]}"),
            }
        rows[_heading(results, name, len(lines))] = lines
    return table_grid(
        rows,
        id="risk-multivariable",
        caption="Hazard ratios adjusted for all other factors, beside those of each factor alone",
        first_column="Factor",
        p_columns=("p", "p (Firth)", "Proportional\nhazards, p"),
        p_style=p_style,
        notes=[
            "Where the p-value of proportional hazards is small, the hazard ratio is an average over follow-up of an "
            "effect that changes; a factor of several levels has one such test."
        ],
    )


def _heading(results: ResultSet, name: str, n_terms: int) -> str:
    """Return "Overall survival: 20 events for 6 coefficients, 3.3 each"."""
    per_term = results.get(f"{_SECTION}/{name}/events_per_term")
    words = capitalise(spell_out(name))
    if per_term is None or per_term.estimate is None:
        return words
    counted = f"{count_noun(per_term.n_event or 0, 'event')} for {count_noun(n_terms, 'coefficient')}"
    return f"{words}: {counted}, {format_number(per_term.estimate)} each"


def table_model_checks(results: ResultSet, *, endpoints: Sequence[str], p_style: str) -> Table | Notice:
    """Tabulate the global tests of each model and its concordance, as fitted and corrected for optimism."""
    rows: dict[str, dict[str, dict[str, Result | None]]] = {}
    for name in endpoints:
        prefix = f"{_SECTION}/{name}"
        rows[capitalise(spell_out(name))] = {
            "All factors together (likelihood ratio)": {"p": results.get(f"{prefix}/multivariable_test")},
            "Proportional hazards, all factors": {"p": results.get(f"{prefix}/ph/global")},
            "Concordance, as fitted": {"Value": results.get(f"{prefix}/concordance/apparent")},
            "Optimism": {"Value": results.get(f"{prefix}/concordance/optimism")},
            "Concordance, corrected for optimism": {"Value": results.get(f"{prefix}/concordance/corrected")},
        }
    return table_grid(
        rows,
        id="risk-model-checks",
        caption="Checks of the multivariable models",
        first_column="Check",
        p_columns=("p",),
        counts=False,
        p_style=p_style,
        notes=[note for note in (_lost_samples(results), _LIMITS_OF_CORRECTED) if note],
    )


_LIMITS_OF_CORRECTED = (
    "The limits of the corrected concordance are those of the fitted one moved by the optimism; they cover somewhat "
    "less than their level in small samples."
)


def _lost_samples(results: ResultSet) -> str:
    """Say how many bootstrap samples gave no model, one remark for all models."""
    corrected = results.select(f"{_SECTION}/*/concordance/corrected")
    if not any(result.estimable for result in corrected.values()):
        return ""
    lost = {
        result.note: abbreviate(name.split("/")[1])
        for name, result in corrected.items()
        if result.estimable and result.note
    }
    said = "; ".join(f"{name}: {note}" for note, name in lost.items())
    return f"{said}." if said else "All bootstrap samples gave a model."


def describe_multivariable(
    results: ResultSet, *, endpoints: Sequence[str], labels: Mapping[str, str], p_style: str
) -> list[Sentence]:
    """State events per coefficient, what remains adjusted, corrected concordance and the test of proportionality.

    Each endpoint is a paragraph of its own.
    """
    told = []
    for name in endpoints:
        prefix = f"{_SECTION}/{name}"
        per_term = results.get(f"{prefix}/events_per_term")
        if per_term is None or per_term.estimate is None:
            continue
        if reason := _why_nothing(results, prefix):
            told.append(f"No adjusted hazard ratio for {spell_out(name)} could be estimated ({reason}).")
            continue
        text = f"The model of {spell_out(name)} has {format_number(per_term.estimate)} events per coefficient"
        text += f", {_why_firth(per_term)}, so Firth's estimates are reported" if per_term.note else ""
        corrected = results.get(f"{prefix}/concordance/corrected")
        if corrected is not None and corrected.estimate is not None:
            text += f"; corrected for optimism, its concordance is {say_estimate(corrected)}, where 0.5 is chance"
        said = [f"{text}.", _say_adjusted(results, prefix), _say_proportionality(results, prefix, labels, p_style)]
        told.append(" ".join(part for part in said if part))
    nothing = "There is no multivariable model without a factor of two levels or more."
    return [Sentence(text) for text in told or [nothing]]


def _why_firth(per_term: Result) -> str:
    """Return "fewer than ten", "some coefficients without a finite estimate", or both."""
    few, separated = "fewer than ten" in per_term.note, "separation" in per_term.note
    reasons = ["fewer than ten"] * few + ["with separation, which leaves some without a finite estimate"] * separated
    return " and ".join(reasons) or per_term.note


def _why_nothing(results: ResultSet, prefix: str) -> str:
    """Return why neither model gave any ratio; "" where one did, or where there is no model."""
    ratios = results.select(f"{prefix}/multivariable/*", f"{prefix}/multivariable_firth/*").values()
    if any(ratio.estimable for ratio in ratios):
        return ""
    reasons = dict.fromkeys(ratio.note.removeprefix("not estimable: ") for ratio in ratios)
    return "; ".join(reason for reason in reasons if reason)


def _say_adjusted(results: ResultSet, prefix: str) -> str:
    """Name the contrasts whose adjusted interval excludes 1, by Firth's model where there is one."""
    firth = results.select(f"{prefix}/multivariable_firth/*")
    adjusted = firth or results.select(f"{prefix}/multivariable/*")
    if not adjusted:
        return ""
    known = [ratio for ratio in adjusted.values() if ratio.estimable]
    method = "By Firth's model, adjusted" if firth else "Adjusted"
    clear = []
    for key, ratio in adjusted.items():
        if ratio.conf_low is None or ratio.conf_high is None or ratio.conf_low <= 1 <= ratio.conf_high:
            continue
        note = "; alone it includes 1" if _includes_one_alone(results, prefix, "/".join(key.split("/")[3:])) else ""
        clear.append(name_contrast(ratio.label.partition(": ")[2], f"{say_ratio_within(ratio, name='HR')}{note}"))
    if not clear:
        whose = "all factors" if len(known) == len(adjusted) else "all estimable hazard ratios"
        return f"{method} for each other, the intervals of {whose} include 1."
    return (
        f"{method} for each other, the interval excludes 1 for {join_words(clear)}, not adjusted for the number of "
        "factors."
    )


def _includes_one_alone(results: ResultSet, prefix: str, term: str) -> bool:
    """Whether the interval of a contrast alone includes 1, by Firth's method where the usual one has no estimate."""
    alone = results.get(f"{prefix}/cox/{term}")
    if alone is not None and not alone.estimable:
        alone = results.get(f"{prefix}/cox_firth/{term}")
    if alone is None or alone.conf_low is None or alone.conf_high is None:
        return False
    return alone.conf_low <= 1 <= alone.conf_high


def _say_proportionality(results: ResultSet, prefix: str, labels: Mapping[str, str], p_style: str) -> str:
    """Say what the tests of proportional hazards mean for the hazard ratios, of all factors and of single ones."""
    check = results.get(f"{prefix}/ph/global")
    if check is None or check.p_value is None:
        return ""
    p = format_p_clause(check.p_value, p_style=p_style)
    single = [
        f"{within_sentence(label_of(factor, labels))} ({format_p_clause(test.p_value, p_style=p_style)})"
        for factor, test in ((key.rpartition("/")[2], test) for key, test in results.select(f"{prefix}/ph/*").items())
        if factor != "global" and test.p_value is not None and test.p_value < _LEVEL
    ]
    listed = join_words(single)
    if check.p_value < _LEVEL:
        said = (
            f"The test speaks against proportional hazards (all factors together, {p}): each hazard ratio may then "
            "average an effect that changes over follow-up, and the curves tell more."
        )
        return f"{said} The test of single factors is small for {listed}." if single else said
    if single:
        return (
            f"The test of proportional hazards finds nothing against them in all factors together ({p}), but speaks "
            f"against them for {listed}, whose hazard ratio is then an average over follow-up."
        )
    unproven = ", which few events cannot prove" if _has_few_events(results, prefix) else ""
    return f"The test of proportional hazards finds nothing against them ({p}){unproven}."


def _has_few_events(results: ResultSet, prefix: str) -> bool:
    per_term = results.get(f"{prefix}/events_per_term")
    return per_term is not None and per_term.estimate is not None and per_term.estimate < _FEW_PER_TERM
