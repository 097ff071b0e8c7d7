"""What the relapse section shows of the course: when relapse came, survival after it, and events after a landmark."""

from __future__ import annotations

from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_survival_curves
from cartcohort.present.format import format_conf_level, format_estimate, format_interval, format_range, format_whole
from cartcohort.present.narrative import capitalise, count_noun, say_estimate, say_number
from cartcohort.present.sections.naming import parts_after
from cartcohort.present.sections.relapse.incidence import EVENTS, event_label
from cartcohort.present.tables import Cell, Column, Row, build_table, methods, table_grid

_AFTER = "relapse/survival_after_relapse"
_TO = "relapse/time_to_relapse"
_FEW = 30


def plot_after_relapse(curve: SurvivalCurve, results: ResultSet, *, min_at_risk: int) -> Figure | Notice:
    """Draw survival from the day of relapse."""
    median = results[f"{_AFTER}/median"]
    return plot_survival_curves(
        {"Relapsed patients": curve},
        id="relapse-survival-after",
        title="Survival after relapse",
        x_label="Months since relapse",
        y_label="Alive",
        annotation=[f"Median {say_estimate(median)}"] if median.n else [],
        min_at_risk=min_at_risk,
        medians={"Relapsed patients": median.estimate},
        events="deaths",
        annotated=[median],
    )


def table_course(results: ResultSet) -> Table | Notice:
    """Tabulate the observed times to relapse, and median and rates of survival after it."""
    rows = [
        _range_row(results, _TO, "From first response to relapse, median (range)"),
        _range_row(results, f"{_TO}/from_infusion", "From day 0 to relapse, median (range)"),
        _interval_row(results[f"{_AFTER}/median"], "Survival after relapse, median"),
    ]
    rates = [results[f"{_AFTER}/rate/{at}"] for at in parts_after(results, f"{_AFTER}/rate")]
    rows += [_interval_row(rate, capitalise(rate.label.partition(": ")[2])) for rate in rates]
    columns = [
        Column("Of the relapsed", csv=("label",)),
        Column("N", number=True, csv=("n",)),
        Column("Months, or percentage", number=True, csv=("estimate", "low", "high")),
    ]
    used = [results[f"{_AFTER}/median"], *rates]
    notes = ["Times to relapse are those of the patients who have relapsed; later relapses will lengthen them."]
    notes += [*methods(used)]
    return build_table(
        id="relapse-course", caption="Time to relapse and survival after it", columns=columns, rows=rows, notes=notes
    )


def _range_row(results: ResultSet, prefix: str, label: str) -> Row:
    median, low, high = (results[f"{prefix}/{name}"] for name in ("median", "minimum", "maximum"))
    text = format_estimate(median)
    if median.estimate is not None:
        text += f" ({format_range(low.estimate, high.estimate)})"
    values = (median.estimate, low.estimate, high.estimate)
    return Row((label, Cell(format_whole(median.n), (median.n,)), Cell(text, values)))


def _interval_row(result: Result, label: str) -> Row:
    values = (result.estimate, result.conf_low, result.conf_high)
    note = result.note if result.estimate is not None and result.conf_low is result.conf_high is None else ""
    words = f"{label} ({format_conf_level(result.conf_level)} CI)" if result.conf_level else label
    return Row((words, Cell(format_whole(result.n), (result.n,)), Cell(format_interval(result), values, note=note)))


def table_landmark(results: ResultSet, *, landmark_months: float) -> Table | Notice:
    """Tabulate relapse and death in remission after a landmark."""
    stem = f"relapse/landmark/{landmark_months:g}m"
    rows = {}
    for name in EVENTS:
        found = {
            f"Within {further.removesuffix('m')} months": results.get(f"{stem}/{name}/{further}")
            for further in parts_after(results, f"{stem}/{name}")
            if further != "hazard"
        }
        rows[event_label(name)] = found | {"Per patient-year": results.get(f"{stem}/{name}/hazard")}
    return table_grid(
        {"": rows},
        id="relapse-landmark",
        caption=f"Relapse and death without relapse more than {landmark_months:g} months after first response",
        first_column="Event",
        notes=[
            f"Patients free of both events and still followed {landmark_months:g} months after first response; the "
            "clock restarts there."
        ],
    )


def describe_course(results: ResultSet, *, landmark_months: float) -> Sentence:
    """State when relapses came, how long patients lived afterwards, and what came after the landmark."""
    to_relapse = results[f"{_TO}/median"]
    said = []
    if to_relapse.n:
        low, high = (results[f"{_TO}/{name}"] for name in ("minimum", "maximum"))
        came = "The only relapse" if to_relapse.n == 1 else f"The {format_whole(to_relapse.n)} relapses"
        spread = f" (median; range, {format_range(low.estimate, high.estimate, between=' to ')})"
        alike = to_relapse.n == 1 or format_estimate(low) == format_estimate(high)
        said.append(
            f"{came} came {format_estimate(to_relapse)} months after first response{'' if alike else spread}."
        )
    parts = [*said, say_survival_after(results), *_say_landmark(results, landmark_months)]
    return Sentence(" ".join(part for part in parts if part) or "No relapse with a known day is recorded.")


def say_survival_after(results: ResultSet) -> str:
    """State median survival after relapse with its deaths, or nothing where nobody relapsed."""
    after = results[f"{_AFTER}/median"]
    if not after.n:
        return ""
    deaths = f"{count_noun(after.n_event or 0, 'death')} in {count_noun(after.n, 'patient')}"
    return f"Median survival after relapse was {say_estimate(after)}, with {deaths}."


def _say_landmark(results: ResultSet, landmark_months: float) -> list[str]:
    stem = f"relapse/landmark/{landmark_months:g}m"
    hazards = [results.get(f"{stem}/{name}/hazard") for name in EVENTS]
    if not all(hazards):
        return []
    relapse, death = hazards
    if not relapse.n:
        return [f"Nobody in remission was followed beyond {landmark_months:g} months from first response."]
    rates = f"{say_estimate(relapse)} relapses and {say_estimate(death)} deaths in remission per patient-year"
    said = [f"{_say_later(relapse, death, landmark_months)}: {rates}."]
    if relapse.n < _FEW:
        said.append("With so few followed that long, the upper limits matter more than the estimates.")
    return said


def _say_later(relapse: Result, death: Result, landmark_months: float) -> str:
    """Say what came after the landmark, of several patients or of the only one."""
    then = f"free of both and still followed {landmark_months:g} months after first response"
    if relapse.n == 1:
        had = [words for words, result in (("relapsed", relapse), ("died in remission", death)) if result.n_event]
        return f"The only patient {then} {f'{had[0]} later' if had else 'had neither later'}"
    relapsed, died = (say_number(result.n_event) for result in (relapse, death))
    return f"Of {count_noun(relapse.n, 'patient')} {then}, {relapsed} relapsed and {died} died in remission later"
