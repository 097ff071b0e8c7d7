"""What the relapse section shows of other readings: of a later transplant, of the estimator, of the denominator."""

from __future__ import annotations

from collections.abc import Mapping

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice, Sentence, Table
from cartcohort.present.format import format_estimate, format_whole
from cartcohort.present.sections.naming import parts_after
from cartcohort.present.sections.relapse.antigens import STATES, words_of
from cartcohort.present.sections.relapse.incidence import EVENTS, at_times, event_label, last_time
from cartcohort.present.tables import table_grid

_DENOMINATORS = {"": "Of all patients", "/of_responders": "Of those in CR or CRi", "/of_relapsed": "Of the relapses"}


def table_readings(results: ResultSet, *, questions: Mapping[str, str]) -> Table | Notice:
    """Tabulate the incidences under each reading of a later transplant, with one minus Kaplan-Meier as a contrast.

    Parameters
    ----------
    results : ResultSet
        With `relapse/handling/<reading>/{cir,nrm}/24m` and `relapse/one_minus_km/{cir,nrm}/24m`.
    questions : mapping of str to str
        The readings in words.
    """
    rows: dict[str, dict[str, dict[str, Result | None]]] = {}
    for name in EVENTS:
        lines = {
            questions[reading]: at_times(results, f"relapse/handling/{reading}/{name}")
            for reading in parts_after(results, "relapse/handling")
        }
        lines["Contrast: one minus Kaplan-Meier"] = at_times(results, f"relapse/one_minus_km/{name}")
        rows[event_label(name)] = lines
    return table_grid(
        rows,
        id="relapse-readings",
        caption="Relapse and death without relapse by other readings",
        first_column="Reading",
        notes=[
            "One minus Kaplan-Meier censors the competing event, as if patients who died could still relapse: it "
            "overstates what patients experience and stands here only to be compared."
        ],
    )


def table_denominators(results: ResultSet) -> Table | Notice:
    """Tabulate relapse and its antigens as shares of all patients, of those in remission, and of the relapses."""
    rows = {}
    for name in ("total", *(f"antigen/{state}" for state in STATES)):
        found = {suffix: results.get(f"relapse/{name}{suffix}") for suffix in _DENOMINATORS}
        if found[""] is not None and found[""].estimate is not None:
            rows[words_of(found[""])] = {_header(results, suffix): result for suffix, result in found.items()}
    return table_grid(
        {"": rows},
        id="relapse-denominators",
        caption="Relapses and their antigens over other denominators",
        first_column="Relapses",
    )


def _header(results: ResultSet, suffix: str) -> str:
    """Return the heading of a denominator with its size."""
    counted = results.get(f"relapse/antigen/unknown{suffix}")
    return f"{_DENOMINATORS[suffix]}\n(N = {format_whole(counted.n)})" if counted else _DENOMINATORS[suffix]


def describe_readings(results: ResultSet) -> Sentence:
    """Say how far one minus Kaplan-Meier and the readings of a transplant lie from the incidence of relapse."""
    months = last_time(results)
    if not months:
        return Sentence("Without a recorded relapse there is no reading to compare.")
    incidence, contrast = (results[f"relapse/{name}/{months}m"] for name in ("cir", "one_minus_km/cir"))
    if incidence.estimate is None or contrast.estimate is None:
        said = f"At {months} months one minus Kaplan-Meier and the cumulative incidence are not both estimable."
    elif format_estimate(incidence) == format_estimate(contrast):
        said = f"At {months} months one minus Kaplan-Meier gives the same figure as the cumulative incidence here."
    else:
        said = (
            f"One minus Kaplan-Meier puts relapse at {months} months at {format_estimate(contrast)}, the cumulative "
            f"incidence at {format_estimate(incidence)}: the former takes the dead for patients who may yet relapse."
        )
    readings = [r for r in results.select(f"relapse/handling/*/cir/{months}m").values() if r.estimate is not None]
    if len({format_estimate(reading) for reading in readings}) > 1:
        low, high = min(readings, key=lambda r: r.estimate), max(readings, key=lambda r: r.estimate)
        said += (
            f" Depending on the reading of a later transplant, the incidence lies between {format_estimate(low)} and "
            f"{format_estimate(high)}."
        )
    return Sentence(said)
