"""Make the study's tables from the source table: `python -m data.bmt.convert`.

README.md beside this file says what the source is and where it contradicts itself.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).parent
SOURCE = FOLDER / "bmt_raw.csv"

_DISEASE_GROUPS = {1: "ALL", 2: "AML low risk", 3: "AML high risk"}
_HOSPITALS = {1: "Ohio State", 2: "Alfred", 3: "St. Vincent", 4: "Hahnemann"}
_SEX = {0: "female", 1: "male"}
_YES_NO = {0: "no", 1: "yes"}


def convert_subjects(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the subjects table, in the order of the source; day 0 is the transplant."""
    end, died, relapsed = raw["death_or_last_contact_day"], raw["died"] == 1, raw["relapsed"] == 1
    return pd.DataFrame(
        {
            "subject_id": _number_patients(raw),
            "death_day": _where(end, died),
            "last_contact_day": _where(end, ~died),
            "age_years": raw["age_years"],
            "sex": raw["male"].map(_SEX),
            "best_response": "CR",
            "response_day": 0,
            "relapse_day": _where(raw["relapse_death_or_last_contact_day"], relapsed),
            "disease_group": raw["group"].map(_DISEASE_GROUPS),
            "fab_4_or_5": raw["fab_4_or_5"].map(_YES_NO),
            "methotrexate": raw["methotrexate"].map(_YES_NO),
            "cmv_positive": raw["cmv_positive"].map(_YES_NO),
            "donor_cmv_positive": raw["donor_cmv_positive"].map(_YES_NO),
            "donor_sex": raw["donor_male"].map(_SEX),
            "donor_age_years": raw["donor_age_years"],
            "wait_days": raw["wait_days"],
            "hospital": raw["hospital"].map(_HOSPITALS),
            "platelet_recovery_day": _where(raw["platelet_recovery_day"], raw["platelet_recovery"] == 1),
        }
    )


def convert_adverse_events(raw: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each graft-versus-host disease, without grades, which the source does not hold.

    An onset after the patient's death cannot be right: the event is kept, its day left empty.
    """
    tables = []
    for term in ("acute", "chronic"):
        day = raw[f"{term}_gvhd_day"]
        possible = (raw["died"] == 0) | (day <= raw["death_or_last_contact_day"])
        events = pd.DataFrame(
            {
                "subject_id": _number_patients(raw),
                "term": f"{term} GVHD",
                "grade": "",
                "onset_day": _where(day, possible),
            }
        )
        tables.append(events[raw[f"{term}_gvhd"] == 1])
    return pd.concat(tables).sort_values("subject_id", kind="stable")


def _number_patients(raw: pd.DataFrame) -> list[str]:
    return [f"BMT-{number:03d}" for number in range(1, len(raw) + 1)]


def _where(days: pd.Series, condition: pd.Series) -> pd.Series:
    return days.where(condition, np.nan).astype("Int64")


def main() -> None:
    """Write the tables beside the source."""
    raw = pd.read_csv(SOURCE)
    convert_subjects(raw).to_csv(FOLDER / "subjects.csv", index=False, lineterminator="\n")
    convert_adverse_events(raw).to_csv(FOLDER / "adverse_events.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
