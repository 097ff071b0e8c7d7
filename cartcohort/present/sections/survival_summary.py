"""The survival section in a few figures and one paragraph."""

from __future__ import annotations

from dataclasses import replace

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import KeyResult, Summary
from cartcohort.present.narrative import count_noun, describe_key_result, say_estimate, say_of_patients
from cartcohort.present.sections.guard_words import estimable_landmarks, say_landmark
from cartcohort.present.sections.naming import abbreviate, parts_after, say_readings
from cartcohort.present.sections.survival import say_in_short
from cartcohort.present.sections.survivors import conditional


def summarise_section(
    results: ResultSet,
    *,
    conditional_months: float,
    p_style: str,
    origin: str = "first infusion",
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
    origin : str
        What time zero is, in words.
    p_style, hsct_handling, new_therapy_handling
        Parameters of the report, the last two to be told where they change what is estimated.
    """
    names = _names(results)
    keys = [_key(results.get(f"survival/{name}/median"), f"Median {abbreviate(name)}") for name in names]
    for name in names:
        for rate in parts_after(results, f"survival/{name}/rate")[-1:]:
            label = f"{abbreviate(name)} at {rate[:-1]} months"
            keys.append(_key(results.get(f"survival/{name}/rate/{rate}"), label, when="in all of follow-up"))
    for name in names[:1]:
        keys += [_key_of_survivors(results, name, conditional_months), _key_of_follow_up(results, name)]
    said = say_readings(hsct_handling=hsct_handling, new_therapy_handling=new_therapy_handling)
    said += [_say_follow_up(results, name) for name in names[:1]]
    said += [say_in_short(results, name, origin="" if at else origin) for at, name in enumerate(names)]
    said += _say_response(results, names, p_style) + _say_survivors(results, names, conditional_months)
    return Summary([key for key in keys if key], " ".join(part for part in said if part), "survival-endpoints")


def _names(results: ResultSet) -> list[str]:
    """Return the first two endpoints that concern any patient, or the first where none does."""
    known = {name: results.get(f"survival/{name}/median") for name in parts_after(results, "survival")}
    known = {name: median for name, median in known.items() if median is not None}
    return [name for name, median in known.items() if median.n][:2] or list(known)[:1]


def _key(result: Result | None, label: str, *, when: str = "") -> KeyResult | None:
    """Return a figure with its patients and events; `when` says of which time the events are."""
    if result is None:
        return None
    events = f"{count_noun(result.n_event or 0, 'event')} {when}".rstrip()
    return replace(describe_key_result(result, label=label), note=f"{events}, {count_noun(result.n or 0, 'patient')}")


def _key_of_survivors(results: ResultSet, name: str, given_months: float) -> KeyResult | None:
    """Return the chance of a further year; its events are all that came later, not those of that year alone."""
    found = conditional(results, f"survival/{name}/conditional/{given_months:g}m/12m")
    state = "alive" if name == "os" else "event-free"
    label = f"{abbreviate(name)} at {given_months + 12:g} months, given {state} at {given_months:g}"
    return _key(found, label, when="in all later follow-up") if found is not None and found.n else None


def _key_of_follow_up(results: ResultSet, name: str) -> KeyResult | None:
    found = results.get(f"survival/{name}/followup/median")
    if found is None:
        return None
    reason = found.note.removeprefix("not estimable: ") if found.note.startswith("not estimable") else ""
    return describe_key_result(found, label="Median follow-up", note=reason or "reverse Kaplan-Meier")


def _say_follow_up(results: ResultSet, name: str) -> str:
    found = results.get(f"survival/{name}/followup/median")
    return f"Median follow-up was {say_estimate(found)}." if found is not None and found.n else ""


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
            later = ("died later", "did not die") if name == "os" else ("had a later event", "had none later")
            whom = f"followed beyond {given_months:g} months"
            return [f"{say_of_patients(found.n_event or 0, found.n, whom, *later)}."]
    return []
