"""Factors by which little can be compared."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.description import FILE
from cartcohort.study.doctor.case import Case

_FEW = 10
_MUCH_MISSING = 0.2


def find_missing_of_factors(case: Case) -> Iterator[Problem]:
    """Factors that many patients lack, who are left out of comparisons."""
    subjects = case.subjects
    for name in case.factors:
        if name not in subjects or len(subjects) < _FEW:
            continue
        missing = subjects[name].isna()
        if _MUCH_MISSING < missing.mean() < 1:
            what = f"The factor `{name}` is not recorded for more than a fifth of the patients."
            remedy = "They are left out of its comparisons: fill it in where it is known, or compare by another one."
            yield from case.note("subjects", what, missing, name, remedy)


def find_poor_factors(case: Case) -> Iterator[Problem]:
    """Factors with nothing to compare, or with a patient alone in a level."""
    for name in case.factors:
        if name not in case.subjects:
            continue
        values = case.subjects[name]
        counts = values.value_counts()
        counts = counts[counts > 0]
        if len(counts) < 2:
            what = f"The factor `{name}` has fewer than two levels among the patients."
            yield Problem(what, FILE, "There is nothing to compare by it.")
        elif len(values) >= _FEW and not pd.api.types.is_numeric_dtype(values):
            single = values.isin(counts.index[counts == 1]).to_numpy()
            what = f"A level of the factor `{name}` has a single patient."
            remedy = "See whether it is a slip; if not, join it to another level by `values` in study.yaml."
            yield from case.note("subjects", what, single, name, remedy)
