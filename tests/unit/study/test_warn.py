"""Oddities that prevent nothing."""

from tests.builders import COHORT, CUTOFF, MINIMAL, make_study

YAML = f"data_cutoff_date: {CUTOFF}\n"


def oddities(tmp_path, **files):
    return [(problem.what, problem.where) for problem in make_study(tmp_path, **files).warnings]


def test_a_column_that_looks_misspelt_is_kept_and_told(tmp_path):
    subjects = "subject_id,death_day,last_contact_day,best_respons,donor_sex\nA,,5,CR,male\n"
    [(what, where)] = oddities(tmp_path, subjects=subjects, yaml="")
    assert what == "`best_respons` is no column of the data dictionary. Did you mean `best_response`?"
    assert where == "subjects.csv"


def test_a_last_contact_long_before_the_cutoff_is_told(tmp_path):
    [(what, where)] = oddities(tmp_path, subjects=MINIMAL.replace("2022-11-30", "2021-11-30"))
    assert what == "The last contact of a living patient is more than a year before the data cut-off."
    assert where == "subjects.csv: row 4, column last_contact_date"


def test_responses_and_their_days_should_go_together(tmp_path):
    subjects = COHORT.replace("CR,2020-02-29", "CR,          ").replace("NR,          ,", "NR,2021-03-29,")
    assert oddities(tmp_path, subjects=subjects) == [
        ("A responder has no `response_date`.", "subjects.csv: row 3, column response_date"),
        ("`response_date` is given where there was no response.", "subjects.csv: row 5, column response_date"),
    ]


def test_a_progression_in_complete_remission_is_told(tmp_path):
    subjects = COHORT.replace("CR,2020-02-29,          ", "CR,2020-02-29,2020-08-01")
    [(what, where)] = oddities(tmp_path, subjects=subjects)
    assert what == "`progression_date` is given for a patient in CR or CRi."
    assert where == "subjects.csv: row 3, column progression_date"


def test_a_relapse_described_without_its_day_is_told(tmp_path):
    subjects = "subject_id,death_day,last_contact_day,relapse_day,relapse_cd19\nA,,5,,negative\nB,,5,,\n"
    (_, empty), (what, where) = oddities(tmp_path, subjects=subjects, yaml="")
    assert empty == "subjects.csv: column relapse_day"
    assert what == "A relapse is described, but `relapse_day` is empty."
    assert where == "subjects.csv: row 2, column relapse_day"


def test_factors_that_say_nothing_are_told(tmp_path):
    yaml = YAML + "factors: [prior_hsct]"
    assert [what for what, _ in oddities(tmp_path, subjects=COHORT, yaml=yaml)] == [
        "The factor `prior_hsct` has fewer than two levels among the patients."
    ]


def test_one_name_in_two_spellings_is_told(tmp_path):
    events = "subject_id,term\nP1,CRS\nP2,crs\n"
    [(what, where)] = oddities(tmp_path, subjects=COHORT, adverse_events=events)
    assert what == "`term` spells the same name in several ways (capitals and small letters differ)."
    assert where == "adverse_events.csv: column term"


def test_rows_equal_in_every_cell_are_told(tmp_path):
    events = "subject_id,term,grade\nP1,CRS,2\nP2,CRS,2\nP1,CRS,2\n"
    [(what, where)] = oddities(tmp_path, subjects=COHORT, adverse_events=events)
    assert what == "Rows are equal in every cell."
    assert where == "adverse_events.csv: rows 2 and 4"


def test_an_assay_in_two_units_is_told(tmp_path):
    assessments = (
        "subject_id,assessment_date,assay,value,unit\nP1,2020-01-03,il6,3,pg/mL\nP2,2020-02-03,il6,3,ng/L\n"
        "P2,2020-02-03,crp,3,mg/L\nP1,2020-02-03,crp,3,\n"
    )
    [(what, where)] = oddities(tmp_path, subjects=COHORT, assessments=assessments)
    assert what == "The assay `il6` is given in more than one unit."
    assert where == "assessments.csv: rows 2 and 3, columns assay and unit"
