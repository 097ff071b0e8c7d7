"""The default study is clinically consistent: order of dates, grades, treatment, markers."""

import datetime as dt
from math import comb
from statistics import mean, median

import pytest

from data.reconstruct.baseline import HIGH_RISK_LESIONS
from tests.data.tables import (
    CUTOFF,
    day,
    days_between,
    end_of_follow_up,
    high_burden,
    overall_survival,
    progression_free_survival,
    read,
    responded,
)

SUBJECTS = read("subjects.csv")
EVENTS = read("adverse_events.csv")
ASSESSMENTS = read("assessments.csv")
BY_ID = {row["subject_id"]: row for row in SUBJECTS}
NON_INFECTIOUS_FATAL = {
    "transplant": "graft-versus-host disease",
    "other": "intracranial hemorrhage",
    "toxicity": "CRS",
}


def onset(event):
    return days_between(BY_ID[event["subject_id"]]["infusion_date"], event["onset_date"])


def resolution(event):
    return days_between(BY_ID[event["subject_id"]]["infusion_date"], event["resolution_date"])


def first_events(term):
    return {row["subject_id"]: row for row in EVENTS if row["term"] == term and row["infusion"] == "1"}


def values(subject_id, assay):
    infusion = BY_ID[subject_id]["infusion_date"]
    rows = (row for row in ASSESSMENTS if row["subject_id"] == subject_id and row["assay"] == assay)
    return [(days_between(infusion, row["assessment_date"]), float(row["value"])) for row in rows]


def is_weekday(text):
    return dt.date.fromisoformat(text).weekday() < 5


def fisher_p(a, b, c, d):
    """Return the two-sided exact P of a two-by-two table, by summing tables no likelier than the one observed."""

    def chance(x):
        return comb(a + b, x) * comb(c + d, a + c - x)

    possible = range(max(0, a - d), min(a + b, a + c) + 1)
    return sum(chance(x) for x in possible if chance(x) <= chance(a)) / comb(a + b + c + d, a + c)


def test_patients_are_numbered_in_the_order_of_infusion():
    assert [row["subject_id"] for row in SUBJECTS] == [f"P{i:02d}" for i in range(1, 36)]
    dates = [row["infusion_date"] for row in SUBJECTS]
    assert dates == sorted(dates)
    assert dates[0] >= "2018-01-01"


def test_clinic_dates_are_weekdays():
    for row in SUBJECTS:
        for column in ("infusion", "enrollment", "second_infusion", "response", "relapse", "hsct", "last_contact"):
            assert not row[f"{column}_date"] or is_weekday(row[f"{column}_date"])


def test_nothing_happens_after_death_or_the_cutoff():
    for row in SUBJECTS:
        dates = [value for column, value in row.items() if column.endswith("_date") and value]
        assert max(dates) <= CUTOFF.isoformat()
        assert not row["death_date"] or max(dates) == row["death_date"]
    for event in EVENTS:
        end = end_of_follow_up(BY_ID[event["subject_id"]])
        assert 0 <= onset(event) <= end
        assert not event["resolution_date"] or onset(event) <= resolution(event) <= end
    for row in ASSESSMENTS:
        subject = BY_ID[row["subject_id"]]
        assert 0 <= days_between(subject["infusion_date"], row["assessment_date"]) <= end_of_follow_up(subject)


def test_the_living_were_last_seen_within_five_weeks_of_the_cutoff():
    for row in SUBJECTS:
        assert bool(row["death_date"]) != bool(row["last_contact_date"])
        if row["last_contact_date"]:
            assert 0 <= days_between(row["last_contact_date"], CUTOFF.isoformat()) <= 35


def test_progression_free_survival_never_exceeds_overall_survival():
    assert all(progression_free_survival(row)[0] <= overall_survival(row)[0] for row in SUBJECTS)


def test_relapse_comes_only_after_complete_remission_and_the_second_product():
    for row in SUBJECTS:
        if row["relapse_date"]:
            assert row["best_response"] in ("CR", "CRi")
            assert row["response_date"] < row["second_infusion_date"] < row["relapse_date"]
            assert not row["death_date"] or row["relapse_date"] < row["death_date"]
        assert bool(row["relapse_date"]) == bool(row["relapse_cd19"]) == bool(row["relapse_site"])


def test_every_event_falls_within_two_years():
    for row in SUBJECTS:
        for column in ("relapse_date", "death_date", "progression_date"):
            assert not row[column] or day(row, column) < 731


def test_the_longest_follow_up_belongs_to_a_late_relapse_who_lives():
    longest = max(SUBJECTS, key=end_of_follow_up)
    assert longest["relapse_date"]
    assert not longest["death_date"]


def test_the_shortest_follow_up_is_an_early_toxic_death_without_response():
    shortest = min(SUBJECTS, key=end_of_follow_up)
    assert (shortest["best_response"], shortest["death_cause"]) == ("NE", "toxicity")
    assert not shortest["second_infusion_date"]


def test_response_is_documented_about_day_28_and_residual_disease_agrees():
    for row in SUBJECTS:
        assert bool(row["response_date"]) == responded(row)
        if responded(row):
            assert 25 <= day(row, "response_date") <= 28
            at_response = dict(values(row["subject_id"], "mrd"))[day(row, "response_date")]
            assert (at_response < 0.01) == (row["mrd_negative"] == "yes")
        else:
            assert row["mrd_negative"] in ("no", "")


def test_the_second_product_follows_within_weeks_or_months():
    for row in SUBJECTS:
        if row["second_infusion_date"]:
            assert 28 <= day(row, "second_infusion_date") <= 110
        assert row["second_infusion_date"] or not responded(row)


def test_a_transplant_comes_in_remission_and_new_therapy_after_failure():
    for row in SUBJECTS:
        if row["hsct_date"]:
            assert responded(row)
            assert row["hsct_date"] > row["second_infusion_date"]
        if row["new_therapy_date"]:
            assert row["new_therapy_date"] > row["relapse_date"]
            assert row["relapse_date"] or not responded(row)


def test_genetic_risk_follows_from_the_lesions():
    for row in SUBJECTS:
        lesions = set(row["genetic_abnormalities"].split(";"))
        assert lesions - {""}
        assert (row["genetic_risk"] == "high") == bool(lesions & HIGH_RISK_LESIONS)


def test_baseline_values_are_those_of_adults_with_relapsed_or_refractory_disease():
    ages = [int(row["age_years"]) for row in SUBJECTS]
    assert min(ages) >= 18
    assert max(ages) <= 66
    assert all(2 <= int(row["prior_lines"]) <= 7 for row in SUBJECTS)
    assert all(14 <= -day(row, "enrollment_date") <= 70 for row in SUBJECTS)
    assert not any(row["prior_hsct"] == "yes" and row["disease_status"] == "refractory" for row in SUBJECTS)


def test_doses_are_given_only_for_products_received_and_seldom_missing():
    missing = 0
    for row in SUBJECTS:
        for product in ("CAR19", "CAR22"):
            dose = row[f"{product.lower()}_dose_1e6_per_kg"]
            received = row["first_product"] == product or bool(row["second_infusion_date"])
            assert received or not dose
            missing += received and not dose
    assert 1 <= missing <= 2


def test_burden_separates_responders_by_the_exact_test():
    groups = [(high_burden(row), responded(row)) for row in SUBJECTS]
    assert groups.count((True, True)) <= 15
    table = [groups.count(key) for key in ((True, True), (True, False), (False, True), (False, False))]
    assert fisher_p(*table) < 0.05


def test_grade_five_is_exactly_the_fatal_event():
    fatal = {row["subject_id"]: row["term"] for row in EVENTS if row["grade"] == "5"}
    assert len(fatal) == sum(row["grade"] == "5" for row in EVENTS)
    causes = {row["subject_id"]: row["death_cause"] for row in SUBJECTS if row["death_date"]}
    assert all(causes.values())
    assert set(fatal) == {subject for subject, cause in causes.items() if cause != "disease"}
    for subject, term in fatal.items():
        expected = NON_INFECTIOUS_FATAL.get(causes[subject])
        assert term == expected if expected else term in ("pneumonia", "sepsis")


def test_a_death_in_remission_is_not_of_disease_and_one_after_relapse_is():
    for row in SUBJECTS:
        if row["death_date"] and responded(row):
            assert (row["death_cause"] == "disease") == bool(row["relapse_date"])


def test_crs_begins_within_nine_days_of_the_product():
    for event in EVENTS:
        if event["term"] == "CRS":
            given = "infusion_date" if event["infusion"] == "1" else "second_infusion_date"
            assert 1 <= days_between(BY_ID[event["subject_id"]][given], event["onset_date"]) <= 9
    assert len(first_events("CRS")) == 32


def test_crs_is_severer_and_earlier_with_high_burden():
    crs = first_events("CRS")
    high = [crs[row["subject_id"]] for row in SUBJECTS if row["subject_id"] in crs and high_burden(row)]
    low = [crs[row["subject_id"]] for row in SUBJECTS if row["subject_id"] in crs and not high_burden(row)]
    assert mean(int(row["grade"]) for row in high) > mean(int(row["grade"]) for row in low) + 0.5
    assert mean(map(onset, high)) < mean(map(onset, low))


def test_neurotoxicity_begins_after_crs():
    crs, icans = first_events("CRS"), first_events("ICANS")
    assert len(icans) == 6
    assert all(onset(event) > onset(crs[subject]) for subject, event in icans.items())


@pytest.mark.parametrize(
    ("column", "drug"), [("tocilizumab_date", "tocilizumab"), ("corticosteroid_date", "corticosteroids")]
)
def test_first_doses_agree_with_the_treatment_of_crs_and_icans(column, drug):
    crs, icans = first_events("CRS"), first_events("ICANS")
    for row in SUBJECTS:
        events = [group[row["subject_id"]] for group in (crs, icans) if row["subject_id"] in group]
        listed = [event for event in events if drug in event["treatment"].split(";")]
        assert bool(row[column]) == bool(listed)
        if row[column]:
            assert row[column] >= crs[row["subject_id"]]["onset_date"]
            assert any(not e["resolution_date"] or row[column] <= e["resolution_date"] for e in listed)


def test_crs_of_grade_three_or_more_is_treated_and_of_grade_one_is_not():
    for subject, event in first_events("CRS").items():
        row = BY_ID[subject]
        if int(event["grade"]) >= 3:
            assert row["tocilizumab_date"]
            assert row["corticosteroid_date"]
        if event["grade"] == "1":
            assert not row["tocilizumab_date"]


def test_cytopenias_befall_nearly_all():
    for term, fewest in (("neutropenia", 31), ("anemia", 28), ("thrombocytopenia", 26)):
        assert len({row["subject_id"] for row in EVENTS if row["term"] == term}) >= fewest


def test_peak_interleukin_six_rises_with_the_grade_of_crs():
    crs = first_events("CRS")
    peaks = {1: [], 2: [], 3: []}
    for subject, event in crs.items():
        peaks[min(3, int(event["grade"]))].append(max(value for at, value in values(subject, "il6") if at <= 28))
    assert 3 * median(peaks[1]) < median(peaks[2])
    assert 3 * median(peaks[2]) < median(peaks[3])


def test_residual_disease_is_back_at_relapse_and_gone_in_lasting_remission():
    for row in SUBJECTS:
        curve = dict(values(row["subject_id"], "mrd"))
        if row["relapse_date"]:
            assert curve[day(row, "relapse_date")] > (0.05 if row["relapse_site"] == "extramedullary" else 5)
        elif responded(row):
            assert all(value < 0.01 for at, value in curve.items() if at > 120)
        else:
            assert all(value > 5 for value in curve.values())


def test_b_cells_vanish_in_responders_and_return_in_long_survivors():
    for row in SUBJECTS:
        curve = values(row["subject_id"], "b_cell")
        if responded(row):
            assert all(value < 1 for at, value in curve if 21 <= at <= 35)
        if end_of_follow_up(row) > 1095:
            assert curve[-1][1] > 20


def test_no_assay_is_measured_twice_a_day_and_values_are_positive():
    keys = [(row["subject_id"], row["assay"], row["assessment_date"]) for row in ASSESSMENTS]
    assert len(set(keys)) == len(keys)
    assert all(float(row["value"]) > 0 for row in ASSESSMENTS)
