"""How firm the headline comparisons are: one patient fewer, a changed outcome, another threshold, another test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.comparison import test_logrank
from cartcohort.estimate.fragility import fragility
from cartcohort.estimate.permutation import permutation_p
from cartcohort.estimate.results import ResultSet
from cartcohort.estimate.robustness import LeaveOneOut, leave_one_out_logrank
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent, in_months
from cartcohort.estimate.sections.risk_factors import headline_factors
from cartcohort.estimate.thresholds import ThresholdScan, threshold_scan

_MEASURED = {"tumor_burden": "marrow_blasts_pct", "age_group": "age_years"}
"""The number whose threshold defines a derived factor; other split factors keep theirs as `<name>_value`."""
_SMALLEST_SHARE = 0.1
"""A threshold is looked at if at least this share of the patients lies on either side."""


def probe_comparisons(
    endpoints: Endpoints, factors: Sequence[str], *, labels: Mapping[str, str], seed: int
) -> ResultSet:
    """Probe the log-rank tests of the first two-level factors.

    Returns
    -------
    ResultSet
        `risk_factors/<e>/robustness/<f>/{leave_one_out, fragility, permutation}`. In `leave_one_out` the limits are
        the smallest and largest p with one patient left out, and the note names the rows that drive it.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        for factor in headline_factors(endpoint, factors):
            time, event, group = in_months(endpoint), endpoint.event, endpoint.subjects[factor]
            found = {
                "leave_one_out": _leave_one_out(endpoint, leave_one_out_logrank(time, event, group)),
                "fragility": fragility(time, event, group).result(),
                "permutation": permutation_p(time, event, group, seed=seed),
            }
            label = f"{endpoint.abbreviation} by {labels[factor]}"
            named = {kind: replace(result, label=f"{label}: {_WORDS[kind]}") for kind, result in found.items()}
            results |= ResultSet(named).under(f"risk_factors/{name}/robustness/{factor}")
    return results


_WORDS = {
    "leave_one_out": "p with one patient left out",
    "fragility": "changed outcomes to cross the threshold",
    "permutation": "permutation test",
}


def _leave_one_out(endpoint: TimeToEvent, found: LeaveOneOut):
    """Return the record of the range, the note naming the rows of the subjects file that drive it."""
    result = found.result()
    rows = np.asarray(endpoint.subjects["source_row"])[list(found.rows_highest)]
    driven = f"largest without row {' or '.join(str(row) for row in rows[:5])} of the subjects" if len(rows) else ""
    return replace(result, note="; ".join(part for part in (result.note, driven) if part))


def scan_thresholds(endpoints: Endpoints, factors: Sequence[str]) -> dict[str, dict[str, ThresholdScan]]:
    """Repeat the log-rank tests over the thresholds of the numbers behind the factors, by column and endpoint."""
    scans: dict[str, dict[str, ThresholdScan]] = {}
    for name, endpoint in endpoints.items():
        for column in _measured(endpoint.subjects, factors):
            scans.setdefault(column, {})[name] = _scan(endpoint, column)
    return scans


def _scan(endpoint: TimeToEvent, column: str) -> ThresholdScan:
    time, event = in_months(endpoint), np.asarray(endpoint.event)
    values = endpoint.subjects[column].to_numpy(dtype=float, na_value=np.nan)
    fewest = max(1, int(np.ceil(_SMALLEST_SHARE * np.sum(~np.isnan(values)))))
    return threshold_scan(values, lambda group: test_logrank(time, event, group).p_value, min_patients=fewest)


def record_scans(scans: Mapping[str, Mapping[str, ThresholdScan]], *, labels: Mapping[str, str]) -> ResultSet:
    """Name the smallest p-value of each scan: `risk_factors/<e>/robustness/threshold/<column>`."""
    return ResultSet(
        {
            f"risk_factors/{name}/robustness/threshold/{column}": replace(
                scan.result(), label=f"{name.upper()}: smallest p over thresholds of {labels.get(column, column)}"
            )
            for column, by_endpoint in scans.items()
            for name, scan in by_endpoint.items()
        }
    )


def _measured(subjects: pd.DataFrame, factors: Sequence[str]) -> list[str]:
    columns = [_MEASURED.get(factor, f"{factor}_value") for factor in factors]
    return [column for column in columns if column in subjects and subjects[column].nunique() > 2]
