"""Frames as a loaded study has them, from a few literals: patients, their events and their measurements."""

import pandas as pd

from cartcohort.estimate.sections import toxicity

_DAYS = ("death_day", "last_contact_day", "data_cutoff_day", "second_infusion_day", "tocilizumab_day")


def make_subjects(n, **columns):
    """Patients P0, P1, ..., followed for 1,000 days; any column can be given."""
    frame = pd.DataFrame({"subject_id": pd.array([f"P{i}" for i in range(n)], dtype="string")})
    for name in (*_DAYS, "corticosteroid_day"):
        frame[name] = whole(*[pd.NA] * n)
    frame["last_contact_day"] = whole(*[1000] * n)
    frame["response"] = pd.Categorical([None] * n, categories=["no", "yes"], ordered=True)
    return frame.assign(**columns)


def make_events(*rows):
    """Events from (patient, term, grade, onset, resolution[, infusion[, treatment]]); None where not recorded."""
    padded = [(*row, *(None,) * (7 - len(row))) for row in rows]
    names = ("subject_id", "term", "grade", "onset_day", "resolution_day", "infusion", "treatment")
    columns = dict(zip(names, zip(*padded, strict=True) if padded else ((),) * 7, strict=True))
    frame = pd.DataFrame({"subject_id": pd.array([f"P{i}" for i in columns["subject_id"]], dtype="string")})
    for name in ("term", "treatment"):
        frame[name] = pd.array(columns[name], dtype="string")
    for name in ("grade", "onset_day", "resolution_day", "infusion"):
        frame[name] = whole(*columns[name])
    return frame


def make_assessments(*rows):
    """Measurements from (patient, assay, day, value, unit)."""
    names = ("subject_id", "assay", "assessment_day", "value", "unit")
    columns = dict(zip(names, zip(*rows, strict=True) if rows else ((),) * 5, strict=True))
    return pd.DataFrame(
        {
            "subject_id": pd.array([f"P{i}" for i in columns["subject_id"]], dtype="string"),
            "assay": pd.array(columns["assay"], dtype="string"),
            "assessment_day": whole(*columns["assessment_day"]),
            "value": pd.Series(columns["value"], dtype=float),
            "unit": pd.array(columns["unit"], dtype="string"),
        }
    )


def syndromes_of(*rows, subjects):
    """CRS and ICANS of these events."""
    return toxicity.select_syndromes(toxicity.prepare_events(make_events(*rows), subjects), n=len(subjects))


def whole(*values):
    """Whole numbers as a loaded study has them."""
    return pd.array([pd.NA if value is None else value for value in values], dtype="Int64")


def factor(*values, levels):
    """A factor with its levels in order."""
    return pd.Categorical(values, categories=levels, ordered=True)
