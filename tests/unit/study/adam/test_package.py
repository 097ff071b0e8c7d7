"""An ADaM package becomes a study: who is in it, what is known of each, and where that comes from."""

import pandas as pd
import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study import ask_endpoints, derive_endpoint, select_cohort
from tests.unit.study.adam.packages import ADAE, ADLB, ADRS, ADSL, ADTTE, YAML, load_package


def problems_of(folder, **tables):
    with pytest.raises(StudyDataError) as caught:
        load_package(folder, **tables)
    return caught.value.problems


def dates(study, column):
    """A time of the subjects as dates."""
    zero = study.subjects["infusion_date"].fillna(study.subjects["infusion_date"].iloc[0].replace(month=3, day=20))
    days = zero + pd.to_timedelta(study.subjects[column].to_numpy(float, na_value=float("nan")), unit="D")
    return [None if pd.isna(day) else f"{day:%Y-%m-%d}" for day in days]


def whats(problems):
    return [problem.what for problem in problems]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("adam") / "pk"
    return load_package(folder, adtte=ADTTE, adrs=ADRS, adae=ADAE, adlb=ADLB)


def test_the_subjects_are_those_of_the_intention_to_treat(study):
    assert study.subjects["subject_id"].tolist() == ["01", "02", "03", "04"]
    assert study.exclusions == (("ITTFL is not Y", 1),)
    assert study.subjects["source_row"].tolist() == [2, 3, 4, 5]
    assert study.subjects["infused"].tolist() == [True, True, True, False]
    cohort = select_cohort(study)
    assert cohort.subjects["subject_id"].tolist() == ["01", "02", "03"]
    assert cohort.exclusions == (("ITTFL is not Y", 1), ("never treated", 1))
    assert len(select_cohort(study, population="enrolled").subjects) == 4


def test_without_ittfl_who_was_neither_treated_nor_randomised_is_left_out(tmp_path):
    study = load_package(tmp_path, adsl=ADSL.replace("ITTFL", "OTHERFL"))
    assert study.subjects["subject_id"].tolist() == ["01", "02", "03", "04"]
    assert study.exclusions == (("neither treated nor randomised", 1),)


def test_variables_become_columns_of_the_dictionary_and_the_others_stay_in_small_letters(study):
    subjects = study.subjects
    assert subjects["age_years"].tolist() == [50, 61, 72, 45]
    assert subjects["sex"].astype(object).where(subjects["sex"].notna(), None).tolist() == [
        "female", "male", "female", None,
    ]  # fmt: skip
    assert subjects["enrollment_day"].tolist() == [-2, -2, -1, 0]
    assert subjects["trta"].tolist() == ["Placebo", "Active", "Placebo", "Active"]
    assert subjects["saffl"].tolist() == ["yes", "yes", "yes", "no"]
    assert study.day_zero == "treatment"
    assert study.labels["trta"] == "Treatment"


def test_factors_are_the_arm_and_what_was_known_of_everybody_in_the_order_of_their_numbers(study):
    assert study.factors == ("trta", "sex", "age_group")
    cohort = select_cohort(study)
    assert list(cohort.subjects["trta"].cat.categories) == ["Placebo", "Active"]


def test_the_dead_and_the_last_contacts_come_from_what_is_nearest(study, tmp_path):
    assert dates(study, "death_day") == [None, "2020-07-01", None, None]
    assert dates(study, "last_contact_day") == ["2020-12-31", "2020-07-01", "2020-12-31", "2020-10-01"]
    other = ADSL.replace("LSTALVDT", "TRTEDT").replace("DTHDT", "XDT")
    undated = load_package(tmp_path, adsl=other)
    assert dates(undated, "death_day") == [None, "2020-06-30", None, None]
    assert (undated.warnings[0].what, undated.warnings[0].where) == (
        "`DTHFL` is Y, but no date of the death is given.",
        "adsl.csv: row 3, column DTHFL",
    )


def test_the_last_day_in_the_data_stands_for_a_cut_off_that_nobody_names(study):
    assert study.data_cutoff_date.isoformat() == "2020-12-31"
    assert study.remarks["subjects"] == ("The data cut-off is the last day in the data.",)
    assert whats(study.warnings)[0] == (
        "study.yaml names no `data_cutoff_date`: the last day in the data, 2020-12-31, stands for it."
    )


def test_each_parameter_is_an_endpoint_by_its_code(study):
    assert ask_endpoints(study).told == ("os", "ttx")
    endpoint = derive_endpoint(study, "ttx")
    assert (endpoint.label, endpoint.abbreviation, endpoint.origin) == ("Time to First Rescue", "TTX", "infusion")
    assert endpoint.time_days.tolist() == [61, 143, 31]
    assert endpoint.event.tolist() == [True, False, True]
    assert endpoint.event_source.tolist() == ["Rescue", "", "Withdrawal"]
    assert endpoint.censoring_reason.tolist() == ["", "Death", ""]
    assert endpoint.exclusion_note == "1 patient without a record of TTX"
    assert study.remarks["endpoints"] == (
        "Times are AVAL of adtte.csv as it stands: the day of their start counts as day 1, as in ADaM.",
    )


def test_an_earlier_cut_off_censors_by_the_dates(study):
    for date, times, events in (
        ("2020-04-09", [61, 60, 31], [True, False, True]),
        ("2020-04-08", [61, 59, 30], [True, False, False]),
        ("2020-03-09", [60, 29], [False, False]),
    ):
        endpoint = derive_endpoint(select_cohort(study, data_cutoff_date=date), "ttx")
        assert (endpoint.time_days.tolist(), endpoint.event.tolist()) == (times, events)


def test_overall_survival_of_the_package_takes_the_place_of_the_suites(study):
    endpoint = derive_endpoint(study, "os")
    assert endpoint.time_days.tolist() == [357, 143, 297]
    assert endpoint.event_source.tolist() == ["", "Death", ""]


def test_responses_come_from_adrs(study):
    best = study.subjects["best_response"]
    assert best.astype(object).where(best.notna(), None).tolist() == ["PR", "NR", "NE", None]
    assert dates(study, "response_day") == ["2020-02-15", None, None, None]
    assert dates(study, "progression_day") == [None, "2020-05-01", None, None]


def test_of_several_records_of_yes_the_earliest_counts_whatever_their_order(tmp_path):
    more = """    01, RSP, Response,    Y, 2020-02-01
    01,      RSP,     Response,              N,       2020-01-20
    02,      PD,      Progression,           Y,       2020-04-20
    02,      PD,      Progression,           Y,
    03,      PD,      Progression,           Y,
    03,      PD,      Progression,           Y,       21990
"""
    study = load_package(tmp_path, adrs=ADRS + more)
    assert dates(study, "response_day") == ["2020-02-01", None, None, None]
    assert dates(study, "progression_day") == [None, "2020-04-20", "2020-03-16", None]
    partial = load_package(tmp_path / "a", adrs=ADRS + more.replace("2020-04-20", "2020-05"))
    assert dates(partial, "progression_day") == [None, "2020-05-01", "2020-03-16", None]
    (problem,) = problems_of(tmp_path / "b", adrs=ADRS + more.replace("2020-04-20", "2020-04-31"))
    assert (problem.what, problem.where) == (
        "`progression_date (of adrs.csv)` holds a cell that is not a date.",
        "adsl.csv: row 3, column progression_date (of adrs.csv)",
    )


def test_of_several_days_of_yes_the_earliest_counts(tmp_path):
    adsl = "USUBJID,SAFFL,DTHDY,LSTALVDY\nA,Y,,100\n"
    adrs = "USUBJID,PARAMCD,AVALC,ADY\nA,RSP,Y,\nA,RSP,Y,100\nA,RSP,Y,20\n"
    study = load_package(tmp_path, adsl=adsl, adrs=adrs, yaml="format: adam")
    assert study.subjects["response_day"].tolist() == [19]


def test_without_a_parameter_of_response_the_best_one_is_its_date(tmp_path):
    adrs = "\n".join(line for line in ADRS.splitlines() if " RSP," not in line)
    study = load_package(tmp_path / "a", adrs=adrs)
    assert dates(study, "response_day") == ["2020-03-01", None, None, None]
    cutoff = "The data cut-off is the last day in the data."
    assert study.remarks["subjects"] == (
        "First responses are dated by the best overall response (BOR of adrs.csv), since that has no parameter RSP "
        "or CRSP: they may have been earlier.",
        cutoff,
    )
    nobody = load_package(tmp_path / "b", adrs=adrs.replace("PR, ", "SD, "))
    assert nobody.remarks["subjects"] == (cutoff,)
    yaml = YAML + "\ncolumns: {adsl: {response_day: RESPDT}}"
    adsl = ADSL.replace("STUDYID", "RESPDT").replace("S,       01,", "2020-02-20,01,").replace("  S, ", "   , ")
    named = load_package(tmp_path / "c", adsl=adsl, adrs=adrs, yaml=yaml)
    assert dates(named, "response_day") == ["2020-02-20", None, None, None]
    assert named.remarks["subjects"] == (cutoff,)


def test_severities_are_grades_and_the_page_says_so(study):
    events = study.adverse_events
    assert events["term"].tolist() == ["RASH", "RASH", "HEADACHE"]  # the screening failure's is left out
    assert events["grade"].tolist() == [1, 3, 2]
    assert events["onset_day"].tolist() == [2, 33, -9]
    assert events["source_row"].tolist() == [2, 3, 4]
    assert study.remarks["adverse_events"] == (
        "Grades are the severities of adae.csv (AESEV): 1 for mild, 2 for moderate, 3 for severe, 4 for "
        "life-threatening, 5 for fatal.",
        "The date of onset of 1 adverse event is imputed in part (ASTDTF).",
    )


def test_grades_go_before_severities(tmp_path):
    adae = ADAE.replace("AETERM", "AETOXGR").replace("red spots", "GRADE 2").replace(" rash,", " 4,")
    study = load_package(tmp_path, adae=adae.replace(" headache,", " 1.0,"))
    assert study.adverse_events["grade"].tolist() == [2, 4, 1]
    assert study.remarks["adverse_events"][0].startswith("The date of onset")


WORDS = "1 for mild, 2 for moderate, 3 for severe, 4 for life-threatening, 5 for fatal."


def test_grades_that_are_empty_throughout_do_not_hide_the_severities(tmp_path):
    adae = ADAE.replace("AETERM", "AETOXGR").replace("red spots", "")
    adae = adae.replace(" rash,", ",").replace(" headache,", ",")
    study = load_package(tmp_path, adae=adae)
    assert study.adverse_events["grade"].tolist() == [1, 3, 2]
    assert study.remarks["adverse_events"][0] == f"Grades are the severities of adae.csv (AESEV): {WORDS}"


def test_grades_that_are_empty_in_part_are_completed_by_the_severities(tmp_path):
    adae = ADAE.replace("AETERM", "AETOXGR").replace("red spots", "4").replace(" rash,", ",")
    adae = adae.replace(" headache,", ",")
    study = load_package(tmp_path / "a", adae=adae)
    assert study.adverse_events["grade"].tolist() == [4, 3, 2]
    assert study.remarks["adverse_events"][0] == (
        f"The grade of 2 adverse events without AETOXGR is the severity of adae.csv (AESEV): {WORDS}"
    )
    (problem,) = problems_of(tmp_path / "b", adae=adae.replace("MODERATE", "SLIGHT"))
    assert (problem.what, problem.where) == (
        "`AETOXGR or AESEV` holds a cell that is not a whole number.",
        "adae.csv: row 4, column AETOXGR or AESEV",
    )
    named = load_package(tmp_path / "c", adae=adae, yaml=YAML + "\ncolumns: {adae: {grade: AETOXGR}}")
    assert named.adverse_events["grade"].fillna(0).tolist() == [4, 0, 0]
    assert named.remarks["adverse_events"][0].startswith("The date of onset")


def test_a_variable_without_any_value_hides_no_other(tmp_path):
    adsl = ADSL.replace("STUDYID,", "ENRLDT,TRTA,").replace(" S,", ",,")
    adae = "USUBJID,AEDECOD,AETERM,AESEV,ASTDT,ASTDY\n01,,rash,MILD,,3\n"
    adrs = "USUBJID,PARAMCD,AVALC,ADT,ADY\n01,RSP,Y,,37\n"
    study = load_package(tmp_path, adsl=adsl, adae=adae, adrs=adrs)
    assert study.subjects["enrollment_day"].tolist() == [-2, -2, -1, 0]
    assert study.subjects["trta"].tolist() == ["Placebo", "Active", "Placebo", "Active"]
    assert study.subjects["response_day"].fillna(-1).tolist() == [36, -1, -1, -1]
    assert (study.adverse_events["term"].tolist(), study.adverse_events["onset_day"].tolist()) == (["rash"], [2])


def test_measurements_have_their_unit_from_the_parameter_and_a_day_of_sas(study):
    measured = study.assessments
    assert measured["assay"].tolist() == ["Sodium", "CRP"]
    assert measured["unit"].astype(object).where(measured["unit"].notna(), None).tolist() == ["mmol/L", None]
    assert measured["assessment_day"].tolist() == [2, 5]


def test_dates_may_be_those_of_sas(tmp_path):
    adsl = (
        ADSL.replace("2020-01-10,", "10JAN2020,")
        .replace("2020-02-10,", "21955,")
        .replace("2020-03-10,", "2020-03-10T08:00,")
    )
    subjects = load_package(tmp_path, adsl=adsl).subjects
    assert subjects["infusion_date"].dt.strftime("%Y-%m-%d").tolist()[:3] == [
        "2020-01-10",
        "2020-02-10",
        "2020-03-10",
    ]


def test_what_study_yaml_maps_goes_before_what_is_known_of_adam(tmp_path):
    adsl = (
        ADSL.replace("RANDDT", "HSCTDT")
        .replace("2020-01-08", "2020-02-08")
        .replace("2020-02-08, 2020-06", "2020-03-08, 2020-06")
    )
    yaml = (
        YAML
        + "\ncolumns: {adsl: {hsct_day: hsctdt, first_product: trt01a}}"
        + "\nvalues: {adsl: {trt01a: {Placebo: CAR19, Active: CAR22}}}"
    )
    adsl = adsl.replace("2020-03-09, 2020-12", "2020-03-19, 2020-12").replace(
        "Y,     Active,  1,                 ,", "N,     Active,  1,                 ,"
    )
    study = load_package(tmp_path, adsl=adsl, yaml=yaml)
    assert study.subjects["hsct_day"].tolist() == [29, 27, 9]
    assert study.subjects["first_product"].tolist() == ["CAR19", "CAR22", "CAR19"]


def test_a_package_in_days_has_the_days_of_adam(tmp_path):
    adsl = "USUBJID,SAFFL,DTHDY,LSTALVDY\nA,Y,10,\nB,Y,,20\n"
    adtte = "USUBJID,PARAMCD,STARTDY,ADY,AVAL,CNSR\nA,OS,1,10,9,0\nB,OS,1,20,19,1\n"
    study = load_package(tmp_path, adsl=adsl, adtte=adtte, yaml="format: adam")
    assert study.subjects["death_day"].fillna(-1).tolist() == [9, -1]
    assert study.subjects["last_contact_day"].fillna(-1).tolist() == [-1, 19]
    assert derive_endpoint(study, "os").time_days.tolist() == [9, 19]
    assert study.data_cutoff_date is None


def test_a_day_0_which_adam_does_not_know_is_refused(tmp_path):
    adsl = "USUBJID,SAFFL,DTHDY,LSTALVDY\nA,Y,10,\nB,Y,,0\n"
    adtte = "USUBJID,PARAMCD,STARTDY,ADY,AVAL,CNSR\nA,OS,1,10,9,0\nB,OS,0.0,20,19,1\n"
    adae = "USUBJID,AEDECOD,AESEV,ASTDY,AENDY\nA,RASH,MILD,0,\nA,RASH,MILD,2,-0\nB,RASH,MILD,-1,1\n"
    adrs = "USUBJID,PARAMCD,AVALC,ADY\nA,RSP,Y,0\n"
    adlb = "USUBJID,PARAM,AVAL,ADY\nA,CRP,1,10\nA,CRP,1,0\n"
    tables = {"adtte": adtte, "adae": adae, "adrs": adrs, "adlb": adlb}
    problems = problems_of(tmp_path, adsl=adsl, **tables, yaml="format: adam")
    assert [(problem.what, problem.where) for problem in problems] == [
        ("`STARTDY` holds a day 0, which ADaM does not know.", "adtte.csv: row 3, column STARTDY"),
        ("`ADY` holds a day 0, which ADaM does not know.", "adrs.csv: row 2, column ADY"),
        ("`LSTALVDY` holds a day 0, which ADaM does not know.", "adsl.csv: row 3, column LSTALVDY"),
        ("`ASTDY` holds a day 0, which ADaM does not know.", "adae.csv: row 2, column ASTDY"),
        ("`AENDY` holds a day 0, which ADaM does not know.", "adae.csv: row 3, column AENDY"),
        ("`ADY` holds a day 0, which ADaM does not know.", "adlb.csv: row 3, column ADY"),
    ]
    assert {problem.remedy for problem in problems} == {
        "Days of ADaM count from 1, and the day before is -1: count them so, or give dates."
    }


def test_a_day_0_beside_the_dates_that_are_read_does_not_matter(tmp_path):
    adtte = "USUBJID,PARAMCD,STARTDT,ADT,ADY,AVAL,CNSR\n01,TTX,2020-01-10,2020-01-10,0,1,0\n"
    adae = "USUBJID,AEDECOD,ASTDT,ASTDY\n01,RASH,2020-01-10,0\n"
    study = load_package(tmp_path / "a", adtte=adtte, adae=adae)
    assert study.adverse_events["onset_day"].tolist() == [0]
    adsl = "USUBJID,SAFFL,DTHDY,LSTALVDY\n01,Y,,10\n"
    (problem,) = problems_of(tmp_path / "b", adsl=adsl, adtte=adtte, yaml="format: adam")
    assert problem.where == "adtte.csv: row 2, column ADY"


def test_own_endpoints_stand_beside_the_recorded(tmp_path):
    yaml = YAML + "\nendpoints: {ttd: {label: Time to discontinuation, events: [trtedt, death]}}"
    adsl = ADSL.replace("STUDYID", "TRTEDT").replace(" S,", " 2020-06-01,")
    study = load_package(tmp_path, adsl=adsl, adtte=ADTTE, yaml=yaml)
    assert ask_endpoints(study).told == ("os", "ttx", "ttd")
    assert derive_endpoint(study, "ttd").time_days.tolist() == [143, 112, 83]


def test_only_adsl_is_needed(tmp_path):
    study = load_package(tmp_path)
    assert ask_endpoints(study).told == ("os",)
    assert derive_endpoint(study, "os").time_days.tolist() == [356, 142, 296]
    (problem,) = problems_of(tmp_path / "none", adsl=None)
    assert (problem.what, problem.where) == ("There is no such table file.", "adsl.xpt")


def test_a_table_may_have_any_name_and_two_for_one_are_refused(tmp_path):
    load_package(tmp_path / "a")
    (tmp_path / "a" / "adsl.csv").rename(tmp_path / "a" / "Subjects.csv")
    yaml = YAML + "\ntables: {adsl: Subjects.csv}"
    assert len(load_package(tmp_path / "a", adsl=None, yaml=yaml).subjects) == 4
    load_package(tmp_path / "b")
    (tmp_path / "b" / "ADSL.csv").write_text((tmp_path / "b" / "adsl.csv").read_text())
    (problem,) = problems_of(tmp_path / "b")
    assert problem.what == "There are several files for ADSL: ADSL.csv, adsl.csv."
    (problem,) = problems_of(tmp_path / "c", yaml="format: adam\ntables: {subjects: a.csv}")
    assert problem.what == "There is no key `subjects` under `tables`."
    (problem,) = problems_of(tmp_path / "d", yaml="format: sdtm")
    assert problem.what == "`format` must be adam."


def test_what_is_wrong_is_told_by_the_packages_own_names(tmp_path):
    adsl = ADSL.replace("S,       03,", "S,       02,").replace("2020-01-10,", "2020-13-10,")
    adtte = ADTTE.replace("    03,", "    09,")
    adae = ADAE.replace("05,", "77,").replace("MILD", "SLIGHT")
    problems = problems_of(tmp_path, adsl=adsl, adtte=adtte, adae=adae, adrs=ADRS.replace("SD,", "XX,"))
    assert [(problem.what, problem.where) for problem in problems] == [
        ("`USUBJID` names a subject who is not in ADSL.", "adtte.csv: rows 4 and 7, column USUBJID"),
        ("`USUBJID` names a subject who is not in ADSL.", "adrs.csv: row 4, column USUBJID"),
        ("`AVALC` of the best overall response is not in its list.", "adrs.csv: row 3, column AVALC"),
        ("`USUBJID` names a subject who is not in ADSL.", "adae.csv: row 5, column USUBJID"),
        ("`TRTSDT` holds a cell that is not a date.", "adsl.csv: row 2, column TRTSDT"),
        ("`AESEV` holds a cell that is not a whole number.", "adae.csv: row 2, column AESEV"),
        ("`USUBJID` must be unique.", "adsl.csv: rows 3 and 4, column USUBJID"),
    ]


def test_a_treated_subject_has_a_first_treatment(tmp_path):
    (problem,) = problems_of(tmp_path, adsl=ADSL.replace("2020-03-10,", "          ,"))
    assert (problem.what, problem.where) == (
        "`SAFFL` is Y, but `TRTSDT` is empty.",
        "adsl.csv: row 4, columns SAFFL and TRTSDT",
    )


def test_whom_rows_leaves_out_of_adsl_is_no_stranger_and_is_left_out_of_all_tables(tmp_path):
    tables = {"adsl": ADSL.replace("USUBJID", "UsubjId"), "adtte": ADTTE, "adrs": ADRS, "adae": ADAE, "adlb": ADLB}
    yaml = YAML + "\nrows: {adsl: SEX == 'F'}\nvalues: {adsl: {USUBJID: {'01': '11'}}}"
    tables |= {name: tables[name].replace("    01,", "    11,") for name in ("adtte", "adrs", "adae", "adlb")}
    study = load_package(tmp_path / "a", **tables, yaml=yaml)
    assert study.subjects["subject_id"].tolist() == ["11", "03"]
    assert derive_endpoint(study, "ttx").time_days.tolist() == [61, 31]
    assert study.adverse_events["subject_id"].tolist() == ["11", "11"]
    assert study.assessments["subject_id"].tolist() == ["11", "11"]
    (problem,) = problems_of(tmp_path / "b", **tables | {"adae": ADAE.replace("    01,", "    77,")}, yaml=yaml)
    assert (problem.what, problem.where) == (
        "`USUBJID` names a subject who is not in ADSL.",
        "adae.csv: rows 2 and 3, column USUBJID",
    )


def test_where_one_file_makes_all_tables_adsl_is_what_its_rows_are(tmp_path):
    data = """
        FORM, USUBJID, SAFFL, TRTSDT,     LSTALVDT,   DTHDT, AEDECOD, AESEV, ASTDT
        SL,   01,      Y,     2020-01-10, 2020-12-31, ,      ,        ,
        AE,   01,      ,      ,           ,           ,      RASH,    MILD,  2020-01-12
        AE,   02,      ,      ,           ,           ,      RASH,    MILD,  2020-01-12
    """
    yaml = YAML + "\ntables: {adsl: adsl.csv, adae: adsl.csv}\nrows: {adsl: FORM == 'SL', adae: FORM == 'AE'}"
    (problem,) = problems_of(tmp_path, adsl=data, yaml=yaml)
    assert (problem.what, problem.where) == (
        "`USUBJID` names a subject who is not in ADSL.",
        "adsl.csv: row 4, column USUBJID",
    )


def test_variables_that_must_be_there_are_named(tmp_path):
    problems = problems_of(
        tmp_path, adsl=ADSL, adtte=ADTTE.replace("CNSR", "CENSR"), adrs=ADRS.replace("AVALC", "AVAL"),
        adae=ADAE.replace("USUBJID", "SUBJID"), adlb=ADLB.replace("ADT", "XDT"),
    )  # fmt: skip
    assert [(problem.what, problem.where) for problem in problems] == [
        ("The variable `CNSR` is missing. Did you mean `CENSR`?", "adtte.csv"),
        ("The variable `AVALC` is missing. Did you mean `AVAL`?", "adrs.csv"),
        ("The variable `USUBJID` is missing. Did you mean `SUBJID`?", "adae.csv"),
        ("The variable `ADT` or `ADY` is missing. Did you mean `XDT`?", "adlb.csv"),
    ]
    (problem,) = problems_of(tmp_path / "b", adsl=ADSL.replace("USUBJID", "SUBJECT"))
    assert problem.what == "The variable `USUBJID` is missing."


def test_days_that_do_not_fit_are_not_used_and_told(tmp_path):
    adrs = ADRS.replace("Y,       2020-02-15", "Y,       2019-02-15").replace("2020-05-01", "2020-08-01")
    adae = ADAE.replace("2020-01-20", "2020-01-02").replace("2020-02-01, ,       2020-02-03", "2020-09-01, ,     ")
    study = load_package(tmp_path, adrs=adrs, adae=adae)
    told = [(problem.what, problem.where) for problem in study.warnings if problem.remedy == "The cell is not used."]
    response, progression = "response_date (of adrs.csv)", "progression_date (of adrs.csv)"
    assert told == [
        (
            f"`{progression}` must not be after `DTHDT`: nothing can follow the death.",
            f"adsl.csv: row 3, columns {progression} and DTHDT",
        ),
        (f"`{response}` must not be before the first infusion.", f"adsl.csv: row 2, column {response}"),
        ("`ASTDT` must not be after the patient's death.", "adae.csv: row 4, column ASTDT"),
        ("`AENDT` must not be before `ASTDT`.", "adae.csv: row 2, columns ASTDT and AENDT"),
    ]
    assert study.subjects["response_day"].isna().all() and study.subjects["progression_day"].isna().all()
    assert study.adverse_events["resolution_day"].isna().all()
    assert study.adverse_events["onset_day"].fillna(-1).tolist() == [2, 33, -1]
