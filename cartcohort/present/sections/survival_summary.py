"""The survival section in a few figures and one paragraph."""

from __future__ import annotations

from dataclasses import replace

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import KeyResult, Summary
from cartcohort.present.narrative import count_noun, describe_key_result
from cartcohort.present.sections.cure import say_cure
from cartcohort.present.sections.guard_words import estimable_landmarks, say_landmark
from cartcohort.present.sections.naming import abbreviate, parts_after, say_readings
from cartcohort.present.sections.survival import say_endpoint
from cartcohort.present.sections.survivors import conditional


def summarise_section(
    results: ResultSet,
    *,
    conditional_months: float,
    p_style: str,
    origin: str = "infusion",
    hsct_handling: str = "ignore",
    new_therapy_handling: str = "ignore",
) -> Summary:
    """Return the key results and the paragraph of the survival section.

    The comparison by response enters only as the first landmark analysis, never as the biased one from time zero.

    Parameters
    ----------
    results : ResultSet
        Of the whole section.
    conditional_months : float
        Time from which survivors are looked at.
    p_style, origin, hsct_handling, new_therapy_handling
        Parameters of the report, the last three to be told where they change what is estimated.
    """
    names = [name for name in parts_after(results, "survival") if f"survival/{name}/median" in results][:2]
    keys = [_key(results.get(f"survival/{name}/median"), f"Median {abbreviate(name)}") for name in names]
    for name in names:
        for rate in parts_after(results, f"survival/{name}/rate")[-1:]:
            label = f"{abbreviate(name)} at {rate[:-1]} months"
            keys.append(_key(results.get(f"survival/{name}/rate/{rate}"), label))
    for name in names[:1]:
        further = f"survival/{name}/conditional/{conditional_months:g}m/12m"
        label = f"{abbreviate(name)} a further year, event-free at {conditional_months:g} months"
        keys.append(_key(conditional(results, further), label))
        follow_up = results.get(f"survival/{name}/followup/median")
        if follow_up is not None:
            keys.append(describe_key_result(follow_up, label="Median follow-up", note="reverse Kaplan-Meier"))
    said = say_readings(hsct_handling=hsct_handling, new_therapy_handling=new_therapy_handling)
    said += [say_endpoint(results, name, origin=origin) for name in names]
    said += _say_response(results, names, p_style) + _say_survivors(results, names, conditional_months)
    said += [sentence for name in names[:1] for sentence in say_cure(results, name)]
    return Summary([key for key in keys if key], " ".join(said), "survival-endpoints")


def _key(result: Result | None, label: str) -> KeyResult | None:
    if result is None:
        return None
    counts = f"{count_noun(result.n_event or 0, 'event')}, {count_noun(result.n or 0, 'patient')}"
    return replace(describe_key_result(result, label=label), note=counts)


def _say_response(results: ResultSet, names: list[str], p_style: str) -> list[str]:
    """State the comparison from the first landmark that allows one; nothing where none does."""
    return [
        say_landmark(results, name, landmark, p_style)
        for name in names[:1]
        for landmark in estimable_landmarks(results, name)[:1]
    ]


def _say_survivors(results: ResultSet, names: list[str], given_months: float) -> list[str]:
    for name in names[:1]:
        found = results.get(f"survival/{name}/conditional/{given_months:g}m/12m")
        if found is not None and found.n:
            verb, later = "was" if found.n_event == 1 else "were", count_noun(found.n_event or 0, "later event")
            patients = count_noun(found.n, "patient")
            return [f"Among {patients} followed beyond {given_months:g} months there {verb} {later}."]
    return []
