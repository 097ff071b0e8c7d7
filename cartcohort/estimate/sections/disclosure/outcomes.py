"""What can happen to a patient, as the sets of patients that a masked run may count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cartcohort.estimate.sections.arrays import Endpoints
from cartcohort.estimate.sections.efficacy import find_responders, note_response_at_entry
from cartcohort.estimate.sections.toxicity import prepare_events, select_syndromes

_REMISSIONS = ("CR", "CRi")


@dataclass(frozen=True)
class Outcome:
    """Something that happened to some patients.

    Attributes
    ----------
    section : str
        Section that tells it.
    label, had : str
        What it is in words, and the verb of a sentence about those who had it.
    family : str
        Outcomes of a family may contain or exclude one another by what they mean.
    tested : bool
        Whether levels are compared by Fisher's exact test: not where it also depends on how long a patient was seen.
    """

    section: str
    label: str
    had: str
    family: str = "course"
    tested: bool = False


OUTCOMES: Mapping[str, Outcome] = {
    "death": Outcome("survival", "Death", "died"),
    "response": Outcome("efficacy", "Overall response (CR, CRi or PR)", "had a response", tested=True),
    "progression": Outcome("survival", "Event of PFS", "did not respond, progressed, relapsed or died"),
    "remission": Outcome("efficacy", "Complete remission (CR or CRi)", "had CR or CRi", tested=True),
    "relapse": Outcome("relapse", "Relapse", "relapsed"),
    "mrd_negative": Outcome("efficacy", "MRD-negative", "were found MRD-negative", tested=True),
    "crs": Outcome("safety", "CRS of any grade", "had CRS", "toxicity", tested=True),
    "crs_severe": Outcome(
        "safety", "CRS of grade 3 or higher", "had CRS of grade 3 or higher", "toxicity", tested=True
    ),
    "icans": Outcome("safety", "ICANS of any grade", "had ICANS", "toxicity", tested=True),
    "icans_severe": Outcome(
        "safety", "ICANS of grade 3 or higher", "had ICANS of grade 3 or higher", "toxicity", tested=True
    ),
}
"""Every outcome that is counted, in the order in which they are let in: an earlier one may shut out a later one."""


def find_outcomes(
    subjects: pd.DataFrame, adverse_events: pd.DataFrame, endpoints: Endpoints
) -> dict[str, np.ndarray]:
    """Return a mask of the patients who had each outcome, in the order of `OUTCOMES`; unrecorded ones are left out.

    Parameters
    ----------
    subjects, adverse_events : DataFrame
        Tables of the cohort. Who has no best response, or none of MRD, counts as one who had it not. A response that
        was a condition of entry is no outcome.
    endpoints : mapping of str to TimeToEvent
        "os" and, where it is recorded, "pfs", of all patients.
    """
    found = {
        name: np.asarray(endpoints[endpoint].event, dtype=bool)
        for name, endpoint in (("death", "os"), ("progression", "pfs"))
        if endpoint in endpoints
    }
    if subjects["best_response"].notna().any() and not note_response_at_entry(subjects):
        found["response"] = find_responders(subjects)
        found["remission"] = subjects["best_response"].isin(_REMISSIONS).to_numpy(dtype=bool)
    if subjects["relapse_day"].notna().any():
        found["relapse"] = subjects["relapse_day"].notna().to_numpy()
    if subjects["mrd_negative"].notna().any():
        found["mrd_negative"] = (subjects["mrd_negative"] == "yes").to_numpy(dtype=bool, na_value=False)
    events = prepare_events(adverse_events, subjects)
    for name, syndrome in select_syndromes(events, n=len(subjects)).items():
        found |= {name: syndrome.had, f"{name}_severe": syndrome.severe}
    return {name: found[name] for name in OUTCOMES if name in found}
