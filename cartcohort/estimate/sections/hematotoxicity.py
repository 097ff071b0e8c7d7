"""Results of the safety section on immune effector cell-associated hematotoxicity (ICAHT)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.results import ResultSet
from cartcohort.estimate.sections.safety import summarise_grades
from cartcohort.estimate.sections.toxicity import Toxicity

PARTS = {"icaht/early": "Early ICAHT", "icaht/late": "Late ICAHT"}


def summarise_icaht(icaht: pd.DataFrame, *, conf_level: float) -> ResultSet:
    """Estimate how many patients had ICAHT, at which grade, among those of whom it is known.

    Parameters
    ----------
    icaht : DataFrame, one row a patient
        `grade`, `early`, `late` (0 for none, missing where unknown), `had` (at whatever grade) and `known`; empty
        where nothing of ICAHT is recorded.
    conf_level : float

    Returns
    -------
    ResultSet
        `safety/icaht/{any, grade_3_or_higher, grade/1, ..., grade/5}` and, where counts allow, the same of
        `safety/icaht/early` and `safety/icaht/late`; with exact limits.
    """
    if icaht.empty:
        return ResultSet()
    known = icaht[icaht["known"].to_numpy(dtype=bool)]
    toxicities = {"icaht": _read("icaht", "ICAHT", known["grade"], known["had"].to_numpy(dtype=bool))}
    for name, label in PARTS.items():
        grade = icaht[name.partition("/")[2]].dropna()
        if len(grade):
            toxicities[name] = _read(name, label, grade, (grade >= 1).to_numpy(dtype=bool))
    results = ResultSet()
    for name, toxicity in toxicities.items():
        found = summarise_grades({name: toxicity}, conf_level=conf_level)
        results |= found if toxicity.had.any() else found.map(lambda result: replace(result, note=""))
    return results


def _read(name: str, label: str, grade: pd.Series, had: np.ndarray) -> Toxicity:
    return Toxicity(name, label, pd.DataFrame(), had, grade.to_numpy(dtype=float, na_value=np.nan))
