"""Where partial dates are put, as tables by hand: infusion 2021-03-10 (day 0), data cut-off 2022-12-31 (day 661)."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartcohort.errors import StudyDataError
from cartcohort.study import load_study, select_cohort
from tests.builders import make_study, write_study

ZERO = pd.Timestamp("2021-03-10")
RESPONSE = {"best_response": "CR"}


def as_table(*rows):
    names = list(dict.fromkeys(name for row in rows for name in row))
    return "\n".join([",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)])


def patient(**cells):
    return {"subject_id": "P1", "infusion_date": "2021-03-10", "death_date": "", "last_contact_date": ""} | cells


def settled(folder, column, **cells):
    """Return the date at which a column of a single patient is put."""
    study = make_study(folder, subjects=as_table(patient(**cells)))
    return str((ZERO + pd.Timedelta(days=int(study.subjects[column][0]))).date())


@pytest.mark.parametrize(
    ("column", "cells", "date"),
    [
        ("hsct_day", {"hsct_date": "2021-06", "last_contact_date": "2022-01-01"}, "2021-06-15"),
        ("hsct_day", {"hsct_date": "2021", "last_contact_date": "2022-01-01"}, "2021-07-01"),
        # not before infusion, which falls into the month or year
        ("hsct_day", {"hsct_date": "2021-03", "last_contact_date": "2022-01-01"}, "2021-03-15"),
        ("tocilizumab_day", {"infusion_date": "2021-03-20", "tocilizumab_date": "2021-03"}, "infusion"),
        ("enrollment_day", {"enrollment_date": "2021-03", "last_contact_date": "2022-01-01"}, "2021-03-10"),
        ("enrollment_day", {"enrollment_date": "2021-02", "last_contact_date": "2022-01-01"}, "2021-02-15"),
        # not after death, last contact of the living, or the cut-off
        ("hsct_day", {"hsct_date": "2021-06", "death_date": "2021-06-04"}, "2021-06-04"),
        ("hsct_day", {"hsct_date": "2021-06", "last_contact_date": "2021-06-04"}, "2021-06-04"),
        ("last_contact_day", {"last_contact_date": "2022"}, "2022-07-01"),
        ("last_contact_day", {"last_contact_date": "2022", "hsct_date": "2022-09-03"}, "2022-09-03"),
        ("last_contact_day", {"last_contact_date": "2021-06", "death_date": "2021-06-04"}, "2021-06-04"),
        # a death not before what is known to have come earlier
        ("death_day", {"death_date": "2021-06"}, "2021-06-15"),
        ("death_day", {"death_date": "2021-06", "last_contact_date": "2021-06-20"}, "2021-06-20"),
        ("death_day", {"death_date": "2021-06", "hsct_date": "2021-06-28"}, "2021-06-28"),
        ("death_day", {"death_date": "2021-06", "hsct_date": "2021-06"}, "2021-06-15"),
        ("death_day", {"death_date": "2021", "hsct_date": "2021-10"}, "2021-10-15"),
        # a relapse after the response
        (
            "response_day",
            RESPONSE | {"response_date": "2021-05", "relapse_date": "2021-05-10", "death_date": "2022-01-01"},
            "2021-05-09",
        ),
        (
            "relapse_day",
            RESPONSE | {"response_date": "2021-05-20", "relapse_date": "2021-05", "death_date": "2022-01-01"},
            "2021-05-21",
        ),
        (
            "relapse_day",
            RESPONSE | {"response_date": "2021-05", "relapse_date": "2021-05", "death_date": "2022-01-01"},
            "2021-05-16",
        ),
        (
            "response_day",
            RESPONSE | {"response_date": "2021", "relapse_date": "2021-04", "death_date": "2022-01-01"},
            "2021-04-29",
        ),
    ],
)
def test_a_partial_date_of_a_patient_is_the_middle_moved_to_what_is_possible(tmp_path, column, cells, date):
    if date == "infusion":
        study = make_study(tmp_path, subjects=as_table(patient(**cells, last_contact_date="2022-01-01")))
        assert study.subjects[column].tolist() == [0]
    else:
        assert settled(tmp_path, column, **cells) == date


def event_days(folder, subject, **event):
    event = {"subject_id": "P1", "term": "sepsis", "grade": "3"} | event
    study = make_study(folder, subjects=as_table(patient(**subject)), adverse_events=as_table(event))
    row = study.adverse_events.iloc[0]
    dates = [row[name] if pd.isna(row[name]) else ZERO + pd.Timedelta(days=int(row[name])) for name in _TIMES]
    return ["" if pd.isna(one) else f"{one:%m-%d}" for one in dates]


_TIMES = ("onset_day", "resolution_day")
ALIVE, DEAD = {"last_contact_date": "2022-01-01"}, {"death_date": "2021-06-10", "death_cause": "toxicity"}


@pytest.mark.parametrize(
    ("subject", "event", "days"),
    [
        (ALIVE, {"onset_date": "2021-06", "resolution_date": "2021-07"}, ["06-15", "07-15"]),
        (ALIVE, {"onset_date": "2021-06", "resolution_date": "2021-06-08"}, ["06-08", "06-08"]),
        (ALIVE, {"onset_date": "2021-06-20", "resolution_date": "2021-06"}, ["06-20", "06-20"]),
        (ALIVE, {"onset_date": "2021-06", "resolution_date": "2021-06"}, ["06-15", "06-15"]),
        (DEAD, {"onset_date": "2021-06", "resolution_date": ""}, ["06-10", ""]),
        # an event in the month of infusion followed it, unless that cannot be
        (ALIVE | {"infusion_date": "2021-03-20"}, {"onset_date": "2021-03", "resolution_date": ""}, ["03-10", ""]),
        (ALIVE, {"onset_date": "2021-02", "resolution_date": ""}, ["02-15", ""]),
        (ALIVE, {"onset_date": "2021-03", "resolution_date": "2021-03-08"}, ["03-08", "03-08"]),
        # the fatal event lasts until the death
        (DEAD, {"grade": "5", "onset_date": "2021-06-01", "resolution_date": "2021-06"}, ["06-01", "06-10"]),
        # after the last contact nothing is wrong with an event, so that nothing moves it
        (ALIVE, {"onset_date": "2022-03", "resolution_date": ""}, ["03-15", ""]),
        (ALIVE, {"onset_date": "2022-01", "resolution_date": ""}, ["01-01", ""]),
    ],
)
def test_a_partial_date_of_an_event_is_the_middle_moved_to_what_is_possible(tmp_path, subject, event, days):
    # counted from the day of infusion, which is printed as 03-10 whatever it was
    assert event_days(tmp_path, subject, **event) == days


def test_a_partial_death_is_not_before_an_event_or_a_measurement_of_the_patient(tmp_path):
    subjects = as_table(patient(death_date="2021-06"), patient(subject_id="P2", death_date="2021-06"))
    events = as_table({"subject_id": "P1", "term": "sepsis", "onset_date": "2021-06-21"})
    values = {"assay": "crp", "value": "9", "unit": "mg/L"}
    assessments = as_table(
        values | {"subject_id": "P2", "assessment_date": "2021-06-23"},
        values | {"subject_id": "P2", "assessment_date": "2021"},
        values | {"subject_id": "P1", "assessment_date": "2021-06"},
    )
    study = make_study(tmp_path, subjects=subjects, adverse_events=events, assessments=assessments)
    assert (ZERO + pd.to_timedelta(study.subjects["death_day"], "D")).dt.day.tolist() == [21, 23]
    assert study.assessments["assessment_day"].tolist() == [105, 105, 97]  # 23 June, of the year, 15 June
    assert study.imputed.values.tolist() == [
        ["subjects", "death_day", "P1", 2, "month", 103],
        ["subjects", "death_day", "P2", 3, "month", 105],
        ["assessments", "assessment_day", "P2", 3, "year", 105],
        ["assessments", "assessment_day", "P1", 4, "month", 97],
    ]


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ({"hsct_date": "2021-02"}, "`hsct_date` must not be before the first infusion."),
        ({"enrollment_date": "2021-04"}, "`enrollment_date` must not be after the first infusion."),
        (
            {"hsct_date": "2022-02"},
            "`hsct_date` must not be after `last_contact_date`: it is the last day known alive, so no event may lie "
            "after it.",
        ),
        (
            {"death_date": "2021-05", "hsct_date": "2021-06", "last_contact_date": ""},
            "`hsct_date` must not be after `death_date`: nothing can follow the death.",
        ),
        ({"last_contact_date": "2023"}, "`last_contact_date` must not be after `data_cutoff_date`."),
        (
            RESPONSE | {"response_date": "2021-06", "relapse_date": "2021-05"},
            "`relapse_date` must be after `response_date`.",
        ),
        ({"infusion_date": "2021-03"}, "`infusion_date` lacks the day: days are counted from it."),
        (
            {"infusion_date": "", "enrollment_date": "2021-03"},
            "`enrollment_date` of a patient never infused lacks the day: days are counted from it.",
        ),
        ({"hsct_date": "2021-13"}, "`hsct_date` holds a cell that is not a date."),
        ({"hsct_date": "1821"}, "`hsct_date` holds a cell that is not a date."),
    ],
)
def test_what_no_day_of_the_month_or_year_can_be_is_an_error(tmp_path, cells, what):
    rows = [patient(**ALIVE, subject_id="P0") | dict.fromkeys(cells, ""), patient(**{**ALIVE, **cells})]
    rows[0]["infusion_date"], rows[0]["last_contact_date"] = "2021-03-10", "2022-01-01"
    with pytest.raises(StudyDataError) as caught:
        make_study(tmp_path, subjects=as_table(*rows))
    assert [problem.what for problem in caught.value.problems] == [what]
    assert caught.value.problems[0].where.rows == (3,)


def test_where_the_day_is_needed_the_remedy_says_so(tmp_path):
    with pytest.raises(StudyDataError) as caught:
        make_study(tmp_path, subjects=as_table(patient(infusion_date="2021-03", last_contact_date="2022")))
    assert str(caught.value) == (
        "`infusion_date` lacks the day: days are counted from it.\n"
        "subjects.csv: row 2, column infusion_date\n"
        "Fill in the day, as 2023-02-28; only other dates may be known to the month or the year alone."
    )


def test_a_fatal_event_over_before_the_month_of_death_is_an_error_as_before(tmp_path):
    event = {
        "subject_id": "P1",
        "term": "sepsis",
        "grade": "5",
        "onset_date": "2021-05",
        "resolution_date": "2021-05",
    }
    with pytest.raises(StudyDataError, match="the event was over before the death"):
        make_study(tmp_path, subjects=as_table(patient(**DEAD)), adverse_events=as_table(event))


def test_partial_dates_are_told_by_column_and_row(tmp_path):
    rows = [
        patient(subject_id=f"P{i}", last_contact_date=date)
        for i, date in enumerate(["2022", "2022-05", "2022-06-01"])
    ]
    event = {"subject_id": "P1", "term": "sepsis", "grade": "3", "onset_date": "2021-06"}
    study = make_study(tmp_path, subjects=as_table(*rows), adverse_events=as_table(event))
    assert [(told.what, told.where) for told in study.warnings if "known only" in told.what] == [
        (
            "`last_contact_date` is known only to the month or the year in some rows.",
            "subjects.csv: rows 2 and 3, column last_contact_date",
        ),
        ("`onset_date` is known only to the month in some rows.", "adverse_events.csv: row 2, column onset_date"),
    ]


def test_a_cohort_recounts_the_partial_dates_of_its_patients_and_its_cutoff(tmp_path):
    rows = [
        patient(last_contact_date="2022-05", hsct_date="2021-08", age_years="30"),
        patient(subject_id="P2", last_contact_date="2022", age_years="60"),
    ]
    event = {"subject_id": "P1", "term": "sepsis", "grade": "3", "onset_date": "2021-06"}
    study = make_study(tmp_path, subjects=as_table(*rows), adverse_events=as_table(event))

    def count(**chosen):
        imputed = select_cohort(study, **chosen).imputed
        return sorted(zip(imputed["subject_id"], imputed["column"], strict=True))

    assert count() == [
        ("P1", "hsct_day"),
        ("P1", "last_contact_day"),
        ("P1", "onset_day"),
        ("P2", "last_contact_day"),
    ]
    assert count(subset="age_years > 50") == [("P2", "last_contact_day")]
    assert count(data_cutoff_date="2021-07-01") == [("P1", "onset_day")]


def test_further_columns_of_dates_may_be_partial_too_but_years_alone_stay_numbers(tmp_path):
    rows = [
        patient(**ALIVE, diagnosis_date="2019-04", birth_date="1980"),
        patient(**ALIVE, subject_id="P2", diagnosis_date="2020-01-01", birth_date="1990"),
    ]
    study = make_study(tmp_path, subjects=as_table(*rows))
    assert (ZERO + pd.to_timedelta(study.subjects["diagnosis_day"], "D")).dt.strftime("%Y-%m-%d").tolist() == [
        "2019-04-15",
        "2020-01-01",
    ]
    assert study.subjects["birth_date"].tolist() == [1980, 1990]
    assert study.imputed[["column", "subject_id"]].values.tolist() == [["diagnosis_day", "P1"]]


PEAK = "endpoints: {ttpk: {label: Time to peak, events: peak}}"


@pytest.mark.parametrize(
    ("cells", "date"),
    [
        # not before infusion, which falls into the month or year
        ({"infusion_date": "2021-03-20", "peak_date": "2021-03"} | ALIVE, "2021-03-20"),
        ({"infusion_date": "2021-08-02", "peak_date": "2021"} | ALIVE, "2021-08-02"),
        ({"peak_date": "2021-03"} | ALIVE, "2021-03-15"),
        ({"peak_date": "2021-02"} | ALIVE, "2021-02-15"),
        # not after death, last contact of the living, or the cut-off
        ({"peak_date": "2021-06", "death_date": "2021-06-04"}, "2021-06-04"),
        ({"peak_date": "2021-06", "last_contact_date": "2021-06-04"}, "2021-06-04"),
        ({"peak_date": "2021-06", "last_contact_date": "2021-06-04", "death_date": "2021-07-04"}, "2021-06-15"),
        ({"peak_date": "2022-12"} | DEAD, "2022-12-15"),
        ({"peak_date": "2021", "death_date": "2021"}, "2021-07-01"),
        ({"peak_date": "2021-07", "death_date": "2021"}, "2021-07-01"),
    ],
)
def test_a_partial_date_of_a_further_column_is_moved_as_those_of_the_dictionary(tmp_path, cells, date):
    other = patient(**ALIVE, subject_id="P2", peak_date="2021-04-01")  # of years alone it would be no column of dates
    study = make_study(tmp_path, subjects=as_table(patient(**cells), other))
    zero = pd.Timestamp(cells.get("infusion_date", "2021-03-10"))
    assert str((zero + pd.Timedelta(days=int(study.subjects["peak_day"][0]))).date()) == date


def test_a_partial_date_of_a_further_column_is_not_after_the_cut_off(tmp_path):
    study = make_study(
        tmp_path,
        subjects=as_table(patient(last_contact_date="2022-12", peak_date="2022-12")),
        yaml="data_cutoff_date: 2022-12-05",
    )
    assert study.subjects["peak_day"].tolist() == study.subjects["data_cutoff_day"].tolist() == [635]


@pytest.mark.parametrize(
    ("subject", "sent", "date"),
    [
        (ALIVE | {"infusion_date": "2021-03-20"}, "2021-03", "2021-03-20"),
        (ALIVE, "2022-01", "2022-01-01"),
        (DEAD, "2021-06", "2021-06-10"),
        (DEAD, "2021-07", "2021-07-15"),
    ],
)
def test_a_further_date_of_an_event_is_moved_too_and_moves_no_death(tmp_path, subject, sent, date):
    event = {"subject_id": "P1", "term": "sepsis", "onset_date": "2021-04-01", "sent_date": sent}
    study = make_study(tmp_path, subjects=as_table(patient(**subject)), adverse_events=as_table(event))
    zero = pd.Timestamp(subject.get("infusion_date", "2021-03-10"))
    assert str((zero + pd.Timedelta(days=int(study.adverse_events["sent_day"][0]))).date()) == date
    event["sent_date"] = "2021-06-28"
    later = make_study(
        tmp_path / "b", subjects=as_table(patient(death_date="2021-06")), adverse_events=as_table(event)
    )
    assert later.subjects["death_day"].tolist() == [97]


@pytest.mark.parametrize(
    ("cells", "day", "unnamed"),
    [
        ({"death_date": "2021-06", "peak_date": "2021-06-20"}, 102, 97),
        ({"death_date": "2021-06", "peak_day": "102"}, 102, 97),
        ({"death_date": "2021", "peak_date": "2021-10"}, 219, 113),
        ({"last_contact_date": "2021-06", "peak_date": "2021-06-20"}, 102, 97),
    ],
)
def test_an_end_of_follow_up_is_moved_for_a_further_column_that_an_endpoint_names(tmp_path, cells, day, unnamed):
    column = "death_day" if "death_date" in cells else "last_contact_day"
    for name, yaml, expected in (("named", PEAK, day), ("unnamed", "", unnamed)):
        study = make_study(
            tmp_path / name, subjects=as_table(patient(**cells)), yaml=f"data_cutoff_date: 2022-12-31\n{yaml}"
        )
        assert study.subjects[column].tolist() == [expected]


def test_a_partial_date_in_a_study_of_days_stays_a_date(tmp_path):
    row = {"subject_id": "P1", "death_day": "", "last_contact_day": "900", "peak_date": "2021-05"}
    study = make_study(tmp_path, subjects=as_table(row), yaml="title: Days")
    assert study.subjects["peak_date"].dt.strftime("%Y-%m-%d").tolist() == ["2021-05-15"]
    assert study.imputed.empty


def test_a_study_without_partial_dates_tells_and_keeps_none(tmp_path):
    study = make_study(tmp_path)
    assert study.imputed.empty and select_cohort(study).imputed.empty


@st.composite
def whole_courses(draw):
    """Return the days of a patient, in an order that is possible, by the name of the time."""
    day = st.integers(0, 400)
    course = {"enrollment": -draw(day), "response": draw(day), "hsct": draw(day), "onset": draw(day)}
    course["relapse"] = course["response"] + draw(st.integers(1, 60))
    course["last_contact"] = max(course.values()) + draw(st.integers(0, 60))
    if draw(st.booleans()):
        course["death"] = course["last_contact"] + draw(st.integers(0, 60))
    return course


@settings(max_examples=60, deadline=None)
@given(course=whole_courses(), lengths=st.lists(st.sampled_from([4, 7, 10]), min_size=7, max_size=7))
def test_what_was_possible_stays_possible_when_days_are_forgotten(tmp_path_factory, course, lengths):
    """However many days of a sound study are cut to their month or year, it loads, each within what was written."""
    written = {
        name: (ZERO + pd.Timedelta(days=day)).strftime("%Y-%m-%d")[:length]
        for (name, day), length in zip(course.items(), lengths, strict=False)
    }
    row = patient(**RESPONSE) | {f"{name}_date": text for name, text in written.items() if name != "onset"}
    folder = write_study(
        tmp_path_factory.mktemp("study"),
        subjects=as_table(row),
        adverse_events=as_table({"subject_id": "P1", "term": "CRS", "onset_date": written["onset"]}),
        yaml="data_cutoff_date: 2022-12-31",
    )
    study = load_study(folder)
    for name, text in written.items():
        table = study.adverse_events if name == "onset" else study.subjects
        assert str((ZERO + pd.Timedelta(days=int(table[f"{name}_day"][0]))).date()).startswith(text)
    assert len(study.imputed) == sum(len(text) < 10 for text in written.values())
