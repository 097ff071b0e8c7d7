"""What the survival section shows of other readings of its endpoints: each is another estimand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_forest_panels
from cartcohort.present.format import format_count, format_estimate, format_whole
from cartcohort.present.narrative import capitalise, count_noun, join_words, say_share
from cartcohort.present.sections.naming import abbreviate, parts_after, spell_out, within_sentence
from cartcohort.present.tables import Statistics, table_grid

_HANDLED = {
    "ignore": ("{} ignored", "Treatment policy: whatever happens, {} included"),
    "censor": ("{} ends follow-up", "Hypothetical: as if nobody had a {}"),
    "event": ("{} is an event", "Composite: neither the event nor a {}"),
    "competing": ("{} competes", "While on treatment: no event before any {}"),
}
_READINGS = {
    **{how: (row.format("Transplant"), asks.format("transplant")) for how, (row, asks) in _HANDLED.items()},
    **{
        f"new_therapy_{how}": (row.format("New therapy"), asks.format("new therapy"))
        for how, (row, asks) in _HANDLED.items()
    },
    "both_censor": ("Either ends follow-up", "Hypothetical: as if nobody had either"),
    "enrolled": ("Enrolled, from enrolment", "Treatment policy in all who were to be treated"),
    "infused": ("Treated, from treatment", "Treatment policy in those who were treated"),
}
"""Row label and question of each reading, by its name in the records."""
_STRATEGIES = {
    "ignore": "treatment policy",
    "censor": "hypothetical",
    "event": "composite",
    "competing": "while on treatment",
}
_QUESTION = "Question (strategy)"
_LATER = {"transplant": "a later transplant", "new therapy": "a new therapy"}
Rows = Mapping[str, Mapping[str, Statistics]]
_NOTHING = Notice("No other reading would change any patient's time or event, so there is nothing to compare.")


def plot_estimands(results: ResultSet, *, hsct_handling: str, new_therapy_handling: str) -> Figure | Notice:
    """Draw the last rate and the hazard ratio of every endpoint under each reading."""
    rows = _rows(results, hsct_handling, new_therapy_handling)
    if not rows:
        return _NOTHING
    headers = dict.fromkeys(chain.from_iterable(line for lines in rows.values() for line in lines.values()))
    panels = [header for header in headers if header.startswith(("At ", "HR"))]
    return plot_forest_panels(
        _told_once(rows, panels),
        id="survival-estimands",
        title="Endpoints under other readings: share without an event, and hazard ratio",
        panels=panels,
        first_column="Reading",
    )


def _told_once(rows: Rows, panels: Sequence[str]) -> Rows:
    """Return the rows of endpoints that differ from those before, the others named in the heading of their like."""
    seen: dict[tuple, str] = {}
    alike: dict[str, list[str]] = {}
    for heading, lines in rows.items():
        found = tuple((label, *(_numbers(line.get(panel)) for panel in panels)) for label, line in lines.items())
        alike.setdefault(seen.setdefault(found, heading), []).append(heading)
    headings = {first: " = ".join([first.rstrip(")"), *map(_abbreviated, same[1:])]) for first, same in alike.items()}
    return {f"{heading})": rows[first] for first, heading in headings.items()}


def _numbers(result: Result | str | None) -> tuple:
    return (result.estimate, result.conf_low, result.conf_high, result.n) if isinstance(result, Result) else ()


def _abbreviated(heading: str) -> str:
    return heading.rpartition("(")[2].rstrip(")")


def table_estimands(
    results: ResultSet, *, hsct_handling: str, new_therapy_handling: str, p_style: str
) -> Table | Notice:
    """Tabulate every endpoint under each reading, with the strategy of ICH E9(R1) and the question it answers."""
    rows = _rows(results, hsct_handling, new_therapy_handling)
    if not rows:
        return _NOTHING
    headers = dict.fromkeys(chain.from_iterable(line for lines in rows.values() for line in lines.values()))
    return table_grid(
        _told_once(rows, list(headers)),
        id="survival-estimands",
        caption="Endpoints under other readings, each another estimand: percentage event-free, median in months",
        first_column="Reading",
        p_columns=("Wald p",),
        p_style=p_style,
        notes=_notes(results),
    )


def _rows(results: ResultSet, hsct_handling: str, new_therapy_handling: str) -> Rows:
    own = _own_question(hsct_handling, new_therapy_handling)
    rows: dict[str, dict[str, dict[str, Result | str | None]]] = {}
    for name in parts_after(results, "survival"):
        prefix = f"survival/{name}/handling"
        heading = f"{capitalise(spell_out(name))} ({abbreviate(name)})"
        for position, reading in enumerate(parts_after(results, prefix)):
            label, question = ("As reported", own) if not position else _READINGS[reading]
            found = _statistics(results, f"{prefix}/{reading}")
            rows.setdefault(heading, {})[label] = {_QUESTION: question, **found}
    return rows


def _own_question(hsct_handling: str, new_therapy_handling: str) -> str:
    if hsct_handling == new_therapy_handling == "ignore":
        return "Treatment policy: whatever treatment follows"
    parts = {"transplant": hsct_handling, "new therapy": new_therapy_handling}
    return "; ".join(f"{what}: {_STRATEGIES[how]}" for what, how in parts.items()).capitalize()


def _statistics(results: ResultSet, prefix: str) -> dict[str, Result | None]:
    rates = {
        f"At {rate.removesuffix('m')} months": results.get(f"{prefix}/rate/{rate}")
        for rate in parts_after(results, f"{prefix}/rate")
    }
    ratios = {f"HR, {_contrast(r)}": r for r in results.select(f"{prefix}/cox/*").values()}
    test = {"Wald p": next(iter(ratios.values()))} if len(ratios) == 1 else {}
    return {**rates, "Median": results.get(f"{prefix}/median"), **ratios, **test}


def _contrast(ratio: Result) -> str:
    """Return "genetic risk, high vs low"."""
    return within_sentence(", ".join(ratio.label.split(": ")[-2:]))


def _notes(results: ResultSet) -> list[str]:
    """Say what the rows have in common; a remark on rows that are not there is left out."""
    readings = {reading for name in results for reading in name.split("/")[3:4] if "/handling/" in name}
    said = ["Each row changes one thing and leaves all else as reported; strategies are named as in ICH E9(R1)."]
    if any(reading.endswith("censor") for reading in readings):
        said.append(
            "To end follow-up at a treatment is sound only if those who had it would have fared like the rest, which "
            "is doubtful of a new therapy given for relapse and of a transplant given in remission."
        )
    if any(reading.endswith("competing") for reading in readings):
        said.append(
            "Where a treatment competes, those who had it stay among those without the event, so there is no median; "
            "the hazard ratio is cause-specific and so the same as where follow-up ends there."
        )
    if "survival/efs/handling" in {name.rpartition("/handling/")[0] + "/handling" for name in results}:
        said.append("Event-free survival counts a new therapy as an event unless the row says otherwise.")
    return said + _unknown_factor(results)


def _unknown_factor(results: ResultSet) -> list[str]:
    """Say how many of those enrolled are in no hazard ratio since their factor is unknown."""
    for name, ratio in results.select("survival/*/handling/enrolled/cox/*").items():
        counted = next(iter(results.select(f"{name.split('/cox/')[0]}/rate/*").values()))
        if missing := counted.n - ratio.n:
            return [f"The hazard ratio from enrolment leaves out {count_noun(missing, 'patient')} of unknown factor."]
    return []


def describe_estimands(results: ResultSet) -> Sentence:
    """Say how often each treatment came before the event, how far the readings lie apart, and which are missing."""
    said = [_say_intercurrent(results), _say_enrolled(results)]
    compared = [name for name in parts_after(results, "survival") if results.select(f"survival/{name}/handling/*")]
    spans = [_say_span(results, name) for name in compared[:2]]
    said += spans
    if any(spans):
        said.append("Each reading estimates another quantity, so their spread is not a confidence interval.")
    if compared:
        said.append("Readings that change no patient's time or event are left out.")
    return Sentence(" ".join(part for part in said if part))


def _say_intercurrent(results: ResultSet) -> str:
    """Say how many had a transplant and a new therapy, and how many before the end of the first two endpoints."""
    said, unknown = [], []
    for treatment, words in (("transplant", "transplant"), ("new_therapy", "new therapy")):
        had = results.get(f"survival/{treatment}/any")
        if had is None:
            unknown.append(words)
        elif not had.n_event:
            said.append(f"No patient had {_LATER[words]}.")
        else:
            before = join_words(_before_the_end(results, treatment)[:2])
            said.append(f"{say_share(had.n_event, had.n)} had {_LATER[words]}, {before}.")
    if unknown:
        said.append(f"The study does not record any later {join_words(unknown, last='or')}.")
    return " ".join(said)


def _before_the_end(results: ResultSet, treatment: str) -> list[str]:
    said = []
    for name, count in results.select(f"survival/*/intercurrent/{treatment}").items():
        number = format_whole(count.n_event) if count.n_event else "none"
        said.append(f"{number} before the end of {spell_out(name.split('/')[1])}")
    return said


def _say_enrolled(results: ResultSet) -> str:
    never = results.get("survival/never_infused/any")
    if never is None:
        return "Without days of enrolment nothing can be counted from there."
    left_out = f" ({never.note})" if never.note else ""
    if not never.n_event:
        return f"All enrolled patients were treated{left_out}, so counting from enrolment only moves the start."
    verb = "was" if never.n_event == 1 else "were"
    return f"{format_count(never.n_event, never.n)} of those enrolled {verb} never treated{left_out}."


def _say_span(results: ResultSet, name: str) -> str:
    rates: Mapping[str, Result] = results.select(f"survival/{name}/handling/*/rate/*")
    known = [rate for rate in rates.values() if rate.estimate is not None]
    if len(known) < 2:
        return ""
    low, high = min(known, key=lambda rate: rate.estimate), max(known, key=lambda rate: rate.estimate)
    at = next(iter(rates)).rsplit("/", 1)[1].removesuffix("m")
    return (
        f"For {spell_out(name)}, the share without an event at {at} months {_say_range(low, high)} over the readings."
    )


def _say_range(low: Result, high: Result) -> str:
    ends = format_estimate(low), format_estimate(high)
    return f"is {ends[0]}" if ends[0] == ends[1] else f"runs from {ends[0]} to {ends[1]}"
