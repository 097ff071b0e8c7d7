"""Results on the cure-fraction question: their names, and what is said where it has no answer."""

import numpy as np
import pytest

from cartcohort.estimate.mixture_cure import fit_mixture_cure
from cartcohort.estimate.sections import cure
from tests.unit.estimate.sections.endpoints import make_endpoint

KM = {"conf_level": 0.95, "conf_type": "log-log"}
MONTHS, EVENT = [1, 2, 4, 8, 9, 30, 40, 50], [1, 1, 1, 1, 0, 0, 0, 0]


def record(endpoint):
    endpoints = {"os": endpoint}
    return cure.record_cure(endpoints, cure.fit_cure_models(endpoints, **KM))


def test_every_result_is_named_by_what_it_is_and_by_family():
    names = {name.removeprefix("survival/os/cure/") for name in record(make_endpoint(MONTHS, EVENT))}
    families = ("weibull", "exponential", "log_normal", "log_logistic")
    kinds = ("fraction", "test", "aic/with", "aic/without", "uncured_median", "uncured_at_end")
    expected = {f"{kind}/{family}" for kind in kinds for family in families}
    expected |= {f"follow_up/{test}" for test in ("maller_zhou", "shen")}
    assert names == expected | {f"plateau/{key}" for key in ("last_event", "length", "followed", "level", "hazard")}


def test_times_are_months_and_the_fraction_is_that_of_the_model():
    results = record(make_endpoint(MONTHS, EVENT))
    fit = fit_mixture_cure(MONTHS, EVENT)
    assert results["survival/os/cure/fraction/weibull"].estimate == pytest.approx(fit.cured)
    assert results["survival/os/cure/uncured_median/weibull"].estimate == pytest.approx(fit.median_uncured)
    # Three parameters with cure, two without.
    assert results["survival/os/cure/aic/with/weibull"].estimate == pytest.approx(6 - 2 * fit.log_likelihood)
    assert results["survival/os/cure/aic/without/weibull"].estimate == pytest.approx(
        4 - 2 * fit.log_likelihood_without
    )
    uncured = (fit.survival([50]) - fit.cured) / (1 - fit.cured)
    expected = uncured / fit.survival([50])
    assert results["survival/os/cure/uncured_at_end/weibull"].estimate == pytest.approx(expected[0], rel=1e-6)


def test_the_plateau_is_told_in_patients_months_and_person_years():
    results = record(make_endpoint(MONTHS, EVENT)).select("*/plateau/*")
    found = {name.rsplit("/", 1)[1]: result for name, result in results.items()}
    assert found["last_event"].estimate == pytest.approx(8)
    assert found["length"].estimate == pytest.approx(42)
    assert found["followed"].estimate == 4
    assert found["level"].estimate == pytest.approx(1 / 2)
    years = (1 + 22 + 32 + 42) / 12
    assert np.exp(-years * found["hazard"].conf_high) == pytest.approx(0.025)


@pytest.mark.parametrize(
    ("months", "event", "reason"), [([], [], "no patients"), ([3, 9], [0, 0], "no event"), ([3], [1], "one time")]
)
def test_where_there_is_no_answer_every_fraction_says_why(months, event, reason):
    results = record(make_endpoint(months, event))
    for name in ("fraction", "test", "aic/with", "uncured_median", "uncured_at_end"):
        found = results[f"survival/os/cure/{name}/weibull"]
        assert found.estimate is None and found.p_value is None and reason in found.note


def test_where_other_events_compete_there_is_no_cure_fraction():
    endpoint = make_endpoint([3, 6, 9], [1, 0, 0], event_type=["event", "transplant", "censored"])
    assert "other events compete" in record(endpoint)["survival/os/cure/fraction/weibull"].note
