"""Endpoints that a study declares: what they may say, and the records that they come to."""

import pytest

from cartcohort.errors import ParameterError, StudyDataError
from cartcohort.estimate.second_route.follow_again import follow_again
from cartcohort.study import ask_endpoints, derive_endpoint, derive_endpoints, select_by_parameters, select_cohort
from tests.builders import COHORT, CUTOFF, make_study
from tests.unit.study.same import keep_and_find

TTNT = "ttnt: {label: Time to next therapy, events: [hsct, death]}"


def study_of(tmp_path, *declared, subjects=COHORT, more=""):
    lines = "\n".join(f"  {line}" for line in declared)
    return make_study(tmp_path, subjects=subjects, yaml=f"data_cutoff_date: {CUTOFF}\n{more}\nendpoints:\n{lines}")


def problems_of(tmp_path, *declared, **options):
    with pytest.raises(StudyDataError) as caught:
        study_of(tmp_path, *declared, **options)
    return caught.value.problems


def record(endpoint):
    """Patient, time, what happened and why it ended."""
    rows = (endpoint.subjects["subject_id"], endpoint.time_days.tolist(), endpoint.event_type)
    return list(zip(*rows, endpoint.event_source + endpoint.censoring_reason, strict=True))


def test_the_first_of_the_events_ends_the_time(tmp_path):
    endpoint = derive_endpoint(study_of(tmp_path, TTNT), "ttnt")
    assert (endpoint.label, endpoint.abbreviation) == ("Time to next therapy", "TTNT")
    assert endpoint.cause == "transplant or death"
    assert record(endpoint) == [
        ("P1", 152, "transplant or death", "death"),
        ("P2", 90, "transplant or death", "transplant"),
        ("P3", 9, "transplant or death", "death"),
        ("P4", 275, "transplant or death", "death"),
        ("P5", 578, "censored", "data cut-off"),
    ]
    assert endpoint.exclusion_note == "1 patient never infused"


def test_what_competes_is_a_category_of_its_own_and_what_censors_ends_follow_up(tmp_path):
    study = study_of(
        tmp_path,
        "ttp: {label: Time to progression, events: progression, competing: [relapse, death], censors: [hsct]}",
    )
    assert record(derive_endpoint(study, "ttp")) == [
        ("P1", 60, "relapse", "relapse"),
        ("P2", 90, "censored", "transplant"),
        ("P3", 9, "death", "death"),
        ("P4", 40, "progression", "progression"),
        ("P5", 183, "progression", "progression"),
    ]


def test_from_response_only_the_patients_named_are_at_risk(tmp_path):
    study = study_of(
        tmp_path, "docr: {label: Remission, origin: response, events: [relapse], patients: \"best_response == 'CR'\"}"
    )
    endpoint = derive_endpoint(study, "docr")
    assert record(endpoint) == [("P1", 32, "relapse", "relapse"), ("P2", 1036, "censored", "data cut-off")]
    assert endpoint.origin == "first response"
    assert endpoint.exclusion_note == "4 patients not of best_response == 'CR'"
    responders = study_of(tmp_path / "b", "dor2: {label: Response lasts, origin: response, events: [relapse, death]}")
    assert derive_endpoint(responders, "dor2").exclusion_note == "3 patients without first response"


def test_a_death_named_nowhere_ends_follow_up_and_is_told(tmp_path):
    study = study_of(tmp_path, "ttt: {label: Time to transplant, events: [hsct]}")
    assert record(derive_endpoint(study, "ttt"))[:3] == [
        ("P1", 152, "censored", "death"),
        ("P2", 90, "transplant", "transplant"),
        ("P3", 9, "censored", "death"),
    ]
    (warning,) = study.warnings
    assert warning.what == "In `endpoints: ttt` death is neither an event nor competes, so it ends follow-up."
    assert study_of(tmp_path / "b", "ttt: {label: Time to transplant, events: [hsct], censors: death}").warnings == ()


DATED = """
    subject_id,infusion_date,death_date,last_contact_date,diagnosis_date,peak_date,ended_days,ended
  A,           2020-01-10,   ,          2022-12-31,       2020-01-01,    2020-01-20,30,1
  B,           2020-01-10,   2020-06-01,,                 2020-01-05,    2020-01-08,60,0
  C,           2020-01-10,   ,          2022-12-31,       ,              ,          ,
"""


def test_days_of_the_files_own_are_events_and_origins(tmp_path):
    study = study_of(
        tmp_path, "ttpk: {label: Time to peak, origin: diagnosis_date, events: [peak_day], competing: [death]}",
        subjects=DATED, more="labels: {diagnosis_day: First diagnosis}",
    )  # fmt: skip
    endpoint = derive_endpoint(study, "ttpk")
    assert record(endpoint) == [("A", 19, "peak", "peak"), ("B", 3, "peak", "peak")]
    assert endpoint.origin == "first diagnosis"
    assert endpoint.origin_day.tolist() == [-9, -5]
    assert endpoint.exclusion_note == "1 patient without first diagnosis"
    (warning,) = study.warnings
    assert (warning.what, warning.where) == (
        "The origin of `endpoints: ttpk` lies before infusion.",
        "subjects.csv: rows 2 and 3, column diagnosis_date",
    )


def test_an_event_before_the_origin_does_not_count_and_is_told(tmp_path):
    study = study_of(tmp_path, "ttpk: {label: Time to peak, events: peak, competing: death}", subjects=DATED)
    assert record(derive_endpoint(study, "ttpk")) == [
        ("A", 10, "peak", "peak"),
        ("B", 143, "death", "death"),
        ("C", 1086, "censored", "data cut-off"),
    ]
    (warning,) = study.warnings
    assert (warning.what, warning.where) == (
        "An event of `endpoints: ttpk` lies before its origin, and does not count.",
        "subjects.csv: row 3, column peak_date",
    )


RECORDED = "rec: {label: Recorded, time: ended_days, status: ended}"


def test_time_and_status_are_taken_as_recorded_until_a_cut_off_ends_them(tmp_path):
    study = study_of(tmp_path, RECORDED, subjects=DATED)
    assert record(derive_endpoint(study, "rec")) == [
        ("A", 30, "event", "event"),
        ("B", 60, "censored", "end of the recorded time"),
    ]
    assert derive_endpoint(study, "rec").exclusion_note == "1 patient without a record of REC"
    cut = select_cohort(study, data_cutoff_date="2020-02-20")
    assert record(derive_endpoint(cut, "rec")) == [("A", 30, "event", "event"), ("B", 41, "censored", "data cut-off")]
    earlier = select_cohort(study, data_cutoff_date="2020-01-30")
    assert [row[1:] for row in record(derive_endpoint(earlier, "rec"))] == 2 * [(20, "censored", "data cut-off")]


TREATED_EARLY = """
    subject_id,infusion_date,death_date,last_contact_date,hsct_date, new_therapy_date,ended_days,ended
  A,           2020-01-10,   ,          2022-12-31,       2020-01-20,,                30,1
  B,           2020-01-10,   2020-06-01,,                 2020-02-05,2020-01-31,      60,0
"""


@pytest.mark.parametrize("handling", ["event", "censor", "competing"])
def test_a_recorded_time_is_ended_by_no_later_treatment(tmp_path, handling):
    study = study_of(tmp_path, RECORDED, subjects=TREATED_EARLY)
    options = {"hsct_handling": handling, "new_therapy_handling": handling}
    assert record(derive_endpoint(study, "rec", **options)) == [
        ("A", 30, "event", "event"),
        ("B", 60, "censored", "end of the recorded time"),
    ]
    again = follow_again(study.subjects, "rec", **options, declared=study.own_endpoints["rec"])
    assert (again.days.tolist(), again.event.tolist(), again.rival.any()) == ([30, 60], [True, False], False)


def test_an_earlier_cut_off_takes_patients_and_events_back(tmp_path):
    study = study_of(
        tmp_path, TTNT,
        "docr: {label: Remission, origin: response, events: [relapse], patients: \"best_response == 'CR'\"}",
    )  # fmt: skip
    cohort = select_cohort(study, data_cutoff_date="2020-02-20")
    assert record(derive_endpoint(cohort, "ttnt")) == [
        ("P1", 50, "censored", "data cut-off"),
        ("P2", 19, "censored", "data cut-off"),
    ]
    assert record(derive_endpoint(cohort, "docr")) == [("P1", 22, "censored", "data cut-off")]


@pytest.mark.parametrize(
    ("handling", "expected"),
    [
        ("ignore", ("P2", 1064, "censored", "data cut-off")),
        ("event", ("P2", 90, "death", "transplant")),
        ("censor", ("P2", 90, "censored", "transplant")),
        ("competing", ("P2", 90, "transplant", "transplant")),
    ],
)
def test_a_handled_transplant_is_what_the_parameter_says(tmp_path, handling, expected):
    study = study_of(tmp_path, "mine: {label: Survival of mine, events: death}")
    assert record(derive_endpoint(study, "mine", hsct_handling=handling))[1] == expected


TREATED = """
    subject_id,infusion_date,death_date,last_contact_date,hsct_date, new_therapy_date
  A,           2020-01-10,   2020-08-07,,                 2020-03-10,
  B,           2020-01-10,   2020-06-08,,                 ,          2020-02-09
  C,           2020-01-10,   ,          2020-12-25,       2020-05-09,2020-04-09
"""
NAMED = {
    "tth: {label: Time to transplant, events: hsct, competing: death}": [
        ("A", 60, "transplant", "transplant"),
        ("B", 150, "death", "death"),
        ("C", 120, "transplant", "transplant"),
    ],
    "ttx: {label: Time to death, events: death, competing: hsct}": [
        ("A", 60, "transplant", "transplant"),
        ("B", 150, "death", "death"),
        ("C", 120, "transplant", "transplant"),
    ],
    "ttc: {label: Time to death, events: death, censors: hsct}": [
        ("A", 60, "censored", "transplant"),
        ("B", 150, "death", "death"),
        ("C", 120, "censored", "transplant"),
    ],
    "osh: {label: Survival from transplant, origin: hsct, events: death}": [
        ("A", 150, "death", "death"),
        ("C", 230, "censored", "last contact"),
    ],
}


@pytest.mark.parametrize("handling", ["ignore", "event", "censor", "competing"])
@pytest.mark.parametrize("declared", NAMED)
def test_a_transplant_that_the_endpoint_names_stays_what_it_is_there(tmp_path, declared, handling):
    study = study_of(tmp_path, declared, subjects=TREATED)
    name = declared.partition(":")[0]
    assert record(derive_endpoint(study, name, hsct_handling=handling)) == NAMED[declared]
    again = follow_again(study.subjects, name, hsct_handling=handling, declared=study.own_endpoints[name])
    assert again.days.tolist() == [time for _, time, _, _ in NAMED[declared]]
    assert again.event.tolist() == [kind == study.endpoints[name].event_name for _, _, kind, _ in NAMED[declared]]


def test_the_other_treatment_is_still_read_as_the_parameter_says(tmp_path):
    study = study_of(tmp_path, next(iter(NAMED)), subjects=TREATED)
    options = {"hsct_handling": "censor", "new_therapy_handling": "censor"}
    assert record(derive_endpoint(study, "tth", **options)) == [
        ("A", 60, "transplant", "transplant"),
        ("B", 30, "censored", "new therapy"),
        ("C", 90, "censored", "new therapy"),
    ]
    again = follow_again(study.subjects, "tth", **options, declared=study.own_endpoints["tth"])
    assert (again.days.tolist(), again.event.tolist()) == ([60, 30, 90], [True, False, False])


def test_without_an_origin_it_follows_the_parameter_and_with_one_it_does_not(tmp_path):
    study = study_of(
        tmp_path,
        "a_: {label: Free, events: death}",
        "b_: {label: From infusion, origin: infusion, events: death}",
        "c_: {label: From enrolment, origin: enrollment, events: death}",
    )
    times = {
        origin: [derive_endpoint(study, name, origin=origin).time_days[0] for name in ("a_", "b_", "c_")]
        for origin in ("infusion", "enrollment")
    }
    assert times == {"infusion": [152, 152, 164], "enrollment": [164, 152, 164]}


def test_a_report_that_asks_for_nothing_tells_them_after_the_suites_own(tmp_path):
    study = study_of(tmp_path, TTNT)
    assert ask_endpoints(study).told == ("os", "pfs", "efs", "rfs", "dor", "ttnt")
    assert ask_endpoints(study, ["ttnt"]).told == ("ttnt",)
    assert list(study.endpoints)[-1] == "ttnt"
    with pytest.raises(ParameterError) as caught:
        select_by_parameters(study, {"endpoints": ["ttnr", "cir"]})
    assert [problem.what for problem in caught.value.problems] == [
        "`endpoints` names `ttnr`, which is none. Did you mean `ttnt`?",
        "`endpoints` names `cir`, which is told by the section on relapse.",
    ]


def test_a_study_with_its_own_endpoints_can_be_kept_in_a_file(tmp_path):
    study = study_of(tmp_path, TTNT)
    again = keep_and_find(study, tmp_path / "kept")
    for options in ({}, {"hsct_handling": "competing"}):
        before, after = (derive_endpoints(one, ["ttnt", "os"], **options) for one in (study, again))
        assert {name: record(one) for name, one in before.items()} == {n: record(one) for n, one in after.items()}


def test_everything_that_is_wrong_is_told_at_once(tmp_path):
    problems = problems_of(
        tmp_path,
        "os: {label: Mine, events: death}",
        "Bad Name: {label: Bad, abbreviation: BAD, events: [deth]}",
        "a1: {label: Overall Survival, event: [death], origin: respnse}",
        "b1: 3",
        "c1: {label: [C], abbreviation: HR, events: [death], competing: [death, {x: y}]}",
        "d1: {label: D, time: age_years}",
        "e1: {label: E, status: sex, events: death}",
        "f1: {label: F, events: last_contact, patients: best_respons == 'CR'}",
        "g1: {label: Mine, events: death, patients: age_group == 'old'}",
        "relapse: {label: G, events: death}",
    )
    assert {problem.where for problem in problems} == {"study.yaml"}
    assert [problem.what for problem in problems] == [
        "`endpoints` declares `os`, which is an endpoint of the suite.",
        "The abbreviation of `endpoints: os` is that of `os`.",
        "`endpoints` declares `Bad Name`, which is no name for an endpoint of your own.",
        "`endpoints: Bad Name: events` names `deth`, which is no day of the subjects table. Did you mean `death`?",
        "There is no key `event` under `endpoints: a1`. Did you mean `events`?",
        "The label of `endpoints: a1` is that of `os`.",
        "`endpoints: a1: origin` names `respnse`, which is no day of the subjects table. Did you mean `response`?",
        "`endpoints: a1` names no event.",
        "`endpoints: b1` must hold pairs of name and value.",
        "`endpoints: c1: label` must be one text.",
        "`endpoints: c1: competing` must be a list of names.",
        "`endpoints: c1` lacks `label`.",
        "The abbreviation of `endpoints: c1` is that of another word of the pages.",
        "`endpoints: d1` lacks `status`.",
        "`endpoints: e1` gives both `status` and days that end the time.",
        "`endpoints: f1: events` names `last_contact`, which is no day of the subjects table.",
        "`endpoints: f1: patients` names `best_respons`, which is no column. Did you mean `best_response`?",
        "The label of `endpoints: g1` is that of `os`.",
        "`endpoints: g1: patients` names `age_group`, which a parameter of the report moves.",
        "`endpoints` declares `relapse`, which is no name for an endpoint of your own.",
    ]


def test_the_form_of_the_whole_is_told_with_an_example(tmp_path):
    (problem,) = problems_of(tmp_path, "- ttnt")
    assert problem.what == "`endpoints` must hold pairs of name and value."
    assert problem.remedy == "Such as {ttnt: {events: [new_therapy, death]}}."


def test_what_the_study_does_not_record_cannot_be_named(tmp_path):
    (problem,) = problems_of(tmp_path, "ttnt: {label: T, events: [new_therapy, non_response]}", subjects=DATED)[:1]
    assert problem.what == "`endpoints: ttnt: events` names `new_therapy`, which is no day of the subjects table."
    assert problem.remedy == "Days to name are: death, diagnosis, peak."


def test_days_beyond_the_follow_up_are_located(tmp_path):
    late = DATED.replace("2020-01-20,", "2023-01-20,").replace("2020-01-08,", "2020-07-08,")
    problems = problems_of(tmp_path, "ttpk: {label: Time to peak, events: [peak, death]}", subjects=late)
    reason = "it ends or begins the times of `endpoints: ttpk`."
    assert [(problem.what, problem.where) for problem in problems] == [
        (
            f"`peak_date` must not be after `death_date`: {reason}",
            "subjects.csv: row 3, columns peak_date and death_date",
        ),
        (
            f"`peak_date` must not be after `last_contact_date`: {reason}",
            "subjects.csv: row 2, columns peak_date and last_contact_date",
        ),
    ]


IN_DAYS = """
    subject_id,death_day,last_contact_day,peak_day,ended_days,ended
  A,           ,         900,             12.5,    30,        1
  B,           ,         900,             14,      60,        0
  C,           ,         900,             -2e9,    ,
"""


@pytest.mark.parametrize(
    "declared",
    [
        "ttpk: {label: Time to peak, events: peak}",
        "ttpk: {label: Time without peak, events: death, competing: peak_day}",
        "ttpk: {label: Time up to peak, events: death, censors: peak}",
        "ttpk: {label: From peak, origin: peak, events: death}",
        "rec: {label: Recorded from peak, origin: peak, time: ended_days, status: ended}",
    ],
)
def test_days_of_the_files_own_that_are_not_whole_are_located(tmp_path, declared):
    with pytest.raises(StudyDataError) as caught:
        make_study(tmp_path, subjects=IN_DAYS, yaml=f"endpoints: {{{declared}}}")
    name = declared.partition(":")[0]
    reason = f"it ends or begins the times of `endpoints: {name}`."
    problems = [(one.what, one.where, one.remedy) for one in caught.value.problems]
    assert problems == [
        (
            f"`peak_day` holds a cell that is not a whole number: {reason}",
            "subjects.csv: row 2, column peak_day",
            "Write plain digits without decimals and no unit, or leave the cell empty. "
            "Weeks, months and years can be told under `units` in study.yaml.",
        ),
        (
            f"`peak_day` lies outside its range: {reason}",
            "subjects.csv: row 4, column peak_day",
            "Allowed: from -36525 to 36525 days.",
        ),
    ]


def test_days_of_the_files_own_in_another_unit_are_converted(tmp_path):
    subjects = IN_DAYS.replace("-2e9", "")
    yaml = "endpoints: {ttpk: {label: Time to peak, events: peak}}\nunits: {subjects: {peak_day: weeks}}"
    study = make_study(tmp_path, subjects=subjects, yaml=yaml)
    assert derive_endpoint(study, "ttpk").time_days.tolist() == [88, 98, 900]  # 12.5 weeks are 87.5 days


@pytest.mark.parametrize(
    ("cell", "what", "column"),
    [
        ("30,2", "`ended` holds a status that is neither.", "column ended"),
        ("30.5,1", "`ended_days` holds a time that is no number of whole days.", "column ended_days"),
        ("-3,1", "`ended_days` holds a time that is no number of whole days.", "column ended_days"),
        ("30,", "`ended_days` and `ended` must be given together.", "columns ended_days and ended"),
    ],
)
def test_a_recorded_time_that_cannot_be_read_is_located(tmp_path, cell, what, column):
    (problem,) = problems_of(tmp_path, RECORDED, subjects=DATED.replace("30,1", cell))
    assert (problem.what, problem.where) == (what, f"subjects.csv: row 2, {column}")


def test_a_column_that_the_endpoint_needs_for_itself_is_refused(tmp_path):
    (problem,) = problems_of(
        tmp_path, "rec: {label: R, time: ended_days, status: ended}",
        subjects=DATED.replace("peak_date", "rec_event_day").replace("2020-01-20", "9").replace("2020-01-08", "8"),
    )  # fmt: skip
    assert problem.what == "`rec_event_day` is a name that the suite gives itself for `endpoints: rec`."


def test_choosing_patients_by_what_came_later_is_told(tmp_path):
    study = study_of(tmp_path, "osr: {label: OS of CR, events: death, patients: \"best_response == 'CR'\"}")
    (warning,) = study.warnings
    assert warning.what == "`endpoints: osr: patients` chooses by `best_response`, known only after infusion."


def test_an_endpoint_of_no_patient_is_told(tmp_path):
    study = study_of(tmp_path, "old: {label: Survival of the old, events: death, patients: age_years > 99}")
    (warning,) = study.warnings
    assert warning.what == "`endpoints: old: patients` leaves no patient."
    assert len(derive_endpoint(study, "old").time_days) == 0
