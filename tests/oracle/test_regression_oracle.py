"""Cox models, their tests of proportional hazards, and Firth's models, against R, for every entry."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cartcohort.estimate import concordance, firth, models, ph_test, regression
from cartcohort.estimate.design import encode_covariates
from tests.oracle.reference import Entry, as_parameters, entries, formula_terms, frame_of, numbers, survival_arrays


def closely(expected: object) -> object:
    return pytest.approx(expected, rel=1e-6, abs=1e-9)


def is_separated(entry: Entry) -> bool:
    return "separated" in entry["id"]


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


def fit_of(entry: Entry, *, as_numbers: bool = False):
    frame = frame_of(entry)
    entry_time, time, event = survival_arrays(entry, frame)
    covariates, strata = covariates_of(entry, frame)
    if as_numbers:
        complete = covariates.notna().all(axis=1)
        coded = encode_covariates(covariates[complete])
        covariates, time, event = pd.DataFrame(coded.X, columns=coded.terms), time[complete], event[complete]
    ties = entry.value["ties"] if "ties" in entry.value else entry["ties"]
    return regression.fit_cox(time, event, covariates, ties=ties, strata=strata, entry=entry_time)


MODELS = entries("cox", "landmark", "logrank_trend", where=lambda e: is_cox(e) and not is_separated(e))
SEPARATED = entries("cox", where=is_separated)
PH_TESTS = entries("cox_zph", where=lambda e: not e["id"].endswith("_coefficients"))
PH_TESTS_OF_COEFFICIENTS = entries("cox_zph", where=lambda e: e["id"].endswith("_coefficients"))


FIRTH_COX = entries("firth", where=is_cox)
FIRTH_LOGISTIC = entries("firth", where=lambda entry: not is_cox(entry))


def test_every_entry_of_these_sections_is_compared():
    assert (len(FIRTH_COX), len(FIRTH_LOGISTIC)) == (9, 12)
    assert (len(MODELS), len(SEPARATED), len(PH_TESTS), len(PH_TESTS_OF_COEFFICIENTS)) == (146, 2, 95, 7)


@pytest.mark.parametrize("entry", as_parameters(MODELS))
def test_cox_models_agree_with_coxph(entry):
    fit, value = fit_of(entry), entry.value
    assert (fit.n, fit.n_event) == (value["n"], value["events"])
    assert len(fit.terms) == len(value["term"])
    assert fit.coefficient == closely(numbers(value["coef"]))
    assert fit.std_error == closely(numbers(value["se"]))
    assert fit.p_value == closely(numbers(value["p"]))
    assert fit.covariance == closely(np.array(value["vcov"]))
    for level in (90, 95, 99):
        columns = models.wald_columns(fit.coefficient, fit.covariance, conf_level=level / 100)
        assert columns.conf_low == closely(numbers(value[f"hr_ci{level}"]["lower"]))
        assert columns.conf_high == closely(numbers(value[f"hr_ci{level}"]["upper"]))
    index = concordance.estimate_fit_concordance(fit, conf_level=0.95)
    std_error = (index.conf_high - index.conf_low) / (2 * stats.norm.ppf(0.975))
    assert [index.estimate, std_error] == closely([value["concordance"], value["se_concordance"]])
    assert fit.log_likelihood == closely(value["loglik"])
    assert fit.log_likelihood_null == closely(value["loglik_null"])
    for found, name in ((fit.likelihood_ratio, "lr"), (fit.wald, "wald"), (fit.score, "score")):
        expected = value[name]
        assert [found.statistic, found.df, found.p_value] == closely(
            [expected["chisq"], expected["df"], expected["p"]]
        )


@pytest.mark.parametrize("entry", as_parameters(SEPARATED))
def test_under_separation_the_likelihood_and_score_agree_and_there_is_no_estimate(entry):
    fit, value = fit_of(entry), entry.value
    assert np.isnan(fit.coefficient).all()
    assert fit.log_likelihood == closely(value["loglik"])
    for found, name in ((fit.likelihood_ratio, "lr"), (fit.score, "score")):
        expected = value[name]
        assert [found.statistic, found.df, found.p_value] == closely(
            [expected["chisq"], expected["df"], expected["p"]]
        )


@pytest.mark.parametrize("entry", as_parameters(PH_TESTS))
def test_tests_of_proportional_hazards_agree_with_cox_zph(entry):
    found, value = ph_test.test_proportional_hazards(fit_of(entry), transform=entry["transform"]), entry.value
    assert [*list(found)[:-1], "GLOBAL"] == value["term"]
    assert [result.statistic for result in found.values()] == closely(value["chisq"])
    assert [result.df for result in found.values()] == value["df"]
    assert [result.p_value for result in found.values()] == closely(value["p"])


@pytest.mark.parametrize("entry", as_parameters(PH_TESTS_OF_COEFFICIENTS))
def test_tests_of_single_coefficients_agree_with_cox_zph_of_indicator_columns(entry):
    found = ph_test.test_proportional_hazards(fit_of(entry, as_numbers=True), transform=entry["transform"])
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
    fit = firth.fit_firth_logistic(frame["responded"], covariates, conf_level=entry.get("conf_int", 0.95))
    assert_firth(fit, entry.value, slice(1, None))
    assert fit.intercept == closely(entry.value["coef"][0])
