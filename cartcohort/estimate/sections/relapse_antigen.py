"""Results of the relapse section: how many relapsed, where, and with which antigens on the blasts.

A relapse has kept its antigens where CD19 and CD22 are both positive or dim, and has escaped where either is
negative, even if the other is unknown: every proven escape counts, so that unknown antigens rather raise the share
than lower it. Other relapses with an unknown antigen are left out of the share, and bounded by taking all as escapes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.proportions import estimate_proportion, test_proportion
from cartcohort.estimate.results import Result, ResultSet

_COLUMNS = {"CD19": "relapse_cd19", "CD22": "relapse_cd22"}
_PRESENT = ("positive", "dim")
_REMISSIONS = ("CR", "CRi")
_SITES = {"marrow": "Marrow", "extramedullary": "Extramedullary", "both": "Both"}
_UNDOCUMENTED = "not estimable: relapse was not documented"
_NO_RELAPSE = "not estimable: no relapse is recorded"
_ORDER = ("positive", "dim", "negative", "unknown")


def summarise_relapse(subjects: pd.DataFrame, *, lacking: Sequence[str], conf_level: float) -> ResultSet:
    """Estimate how many patients relapsed, of all and of those in remission, and where.

    Parameters
    ----------
    subjects : DataFrame
        All patients of the cohort, with `relapse_day`, `relapse_site` and `best_response`.
    lacking : sequence of str
        Not empty where the study does not document relapses; nothing is estimated then.
    conf_level : float
        Level of the exact limits.

    Returns
    -------
    ResultSet
        `total`, `total/of_responders` (CR or CRi), and `site/{marrow,extramedullary,both}` of the relapses with a
        known site.
    """
    relapsed = find_relapsed(subjects)
    counts = {
        "total": ("Relapse, of all patients", relapsed, np.ones(len(subjects), dtype=bool)),
        "total/of_responders": ("Relapse, of those in CR or CRi", relapsed, find_remissions(subjects)),
    }
    known = relapsed & subjects["relapse_site"].notna().to_numpy()
    if known.any():
        for site in _SITES:
            here = (subjects["relapse_site"] == site).to_numpy(dtype=bool, na_value=False)
            counts[f"site/{site}"] = (f"Site of relapse: {_SITES[site]}", here, known)
    return ResultSet(
        {
            name: _share(event, among, label, conf_level=conf_level, missing=_UNDOCUMENTED if lacking else "")
            for name, (label, event, among) in counts.items()
        }
    )


def summarise_antigens(subjects: pd.DataFrame, *, conf_level: float, escape_benchmark: float) -> ResultSet:
    """Estimate how often relapses came with which antigens, over three denominators, and test the share of escapes.

    Parameters
    ----------
    subjects : DataFrame
        All patients of the cohort, with `relapse_day`, `relapse_cd19`, `relapse_cd22` and `best_response`.
    conf_level : float
        Level of the exact limits.
    escape_benchmark : float
        Share of escapes to compare with, a proportion.

    Returns
    -------
    ResultSet
        `antigen/<state>` of all patients, `antigen/<state>/of_responders` (CR or CRi) and `.../of_relapsed`, the
        states being `double_positive`, `cd19_dim`, `cd22_dim`, `cd19_negative`, `cd22_negative` and `unknown`;
        `antigen/escape`, the share among relapses of known status with its exact binomial test, and
        `antigen/escape/unknown_as_escape`, an upper bound where some are unknown. Without estimates where no relapse,
        or not the antigen, was recorded.
    """
    relapsed = find_relapsed(subjects)
    states = _find_states(subjects)
    among = {
        "": np.ones(len(subjects), dtype=bool),
        "of_responders": find_remissions(subjects),
        "of_relapsed": relapsed,
    }
    results = ResultSet()
    for name, (label, state, missing) in states.items():
        for suffix, rows in among.items():
            words = {"": "all patients", "of_responders": "those in CR or CRi", "of_relapsed": "the relapses"}[suffix]
            share = _share(state, rows, f"{label}, of {words}", conf_level=conf_level, missing=missing)
            results |= {f"antigen/{name}{'/' if suffix else ''}{suffix}": share}
    return results | _test_escape(subjects, conf_level=conf_level, benchmark=escape_benchmark)


def count_flow(subjects: pd.DataFrame) -> pd.DataFrame:
    """Count the relapses by their antigens, starting from the double-positive state that the therapy presupposes.

    Returns
    -------
    DataFrame
        `before`, `after` ("CD19 dim, CD22 positive"; those that kept most first) and `n`, of the antigens that were
        recorded; empty without any. The dictionary holds no antigens before infusion, hence the one state before.
    """
    recorded = _find_recorded(subjects)
    columns = [_COLUMNS[antigen] for antigen in recorded]
    relapses = subjects.loc[find_relapsed(subjects), columns].astype(object).fillna("unknown")
    counts = Counter(relapses.itertuples(index=False, name=None)) if recorded else Counter()
    ordered = sorted(counts, key=lambda states: (max(map(_ORDER.index, states)), *map(_ORDER.index, states)))
    after = [", ".join(f"{antigen} {state}" for antigen, state in zip(recorded, key, strict=True)) for key in ordered]
    before = f"{' and '.join(recorded)} positive"
    return pd.DataFrame({"before": before, "after": after, "n": [counts[key] for key in ordered]})


def find_relapsed(subjects: pd.DataFrame) -> np.ndarray:
    """Return a mask of the patients with a day of relapse."""
    return subjects["relapse_day"].notna().to_numpy()


def find_remissions(subjects: pd.DataFrame) -> np.ndarray:
    """Return a mask of the patients in CR or CRi, who alone can relapse."""
    return subjects["best_response"].isin(_REMISSIONS).to_numpy(dtype=bool)


def _find_states(subjects: pd.DataFrame) -> Mapping[str, tuple[str, np.ndarray, str]]:
    """Return label, mask and reason why it cannot be told, of each state of the antigens at relapse."""
    relapsed = find_relapsed(subjects)
    missing = {antigen: _missing_reason(subjects, antigen) for antigen in _COLUMNS}
    present = {antigen: relapsed & _is(subjects, antigen, *_PRESENT) for antigen in _COLUMNS}
    kept, escaped = present["CD19"] & present["CD22"], find_escapes(subjects)
    either = missing["CD19"] or missing["CD22"]
    return {
        "double_positive": ("CD19 and CD22 kept (positive or dim)", kept, either),
        "cd19_dim": ("CD19 dim", relapsed & _is(subjects, "CD19", "dim"), missing["CD19"]),
        "cd22_dim": ("CD22 dim", relapsed & _is(subjects, "CD22", "dim"), missing["CD22"]),
        "cd19_negative": ("CD19 negative", relapsed & _is(subjects, "CD19", "negative"), missing["CD19"]),
        "cd22_negative": ("CD22 negative", relapsed & _is(subjects, "CD22", "negative"), missing["CD22"]),
        "unknown": (
            "CD19 or CD22 unknown, neither negative",
            relapsed & ~kept & ~escaped,
            "" if relapsed.any() else _NO_RELAPSE,
        ),
    }


def find_escapes(subjects: pd.DataFrame) -> np.ndarray:
    """Return a mask of the relapses with CD19 or CD22 negative."""
    lost = np.logical_or.reduce([_is(subjects, antigen, "negative") for antigen in _COLUMNS])
    return find_relapsed(subjects) & lost


def _test_escape(subjects: pd.DataFrame, *, conf_level: float, benchmark: float) -> ResultSet:
    relapsed, escaped = find_relapsed(subjects), find_escapes(subjects)
    recorded = _find_recorded(subjects)
    if not recorded:
        note = _missing_reason(subjects, "CD19").replace("CD19 at relapse was", "antigens at relapse were")
        label = "Antigen escape, of relapses of known status"
        return ResultSet({"antigen/escape": Result(n=0, unit="proportion", label=label, note=note)})
    kept = relapsed & np.logical_and.reduce([_is(subjects, antigen, *_PRESENT) for antigen in recorded])
    n_event, n = int(escaped.sum()), int((escaped | kept).sum())
    label = f"Antigen escape ({' or '.join(recorded)} negative), of relapses of known status"
    share = estimate_proportion(n_event, n, conf_level=conf_level, label=label)
    tested = test_proportion(n_event, n, benchmark=benchmark)
    share = replace(share, p_value=tested.p_value, method=f"{share.method}; {tested.method}")
    if len(recorded) == 1:
        share = replace(
            share, note="; ".join(part for part in (share.note, f"only {recorded[0]} was recorded") if part)
        )
    found = {"antigen/escape": share}
    n_unknown = int(relapsed.sum()) - n
    if n_unknown:
        bound = estimate_proportion(
            n_event + n_unknown, int(relapsed.sum()), conf_level=conf_level, label=f"{label}, the unknown as escapes"
        )
        found["antigen/escape/unknown_as_escape"] = bound
    return ResultSet(found)


def _find_recorded(subjects: pd.DataFrame) -> list[str]:
    return [antigen for antigen in _COLUMNS if not _missing_reason(subjects, antigen)]


def _missing_reason(subjects: pd.DataFrame, antigen: str) -> str:
    """Return why nothing can be said of an antigen, "" where its state is known of at least one relapse."""
    if not find_relapsed(subjects).any():
        return _NO_RELAPSE
    known = find_relapsed(subjects) & _is(subjects, antigen, *_PRESENT, "negative")
    return "" if known.any() else f"not estimable: {antigen} at relapse was not recorded"


def _is(subjects: pd.DataFrame, antigen: str, *states: str) -> np.ndarray:
    return subjects[_COLUMNS[antigen]].isin(states).to_numpy(dtype=bool)


def _share(event: np.ndarray, among: np.ndarray, label: str, *, conf_level: float, missing: str) -> Result:
    n = int(among.sum())
    if missing:
        return Result(n=n, unit="proportion", label=label, note=missing)
    return estimate_proportion(int((event & among).sum()), n, conf_level=conf_level, label=label)
