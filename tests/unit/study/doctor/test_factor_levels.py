"""Factors by which little can be compared."""

from tests.builders import COHORT, CUTOFF
from tests.unit.study.doctor.cases import found, in_days

HEADER = "death_day,last_contact_day,center"


def test_a_factor_with_one_level_is_told(tmp_path):
    yaml = f"data_cutoff_date: {CUTOFF}\nfactors: [prior_hsct]"
    assert found(tmp_path, subjects=COHORT, yaml=yaml) == [
        ("The factor `prior_hsct` has fewer than two levels among the patients.", "study.yaml")
    ]


def test_a_patient_alone_in_a_level_is_told(tmp_path):
    lines = [*(f",{900 + day},A" for day in range(6)), *(f",{800 + day},B" for day in range(5)), ",700,C"]
    [(what, where)] = found(tmp_path, **in_days(*lines, header=HEADER) | {"yaml": "factors: [center]"})
    assert what == "A level of the factor `center` has a single patient."
    assert where == "subjects.csv: row 13, column center"


def test_a_factor_that_a_fifth_lacks_is_told(tmp_path):
    lines = [*(f",{900 + day},{'AB'[day % 2]}" for day in range(8)), *(f",{800 + day}," for day in range(3))]
    study = in_days(*lines, header=HEADER) | {"yaml": "factors: [center]"}
    [(what, where)] = found(tmp_path / "three", **study)
    assert what == "The factor `center` is not recorded for more than a fifth of the patients."
    assert where == "subjects.csv: rows 10, 11 and 12, column center"
    study = in_days(*lines[:-1], header=HEADER) | {"yaml": "factors: [center]"}
    assert found(tmp_path / "two", **study) == []
