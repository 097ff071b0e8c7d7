"""Results of the safety section: the severity of CRS by what was known before infusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.association import test_fisher
from cartcohort.estimate.multiplicity import adjust_results
from cartcohort.estimate.proportions import estimate_proportion, estimate_risk_difference
from cartcohort.estimate.ranks import test_kruskal, test_rank_sum
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.arrays import each_level, known_factors
from cartcohort.estimate.sections.toxicity import SEVERE, Toxicity

BELOW, SEVERE_GROUP = "below grade 3", "grade 3 or higher"
GROUPS = {"below_grade_3": BELOW, "grade_3_or_higher": SEVERE_GROUP}


def group_by_severity(toxicity: Toxicity) -> pd.Categorical:
    """Return each patient's group, worst grade below 3 (or no event) and 3 or higher; missing without a grade."""
    codes = np.where(toxicity.graded, (toxicity.grade >= SEVERE).astype(int), -1)
    return pd.Categorical.from_codes(codes, [BELOW, SEVERE_GROUP], ordered=True)


def compare_severity(
    toxicity: Toxicity | None,
    subjects: pd.DataFrame,
    factors: Sequence[str],
    *,
    labels: Mapping[str, str],
    conf_level: float,
) -> ResultSet:
    """Compare the severity of an event between the levels of each factor known before infusion.

    Parameters
    ----------
    toxicity : Toxicity or None
        None where the study does not record it.
    subjects : DataFrame
        The patients with the factors; one with a missing factor, or an event without a grade, is left out of it.
    factors : sequence of str
        Those with fewer than two levels among the patients are left out.
    labels : mapping of str to str
        Words for a reader, by column.
    conf_level : float

    Returns
    -------
    ResultSet
        `safety/<t>/severity/<f>/<l>`, the share with grade 3 or higher; `.../severity/risk_difference/<f>/<l>`
        against the reference level; `.../severity/test/<f>`, Fisher's exact test of that share; and
        `.../severity/rank/<f>`, a rank test of the worst grade from 0 to 5. The p-values of the tests are also given
        adjusted over the factors, each kind of test by itself.
    """
    if toxicity is None:
        return ResultSet()
    graded = toxicity.graded
    known = subjects.loc[graded]
    results, fisher, ranks = ResultSet(), {}, {}
    for factor in known_factors(factors, known):
        label, values = labels.get(factor, factor), known[factor]
        counts = _count_levels(values, toxicity.severe[graded])
        results |= _shares(counts, label, factor, conf_level=conf_level)
        fisher[f"test/{factor}"] = replace(_test_shares(counts, conf_level=conf_level), label=label)
        ranks[f"rank/{factor}"] = replace(_test_grades(toxicity.grade[graded], values), label=label)
    family = f"factors tested on {toxicity.label} of grade 3 or higher"
    results |= adjust_results(fisher, family=family)
    results |= adjust_results(ranks, family=f"factors tested on the grade of {toxicity.label}")
    return results.under(f"safety/{toxicity.name}/severity")


Counts = Mapping[str, tuple[int, int]]


def _count_levels(values: pd.Series, severe: np.ndarray) -> Counts:
    return {level: (int(np.sum(severe & rows)), int(rows.sum())) for level, rows in each_level(values)}


def _shares(counts: Counts, label: str, factor: str, *, conf_level: float) -> ResultSet:
    (reference, base), *others = counts.items()
    shares = {
        f"{factor}/{level}": estimate_proportion(*found, conf_level=conf_level, label=f"{label}: {level}")
        for level, found in counts.items()
    }
    differences = {
        f"risk_difference/{factor}/{level}": estimate_risk_difference(
            *found, *base, conf_level=conf_level, label=f"{label}: {level} minus {reference}"
        )
        for level, found in others
    }
    return ResultSet(shares | differences)


def _test_shares(counts: Counts, *, conf_level: float) -> Result:
    n_event, n = (sum(numbers) for numbers in zip(*counts.values(), strict=True))
    if n_event in (0, n):
        return Result(n=n, n_event=n_event, note="not estimable: all patients are on one side of grade 3")
    tested = test_fisher(
        [(events, total - events) for events, total in reversed(counts.values())], conf_level=conf_level
    )
    return replace(tested, n=n, n_event=n_event)


def _test_grades(grade: np.ndarray, values: pd.Series) -> Result:
    return test_rank_sum(grade, values, unit="grades") if values.nunique() == 2 else test_kruskal(grade, values)
