"""What the risk factor section shows: factors alone, together, with response, and how firm the comparisons are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.present.display import Figure, Notice, Sentence, Summary, Table
from cartcohort.present.figures import plot_forest, plot_survival_panels
from cartcohort.present.format import format_number, format_p, format_p_clause
from cartcohort.present.narrative import (
    capitalise,
    count_noun,
    describe_key_result,
    join_words,
    say_estimate,
    say_ratio,
)
from cartcohort.present.sections.naming import abbreviate, label_of, parts_after, spell_out, within_sentence
from cartcohort.present.sections.survival import lines_of
from cartcohort.present.tables import table_grid

_SECTION = "risk_factors"
_LEVEL = 0.05


def plot_univariable(results: ResultSet, *, endpoints: Sequence[str], p_style: str) -> Figure | Notice:
    """Draw the hazard ratios of all factors, each alone, under a heading an endpoint."""
    headings = {capitalise(spell_out(name)): list(results.select(f"{_SECTION}/{name}/cox/*")) for name in endpoints}
    ratios = results.select(f"{_SECTION}/*/cox/*").map(_without_endpoint)
    return plot_forest(
        ratios,
        id="risk-univariable",
        title="Hazard ratios of single factors, with Wald p-values",
        headings=headings,
        p_style=p_style,
        first_column="Factor",
    )


def _without_endpoint(result: Result) -> Result:
    return replace(result, label=result.label.partition(": ")[2])


def table_univariable(
    results: ResultSet, *, endpoints: Sequence[str], labels: Mapping[str, str], p_style: str
) -> Table | Notice:
    """Tabulate the log-rank test of each factor, raw and adjusted for their number, a block an endpoint."""
    rows = {
        capitalise(spell_out(name)): {
            label_of(factor, labels): _tests(results.get(f"{_SECTION}/{name}/logrank/{factor}"))
            for factor in parts_after(results, f"{_SECTION}/{name}/logrank")
        }
        for name in endpoints
    }
    return table_grid(
        rows,
        id="risk-univariable",
        caption="Log-rank tests of single factors, raw and adjusted for their number",
        first_column="Factor",
        p_columns=("p", "p (Holm)", "p (BH)"),
        p_style=p_style,
        notes=[
            "Holm controls the chance of any false finding within an endpoint, BH (Benjamini-Hochberg) their share."
        ],
    )


def _tests(test: Result | None) -> dict[str, Result | None]:
    if test is None:
        return {}
    return {"p": test, "p (Holm)": replace(test, p_value=test.p_holm), "p (BH)": replace(test, p_value=test.p_bh)}


def describe_univariable(
    results: ResultSet, *, endpoints: Sequence[str], labels: Mapping[str, str], p_style: str
) -> Sentence:
    """Name the factors with p below 0.05, parted by whether Holm's adjustment leaves them there."""
    said = []
    for name in endpoints:
        tests = results.select(f"{_SECTION}/{name}/logrank/*")
        firm = [key for key, test in tests.items() if _below(test.p_holm)]
        raw = [key for key, test in tests.items() if _below(test.p_value) and key not in firm]
        parts = [f"{_listed(firm, results, labels, p_style)} also after Holm's adjustment"] if firm else []
        parts += [f"{_listed(raw, results, labels, p_style)} only before adjustment for their number"] if raw else []
        found = f"p is below 0.05 for {'; and for '.join(parts)}" if parts else "no p-value is below 0.05"
        if tests:
            counted = count_noun(len(tests), "factor was", "factors were")
            said.append(f"For {spell_out(name)}, {counted} tested: {found}.")
    return Sentence(" ".join(said) or "No factor with at least two groups of patients is given to compare by.")


def _below(p: float | None) -> bool:
    return p is not None and p < _LEVEL


def _listed(names: Sequence[str], results: ResultSet, labels: Mapping[str, str], p_style: str) -> str:
    words = []
    for name in names:
        label = within_sentence(label_of(name.rsplit("/", 1)[1], labels))
        words.append(f"{label} ({format_p_clause(results[name].p_value, p_style=p_style)})")
    return join_words(words)


def plot_curves(
    curves: Mapping[str, Mapping[str, SurvivalCurve]],
    results: ResultSet,
    *,
    endpoint: str,
    labels: Mapping[str, str],
    min_at_risk: int,
    p_style: str,
) -> Figure | Notice:
    """Draw one endpoint by the levels of every factor, a panel a factor."""
    panels = {label_of(factor, labels): levels for factor, levels in curves.items()}
    notes = {}
    for factor in curves:
        ratios = results.select(f"{_SECTION}/{endpoint}/cox/{factor}/*")
        ratio = next(iter(ratios.values())) if len(ratios) == 1 else None
        test = results.get(f"{_SECTION}/{endpoint}/logrank/{factor}")
        notes[label_of(factor, labels)] = lines_of(ratio, test, p_style=p_style)
    return plot_survival_panels(
        panels,
        id="risk-curves",
        title=f"{capitalise(spell_out(endpoint))} by factor",
        annotations=notes,
        min_at_risk=min_at_risk,
        x_label="Months",
    )


def describe_curves(results: ResultSet, *, endpoint: str) -> Sentence:
    """Name the contrasts whose interval leaves out 1, and those whose interval does not."""
    clear, unclear = [], []
    for ratio in results.select(f"{_SECTION}/{endpoint}/cox/*").values():
        label = within_sentence(ratio.label.partition(": ")[2])
        known = ratio.conf_low is not None and ratio.conf_high is not None
        if known and not ratio.conf_low <= 1 <= ratio.conf_high:
            clear.append(f"{label}, {say_ratio(ratio, name='HR')}")
        else:
            unclear.append(label)
    said = [f"The interval of the hazard ratio leaves out 1 for {'; for '.join(clear)}."] if clear else []
    if unclear:
        said.append(f"The data leave open whether there is a difference for {join_words(unclear)}.")
    return Sentence(" ".join(said) or "There is no factor to draw curves by.")


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
                "HR alone": results.get(f"{prefix}/cox/{term}"),
                "HR adjusted\n(Firth)": firth,
                "p (Firth)": firth,
            }
        rows[capitalise(spell_out(name))] = lines
    return table_grid(
        rows,
        id="risk-multivariable",
        caption="Hazard ratios adjusted for all other factors, beside those of each factor alone",
        first_column="Factor",
        p_columns=("p", "p (Firth)"),
        p_style=p_style,
    )


def table_model_checks(
    results: ResultSet, *, endpoints: Sequence[str], labels: Mapping[str, str], p_style: str
) -> Table | Notice:
    """Tabulate events per coefficient, concordance and the tests of proportional hazards of each model."""
    rows: dict[str, dict[str, dict[str, Result | None]]] = {}
    for name in endpoints:
        prefix = f"{_SECTION}/{name}"
        lines = {
            "Events per coefficient": {"Value": results.get(f"{prefix}/events_per_term")},
            "All factors together (likelihood ratio)": {"p": results.get(f"{prefix}/multivariable_test")},
            "Concordance, as fitted": {"Value": results.get(f"{prefix}/concordance/apparent")},
            "Concordance, corrected for optimism": {"Value": results.get(f"{prefix}/concordance/corrected")},
        }
        for factor in parts_after(results, f"{prefix}/ph"):
            label = "all factors" if factor == "global" else within_sentence(label_of(factor, labels))
            lines[f"Proportional hazards: {label}"] = {"p": results.get(f"{prefix}/ph/{factor}")}
        rows[capitalise(spell_out(name))] = lines
    return table_grid(
        rows,
        id="risk-model-checks",
        caption="Checks of the multivariable models",
        first_column="Check",
        p_columns=("p",),
        counts=False,
        p_style=p_style,
        notes=[
            "A small p of a proportional hazards test speaks against a single hazard ratio over all of follow-up."
        ],
    )


def describe_multivariable(results: ResultSet, *, endpoints: Sequence[str], p_style: str) -> Sentence:
    """State events per coefficient, corrected concordance and the global test of proportionality."""
    said = []
    for name in endpoints:
        prefix = f"{_SECTION}/{name}"
        per_term = results.get(f"{prefix}/events_per_term")
        if per_term is None or per_term.estimate is None:
            continue
        text = f"The model of {spell_out(name)} has {format_number(per_term.estimate)} events per coefficient"
        text += ", too few to be read without Firth's correction" if per_term.note else ""
        corrected = results.get(f"{prefix}/concordance/corrected")
        if corrected is not None and corrected.estimate is not None:
            text += f"; corrected for optimism, its concordance is {say_estimate(corrected)}"
        check = results.get(f"{prefix}/ph/global")
        if check is not None and check.p_value is not None:
            text += f"; test of proportional hazards {format_p_clause(check.p_value, p_style=p_style)}"
        said.append(f"{text}.")
    return Sentence(" ".join(said) or "There is no multivariable model without a factor of two levels or more.")


def plot_response(results: ResultSet, *, p_style: str) -> Figure | Notice:
    """Draw the odds ratios of response, each factor alone."""
    return plot_forest(
        results.select(f"{_SECTION}/response/firth/*"),
        id="risk-response",
        title="Odds ratios of response, single factors, Firth's logistic regression",
        p_style=p_style,
        first_column="Factor",
    )


def describe_response(results: ResultSet, *, p_style: str) -> Sentence:
    """State the factor with the smallest p-value for response and how it fares after Holm's adjustment."""
    tests = {key: r for key, r in results.select(f"{_SECTION}/response/firth/*").items() if r.p_value is not None}
    if not tests:
        return Sentence("Response does not part the patients into two groups that factors could tell apart.")
    smallest = min(tests.values(), key=lambda result: result.p_value)
    holm = (
        f"; after Holm's adjustment {format_p_clause(smallest.p_holm, p_style=p_style)}"
        if smallest.p_holm is not None
        else ""
    )
    effect = f"{say_ratio(smallest)}; {format_p_clause(smallest.p_value, p_style=p_style)}{holm}"
    contrast = within_sentence(smallest.label)
    return Sentence(f"Of {count_noun(len(tests), 'contrast')}, {contrast} goes most clearly with response: {effect}.")


def summarise_section(
    results: ResultSet, *, endpoints: Sequence[str], labels: Mapping[str, str], p_style: str
) -> Summary:
    """Return the key results and the paragraph of the risk factor section."""
    keys = []
    for name in endpoints:
        ratios = results.select(f"{_SECTION}/{name}/cox/*")
        for key, ratio in list(ratios.items())[:1]:
            test = results.get(f"{_SECTION}/{name}/logrank/{key.split('/')[3]}")
            note = f"log-rank {format_p_clause(test.p_value, p_style=p_style)}" if test else ""
            label = f"{abbreviate(name)}, {within_sentence(ratio.label.partition(': ')[2])}: hazard ratio"
            keys.append(describe_key_result(ratio, label=label, note=note))
        corrected = results.get(f"{_SECTION}/{name}/concordance/corrected")
        if corrected is not None:
            keys.append(describe_key_result(corrected, label=f"{abbreviate(name)}: concordance, corrected"))
    said = [_say_first_factor(results, name, p_style) for name in endpoints]
    said.append(describe_univariable(results, endpoints=endpoints[:1], labels=labels, p_style=p_style).text)
    return Summary(keys, " ".join(part for part in said if part), "risk-univariable")


def _say_first_factor(results: ResultSet, name: str, p_style: str) -> str:
    """State effect and test of the first factor's first contrast, and the range of p with one patient left out."""
    for key, ratio in list(results.select(f"{_SECTION}/{name}/cox/*").items())[:1]:
        factor = key.split("/")[3]
        test = results.get(f"{_SECTION}/{name}/logrank/{factor}")
        contrast = capitalise(within_sentence(ratio.label.partition(": ")[2]))
        text = f"{contrast}: {say_ratio(ratio)} for {spell_out(name)}"
        text += f", log-rank {format_p_clause(test.p_value, p_style=p_style)}" if test else ""
        left_out = results.get(f"{_SECTION}/{name}/robustness/{factor}/leave_one_out")
        if left_out is not None and left_out.conf_high is not None:
            low, high = (format_p(p, p_style=p_style) for p in (left_out.conf_low, left_out.conf_high))
            text += f" ({low} to {high} with one patient left out)"
        return f"{text}."
    return ""
