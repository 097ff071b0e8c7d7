"""Results of the safety section: the severity of CRS by what was known before infusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.multiplicity import adjust_results
from cartcohort.estimate.ranks import test_kruskal, test_rank_sum
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.arrays import each_level, known_factors
from cartcohort.estimate.sections.shares import count_levels, estimate_differences, estimate_shares, test_shares
from cartcohort.estimate.sections.toxicity import SEVERE, Toxicity, tabulate_grades

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
        counts = count_levels(values, toxicity.severe[graded])
        results |= estimate_shares(counts, label, conf_level=conf_level).under(factor)
        results |= estimate_differences(counts, label, conf_level=conf_level).under(f"risk_difference/{factor}")
        tested = test_shares(
            counts,
            n_missing=int(values.isna().sum()),
            everybody="all patients had grade 3 or higher",
            nobody="no patient had grade 3 or higher",
            conf_level=conf_level,
        )
        fisher[f"test/{factor}"] = replace(tested, label=label)
        ranks[f"rank/{factor}"] = replace(
            _test_grades(toxicity.grade[graded], values, conf_level=conf_level), label=f"{label}, worst grade"
        )
    family = f"factors tested on {toxicity.label} of grade 3 or higher"
    results |= adjust_results(fisher, family=family)
    results |= adjust_results(ranks, family=f"factors tested on the grade of {toxicity.label}")
    return results.under(f"safety/{toxicity.name}/severity")


def count_grades_by_factor(
    toxicity: Toxicity | None,
    subjects: pd.DataFrame,
    factors: Sequence[str],
    *,
    labels: Mapping[str, str],
    most_groups: int = 14,
) -> pd.DataFrame:
    """Count the worst grades in each level of the factors, in the form of `count_grades`.

    The factors are taken in their order as long as there are at most `most_groups` levels in all; one that would make
    it more is passed over.
    """
    groups: dict[str, np.ndarray] = {}
    for factor in known_factors(factors, subjects) if toxicity else []:
        label = labels.get(factor, factor)
        levels = {f"{label}: {level}": toxicity.grade[rows] for level, rows in each_level(subjects[factor])}
        if len(groups) + len(levels) <= most_groups:
            groups |= levels
    return tabulate_grades(groups)


def _test_grades(grade: np.ndarray, values: pd.Series, *, conf_level: float) -> Result:
    if values.nunique() == 2:
        return test_rank_sum(grade, values, conf_level=conf_level, unit="grades")
    return test_kruskal(grade, values)
