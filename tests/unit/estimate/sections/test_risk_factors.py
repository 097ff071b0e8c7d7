"""Results of the risk factor section against hand counts and their own parts."""

import numpy as np
import pytest

from cartcohort.estimate import comparison
from cartcohort.estimate.sections import risk_factors, robustness
from tests.unit.estimate.sections.endpoints import factor, make_endpoint

LABELS = {"risk": "Risk", "sex": "Sex", "age_years": "Age (years)", "age_group": "Age group"}
COX = {"labels": LABELS, "conf_level": 0.95, "ties": "efron", "seed": 1}


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
    per_term = results["risk_factors/os/events_per_term"]
    assert per_term.estimate == pytest.approx(7 / 2)
    assert per_term.note == "fewer than ten events a coefficient"


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
    apparent, optimism = (first[f"risk_factors/os/concordance/{name}"].estimate for name in ("apparent", "optimism"))
    assert corrected == pytest.approx(apparent - optimism)


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


def probe(endpoint, factors, landmark_days=()):
    comparisons = robustness.headline_comparisons(
        {"os": endpoint}, factors, labels=LABELS, landmark_days=landmark_days
    )
    return robustness.probe_comparisons(comparisons, seed=1, conf_level=0.95, ties="efron")


def test_leaving_one_out_gives_the_range_of_the_tests_without_each_patient():
    endpoint = cohort()
    results, probes = probe(endpoint, ["risk"])
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
    assert np.flatnonzero(np.isclose(one_by_one, max(one_by_one))).tolist() == [0, 1, 2]
    assert np.argmin(one_by_one) == 6
    assert found.note == "largest without P01, P02 or P03; smallest without P07"
    assert probes["risk_factors/os/robustness/risk"].omitted.names([0, 4]) == ["P01", "P05"]
    ratio = results["risk_factors/os/robustness/risk/leave_one_out_ratio/high"]
    # The fifth has the only event of low risk while anybody of high risk is left.
    assert ratio.conf_low < ratio.estimate and ratio.conf_high is None
    assert ratio.note.startswith("no finite ratio (separation) without P05; smallest without")
    assert ratio.label == "OS by Risk: hazard ratio with one patient left out, high vs low"


def test_the_patients_whose_outcome_is_changed_are_named_by_what_they_become():
    results, probes = probe(cohort(), ["risk"])
    stem = "risk_factors/os/robustness/risk"
    changed, found = results[f"{stem}/fragility"], probes[stem]
    assert changed.estimate == len(found.no_event) + len(found.new_event) and found.exact
    event = dict(zip(cohort().subjects["subject_id"], cohort().event, strict=True))
    assert all(event[who] for who in found.no_event) and not any(event[who] for who in found.new_event)
    assert "exact, no smaller number crosses" in changed.note
    assert ("censoring made an event: " in changed.note) == bool(found.new_event)


def test_twelve_patients_have_an_exact_permutation_test():
    results, _ = probe(cohort(), ["risk"])
    found = results["risk_factors/os/robustness/risk/permutation"]
    assert "all 924 permutations" in found.method and found.conf_low is None


def test_response_is_probed_from_the_landmark_among_those_at_risk_then():
    months = [0.5, 2, 3, 4, 5, 6, 7, 8]
    subjects = {
        "response": factor("yes", "no", "yes", "yes", "no", "yes", "no", "yes", levels=("no", "yes")),
        "response_day": [10.0, np.nan, 14, 20, np.nan, 28, np.nan, 60],
    }
    endpoint = make_endpoint(months, [1, 1, 1, 0, 1, 0, 1, 0], **subjects)
    results, _ = probe(endpoint, [], landmark_days=[28, 90])
    found = results["risk_factors/os/landmark/28d/robustness/response/leave_one_out"]
    # The first patient died on day 15; the last responded after the landmark.
    assert (found.n, found.label) == (7, "OS by response at day 28: p with one patient left out")
    group = ["no", "yes", "yes", "no", "yes", "no", "no"]
    alone = comparison.test_logrank(months[1:], [1, 1, 0, 1, 0, 1, 0], group)
    assert found.p_value == pytest.approx(alone.p_value)


def test_without_two_groups_at_the_landmark_response_is_not_probed():
    endpoint = make_endpoint(
        [2, 3], [1, 1], response=factor("yes", "yes", levels=("no", "yes")), response_day=[9.0, 9.0]
    )
    assert not probe(endpoint, [], landmark_days=[28])[0]


def three_levels():
    """Nine patients in three groups, the later in order the sooner dead; a fourth level has nobody."""
    group = factor(*"cbcbabaca", levels=("a", "b", "c", "d"))
    return make_endpoint(range(1, 10), [1, 1, 1, 1, 0, 1, 1, 0, 0], risk=group)


def test_more_than_two_levels_are_compared_in_pairs_and_by_their_order():
    endpoint = three_levels()
    results = risk_factors.compare_factors({"os": endpoint}, ["risk"], **COX)
    pairs = results.select("risk_factors/os/pairwise/*")
    assert list(pairs) == [f"risk_factors/os/pairwise/risk/{pair}" for pair in ("a_vs_b", "a_vs_c", "b_vs_c")]
    raw = [pair.p_value for pair in pairs.values()]
    assert min(pair.p_holm for pair in pairs.values()) == pytest.approx(min(1, 3 * min(raw)))
    first = pairs["risk_factors/os/pairwise/risk/a_vs_b"]
    rows = endpoint.subjects["risk"].isin(["a", "b"]).to_numpy()
    alone = comparison.test_logrank(
        np.asarray(endpoint.time_days)[rows], endpoint.event[rows], endpoint.subjects["risk"][rows].astype(str)
    )
    assert first.p_value == pytest.approx(alone.p_value) and first.label == "OS: Risk: log-rank, b vs a"
    trend = results["risk_factors/os/trend/risk"]
    assert trend.note == "levels in their order: a, b, c" and trend.df == 1
    assert trend.p_value == pytest.approx(
        comparison.test_logrank_trend(
            endpoint.time_days, endpoint.event, endpoint.subjects["risk"].cat.remove_unused_categories()
        ).p_value
    )


def test_two_levels_have_neither_pairs_nor_a_trend():
    results = risk_factors.compare_factors({"os": cohort()}, ["risk"], **COX)
    assert not results.select("*/pairwise/*", "*/trend/*")


def test_three_levels_are_probed_too_with_a_ratio_for_each():
    results, probes = probe(three_levels(), ["risk"])
    assert list(results.select("*/leave_one_out_ratio/*")) == [
        f"risk_factors/os/robustness/risk/leave_one_out_ratio/{level}" for level in "bc"
    ]
    assert len(probes) == 1


def test_a_group_with_few_expected_events_is_also_tested_by_shuffling():
    results = risk_factors.compare_factors({"os": cohort()}, ["risk"], **COX)
    expected = results.select("risk_factors/os/expected/*")
    assert sum(each.estimate for each in expected.values()) == pytest.approx(7)
    assert min(each.estimate for each in expected.values()) < 5
    assert results["risk_factors/os/permutation/risk"].p_value is not None
    large = make_endpoint(range(1, 41), [1] * 40, risk=factor(*["low", "high"] * 20))
    many = risk_factors.compare_factors({"os": large}, ["risk"], **COX)
    assert min(each.estimate for each in many.select("*/expected/*").values()) > 5
    assert not many.select("*/permutation/*")


def test_separation_of_a_single_factor_is_answered_by_firth():
    endpoint = make_endpoint(
        [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], risk=factor("high", "high", "high", "low", "low", "low")
    )
    results = risk_factors.compare_factors({"os": endpoint}, ["risk"], **COX)
    assert results["risk_factors/os/cox/risk/high"].estimate is None
    firth = results["risk_factors/os/cox_firth/risk/high"]
    assert firth.estimate > 1 and firth.label == "OS: Risk: high vs low, Firth"
    assert not risk_factors.compare_factors({"os": cohort()}, ["risk"], **COX).select("*/cox_firth/*")


def test_thresholds_are_those_of_the_number_behind_a_derived_factor():
    scans = robustness.scan_thresholds({"os": cohort()}, ["age_group", "sex"], seed=1, conf_level=0.95)
    assert list(scans) == ["age_years"]
    scan = scans["age_years"]["os"].scan
    assert set(scan.threshold) <= {30, 70, 65, 40, 61, 28, 45, 52, 33, 39, 36, 58}
    assert min(scan.n_low.min(), scan.n_high.min()) >= 2
    recorded = robustness.record_scans(scans, labels=LABELS)
    smallest = recorded["risk_factors/os/robustness/threshold/age_years"]
    assert smallest.p_value == pytest.approx(np.nanmin(scan.p_value))
    selected = recorded["risk_factors/os/robustness/threshold_selected/age_years"]
    assert selected.p_value > smallest.p_value
    assert selected.note == f"{len(scan.threshold)} thresholds looked at"


def test_the_tests_of_the_model_stand_beside_the_log_rank_and_events_are_counted_by_level():
    results = risk_factors.compare_factors({"os": cohort()}, ["risk"], **COX)
    wald = results["risk_factors/os/wald/risk"]
    assert wald.p_value == pytest.approx(results["risk_factors/os/cox/risk/high"].p_value)
    assert results["risk_factors/os/likelihood_ratio/risk"].p_value < wald.p_value
    low, high = (results[f"risk_factors/os/events/risk/{level}"] for level in ("low", "high"))
    assert ((low.n_event, low.n), (high.n_event, high.n)) == ((3, 6), (4, 6))
