"""Response of acute lymphoblastic leukaemia from its components, by the criteria of the ELN or of the CIBMTR.

ELN: Gökbuget N, Boissel N, Chiaretti S, et al. Blood 2024; 143: 1891-1902, table of response criteria. CIBMTR: Forms
Instruction Manual, ALL Response Criteria. The suite has the levels CR, CRi, PR and NR: a CR with partial recovery of
counts (CRh) and a morphologic leukaemia-free state count as CRi. What one assessment cannot show is not asked for:
independence of transfusions, and, of the CIBMTR, four weeks of remission.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cartcohort.study.grading.scale import agree_over, as_floats

COMPONENTS = (
    "response_marrow_blasts_pct",
    "response_anc_1e9_per_l",
    "response_platelets_1e9_per_l",
    "response_extramedullary",
    "response_mrd_pct",
)

CRITERIA = {"eln": "European LeukemiaNet (ELN)", "cibmtr": "CIBMTR"}
"""Names of the criteria by the value of the parameter `response_criteria`."""

_CLEARED_PCT, _PARTIAL_PCT, _MRD_PCT = 5, 25, 1
_ANC, _PLATELETS = 1.0, 100.0
_NR, _PR, _CRI, _CR = 0.0, 1.0, 2.0, 3.0
_LEVELS = np.array(["NR", "PR", "CRi", "CR"], dtype=object)


def judge_response(subjects: pd.DataFrame, criteria: str) -> pd.Series:
    """Judge the response of each patient.

    Parameters
    ----------
    subjects : DataFrame
        With the columns of `COMPONENTS`, all of the assessment of best response, and `marrow_blasts_pct` before.
    criteria : str
        "eln" or "cibmtr".

    Returns
    -------
    Series of object
        CR, CRi, PR or NR; missing where what is not recorded could change it. MRD counts only where it is recorded.
    """
    blasts, anc, platelets, outside, mrd = (as_floats(subjects[name]) for name in COMPONENTS)
    given = {"blasts": blasts, "anc": anc, "platelets": platelets, "outside": outside}
    possible = {"blasts": (0, _CLEARED_PCT, 100), "anc": (0, np.inf), "platelets": (0, np.inf), "outside": (0, 1)}
    if criteria == "eln":
        given |= {"before": as_floats(subjects["marrow_blasts_pct"]), "mrd": mrd}
        verdict = agree_over(_judge_eln, given, possible | {"before": (0, 100)})
    else:
        verdict = agree_over(_judge_cibmtr, given, possible)
    missing = np.isnan(verdict)
    levels = _LEVELS[np.where(missing, 0, verdict).astype(int)]
    return pd.Series(np.where(missing, None, levels), index=subjects.index, dtype=object)


def _judge_cibmtr(blasts: np.ndarray, anc: np.ndarray, platelets: np.ndarray, outside: np.ndarray) -> np.ndarray:
    remission = (blasts < _CLEARED_PCT) & (outside == 0)
    recovered = (anc >= _ANC) & (platelets >= _PLATELETS)
    return np.where(remission, np.where(recovered, _CR, _CRI), _NR)


def _judge_eln(
    blasts: np.ndarray,
    anc: np.ndarray,
    platelets: np.ndarray,
    outside: np.ndarray,
    before: np.ndarray,
    mrd: np.ndarray,
) -> np.ndarray:
    recovered = (anc >= _ANC) & (platelets >= _PLATELETS)
    remission = (blasts < _CLEARED_PCT) & (outside == 0) & ~(mrd >= _MRD_PCT)
    halved = (blasts >= _CLEARED_PCT) & (blasts <= _PARTIAL_PCT) & (blasts <= before / 2)
    partial = halved & recovered & (outside == 0)
    # With little residual disease by a finer method, the blasts are those of a marrow that recovers.
    verdict = np.where(partial, np.where(mrd < _MRD_PCT, _CR, _PR), _NR)
    return np.where(remission, np.where(recovered, _CR, _CRI), verdict)
