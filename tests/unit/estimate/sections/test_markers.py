"""Peaks of markers by hand, by severity, and before treatment."""

import numpy as np
import pytest

from cartcohort.estimate.sections import markers
from tests.unit.estimate.sections.toxicities import make_assessments, make_subjects, syndromes_of, whole

PG = "pg/mL"


def select(*rows, n=3):
    return markers.select_markers(make_assessments(*rows), make_subjects(n))


@pytest.mark.parametrize("spelling", ["il6", "IL-6", "Interleukin 6", "interleukin-6"])
def test_spellings_of_an_assay_are_one(spelling):
    assert markers.name_assay(spelling) == "il6"


def test_peaks_are_the_highest_values_of_the_first_four_weeks_from_infusion():
    found = markers.find_peaks(
        select((0, "il6", -1, 900, PG), (0, "il6", 0, 5, PG), (0, "il6", 7, 80, PG), (0, "il6", 9, 80, PG),
               (0, "il6", 29, 999, PG), (1, "IL-6", 3, 7, PG), (2, "il6", 3, np.nan, PG))
    )  # fmt: skip
    assert found[["patient", "value", "day"]].to_numpy().tolist() == [[0, 80, 7], [1, 7, 3]]


def test_values_up_to_the_day_of_treatment_count_and_later_ones_do_not():
    values = select((0, "il6", 2, 10, PG), (0, "il6", 3, 20, PG), (0, "il6", 4, 300, PG), (1, "il6", 9, 50, PG))
    found = markers.find_peaks(values, before=np.array([3.0, np.nan, 5.0]))
    assert found[["patient", "value"]].to_numpy().tolist() == [[0, 20], [1, 50]]


def test_an_assay_with_several_units_is_left_out_and_named():
    rows = (0, "crp", 1, 5, "mg/L"), (1, "crp", 1, 5, "mg/dL"), (0, "il6", 1, 5, PG), (1, "il6", 1, 5, None)
    assert set(select(*rows)["assay"]) == {"il6"}
    assert set(select(*rows)["unit"]) == {PG}
    assert markers.list_mixed_units(make_assessments(*rows), make_subjects(3)) == ("C-reactive protein",)


def test_assays_of_the_leukaemia_are_not_markers_and_unknown_ones_come_last():
    values = select((0, "mrd", 1, 5, "%"), (0, "ldh", 1, 300, "U/L"), (0, "ferritin", 1, 900, "ng/mL"))
    assert values["assay"].cat.categories.tolist() == ["ferritin", "ldh"]
    assert set(values["label"]) == {"Ferritin", "ldh"}


def compare(grades, peaks, **columns):
    subjects = make_subjects(len(grades), **columns)
    crs = syndromes_of(*[(i, "CRS", g, 1, 3) for i, g in enumerate(grades) if g != 0], subjects=subjects)["crs"]
    values = markers.select_markers(make_assessments(*[(i, "il6", 2, v, PG) for i, v in enumerate(peaks)]), subjects)
    return crs, values, subjects


def test_peaks_are_compared_by_severity_with_their_medians_and_ranges():
    crs, values, _ = compare([0, 1, 2, 3, 4, 5], [10, 30, 20, 400, 900, 500])
    found = markers.compare_peaks(crs, markers.find_peaks(values), conf_level=0.95)
    stem = "safety/crs/peak/il6"
    assert [found[f"{stem}/below_grade_3{part}"].estimate for part in ("", "/minimum", "/maximum")] == [20, 10, 30]
    severe = found[f"{stem}/grade_3_or_higher"]
    assert (severe.estimate, severe.n, severe.unit) == (500, 3, PG)
    # Complete separation of 3 and 3: 2 of the 20 arrangements are as extreme.
    assert found[f"{stem}/test"].p_value == pytest.approx(0.1)
    assert found[f"{stem}/test"].p_holm is None


def test_a_patient_without_a_grade_is_in_neither_group():
    crs, values, _ = compare([1, None, 3], [10, 5000, 400])
    found = markers.compare_peaks(crs, markers.find_peaks(values), conf_level=0.95)
    assert found["safety/crs/peak/il6/test"].n == 2


def test_before_treatment_only_interleukin_6_is_compared_and_only_where_doses_are_dated():
    crs, values, subjects = compare([1, 1, 3, 3], [10, 20, 30, 40], tocilizumab_day=whole(None, None, 1, 2))
    found = markers.compare_peaks_before_treatment(crs, values, subjects, conf_level=0.95)
    assert found["safety/sensitivity/crs/peak_before_tocilizumab/il6/grade_3_or_higher"].n == 1
    undated = markers.compare_peaks_before_treatment(crs, values, make_subjects(4), conf_level=0.95)
    assert len(undated) == 0


def test_measurements_to_draw_are_grouped_by_severity_where_there_is_crs():
    crs, values, subjects = compare([1, 3, None], [10, 20, 30])
    drawn = markers.arrange_markers(values, subjects, crs)
    assert drawn["group"].astype(object).where(drawn["group"].notna(), None).tolist() == [
        "CRS below grade 3", "CRS grade 3 or higher", None,
    ]  # fmt: skip
    assert drawn["marker"].astype(str).unique().tolist() == ["Interleukin-6"]
    assert "group" not in markers.arrange_markers(values, subjects, None)


def test_without_measurements_there_are_no_results():
    crs, _, subjects = compare([1, 3], [10, 20])
    nothing = markers.select_markers(make_assessments(), subjects)
    assert len(markers.compare_peaks(crs, markers.find_peaks(nothing), conf_level=0.95)) == 0
    assert markers.arrange_markers(nothing, subjects, crs).empty
    assert len(markers.compare_peaks(None, markers.find_peaks(nothing), conf_level=0.95)) == 0


def test_peaks_to_draw_stand_at_their_worst_grade_in_the_colour_of_their_severity():
    crs, values, _ = compare([0, 2, 5, None], [10, 20, 30, 40])
    drawn = markers.arrange_peaks(markers.find_peaks(values), crs)
    assert drawn["group"].astype(str).tolist() == ["None", "2", "5"]
    assert drawn["series"].astype(str).tolist() == ["below grade 3", "below grade 3", "grade 3 or higher"]
    assert drawn["panel"].cat.categories.tolist() == ["Interleukin-6"]
    assert markers.arrange_peaks(markers.find_peaks(values), None).empty
