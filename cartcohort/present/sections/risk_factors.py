"""What the risk factor section shows: factors alone, together, with response, and how firm the comparisons are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_forest, plot_survival_panels
from cartcohort.present.format import format_p, format_p_clause, format_whole
from cartcohort.present.narrative import capitalise, count_noun, join_words, say_ratio_within
from cartcohort.present.sections.naming import (
    label_of,
    levels_after,
    months_from,
    name_contrast,
    parts_after,
    spell_out,
    within_sentence,
)
from cartcohort.present.sections.single_factors import say_several_levels, say_sparse
from cartcohort.present.sections.survival_by_factor import lines_of, say_ratios
from cartcohort.present.sections.tested import say_tested_of, say_untestable
from cartcohort.present.tables import table_grid

_SECTION = "risk_factors"
_LEVEL = 0.05
_UNADJUSTED = "not adjusted for the number of factors"
_WHICH_TEST = (
    "These p-values are those of Firth's penalised likelihood ratio; Fisher's exact test, on the efficacy page, is "
    "more conservative and can fall on the other side of 0.05."
)
_FEW_EVENTS = 10
"""A comparison of which one group has fewer events than this rests on them, and says so."""
_MOST_NAMED = 4
_P_COLUMNS = ("Log-rank p", "p (Holm)", "p (BH)", "Likelihood\nratio p", "Wald p")


def plot_univariable(results: ResultSet, *, endpoints: Sequence[str], p_style: str) -> Figure | Notice:
    """Draw the hazard ratios of all factors, each alone, under a heading an endpoint."""
    headings = {capitalise(spell_out(name)): list(results.select(f"{_SECTION}/{name}/cox/*")) for name in endpoints}
    ratios = results.select(f"{_SECTION}/*/cox/*").map(_without_endpoint)
    return plot_forest(
        ratios,
        id="risk-univariable",
        title="Hazard ratios of single factors, with Wald p-values",
        headings=headings,
        favours=("lower", "higher"),
        p_style=p_style,
        first_column="Factor",
        counts={name: _say_counts(results, name) for name in ratios},
        p_header="Wald p",
    )


def _say_counts(results: ResultSet, name: str) -> str:
    """Return events and patients of a level and of the first, "18/27 vs 2/8"; "" where they were not counted."""
    counted = name.replace("/cox/", "/events/", 1)
    factor = "/".join(counted.split("/")[:4])  # what follows is the level, which may hold any character
    first = [r for r in levels_after(results, factor).values() if r.n][:1]
    compared = [*([results[counted]] if counted in results else []), *first]
    return (
        " vs ".join(f"{format_whole(r.n_event)}/{format_whole(r.n)}" for r in compared) if len(compared) == 2 else ""
    )


def _without_endpoint(result: Result) -> Result:
    return replace(result, label=result.label.partition(": ")[2])


def table_univariable(
    results: ResultSet, *, endpoints: Sequence[str], labels: Mapping[str, str], p_style: str
) -> Table | Notice:
    """Tabulate the log-rank test of each factor, raw and adjusted for their number, a block an endpoint."""
    rows = {
        capitalise(spell_out(name)): {
            label_of(factor, labels): _tests(results, name, factor)
            for factor in parts_after(results, f"{_SECTION}/{name}/logrank")
        }
        for name in endpoints
    }
    sparse = any("Permutation p" in tests for lines in rows.values() for tests in lines.values())
    return table_grid(
        rows,
        id="risk-univariable",
        caption="Tests of single factors: log-rank, raw and adjusted for their number, and those of the Cox model",
        first_column="Factor",
        p_columns=(*_P_COLUMNS, "Permutation p"),
        p_style=p_style,
        notes=[
            "Holm controls the chance of any false finding within an endpoint, BH (Benjamini-Hochberg) their share; "
            "both adjust the log-rank test. The three tests agree in large samples; where few events lie in a group, "
            "they part, and none is the true one.",
            *(["Permutation p: given where fewer than five events are expected in a group."] if sparse else []),
        ],
    )


def _tests(results: ResultSet, name: str, factor: str) -> dict[str, Result | None]:
    test = results.get(f"{_SECTION}/{name}/logrank/{factor}")
    if test is None:
        return {}
    shown = (
        test,
        replace(test, p_value=test.p_holm),
        replace(test, p_value=test.p_bh),
        results.get(f"{_SECTION}/{name}/likelihood_ratio/{factor}"),
        results.get(f"{_SECTION}/{name}/wald/{factor}"),
    )
    tests = dict(zip(_P_COLUMNS, shown, strict=True))
    shuffled = results.get(f"{_SECTION}/{name}/permutation/{factor}")
    return tests | ({"Permutation p": shuffled} if shuffled else {})


def describe_univariable(
    results: ResultSet, *, endpoints: Sequence[str], labels: Mapping[str, str], p_style: str
) -> list[Sentence]:
    """Name the factors with p below 0.05, whether Holm's adjustment leaves them there, and what they rest on.

    Each endpoint is a paragraph of its own.
    """
    told = []
    for name in endpoints:
        said = [say_tested(results, name, labels, p_style)]
        for key, test in results.select(f"{_SECTION}/{name}/logrank/*").items():
            if _below(test.p_value):
                said += _say_what_it_rests_on(results, name, key.rsplit("/", 1)[1], labels, p_style)
        said += say_several_levels(results, name, labels, p_style)
        said += say_sparse(results, name, labels, p_style)
        told.append(" ".join(part for part in said if part))
    nothing = "No factor with at least two groups of patients is given to compare by."
    return [Sentence(text) for text in told if text] or [Sentence(nothing)]


def say_tested(results: ResultSet, name: str, labels: Mapping[str, str], p_style: str) -> str:
    """Say how many factors were tested on an endpoint and which have p below 0.05, before and after adjustment."""
    tests = results.select(f"{_SECTION}/{name}/logrank/*")
    firm = [key for key, test in tests.items() if _below(test.p_holm)]
    raw = [key for key, test in tests.items() if _below(test.p_value) and key not in firm]
    parts = [f"{_listed(firm, results, labels, p_style)} also after Holm's adjustment"] if firm else []
    parts += [f"{_listed(raw, results, labels, p_style)} only before adjustment for their number"] if raw else []
    found = f"the log-rank p is below 0.05 for {'; and for '.join(parts)}" if parts else "no log-rank p is below 0.05"
    said = say_tested_of(tests)
    return f"For {spell_out(name)}, {said}{'' if say_untestable(tests) else f': {found}'}." if tests else ""


def _say_what_it_rests_on(
    results: ResultSet, name: str, factor: str, labels: Mapping[str, str], p_style: str
) -> list[str]:
    """Say how few events the smallest group has, and whether the tests fall on both sides of 0.05."""
    label, fewest = within_sentence(label_of(factor, labels)), say_fewest_events(results, name, factor)
    start = f"In the comparison by {label}," if fewest.startswith("none") else f"The comparison by {label} rests on"
    said = [f"{start} {fewest}."] if fewest else []
    kinds = {"logrank": "log-rank", "likelihood_ratio": "likelihood ratio", "wald": "Wald"}
    tests = {words: results.get(f"{_SECTION}/{name}/{kind}/{factor}") for kind, words in kinds.items()}
    known = {words: test.p_value for words, test in tests.items() if test is not None and test.p_value is not None}
    if len({_below(p) for p in known.values()}) == 2:
        listed = join_words([f"{words} {format_p_clause(p, p_style=p_style)}" for words, p in known.items()])
        said.append(f"Its tests fall on both sides of 0.05 ({listed}), so the evidence is borderline.")
    return said


def say_fewest_events(results: ResultSet, name: str, factor: str, *, fewer_than: int = _FEW_EVENTS) -> str:
    """Return "2 events in the 8 patients in group “low”", the group with the fewest; "" where none has few."""
    counts = results.select(f"{_SECTION}/{name}/events/{factor}/*")
    fewest = min(counts, key=lambda key: counts[key].n_event or 0, default=None)
    if fewest is None or (counts[fewest].n_event or 0) >= fewer_than:
        return ""
    n_event, n = counts[fewest].n_event or 0, counts[fewest].n or 0
    patients = f"{count_noun(n, 'patient')} in group “{fewest.rsplit('/', 1)[1]}”"
    return f"{count_noun(n_event, 'event')} in the {patients}" if n_event else f"none of the {patients} had the event"


def _below(p: float | None) -> bool:
    return p is not None and p < _LEVEL


def _listed(names: Sequence[str], results: ResultSet, labels: Mapping[str, str], p_style: str) -> str:
    """Return "genetic risk (high vs low, HR 4.28; 95% CI, 0.99 to 18.6; p = 0.034, after Holm 0.18) and ..."."""
    words = []
    for name in names:
        label, test = within_sentence(label_of(name.rsplit("/", 1)[1], labels)), results[name]
        p = format_p_clause(test.p_value, p_style=p_style)
        holm = "" if test.p_holm is None else f", after Holm {format_p(test.p_holm, p_style=p_style)}"
        words.append(f"{label} ({'; '.join([*say_ratios(results, *name.split('/logrank/')), f'{p}{holm}'])})")
    return join_words(words)


def plot_curves(
    curves: Mapping[str, Mapping[str, SurvivalCurve]],
    results: ResultSet,
    *,
    endpoint: str,
    labels: Mapping[str, str],
    origin: str,
    min_at_risk: int,
    median_rule: str,
    p_style: str,
) -> Figure | Notice:
    """Draw one endpoint by the levels of every factor, a panel a factor."""
    if not curves:
        return Notice(f"{capitalise(spell_out(endpoint))} by factor: no factor to compare by.")
    panels = {label_of(factor, labels): levels for factor, levels in curves.items()}
    notes, annotated = {}, []
    for factor in curves:
        ratios = results.select(f"{_SECTION}/{endpoint}/cox/{factor}/*")
        ratio = next(iter(ratios.values())) if len(ratios) == 1 else None
        test = results.get(f"{_SECTION}/{endpoint}/logrank/{factor}")
        notes[label_of(factor, labels)] = lines_of(ratio, test, p_style=p_style)
        annotated += [found for found in (ratio, test) if found]
    return plot_survival_panels(
        panels,
        id="risk-curves",
        title=f"{capitalise(spell_out(endpoint))} by factor",
        annotations=notes,
        annotated=annotated,
        min_at_risk=min_at_risk,
        median_rule=median_rule,
        x_label=months_from(endpoint, origin),
    )


def describe_curves(results: ResultSet, *, endpoint: str) -> Sentence:
    """Name the contrasts whose interval leaves out 1, and those whose interval does not."""
    clear, unclear, unknown = [], [], []
    for ratio in results.select(f"{_SECTION}/{endpoint}/cox/*").values():
        label = ratio.label.partition(": ")[2]
        if ratio.conf_low is None or ratio.conf_high is None:
            unknown.append(name_contrast(label))
        elif ratio.conf_low <= 1 <= ratio.conf_high:
            unclear.append(name_contrast(label))
        else:
            clear.append(name_contrast(label, say_ratio_within(ratio, name="HR")))
    said = []
    if clear:
        said.append(f"The Wald interval of the hazard ratio excludes 1 for {join_words(clear)}, {_UNADJUSTED}.")
    if unclear:
        # "All" and "the other" are those that could be estimated.
        interval = "It" if clear else "The Wald interval of the hazard ratio"
        said.append(
            f"{interval} includes 1, which leaves open whether there is a difference, for "
            f"{_name_or_count(unclear, 'the other' if clear else 'all')}."
        )
    if unknown:
        said.append(f"No hazard ratio could be estimated for {join_words(unknown)}.")
    return Sentence(" ".join(said) or "There is no factor to draw curves by.")


def _name_or_count(contrasts: Sequence[str], which: str) -> str:
    """Name a few contrasts; of more only their number is told, for the figure names them."""
    if len(contrasts) <= _MOST_NAMED:
        return join_words(contrasts)
    return f"{which} {format_whole(len(contrasts))} contrasts"


def plot_response(results: ResultSet, *, p_style: str) -> Figure | Notice:
    """Draw the odds ratios of response, each factor alone."""
    return plot_forest(
        results.select(f"{_SECTION}/response/firth/*"),
        id="risk-response",
        title="Odds ratios of response, single factors, Firth's logistic regression",
        favours=("less likely", "more likely"),
        p_style=p_style,
        first_column="Factor",
    )


def describe_response(results: ResultSet, *, p_style: str) -> Sentence:
    """State the factor with the smallest p-value for response and how it fares after Holm's adjustment."""
    tests = {key: r for key, r in results.select(f"{_SECTION}/response/firth/*").items() if r.p_value is not None}
    if not tests:
        return Sentence("Response does not part the patients into two groups that factors could tell apart.")
    smallest = min(tests.values(), key=lambda result: result.p_value)
    p = format_p_clause(smallest.p_value, p_style=p_style)
    holm = "" if smallest.p_holm is None else f", after Holm {format_p(smallest.p_holm, p_style=p_style)}"
    effect = f"{say_ratio_within(smallest)}; {p}{holm}"
    contrast = name_contrast(smallest.label, effect)
    counted = count_noun(len(tests), "contrast")
    return Sentence(f"Of {counted}, {contrast} goes most clearly with response. {_WHICH_TEST}")
