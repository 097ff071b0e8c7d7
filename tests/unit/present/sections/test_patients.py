"""Flow and characteristics of patients as a reader sees them."""

import pandas as pd

from cartcohort.estimate.sections import baseline as composer
from cartcohort.estimate.sections import efficacy
from cartcohort.present.display import Notice
from cartcohort.present.sections import patients


def category(values, levels):
    return pd.Categorical(values, categories=levels, ordered=True)


def make_subjects():
    """Six responders and five non-responders, all of the latter of high risk."""
    return pd.DataFrame(
        {
            "best_response": category(["CR"] * 6 + ["NR"] * 5, ["CR", "NR"]),
            "age_years": [20, 30, 40, 50, 60, None, 25, 35, 45, 55, 65],
            "genetic_risk": category(["low"] * 4 + ["high"] * 7, ["low", "high"]),
            "sex": category(["female", "male"] * 5 + ["male"], ["female", "male"]),
        }
    )


LABELS = {"age_years": "Age (years)", "genetic_risk": "Genetic risk", "sex": "Sex"}


def describe(subjects):
    characteristics = composer.count_baseline(subjects, (), labels=LABELS)
    return characteristics, composer.group_sizes(subjects)


def test_the_table_has_a_column_a_group_and_counts_the_missing():
    characteristics, groups = describe(make_subjects())
    text = patients.table_patients(characteristics, groups=groups).text
    lines = text.splitlines()
    assert "All patients (n = 11)  Responders (n = 6)  Non-responders (n = 5)  SMD" in lines[1]
    assert lines[2].split()[:6] == ["Age", "(years)", "42.5", "(20.0–65.0)", "40", "(20–60)"]
    assert lines[3].split() == ["Missing", "1", "1", "0"]


def test_the_sentence_names_the_largest_differences_and_what_all_non_responders_had():
    characteristics, groups = describe(make_subjects())
    said = patients.describe_baseline(characteristics, groups=groups).text
    assert said.startswith(
        "The 6 responders and 5 non-responders differed most, by standardised difference, in genetic"
    )
    assert "All non-responders with a known value had genetic risk “high” (5/5, against 2/6 responders)." in said
    assert said.endswith("With groups this small, large differences can arise by chance.")


def test_differences_above_a_tenth_are_named_and_smaller_ones_are_not():
    rows = [("Age (years)", "age", 0.12), ("Sex", "sex", -0.1)]
    known = {"level": None, "n": 0, "total": 20, "median": None, "low": None, "high": None, "missing": 0}
    named = [
        {"column": column, "variable": variable, "group": group, "smd": smd, **known}
        for variable, column, smd in rows
        for group in ("All", "yes", "no")
    ]
    said = patients.describe_baseline(pd.DataFrame(named), groups={"All": 40, "yes": 20, "no": 20}).text
    assert said == "The 20 responders and 20 non-responders differed most, by standardised difference, in age (0.12)."
    alike = pd.DataFrame(named).assign(smd=0.1)
    assert "differed in no characteristic by a standardised difference above 0.1." in (
        patients.describe_baseline(alike, groups={"All": 40, "yes": 20, "no": 20}).text
    )


def test_the_table_says_that_a_difference_of_categories_has_no_sign():
    characteristics, groups = describe(make_subjects())
    html = patients.table_patients(characteristics, groups=groups).html
    assert "SMD, standardised mean difference; of categories a distance, without sign." in html


def test_what_few_non_responders_share_is_not_made_much_of():
    characteristics, groups = describe(make_subjects()[:9])
    assert "All non-responders" not in patients.describe_baseline(characteristics, groups=groups).text


def test_without_non_responders_only_all_patients_are_described():
    characteristics, groups = describe(make_subjects()[:6])
    assert "SMD" not in patients.table_patients(characteristics, groups=groups).text
    said = patients.describe_baseline(characteristics, groups=groups).text
    assert said.endswith("there is nothing to compare; the table describes 6 patients.")


def test_a_study_without_characteristics_gets_a_notice_and_a_sentence():
    characteristics, groups = describe(make_subjects()[["best_response"]])
    assert isinstance(patients.table_patients(characteristics, groups=groups), Notice)
    assert patients.describe_baseline(characteristics, groups=groups).text.startswith("No characteristic")


def test_the_flow_names_who_was_left_out_and_for_what_reason():
    subjects = make_subjects().assign(
        infused=[True] * 10 + [False],
        death_day=pd.array([None] * 11, dtype="Int64"),
        second_infusion_day=pd.array([None] * 11, dtype="Int64"),
    )
    flow = efficacy.count_flow(subjects, n_analysed=10, response_assessment_day=28)
    table = patients.table_patient_flow(flow, exclusions=(("outside the subset", 4),), population="infused")
    counts = {line[:44].rsplit("  ", 1)[0].strip(): line.split()[-1] for line in table.text.splitlines()[2:]}
    assert counts["Patients in the study"] == "15"
    assert counts["Left out: outside the subset"] == "4"
    assert table.csv.splitlines()[3:] == [
        "Enrolled,11,",
        "Never infused,1,9.1%",
        "Infused,10,90.9%",
        "Not evaluable: died by day 28,0,0.0%",
        "Not evaluable: other or unknown reason,0,0.0%",
        "Evaluable for response,10,90.9%",
        "Analysed here (infused),10,90.9%",
    ]
