"""Results of the risk factor section against hand counts and their own parts."""

import numpy as np
import pytest

from cartcohort.estimate import comparison
from cartcohort.estimate.sections import risk_factors, robustness
from tests.unit.estimate.sections.endpoints import factor, make_endpoint

LABELS = {"risk": "Risk", "sex": "Sex", "age_years": "Age (years)", "age_group": "Age group"}
COX = {"labels": LABELS, "conf_level": 0.95, "ties": "efron"}


def cohort():
    """Twelve patients: high risk mostly dies early, sex does not matter."""
    months = [1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18]
    event = [1, 1, 1, 0, 1, 1, 0, 1, 0, 1, 0, 0]
    risk = factor(*["high", "high", "high", "high", "low", "high", "high", "low", "low", "low", "low", "low"])
    sex = factor(*(["female", "male"] * 6), levels=("female", "male"))
    age = [30, 70, 65, 40, 61, 28, 45, 52, 33, 39, 36, 58]
    group = factor(*["old" if value >= 40 else "young" for value in age], levels=("young", "old"))
    return make_endpoint(months, event, risk=risk, sex=sex, age_years=age, age_group=group)


def test_tests_of_one_endpoint_are_adjusted_for_their_number():
    results = risk_factors.compare_factors({"os": cohort()}, ["risk", "sex"], **COX)
    risk, sex = (results[f"risk_factors/os/logrank/{name}"] for name in ("risk", "sex"))
    smaller, larger = sorted([risk.p_value, sex.p_value])
    assert min(risk.p_holm, sex.p_holm) == pytest.approx(min(2 * smaller, 1))
    assert max(risk.p_bh, sex.p_bh) == pytest.approx(larger)


def test_every_term_of_the_multivariable_model_is_recorded_with_its_checks():
    models = risk_factors.fit_multivariable({"os": cohort()}, ["risk", "sex"], conf_level=0.95, ties="efron")
    results = risk_factors.record_multivariable(models, labels=LABELS)
    assert list(results) == [
        "risk_factors/os/multivariable/risk/high",
        "risk_factors/os/multivariable/sex/male",
        "risk_factors/os/multivariable_firth/risk/high",
        "risk_factors/os/multivariable_firth/sex/male",
        "risk_factors/os/multivariable_test",
        "risk_factors/os/events_per_term",
        "risk_factors/os/ph/risk",
        "risk_factors/os/ph/sex",
        "risk_factors/os/ph/global",
    ]
    assert results["risk_factors/os/events_per_term"].estimate == pytest.approx(7 / 2)


def test_separation_has_no_ordinary_estimate_and_a_finite_one_by_firth():
    endpoint = make_endpoint(
        [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], risk=factor("high", "high", "high", "low", "low", "low")
    )
    models = risk_factors.fit_multivariable({"os": endpoint}, ["risk"], conf_level=0.95, ties="efron")
    results = risk_factors.record_multivariable(models, labels=LABELS)
    assert results["risk_factors/os/multivariable/risk/high"].estimate is None
    assert "separation" in results["risk_factors/os/multivariable/risk/high"].note
    assert results["risk_factors/os/multivariable_firth/risk/high"].estimate > 1


def test_a_model_needs_a_factor_with_two_levels():
    assert not risk_factors.fit_multivariable({"os": cohort()}, [], conf_level=0.95, ties="efron")


def test_concordance_corrected_for_optimism_lies_below_the_apparent_one_and_repeats():
    endpoints, names = {"os": cohort()}, ["risk", "sex"]
    models = risk_factors.fit_multivariable(endpoints, names, conf_level=0.95, ties="efron")
    options = {"ties": "efron", "samples": 30, "seed": 7, "conf_level": 0.95}
    first, again = (risk_factors.estimate_discrimination(endpoints, names, models, **options) for _ in range(2))
    corrected = first["risk_factors/os/concordance/corrected"].estimate
    assert corrected < first["risk_factors/os/concordance/apparent"].estimate
    assert corrected == again["risk_factors/os/concordance/corrected"].estimate


def test_response_is_compared_by_firth_and_unknown_response_is_left_out():
    subjects = make_endpoint(
        range(9),
        [0] * 9,
        risk=factor("high", "high", "high", "high", "low", "low", "low", "low", "low"),
        response=factor("no", "no", "no", "yes", "yes", "yes", "yes", "yes", None, levels=("no", "yes")),
    ).subjects
    results = risk_factors.compare_response(subjects, ["risk"], labels=LABELS, conf_level=0.95)
    ratio = results["risk_factors/response/firth/risk/high"]
    # Firth's estimate for a single binary factor adds one half to every cell.
    assert ratio.estimate == pytest.approx((1.5 / 3.5) / (4.5 / 0.5), rel=1e-5)
    assert ratio.n == 8


def test_one_answer_to_response_leaves_nothing_to_compare():
    subjects = make_endpoint([1, 2], [0, 0], response=factor("yes", "yes", levels=("no", "yes"))).subjects
    assert not risk_factors.compare_response(subjects, [], labels={}, conf_level=0.95)


def test_leaving_one_out_gives_the_range_of_the_tests_without_each_patient():
    endpoint = cohort()
    results = robustness.probe_comparisons({"os": endpoint}, ["risk"], labels=LABELS, seed=1)
    found = results["risk_factors/os/robustness/risk/leave_one_out"]
    keep = ~np.eye(12, dtype=bool)
    one_by_one = [
        comparison.test_logrank(
            np.asarray(endpoint.time_days)[rows], endpoint.event[rows], endpoint.subjects["risk"][rows]
        ).p_value
        for rows in keep
    ]
    assert found.conf_low == pytest.approx(min(one_by_one))
    assert found.conf_high == pytest.approx(max(one_by_one))
    assert "largest without row 2 or 3 or 4 of the subjects" in found.note


def test_thresholds_are_those_of_the_number_behind_a_derived_factor():
    scans = robustness.scan_thresholds({"os": cohort()}, ["age_group", "sex"])
    assert list(scans) == ["age_years"]
    scan = scans["age_years"]["os"]
    assert set(scan.threshold) <= {30, 70, 65, 40, 61, 28, 45, 52, 33, 39, 36, 58}
    assert min(scan.n_low.min(), scan.n_high.min()) >= 2
    recorded = robustness.record_scans(scans, labels=LABELS)["risk_factors/os/robustness/threshold/age_years"]
    assert recorded.p_value == pytest.approx(np.nanmin(scan.p_value))


def test_the_tests_of_the_model_stand_beside_the_log_rank_and_events_are_counted_by_level():
    results = risk_factors.compare_factors({"os": cohort()}, ["risk"], **COX)
    wald = results["risk_factors/os/wald/risk"]
    assert wald.p_value == pytest.approx(results["risk_factors/os/cox/risk/high"].p_value)
    assert results["risk_factors/os/likelihood_ratio/risk"].p_value < wald.p_value
    low, high = (results[f"risk_factors/os/events/risk/{level}"] for level in ("low", "high"))
    assert ((low.n_event, low.n), (high.n_event, high.n)) == ((3, 6), (4, 6))
