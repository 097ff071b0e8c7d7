"""Tables that are no tables, or whose rows and columns do not fit."""

import pytest

from tests.cli.broken_inputs.remedies import ADD, DATE, HERE, LIST, NOBODY, NUMBER, WHOLE
from tests.cli.broken_inputs.studies import SUBJECTS, Broken, refuse

HEADER = b"subject_id,infusion_date,death_date,last_contact_date\n"
LONG_CELLS = b"subject_id,death_day,last_contact_day,sex\n" + b"".join(
    b"P%d,1,,%d%s\n" % (n, n, 20_000 * b"x") for n in range(100)
)

BROKEN = {
    "no table of subjects": Broken(
        told=[
            (
                "There is no such table file.",
                "subjects.csv",
                "Put it there, or name the right file under `tables` in study.yaml.",
            )
        ],
        files={"subjects.csv": None},
    ),
    "an empty file": Broken(
        told=[("The file has no header.", "subjects.csv", "The first row must hold the column names.")],
        files={"subjects.csv": b""},
    ),
    "a header and no patient": Broken(
        told=[("The table holds no patient.", "subjects.csv", "Below the header, give each patient a row.")],
        files={"subjects.csv": HEADER},
    ),
    "a header and blank rows": Broken(
        told=[("The table holds no patient.", "subjects.csv", "Below the header, give each patient a row.")],
        files={"subjects.csv": HEADER + b"\n,,,\n"},
    ),
    "no header": Broken(
        told=[
            (
                (
                    "The first row holds none of the columns that must be there: `subject_id`, `death_date` or "
                    "`death_day`, `last_contact_date` or `last_contact_day`."
                ),
                "subjects.csv",
                (
                    "Put the column names into the first row, or say under `columns` in study.yaml what the "
                    "file calls them."
                ),
            )
        ],
        files={"subjects.csv": b"A-01,2020-01-06,2020-09-01,\nA-02,2020-01-06,2020-09-01,\n"},
    ),
    "a required column that is not there": Broken(
        told=[("The column `death_date` or `death_day` is missing.", "subjects.csv", ADD)],
        replace={"subjects.csv": {"death_date,": "dead_on,"}},
    ),
    "two columns of one name": Broken(
        told=[("Two columns have the same name.", "subjects.csv: column sex", "Rename one of them.")],
        replace={"subjects.csv": {"age_years,": "sex,"}},
    ),
    "a time as a date and as a day": Broken(
        told=[
            (
                "The same time is given twice, as `relapse_date` and `relapse_day`.",
                "subjects.csv: columns relapse_date and relapse_day",
                "Keep one of the two columns.",
            ),
            (
                "`relapse_day` holds a cell that is not a whole number.",
                "subjects.csv: row 3, column relapse_day",
                f"{WHOLE} Dates belong in a column `relapse_date`.",
            ),
        ],
        replace={"subjects.csv": {"hsct_date,": "relapse_day,"}},
    ),
    "a column that the suite gives itself": Broken(
        told=[
            (
                "`infused` is a name that the suite gives itself.",
                "subjects.csv: column infused",
                "Give the column another name.",
            )
        ],
        replace={"subjects.csv": {"hsct_date,": "infused,"}},
    ),
    "rows with too many cells": Broken(
        told=[
            (
                "A row has more cells than the header.",
                "subjects.csv: row 2",
                "Quote cells that hold a comma, or delete the surplus cells.",
            )
        ],
        replace={"subjects.csv": {"disease\n": "disease,,x\n"}},
    ),
    "a quotation mark that is not closed": Broken(
        told=[
            (
                "The file cannot be read as a table.",
                "subjects.csv: row 5",
                "Look for a quotation mark that is not closed.",
            )
        ],
        replace={"subjects.csv": {"A-04,": '"A-04,'}},
    ),
    "a row with too few cells": Broken(
        told=[
            (
                "`death_date` and `last_contact_date` must not both be empty.",
                "subjects.csv: row 3, columns death_date and last_contact_date",
                "Fill in the last day on which the patient was known to be alive.",
            ),
            (
                "`onset_date` must not be after the patient's death.",
                "adverse_events.csv: row 4, column onset_date",
                HERE,
            ),
        ],
        files={
            "subjects.csv": HEADER + b"A-01,2020-01-06,2020-09-01,\nA-02,2020-01-06\nA-03,2020-01-06,2020-02-01,\n"
        },
    ),
    "NUL bytes": Broken(
        told=[
            (
                "The file is no text, or is encoded in UTF-16 without a mark.",
                "subjects.csv",
                "Save it as UTF-8 (in Excel: CSV UTF-8), or name its encoding under `reading` in study.yaml.",
            )
        ],
        files={"subjects.csv": b"subject_id,death_day,last_contact_day\nA\x00,1,\n"},
    ),
    "a binary file": Broken(
        told=[
            (
                "The file is a workbook of Excel, not what its name says.",
                "subjects.csv",
                "Let its name end in .xlsx, here and in study.yaml.",
            )
        ],
        files={"subjects.csv": b"PK\x03\x04" + bytes(range(256)) * 8},
    ),
    "a cell of a megabyte": Broken(
        told=[("`age_years` holds a cell that is not a number.", "subjects.csv: row 5, column age_years", NUMBER)],
        replace={"subjects.csv": {"2020-03-30,28": "2020-03-30," + 1_000_000 * "9"}},
    ),
    "a hundred long cells that are in no list": Broken(
        told=[
            (
                "`sex` holds a value that is not in its list.",
                "subjects.csv: rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 90 more, column sex",
                f"Allowed: female, male. {LIST}.",
            )
        ],
        files={"subjects.csv": LONG_CELLS, "adverse_events.csv": None, "assessments.csv": None},
    ),
    "old Macintosh line ends around a bad cell": Broken(
        told=[("`death_date` holds a cell that is not a date.", "subjects.csv: row 2, column death_date", DATE)],
        files={"subjects.csv": SUBJECTS.replace("2020-09-01", "soon").replace("\n", "\r").encode()},
    ),
    "no newline after a bad cell at the end": Broken(
        told=[
            (
                "`last_contact_date` holds a cell that is not a date.",
                "subjects.csv: row 3, column last_contact_date",
                DATE,
            ),
            (
                "`subject_id` names a patient who is not in the subjects table.",
                "adverse_events.csv: row 4, column subject_id",
                NOBODY,
            ),
        ],
        files={"subjects.csv": HEADER + b"A-01,2020-01-06,2020-09-01,\nA-02,2020-01-06,,soon"},
    ),
    "a byte order mark before a bad cell": Broken(
        told=[
            ("`death_date` holds a cell that is not a date.", "subjects.csv: row 2, column death_date", DATE),
            (
                "`subject_id` names a patient who is not in the subjects table.",
                "adverse_events.csv: rows 3 and 4, column subject_id",
                NOBODY,
            ),
            (
                "`subject_id` names a patient who is not in the subjects table.",
                "assessments.csv: row 3, column subject_id",
                NOBODY,
            ),
        ],
        files={"subjects.csv": b"\xef\xbb\xbf" + HEADER + b"A-01,2020-01-06,soon,\n"},
    ),
    "blank rows above a bad cell": Broken(
        told=[
            ("`death_date` holds a cell that is not a date.", "subjects.csv: row 5, column death_date", DATE),
            (
                "`subject_id` names a patient who is not in the subjects table.",
                "adverse_events.csv: row 4, column subject_id",
                NOBODY,
            ),
        ],
        files={"subjects.csv": HEADER + b"A-01,2020-01-06,2020-09-01,\n\n,,,\nA-02,2020-01-06,soon,\n"},
    ),
    "a quoted line break above a bad cell": Broken(
        told=[
            ("`death_date` holds a cell that is not a date.", "subjects.csv: row 3, column death_date", DATE),
            (
                "`subject_id` names a patient who is not in the subjects table.",
                "adverse_events.csv: row 4, column subject_id",
                NOBODY,
            ),
        ],
        files={
            "subjects.csv": b"subject_id,infusion_date,death_date,last_contact_date,note\n"
            b'A-01,2020-01-06,2020-09-01,,"two\nlines"\nA-02,2020-01-06,soon,,\n'
        },
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_check_refuses_with_place_and_remedy(tmp_path, broken):
    refuse(broken, tmp_path, "check", "study")
