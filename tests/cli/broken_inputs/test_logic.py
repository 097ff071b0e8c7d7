"""Courses of patients that cannot be."""

import pytest

from tests.cli.broken_inputs.remedies import HERE, LIST, ORDER
from tests.cli.broken_inputs.studies import Broken, refuse

BROKEN = {
    "neither a death nor a last contact": Broken(
        told=[
            (
                "`death_date` and `last_contact_date` must not both be empty.",
                "subjects.csv: row 3, columns death_date and last_contact_date",
                "Fill in the last day on which the patient was known to be alive.",
            )
        ],
        replace={"subjects.csv": {"2022-12-20": ""}},
    ),
    "an infusion that is not known": Broken(
        told=[
            (
                "`infusion_date` is empty, and there is no `enrollment_date` to count from instead.",
                "subjects.csv: row 3, columns infusion_date and enrollment_date",
                "Fill in the infusion; for a patient never infused, fill in the enrolment.",
            )
        ],
        replace={"subjects.csv": {"A-02,2020-02-05,,2022-12-20,2020-01-15": "A-02,,,2022-12-20,"}},
    ),
    "a death before infusion": Broken(
        told=[
            ("`death_date` must not be before the first infusion.", "subjects.csv: row 4, column death_date", ORDER),
            (
                "`onset_date` must not be after the patient's death.",
                "adverse_events.csv: row 4, column onset_date",
                HERE,
            ),
        ],
        replace={"subjects.csv": {"2020-03-31": "2020-03-01"}},
    ),
    "a last contact after the death": Broken(
        told=[
            (
                "`last_contact_date` must not be after `death_date`: nothing can follow the death.",
                "subjects.csv: row 4, columns last_contact_date and death_date",
                ORDER,
            )
        ],
        replace={"subjects.csv": {"2020-03-31,,": "2020-03-31,2020-04-01,"}},
    ),
    "a last contact after the cut-off": Broken(
        told=[
            (
                "`last_contact_date` must not be after `data_cutoff_date`.",
                "subjects.csv: row 5, column last_contact_date",
                "Correct them, or correct `data_cutoff_date` in study.yaml.",
            )
        ],
        replace={"subjects.csv": {"2022-12-28": "2023-01-05"}},
    ),
    "an infusion after the cut-off": Broken(
        told=[
            (
                "`response_date` must not be before the first infusion.",
                "subjects.csv: row 5, column response_date",
                ORDER,
            ),
            (
                "`infusion_date` must not be after `data_cutoff_date`.",
                "subjects.csv: row 5, column infusion_date",
                "Correct them, or correct `data_cutoff_date` in study.yaml.",
            ),
        ],
        replace={
            "subjects.csv": {"A-04,2020-04-15,,2022-12-28,2020-03-30": "A-04,2023-04-15,,2023-12-28,2020-03-30"}
        },
    ),
    "an enrolment after infusion": Broken(
        told=[
            (
                "`enrollment_date` must not be after the first infusion.",
                "subjects.csv: row 5, column enrollment_date",
                ORDER,
            )
        ],
        replace={"subjects.csv": {"2020-03-30": "2020-05-01"}},
    ),
    "a response before infusion": Broken(
        told=[
            (
                "`response_date` must not be before the first infusion.",
                "subjects.csv: row 5, column response_date",
                ORDER,
            )
        ],
        replace={"subjects.csv": {"2020-05-13": "2020-04-01"}},
    ),
    "a response after the death": Broken(
        told=[
            (
                "`response_date` must not be after `death_date`: nothing can follow the death.",
                "subjects.csv: row 4, columns response_date and death_date",
                ORDER,
            )
        ],
        replace={"subjects.csv": {"NR,,,,toxicity": "NR,2020-04-09,,,toxicity"}},
    ),
    "a transplant after the last contact": Broken(
        told=[
            (
                (
                    "`hsct_date` must not be after `last_contact_date`: it is the last day known alive, so no "
                    "event may lie after it."
                ),
                "subjects.csv: row 3, columns hsct_date and last_contact_date",
                ORDER,
            )
        ],
        replace={"subjects.csv": {"2020-06-10": "2022-12-25"}},
    ),
    "a relapse without a remission": Broken(
        told=[
            (
                "`relapse_date` is for patients whose `best_response` is CR or CRi.",
                "subjects.csv: row 5, columns relapse_date and best_response",
                "Correct the response, or use progression where there was no complete remission.",
            )
        ],
        replace={"subjects.csv": {"no,PR,2020-05-13,": "no,PR,2020-05-13,2020-09-09"}},
    ),
    "a relapse on the day of the response": Broken(
        told=[
            (
                "`relapse_date` must be after `response_date`.",
                "subjects.csv: row 2, columns relapse_date and response_date",
                ORDER,
            )
        ],
        replace={"subjects.csv": {"2020-05-04": "2020-02-03"}},
    ),
    "a relapse before the response": Broken(
        told=[
            (
                "`relapse_date` must be after `response_date`.",
                "subjects.csv: row 2, columns relapse_date and response_date",
                ORDER,
            )
        ],
        replace={"subjects.csv": {"2020-05-04": "2020-01-20"}},
    ),
    "a cause of death of the living": Broken(
        told=[
            (
                "`death_cause` is given where `death_date` is empty.",
                "subjects.csv: row 3, columns death_cause and death_date",
                "Fill in the death, or leave the cause empty.",
            )
        ],
        replace={"subjects.csv": {"2020-06-10,": "2020-06-10,infection"}},
    ),
    "a bad order in one patient and a bad cell in another": Broken(
        told=[
            (
                "`sex` holds a value that is not in its list. Did you mean `male`?",
                "subjects.csv: row 5, column sex",
                f"Allowed: female, male. {LIST}.",
            ),
            ("`death_date` must not be before the first infusion.", "subjects.csv: row 4, column death_date", ORDER),
            (
                "`onset_date` must not be after the patient's death.",
                "adverse_events.csv: row 4, column onset_date",
                HERE,
            ),
        ],
        replace={"subjects.csv": {"2020-03-31": "2020-03-01", "28,male": "28,mail"}},
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_check_refuses_with_place_and_remedy(tmp_path, broken):
    refuse(broken, tmp_path, "check", "study")
