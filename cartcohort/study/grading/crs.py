"""Grade of cytokine release syndrome from its components, by the consensus of the ASTCT.

Lee DW, Santomasso BD, Locke FL, et al. Biol Blood Marrow Transplant 2019; 25: 625-638: fever of 38.0 °C or more, and
the worse of hypotension and hypoxia. Once antipyretics or anticytokine therapy (tocilizumab, steroids) were given,
fever is no longer required, and hypotension and hypoxia decide. Grade 5, death, is not for components to say.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from cartcohort.study.grading.scale import agree_over, as_floats, as_grades, rank_levels
from cartcohort.study.schema import HYPOTENSION, HYPOXIA

COMPONENTS = ("fever", "max_temperature_c", "hypotension", "hypoxia")

FEVER_C = 38.0
_HYPOTENSION = dict(zip(HYPOTENSION, (0, 2, 3, 4), strict=True))
_HYPOXIA = dict(zip(HYPOXIA, (0, 2, 3, 4), strict=True))
_NAMES = (
    "tocilizumab siltuximab sarilumab anakinra emapalumab "
    "dexamethasone dexamethason prednisolone prednisolon prednisone prednison "
    "methylprednisolone methylprednisolon hydrocortisone hydrocortison betamethasone betamethason "
    "cortisone cortison kortison steroid steroids steroide corticosteroid corticosteroids kortikosteroide "
    "glucocorticoid glucocorticoids glukokortikoide "
    "antipyretic antipyretics antipyretika paracetamol acetaminophen metamizole metamizol dipyrone "
    "ibuprofen naproxen diclofenac aspirin"
)
_MASKS_FEVER = frozenset(_NAMES.split())
"""Names in `treatment` that are antipyretics or anticytokine therapy, in English and German."""
_DOSE = re.compile(r"\s\d[\d.,x×]*\s*(mg|g)(/kg)?$")
_NOT_GIVEN = re.compile(r"(no|none|not|without|keine?|ohne)\b")
_MENTIONED = re.compile("|".join(sorted(_MASKS_FEVER)))


def grade_crs(events: pd.DataFrame, fever_not_needed: np.ndarray) -> pd.Series:
    """Grade rows of CRS.

    Parameters
    ----------
    events : DataFrame
        With the columns of `COMPONENTS`, each the worst of the event.
    fever_not_needed : ndarray of float, one a row
        1 where antipyretics or anticytokine therapy had been given, 0 where not, NaN where unknown.

    Returns
    -------
    Series of Int64
        1 to 4; 0 where the components do not make a CRS; missing where what is not recorded could change the grade.
    """
    given = {
        "fever": _find_fever(events),
        "fever_not_needed": fever_not_needed,
        "hypotension": rank_levels(events["hypotension"], _HYPOTENSION),
        "hypoxia": rank_levels(events["hypoxia"], _HYPOXIA),
    }
    possible = {"fever": (0, 1), "fever_not_needed": (0, 1), "hypotension": (0, 4), "hypoxia": (0, 4)}
    return as_grades(agree_over(_grade, given, possible), events.index)


def _grade(
    fever: np.ndarray, fever_not_needed: np.ndarray, hypotension: np.ndarray, hypoxia: np.ndarray
) -> np.ndarray:
    severity = np.maximum(hypotension, hypoxia)
    counted = (fever == 1) | (fever_not_needed == 1)
    return np.where(severity > 0, np.where(counted, severity, 0), fever)


def _find_fever(events: pd.DataFrame) -> np.ndarray:
    """Return 1 with fever by word or by temperature, 0 where one of them denies it, NaN where neither is recorded."""
    measured = as_floats(events["max_temperature_c"])
    measured = np.where(np.isnan(measured), np.nan, measured >= FEVER_C)
    return np.fmax(as_floats(events["fever"]), measured)


def find_masked_fever(events: pd.DataFrame, subjects: pd.DataFrame, *, doses_recorded: bool) -> np.ndarray:
    """Return whether antipyretics or anticytokine therapy were given before each event's end, for `grade_crs`.

    Parameters
    ----------
    events : DataFrame
        With `subject_id`, `resolution_day` and `treatment`. One without a resolution lasts.
    subjects : DataFrame
        With `subject_id`, `tocilizumab_day` and `corticosteroid_day`.
    doses_recorded : bool
        Whether both days are columns of the study, so that an empty one says that none was given.
    """
    place = pd.Index(subjects["subject_id"]).get_indexer(events["subject_id"])
    end = np.nan_to_num(as_floats(events["resolution_day"]), nan=np.inf)
    given = np.zeros(len(events), dtype=bool)
    for name in ("tocilizumab_day", "corticosteroid_day"):
        given |= np.append(as_floats(subjects[name]), np.nan)[place] <= end
    codes, texts = pd.factorize(events["treatment"])
    named = np.array([*map(_masks_fever, texts), np.nan])[codes]
    none_named = np.where(codes < 0, doses_recorded, named == 0)
    return np.select([given | (named == 1), none_named], [1.0, 0.0], np.nan)


def _masks_fever(treatment: str) -> float:
    """Return 1 where a name is such a drug, NaN where one only contains such a drug's name, and else 0."""
    names = [_DOSE.sub("", name.strip().casefold()) for name in str(treatment).split(";")]
    if not _MASKS_FEVER.isdisjoint(names):
        return 1.0
    unclear = any(_MENTIONED.search(name) and not _NOT_GIVEN.match(name) for name in names)
    return np.nan if unclear else 0.0
