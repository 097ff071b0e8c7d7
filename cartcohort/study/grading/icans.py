"""Grade of immune effector cell-associated neurotoxicity syndrome from its components, by the consensus of the ASTCT.

Lee DW, Santomasso BD, Locke FL, et al. Biol Blood Marrow Transplant 2019; 25: 625-638: in adults, the worst
of five domains, each of what is due to no other cause. Grade 5, death, is not for components to say.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cartcohort.study.grading.scale import agree_over, as_floats, as_grades, rank_levels
from cartcohort.study.schema import CEREBRAL_EDEMA, CONSCIOUSNESS, SEIZURE

COMPONENTS = ("ice_score", "consciousness", "seizure", "motor_weakness", "cerebral_edema")

_CONSCIOUSNESS = dict(zip(CONSCIOUSNESS, (0, 1, 2, 3, 4), strict=True))
_SEIZURE = dict(zip(SEIZURE, (0, 3, 4), strict=True))
_CEREBRAL_EDEMA = dict(zip(CEREBRAL_EDEMA, (0, 3, 4), strict=True))
_MOTOR = 4
_ICE = np.array([3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 0], dtype=float)
"""Grade by ICE score from 0 to 10; a patient with 0 who cannot be roused is of grade 4 by the consciousness."""


def grade_icans(events: pd.DataFrame) -> pd.Series:
    """Grade rows of ICANS.

    Parameters
    ----------
    events : DataFrame
        With the columns of `COMPONENTS`, each the worst of the event.

    Returns
    -------
    Series of Int64
        1 to 4; 0 where no domain is impaired; missing where what is not recorded could change the grade.
    """
    score = as_floats(events["ice_score"])
    given = {
        "ice": np.where(np.isnan(score), np.nan, _ICE[np.nan_to_num(score).astype(int)]),
        "consciousness": rank_levels(events["consciousness"], _CONSCIOUSNESS),
        "seizure": rank_levels(events["seizure"], _SEIZURE),
        "motor": as_floats(events["motor_weakness"]) * _MOTOR,
        "edema": rank_levels(events["cerebral_edema"], _CEREBRAL_EDEMA),
    }
    possible = {"ice": (0, 3), "consciousness": (0, 4), "seizure": (0, 4), "motor": (0, 4), "edema": (0, 4)}
    return as_grades(agree_over(_worst, given, possible), events.index)


def _worst(**domains: np.ndarray) -> np.ndarray:
    return np.maximum.reduce(list(domains.values()))
