"""Early anti-inflammatory treatment against severity and outcome, never without its caveat."""

from __future__ import annotations

from collections.abc import Sequence

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice, Table
from cartcohort.present.format import (
    EN_DASH,
    format_conf_level,
    format_count,
    format_interval,
    format_p,
    format_p_clause,
    format_whole,
)
from cartcohort.present.narrative import capitalise, count_noun, say_number, say_ratio
from cartcohort.present.sections.response_by_factor import in_points
from cartcohort.present.sections.safety.words import say_points
from cartcohort.present.tables import Cell, Column, Row, build_table, methods

_STEM = "safety/crs/early_treatment"
_PARTS = ("early", "not_early", "risk_difference", "test")
_WITH_LIMITS = (f"{_STEM}/duration/*", f"{_STEM}/*/risk_difference", f"{_STEM}/os/cox")
CONFOUNDED = (
    "Treatment is given to the sicker patients, and to the sickest first (confounding by indication): these figures "
    "describe who was treated early and cannot tell what treating early does."
)


def table_early_treatment(results: ResultSet, *, early_treatment_days: int, p_style: str) -> Table | Notice:
    """Tabulate severity, duration, response and survival of patients treated early and not, with the caveat."""
    level = next((format_conf_level(one.conf_level) for one in results.values() if one.conf_level), "")
    groups = (("early", "Treated early"), ("not_early", "Not treated early"))
    columns = [Column("Of patients with CRS", csv=("outcome", "note"))]
    columns += [Column(words, number=True, csv=(name, f"{name}_low", f"{name}_high")) for name, words in groups]
    columns += [
        Column(f"Early against not ({level} CI)", number=True, csv=("contrast", "contrast_low", "contrast_high")),
        Column("p", number=True, csv=("p_value",)),
    ]
    given = results.get(f"{_STEM}/given")
    rows = [] if given is None else [_size_row(given), *_share_rows(results, p_style), *_time_rows(results, p_style)]
    days = "day" if early_treatment_days == 1 else "days"
    notes = [
        CONFOUNDED,
        f"Early, a first dose of tocilizumab or corticosteroid at most {early_treatment_days} {days} after the onset "
        "of CRS; not early, later or never. Early against not: difference in percentage points (p, Fisher's exact "
        "test) or hazard ratio (p, log-rank test).",
        f"Survival counts from {early_treatment_days} {days} after onset, when the group of a patient is settled; "
        "the survival section has it beside landmarks and a time-dependent model.",
        *methods(list(results.select(*_WITH_LIMITS).values())),
    ]
    notes += _treated_note(results)
    empty = (
        "Early treatment is not shown: it needs rows of CRS in adverse_events with their onset, and in subjects the "
        "day of the first tocilizumab or corticosteroid."
    )
    return build_table(
        id="safety-early-treatment",
        caption="Early anti-inflammatory treatment of CRS: a description, not an effect",
        columns=columns,
        rows=rows,
        notes=notes,
        empty=empty,
    )


def say_early_treatment(results: ResultSet, *, p_style: str) -> list[str]:
    """State severity and survival by early treatment, and that the comparison is confounded."""
    given = results.get(f"{_STEM}/given")
    if given is None:
        return []
    counts = f"{say_number(given.n_event)} of {count_noun(given.n or 0, 'patient')} with CRS"
    said = [f"{capitalise(counts)} {'was' if given.n_event == 1 else 'were'} treated early. {CONFOUNDED}"]
    for name, words in (("severity", "CRS of grade 3 or higher"), ("response", "A response")):
        early, other, difference, test = (results.get(f"{_STEM}/{name}/{part}") for part in _PARTS)
        if early and other and difference and test and difference.estimate is not None:
            p = format_p_clause(test.p_value, p_style=p_style)
            said.append(
                f"{words} was seen in {format_count(early.n_event or 0, early.n or 0)} treated early and "
                f"{format_count(other.n_event or 0, other.n or 0)} others ({say_points(difference)}; {p})."
            )
    ratio, logrank = results.get(f"{_STEM}/os/cox"), results.get(f"{_STEM}/os/logrank")
    if ratio is not None and ratio.estimate is not None and logrank is not None:
        p = format_p_clause(logrank.p_value, p_style=p_style)
        said.append(
            f"Death from then on, early against not: {say_ratio(ratio)}; log-rank {p}. The survival section has this "
            "comparison beside landmarks and a time-dependent model."
        )
    return said


def _size_row(given: Result) -> Row:
    n, n_early = given.n or 0, given.n_event or 0
    counts = [Cell(format_whole(count), (count, None, None)) for count in (n_early, n - n_early)]
    return Row((Cell("Patients", ("patients", "")), *counts, Cell("", (None,) * 3), Cell("", (None,))))


def _share_rows(results: ResultSet, p_style: str) -> list[Row]:
    words = {
        "severity": "CRS of grade 3 or higher: difference in points",
        "response": "Response (CR, CRi or PR): difference in points",
    }
    rows = []
    for name, label in words.items():
        early, other, difference, test = (results.get(f"{_STEM}/{name}/{part}") for part in _PARTS)
        if early is None or other is None or difference is None or test is None:
            continue
        contrast = format_interval(in_points(difference)) if difference.estimate is not None else EN_DASH
        rows.append(
            Row(
                (
                    Cell(label, (label, test.note)),
                    *(Cell(format_count(one.n_event or 0, one.n or 0), _numbers(one)) for one in (early, other)),
                    Cell(contrast, _numbers(difference)),
                    Cell(format_p(test.p_value, p_style=p_style), (test.p_value,)),
                )
            )
        )
    return rows


def _time_rows(results: ResultSet, p_style: str) -> list[Row]:
    durations = [results[f"{_STEM}/duration/{group}"] for group in ("early", "not_early")]
    cells = [Cell(format_interval(one), _numbers(one), note=_reason(one)) for one in durations]
    blank, of_duration = Cell("", (None,) * 3), f"Duration of CRS, days: median{_level(durations)}"
    ratio, logrank = results[f"{_STEM}/os/cox"], results[f"{_STEM}/os/logrank"]
    contrast = Cell(format_interval(ratio), _numbers(ratio))
    p_cell = Cell(format_p(logrank.p_value, p_style=p_style), (logrank.p_value,))
    return [
        Row((Cell(of_duration, ("duration", "")), *cells, blank, Cell("", (None,)))),
        Row((Cell("Death: hazard ratio", ("death", ratio.note)), blank, blank, contrast, p_cell)),
    ]


def _level(results: Sequence[Result]) -> str:
    """Return " (95% CI)" of the results that have limits."""
    return next((f" ({format_conf_level(one.conf_level)} CI)" for one in results if one.conf_level), "")


def _treated_note(results: ResultSet) -> list[str]:
    severe, below = (results.get(f"{_STEM}/treated/{name}") for name in ("grade_3_or_higher", "below_grade_3"))
    if severe is None or below is None:
        return []
    return [
        f"Treated at any time: {format_count(severe.n_event or 0, severe.n or 0)} with CRS of grade 3 or higher, "
        f"{format_count(below.n_event or 0, below.n or 0)} below."
    ]


def _reason(result: Result) -> str:
    return result.note if result.estimate is None and "not estimable" in result.note else ""


def _numbers(result: Result) -> tuple[float | None, ...]:
    return (result.estimate, result.conf_low, result.conf_high)
