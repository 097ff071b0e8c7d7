"""What the efficacy section shows of response: how many responded, over which denominator, and the summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Figure, KeyResult, Notice, Sentence, Summary, Table
from cartcohort.present.figures import plot_forest
from cartcohort.present.format import (
    format_conf_level,
    format_estimate,
    format_interval_clause,
    format_percent,
    format_whole,
)
from cartcohort.present.narrative import (
    count_noun,
    describe_key_result,
    describe_proportion,
    say_estimate,
    say_number,
)
from cartcohort.present.sections.naming import parts_after
from cartcohort.present.sections.patients import NON_RESPONSE
from cartcohort.present.sections.response_by_factor import say_first_factor
from cartcohort.present.tables import table_grid

_RATES = ("orr", "cr_cri", "cr", "cri", "pr", "nr", "ne")
_MRD = ("mrd_negative", "mrd_negative/remission", "mrd_negative/assessed")
_NO_RESPONSE_DATA = "Best response was not recorded."
_AT_ENTRY = "a condition of entry"
_NO_RATE = "No rate of response is shown: all responses date from day 0, a condition of entry and not an effect."


def plot_response(response: ResultSet) -> Figure | Notice:
    """Draw the rates of response with their exact limits, where response was not a condition of entry."""
    if _is_entry(response["efficacy/response/orr"]):
        return Notice(_NO_RATE)
    wanted = {"Of all patients": [*_RATES[:5], "mrd_negative"], "Of those in CR or CRi": ["mrd_negative/remission"]}
    headings, named = {}, {}
    for heading, rates in wanted.items():
        found = {f"efficacy/response/{rate}": response[f"efficacy/response/{rate}"] for rate in rates}
        known = {name: rate for name, rate in found.items() if rate.estimable}
        headings |= {heading: list(known)} if known else {}
        named |= {name: replace(rate, label=rate.label.partition(", of ")[0]) for name, rate in known.items()}
    return plot_forest(
        ResultSet(named),
        id="efficacy-response",
        title="Rates of response",
        headings=headings,
        first_column="Best response",
    )


def table_response(response: ResultSet) -> Table | Notice:
    """Tabulate the rates of response with exact limits and, beside them, Wilson's; none of a condition of entry."""
    if _is_entry(response["efficacy/response/orr"]):
        return Notice(_NO_RATE)
    rows = {
        "Best response, of all patients": _with_wilson(response, "efficacy/response", _RATES),
        "Negative for minimal residual disease (MRD)": _with_wilson(
            response, "efficacy/response", _mrd_rates(response)
        ),
    }
    notes = [NON_RESPONSE, *_caveats(response, ["efficacy/response/mrd_negative"])]
    return table_grid(
        rows, id="efficacy-response", caption="Best overall response", first_column="Response", notes=notes
    )


def describe_response(response: ResultSet) -> Sentence:
    """State the rates of overall response, complete remission and MRD negativity, and who counts as what."""
    overall = response["efficacy/response/orr"]
    if not overall.estimable:
        return Sentence(_NO_RESPONSE_DATA)
    if _is_entry(overall):
        return Sentence(_say_entry(response))
    said = [describe_proportion(overall, had="responded").text]
    remission = response["efficacy/response/cr_cri"]
    counts = f"{say_number(remission.n_event)} of {format_whole(remission.n)}"
    said.append(f"Complete remission (CR or CRi) was reached by {counts} {_inside(remission)}.")
    said += _mrd(response)
    unknown = response["efficacy/response/ne"].n_event or 0
    if unknown == 1:
        said.append("One patient without an evaluable response counts as a non-responder.")
    elif unknown:
        said.append(f"{format_whole(unknown)} patients without an evaluable response count as non-responders.")
    return Sentence(" ".join(said))


def table_denominators(sensitivity: ResultSet) -> Table | Notice:
    """Tabulate the rates of response over other denominators, each with exact and Wilson limits."""
    if any(_is_entry(rate) for rate in sensitivity.values()):
        return Notice(_NO_RATE)
    rows = {}
    for rate in parts_after(sensitivity, "efficacy/sensitivity"):
        prefix = f"efficacy/sensitivity/{rate}"
        populations = parts_after(sensitivity, prefix)
        heading = sensitivity[f"{prefix}/{populations[0]}"].label.partition(", of ")[0]
        lines = _with_wilson(sensitivity, prefix, populations)
        rows[heading] = {f"Of the {name}": values for name, values in zip(populations, lines.values(), strict=True)}
    return table_grid(
        rows, id="efficacy-denominators", caption="Response over other denominators", first_column="Denominator"
    )


def describe_denominators(sensitivity: ResultSet) -> Sentence:
    """Say how far the rate of response depends on the denominator."""
    names = parts_after(sensitivity, "efficacy/sensitivity/orr")
    shares = {name: sensitivity[f"efficacy/sensitivity/orr/{name}"] for name in names}
    known = {name: share for name, share in shares.items() if share.estimable}
    if any(_is_entry(share) for share in shares.values()):
        return Sentence("A response that was a condition of entry has no other denominator.")
    if not known:
        return Sentence(_NO_RESPONSE_DATA)
    lowest, highest = (choose(known, key=lambda name: known[name].estimate or 0) for choose in (min, max))
    if known[lowest].estimate == known[highest].estimate:
        return Sentence(f"The rate of response is {format_percent(known[lowest].estimate)} over each denominator.")
    ends = [
        f"{format_percent(known[name].estimate)} of the {name} ({format_whole(known[name].n_event)}/"
        f"{format_whole(known[name].n)})"
        for name in (lowest, highest)
    ]
    return Sentence(f"Depending on the denominator, the rate of response is between {ends[0]} and {ends[1]}.")


def summarise_section(
    results: ResultSet, *, labels: Mapping[str, str], rate_months: float = 12, p_style: str = "journal"
) -> Summary:
    """Return the key results and the paragraph of the efficacy section.

    Parameters
    ----------
    results : ResultSet
        Of the whole section.
    labels : mapping of str to str
        Words for a reader, by column.
    rate_months : float
        Time at which the share still in response is a key result, where it was estimated.
    p_style : {"journal", "four_decimals"}
    """
    overall = results["efficacy/response/orr"]
    if not overall.estimable:
        patients = count_noun(overall.n or 0, "patient")
        return Summary([KeyResult("Patients", format_whole(overall.n))], f"Of {patients}, no best response is known.")
    at_entry = _is_entry(overall)
    said = [_say_entry(results)] if at_entry else [describe_proportion(overall, had="responded").text, *_mrd(results)]
    median = results["efficacy/dor/median"]
    if median.n:
        said.append(f"Median duration of response was {say_estimate(median)}.")
    said += say_first_factor(results, labels=labels, p_style=p_style)
    thumbnail = "efficacy-response" if not at_entry else "efficacy-dor" if median.n else ""
    return Summary(_key_results(results, rate_months), " ".join(said), thumbnail)


def _key_results(results: ResultSet, rate_months: float) -> list[KeyResult]:
    rates = {
        "Overall response": results["efficacy/response/orr"],
        "CR or CRi": results["efficacy/response/cr_cri"],
        "MRD-negative, of CR or CRi": results["efficacy/response/mrd_negative/remission"],
    }
    keys = [_key_rate(rate, label) for label, rate in rates.items() if rate.estimable]
    median = results["efficacy/dor/median"]
    if median.n:
        counts = f"{count_noun(median.n_event or 0, 'event')} in {count_noun(median.n, 'responder')}"
        keys.append(describe_key_result(median, label="Median duration of response", note=counts))
        rate = results.get(f"efficacy/dor/rate/{rate_months:g}m")
        if rate is not None:  # its counts would be read as a fraction, which a Kaplan-Meier estimate is not
            label = f"In response at {rate_months:g} months"
            keys.append(describe_key_result(replace(rate, n_event=None), label=label, note="Kaplan-Meier"))
    return keys


def _key_rate(rate: Result, label: str) -> KeyResult:
    """Return a rate with its interval; one that was a condition of entry as a count, of which there is no error."""
    if not _is_entry(rate):
        return describe_key_result(rate, label=label, note=rate.note)
    return KeyResult(label, f"{format_whole(rate.n_event)}/{format_whole(rate.n)}", note=rate.note)


def _is_entry(rate: Result) -> bool:
    """Tell whether the responses counted were there on day 0."""
    return _AT_ENTRY in rate.note


def _say_entry(results: ResultSet) -> str:
    """State a response on day 0 as what it is."""
    overall, remission = (results[f"efficacy/response/{name}"] for name in ("orr", "cr_cri"))
    n, n_event = overall.n or 0, overall.n_event or 0
    who = f"{'All' if n_event == n else f'{format_whole(n_event)} of'} {count_noun(n, 'patient')}"
    who = "The only patient" if n == 1 else who
    state = "complete remission" if remission.n_event == n_event else "response"
    was = "was" if n_event == 1 else "were"
    return f"{who} {was} in {state} on day 0, {_AT_ENTRY}; no response rate is given."


def _with_wilson(results: ResultSet, prefix: str, names: Sequence[str]) -> dict[str, dict[str, Result | None]]:
    """Return the exact and the Wilson interval of each rate, by its label."""
    level = next((format_conf_level(result.conf_level) for result in results.values() if result.conf_level), "")
    return {
        results[f"{prefix}/{name}"].label: {
            f"Exact\n({level} CI)": results[f"{prefix}/{name}"],
            f"Wilson\n({level} CI)": results.get(f"{prefix}/{name}/wilson"),
        }
        for name in names
    }


def _mrd_rates(response: ResultSet) -> tuple[str, ...]:
    """Return the MRD rates that tell something of their own."""
    overall, in_remission, assessed = (response[f"efficacy/response/{name}"] for name in _MRD)
    if not overall.estimable:
        return _MRD[:1]
    return _MRD if assessed.n != in_remission.n else _MRD[:2]


def _caveats(results: ResultSet, names: Sequence[str]) -> list[str]:
    """Return the notes of results that have an estimate, as sentences."""
    notes = dict.fromkeys(results[name].note for name in names if results[name].estimable and results[name].note)
    return [f"{note[:1].upper()}{note[1:]}." for note in notes]


def _mrd(results: ResultSet) -> list[str]:
    overall = results["efficacy/response/mrd_negative"]
    if not overall.estimable:
        return []
    patients = count_noun(overall.n or 0, "patient")
    said = (
        f"Minimal residual disease (MRD) was negative in {say_number(overall.n_event)} of {patients} "
        f"{_inside(overall)}"
    )
    remission = results["efficacy/response/mrd_negative/remission"]
    if remission.estimable:
        share = f"{say_number(remission.n_event)} of the {format_whole(remission.n)} in complete remission"
        said += f", and in {share} (CR or CRi) {_inside(remission)}"
    return [f"{said}.", *_caveats(results, ["efficacy/response/mrd_negative"])]


def _inside(result: Result) -> str:
    """Return "(77.1%; 95% CI, 59.9% to 89.6%)"."""
    limits = format_interval_clause(result).strip("()")
    return f"({'; '.join(part for part in (format_estimate(result), limits) if part)})"
