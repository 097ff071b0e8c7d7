"""What must hold of endpoints for any valid cohort."""

import datetime as dt
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cartcohort.study import ENDPOINTS, derive_endpoint, derive_endpoints, load_study, select_cohort
from tests.builders import write_study

CUTOFF = dt.date(2022, 12, 31)
FIRST = dt.date(2021, 1, 1)
HEADER = (
    "subject_id,infusion_date,death_date,last_contact_date,best_response,response_date,progression_date,relapse_date,"
    "hsct_date,new_therapy_date"
)


@st.composite
def patients(draw):
    """A valid patient as days: infused, end of follow-up, dead, best response, and what happened between."""
    infused = draw(st.integers(0, 700))
    follow_up = (CUTOFF - FIRST).days - infused
    end = draw(st.integers(0, follow_up))
    best = draw(st.sampled_from(["CR", "CRi", "PR", "NR", "NE", ""]))
    maybe = st.none() | st.integers(0, end)
    response = draw(st.integers(0, end)) if best in ("CR", "CRi", "PR") else None
    remission = best in ("CR", "CRi") and response < end
    return {
        "infused": infused,
        "end": end,
        "dead": draw(st.booleans()),
        "best": best,
        "response": response,
        "progression": draw(maybe) if best in ("PR", "NR", "NE") else None,
        "relapse": draw(st.none() | st.integers(response + 1, end)) if remission else None,
        "hsct": draw(maybe),
        "therapy": draw(maybe),
    }


def as_row(number, patient):
    def date(day):
        return "" if day is None else str(FIRST + dt.timedelta(days=patient["infused"] + day))

    end = date(patient["end"])
    times = [date(patient[name]) for name in ("progression", "relapse", "hsct", "therapy")]
    alive = ["", end] if not patient["dead"] else [end, ""]
    return ",".join([f"P{number}", date(0), *alive, patient["best"], date(patient["response"]), *times])


def load(rows):
    with tempfile.TemporaryDirectory() as folder:
        text = "\n".join([HEADER, *rows])
        return load_study(write_study(Path(folder), subjects=text, yaml=f"data_cutoff_date: {CUTOFF}"))


cohorts = st.lists(patients(), min_size=1, max_size=6).map(lambda each: [as_row(n, p) for n, p in enumerate(each)])
handling = st.sampled_from(["ignore", "censor", "event", "competing"])
unhurried = settings(max_examples=30, deadline=None)


def by_id(endpoint):
    rows = zip(
        endpoint.subjects["subject_id"],
        endpoint.time_days.tolist(),
        endpoint.event.tolist(),
        list(endpoint.event_type),
        endpoint.event_source.tolist(),
        endpoint.censoring_reason.tolist(),
        strict=True,
    )
    return {row[0]: row[1:] for row in rows}


@unhurried
@given(cohorts, handling, handling)
def test_progression_never_follows_death_and_event_free_survival_is_the_shortest(rows, hsct, therapy):
    endpoints = derive_endpoints(load(rows), ["os", "pfs", "efs"], hsct_handling=hsct, new_therapy_handling=therapy)
    assert (endpoints["pfs"].time_days <= endpoints["os"].time_days).all()
    assert (endpoints["efs"].time_days <= endpoints["pfs"].time_days).all()
    if hsct == therapy == "ignore":
        assert (endpoints["pfs"].event | ~endpoints["os"].event).all()


@unhurried
@given(cohorts, handling, handling)
def test_each_patient_ends_by_an_event_or_is_censored_for_a_reason(rows, hsct, therapy):
    study = load(rows)
    for endpoint in derive_endpoints(study, ENDPOINTS, hsct_handling=hsct, new_therapy_handling=therapy).values():
        censored = np.asarray(endpoint.event_type == "censored")
        assert (endpoint.time_days >= 0).all()
        assert not (censored & endpoint.event).any()
        assert ((endpoint.censoring_reason != "") == censored).all()
        assert ((endpoint.event_source == "") == censored).all()
        assert len(endpoint.time_days) + endpoint.n_excluded == len(study.subjects)


@unhurried
@given(cohorts)
def test_the_studys_own_cutoff_changes_nothing(rows):
    study = load(rows)
    before, after = select_cohort(study), select_cohort(study, data_cutoff_date=CUTOFF)
    for name in ENDPOINTS:
        assert by_id(derive_endpoint(before, name)) == by_id(derive_endpoint(after, name))


@unhurried
@given(cohorts, st.integers(0, 729), st.sampled_from(["os", "pfs", "efs"]), handling)
def test_an_earlier_cutoff_cuts_each_time_and_makes_no_event(rows, day, name, hsct):
    study, date = load(rows), FIRST + dt.timedelta(days=day)
    infused_by_then = study.subjects["infusion_date"].dt.date <= date
    if not infused_by_then.any():
        return
    full = by_id(derive_endpoint(study, name, hsct_handling=hsct))
    cut = derive_endpoint(select_cohort(study, data_cutoff_date=date), name, hsct_handling=hsct)
    assert len(cut.time_days) == infused_by_then.sum()
    horizon = dict(zip(cut.subjects["subject_id"], cut.subjects["data_cutoff_day"], strict=True))
    for patient, (time, _, kind, *_) in by_id(cut).items():
        assert time == min(full[patient][0], horizon[patient])
        assert kind == (full[patient][2] if full[patient][0] <= horizon[patient] else "censored")


@unhurried
@given(cohorts, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, random):
    study, shuffled = load(rows), load(random.sample(rows, len(rows)))
    for name in ENDPOINTS:
        assert by_id(derive_endpoint(study, name)) == by_id(derive_endpoint(shuffled, name))


@unhurried
@given(cohorts)
def test_a_patients_outcome_does_not_depend_on_the_others(rows):
    study, first = load(rows), load(rows[:1])
    for name in ENDPOINTS:
        whole, alone = by_id(derive_endpoint(study, name)), by_id(derive_endpoint(first, name))
        assert alone == {patient: outcome for patient, outcome in whole.items() if patient == "P0"}
