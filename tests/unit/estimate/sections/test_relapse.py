"""Cumulative incidences of relapse and of death in remission: by hand, by identities, and against R."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.estimate.sections import relapse, relapse_sensitivity
from cartcohort.estimate.survival import estimate_survival_at, estimate_survival_curve

KINDS = ["censored", "relapse", "death without relapse"]
CAUSES = {"cir": "relapse", "nrm": "death without relapse"}
OPTIONS = {"conf_level": 0.95, "past_follow_up": "not_estimable"}
LABELS = {"risk": "Risk", "centre": "Centre"}
# Relapse on day 100, death in remission on day 200, end of follow-up on day 300, relapse on day 400.
COURSES = [(100, "relapse"), (200, "death without relapse"), (300, "censored"), (400, "relapse")]


def make_endpoints(courses, **columns):
    """CIR and NRM of patients with these days and kinds of end, all in remission from day 30."""
    days = np.array([day for day, _ in courses], dtype=int)
    kinds = np.array([kind for _, kind in courses], dtype=object)
    relapse_day = pd.array([day + 30 if kind == "relapse" else pd.NA for day, kind in courses], dtype="Int64")
    subjects = pd.DataFrame({"relapse_day": relapse_day}).assign(**columns)
    return {
        name: SimpleNamespace(
            abbreviation=name.upper(),
            cause=cause,
            time_days=days,
            event=kinds == cause,
            event_type=pd.Categorical(kinds, categories=KINDS),
            origin="first response",
            origin_day=np.full(len(days), 30),
            subjects=subjects,
        )
        for name, cause in CAUSES.items()
    }


def two_levels(*values):
    return pd.Categorical(values, categories=["low", "high"], ordered=True)


def test_incidences_are_those_of_a_hand_count():
    found = relapse.summarise_incidence(make_endpoints(COURSES), timepoints_months=[6, 12, 13.5], **OPTIONS)
    assert found["cir/6m"].estimate == pytest.approx(1 / 4)
    assert found["nrm/6m"].estimate == 0
    assert found["cir/12m"].estimate == pytest.approx(1 / 4)
    assert found["nrm/12m"].estimate == pytest.approx(3 / 4 * 1 / 3)
    # Half are free of both on day 400, where the one still followed relapses.
    assert found["cir/13.5m"].estimate == pytest.approx(1 / 4 + 1 / 2)
    assert (found["cir/6m"].n_event, found["cir/6m"].n) == (2, 4)


def test_one_minus_kaplan_meier_overstates_and_says_so():
    found = relapse_sensitivity.contrast_kaplan_meier(
        make_endpoints(COURSES), timepoints_months=[13.5], conf_type="log-log", **OPTIONS
    )
    assert found["one_minus_km/cir/13.5m"].estimate == 1  # against three quarters
    assert "overstates" in found["one_minus_km/cir/13.5m"].note


def test_one_minus_kaplan_meier_of_no_event_has_the_limit_of_those_still_followed():
    found = relapse_sensitivity.contrast_kaplan_meier(
        make_endpoints(COURSES), timepoints_months=[5], conf_type="log-log", **OPTIONS
    )["one_minus_km/nrm/5m"]
    assert (found.estimate, found.conf_low) == (0, 0)
    assert found.conf_high == pytest.approx(1 - 0.025 ** (1 / 3))
    assert "overstates" in found.note


def test_one_minus_kaplan_meier_of_everybody_has_the_limit_of_those_with_the_event():
    courses = [(100, "relapse"), (200, "relapse")]
    found = relapse_sensitivity.contrast_kaplan_meier(
        make_endpoints(courses), timepoints_months=[12], conf_type="log-log", **OPTIONS
    )["one_minus_km/cir/12m"]
    assert (found.estimate, found.conf_high) == (1, 1)
    assert found.conf_low == pytest.approx(0.025 ** (1 / 2))


def test_the_limits_of_one_minus_kaplan_meier_stay_in_order():
    courses = [(100 * day, kind) for day, kind in enumerate(KINDS * 4, start=1)]
    found = relapse_sensitivity.contrast_kaplan_meier(
        make_endpoints(courses), timepoints_months=[12, 24], conf_type="log", **OPTIONS
    )
    for result in found.values():
        assert result.conf_low < result.estimate < result.conf_high


@given(st.lists(st.tuples(st.integers(1, 1500), st.sampled_from(KINDS)), min_size=1, max_size=40))
def test_relapsed_dead_in_remission_and_free_of_both_add_up_to_everybody(courses):
    endpoints = make_endpoints(courses)
    found = relapse.summarise_incidence(endpoints, timepoints_months=[12], **OPTIONS)
    both = endpoints["cir"].event | endpoints["nrm"].event
    curve = estimate_survival_curve(endpoints["cir"].time_days / DAYS_PER_MONTH, both)
    free = estimate_survival_at(curve, 12)
    if free.estimate is not None and None not in (found["cir/12m"].estimate, found["nrm/12m"].estimate):
        assert found["cir/12m"].estimate + found["nrm/12m"].estimate + free.estimate == pytest.approx(1)


def test_a_level_is_estimated_from_its_own_patients():
    endpoints = make_endpoints(COURSES, risk=two_levels("low", "high", "high", "low"))
    found = relapse.summarise_by_level(endpoints, ("risk",), labels=LABELS, timepoints_months=[6], **OPTIONS)
    assert list(found) == ["cir/6m/risk/low", "cir/6m/risk/high", "nrm/6m/risk/low", "nrm/6m/risk/high"]
    assert found["cir/6m/risk/low"].estimate == pytest.approx(1 / 2)
    assert found["cir/6m/risk/high"].estimate == 0


def compare(endpoints, *factors):
    return relapse.compare_levels(endpoints, factors, labels=LABELS, conf_level=0.95, ties="efron")


def test_a_factor_is_compared_by_gray_fine_gray_and_cause_specific_hazards():
    courses = [(50 * day, kind) for day, kind in enumerate(KINDS * 5, start=1)]
    endpoints = make_endpoints(courses, risk=two_levels(*["low", "high"] * 7, "low"))
    found = compare(endpoints, "risk")
    assert list(found) == [
        "gray/cir/risk",
        "gray/nrm/risk",
        "fine_gray/cir/risk/high",
        "cause_specific/cir/risk/high",
        "fine_gray/nrm/risk/high",
        "cause_specific/nrm/risk/high",
    ]
    assert found["fine_gray/cir/risk/high"].unit == "subdistribution hazard ratio"
    assert "cause-specific" in found["cause_specific/cir/risk/high"].method
    assert found["gray/cir/risk"].p_value == found["gray/cir/risk"].p_holm  # a family of one


def test_a_level_without_events_has_a_penalised_ratio_beside_the_one_that_cannot_be_estimated():
    courses = [(50 * day, kind) for day, kind in enumerate(["relapse", "death without relapse", "censored"] * 4, 1)]
    # Nobody of the low risk dies in remission; the first and the last relapse are of the high risk.
    risk = two_levels("high", "high", "low", "low", "high", "low", "low", "high", "low", "high", "high", "high")
    found = compare(make_endpoints(courses, risk=risk), "risk")
    for model in ("fine_gray", "cause_specific"):
        assert found[f"{model}/nrm/risk/high"].estimate is None
        assert found[f"{model}/nrm/risk/high"].note.startswith("separation")
    penalised = found["cause_specific_firth/nrm/risk/high"]
    assert penalised.estimate > 1 and penalised.conf_low is not None and "Firth's penalty" in penalised.method
    assert not [name for name in found if name.startswith("cause_specific_firth/cir")]


def test_p_values_are_adjusted_over_the_factors_of_one_event():
    courses = [(50 * day, kind) for day, kind in enumerate(KINDS * 5, start=1)]
    endpoints = make_endpoints(
        courses, risk=two_levels(*["low", "high"] * 7, "low"), centre=two_levels(*["low"] * 8, *["high"] * 7)
    )
    found = compare(endpoints, "risk", "centre")
    smallest = min(found["gray/cir/risk"].p_value, found["gray/cir/centre"].p_value)
    assert min(found["gray/cir/risk"].p_holm, found["gray/cir/centre"].p_holm) == pytest.approx(min(2 * smallest, 1))


def test_a_factor_of_one_level_is_not_compared():
    assert not compare(make_endpoints(COURSES, risk=two_levels("low", "low", "low", "low")), "risk", "absent")


def test_where_relapse_is_not_documented_neither_event_can_be_told():
    endpoints = make_endpoints(COURSES)
    assert relapse.select_documented(endpoints, lacking=("relapse_day",)) == {}
    assert set(relapse.select_documented(endpoints, lacking=())) == {"cir", "nrm"}


def test_a_study_in_which_nobody_relapsed_has_an_incidence_of_none():
    endpoints = make_endpoints([(100, "death without relapse"), (300, "censored"), (400, "censored")])
    found = relapse.summarise_incidence(endpoints, timepoints_months=[6], **OPTIONS)
    assert found["cir/6m"].estimate == 0
    assert found["nrm/6m"].estimate == pytest.approx(1 / 3)


def test_nobody_at_risk_gives_notes_and_no_numbers():
    endpoints = make_endpoints([])
    found = relapse.summarise_incidence(endpoints, timepoints_months=[12], **OPTIONS)
    assert [result.note for result in found.values()] == ["no patients", "no patients"]
    assert relapse.estimate_curves_by_first_factor(endpoints, ("risk",), conf_level=0.95) == ("", {})


def read_transplants(**columns):
    readings = {reading: make_endpoints(COURSES, **columns) for reading in ("ignore", "censor", "event", "competing")}
    return relapse_sensitivity.summarise_handling(readings, timepoints_months=[6], **OPTIONS)


def test_the_reading_of_a_transplant_as_the_event_itself_is_left_out():
    found = read_transplants(hsct_day=pd.array([pd.NA, 90, pd.NA, pd.NA], dtype="Int64"))
    assert {name.split("/")[1] for name in found} == {"ignore", "censor", "competing"}
    assert found["handling/censor/cir/6m"].estimate == pytest.approx(1 / 4)


def test_without_a_transplant_there_is_one_reading():
    found = read_transplants(hsct_day=pd.array([pd.NA] * 4, dtype="Int64"))
    assert {name.split("/")[1] for name in found} == {"ignore"}
