"""What the columns of the data dictionary are called in ADaM, in names of eight letters and labels of forty at most.

Names are those of the ADaM Implementation Guide where it has one, else of its pattern (a date ends in DT).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SUBJECT_VARIABLES = {
    "subject_id": ("USUBJID", "Unique Subject Identifier"),
    "infusion_date": ("TRTSDT", "Date of First Exposure to Treatment"),
    "death_day": ("DTHDT", "Date of Death"),
    "last_contact_day": ("LSTALVDT", "Date Last Known Alive"),
    "enrollment_day": ("ENRLDT", "Date of Enrollment"),
    "second_infusion_day": ("TR02SDT", "Date of Second Infusion"),
    "age_years": ("AGE", "Age"),
    "sex": ("SEX", "Sex"),
    "disease_status": ("DISSTAT", "Disease Status at Enrollment"),
    "prior_lines": ("PRLINES", "Prior Lines of Therapy"),
    "prior_hsct": ("PRHSCT", "Prior Stem-Cell Transplant"),
    "extramedullary_disease": ("EMD", "Extramedullary Disease"),
    "marrow_blasts_pct": ("BLASTPCT", "Marrow Blasts (%)"),
    "genetic_abnormalities": ("GENABN", "Genetic Abnormalities"),
    "genetic_risk": ("GENRISK", "Genetic Risk"),
    "first_product": ("TRT01A", "Actual Treatment for Period 01"),
    "car19_dose_1e6_per_kg": ("DOSE19", "CAR19 Dose (10^6 cells/kg)"),
    "car22_dose_1e6_per_kg": ("DOSE22", "CAR22 Dose (10^6 cells/kg)"),
    "best_response": ("BOR", "Best Overall Response"),
    "response_day": ("RSPDT", "Date of First Response"),
    "response_marrow_blasts_pct": ("RSPBLAST", "Marrow Blasts at Response (%)"),
    "response_anc_1e9_per_l": ("RSPANC", "Neutrophils at Response (10^9/L)"),
    "response_platelets_1e9_per_l": ("RSPPLAT", "Platelets at Response (10^9/L)"),
    "response_extramedullary": ("RSPEMD", "Extramedullary Disease at Response"),
    "response_mrd_pct": ("RSPMRD", "MRD at Response (%)"),
    "mrd_negative": ("MRDNEG", "MRD-Negative at Best Response"),
    "progression_day": ("PDDT", "Date of Progression"),
    "relapse_day": ("RELDT", "Date of Relapse"),
    "relapse_cd19": ("RELCD19", "CD19 at Relapse"),
    "relapse_cd22": ("RELCD22", "CD22 at Relapse"),
    "relapse_site": ("RELSITE", "Site of Relapse"),
    "hsct_day": ("HSCTDT", "Date of Transplant after Infusion"),
    "new_therapy_day": ("NTXDT", "Date of New Anti-Leukemia Therapy"),
    "death_cause": ("DTHCAUS", "Cause of Death"),
    "tocilizumab_day": ("TOCIDT", "Date of First Tocilizumab"),
    "corticosteroid_day": ("STERDT", "Date of First Corticosteroid"),
}
"""Standard column to ADaM name and label. Of a study in days the names of dates end in DY instead of DT."""

_LONGEST_NAME, _LONGEST_LABEL = 8, 40


def name_variables(names: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Return a name of at most eight capitals and digits for each of the given ones, all different.

    Parameters
    ----------
    names : iterable of str
        Such as `wait_days` (WAITDAYS).
    taken : iterable of str
        Names that are given away already.
    """
    found: dict[str, str] = {}
    used = set(taken)
    for name in names:
        stem = re.sub(r"[^A-Z0-9]", "", name.upper().encode("ascii", "ignore").decode())
        stem = stem if stem[:1].isalpha() else f"X{stem}"
        new, number = stem[:_LONGEST_NAME], 1
        while new in used:
            number += 1
            new = f"{stem[: _LONGEST_NAME - len(str(number))]}{number}"
        used.add(new)
        found[name] = new
    return found


def shorten_label(label: str) -> str:
    """Return a label of at most forty ASCII characters, as a transport file holds it."""
    return label.replace("⁶", "^6").encode("ascii", "ignore").decode().strip()[:_LONGEST_LABEL]
