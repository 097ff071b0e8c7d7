"""The records of models: what a reader gets from them."""

import numpy as np
import pytest

from cartcohort.estimate import models


def record(**changes):
    known = {
        "terms": ("burden/high", "age/per unit"),
        "contrasts": ("high vs low", "per unit"),
        "coefficient": np.array([np.log(2), np.nan]),
        "std_error": np.array([0.5, np.nan]),
        "conf_low": np.array([0.75, np.nan]),
        "conf_high": np.array([5.3, np.nan]),
        "statistic": np.array([1.39, np.nan]),
        "p_value": np.array([0.17, np.nan]),
        "covariance": np.diag([0.25, np.nan]),
        "conf_level": 0.95,
        "n": 35,
        "n_event": 20,
        "unit": "hazard ratio",
        "method": "Cox model",
        "note": "separation: no finite estimate for age/per unit",
        "term_notes": ("", "separation: no events at this level"),
    }
    return models.ModelFit(**(known | changes))


def test_a_z_has_no_degrees_of_freedom_and_a_chi_squared_has_one():
    assert record().results()["burden/high"].df is None
    assert record(term_df=1).results()["burden/high"].df == 1


def test_results_are_named_by_term_and_carry_ratio_limits_and_notes():
    found = record().results()
    assert list(found) == ["burden/high", "age/per unit"]
    high, age = found.values()
    assert high.estimate == pytest.approx(2) and (high.conf_low, high.conf_high, high.p_value) == (0.75, 5.3, 0.17)
    assert (high.label, high.note) == ("high vs low", "separation: no finite estimate for age/per unit")
    assert (age.estimate, age.conf_low, age.p_value) == (None, None, None)
    assert age.note == "separation: no events at this level"


def test_events_per_term_tell_how_fragile_a_fit_is():
    assert record().events_per_term == 10
    assert record(terms=(), contrasts=()).events_per_term is None


def test_wald_columns_follow_from_coefficients_and_covariance():
    found = models.wald_columns(np.array([1.0, np.nan]), np.diag([0.25, np.nan]), conf_level=0.95)
    assert found.std_error[0] == 0.5 and found.statistic[0] == 2
    assert found.p_value[0] == pytest.approx(0.0455, abs=1e-4)
    assert found.conf_low[0] == pytest.approx(np.exp(1 - 0.98), abs=1e-3) and np.isnan(found.conf_high[1])


def test_a_ratio_too_large_for_a_number_is_none():
    assert np.isnan(models.to_ratio(np.array([1000.0]))).all()
    assert models.to_ratio(np.array([-1000.0])).tolist() == [0.0]


def test_the_wald_statistic_needs_every_coefficient():
    assert models.wald_statistic(np.array([1.0, 2.0]), np.diag([1.0, 4.0])) == pytest.approx(2)
    assert np.isnan(models.wald_statistic(np.array([1.0, np.nan]), np.eye(2)))
    assert np.isnan(models.wald_statistic(np.empty(0), np.empty((0, 0))))


def test_a_chi_squared_statistic_becomes_a_result_with_its_p_value():
    found = models.chi_squared_result(3.841459, 1, method="score test", n=35, n_event=20)
    assert found.p_value == pytest.approx(0.05, abs=1e-6) and found.df == 1
