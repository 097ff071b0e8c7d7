"""What the relapse section shows of antigens: how many relapses kept CD19 and CD22, and how many escaped."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_flow
from cartcohort.present.format import format_count, format_p_clause, format_percent
from cartcohort.present.narrative import count_noun, join_words, say_estimate
from cartcohort.present.tables import table_results

STATES = ("double_positive", "cd19_dim", "cd22_dim", "cd19_negative", "cd22_negative", "unknown")
"""The states of the antigens by their name in results, in the order of the tables."""

_ESCAPE = "relapse/antigen/escape"
_LEVEL = 0.05


def plot_antigens(flow: pd.DataFrame) -> Figure | Notice:
    """Draw the antigens of the relapses, from the double-positive state that the therapy presupposes."""
    return plot_flow(
        flow,
        id="relapse-antigens",
        title="Antigens before infusion and at relapse",
        before_label="Before (presupposed)",
        after_label="At relapse",
    )


def table_antigens(results: ResultSet, *, escape_benchmark: float, p_style: str) -> Table | Notice:
    """Tabulate relapses by antigen status, of all patients, and the share of escapes and the sites among relapses.

    Parameters
    ----------
    results : ResultSet
        With `relapse/total`, `relapse/antigen/<state>`, `relapse/antigen/escape` and `relapse/site/<site>`.
    escape_benchmark : float
        Share of escapes that the exact test compares with.
    p_style : {"journal", "four_decimals"}
    """
    names = ["relapse/total", *(f"relapse/antigen/{state}" for state in STATES)]
    headings = {
        "Relapses, of all patients": [name for name in names if name in results],
        "Antigen escape, of relapses of known status": list(results.select(f"{_ESCAPE}*")),
        "Site, of relapses of known site": list(results.select("relapse/site/*")),
    }
    return table_results(
        ResultSet({name: _shortened(name, results[name]) for chosen in headings.values() for name in chosen}),
        id="relapse-antigens",
        caption="Relapses by antigen status and site",
        first_column="Relapse",
        headings=headings,
        p_style=p_style,
        notes=[
            "Kept means positive or dim. Escape is a relapse with CD19 or CD22 negative; p compares its share with "
            f"the benchmark of {format_percent(escape_benchmark)} (parameter escape_benchmark).",
            "A relapse may count in several rows.",
        ],
    )


def _shortened(name: str, result: Result) -> Result:
    """Return the result with the words that its heading does not say already."""
    if name == f"{_ESCAPE}/unknown_as_escape":
        return replace(result, label="The unknown taken as escapes (upper bound)")
    return replace(result, label=words_of(result).removeprefix("Site of relapse: "))


def words_of(result: Result) -> str:
    """Return the label of a share without its denominator."""
    return result.label.partition(", of ")[0]


def describe_antigens(results: ResultSet, *, escape_benchmark: float, p_style: str) -> Sentence:
    """State how many relapses kept both antigens, and how the share of escapes stands to the benchmark."""
    total, escape = results["relapse/total"], results[_ESCAPE]
    if not total.n_event:
        return Sentence("No relapse is recorded, so nothing can be said of the antigens at relapse.")
    said = [
        _say_kept(results, total.n_event),
        say_escape(results, escape_benchmark=escape_benchmark, p_style=p_style),
    ]
    if escape.p_value is not None:
        if escape.p_value < _LEVEL and escape.conf_low <= escape_benchmark <= escape.conf_high:
            said.append(
                "The interval includes the benchmark although p is below 0.05: test and limits weigh the tails "
                "differently, and so few relapses make neither firm."
            )
        said.append(
            "The benchmark is a planning value and no control group, so the comparison cannot tell an effect of the "
            "therapy."
        )
    return Sentence(" ".join(part for part in said if part))


def say_escape(results: ResultSet, *, escape_benchmark: float, p_style: str) -> str:
    """State the share of escapes among relapses of known status beside the benchmark, with the test, or why not."""
    escape = results[_ESCAPE]
    if escape.estimate is None:
        return f"The share of antigen escapes is {escape.note}."
    p = format_p_clause(escape.p_value, p_style=p_style)
    return (
        f"Antigen escape was {_say_seen(escape)}, against a chosen benchmark of {format_percent(escape_benchmark)} "
        f"(exact binomial test, {p})."
    )


def say_escape_share(results: ResultSet, *, escape_benchmark: float) -> str:
    """State the share of escapes and where its interval lies beside the benchmark, which is no control group."""
    escape = results[_ESCAPE]
    if escape.estimate is None:
        return f"The share of antigen escapes is {escape.note}."
    stands = say_beside_benchmark(escape, escape_benchmark)
    return f"Antigen escape was {_say_seen(escape)}; the interval {stands}, which is a planning value."


def say_beside_benchmark(escape: Result, benchmark: float) -> str:
    """Return where the interval of the share lies beside the benchmark, "includes the benchmark of 30.0%"."""
    named = f"the benchmark of {format_percent(benchmark)}"
    if escape.conf_low <= benchmark <= escape.conf_high:
        return f"includes {named}"
    return f"lies {'below' if escape.conf_high < benchmark else 'above'} {named}"


def _say_seen(escape: Result) -> str:
    seen = f"seen in {escape.n_event or 'none'} of {count_noun(escape.n or 0, 'relapse')}"
    if escape.n == 1:
        seen = f"{'seen' if escape.n_event else 'not seen'} in the only relapse"
    return f"{seen} of known status, {say_estimate(escape)}"


def _say_kept(results: ResultSet, n_relapsed: int) -> str:
    """State how many of the relapses kept both antigens, as a share of all patients, and in how many one was dim."""
    kept = results["relapse/antigen/double_positive"]
    if kept.estimate is None:
        return ""
    n = kept.n_event or 0
    who = f"Of {count_noun(n_relapsed, 'relapse')}, {'none' if n == 0 else 'all' if n == n_relapsed else n} kept"
    if n_relapsed == 1:
        who = "The only relapse " + ("kept" if n else "did not keep")
    dim = {antigen: results[f"relapse/antigen/{antigen.lower()}_dim"].n_event for antigen in ("CD19", "CD22")}
    unknown = results["relapse/antigen/unknown"].n_event
    details = [f"{count} had dim {antigen}" for antigen, count in dim.items() if count]
    details = join_words(
        [*details, *([f"{unknown} {'was' if unknown == 1 else 'were'} of unknown status"] if unknown else [])]
    )
    return f"{who} CD19 and CD22, {format_count(n, kept.n or 0)} of all patients{'; ' if details else ''}{details}."
