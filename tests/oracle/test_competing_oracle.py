"""Cumulative incidence, Gray's test and Fine-Gray models against R, for every entry of these sections."""

import re

import numpy as np
import pandas as pd
import pytest

from cartcohort.estimate import competing, fine_gray, gray
from tests.oracle.closeness import closely, exactly
from tests.oracle.reference import Entry, as_parameters, entries, frame_of, levels_of, numbers

CODES = ["censored", "1", "2"]

# The names of time and cause in the calls of survfit, cuminc, crr and finegray.
_ARRAYS = re.compile(
    r"Surv\((\w+), factor\((\w+)"
    r"|cuminc\([xd]\$(\w+), [xd]\$(\w+)"
    r"|crr\(x\$(\w+), x\$(\w+)"
    r"|\.t = (\w+), \.s = factor\((\w+)"
)

NOT_COMPARED = {
    r"(sim35|bmt)/finegray_cox_.*": "weighted Cox form: not equal to crr where events and censorings are tied"
}
"""Entries without a counterpart, by pattern of dataset and id.

Of compared entries these are left out: limits of the types plain and log (`aj_*`); the standard error of the
event-free share; limits from cmprsk's variance (`cuminc_*`, by formula from the estimate and the standard error
that are compared); the robust error of the weighted Cox form, which takes the weights as known.
"""


def compared(section: str, prefix: str = "") -> list[Entry]:
    return entries(
        section,
        where=lambda entry: not re.fullmatch("|".join(NOT_COMPARED), entry.name) and entry["id"].startswith(prefix),
    )


def time_and_cause(entry: Entry) -> tuple[pd.DataFrame, np.ndarray, pd.Categorical]:
    """Return the rows of the call, their times and their causes."""
    time, cause = (name for name in _ARRAYS.search(entry["call"]).groups() if name)
    frame = frame_of(entry)
    return frame, frame[time].to_numpy(float), pd.Categorical.from_codes(frame[cause], CODES)


def values_at(curve, values: np.ndarray, times: list[float]) -> np.ndarray:
    """Read a step function that starts at 0."""
    return np.concatenate(([0.0], values))[np.searchsorted(curve.time, times, side="right")]


AALEN_JOHANSEN, CUMINC, GRAY = compared("aalen_johansen"), compared("cuminc"), compared("gray")
CRR, WEIGHTED = compared("fine_gray", "crr_"), compared("fine_gray", "finegray_cox_")


@pytest.mark.parametrize("entry", as_parameters(AALEN_JOHANSEN))
def test_incidence_agrees_with_survfit(entry):
    frame, time, cause = time_and_cause(entry)
    masks = levels_of(frame, entry["group"])
    for stratum in entry.value["strata"]:
        rows, times = masks[stratum["level"]], stratum["time"]
        free = 1.0
        for code, expected in zip(CODES[1:], stratum["causes"], strict=True):
            curve = competing.estimate_cumulative_incidence(time[rows], cause[rows], cause=code)
            read = [competing.estimate_incidence_at(curve, t, past_follow_up="carry") for t in times]
            assert [one.estimate for one in read] == exactly(expected["cif"])
            assert values_at(curve, curve.std_error, times) == exactly(expected["se"])
            if entry["conf_type"] == "log-log":
                # Before the first event of the cause there are no limits here; R has null, or 0 without any event.
                begun = [index for index, share in enumerate(expected["cif"]) if share > 0]
                assert [read[index].conf_low for index in begun] == exactly(
                    [expected["lower"][index] for index in begun]
                )
                assert [read[index].conf_high for index in begun] == exactly(
                    [expected["upper"][index] for index in begun]
                )
            free = free - np.array(expected["cif"])
        assert stratum["event_free"] == exactly(free)
        at_risk = [np.sum(time[rows] >= t) for t in times]
        assert at_risk == stratum["n_risk"]


@pytest.mark.parametrize("entry", as_parameters(CUMINC))
def test_incidence_and_aalens_error_agree_with_cuminc(entry):
    frame, time, cause = time_and_cause(entry)
    masks = levels_of(frame, entry["group"])
    for expected in entry.value["curves"]:
        level, code = expected["curve"].rsplit(" ", 1)
        rows = masks.get("overall", masks.get(level))
        curve = competing.estimate_cumulative_incidence(time[rows], cause[rows], cause=code)
        read = [competing.estimate_incidence_at(curve, t).estimate for t in expected["time"]]
        error = values_at(curve, competing.estimate_aalen_std_error(curve), expected["time"])
        # cmprsk ends at the last observed time; ours goes on where nobody was left without an event.
        known = np.array(expected["time"]) <= curve.time[-1]
        assert numbers(read)[known] == exactly(numbers(expected["cif"])[known])
        assert error[known] == exactly(numbers(expected["se"])[known])
        assert np.isnan(numbers(expected["cif"])[~known]).all()
        beyond = None if curve.n_censored[-1] else curve.incidence[-1]
        assert all(one == beyond for one, inside in zip(read, known, strict=True) if not inside)


@pytest.mark.parametrize("entry", as_parameters(GRAY))
def test_grays_test_agrees_with_cuminc(entry):
    frame, time, cause = time_and_cause(entry)
    strata = entry.get("strata")
    for code, chisq, df, p in zip(*(entry.value[name] for name in ("cause", "chisq", "df", "p")), strict=True):
        if chisq == -1:
            # R's mark for groups that are not all at risk together.
            continue
        found = gray.test_gray(
            time,
            cause,
            frame[entry["group"]],
            cause=str(code),
            rho=entry.get("rho", 0),
            strata=None if strata is None else frame[strata],
        )
        assert [found.statistic, found.df, found.p_value] == exactly([chisq, df, p])


def fit(entry: Entry):
    frame, time, cause = time_and_cause(entry)
    covariates = frame[entry["model"].split(" + ")]
    return fine_gray.fit_fine_gray(time, cause, covariates, cause=str(entry["cause"]))


@pytest.mark.parametrize("entry", as_parameters(CRR))
def test_fine_gray_models_agree_with_crr(entry):
    found, value = fit(entry), entry.value
    lost = np.isnan(found.coefficient)
    if lost.any():
        # R does not tell of a coefficient on its way to infinity.
        assert np.abs(value["coef"])[lost].max() > 5 and found.note.startswith("separation")
        assert found.log_likelihood == pytest.approx(value["loglik"], rel=1e-6, abs=1e-6)
        return
    assert [term.replace("/per unit", "").replace("/", "") for term in found.terms] == value["term"]
    assert found.n == value["n"]
    assert found.coefficient == closely(value["coef"])
    assert found.std_error == closely(value["se"])
    assert found.covariance == closely(np.array(value["var"]))
    assert found.statistic == closely(value["z"])
    assert found.p_value == closely(value["p"])
    assert found.ratio == closely(value["shr"])
    assert found.conf_low == closely(value["shr_ci95"]["lower"])
    assert found.conf_high == closely(value["shr_ci95"]["upper"])
    assert [found.log_likelihood_null, found.log_likelihood] == closely([value["loglik_null"], value["loglik"]])
    ratio = found.likelihood_ratio
    assert [ratio.statistic, ratio.df, ratio.p_value] == closely(
        [value["pseudo_lr"][name] for name in ("chisq", "df", "p")]
    )


@pytest.mark.parametrize("entry", as_parameters(WEIGHTED))
def test_without_ties_the_weighted_cox_form_has_the_same_coefficients(entry):
    assert fit(entry).coefficient == closely(entry.value["coef"])


def test_published_ratios_of_the_transplant_data_are_found():
    # SAS/STAT user's guide, PHREG, analysis of competing-risks data: the same 137 patients, relapse, against ALL.
    entry = entries("fine_gray", where=lambda entry: entry.name == "bmt/crr_disease_cause1")[0]
    results = fit(entry).results()
    low, high = results["disease/AML low risk"], results["disease/AML high risk"]
    assert (round(low.estimate, 3), round(low.p_value, 4)) == (0.448, 0.0608)
    assert round(high.estimate, 3) == 1.663
