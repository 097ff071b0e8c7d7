"""Cells that do not hold what their column holds."""

import pytest

from tests.cli.broken_inputs.remedies import (
    DATE,
    EITHER,
    FILL,
    LIST,
    NOBODY,
    NUMBER,
    ORDER,
    SERIAL,
    UNITS,
    WHOLE,
    YEAR,
    YEAR_FIRST,
)
from tests.cli.broken_inputs.studies import Broken, refuse

SEX = f"Allowed: female, male. {LIST}, such as `values: {{subjects: {{sex: {{f: female, m: male, w: female}}}}}}`."

BROKEN = {
    "a day that no month has": Broken(
        told=[("`death_date` holds a cell that is not a date.", "subjects.csv: row 2, column death_date", DATE)],
        replace={"subjects.csv": {"2020-09-01": "2021-02-30"}},
    ),
    "a date of zeros": Broken(
        told=[("`death_date` holds a cell that is not a date.", "subjects.csv: row 2, column death_date", DATE)],
        replace={"subjects.csv": {"2020-09-01": "0000-00-00"}},
    ),
    "a date in another order": Broken(
        told=[("`death_date` holds a cell that is not a date.", "subjects.csv: row 2, column death_date", EITHER)],
        replace={"subjects.csv": {"2020-09-01": "01.09.2020"}},
    ),
    "a date as the number of a spreadsheet": Broken(
        told=[("`death_date` holds a cell that is not a date.", "subjects.csv: row 2, column death_date", SERIAL)],
        replace={"subjects.csv": {"2020-09-01": "44075"}},
    ),
    "a date with a time of day": Broken(
        told=[
            ("`death_date` holds a cell that is not a date.", "subjects.csv: row 2, column death_date", YEAR_FIRST)
        ],
        replace={"subjects.csv": {"2020-09-01": "2020-09-01 00:00:00"}},
    ),
    "a date without its day": Broken(
        told=[("`death_date` holds a cell that is not a date.", "subjects.csv: row 2, column death_date", DATE)],
        replace={"subjects.csv": {"2020-09-01": "2020-13"}},
    ),
    "a date far in the future": Broken(
        told=[
            (
                "`last_contact_date` holds a cell that is not a date.",
                "subjects.csv: row 3, column last_contact_date",
                DATE,
            )
        ],
        replace={"subjects.csv": {"2022-12-20": "9999-12-31"}},
    ),
    "an infusion in another century": Broken(
        told=[
            (
                "`last_contact_date` lies more than a hundred years from the first infusion.",
                "subjects.csv: row 3, columns last_contact_date and infusion_date",
                YEAR,
            ),
            (
                "`enrollment_date` lies more than a hundred years from the first infusion.",
                "subjects.csv: row 3, columns enrollment_date and infusion_date",
                YEAR,
            ),
            (
                "`response_date` lies more than a hundred years from the first infusion.",
                "subjects.csv: row 3, columns response_date and infusion_date",
                YEAR,
            ),
            (
                "`hsct_date` lies more than a hundred years from the first infusion.",
                "subjects.csv: row 3, columns hsct_date and infusion_date",
                YEAR,
            ),
            (
                "`enrollment_date` must not be after the first infusion.",
                "subjects.csv: row 3, column enrollment_date",
                ORDER,
            ),
        ],
        replace={"subjects.csv": {"A-02,2020-02-05": "A-02,1902-02-05"}},
    ),
    "days in a column of dates": Broken(
        told=[
            (
                "`death_date` holds a cell that is not a date.",
                "subjects.csv: row 2, column death_date",
                f"{DATE} Days from infusion belong in a column `death_day`.",
            )
        ],
        replace={"subjects.csv": {"2020-09-01": "239"}},
    ),
    "dates in a column of days": Broken(
        told=[
            (
                "`death_day` holds a cell that is not a whole number.",
                "subjects.csv: row 2, column death_day",
                f"{WHOLE} Dates belong in a column `death_date`.",
            )
        ],
        files={
            "subjects.csv": b"subject_id,death_day,last_contact_day\nA-01,2020-09-01,\nA-02,,90\n",
            "adverse_events.csv": None,
            "assessments.csv": None,
        },
    ),
    "months with decimals in a column of days": Broken(
        told=[
            ("`death_day` holds a cell that is not a whole number.", "subjects.csv: row 2, column death_day", UNITS),
            (
                "`last_contact_day` holds a cell that is not a whole number.",
                "subjects.csv: row 3, column last_contact_day",
                UNITS,
            ),
        ],
        files={
            "subjects.csv": b"subject_id,death_day,last_contact_day\nA-01,7.5,\nA-02,,12.25\n",
            "adverse_events.csv": None,
            "assessments.csv": None,
        },
    ),
    "a number with a unit": Broken(
        told=[("`age_years` holds a cell that is not a number.", "subjects.csv: row 2, column age_years", NUMBER)],
        replace={"subjects.csv": {",33,": ",33 years,"}},
    ),
    "a decimal comma": Broken(
        told=[("`age_years` holds a cell that is not a number.", "subjects.csv: row 2, column age_years", NUMBER)],
        replace={"subjects.csv": {",33,": ',"33,5",'}},
    ),
    "a number with blanks between thousands": Broken(
        told=[("`age_years` holds a cell that is not a number.", "subjects.csv: row 2, column age_years", NUMBER)],
        replace={"subjects.csv": {",33,": ",3 300,"}},
    ),
    "an infinite number": Broken(
        told=[("`age_years` holds a cell that is not a number.", "subjects.csv: row 2, column age_years", NUMBER)],
        replace={"subjects.csv": {",33,": ",inf,"}},
    ),
    "an age out of range": Broken(
        told=[
            ("`age_years` lies outside its range.", "subjects.csv: row 2, column age_years", "Allowed: 0-120 years.")
        ],
        replace={"subjects.csv": {",33,": ",330,"}},
    ),
    "lines of therapy that are no whole number": Broken(
        told=[
            (
                "`prior_lines` holds a cell that is not a whole number.",
                "subjects.csv: row 2, column prior_lines",
                WHOLE,
            )
        ],
        replace={"subjects.csv": {"male,3,": "male,2.5,"}},
    ),
    "negative lines of therapy": Broken(
        told=[("`prior_lines` lies outside its range.", "subjects.csv: row 2, column prior_lines", "Allowed: 0-20.")],
        replace={"subjects.csv": {"male,3,": "male,-1,"}},
    ),
    "a sex in one letter": Broken(
        told=[("`sex` holds a value that is not in its list.", "subjects.csv: row 2, column sex", SEX)],
        replace={"subjects.csv": {"33,male": "33,m"}},
    ),
    "a category in other capitals": Broken(
        told=[
            (
                "`best_response` holds a value that is not in its list. Did you mean `CR`?",
                "subjects.csv: row 2, column best_response",
                f"Allowed: CR, CRi, PR, NR, NE. {LIST}.",
            )
        ],
        replace={"subjects.csv": {"no,CR,": "no,cr,"}},
    ),
    "a category that is in no list": Broken(
        told=[
            (
                "`best_response` holds a value that is not in its list.",
                "subjects.csv: row 2, column best_response",
                f"Allowed: CR, CRi, PR, NR, NE. {LIST}.",
            )
        ],
        replace={"subjects.csv": {"no,CR,": "no,healed,"}},
    ),
    "yes in one letter": Broken(
        told=[
            (
                "`prior_hsct` holds a value that is not in its list.",
                "subjects.csv: row 3, column prior_hsct",
                f"Allowed: no, yes. {LIST}, such as `values: {{subjects: {{prior_hsct: {{'N': no, 'Y': yes}}}}}}`.",
            )
        ],
        replace={"subjects.csv": {"female,2,yes": "female,2,Y"}},
    ),
    "an empty id": Broken(
        told=[
            ("`subject_id` is empty.", "subjects.csv: row 3, column subject_id", FILL),
            (
                "`subject_id` names a patient who is not in the subjects table.",
                "adverse_events.csv: row 3, column subject_id",
                NOBODY,
            ),
            (
                "`subject_id` names a patient who is not in the subjects table.",
                "assessments.csv: row 3, column subject_id",
                NOBODY,
            ),
        ],
        replace={"subjects.csv": {"A-02,": ","}},
    ),
    "an id given twice": Broken(
        told=[
            (
                "`subject_id` must be unique.",
                "subjects.csv: rows 3 and 5, column subject_id",
                "Give each patient one row.",
            )
        ],
        replace={"subjects.csv": {"A-04,": "A-02,"}},
    ),
    "a bad cell in each of two tables": Broken(
        told=[
            ("`sex` holds a value that is not in its list.", "subjects.csv: row 2, column sex", SEX),
            ("`value` holds a cell that is not a number.", "assessments.csv: row 2, column value", NUMBER),
        ],
        replace={"subjects.csv": {"33,male": "33,m"}, "assessments.csv": {"1200": "high"}},
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_check_refuses_with_place_and_remedy(tmp_path, broken):
    refuse(broken, tmp_path, "check", "study")
