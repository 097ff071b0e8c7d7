"""The test of proportional hazards: what it finds, what it cannot tell, and what must hold for any cohort."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cartcohort.errors import EstimationError
from cartcohort.estimate import ph_test, regression
from cartcohort.estimate.partial_likelihood import evaluate

COHORTS = st.lists(
    st.tuples(st.integers(1, 12), st.booleans(), st.integers(-2, 2), st.integers(-2, 2)), min_size=6, max_size=25
)


def crossing_hazards(n=400):
    """A factor that harms early and helps late, beside one whose ratio never changes."""
    generator = np.random.default_rng(5)
    harm, steady = generator.integers(0, 2, n), generator.integers(0, 2, n)
    shape = np.where(harm == 1, 0.6, 1.8)
    time = 10 * (generator.exponential(size=n) / np.exp(0.7 * steady)) ** (1 / shape)
    return np.minimum(time, 30), time < 30, pd.DataFrame({"harm": harm, "steady": steady})


@pytest.mark.parametrize("transform", ph_test.TRANSFORMS)
def test_a_ratio_that_changes_is_told_from_one_that_does_not(transform):
    found = ph_test.test_proportional_hazards(regression.fit_cox(*crossing_hazards()), transform=transform)
    assert list(found) == ["harm", "steady", "global"]
    assert found["harm"].p_value < 1e-6 and found["steady"].p_value > 0.05 and found["global"].p_value < 1e-6
    assert found["global"].df == 2 and found["harm"].df == 1
    assert found["harm"].method == f"score test of proportional hazards, {transform} transform of time"


@pytest.mark.parametrize("transform", ph_test.TRANSFORMS)
def test_two_events_of_four_patients_by_hand(transform):
    # The first event is of a patient with x = 1 among two with and two without, the second of one without among one
    # of each (another without has left): residuals 1/2 and -1/2, so that the coefficient is 0, and variances 1/4.
    # With g the times as transformed: U = (g1 - g2) / 2, variance (g1^2 + g2^2) / 4 - ((g1 + g2) / 4)^2 / (1/2),
    # which is (g1 - g2)^2 / 8, and U^2 over it is 2 whatever the transform.
    x = pd.DataFrame({"x": [1.0, 0.0, 0.0, 1.0]})
    fit = regression.fit_cox([1, 2, 3, 4], [True, False, True, False], x)
    found = ph_test.test_proportional_hazards(fit, transform=transform)["x"]
    assert fit.coefficient == pytest.approx([0], abs=1e-12)
    assert found.statistic == pytest.approx(2, rel=1e-10)
    assert found.p_value == pytest.approx(0.157299207050285, rel=1e-10)  # erfc(1), the chance of |Z| above sqrt(2)


def test_the_score_is_that_of_adding_the_product_with_time_to_the_model():
    time, event, x = [1, 2, 3, 4], [True, True, False, True], [2.0, 0.0, 1.0, 1.0]
    fit = regression.fit_cox(time, event, pd.DataFrame({"x": x}), ties="breslow")
    # g(t) = t, less the mean of the event times; Schoenfeld residuals and variances event by event.
    g, residual, variance = np.array([1, 2, 4]) - 7 / 3, [], []
    for now in (1, 2, 4):
        at_risk = np.array(time) >= now
        weight = np.exp(fit.coefficient[0] * np.array(x))[at_risk]
        mean = np.average(np.array(x)[at_risk], weights=weight)
        residual.append(x[now - 1] - mean)
        variance.append(np.average((np.array(x)[at_risk] - mean) ** 2, weights=weight))
    residual, variance = np.array(residual), np.array(variance)
    left = np.sum(g**2 * variance) - np.sum(g * variance) ** 2 / variance.sum()
    found = ph_test.test_proportional_hazards(fit, transform="identity")["x"]
    assert found.statistic == pytest.approx(np.sum(g * residual) ** 2 / left)


def test_all_levels_of_a_factor_are_tested_together():
    time, event, covariates = crossing_hazards()
    table = covariates.assign(group=pd.Categorical(np.arange(400) % 3))
    found = ph_test.test_proportional_hazards(regression.fit_cox(time, event, table))
    assert list(found) == ["harm", "steady", "group", "global"] and found["group"].df == 2


def separated():
    return regression.fit_cox(
        [1, 2, 3, 4], [1, 1, 0, 0], pd.DataFrame({"x": ["a", "a", "b", "b"], "y": [1, 3, 2, 4]})
    )


@pytest.mark.parametrize(
    ("fit", "note"),
    [
        (lambda: regression.fit_cox([], [], pd.DataFrame({"x": []}, dtype=float)), "not estimable: no patients"),
        (lambda: regression.fit_cox([1, 2], [0, 0], pd.DataFrame({"x": [1, 2]})), "not estimable: no events"),
        (separated, "not estimable: separation"),
        (
            lambda: regression.fit_cox([3] * 4, [1] * 4, pd.DataFrame({"x": [1, 2, 1, 2]})),
            "not estimable: too few events",
        ),
    ],
)
def test_where_the_model_does_not_allow_it_there_is_a_note(fit, note):
    for found in ph_test.test_proportional_hazards(fit()).values():
        assert (found.statistic, found.p_value, found.note) == (None, None, note)


def test_an_event_at_time_zero_has_no_logarithm():
    fit = regression.fit_cox([0, 2, 3, 4], [1, 1, 1, 0], pd.DataFrame({"x": [1, 3, 2, 3]}))
    assert ph_test.test_proportional_hazards(fit, transform="log")["x"].note.endswith("has no logarithm")
    assert ph_test.test_proportional_hazards(fit, transform="km")["x"].statistic is not None


def test_an_unknown_transform_is_refused():
    with pytest.raises(EstimationError, match="transform"):
        ph_test.test_proportional_hazards(regression.fit_cox(*crossing_hazards()), transform="sqrt")


@given(COHORTS, st.sampled_from(ph_test.TRANSFORMS))
def test_neither_the_unit_of_time_nor_that_of_a_covariate_matters(cohort, transform):
    time, event, x, y = (np.array(values, float) for values in zip(*cohort, strict=True))
    one, other = (
        regression.fit_cox(unit * time, event, pd.DataFrame({"x": scale * x, "y": y}), ties="breslow")
        for unit, scale in ((1, 1), (4, -10))
    )
    assume(not np.isnan(one.coefficient).any())
    # A determinant near 0 is a matter of round-off.
    assume(np.linalg.cond(evaluate(one.sample, one.likelihood.coefficient).information) < 1e6)
    found = [ph_test.test_proportional_hazards(fit, transform=transform) for fit in (one, other)]
    for name in ("x", "y", "global"):
        assert found[0][name].note == found[1][name].note
        if found[0][name].statistic is not None and found[0][name].statistic < 1e3:
            assert found[0][name].statistic == pytest.approx(found[1][name].statistic, rel=1e-4, abs=1e-6)
