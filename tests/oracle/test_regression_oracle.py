"""Cox models, their tests of proportional hazards, and Firth's models, against R, for every entry."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cartcohort.estimate import concordance, firth, models, ph_test, regression
from cartcohort.estimate.design import encode_covariates
from tests.oracle.closeness import closely
from tests.oracle.reference import (
    Entry,
    as_parameters,
    data,
    entries,
    formula_terms,
    frame_of,
    numbers,
    survival_arrays,
)


def is_separated(entry: Entry) -> bool:
    """Whether R warned that a coefficient is on its way to infinity."""
    warned = " ".join(entry.get("warnings", []))
    return "separated" in entry["id"] or "infinite" in warned or "did not converge" in warned


def is_split(entry: Entry) -> bool:
    """Whether R split the rows at the time of a state, which here is the work of the function under test."""
    return "data = td" in entry["call"] and entry.dataset.startswith("unseen")


def is_cox(entry: Entry) -> bool:
    return "cox" in entry["id"]


def covariates_of(entry: Entry, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series | None]:
    """Build the covariates of the entry's formula; products and codes of levels as numbers."""
    terms, strata = formula_terms(entry)
    columns = {}
    for term in terms:
        if term.startswith("as.integer("):
            codes = frame[term[len("as.integer(") : -1]].cat.codes
            columns[term] = codes.where(codes >= 0) + 1
        elif ":" in term:
            first, second = (columns[part] for part in term.split(":"))
            columns[term] = first.cat.codes * second
        else:
            columns[term] = frame[term]
    return pd.DataFrame(columns), (None if strata is None else frame[strata])


def fit_split(entry: Entry):
    """Fit a model of a state entered during follow-up, from one row a patient."""
    frame, (terms, strata) = data(entry.dataset), formula_terms(entry)
    return regression.fit_time_dependent_cox(
        frame["time"],
        frame["any"],
        frame["resp"],
        name="state",
        covariates=frame[[term for term in terms if term != "state"]],
        strata=None if strata is None else frame[strata],
        ties=entry["ties"],
    )


def fit_of(entry: Entry, *, as_numbers: bool = False):
    if is_split(entry):
        return fit_split(entry)
    frame = frame_of(entry)
    entry_time, time, event = survival_arrays(entry, frame)
    covariates, strata = covariates_of(entry, frame)
    if as_numbers:
        complete = covariates.notna().all(axis=1)
        coded = encode_covariates(covariates[complete])
        covariates, time, event = pd.DataFrame(coded.X, columns=coded.terms), time[complete], event[complete]
    ties = entry.value["ties"] if "ties" in entry.value else entry["ties"]
    return regression.fit_cox(time, event, covariates, ties=ties, strata=strata, entry=entry_time)


MODELS = entries("cox", "landmark", "logrank_trend", where=is_cox)
PH_TESTS = entries("cox_zph", where=lambda e: not e["id"].endswith("_coefficients"))
PH_TESTS_OF_COEFFICIENTS = entries("cox_zph", where=lambda e: e["id"].endswith("_coefficients"))


FIRTH_COX = entries("firth", where=is_cox)
FIRTH_LOGISTIC = entries("firth", where=lambda entry: not is_cox(entry))


def assert_separated(fit, value):
    """Compare what has a limit; R stops on the way to infinity, or drops the term, and says so or not."""
    lost = np.isnan(fit.coefficient)
    coefficient, std_error = numbers(value["coef"]), numbers(value["se"])
    on_its_way = np.isnan(coefficient) | (np.abs(coefficient) > 5) | (std_error > 1e3) | (std_error == 0)
    assert lost.any() and on_its_way[lost].all()
    # Either search ends close to the limit that it never reaches.
    assert fit.log_likelihood == pytest.approx(value["loglik"], rel=1e-6, abs=1e-5)
    for found, name in ((fit.likelihood_ratio, "lr"), (fit.score, "score")):
        expected = value[name]
        assert found.statistic == pytest.approx(expected["chisq"], rel=1e-6, abs=1e-5)
        # R does not count a coefficient whose information vanished on its way.
        assert found.df - expected["df"] <= value["coef"].count(None)


@pytest.mark.parametrize("entry", as_parameters(MODELS))
def test_cox_models_agree_with_coxph(entry):
    fit, value = fit_of(entry), entry.value
    assert fit.n_event == value["events"]
    if not fit.fitted.any():
        # No event, or none that compares two patients of a stratum: R has nulls, or what round-off leaves.
        assert fit.note.startswith("not estimable: ")
        assert value["score"]["chisq"] == pytest.approx(0, abs=1e-8)
        return
    if is_separated(entry) or fit.separated.any():
        assert_separated(fit, value)
        return
    # R counts the intervals.
    assert is_split(entry) or fit.n == value["n"]
    assert len(fit.terms) == len(value["term"])
    assert fit.coefficient == closely(value["coef"])
    # Of a term that is not in the model R has a null, but 0 in the covariance.
    inside = ~np.isnan(fit.coefficient)
    assert fit.std_error[inside] == closely(numbers(value["se"])[inside])
    assert fit.statistic == closely(value["z"])
    assert fit.p_value == closely(value["p"])
    assert fit.ratio == closely(value["hr"])
    assert fit.covariance[np.ix_(inside, inside)] == closely(np.array(value["vcov"])[np.ix_(inside, inside)])
    for name in (name for name in value if name.startswith("hr_ci")):
        columns = models.wald_columns(fit.coefficient, fit.covariance, conf_level=float(name[5:]) / 100)
        assert columns.conf_low == closely(value[name]["lower"])
        assert columns.conf_high == closely(value[name]["upper"])
    # A narrow interval, which is not cut at 0 or 1.
    index = concordance.estimate_fit_concordance(fit, conf_level=0.1)
    std_error = (index.conf_high - index.conf_low) / (2 * stats.norm.ppf(0.55))
    ranks_round_off = any(0 < abs(b) < 1e-12 for b in value["coef"] if b is not None)
    # What round-off leaves of a coefficient of 0 ranks patients in R, not here.
    if not ranks_round_off:
        assert [index.estimate, std_error] == closely([value["concordance"], value["se_concordance"]])
    assert fit.log_likelihood == closely(value["loglik"])
    assert fit.log_likelihood_null == closely(value["loglik_null"])
    for found, name in ((fit.likelihood_ratio, "lr"), (fit.wald, "wald"), (fit.score, "score")):
        expected = value[name]
        assert found.statistic == closely(expected["chisq"])
        # The Wald test of the entry counts a term that is not in the model.
        if name != "wald" or inside.all():
            assert [found.df, found.p_value] == closely([expected["df"], expected["p"]])


@pytest.mark.parametrize("entry", as_parameters(PH_TESTS))
def test_tests_of_proportional_hazards_agree_with_cox_zph(entry):
    fit, value = fit_of(entry), entry.value
    found = ph_test.test_proportional_hazards(fit, transform=entry["transform"])
    if is_separated(entry) or fit.separated.any():
        assert {result.note for result in found.values()} == {"not estimable: separation"}
        return
    # A covariate that is not in the model has no line in R.
    shown = [result for name, result in found.items() if name == "global" or name in value["term"]]
    assert {result.statistic for name, result in found.items() if result not in shown} <= {None}
    assert [result.statistic for result in shown] == closely(value["chisq"])
    assert [result.df for result in shown] == value["df"]
    assert [result.p_value for result in shown] == closely(value["p"])


@pytest.mark.parametrize("entry", as_parameters(PH_TESTS_OF_COEFFICIENTS))
def test_tests_of_single_coefficients_agree_with_cox_zph_of_indicator_columns(entry):
    fit = fit_of(entry, as_numbers=True)
    found = ph_test.test_proportional_hazards(fit, transform=entry["transform"])
    if is_separated(entry) or fit.separated.any():
        assert {result.note for result in found.values()} == {"not estimable: separation"}
        return
    assert [result.statistic for result in found.values()] == closely(entry.value["chisq"])
    assert [result.p_value for result in found.values()] == closely(entry.value["p"])


def assert_firth(fit, value, slopes):
    """Compare estimates, profile limits and tests; brglm2 gave only estimates and standard errors."""
    assert fit.coefficient == closely(numbers(value["coef"])[slopes])
    assert fit.std_error == closely(numbers(value["se"])[slopes])
    if "profile_lower" in value:
        assert np.log(fit.conf_low) == closely(numbers(value["profile_lower"])[slopes])
        assert np.log(fit.conf_high) == closely(numbers(value["profile_upper"])[slopes])
        assert fit.statistic == closely(numbers(value["lrt_chisq"])[slopes])
        assert fit.p_value == closely(numbers(value["lrt_p"])[slopes])
        assert fit.log_likelihood == closely(value["penalised_loglik"])
        whole = value["global_lrt"]
        found = fit.likelihood_ratio
        assert [found.statistic, found.df, found.p_value] == closely([whole["chisq"], whole["df"], whole["p"]])


@pytest.mark.parametrize("entry", as_parameters(FIRTH_COX))
def test_firth_cox_models_agree_with_the_penalised_likelihood_in_r(entry):
    frame = frame_of(entry)
    _, time, event = survival_arrays(entry, frame)
    covariates, _ = covariates_of(entry, frame)
    fit = firth.fit_firth_cox(time, event, covariates, conf_level=entry["conf_int"])
    assert_firth(fit, entry.value, slice(None))


@pytest.mark.parametrize("entry", as_parameters(FIRTH_LOGISTIC))
def test_firth_logistic_models_agree_with_the_penalised_likelihood_in_r(entry):
    frame = frame_of(entry)
    covariates, _ = covariates_of(entry, frame)
    outcome = re.search(r"\((\w+) ~", entry["call"])[1]
    fit = firth.fit_firth_logistic(frame[outcome], covariates, conf_level=entry.get("conf_int", 0.95))
    assert_firth(fit, entry.value, slice(1, None))
    assert fit.intercept == closely(entry.value["coef"][0])
