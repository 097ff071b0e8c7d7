"""Other readings of an endpoint: days in, and who then ends when and by what; what must hold for any cohort."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.estimate.sections import handling
from cartcohort.study import derive_endpoints, derive_estimands, load_study, select_cohort
from tests.builders import write_study
from tests.spec.test_endpoint_properties import as_row, cohorts, load, patients, unhurried

# Day 0 is 1 January 2021. A: transplant before death. B: relapse, then transplant. C: transplant and death on one
# day. D: transplant on the last day of contact. E: new therapy before transplant. F: never infused.
PATIENTS = """
  subject_id,infusion_date,death_date,last_contact_date,enrollment_date,best_response,response_date,relapse_date,\
hsct_date,new_therapy_date,risk
  A,2021-01-01,2021-04-11,          ,2020-12-22,CR,2021-01-29,          ,2021-02-20,          ,low
  B,2021-01-01,2021-04-11,          ,2020-12-22,CR,2021-01-29,2021-02-20,2021-03-02,          ,low
  C,2021-01-01,2021-04-11,          ,2020-12-22,CR,2021-01-29,          ,2021-04-11,          ,high
  D,2021-01-01,          ,2021-04-11,2020-12-22,CR,2021-01-29,          ,2021-04-11,          ,high
  E,2021-01-01,          ,2021-04-11,2020-12-22,CR,2021-01-29,          ,2021-03-02,2021-02-20,low
  F,          ,2021-01-31,          ,2021-01-01,  ,          ,          ,          ,          ,
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("estimands") / "study"
    return load_study(write_study(folder, subjects=PATIENTS, yaml="data_cutoff_date: 2021-12-31\nfactors: [risk]"))


def readings(study, names=("os", "pfs"), **own):
    everyone = select_cohort(study, population="enrolled")
    return derive_estimands(select_cohort(study), everyone, names, **own)


def ends(endpoint):
    """Day and kind of each patient's end, as text: "100 death", "50 transplant"."""
    what = np.where(endpoint.event_source == "", endpoint.censoring_reason, endpoint.event_source)
    kinds = np.where(endpoint.event, "", np.where(endpoint.event_type == "censored", " (censored)", " (competing)"))
    rows = zip(endpoint.subjects["subject_id"], endpoint.time_days, what, kinds, strict=True)
    return {patient: f"{day} {source}{kind}" for patient, day, source, kind in rows}


LAST = "100 last contact (censored)"
OS = {"A": "100 death", "B": "100 death", "C": "100 death", "D": LAST, "E": LAST}
PFS = OS | {"B": "50 relapse"}
EXPECTED = [
    ("os", "ignore", {}),
    (
        "os",
        "censor",
        {
            "A": "50 transplant (censored)",
            "B": "60 transplant (censored)",
            "D": "100 transplant (censored)",
            "E": "60 transplant (censored)",
        },
    ),
    ("os", "event", {"A": "50 transplant", "B": "60 transplant", "D": "100 transplant", "E": "60 transplant"}),
    (
        "os",
        "competing",
        {
            "A": "50 transplant (competing)",
            "B": "60 transplant (competing)",
            "D": "100 transplant (competing)",
            "E": "60 transplant (competing)",
        },
    ),
    ("pfs", "event", {"A": "50 transplant", "D": "100 transplant", "E": "60 transplant"}),
    ("os", "new_therapy_censor", {"E": "50 new therapy (censored)"}),
    ("os", "new_therapy_event", {"E": "50 new therapy"}),
    ("os", "new_therapy_competing", {"E": "50 new therapy (competing)"}),
    (
        "os",
        "both_censor",
        {
            "A": "50 transplant (censored)",
            "B": "60 transplant (censored)",
            "D": "100 transplant (censored)",
            "E": "50 new therapy (censored)",
        },
    ),
    ("os", "infused", {}),
]


@pytest.mark.parametrize(("name", "reading", "changed"), EXPECTED)
def test_a_treatment_counts_where_it_comes_before_the_event_and_the_event_comes_first_on_one_day(
    study, name, reading, changed
):
    assert ends(readings(study)[reading][name]) == {"os": OS, "pfs": PFS}[name] | changed


def test_from_enrolment_the_never_infused_count_and_time_starts_earlier(study):
    endpoint = readings(study)["enrolled"]["os"]
    assert endpoint.origin == "enrollment"
    assert dict(zip(endpoint.subjects["subject_id"], endpoint.time_days.tolist(), strict=True)) == {
        **dict.fromkeys("ABCDE", 110), "F": 30,
    }  # fmt: skip
    assert endpoint.event.tolist() == [True, True, True, False, False, True]


def test_the_reports_own_reading_comes_first_and_each_other_changes_one_thing(study):
    own = readings(study, hsct_handling="event", new_therapy_handling="censor")
    assert list(own) == [
        *("event", "ignore", "censor", "competing"),
        *("new_therapy_ignore", "new_therapy_event", "new_therapy_competing"),
        *("both_censor", "enrolled", "infused"),
    ]
    assert ends(own["event"]["os"]) == OS | {
        "A": "50 transplant", "B": "60 transplant", "D": "100 transplant", "E": "50 new therapy (censored)",
    }  # fmt: skip
    assert ends(own["new_therapy_ignore"]["os"])["E"] == "60 transplant"
    assert ends(own["ignore"]["os"])["E"] == "50 new therapy (censored)"


def test_a_report_from_enrolment_is_also_read_from_infusion(study):
    everyone = select_cohort(study, population="enrolled")
    read = derive_estimands(everyone, everyone, ["os"], origin="enrollment")
    assert len(read["ignore"]["os"].event) == 6
    assert ends(read["infused"]["os"]) == OS


OPTIONS = {
    "lacking": (), "factors": (), "labels": {}, "rate_months": 12, "conf_level": 0.95, "conf_type": "log-log",
    "median_rule": "midpoint", "past_follow_up": "carry", "ties": "efron",
}  # fmt: skip


def test_counts_are_of_those_treated_before_their_event(study):
    results = handling.summarise_estimands(readings(study), **OPTIONS)
    counts = {name: (r.n_event, r.n) for name, r in results.select("*/any", "*/intercurrent/*").items()}
    assert counts == {
        "survival/transplant/any": (5, 5),
        "survival/new_therapy/any": (1, 5),
        "survival/never_infused/any": (1, 6),
        "survival/os/intercurrent/transplant": (4, 5),  # C died on that day, D was last seen on it
        "survival/os/intercurrent/new_therapy": (1, 5),
        "survival/pfs/intercurrent/transplant": (3, 5),  # B had relapsed before
        "survival/pfs/intercurrent/new_therapy": (1, 5),
    }


def test_readings_change_no_recorded_time_so_that_none_is_told_beside_it(tmp_path):
    more = dict(zip("ABCDEF", ("110,1", "110,1", "110,1", "110,0", "110,0", ","), strict=True))
    header, *rows = (line.strip() for line in PATIENTS.strip().splitlines())
    subjects = "\n".join([f"{header},days_ended,ended", *(f"{row},{more[row[0]]}" for row in rows)])
    declared = "endpoints: {rec: {label: Recorded, origin: enrollment, time: days_ended, status: ended}}"
    yaml = f"data_cutoff_date: 2021-12-31\n{declared}"
    read = readings(load_study(write_study(tmp_path / "study", subjects=subjects, yaml=yaml)), ["os", "rec"])
    times = {reading: endpoints["rec"].time_days.tolist() for reading, endpoints in read.items()}
    assert times == dict.fromkeys(read, [110] * 5)
    results = handling.summarise_estimands(read, **OPTIONS)
    assert list(results.select("survival/rec/handling/*")) == []
    assert len(results.select("survival/os/handling/*/rate/*")) == 9


def test_who_has_no_day_of_enrolment_is_left_out_and_counted(tmp_path):
    text = PATIENTS.replace("2021-04-11,          ,2020-12-22,CR,2021-01-29,          ,2021-02-20",
                            "2021-04-11,          ,          ,CR,2021-01-29,          ,2021-02-20")  # fmt: skip
    study = load_study(write_study(tmp_path / "study", subjects=text, yaml="data_cutoff_date: 2021-12-31"))
    never = handling.summarise_estimands(readings(study), **OPTIONS)["survival/never_infused/any"]
    assert (never.n_event, never.n, never.note) == (1, 5, "1 without a day of enrolment left out")


def test_hazard_ratios_from_enrolment_leave_out_those_of_unknown_factor(study):
    options = OPTIONS | {"factors": ("risk",), "labels": {"risk": "Risk"}}
    results = handling.summarise_estimands(readings(study), **options)
    assert results["survival/os/handling/enrolled/rate/12m"].n == 6
    assert results["survival/os/handling/enrolled/cox/risk/low"].n == 5


@unhurried
@given(cohorts)
def test_the_reports_own_reading_is_that_of_its_endpoints(rows):
    study = load(rows)
    own = derive_endpoints(study, ["os", "pfs", "efs", "rfs", "dor"])
    for name, endpoint in readings(study, list(own))["ignore"].items():
        assert ends(endpoint) == ends(own[name])


@unhurried
@given(cohorts)
def test_to_censor_takes_events_away_and_to_count_a_treatment_adds_some(rows):
    for name, read in _by_name(load(rows)).items():
        n_event = {reading: int(endpoint.event.sum()) for reading, endpoint in read.items()}
        for prefix in ("", "new_therapy_"):
            own = n_event["ignore"]
            # A new therapy is an event of EFS unless it is read otherwise.
            assert n_event[f"{prefix}censor"] == n_event[f"{prefix}competing"] <= own, name
            assert n_event[f"{prefix}event"] >= own, name
        assert n_event["both_censor"] <= min(n_event["censor"], n_event["new_therapy_censor"])
        times = {reading: endpoint.time_days for reading, endpoint in read.items()}
        assert (times["both_censor"] == np.minimum(times["censor"], times["new_therapy_censor"])).all()


all_followed_to_death = st.lists(patients().map(lambda patient: patient | {"dead": True}), min_size=1, max_size=6)


@unhurried
@given(all_followed_to_death, st.sampled_from([1, 3, 6, 12]))
def test_where_nobody_is_censored_a_treatment_lowers_the_rate_as_an_event_and_raises_it_as_a_competitor(each, months):
    study = load([as_row(number, patient) for number, patient in enumerate(each)])
    results = handling.summarise_estimands(readings(study), **OPTIONS | {"rate_months": months})
    rates = {name.removesuffix(f"/rate/{months}m"): r.estimate for name, r in results.select("*/rate/*").items()}
    for name, rate in rates.items():
        own = rates[name.rpartition("/")[0] + "/ignore"]
        if name.endswith("event"):
            assert rate <= own + 1e-12
        elif name.endswith("competing"):
            assert rate >= own - 1e-12


def _by_name(study):
    read = readings(study, ["os", "pfs", "efs"])
    return {name: {reading: endpoints[name] for reading, endpoints in read.items()} for name in ("os", "pfs", "efs")}
