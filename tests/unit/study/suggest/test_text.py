"""What is proposed for files that are not known yet; it must load."""

import pandas as pd
import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study import load_study
from cartcohort.study.suggest.text import suggest_description
from tests.sheets import CLINICAL, REDCAP, STATISTICIAN


def suggest(folder, sheet, name="sheet.csv"):
    (folder / name).write_text(sheet, encoding="utf-8")
    return suggest_description(folder / name)


def accept(folder, sheet):
    """Return the study that comes of accepting what is proposed."""
    (folder / "study.yaml").write_text(suggest(folder, sheet), encoding="utf-8")
    return load_study(folder)


def line_of(text, start):
    return next(line for line in text.splitlines() if line.lstrip("# ").startswith(start))


def test_the_proposal_for_a_clinical_sheet(tmp_path):
    assert (
        suggest(tmp_path, CLINICAL)
        == """\
# Proposed from sheet.csv: subjects in sheet.csv.
# Read it line by line, correct it, and save it as study.yaml beside the tables. What is unsure is commented
# out: take the leading # away where it is right.

title: sheet
data_cutoff_date: 2023-02-28                    # likely: the latest date found; put the last day of follow-up
tables:
  subjects: sheet.csv                           # 6 rows
columns:
  subjects:
    subject_id: Pt ID                           # sure: by its name and values; 6 of 6 filled
    infusion_date: Date of CAR-T infusion       # sure: by its name and values; 6 of 6 filled
    death_date: Date of death                   # sure: by its name and values; 3 of 6 filled
    last_contact_date: Date last FU             # sure: by its name and values; 3 of 6 filled
    age_years: Age at infusion                  # sure: by its name and values; 6 of 6 filled
    sex: Gender                                 # sure: by its name and values; 6 of 6 filled
    prior_hsct: Prior allo-HSCT                 # sure: by its name and values; 6 of 6 filled
    marrow_blasts_pct: BM blasts (%)            # sure: by its name and values; 6 of 6 filled
    best_response: Best response                # likely: by its name and values; 6 of 6 filled; SD and PD taken as NR
    response_date: Date of CR                   # sure: by its name and values; 3 of 6 filled
    relapse_date: Relapse date                  # sure: by its name and values; 2 of 6 filled
    death_cause: Cause of death                 # sure: by its name and values; 3 of 6 filled
values:
  subjects:
    sex: {F: female, M: male}                   # sure: by the words
    prior_hsct: {No: no, Yes: yes}              # sure: by the words
    marrow_blasts_pct: {unknown: ""}            # sure: by the words
    # likely: SD and PD taken as NR
    best_response: {Complete remission: CR, SD: NR, complete response: CR, no response: NR, not evaluable: NE}
    # sure: by the words
    death_cause: {CRS: toxicity, Infection: infection, Relapse: disease}
  adverse_events:
    grade: {Grade 3: 3, none: 0}                # sure: grades written in words
dates: day/month/year                           # sure: 8 columns of dates fit this order only
flat_events:
  # sure: columns named by the event; grade 6 of 6 filled, onset 5 of 6 filled, resolution 4 of 6 filled
  CRS: {grade: CRS grade, onset_date: CRS onset, resolution_date: CRS end}
  # sure: columns named by the event; grade 6 of 6 filled, onset 2 of 6 filled
  ICANS: {grade: ICANS grade, onset_date: ICANS onset}

# Without a meaning here, kept for `factors` and `subset`: Centre, DOB.
# May identify patients, so take out what is not needed: DOB.
# With this, `check` finds the study sound: 6 patients."""
    )


def test_a_clinical_sheet_as_proposed_is_the_study_it_tells_of(tmp_path):
    study = accept(tmp_path, CLINICAL)
    subjects, events = study.subjects, study.adverse_events
    assert subjects["death_day"].fillna(-1).tolist() == [268, -1, -1, 12, -1, 153]
    assert subjects["best_response"].tolist() == ["CR", "CR", "CRi", "NE", "NR", "NR"]
    assert subjects["relapse_day"].fillna(-1).tolist() == [147, -1, 313, -1, -1, -1]
    assert events["term"].tolist() == ["CRS", "CRS", "CRS", "ICANS", "CRS", "ICANS", "CRS"]
    assert events["grade"].tolist() == [2, 1, 3, 2, 4, 3, 1]
    assert events["onset_day"].tolist() == [2, 3, 2, 5, 2, 4, 1]


def test_a_statisticians_sheet_as_proposed_has_follow_up_and_relapse_by_their_status(tmp_path):
    study = accept(tmp_path, STATISTICIAN)
    subjects = study.subjects
    assert subjects["death_day"].fillna(-1).tolist() == [271, -1, -1, 12, -1]
    assert subjects["last_contact_day"].fillna(-1).tolist() == [-1, 749, 715, -1, 621]
    assert subjects["relapse_day"].fillna(-1).tolist() == [149, -1, 314, -1, -1]
    assert subjects["marrow_blasts_pct"].tolist() == [80, 12, 65, 40, 5]
    assert subjects["extramedullary_disease"].tolist() == ["no", "no", "yes", "no", "no"]
    assert subjects["sex"].isna().all()
    assert study.adverse_events["grade"].tolist() == [2, 1, 3, 4]


def test_a_code_whose_meaning_is_unsure_is_set_aside_and_its_recode_commented_out(tmp_path):
    text = suggest(tmp_path, STATISTICIAN)
    assert line_of(text, "sex_as_given").split("  #")[0].strip() == "sex_as_given: sex"
    assert line_of(text, "sex: {").startswith("#     sex: {1: male, 2: female} ")
    said = text.replace("    sex_as_given: sex", "    # sex_as_given: sex").replace("#     sex:", "      sex:")
    (tmp_path / "study.yaml").write_text(said.replace("      sex:", "    sex:"))
    assert load_study(tmp_path).subjects["sex"].tolist() == ["male", "female", "female", "male", "male"]


@pytest.mark.parametrize("instrument", ["adverse_events", "reactions"])
def test_an_export_of_redcap_as_proposed_is_three_tables(tmp_path, instrument):
    study = accept(tmp_path, REDCAP.replace("adverse_events", instrument))
    assert study.subjects["subject_id"].tolist() == ["1", "2", "3"]
    assert study.adverse_events[["subject_id", "term", "grade"]].values.tolist() == [
        ["1", "CRS", 2],
        ["1", "ICANS", 1],
        ["2", "CRS", 1],
    ]
    assert study.assessments["value"].tolist() == [12000, 900]


HEADERS = {
    "german": "Patienten-ID,Geschlecht,Alter,Infusionsdatum,Todesdatum,Letzter Kontakt,Ansprechen,Rezidivdatum",
    "french": "No patient,Sexe,Age,Date perfusion,Date de décès,Dernières nouvelles,Réponse,Rechute",
    "spanish": "ID paciente,Sexo,Edad,D0,Fecha de muerte,Último contacto,Mejor respuesta,Recaída",
    "chinese": "编号,性别,年龄,回输日期,死亡日期,末次随访日期,最佳疗效,复发日期",
    "registry": "USUBJID,SEX,AGE,CART_DT,DTHDT,LSTALVDT,BOR,RelapseDate",
    "abbreviated": "MRN,M/F,Age (yrs),Day 0,DOD,LFU date,Best overall response,Relapse dt",
    "misspelt": "pat_no,gender,age,infusion,death date,last folow up,best respnse,date of relapse",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_headers_are_understood_in_many_spellings(tmp_path, header):
    rows = "A,M,34,13.01.2021,10.09.2021,,CR,01.06.2021\nB,F,51,11.02.2021,,08.02.2023,PR,\n"
    study = accept(tmp_path, f"{header}\n{rows}")
    subjects = study.subjects
    assert subjects["death_day"].fillna(-1).tolist() == [240, -1]
    assert subjects["last_contact_day"].fillna(-1).tolist() == [-1, 727]
    assert subjects["relapse_day"].fillna(-1).tolist() == [139, -1]
    assert subjects[["subject_id", "sex", "age_years", "best_response"]].values.tolist() == [
        ["A", "male", 34, "CR"],
        ["B", "female", 51, "PR"],
    ]


def test_dates_that_fit_two_orders_are_left_to_the_user(tmp_path):
    sheet = "id,infusion date,death date,last contact\nA,01/02/2021,03/04/2021,\nB,05/06/2021,,07/08/2022\n"
    text = suggest(tmp_path, sheet)
    dates = line_of(text, "dates:")
    assert dates.startswith("# dates: day/month/year ")
    assert dates.endswith("# unsure: month/day/year fits the 3 columns of dates as well")
    assert "With this, `check` still finds 4 problems:" in text
    assert (
        "#   `infusion_date` holds a cell that is not a date. (sheet.csv: rows 2 and 3, column infusion date)" in text
    )


@pytest.mark.parametrize(
    ("status", "codes", "line"),
    [
        ("Vital status", "Dead Alive", "dead: [Dead], alive: [Alive]"),
        ("OS_event", "1 0", "dead: [1], alive: [0]"),
        ("OS cens", "0 1", "dead: [0], alive: [1]"),
        ("status", "deceased living", "dead: [deceased], alive: [living]"),
        ("died", "yes no", "dead: [yes], alive: [no]"),
    ],
)
def test_a_time_and_a_status_are_follow_up(tmp_path, status, codes, line):
    dead, alive = codes.split()
    sheet = f"ID,OS (days),{status}\nA,500,{dead}\nB,600,{alive}\nC,700,{alive}\n"
    text = suggest(tmp_path, sheet)
    assert line_of(text, "follow_up:") == f"follow_up: {{time: OS (days), status: {status}, {line}, unit: days}}"
    assert accept(tmp_path, sheet).subjects["death_day"].fillna(-1).tolist() == [500, -1, -1]


@pytest.mark.parametrize(
    ("header", "times", "doubt"),
    [
        ("OS,status", ("8.9", "20"), "its unit is not told, and days would be whole"),
        ("OS,status", ("9", "20"), "its unit is not told"),
    ],
)
def test_a_time_without_a_unit_is_not_taken_for_days(tmp_path, header, times, doubt):
    text = suggest(tmp_path, f"ID,{header}\nA,{times[0]},dead\nB,{times[1]},alive\n")
    lines = text.splitlines()
    place = lines.index(line_of(text, "follow_up:"))
    assert lines[place].startswith("# follow_up: {time: OS, status: status, dead: [dead], alive: [alive], unit: ")
    assert lines[place - 1] == f"# unsure: a time and a status, 1 of 2 dead; {doubt}"


def test_codes_that_may_mean_either_are_left_to_the_user(tmp_path):
    text = suggest(tmp_path, "ID,OS_days,status\nA,500,1\nB,600,2\n")
    assert line_of(text, "follow_up:").startswith("# follow_up: {time: OS_days")
    assert "which of 1 and 2 means dead?" in text


def test_a_relapse_time_filled_for_everyone_is_no_day_of_relapse(tmp_path):
    sheet = "ID,death_day,last_contact_day,Relapse (months)\nA,,500,3\nB,,600,20\nC,,700,23\n"
    text = suggest(tmp_path, sheet)
    assert line_of(text, "relapse_day:").startswith("#     relapse_day: Relapse (months) ")
    assert accept(tmp_path, sheet).subjects["relapse_day"].isna().all()


def test_a_death_without_last_contacts_gives_way_to_a_time_with_a_status(tmp_path):
    sheet = "ID,death_day,OS (days),status\nA,500,500,dead\nB,,600,alive\n"
    assert "    death_day_as_given: death_day  " in suggest(tmp_path, sheet)
    subjects = accept(tmp_path, sheet).subjects
    assert subjects["last_contact_day"].fillna(-1).tolist() == [-1, 600]
    assert subjects["death_day_as_given"].fillna(-1).tolist() == [500, -1]


def test_a_folder_of_tables_is_told_apart_by_what_they_hold(tmp_path):
    (tmp_path / "a_events.csv").write_text("patient,AE term,CTCAE grade,start date\nA,CRS,2,2021-01-07\n")
    (tmp_path / "b_labs.csv").write_text("patient,lab date,analyte,result,units\nA,2021-01-07,il6,12,pg/mL\n")
    (tmp_path / "c_people.csv").write_text("patient,infusion,dod,lfu\nA,2021-01-05,,2022-01-05\n")
    (tmp_path / "study.yaml").write_text(suggest_description(tmp_path))
    study = load_study(tmp_path)
    assert (study.adverse_events["grade"].tolist(), study.assessments["value"].tolist()) == ([2], [12])
    assert study.subjects["last_contact_day"].tolist() == [365]


def test_what_study_yaml_says_is_kept_and_the_rest_completed(tmp_path):
    (tmp_path / "study.yaml").write_text(
        "title: 'A title: of mine'\ndata_cutoff_date: 2023-06-30\ntables: {subjects: sheet.csv}\n"
        "columns: {subjects: {sex: Gender, age_at_start: Age at infusion}}\n"
        "values: {subjects: {sex: {M: female, F: male}}}\nfactors: [Centre]\n"
    )
    (tmp_path / "sheet.csv").write_text(CLINICAL)
    (tmp_path / "study.yaml").write_text(suggest_description(tmp_path))
    study = load_study(tmp_path)
    assert (study.title, study.data_cutoff_date.isoformat()) == ("A title: of mine", "2023-06-30")
    assert study.factors == ("Centre",)
    assert study.subjects["sex"].tolist()[:2] == ["female", "male"]
    assert study.subjects["age_at_start"].tolist()[:2] == [34, 51]
    assert study.subjects["relapse_day"].tolist()[0] == 147


def test_suggesting_again_changes_nothing(tmp_path):
    accept(tmp_path, CLINICAL)
    once = pd.Series(suggest_description(tmp_path).splitlines())
    (tmp_path / "study.yaml").write_text("\n".join(once))
    assert suggest_description(tmp_path).splitlines() == once.tolist()


def test_names_of_any_kind_come_back_from_the_yaml(tmp_path):
    sheet = 'ID,"Death, #1: [x] (days)","last ""contact"", day",x: {y}\nA,5,,1\nB,,9,2\n'
    (tmp_path / "study.yaml").write_text("columns: {subjects: {death_day: 'Death, #1: [x] (days)', x_y: 'x: {y}'}}")
    assert accept(tmp_path, sheet).subjects["death_day"].fillna(-1).tolist() == [5, -1]
    text = suggest_description(tmp_path)
    assert '    death_day: "Death, #1: [x] (days)"\n' in text
    assert '    last_contact_day: "last \\"contact\\", day"' in text


def test_a_header_of_several_lines_cannot_leave_its_comment(tmp_path):
    text = suggest(tmp_path, 'ID,death_day,last_contact_day,"a\nsynthetic: true"\nA,5,,1\n')
    assert "kept for `factors` and `subset`: a\\nsynthetic: true." in text
    assert "\nsynthetic" not in text


def test_a_file_that_tells_nothing_is_taken_for_the_patients(tmp_path):
    text = suggest(tmp_path, "x,y\n1,2\n")
    assert text.startswith("# Proposed from sheet.csv: subjects in sheet.csv.\n")
    assert text.endswith(
        "\n# Without a meaning here, kept for `factors` and `subset`: x, y.\n"
        "# With this, `check` still finds 1 problem:\n"
        "#   The first row holds none of the columns that must be there: `subject_id`, `death_date` or `death_day`, "
        "`last_contact_date` or `last_contact_day`. (sheet.csv)"
    )


def test_folders_in_which_no_table_of_patients_is_recognised_say_so(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    (tmp_path / "b.csv").write_text("x,y\n1,2\n")
    assert suggest_description(tmp_path).splitlines()[0].endswith(": no table of patients was recognised.")


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(StudyDataError, match="The file has no header"):
        suggest(tmp_path, "")


def test_values_that_are_not_understood_are_left_to_the_user(tmp_path):
    text = suggest(tmp_path, "ID,death_day,last_contact_day,BOR\nA,,5,CR\nB,,6,MRD neg CR\n")
    assert line_of(text, "best_response: BOR").endswith("; 1 of 2 values not understood")
    assert line_of(text, "best_response: {").startswith('#     best_response: {MRD neg CR: "?"} ')


@pytest.mark.parametrize("name", ["nowhere", "nowhere.csv"])
def test_what_is_not_there_is_told(tmp_path, name):
    with pytest.raises(StudyDataError, match="There is no such file or folder"):
        suggest_description(tmp_path / name)


def test_a_folder_without_a_table_and_a_broken_study_yaml_are_told(tmp_path):
    with pytest.raises(StudyDataError, match=r"The folder holds no table\."):
        suggest_description(tmp_path)
    (tmp_path / "study.yaml").write_text("titel: x")
    with pytest.raises(StudyDataError, match="Did you mean `title`"):
        suggest(tmp_path, CLINICAL)


def test_a_file_that_cannot_be_read_beside_one_that_can_is_told_in_the_proposal(tmp_path):
    (tmp_path / "broken.csv").write_bytes(b'a,b\n"x,1\n')
    text = suggest(tmp_path, CLINICAL) and suggest_description(tmp_path)
    assert (
        "# With this, `check` still finds 1 problem:\n#   The file cannot be read as a table. (broken.csv: row 2)"
        in text
    )


def test_a_death_on_a_day_that_is_not_known_is_not_taken_for_none(tmp_path):
    deaths = [*(f"2021-0{month}-01" for month in range(3, 8)), "unknown", ""]
    lines = [f"P{n},2021-01-0{n},{death},2022-01-0{n}" for n, death in enumerate(deaths, 1)]
    text = suggest(tmp_path, "\n".join(["Patient,Infusion date,Date of death,Last contact", *lines]))
    said = "# unsure: by its name and values; 6 of 7 filled; words that may say that it happened on a day not known"
    assert line_of(text, "death_date: Date of death").lstrip().startswith("#")
    assert said in line_of(text, "death_date: Date of death")
    assert line_of(text, "death_date: {unknown").lstrip().startswith("#")


def test_a_box_to_tick_is_no_text(tmp_path):
    sheet = "Patient,Infusion date,Death date,Last contact,Cytogenetics (choice=BCR-ABL)\n"
    sheet += "".join(
        f"P{n},2021-01-0{n},,2022-01-0{n},{tick}\n" for n, tick in enumerate(["Checked", "Unchecked"], 1)
    )
    assert "genetic_abnormalities" not in suggest(tmp_path, sheet)


def test_what_is_odd_is_foretold_too(tmp_path):
    sheet = "Patient,Infusion date,Death date,Last contact\nP1,2021-01-01,,2021-02-01\nP2,2021-01-02,,2023-01-02\n"
    assert "# With this, `check` finds the study sound, with 1 thing worth a look or more: 2 patients." in suggest(
        tmp_path, sheet
    )
