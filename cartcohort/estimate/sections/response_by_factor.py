"""Response compared between the levels of factors known before infusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.association import test_fisher
from cartcohort.estimate.multiplicity import adjust_results
from cartcohort.estimate.proportions import estimate_proportion, estimate_risk_difference
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.arrays import each_level, known_factors
from cartcohort.estimate.sections.efficacy import OUTCOMES, find_responders

Counts = Mapping[str, tuple[int, int]]
"""Responders and patients, by level."""


def compare_response(
    subjects: pd.DataFrame, factors: Sequence[str], *, labels: Mapping[str, str], conf_level: float
) -> ResultSet:
    """Compare the rate of response between the levels of each factor.

    Parameters
    ----------
    subjects : DataFrame
        With `best_response` and the factors. Patients without an evaluable response count as non-responders; those
        with a missing factor are left out of its comparison.
    factors : sequence of str
        Those with fewer than two levels among the patients, and outcomes, are left out.
    labels : mapping of str to str
        Words for a reader, by column.
    conf_level : float
        Level of all limits.

    Returns
    -------
    ResultSet
        `efficacy/response/orr/<f>/<l>` with exact limits; `efficacy/response/risk_difference/<f>/<l>` against the
        reference level; `efficacy/response/test/<f>`, Fisher's exact test with p-values adjusted over the factors.
        Empty where no best response was recorded.
    """
    if not subjects["best_response"].notna().any():
        return ResultSet()
    responded = find_responders(subjects)
    results, tests = ResultSet(), {}
    for factor in known_factors(tuple(name for name in factors if name not in OUTCOMES), subjects):
        label = labels.get(factor, factor)
        counts = _count_levels(subjects[factor], responded)
        results |= _rates(counts, label, conf_level=conf_level).under(f"orr/{factor}")
        results |= _differences(counts, label, conf_level=conf_level).under(f"risk_difference/{factor}")
        tested = _test(counts, n_missing=int(subjects[factor].isna().sum()), conf_level=conf_level)
        tests[f"test/{factor}"] = replace(tested, label=label)
    return (results | adjust_results(tests, family="factors tested on response")).under("efficacy/response")


def _count_levels(values: pd.Series, responded: np.ndarray) -> Counts:
    return {level: (int(np.sum(responded & rows)), int(rows.sum())) for level, rows in each_level(values)}


def _rates(counts: Counts, label: str, *, conf_level: float) -> ResultSet:
    return ResultSet(
        {
            level: estimate_proportion(n_event, n, conf_level=conf_level, label=f"{label}: {level}")
            for level, (n_event, n) in counts.items()
        }
    )


def _differences(counts: Counts, label: str, *, conf_level: float) -> ResultSet:
    (reference, base), *others = counts.items()
    return ResultSet(
        {
            level: estimate_risk_difference(
                n_event, n, *base, conf_level=conf_level, label=f"{label}: {level} minus {reference}"
            )
            for level, (n_event, n) in others
        }
    )


def _test(counts: Counts, *, n_missing: int, conf_level: float) -> Result:
    """Test a factor; of two levels also the odds ratio of responding, the second level against the reference."""
    total, total_events = (
        sum(values) for values in zip(*((n, n_event) for n_event, n in counts.values()), strict=True)
    )
    note = f"{n_missing} with a missing value left out" if n_missing else ""
    if total_events in (0, total):
        everybody = "everybody responded" if total_events else "nobody responded"
        remark = "; ".join(part for part in (f"not estimable: {everybody}", note) if part)
        return Result(n=total, n_event=total_events, method="Fisher's exact test", note=remark)
    table = [(n_event, n - n_event) for n_event, n in reversed(counts.values())]
    tested = test_fisher(table, conf_level=conf_level)
    remark = "; ".join(part for part in (tested.note, note) if part)
    return replace(tested, n=total, n_event=total_events, note=remark)
