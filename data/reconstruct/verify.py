"""Recompute every published figure from the files as written, by plain counting."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from data.reconstruct.logrank import logrank_chi_square, months_in_tenths, p_value
from data.reconstruct.targets import TARGETS, prints_as

DAYS_PER_MONTH = 30.4375
_RESPONSES = ("CR", "CRi", "PR")


def find_failures(folder: Path) -> list[str]:
    """Compare the study in a folder with every target.

    Parameters
    ----------
    folder : Path
        Folder with subjects.csv and adverse_events.csv.

    Returns
    -------
    list of str
        One line a figure that does not print as published, also where the times were first rounded to 0.1 month;
        empty where all hold.
    """
    subjects, events = _read(folder / "subjects.csv"), _read(folder / "adverse_events.csv")
    figures = _counts(subjects, events)
    for name, rows in (("os", [_os(row) for row in subjects]), ("pfs", [_pfs(row) for row in subjects])):
        figures |= _survival_figures(name, subjects, rows)
    failures = []
    for target in TARGETS:
        for value in figures[target.result, target.field]:
            if not prints_as(value, target.published):
                failures.append(f"{target.claim}: published {target.published}, found {value:.6g} ({target.result}).")
    return failures


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _days(row: dict[str, str], column: str) -> int | None:
    if not row[column]:
        return None
    return (dt.date.fromisoformat(row[column]) - dt.date.fromisoformat(row["infusion_date"])).days


def _os(row: dict[str, str]) -> tuple[int, bool]:
    death = _days(row, "death_date")
    return (_days(row, "last_contact_date"), False) if death is None else (death, True)


def _pfs(row: dict[str, str]) -> tuple[int, bool]:
    """Count non-response without a progression date on day 28."""
    days = [_days(row, column) for column in ("progression_date", "relapse_date", "death_date")]
    if row["best_response"] not in _RESPONSES and days[0] is None:
        days[0] = 28
    days = [day for day in days if day is not None]
    return (min(days), True) if days else (_days(row, "last_contact_date"), False)


def _share(n_event: int, n: int) -> dict[str, tuple[float, ...]]:
    return {"estimate": (n_event / n,), "n_event": (n_event,), "n": (n,)}


def _counts(subjects: list[dict[str, str]], events: list[dict[str, str]]) -> dict[tuple[str, str], tuple[float, ...]]:
    """Return the counted figures, keyed by result and field; each value is one way of reading the figure."""
    n = len(subjects)
    failed = [row for row in subjects if row["best_response"] not in _RESPONSES]
    relapsed = [row for row in subjects if row["relapse_date"]]
    kept = [
        row for row in relapsed if row["relapse_cd19"] in ("positive", "dim") and row["relapse_cd22"] == "positive"
    ]
    burdened = [r for r in failed if float(r["marrow_blasts_pct"]) >= 50 or r["extramedullary_disease"] == "yes"]
    shares = {
        "efficacy/response/orr": _share(n - len(failed), n),
        "efficacy/baseline/genetic_risk/high": _share(_n_high_risk(subjects), n),
        "efficacy/baseline/nonresponse/genetic_risk/high": _share(_n_high_risk(failed), len(failed)),
        "efficacy/baseline/nonresponse/tumor_burden/high": _share(len(burdened), len(failed)),
        "safety/crs/any": _share(_n_with(events, "CRS"), n),
        "safety/icans/any": _share(_n_with(events, "ICANS"), n),
        "relapse/total": _share(len(relapsed), n),
        "relapse/antigen/double_positive": _share(len(kept), len(relapsed)),
        "relapse/antigen/cd19_dim": _share(sum(row["relapse_cd19"] == "dim" for row in relapsed), len(relapsed)),
    }
    return {(result, field): values for result, fields in shares.items() for field, values in fields.items()}


def _n_high_risk(subjects: list[dict[str, str]]) -> int:
    return sum(row["genetic_risk"] == "high" for row in subjects)


def _n_with(events: list[dict[str, str]], term: str) -> int:
    return len({row["subject_id"] for row in events if row["term"] == term})


def _survival_figures(
    name: str, subjects: list[dict[str, str]], rows: list[tuple[int, bool]]
) -> dict[tuple[str, str], tuple[float, ...]]:
    time, event = [day for day, _ in rows], [happened for _, happened in rows]
    months = sorted(day / DAYS_PER_MONTH for day in time)
    median = next(day for day in sorted(time) if _survival(time, event, day) < 0.5)
    year = 12 * DAYS_PER_MONTH
    figures = {
        "median": (median / DAYS_PER_MONTH,),
        "observed/minimum": (months[0],),
        "observed/median": (months[len(months) // 2],),
        "observed/maximum": (months[-1],),
        "conditional/24m/12m": (_survival(time, event, 3 * year) / _survival(time, event, 2 * year),),
    }
    groups = {
        "response": [row["best_response"] in _RESPONSES for row in subjects],
        "genetic_risk": [row["genetic_risk"] == "low" for row in subjects],
    }
    p_values = {
        (f"survival/{name}/logrank/{factor}", "p_value"): tuple(
            p_value(logrank_chi_square(shown, event, member)[1]) for shown in (time, months_in_tenths(time))
        )
        for factor, member in groups.items()
    }
    return p_values | {(f"survival/{name}/{key}", "estimate"): value for key, value in figures.items()}


def _survival(time: list[int], event: list[bool], until: float) -> float:
    """Return the Kaplan-Meier estimate at a time, in days."""
    alive = 1.0
    for day in sorted({day for day, happened in zip(time, event, strict=True) if happened and day <= until}):
        deaths = sum(t == day and happened for t, happened in zip(time, event, strict=True))
        alive *= 1 - deaths / sum(t >= day for t in time)
    return alive
