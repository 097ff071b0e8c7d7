"""Events and measurements that cannot be."""

import pytest

from tests.cli.broken_inputs.remedies import ADD, FILL, HERE, NOBODY, NUMBER, ORDER, WHOLE
from tests.cli.broken_inputs.studies import Broken, refuse

BROKEN = {
    "an event of nobody in the subjects table": Broken(
        told=[
            (
                "`subject_id` names a patient who is not in the subjects table.",
                "adverse_events.csv: row 3, column subject_id",
                NOBODY,
            )
        ],
        replace={"adverse_events.csv": {"A-02,ICANS": "A-09,ICANS"}},
    ),
    "an event without a patient": Broken(
        told=[("`subject_id` is empty.", "adverse_events.csv: row 3, column subject_id", FILL)],
        replace={"adverse_events.csv": {"A-02,ICANS": ",ICANS"}},
    ),
    "an event without a term": Broken(
        told=[("`term` is empty.", "adverse_events.csv: row 3, column term", FILL)],
        replace={"adverse_events.csv": {"A-02,ICANS": "A-02,"}},
    ),
    "a table of events without its terms": Broken(
        told=[("The column `term` is missing.", "adverse_events.csv", ADD)],
        replace={"adverse_events.csv": {"term": "event"}},
    ),
    "a grade out of range": Broken(
        told=[("`grade` lies outside its range.", "adverse_events.csv: row 3, column grade", "Allowed: 1-5.")],
        replace={"adverse_events.csv": {"ICANS,1": "ICANS,6"}},
    ),
    "grade zero": Broken(
        told=[("`grade` lies outside its range.", "adverse_events.csv: row 3, column grade", "Allowed: 1-5.")],
        replace={"adverse_events.csv": {"ICANS,1": "ICANS,0"}},
    ),
    "a grade in Roman numerals": Broken(
        told=[("`grade` holds a cell that is not a whole number.", "adverse_events.csv: row 3, column grade", WHOLE)],
        replace={"adverse_events.csv": {"ICANS,1": "ICANS,III"}},
    ),
    "a third infusion": Broken(
        told=[("`infusion` lies outside its range.", "adverse_events.csv: row 3, column infusion", "Allowed: 1-2.")],
        replace={"adverse_events.csv": {"2020-02-13,1": "2020-02-13,3"}},
    ),
    "a resolution before the onset": Broken(
        told=[
            (
                "`resolution_date` must not be before `onset_date`.",
                "adverse_events.csv: row 3, columns onset_date and resolution_date",
                HERE,
            )
        ],
        replace={"adverse_events.csv": {"2020-02-13": "2020-02-10"}},
    ),
    "an onset after the death": Broken(
        told=[
            (
                "`onset_date` must not be after the patient's death.",
                "adverse_events.csv: row 4, column onset_date",
                HERE,
            )
        ],
        replace={"adverse_events.csv": {"2020-03-12": "2020-04-12"}},
    ),
    "an onset after the cut-off": Broken(
        told=[
            (
                "`onset_date` must not be after `data_cutoff_date`.",
                "adverse_events.csv: row 3, column onset_date",
                HERE,
            ),
            (
                "`resolution_date` must not be after `data_cutoff_date`.",
                "adverse_events.csv: row 3, column resolution_date",
                HERE,
            ),
        ],
        replace={"adverse_events.csv": {"2020-02-11,2020-02-13": "2023-02-11,2023-02-13"}},
    ),
    "CRS before infusion": Broken(
        told=[
            (
                "`onset_date` of CRS and ICANS must not be before infusion.",
                "adverse_events.csv: row 2, column onset_date",
                HERE,
            )
        ],
        replace={"adverse_events.csv": {"2020-01-09": "2020-01-05"}},
    ),
    "grade 5 of the living": Broken(
        told=[
            (
                "Grade 5 is for the fatal event, but the patient is alive.",
                "adverse_events.csv: row 3, column grade",
                "Correct the grade, or fill in the death in the subjects table.",
            )
        ],
        replace={"adverse_events.csv": {"ICANS,1": "ICANS,5"}},
    ),
    "grade 5 of a patient who died of the disease": Broken(
        told=[
            (
                "Grade 5 is for the fatal event, but the patient died of the disease.",
                "adverse_events.csv: row 2, column grade",
                "Correct the grade, or `death_cause` in the subjects table.",
            ),
            (
                "Grade 5 is for the fatal event, but the event was over before the death.",
                "adverse_events.csv: row 2, columns grade and resolution_date",
                "Correct the grade, or leave the resolution empty.",
            ),
        ],
        replace={"adverse_events.csv": {"A-01,CRS,2": "A-01,CRS,5"}},
    ),
    "grade 5 that was over before the death": Broken(
        told=[
            (
                "Grade 5 is for the fatal event, but the event was over before the death.",
                "adverse_events.csv: row 4, columns grade and resolution_date",
                "Correct the grade, or leave the resolution empty.",
            )
        ],
        replace={"adverse_events.csv": {"2020-03-12,,": "2020-03-12,2020-03-15,"}},
    ),
    "two fatal events of one patient": Broken(
        told=[
            (
                "Grade 5 is for the fatal event, but a patient has more than one.",
                "adverse_events.csv: rows 4 and 5, column grade",
                "Keep grade 5 for the event that the patient died of.",
            )
        ],
        replace={
            "adverse_events.csv": {
                "A-03,CRS,5,2020-03-12,,1\n": "A-03,CRS,5,2020-03-12,,1\nA-03,ICANS,5,2020-03-14,,1\n"
            }
        },
    ),
    "events in days though the subjects are in dates, with an onset after the death": Broken(
        told=[
            (
                "`onset_day` must not be after the patient's death.",
                "adverse_events.csv: row 2, column onset_day",
                HERE,
            )
        ],
        files={"adverse_events.csv": b"subject_id,term,onset_day\nA-03,CRS,30\n"},
    ),
    "a measurement without its day": Broken(
        told=[("`assessment_date` is empty.", "assessments.csv: row 3, column assessment_date", FILL)],
        replace={"assessments.csv": {"2020-02-12": ""}},
    ),
    "a measurement after the death": Broken(
        told=[
            (
                "`assessment_date` must not be after the patient's death.",
                "assessments.csv: row 2, column assessment_date",
                HERE,
            )
        ],
        replace={"assessments.csv": {"2020-01-09": "2020-10-09"}},
    ),
    "a measurement of nobody in the subjects table": Broken(
        told=[
            (
                "`subject_id` names a patient who is not in the subjects table.",
                "assessments.csv: row 3, column subject_id",
                NOBODY,
            )
        ],
        replace={"assessments.csv": {"A-02": "A-2"}},
    ),
    "a value in words": Broken(
        told=[("`value` holds a cell that is not a number.", "assessments.csv: row 2, column value", NUMBER)],
        replace={"assessments.csv": {"1200": "high"}},
    ),
    "measurements without assay": Broken(
        told=[("The column `assay` is missing.", "assessments.csv", ADD)],
        replace={"assessments.csv": {"assay": "test"}},
    ),
    "breaches in all three tables at once": Broken(
        told=[
            ("`value` holds a cell that is not a number.", "assessments.csv: row 2, column value", NUMBER),
            ("`death_date` must not be before the first infusion.", "subjects.csv: row 4, column death_date", ORDER),
            (
                "`subject_id` names a patient who is not in the subjects table.",
                "adverse_events.csv: row 3, column subject_id",
                NOBODY,
            ),
            (
                "`onset_date` must not be after the patient's death.",
                "adverse_events.csv: row 4, column onset_date",
                HERE,
            ),
        ],
        replace={
            "subjects.csv": {"2020-03-31": "2020-03-01"},
            "adverse_events.csv": {"A-02,ICANS": "A-09,ICANS"},
            "assessments.csv": {"1200": "high"},
        },
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_check_refuses_with_place_and_remedy(tmp_path, broken):
    refuse(broken, tmp_path, "check", "study")
