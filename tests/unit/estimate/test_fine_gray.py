"""The Fine-Gray model: by hand, as a Cox model without competing events, naive sums, and separation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartcohort.errors import EstimationError
from cartcohort.estimate import fine_gray, regression, subdistribution

CAUSES = ["censored", "relapse", "death"]
rows = st.tuples(st.integers(1, 6), st.integers(0, 2), st.integers(-3, 3), st.booleans())
cohorts = st.lists(rows, min_size=6, max_size=25)


def arrays(cohort):
    time, code, x, z = (np.array(column, dtype=float) for column in zip(*cohort, strict=True))
    return time, code.astype(int), np.column_stack((x, z))


def naive_likelihood(time, code, X, coefficient):
    """Log pseudo likelihood by its definition, patient by patient."""

    def uncensored(before):
        steps = [(np.sum((time == u) & (code == 0)), np.sum(time >= u)) for u in np.unique(time[time < before])]
        return np.prod([1 - censored / at_risk for censored, at_risk in steps])

    value = 0.0
    for i in np.flatnonzero(code == 1):
        total = 0.0
        for j in range(len(time)):
            weight = 1.0 if time[j] >= time[i] else 0.0
            if code[j] == 2 and time[j] < time[i]:
                weight = uncensored(time[i]) / uncensored(time[j])
            total += weight * np.exp(X[j] @ coefficient)
        value += X[i] @ coefficient - np.log(total)
    return value


def simulated(n, seed, *, ties=None):
    generator = np.random.default_rng(seed)
    x, risk = generator.normal(size=n).round(1), generator.choice(["low", "mid", "high"], n)
    time = generator.exponential(np.exp(-0.4 * x)) * 10
    kind = np.array(CAUSES)[generator.integers(0, 3, n)]
    covariates = pd.DataFrame({"x": x, "risk": pd.Categorical(risk, categories=["low", "mid", "high"])})
    return (np.ceil(time / ties) if ties else time), kind, covariates


def test_three_patients_are_worked_out_by_hand():
    # Relapse at 1 (x = 1), death at 2 (x = 1), relapse at 3 (x = 0). At 3 the patient who died counts in full, since
    # nobody is censored: log likelihood b - log(2 e^b + 1) - log(e^b + 1) has its maximum where 1 = 2w/(2w + 1)
    # + w/(w + 1), so w = e^b solves 2 w^2 = 1.
    covariates = pd.DataFrame({"x": [1.0, 1.0, 0.0]})
    fit = fine_gray.fit_fine_gray([1, 2, 3], ["relapse", "death", "relapse"], covariates, cause="relapse")
    w = np.sqrt(0.5)
    assert fit.terms == ("x/per unit",)
    assert fit.ratio == pytest.approx([w], rel=1e-9)
    assert fit.log_likelihood == pytest.approx(np.log(w) - np.log(2 * w + 1) - np.log(w + 1), rel=1e-9)
    assert fit.log_likelihood_null == pytest.approx(-np.log(6), rel=1e-12)
    # Information: p (1 - p) at both times. Influences: x - mean minus hazard-weighted (x - mean) while at risk.
    p, q = 2 * w / (2 * w + 1), w / (w + 1)
    h1, h3 = 1 / (2 * w + 1), 1 / (w + 1)
    first = (1 - p) - w * h1 * (1 - p)
    second = -w * (h1 * (1 - p) + h3 * (1 - q))
    third = -q - (h1 * -p + h3 * -q)
    expected = np.sqrt(first**2 + second**2 + third**2) / (p * (1 - p) + q * (1 - q))
    assert fit.std_error == pytest.approx([expected], rel=1e-9)


def test_a_death_before_a_censoring_counts_less_afterwards():
    # Death at 1, censoring at 2 of 4 at risk then, relapse at 3: the death has weight 3/4 at time 3.
    time, code = np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([2, 0, 1, 0, 0])
    sample = subdistribution.prepare_subdistribution(np.arange(5.0)[:, None], time, code)
    assert sample.sum_at_risk(np.ones(5))[2] == pytest.approx(3 + 3 / 4, rel=1e-14)


@given(cohorts, st.floats(-1, 1), st.floats(-1, 1))
@settings(max_examples=50)
def test_likelihood_agrees_with_its_definition_and_score_and_information_are_its_derivatives(cohort, first, second):
    time, code, X = arrays(cohort)
    sample = subdistribution.prepare_subdistribution(X, time, code)
    coefficient = np.array([first, second])
    found = subdistribution.evaluate_pseudo(sample, coefficient)
    assert found.value == pytest.approx(naive_likelihood(time, code, sample.columns, coefficient), rel=1e-9, abs=1e-9)
    step = 1e-5
    for axis in np.eye(2) * step:
        up, down = (subdistribution.evaluate_pseudo(sample, coefficient + sign * axis) for sign in (1, -1))
        assert (up.value - down.value) / (2 * step) == pytest.approx(found.score @ axis / step, abs=1e-4)
        assert (down.score - up.score) / (2 * step) == pytest.approx(found.information @ axis / step, abs=1e-4)


@pytest.mark.parametrize("ties", [None, 3])
def test_without_competing_events_it_is_a_cox_model_with_breslow_ties(ties):
    time, kind, covariates = simulated(80, 4, ties=ties)
    kind = np.where(kind == "death", "relapse", kind)
    fit = fine_gray.fit_fine_gray(time, kind, covariates, cause="relapse")
    cox = regression.fit_cox(time, kind == "relapse", covariates, ties="breslow")
    assert fit.terms == cox.terms and fit.contrasts == cox.contrasts
    assert fit.coefficient == pytest.approx(cox.coefficient, rel=1e-7)
    assert fit.log_likelihood == pytest.approx(cox.log_likelihood, rel=1e-10)
    assert fit.likelihood_ratio.statistic == pytest.approx(cox.likelihood_ratio.statistic, rel=1e-8)


def test_without_censoring_deaths_stay_at_risk_for_ever():
    # Then the model is a Cox model in which those who died are followed to the end.
    time, kind, covariates = simulated(60, 9)
    kind = np.where(kind == "censored", "death", kind)
    fit = fine_gray.fit_fine_gray(time, kind, covariates, cause="relapse")
    cox = regression.fit_cox(np.where(kind == "death", 999, time), kind == "relapse", covariates, ties="breslow")
    assert fit.coefficient == pytest.approx(cox.coefficient, rel=1e-7)


@given(st.integers(0, 10_000), st.booleans())
@settings(max_examples=20)
def test_order_of_patients_unit_of_time_and_unit_of_a_covariate_do_not_matter(seed, tied):
    time, kind, covariates = simulated(50, seed, ties=4 if tied else None)
    order = np.random.default_rng(seed).permutation(50)
    plain = fine_gray.fit_fine_gray(time, kind, covariates, cause="relapse")
    moved = covariates.assign(x=10 * covariates["x"] + 7).iloc[order]
    other = fine_gray.fit_fine_gray(30 * time[order], kind[order], moved, cause="relapse")
    scale = np.array([10, 1, 1])
    assert other.coefficient * scale == pytest.approx(plain.coefficient, rel=1e-6, abs=1e-8, nan_ok=True)
    assert other.std_error * scale == pytest.approx(plain.std_error, rel=1e-6, nan_ok=True)


def test_the_covariance_is_proper_and_feeds_errors_and_the_wald_test():
    time, kind, covariates = simulated(60, 2, ties=2)
    fit = fine_gray.fit_fine_gray(time, kind, covariates, cause="relapse")
    assert np.allclose(fit.covariance, fit.covariance.T) and np.all(np.linalg.eigvalsh(fit.covariance) > 0)
    assert fit.std_error == pytest.approx(np.sqrt(np.diag(fit.covariance)))
    assert fit.wald.statistic == pytest.approx(fit.coefficient @ np.linalg.solve(fit.covariance, fit.coefficient))
    assert (fit.wald.df, fit.likelihood_ratio.df) == (3, 3)


def test_results_are_named_by_factor_and_level():
    time, kind, covariates = simulated(60, 2)
    fit = fine_gray.fit_fine_gray(time, pd.Categorical(kind, CAUSES), covariates, cause="death", conf_level=0.9)
    results = fit.results()
    assert list(results) == ["x/per unit", "risk/mid", "risk/high"]
    high = results["risk/high"]
    assert high.label == "high vs low" and high.unit == "subdistribution hazard ratio"
    assert (high.estimate, high.conf_level, high.n, high.n_event) == (fit.ratio[2], 0.9, 60, np.sum(kind == "death"))
    assert fit.cause == "death" and "Fine-Gray" in high.method


def test_rows_with_missing_covariates_are_left_out():
    time, kind, covariates = simulated(40, 3)
    holes = covariates.copy()
    holes.loc[[0, 7], "x"] = np.nan
    kept = holes["x"].notna().to_numpy()
    fit = fine_gray.fit_fine_gray(time, kind, holes, cause="relapse")
    assert (fit.n, fit.n_dropped) == (38, 2)
    other = fine_gray.fit_fine_gray(time[kept], kind[kept], covariates[kept], cause="relapse")
    assert fit.coefficient == pytest.approx(other.coefficient, rel=1e-12)


def test_a_level_without_events_separates_and_leaves_the_other_terms_alone():
    time, kind, covariates = simulated(60, 6)
    kind = np.where((covariates["risk"] == "high") & (kind == "relapse"), "death", kind)
    fit = fine_gray.fit_fine_gray(time, kind, covariates, cause="relapse")
    assert np.isnan(fit.coefficient).tolist() == [False, False, True]
    assert fit.note == "separation: no finite estimate for risk/high"
    high = fit.results()["risk/high"]
    assert high.estimate is high.conf_high is high.p_value is None and high.note.startswith("separation")
    assert np.isfinite(fit.std_error[:2]).all() and fit.wald.note == "not estimable: separation"
    # In the limit nobody of that level counts at risk: the likelihood is that of the rest, on its own time scale.
    assert fit.likelihood_ratio.statistic > 0 and fit.likelihood_ratio.df == 3


def test_events_all_on_one_day_leave_no_variance_and_so_no_estimate():
    # With everybody's event at once each score residual, x - mean(x) - (x - mean(x)) * d / n with d = n, is 0.
    fit = fine_gray.fit_fine_gray([4] * 4, ["relapse"] * 4, pd.DataFrame({"x": [0.0, 1, 2, 5]}), cause="relapse")
    result = fit.results()["x/per unit"]
    assert result.estimate is result.conf_low is result.p_value is None
    assert result.note == "not estimable: no variance, as where all events fall on one time"
    assert fit.wald.note == "not estimable: no variance"


def test_a_covariate_that_others_determine_has_no_estimate():
    time, kind, covariates = simulated(60, 6)
    doubled = covariates.assign(twice=2 * covariates["x"], same=1.0)
    fit = fine_gray.fit_fine_gray(time, kind, doubled, cause="relapse")
    plain = fine_gray.fit_fine_gray(time, kind, covariates, cause="relapse")
    assert fit.terms == ("x/per unit", "risk/mid", "risk/high", "twice/per unit", "same/per unit")
    assert fit.coefficient[:3] == pytest.approx(plain.coefficient, rel=1e-8) and np.isnan(fit.coefficient[3:]).all()
    assert all(note.startswith("not estimable") for note in fit.term_notes[3:])


@pytest.mark.parametrize(
    ("time", "kind", "x", "note"),
    [
        ([], [], [], "not estimable: no patients"),
        ([1.0], ["censored"], [1.0], "not estimable: no event of this cause"),
        ([1.0, 2.0], ["death", "death"], [1.0, 2.0], "not estimable: no event of this cause"),
        ([1.0], ["relapse"], [1.0], "not estimable: nothing to compare among those at risk"),
        ([1.0, 2.0], ["relapse", "relapse"], [3.0, 3.0], "not estimable: nothing to compare among those at risk"),
    ],
)
def test_nothing_to_fit_is_a_fit_with_a_reason(time, kind, x, note):
    fit = fine_gray.fit_fine_gray(time, kind, pd.DataFrame({"x": x}, dtype=float), cause="relapse")
    assert np.isnan(fit.coefficient).all() and fit.note == note
    assert fit.likelihood_ratio.statistic is None and fit.likelihood_ratio.note == note
    for result in fit.results().values():
        assert result.estimate is None and result.note.startswith("not estimable")


def test_no_covariate_is_a_fit_without_terms():
    fit = fine_gray.fit_fine_gray([1, 2], ["relapse", "death"], pd.DataFrame(index=[0, 1]), cause="relapse")
    assert fit.terms == () and len(fit.results()) == 0 and fit.note == "not estimable: no covariate"


def test_misuse_is_refused():
    covariates = pd.DataFrame({"x": [1.0, 2.0]})
    for time, kind in (([1], ["relapse"]), ([1, -2], ["relapse", "death"]), ([1, np.nan], ["relapse", "death"])):
        with pytest.raises(EstimationError):
            fine_gray.fit_fine_gray(time, kind, covariates, cause="relapse")
    with pytest.raises(EstimationError):
        fine_gray.fit_fine_gray([1, 2], ["relapse", "death"], covariates, cause="relapse", conf_level=0)
