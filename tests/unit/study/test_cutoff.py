"""An earlier data cut-off: events after it have not happened yet."""

import pandas as pd
import pytest

from cartcohort.errors import ParameterError
from cartcohort.study import derive_endpoint, select_cohort
from tests.builders import ADVERSE_EVENTS, ASSESSMENTS, CUTOFF, MINIMAL_DAYS, make_study

START = "subject_id,infusion_date,death_date,last_contact_date"
YAML = f"data_cutoff_date: {CUTOFF}"


def as_of(tmp_path, date, *, subjects, adverse_events=None, assessments=None, **options):
    study = make_study(tmp_path, subjects=subjects, adverse_events=adverse_events, assessments=assessments)
    return select_cohort(study, data_cutoff_date=date, population="enrolled", **options)


def only(values):
    [value] = values
    return None if pd.isna(value) else value


def test_a_later_death_has_not_happened_and_the_patient_lives_at_the_cutoff(tmp_path):
    subjects = f"{START},death_cause\nA,2020-01-01,2020-06-01,,disease\n"
    cohort = as_of(tmp_path, "2020-03-01", subjects=subjects)
    assert only(cohort.subjects["death_day"]) is None and only(cohort.subjects["death_cause"]) is None
    assert only(cohort.subjects["last_contact_day"]) == only(cohort.subjects["data_cutoff_day"]) == 60
    assert derive_endpoint(cohort, "os").censoring_reason.tolist() == ["data cut-off"]
    assert str(cohort.data_cutoff_date) == "2020-03-01"


def test_a_death_on_the_very_day_has_happened(tmp_path):
    cohort = as_of(tmp_path, "2020-06-01", subjects=f"{START}\nA,2020-01-01,2020-06-01,\n")
    assert only(cohort.subjects["death_day"]) == 152


def test_an_earlier_last_contact_stays(tmp_path):
    cohort = as_of(tmp_path, "2020-09-01", subjects=f"{START}\nA,2020-01-01,,2020-06-01\n")
    assert only(cohort.subjects["last_contact_day"]) == 152
    assert derive_endpoint(cohort, "os").censoring_reason.tolist() == ["last contact"]


def test_patients_infused_later_are_left_out_and_counted(tmp_path):
    subjects = f"""{START},enrollment_date
        A,2020-01-01,,2022-01-01,
        B,2021-01-01,,2022-01-01,2020-02-01
        C,,,2022-01-01,2020-02-01"""
    cohort = as_of(tmp_path, "2020-06-01", subjects=subjects)
    assert cohort.subjects["subject_id"].tolist() == ["A", "C"]
    assert cohort.exclusions == (("infused or enrolled after the data cut-off 2020-06-01", 1),)


def test_later_relapse_transplant_and_treatment_vanish_with_what_is_known_through_them(tmp_path):
    subjects = (
        f"{START},best_response,response_date,mrd_negative,relapse_date,relapse_cd19,relapse_site,hsct_date,biopsy_date\n"
        "A,2020-01-01,,2022-01-01,CR,2020-02-01,yes,2020-09-01,negative,marrow,2020-08-01,2020-07-01\n"
    )
    row = as_of(tmp_path, "2020-06-01", subjects=subjects).subjects.iloc[0]
    gone = ["relapse_day", "relapse_cd19", "relapse_site", "hsct_day", "biopsy_day"]
    assert row[gone].isna().all()
    assert row["best_response"] == "CR" and row["mrd_negative"] == "yes" and row["response_day"] == 31


def test_a_response_not_yet_seen_is_not_evaluable(tmp_path):
    subjects = f"{START},best_response,response_date,mrd_negative\nA,2020-01-01,,2022-01-01,CR,2020-02-01,yes\n"
    row = as_of(tmp_path, "2020-01-20", subjects=subjects).subjects.iloc[0]
    assert row["best_response"] == "NE" and pd.isna(row["mrd_negative"]) and pd.isna(row["response_day"])


@pytest.mark.parametrize(
    ("further", "date", "response"),
    [
        (",2020-06-01,,NR,", "2020-01-20", "NE"),
        (",2020-06-01,,NR,", "2020-01-29", "NR"),
        (",2020-06-01,,NR,2020-01-10", "2020-01-20", "NR"),
        (",2020-01-15,,NR,", "2020-01-20", "NR"),
        (",2020-01-15,,NR,", "2020-01-10", "NE"),
    ],
)
def test_a_non_response_is_known_from_assessment_progression_or_death(tmp_path, further, date, response):
    subjects = f"{START},best_response,progression_date\nA,2020-01-01{further}\n"
    assert as_of(tmp_path, date, subjects=subjects).subjects["best_response"].tolist() == [response]


def test_the_day_of_assessment_is_a_parameter(tmp_path):
    subjects = f"{START},best_response\nA,2020-01-01,2020-06-01,,NR\n"
    cohort = as_of(tmp_path, "2020-01-20", subjects=subjects, response_assessment_day=14)
    assert cohort.subjects["best_response"].tolist() == ["NR"]


def test_a_later_progression_of_a_non_responder_makes_no_earlier_event(tmp_path):
    subjects = f"{START},best_response,progression_date\nA,2020-01-01,2020-06-01,,NR,2020-03-01\n"
    pfs = derive_endpoint(as_of(tmp_path, "2020-02-10", subjects=subjects), "pfs")
    assert (pfs.time_days.tolist(), pfs.event.tolist()) == ([40], [False])


def test_later_events_vanish_and_running_ones_have_no_end_yet(tmp_path):
    events = ADVERSE_EVENTS.replace(
        "P2,         CRS,         1,     2020-02-04", "P2,         CRS,         1,     2020-02-20"
    )
    events = events.replace("2020-02-06", "2020-03-06")
    study = make_study(tmp_path, adverse_events=events, assessments=ASSESSMENTS)
    cohort = select_cohort(study, data_cutoff_date="2020-03-01")
    assert cohort.adverse_events["subject_id"].tolist() == ["P1", "P1", "P2"]
    assert cohort.adverse_events["resolution_day"].isna().tolist() == [False, False, True]
    assert cohort.assessments["subject_id"].tolist() == ["P1", "P1"]
    earlier = select_cohort(study, data_cutoff_date="2020-01-04")
    assert earlier.adverse_events["term"].tolist() == ["CRS"]
    assert earlier.assessments["value"].tolist() == [1200.0]


def test_a_fatal_event_of_a_patient_still_alive_has_no_grade_yet(tmp_path):
    subjects = f"{START}\nA,2020-01-01,2020-01-09,\n"
    events = "subject_id,term,grade,onset_date\nA,CRS,5,2020-01-03\n"
    alive = as_of(tmp_path / "a", "2020-01-05", subjects=subjects, adverse_events=events)
    dead = as_of(tmp_path / "b", "2020-01-09", subjects=subjects, adverse_events=events)
    assert only(alive.adverse_events["grade"]) is None
    assert only(dead.adverse_events["grade"]) == 5


def test_an_event_without_a_day_stays(tmp_path):
    subjects = f"{START}\nA,2020-01-01,,2020-12-31\n"
    cohort = as_of(tmp_path, "2020-06-01", subjects=subjects, adverse_events="subject_id,term\nA,CRS\n")
    assert len(cohort.adverse_events) == 1


def test_the_cutoff_may_be_moved_twice(tmp_path):
    study = make_study(tmp_path)
    once = select_cohort(study, data_cutoff_date="2021-04-01")
    twice = select_cohort(select_cohort(study, data_cutoff_date="2022-01-01"), data_cutoff_date="2021-04-01")
    for name in ("os", "pfs", "efs", "rfs"):
        one, two = derive_endpoint(once, name), derive_endpoint(twice, name)
        assert one.time_days.tolist() == two.time_days.tolist()
        assert one.event.tolist() == two.event.tolist()


def test_a_later_cutoff_than_the_studys_own_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="must not be after the study's own, 2022-12-31"):
        select_cohort(make_study(tmp_path), data_cutoff_date="2023-01-01")


def test_a_study_in_days_has_no_cutoff_to_move(tmp_path):
    study = make_study(tmp_path, subjects=MINIMAL_DAYS, yaml=YAML)
    with pytest.raises(ParameterError, match="the study holds days from infusion, no dates"):
        select_cohort(study, data_cutoff_date="2021-01-01")


def test_what_is_no_date_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="must be a date such as 2023-02-28"):
        select_cohort(make_study(tmp_path), data_cutoff_date="yesterday")
