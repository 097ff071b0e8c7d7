"""Measurements before relapse: which count, in which group, and the last of each patient."""

import pandas as pd
import pytest

from cartcohort.estimate.sections import relapse_monitoring


def whole(*values):
    return pd.array([pd.NA if value is None else value for value in values], dtype="Int64")


SUBJECTS = pd.DataFrame(
    {
        "subject_id": ["A", "B", "C", "D"],
        "best_response": pd.Categorical(["CR", "CRi", "CR", "NR"]),
        "relapse_day": whole(100, None, 300, None),
        "hsct_day": whole(None, None, 60, None),
        "new_therapy_day": whole(None, 50, None, None),
    }
)
ROWS = [
    ("A", -5, "mrd", 40.0),
    ("A", 30, "MRD", 0.005),
    ("A", 90, "mrd", 0.2),
    ("A", 100, "mrd", 60.0),
    ("B", 30, "mrd", 0.01),
    ("B", 50, "mrd", 5.0),
    ("C", 30, "mrd", 0.004),
    ("C", 90, "mrd", 0.5),
    ("D", 10, "mrd", 80.0),
    ("A", 30, "il6", 9.0),
]


def make_assessments(rows, unit="%"):
    frame = pd.DataFrame(rows, columns=["subject_id", "assessment_day", "assay", "value"])
    return frame.assign(assessment_day=frame["assessment_day"].astype("Int64"), unit=unit)


@pytest.fixture
def values():
    return relapse_monitoring.arrange_markers(make_assessments(ROWS), SUBJECTS)


def test_only_what_precedes_relapse_transplant_and_new_therapy_counts(values):
    assert values[["subject", "day"]].values.tolist() == [["A", 30], ["A", 90], ["B", 30], ["C", 30]]


def test_patients_are_grouped_by_what_came_later(values):
    groups = dict(zip(values["subject"], values["group"], strict=True))
    assert groups == {"A": "Relapse later", "B": "No relapse so far", "C": "Relapse later"}
    assert relapse_monitoring.units_of(values) == {"MRD": "%"}


def test_the_last_value_of_each_patient_is_summarised_with_its_lead(values):
    found = relapse_monitoring.summarise_last_values(values)
    assert found["monitoring/mrd/relapse/maximum"].estimate == 0.2
    assert found["monitoring/mrd/relapse/median"].estimate == pytest.approx((0.2 + 0.004) / 2)
    assert found["monitoring/mrd/no_relapse/median"].estimate == 0.01
    assert found["monitoring/mrd/relapse/days_before"].estimate == pytest.approx((10 + 270) / 2)
    assert (found["monitoring/mrd/relapse/median"].n, found["monitoring/mrd/relapse/median"].unit) == (2, "%")


def test_of_several_units_the_commonest_counts():
    mixed = pd.concat([make_assessments(ROWS[1:3]), make_assessments(ROWS[4:5], unit="copies")])
    assert relapse_monitoring.arrange_markers(mixed, SUBJECTS)["unit"].tolist() == ["%", "%"]


def test_values_without_a_unit_are_kept():
    found = relapse_monitoring.arrange_markers(make_assessments(ROWS[1:3], unit=None), SUBJECTS)
    assert found["value"].tolist() == [0.005, 0.2]
    assert relapse_monitoring.units_of(found) == {"MRD": ""}


def test_a_study_without_measurements_gives_nothing():
    none = relapse_monitoring.arrange_markers(make_assessments([]), SUBJECTS)
    assert none.empty
    assert not relapse_monitoring.summarise_last_values(none)
