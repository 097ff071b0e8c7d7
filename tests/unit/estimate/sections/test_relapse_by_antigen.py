"""Relapse by antigen status: the incidences of its kinds, by hand and by what they add up to."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.estimate.sections import relapse, relapse_by_antigen
from cartcohort.estimate.survival import estimate_survival_at, estimate_survival_curve

CAUSES = {
    "cir_antigen_positive": "antigen-positive relapse",
    "cir_antigen_negative": "antigen-negative relapse",
    "cir_antigen_unknown": "relapse of unknown antigen status",
    "nrm": "death without relapse",
}
POSITIVE, NEGATIVE, UNKNOWN, DEATH = CAUSES.values()
KINDS = ["censored", *CAUSES.values()]
OPTIONS = {"conf_level": 0.95, "past_follow_up": "not_estimable"}
# Months from response: two kinds of relapse are tied at 2.
SIX = [(1, POSITIVE), (2, NEGATIVE), (2, POSITIVE), (3, "censored"), (4, DEATH), (5, UNKNOWN)]
some_courses = st.lists(st.tuples(st.integers(0, 30), st.sampled_from(KINDS)), min_size=1, max_size=40)


def make_endpoints(courses, **columns):
    """The incidences of patients with these months and kinds of end."""
    kinds = np.array([kind for _, kind in courses], dtype=object)
    subjects = pd.DataFrame(index=range(len(courses))).assign(**columns)
    return {
        name: SimpleNamespace(
            abbreviation=name,
            cause=cause,
            time_days=np.array([month for month, _ in courses]) * DAYS_PER_MONTH,
            event=kinds == cause,
            event_type=pd.Categorical(kinds, categories=KINDS),
            subjects=subjects,
        )
        for name, cause in CAUSES.items()
    }


def by_antigen(courses, *months):
    endpoints = make_endpoints(courses)
    chosen = {name: endpoints[name] for name in relapse_by_antigen.ENDPOINTS}
    return relapse_by_antigen.summarise_kinds(chosen, timepoints_months=months, **OPTIONS)


def test_six_patients_are_worked_out_by_hand():
    found = by_antigen(SIX, 1, 2, 4, 5)
    # Free of any event: 5/6 after month 1, 1/2 after month 2, then 2 are at risk, 1/4 after month 4, nobody after 5.
    estimates = {name: result.estimate for name, result in found.items()}
    assert estimates == pytest.approx(
        {
            "cir_antigen_positive/1m": 1 / 6,
            "cir_antigen_positive/2m": 1 / 6 + 5 / 6 * 1 / 5,
            "cir_antigen_positive/4m": 1 / 3,
            "cir_antigen_positive/5m": 1 / 3,
            "cir_antigen_negative/1m": 0,
            "cir_antigen_negative/2m": 5 / 6 * 1 / 5,
            "cir_antigen_negative/4m": 1 / 6,
            "cir_antigen_negative/5m": 1 / 6,
            "cir_antigen_unknown/1m": 0,
            "cir_antigen_unknown/2m": 0,
            "cir_antigen_unknown/4m": 0,
            "cir_antigen_unknown/5m": 1 / 4,
        },
        abs=1e-15,
    )
    assert found["cir_antigen_negative/1m"].conf_high == pytest.approx(1 - 0.025 ** (1 / 6))  # all six are known of
    # Five of six at month 4: the three relapses would be followed that long with 2 in 3 (one of three is censored).
    assert found["cir_antigen_unknown/4m"].conf_high == pytest.approx(1 - 0.025 ** (1 / (2 + 3 * 2 / 3)))


def any_relapse(courses):
    """The incidence of relapse whatever its antigens."""
    merged = [(month, kind if kind in ("censored", DEATH) else "relapse") for month, kind in courses]
    endpoint = make_endpoints(merged)["nrm"]
    kinds = np.array([kind for _, kind in merged], dtype=object)
    endpoint.cause, endpoint.event, endpoint.event_type = "relapse", kinds == "relapse", pd.Categorical(kinds)
    return endpoint


def total_of(found, month):
    """The incidences of the kinds together; None where one is not estimable."""
    parts = [found[f"{name}/{month}m"].estimate for name in relapse_by_antigen.ENDPOINTS]
    return None if None in parts else sum(parts)


@given(some_courses, st.integers(0, 30))
def test_the_kinds_of_relapse_add_up_to_relapse(courses, month):
    total = total_of(by_antigen(courses, month), month)
    whole = relapse.summarise_incidence({"cir": any_relapse(courses)}, timepoints_months=[month], **OPTIONS)
    if total is not None:  # it is where follow-up is too short, or all antigens are unknown
        assert total == pytest.approx(whole[f"cir/{month}m"].estimate, abs=1e-12)


@given(some_courses, st.integers(0, 30))
def test_with_death_they_add_up_to_one_minus_kaplan_meier_of_any_event(courses, month):
    endpoint = make_endpoints(courses)["nrm"]
    death = relapse.summarise_incidence({"nrm": endpoint}, timepoints_months=[month], **OPTIONS)
    total = total_of(by_antigen(courses, month), month)
    curve = estimate_survival_curve(endpoint.time_days / DAYS_PER_MONTH, endpoint.event_type != "censored")
    if total is not None:
        free = estimate_survival_at(curve, month, past_follow_up="carry").estimate
        assert total + death[f"nrm/{month}m"].estimate == pytest.approx(1 - free, abs=1e-12)


def test_where_nobody_relapsed_each_kind_has_an_incidence_of_none_with_its_limit():
    found = by_antigen([(4, DEATH), (9, "censored"), (9, "censored")], 6)
    assert {(result.estimate, result.conf_low) for result in found.values()} == {(0, 0)}
    assert found["cir_antigen_negative/6m"].conf_high == pytest.approx(1 - 0.025 ** (1 / 3))


def test_where_everybody_relapses_alike_the_kind_has_an_incidence_of_all():
    found = by_antigen([(1, POSITIVE), (2, POSITIVE)], 6)
    positive = found["cir_antigen_positive/6m"]
    assert (positive.estimate, positive.conf_high) == (1, 1)
    assert positive.conf_low == pytest.approx(0.025 ** (1 / 2))
    assert found["cir_antigen_negative/6m"].estimate == 0


def test_one_responder_has_limits_that_say_next_to_nothing():
    found = by_antigen([(8, "censored")], 6)["cir_antigen_positive/6m"]
    assert (found.estimate, found.conf_high) == (0, pytest.approx(0.975))


def test_where_the_antigens_of_no_relapse_are_known_nothing_is_claimed_of_either():
    courses = [(1, UNKNOWN), (2, UNKNOWN), (9, "censored")]
    found = by_antigen(courses, 6)
    assert {(result.estimate, result.note) for result in found.values()} == {
        (None, "not estimable: the antigens of no relapse are known")
    }
    assert relapse_by_antigen.select_known(make_endpoints(courses)) == {}


def test_nobody_at_risk_gives_notes_and_no_numbers():
    assert {result.note for result in by_antigen([], 6).values()} == {"no patients"}
    assert not relapse_by_antigen.summarise_kinds({}, timepoints_months=[6], **OPTIONS)


def test_an_unknown_kind_is_shown_only_where_there_is_one():
    endpoints = make_endpoints(SIX)
    del endpoints["nrm"]
    assert list(relapse_by_antigen.select_known(endpoints)) == list(relapse_by_antigen.ENDPOINTS)
    without = make_endpoints(SIX[:5])
    assert "cir_antigen_unknown" not in relapse_by_antigen.select_known(without)


def compare(courses, levels):
    endpoints = make_endpoints(courses, risk=pd.Categorical(levels, categories=["low", "high"], ordered=True))
    del endpoints["nrm"]
    return relapse_by_antigen.compare_kinds(
        endpoints, ("risk",), labels={"risk": "Risk"}, timepoints_months=[6], ties="efron", **OPTIONS
    )


def test_a_factor_is_compared_on_both_kinds_of_relapse():
    courses = [(month, kind) for month, kind in enumerate(KINDS * 6, start=1)]
    found = compare(courses, ["low", "high", "high"] * 10)
    assert [name for name in found if "antigen_negative" in name] == [
        "cir_antigen_negative/6m/risk/low",
        "cir_antigen_negative/6m/risk/high",
        "gray/cir_antigen_negative/risk",
        "fine_gray/cir_antigen_negative/risk/high",
        "cause_specific/cir_antigen_negative/risk/high",
    ]
    assert not [name for name in found if "unknown" in name]


def test_without_relapses_of_both_kinds_no_comparison_is_repeated():
    assert not compare([(1, POSITIVE), (2, POSITIVE), (3, UNKNOWN), (4, DEATH)], ["low", "high", "low", "high"])
    assert not relapse_by_antigen.compare_kinds(
        {}, ("risk",), labels={}, timepoints_months=[6], ties="efron", **OPTIONS
    )
