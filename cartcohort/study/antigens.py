"""Relapses by the antigens on the blasts: antigen-positive, antigen-negative, or of unknown status."""

from __future__ import annotations

import numpy as np
import pandas as pd

ANTIGEN_POSITIVE, ANTIGEN_NEGATIVE, ANTIGEN_UNKNOWN = "antigen-positive", "antigen-negative", "unknown"

_COLUMNS = ("relapse_cd19", "relapse_cd22")
_PRESENT, _LOST = ("positive", "dim"), ("negative",)


def classify_relapses(subjects: pd.DataFrame) -> np.ndarray:
    """Return the antigen status of each patient's relapse, "" where there is no day of relapse.

    Parameters
    ----------
    subjects : DataFrame
        With `relapse_day`, `relapse_cd19` and `relapse_cd22`.

    Returns
    -------
    ndarray of str, shape (n,)
        Antigen-positive where CD19 and CD22 are both positive or dim; antigen-negative where either is negative, also
        with the other unknown; else unknown, a status of its own. An antigen of which no relapse has a known status
        was not looked for, and the other decides alone.
    """
    relapsed = subjects["relapse_day"].notna().to_numpy()
    present, lost = (
        {column: relapsed & subjects[column].isin(states).to_numpy(dtype=bool) for column in _COLUMNS}
        for states in (_PRESENT, _LOST)
    )
    recorded = [column for column in _COLUMNS if (present[column] | lost[column]).any()]
    kept = np.logical_and.reduce([present[column] for column in recorded]) if recorded else np.zeros_like(relapsed)
    negative = lost[_COLUMNS[0]] | lost[_COLUMNS[1]]
    status = [ANTIGEN_NEGATIVE, ANTIGEN_POSITIVE, ANTIGEN_UNKNOWN]
    return np.select([negative, kept, relapsed], status, default="")
