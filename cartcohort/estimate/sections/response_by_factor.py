"""Response compared between the levels of factors known before infusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from cartcohort.estimate.multiplicity import adjust_results
from cartcohort.estimate.results import ResultSet
from cartcohort.estimate.sections.arrays import known_factors
from cartcohort.estimate.sections.efficacy import OUTCOMES, find_responders
from cartcohort.estimate.sections.shares import count_levels, estimate_differences, estimate_shares, test_shares


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
        counts = count_levels(subjects[factor], responded)
        results |= estimate_shares(counts, label, conf_level=conf_level).under(f"orr/{factor}")
        results |= estimate_differences(counts, label, conf_level=conf_level).under(f"risk_difference/{factor}")
        tested = test_shares(
            counts,
            n_missing=int(subjects[factor].isna().sum()),
            everybody="everybody responded",
            nobody="nobody responded",
            conf_level=conf_level,
        )
        tests[f"test/{factor}"] = replace(tested, label=label)
    return (results | adjust_results(tests, family="factors tested on response")).under("efficacy/response")
