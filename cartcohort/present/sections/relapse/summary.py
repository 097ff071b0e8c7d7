"""The key results and the paragraph of the relapse section."""

from __future__ import annotations

from dataclasses import replace

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import KeyResult, Summary
from cartcohort.present.format import format_percent
from cartcohort.present.narrative import count_noun, describe_key_result
from cartcohort.present.sections.relapse.antigens import say_escape_share
from cartcohort.present.sections.relapse.course import say_survival_after
from cartcohort.present.sections.relapse.incidence import EVENTS, describe_incidence, last_time

_INCIDENCE = "cumulative incidence"


def summarise_section(results: ResultSet, *, escape_benchmark: float) -> Summary:
    """Return the key results and the paragraph of the relapse section.

    Parameters
    ----------
    results : ResultSet
        All results of the section.
    escape_benchmark : float
        Share of escapes compared with. Its p-value stands in the section, with what it cannot tell.
    """
    months, escape = last_time(results), results["relapse/antigen/escape"]
    labels = {"relapse/total": ("Relapsed, of all patients", "")}
    labels |= {
        f"relapse/{name}/{months}m": (f"{event} by {months} months", _INCIDENCE)
        for name, event in EVENTS.items()
        if months
    }
    if escape.estimate is not None:
        against = f"planning value {format_percent(escape_benchmark)}"
        labels["relapse/antigen/escape"] = ("Antigen escape, of relapses", against)
    after = results.get("relapse/survival_after_relapse/median")
    if after is not None and after.n:
        labels["relapse/survival_after_relapse/median"] = (
            "Median survival after relapse",
            f"{count_noun(after.n_event or 0, 'death')}, {count_noun(after.n, 'patient')}",
        )
    keys = [_key(results[name], label, note) for name, (label, note) in labels.items()]
    said = [describe_incidence(results).text]
    if results["relapse/total"].n_event:
        said += [say_escape_share(results, escape_benchmark=escape_benchmark), say_survival_after(results)]
    return Summary(keys, " ".join(part for part in said if part), "relapse-incidence" if months else "")


def _key(result: Result, label: str, note: str) -> KeyResult:
    """Return a figure; an incidence at a time with its patients, but not with the events of all of follow-up."""
    key = describe_key_result(result, label=label, note=note)
    if note != _INCIDENCE:
        return key
    return replace(key, note=f"{note}, {count_noun(result.n or 0, 'patient')}")
