"""The default study read with the csv module alone, and survival counted on explicit risk tables.

Nothing of the suite or of the program that made the study is used here.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
from pathlib import Path

STUDY = Path(__file__).parents[2] / "data" / "car1922"
CUTOFF = dt.date(2023, 2, 28)
DAYS_PER_MONTH = 30.4375
RESPONSES = {"CR", "CRi", "PR"}

Row = dict[str, str]
Times = list[tuple[float, bool]]


def read(name: str, folder: Path = STUDY) -> list[Row]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(row: Row, column: str) -> int | None:
    """Return whole days from first infusion, None for an empty cell."""
    return days_between(row["infusion_date"], row[column])


def days_between(first: str, second: str) -> int | None:
    return (dt.date.fromisoformat(second) - dt.date.fromisoformat(first)).days if second else None


def responded(row: Row) -> bool:
    return row["best_response"] in RESPONSES


def high_burden(row: Row) -> bool:
    return float(row["marrow_blasts_pct"]) >= 50 or row["extramedullary_disease"] == "yes"


def end_of_follow_up(row: Row) -> int:
    return day(row, "death_date") if row["death_date"] else day(row, "last_contact_date")


def overall_survival(row: Row) -> tuple[int, bool]:
    return end_of_follow_up(row), bool(row["death_date"])


def progression_free_survival(row: Row) -> tuple[int, bool]:
    first = day(row, "relapse_date") if responded(row) else day(row, "progression_date") or 28
    days = [value for value in (first, day(row, "death_date")) if value is not None]
    return (min(days), True) if days else (day(row, "last_contact_date"), False)


def risk_table(times: Times) -> list[tuple[float, int, int]]:
    """Return (time, at risk, events) at every time with an event, in order."""
    at = sorted({time for time, event in times if event})
    return [(t, len([x for x, _ in times if x >= t]), times.count((t, True))) for t in at]


def survival_at(times: Times, until: float) -> float:
    return math.prod(1 - events / at_risk for time, at_risk, events in risk_table(times) if time <= until)


def median_survival(times: Times) -> float:
    return next(time for time, _, _ in risk_table(times) if survival_at(times, time) < 0.5)


def logrank_p(group: Times, others: Times) -> float:
    """Compare two groups by the log-rank test with the hypergeometric variance, on one table a time of event."""
    difference = variance = 0.0
    for time, n, d in risk_table(group + others):
        n1 = len([x for x, _ in group if x >= time])
        difference += group.count((time, True)) - n1 * d / n
        if n > 1:
            variance += n1 * (n - n1) * d * (n - d) / (n * n * (n - 1))
    return math.erfc(abs(difference) / math.sqrt(2 * variance))
