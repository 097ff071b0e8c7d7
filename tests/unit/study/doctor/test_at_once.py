"""What every run tells of a study that is odd but sound."""

from tests.builders import COHORT, make_study


def oddities(tmp_path, **files):
    return [(problem.what, problem.where) for problem in make_study(tmp_path, **files).warnings]


def test_a_column_that_looks_misspelt_is_kept_and_told(tmp_path):
    subjects = "subject_id,death_day,last_contact_day,best_respons,donor_sex\nA,,5,CR,male\n"
    [(what, where)] = oddities(tmp_path, subjects=subjects, yaml="")
    assert what == "`best_respons` is no column of the data dictionary. Did you mean `best_response`?"
    assert where == "subjects.csv"


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
    [(what, where)] = oddities(tmp_path, subjects=subjects, yaml="")
    assert what == "A relapse is described, but `relapse_day` is empty."
    assert where == "subjects.csv: row 2, column relapse_day"


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


def test_a_form_left_blank_is_told_and_what_befell_nobody_is_not(tmp_path):
    header = "subject_id,death_day,last_contact_day,relapse_day,hsct_day"
    assert oddities(tmp_path / "two", subjects=f"{header}\nA,,5,,\nB,,5,,\n", yaml="") == []
    rows = f"{header},new_therapy_day\nA,,5,,,\nB,,5,,,\n"
    assert oddities(tmp_path / "three", subjects=rows, yaml="") == [
        (
            "Columns are empty for every patient, which says that it happened to nobody.",
            "subjects.csv: columns relapse_day, hsct_day and new_therapy_day",
        )
    ]


def test_a_table_without_rows_is_told(tmp_path):
    assert oddities(tmp_path, subjects=COHORT, adverse_events="subject_id,term,grade\n") == [
        ("The table holds no row, which says nothing of adverse events.", "adverse_events.csv")
    ]


def test_a_column_that_is_not_there_is_named_as_it_would_be_beside_those_that_are(tmp_path):
    subjects = "subject_id,infusion_date,death_date,last_contact_date,best_response\nA,2021-01-01,,2022-12-31,CR\n"
    told = oddities(tmp_path, subjects=subjects, yaml="data_cutoff_date: 2022-12-31")
    assert ("A responder has no `response_date`.", "subjects.csv: row 2, column response_date") in told
