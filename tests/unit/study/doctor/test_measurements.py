"""Measurements in mixed units, and rows that are there twice."""

import pytest

from tests.builders import COHORT
from tests.unit.study.doctor.cases import found


def measured(folder, *values, assay="crp"):
    lines = [f"P2,2020-02-{1 + n % 28:02d},{assay},{value},mg/L" for n, value in enumerate(values)]
    table = "\n".join(["subject_id,assessment_date,assay,value,unit", *lines])
    return found(folder, subjects=COHORT, assessments=table)


def test_a_negative_value_is_told(tmp_path):
    [(what, where)] = measured(tmp_path, 3, -3)
    assert what == "A measured value is negative."
    assert where == "assessments.csv: row 3, column value"


@pytest.mark.parametrize("odd", [[50_000], [0.0001, 0.0002]])
def test_a_few_values_a_hundred_times_as_high_or_low_as_the_others_are_told(tmp_path, odd):
    [(what, where)] = measured(tmp_path, *odd, *range(2, 13))
    assert what == "A few values of `crp` are a hundred times as high or as low as all others."
    rows = "row 2" if len(odd) == 1 else "rows 2 and 3"
    assert where == f"assessments.csv: {rows}, column value"


@pytest.mark.parametrize(
    "values",
    [
        [0.001, *range(2, 13)],  # one low value, however often: a limit of detection
        [*([0.001] * 20), 40, 50],
        [1, 5, 30, 150, 700, 3000, 12000, 40000, 200000, 900000],  # spread without a gap
        [3, 4, 50_000],  # too few to tell
    ],
)
def test_limits_of_detection_and_wide_spreads_are_not_told(tmp_path, values):
    assert [what for what, _ in measured(tmp_path, *values) if "equal in every" not in what] == []


def test_of_an_assay_in_two_units_the_rows_in_the_rarer_are_told(tmp_path):
    lines = "\n".join(f"P2,2020-02-{day},il6,{day},{'ng/L' if day == 12 else 'pg/mL'}" for day in range(10, 15))
    table = f"subject_id,assessment_date,assay,value,unit\n{lines}\nP2,2020-02-20,il6,3,\n"
    [(what, where)] = found(tmp_path, subjects=COHORT, assessments=table)
    assert what == "The assay `il6` is given in more than one unit."
    assert where == "assessments.csv: row 4, columns assay and unit"
