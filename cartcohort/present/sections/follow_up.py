"""How mature the data of the survival section are, in one table and one paragraph."""

from __future__ import annotations

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice, Sentence, Table
from cartcohort.present.format import EN_DASH, format_count, format_estimate, format_range, format_whole
from cartcohort.present.narrative import capitalise, count_noun, say_estimate, say_span
from cartcohort.present.sections.naming import abbreviate, parts_after, spell_out
from cartcohort.present.tables import table_grid


def table_follow_up(results: ResultSet, *, min_at_risk: int) -> Table | Notice:
    """Tabulate follow-up, its completeness and the numbers at risk of every endpoint."""
    rows = {
        abbreviate(name): _statistics(results, f"survival/{name}", min_at_risk)
        for name in parts_after(results, "survival")
    }
    notes = [
        "Followed without event: shortest and longest follow-up of those without the event. Cut-off after: shortest "
        "and longest time from time zero to the data cut-off, in all patients.",
        "Completeness: person-time observed as a share of what was possible up to the data cut-off (Clark).",
        f"Curves are drawn faint from where fewer than {min_at_risk} patients remain.",
    ]
    return table_grid(
        {"": rows},
        id="survival-follow-up",
        caption="Maturity: follow-up in months, its completeness, and patients at risk",
        first_column="Endpoint",
        notes=notes if min_at_risk > 1 else notes[:-1],
    )


def _statistics(results: ResultSet, prefix: str, min_at_risk: int) -> dict[str, Result | str | None]:
    follow_up = f"{prefix}/followup"
    found: dict[str, Result | str | None] = {
        "Followed\nwithout event": _range(results, f"{follow_up}/censored"),
        "Cut-off\nafter": _range(results, f"{follow_up}/potential"),
        "Median\nfollow-up": results.get(f"{follow_up}/median"),
        "Completeness": results.get(f"{follow_up}/completeness"),
    }
    for months in parts_after(results, f"{follow_up}/at_risk"):
        found[f"At risk,\n{months.removesuffix('m')} months"] = results[f"{follow_up}/at_risk/{months}"]
    if min_at_risk > 1:
        found[f"Fewer than\n{min_at_risk} after"] = results.get(f"{follow_up}/few_from")
    return found


def _range(results: ResultSet, prefix: str) -> str:
    low, high = (results.get(f"{prefix}/{which}") for which in ("minimum", "maximum"))
    if low is None or low.estimate is None or high is None:
        return EN_DASH
    return format_range(low.estimate, high.estimate, unit=low.unit)


def describe_follow_up(results: ResultSet, *, min_at_risk: int) -> Sentence:
    """Say in one place how mature the data of the first endpoint are."""
    names = parts_after(results, "survival")[:1]
    said = [part for name in names for part in _say_maturity(results, name, min_at_risk)]
    return Sentence(" ".join(said) or "No endpoint was asked for, so there is no follow-up to judge.")


def _say_maturity(results: ResultSet, name: str, min_at_risk: int) -> list[str]:
    prefix = f"survival/{name}/followup"
    median, complete = results.get(f"{prefix}/median"), results.get(f"{prefix}/completeness")
    if median is None or not median.n:
        return []
    said = [
        f"Maturity of {spell_out(name)}: {format_count(median.n_event or 0, median.n)} "
        f"{'patient' if median.n == 1 else 'patients'} had an event, and "
        f"median follow-up by the reverse Kaplan-Meier method was {say_estimate(median)}."
    ]
    if complete is not None and complete.estimate is not None:
        said.append(
            f"Of the person-time possible up to the data cut-off {format_estimate(complete)} was observed"
            f"{_say_potential(results, prefix)}."
        )
    else:
        said.append("How complete follow-up is cannot be told, for the study has no data cut-off.")
    return said + _say_at_risk(results, prefix, min_at_risk)


def _say_potential(results: ResultSet, prefix: str) -> str:
    low, high = (results.get(f"{prefix}/potential/{which}") for which in ("minimum", "maximum"))
    if low is None or low.estimate is None or high is None:
        return ""
    span = say_span(format_estimate(low), format_estimate(high))
    return f", the cut-off coming {span} months after time zero"


def _say_at_risk(results: ResultSet, prefix: str, min_at_risk: int) -> list[str]:
    said = []
    few = results.get(f"{prefix}/few_from")
    if min_at_risk > 1 and few is not None and few.estimate == 0:
        return [
            f"Fewer than {format_whole(min_at_risk)} patients were at risk throughout; the curve should not be read "
            "closely."
        ]
    for months in parts_after(results, f"{prefix}/at_risk")[-1:]:
        at_risk = results[f"{prefix}/at_risk/{months}"]
        number = int(at_risk.estimate or 0)
        verb = "was" if number == 1 else "were"
        said.append(
            f"{capitalise(count_noun(number, 'patient'))} {verb} at risk at {months.removesuffix('m')} months"
        )
    if min_at_risk > 1 and few is not None and few.estimate is not None:
        said.append(
            f"{'and ' if said else ''}fewer than {format_whole(min_at_risk)} after {format_estimate(few)} months, "
            "from where the curve is faint and should not be read closely"
        )
    return [capitalise(f"{', '.join(said)}.")] if said else []
