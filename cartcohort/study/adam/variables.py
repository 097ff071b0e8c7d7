"""Which variables of ADaM stand for which columns of the data dictionary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cartcohort.study.schema import SUBJECTS

SUBJECT_VARIABLES: Mapping[str, Sequence[str]] = {
    "subject_id": ("USUBJID",),
    "infusion_date": ("TRTSDT",),
    "death_date": ("DTHDT",),
    "enrollment_date": ("ENRLDT", "RANDDT"),
    "age_years": ("AGE",),
    "sex": ("SEX",),
    "death_day": ("DTHDY",),
    "last_contact_day": ("LSTALVDY",),
}
"""Variables of ADSL by standard column, the first that holds any value; `columns` in study.yaml names others."""

LAST_CONTACTS = ("LSTALVDT", "EOSDT", "RFENDT", "RFENDTC", "TRTEDT")
"""Variables of ADSL that tell the last day known alive, the first that is filled, after ADT of overall survival."""

EVENT_VARIABLES: Mapping[str, Sequence[str]] = {
    "subject_id": ("USUBJID",),
    "term": ("AEDECOD", "AETERM"),
    "grade": ("AETOXGR", "ATOXGR", "AETOXGRN", "ATOXGRN", "AESEV", "ASEV"),
    "onset_date": ("ASTDT",),
    "resolution_date": ("AENDT",),
    "onset_day": ("ASTDY",),
    "resolution_day": ("AENDY",),
    "infusion": ("APERIOD",),
    "treatment": ("AECONTRT",),
}
"""Variables of ADAE by standard column."""

MEASURE_VARIABLES: Mapping[str, Sequence[str]] = {
    "subject_id": ("USUBJID",),
    "assessment_date": ("ADT",),
    "assessment_day": ("ADY",),
    "assay": ("PARAM", "PARAMCD"),
    "value": ("AVAL",),
    "unit": ("AVALU", "LBSTRESU"),
}
"""Variables of ADLB by standard column."""

SEVERITIES = {"MILD": "1", "MODERATE": "2", "SEVERE": "3", "LIFE THREATENING": "4", "FATAL": "5"}
"""Grades that severities stand for."""
SEVERITY_COLUMNS = ("AESEV", "ASEV")

SEXES = {"F": "female", "M": "male", "U": "", "UNDIFFERENTIATED": ""}
FLAGS = {"Y": "yes", "N": "no"}

RESPONSES = {
    **{answer: answer for answer in ("CR", "CRi", "PR", "NR", "NE")},
    **dict.fromkeys(("CRI", "CRp", "CRP"), "CRi"),
    **dict.fromkeys(("SD", "PD", "NON-CR/NON-PD", "NON-CR/NON-PD/NE", "NN", "RD"), "NR"),
    **dict.fromkeys(("MISSING", "NOT EVALUABLE", "NOT DONE", "ND"), "NE"),
}
"""Best overall responses by AVALC: stable or progressive disease is no response."""
BEST_RESPONSES = ("BOR", "BESRSPC", "BESRSP", "BOVRLRES", "CBOR")
"""PARAMCD of the best overall response in ADRS, the first that is there."""
FIRST_RESPONSES = ("RSP", "CRSP")
PROGRESSIONS = ("PD",)
RELAPSES = ("RELAPSE", "REL")

TREATMENTS = ("TRTA", "TRT01A", "TRTP", "TRT01P", "ARM")
"""Variables of ADSL that name the treatment arm, the first that holds any value; the factor is called trta."""

FACTORS = ("trta", "agegr1", "sex")
"""Factors of a package whose study.yaml names none, before those of the data dictionary."""

LABELS = {
    "trta": "Treatment",
    "agegr1": "Age group",
    "race": "Race",
    "ethnic": "Ethnicity",
    "country": "Country",
    "siteid": "Site",
    "sitegr1": "Group of sites",
    "region1": "Region",
}
"""Words for a reader, of variables that most packages have."""

YES_NO = frozenset(column.name for column in SUBJECTS.columns if column.kind == "yes/no")
