"""The datasets of an ADaM package, against what stands in the study by hand."""

import pandas as pd
import pytest

from cartcohort.study import derive_endpoints, select_cohort
from cartcohort.study.adam_export.tables import Package
from tests.builders import ADVERSE_EVENTS, ASSESSMENTS, COHORT, MINIMAL_DAYS, make_study


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    study = make_study(
        tmp_path_factory.mktemp("adam") / "six",
        subjects=COHORT,
        adverse_events=ADVERSE_EVENTS,
        assessments=ASSESSMENTS,
    )
    return select_cohort(study, population="enrolled", factors=())


def records(dataset, *columns):
    frame = dataset.frame.assign(
        **{n: v.dt.strftime("%Y-%m-%d") for n, v in dataset.frame.items() if v.dtype.kind == "M"}
    )
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in frame[list(columns)].to_numpy()]


def test_adsl_has_a_record_for_everybody_enrolled(cohort):
    adsl = Package(cohort).make_adsl()
    assert records(adsl, "USUBJID", "SAFFL", "TRTSDT", "DTHDT", "AGE", "SEX", "GENRISK", "EMD")[::5] == [
        ("P1", "Y", "2020-01-01", "2020-06-01", 33.0, "M", "high", "N"),
        ("P6", "N", None, "2021-08-01", 40.0, "F", "high", "N"),
    ]
    assert set(adsl.frame["ITTFL"]) == {"Y"} and set(adsl.frame["AGEU"]) == {"YEARS"}


def test_adtte_counts_days_from_startdt_and_zero_is_the_event(cohort):
    endpoints = derive_endpoints(cohort, ["os", "pfs", "dor"])
    adtte = Package(cohort).make_adtte(endpoints)
    columns = ("USUBJID", "PARAMCD", "STARTDT", "ADT", "AVAL", "CNSR", "EVNTDESC", "CNSDTDSC")
    assert records(adtte, *columns)[:3] == [
        ("P1", "OS", "2020-01-01", "2020-06-01", 152.0, 0.0, "death", None),
        ("P2", "OS", "2020-02-01", "2022-12-31", 1064.0, 1.0, None, "data cut-off"),
        ("P3", "OS", "2021-02-01", "2021-02-10", 9.0, 0.0, "death", None),
    ]
    assert records(adtte, *columns)[5:7] == [
        ("P1", "PFS", "2020-01-01", "2020-03-01", 60.0, 0.0, "relapse", None),
        ("P2", "PFS", "2020-02-01", "2022-12-31", 1064.0, 1.0, None, "data cut-off"),
    ]
    assert records(adtte, *columns)[-1] == (
        ("P5", "DOR", "2021-06-29", "2021-12-01", 155.0, 0.0, "progression", None)
    )
    assert list(adtte.frame["PARAMCD"].value_counts().sort_index().items()) == [("DOR", 3), ("OS", 5), ("PFS", 5)]


def test_what_competes_is_censored_with_a_code_of_its_own(cohort):
    adtte = Package(cohort).make_adtte(derive_endpoints(cohort, ["nrm"]))
    assert records(adtte, "USUBJID", "CNSR", "EVNTDESC") == [("P1", 2.0, "relapse"), ("P2", 1.0, None)]


def test_adrs_adae_and_adlb_hold_what_the_study_records(cohort):
    package = Package(cohort)
    response = records(package.make_adrs(), "USUBJID", "PARAMCD", "AVALC", "ADT")
    assert ("P1", "BOR", "CR", "2020-01-29") in response and ("P3", "BOR", "NE", None) in response
    assert ("P1", "RELAPSE", "Y", "2020-03-01") in response and ("P4", "PD", "Y", "2021-04-10") in response
    events = records(package.make_adae(), "USUBJID", "AESEQ", "AEDECOD", "AETOXGR", "ASTDT", "AENDT")
    assert events[1] == ("P1", 2.0, "ICANS", "1", "2020-01-05", "2020-01-06")
    assert events[3] == ("P3", 1.0, "CRS", "5", "2021-02-03", None)
    assert records(package.make_adlb(), "USUBJID", "PARAMCD", "PARAM", "AVAL", "AVALU", "ADT")[0] == (
        ("P1", "IL6", "il6", 1200.0, "pg/mL", "2020-01-03")
    )


def test_a_study_in_days_has_the_days_of_adam_which_knows_no_day_zero(tmp_path):
    subjects = MINIMAL_DAYS.replace("last_contact_day", "last_contact_day, hsct_day").replace("152,", "0, ,0")
    cohort = select_cohort(make_study(tmp_path / "days", subjects=subjects, yaml=""), population="enrolled")
    package = Package(cohort)
    assert records(package.make_adsl(), "USUBJID", "DTHDY", "LSTALVDY", "HSCTDY") == [
        ("P1", 1.0, None, 1.0),
        ("P2", None, 1065.0, None),
        ("P3", None, 668.0, None),
    ]
    assert records(package.make_adtte(derive_endpoints(cohort, ["os"])), "AVAL", "ADY", "STARTDY") == [
        (0.0, 1.0, 1.0),
        (1064.0, 1065.0, 1.0),
        (667.0, 668.0, 1.0),
    ]


def test_a_study_without_events_has_no_dataset_of_them(tmp_path):
    package = Package(make_study(tmp_path / "days", subjects=MINIMAL_DAYS, yaml=""))
    assert (package.make_adrs(), package.make_adae(), package.make_adlb()) == (None, None, None)
