"""How firm the headline comparisons are: one patient fewer, a changed outcome, another threshold, another test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cartcohort.estimate.comparison import test_logrank
from cartcohort.estimate.fragility import Fragility, fragility
from cartcohort.estimate.omitted_ratios import omit_each
from cartcohort.estimate.permutation import permutation_p
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.robustness import LeaveOneOut, leave_one_out_logrank
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent, in_months
from cartcohort.estimate.sections.groupings import group_by_response
from cartcohort.estimate.sections.landmarks import group_at_landmark
from cartcohort.estimate.sections.risk_factors import headline_factors
from cartcohort.estimate.thresholds import ThresholdScan, selected_threshold_p, threshold_scan, threshold_scan_logrank

_MEASURED = {"tumor_burden": "marrow_blasts_pct", "age_group": "age_years"}
"""The number whose threshold defines a derived factor; other split factors keep theirs as `<name>_value`."""
_SMALLEST_SHARE = 0.1
"""A threshold is looked at if at least this share of the patients lies on either side."""
_MOST_TESTED = 5_000
"""Of more patients the tests over all thresholds are done in one pass."""


@dataclass(frozen=True)
class ScannedThresholds:
    """The test at each threshold, and the p-value of the largest statistic among them."""

    scan: ThresholdScan
    selected: Result


@dataclass(frozen=True)
class Comparison:
    """One comparison to be probed: its result names start with `stem`, `label` says it in words ("OS by sex")."""

    stem: str
    label: str
    time: np.ndarray
    event: np.ndarray
    group: pd.Series
    patients: np.ndarray


def headline_comparisons(
    endpoints: Endpoints, factors: Sequence[str], *, labels: Mapping[str, str], landmark_days: Sequence[int]
) -> list[Comparison]:
    """Return the comparisons to be probed: each endpoint by the first three factors, and by response at a landmark.

    Response is known after time zero, so it is compared from the first of `landmark_days` among those at risk then,
    named `risk_factors/<e>/landmark/28d/robustness/response`; where that does not make two groups it is left out.
    """
    found = []
    for name, endpoint in endpoints.items():
        for factor in headline_factors(endpoint, factors):
            found.append(
                Comparison(
                    stem=f"risk_factors/{name}/robustness/{factor}",
                    label=f"{endpoint.abbreviation} by {labels[factor]}",
                    time=in_months(endpoint),
                    event=np.asarray(endpoint.event),
                    group=endpoint.subjects[factor],
                    patients=np.asarray(endpoint.subjects["subject_id"], dtype=object),
                )
            )
        found += [each for days in landmark_days[:1] for each in _by_response(name, endpoint, days)]
    return found


def _by_response(name: str, endpoint: TimeToEvent, days: int) -> list[Comparison]:
    """Return the comparison by response of those at risk after a landmark; none without two groups."""
    grouping = group_by_response(endpoint.subjects)
    if not grouping.parts:
        return []
    landmark = group_at_landmark(endpoint, grouping, days=days)
    response = pd.Series(landmark.group, name="response")
    if response.nunique() != 2:
        return []
    return [
        Comparison(
            stem=f"risk_factors/{name}/landmark/{days}d/robustness/response",
            label=f"{endpoint.abbreviation} by response at day {days}",
            time=landmark.time_months,
            event=landmark.event,
            group=response,
            patients=np.asarray(endpoint.subjects["subject_id"], dtype=object)[landmark.kept],
        )
    ]


@dataclass(frozen=True, eq=False)
class Probe:
    """What single patients do to one comparison, beyond its records.

    Attributes
    ----------
    omitted : LeaveOneOut
        p with each patient left out.
    no_event, new_event : tuple of str
        The fewest patients whose changed outcome moves p across 0.05: events made censorings, the reverse.
    exact : bool
        Whether no smaller set does; else it is an upper bound.
    """

    omitted: LeaveOneOut
    no_event: tuple[str, ...]
    new_event: tuple[str, ...]
    exact: bool


def probe_comparisons(
    comparisons: Sequence[Comparison], *, seed: int, conf_level: float, ties: str
) -> tuple[ResultSet, dict[str, Probe]]:
    """Probe the log-rank test and the hazard ratios of each comparison.

    Returns
    -------
    ResultSet
        Under each stem `leave_one_out`, `leave_one_out_ratio/<l>`, `fragility` and `permutation`. The limits of the
        first two are the smallest and largest p, or hazard ratio, with one patient left out, and their notes name the
        patients who drive them; the note of `fragility` names those whose outcome is changed.
    dict of str to Probe
        By stem.
    """
    results, probes = ResultSet(), {}
    for comparison in comparisons:
        parts = (comparison.time, comparison.event, comparison.group)
        changed, ratios = fragility(*parts), omit_each(*parts, ties=ties)
        probe = _probe(comparison, leave_one_out_logrank(*parts), changed)
        found = {"leave_one_out": replace(probe.omitted.result(), label="p with one patient left out")}
        for level in ratios.levels:
            ratio = ratios.result(level, patients=comparison.patients)
            label = f"hazard ratio with one patient left out, {ratio.label}"
            found[f"leave_one_out_ratio/{level}"] = replace(ratio, label=label)
        found["fragility"] = replace(
            changed.result(),
            label="changed outcomes to cross the threshold",
            note="; ".join(part for part in (changed.note, *_changes(probe)) if part),
        )
        shuffled = permutation_p(*parts, seed=seed, conf_level=conf_level)
        found["permutation"] = replace(shuffled, label="permutation test")
        results |= ResultSet(found).under(comparison.stem, comparison.label)
        probes[comparison.stem] = probe
    return results, probes


def _probe(comparison: Comparison, omitted: LeaveOneOut, changed: Fragility) -> Probe:
    chosen = np.array(sorted(changed.rows), dtype=int)
    kinds = (tuple(map(str, comparison.patients[chosen[comparison.event[chosen] == kind]])) for kind in (True, False))
    no_event, new_event = kinds
    return Probe(replace(omitted, patients=comparison.patients), no_event, new_event, changed.exact)


def _changes(probe: Probe) -> Iterator[str]:
    for words, who in (("event made a censoring", probe.no_event), ("censoring made an event", probe.new_event)):
        if who:
            yield f"{words}: {', '.join(who)}"


def scan_thresholds(
    endpoints: Endpoints, factors: Sequence[str], *, seed: int, conf_level: float
) -> dict[str, dict[str, ScannedThresholds]]:
    """Repeat the log-rank tests over the thresholds of the numbers behind the factors, by column and endpoint."""
    scans: dict[str, dict[str, ScannedThresholds]] = {}
    for name, endpoint in endpoints.items():
        for column in _measured(endpoint.subjects, factors):
            scans.setdefault(column, {})[name] = _scan(endpoint, column, seed=seed, conf_level=conf_level)
    return scans


def _scan(endpoint: TimeToEvent, column: str, *, seed: int, conf_level: float) -> ScannedThresholds:
    time, event = in_months(endpoint), np.asarray(endpoint.event)
    values = endpoint.subjects[column].to_numpy(dtype=float, na_value=np.nan)
    fewest = max(1, int(np.ceil(_SMALLEST_SHARE * np.sum(~np.isnan(values)))))
    if len(values) > _MOST_TESTED:
        scan = threshold_scan_logrank(time, event, values, min_patients=fewest)
    else:
        scan = threshold_scan(values, lambda group: test_logrank(time, event, group).p_value, min_patients=fewest)
    selected = selected_threshold_p(time, event, values, scan.threshold, seed=seed, conf_level=conf_level)
    return ScannedThresholds(scan, selected)


def record_scans(scans: Mapping[str, Mapping[str, ScannedThresholds]], *, labels: Mapping[str, str]) -> ResultSet:
    """Name the smallest p-value of each scan and the p-value that allows for the choice among thresholds.

    Returns
    -------
    ResultSet
        `risk_factors/<e>/robustness/{threshold, threshold_selected}/<column>`.
    """
    found = {}
    for column, by_endpoint in scans.items():
        words = labels.get(column, column)
        for name, scanned in by_endpoint.items():
            stem, start = f"risk_factors/{name}/robustness", name.upper()
            smallest = replace(scanned.scan.result(), label=f"{start}: smallest p over thresholds of {words}")
            selected = replace(scanned.selected, label=f"{start}: smallest p over thresholds of {words}, permuted")
            found |= {f"{stem}/threshold/{column}": smallest, f"{stem}/threshold_selected/{column}": selected}
    return ResultSet(found)


def _measured(subjects: pd.DataFrame, factors: Sequence[str]) -> list[str]:
    columns = [_MEASURED.get(factor, f"{factor}_value") for factor in factors]
    return [column for column in columns if column in subjects and subjects[column].nunique() > 2]
