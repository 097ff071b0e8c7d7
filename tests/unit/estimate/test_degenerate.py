"""Every estimator on cohorts that leave questions open: a noted non-answer, never an exception, an infinity or a NaN.

The estimators are found by inspection and called by the names of their parameters, so that a new one is tried on all
cohorts as well, or fails here until `ARGUMENTS` knows what it is given.
"""

import functools
import importlib
import inspect
import math
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cartcohort.estimate
from cartcohort.estimate import competing, mixture_cure, plateau, regression, survival
from cartcohort.estimate.models import ModelFit
from cartcohort.estimate.omitted_ratios import OmittedRatios
from cartcohort.estimate.results import Result

# Parts of estimators, which these call with prepared arrays.
PARTS = {
    *("inputs", "design", "cox_sample", "cox_fit", "partial_likelihood", "risk_set_means", "pair_counts", "models"),
    *(
        "subdistribution",
        "cure_likelihood",
        "exact_tables",
        "profile_limits",
        "group_counts",
        "competing_data",
        "results",
        "tails",
        "pattern_table",
        "many_fits",
        "omitted_steps",
    ),
    *("hazard.garwood_limits", "permutation.monte_carlo_result", "mixture_cure.no_cure_fit"),
    "concordance.concordance_result",
}
LEVELS = ["never", "low", "high"]


@dataclass(frozen=True)
class Cohort:
    """Times in months, causes ("censored", "relapse", "death"), a group, two numbers and a second factor."""

    time: list[float]
    cause: list[str]
    group: list[str | None]
    number: list[float]
    factor: list[str | None]

    @property
    def n(self):
        return len(self.time)

    @property
    def event(self):
        return [cause != "censored" for cause in self.cause]

    @property
    def groups(self):
        return pd.Categorical(self.group, categories=LEVELS)

    @property
    def covariates(self):
        number = pd.Series(self.number, dtype=float)
        factor = pd.Categorical(self.factor, categories=["a", "b", "c"])
        return pd.DataFrame({"group": self.groups, "number": number, "twice": 2 * number, "factor": factor})

    @property
    def table(self):
        happened = np.array(self.event, dtype=bool)
        return [
            [int(np.sum((self.groups == level) & (happened == yes))) for yes in (True, False)] for level in LEVELS
        ]

    @property
    def change(self):
        return [t / 2 if index % 2 else np.nan for index, t in enumerate(self.time)]


def cohort(time, cause, group=None, number=None, factor=None):
    """A cohort in which what is not said varies harmlessly."""
    n = len(time)
    cause = [cause] * n if isinstance(cause, str) else cause
    return Cohort(
        [float(t) for t in time],
        list(cause),
        list(group or ("low", "high")) * n if group is None or len(group) != n else list(group),
        [float(x) for x in (range(n) if number is None else number)],
        ["a", "b", "b"] * n if factor is None else list(factor),
    )


def trimmed(made):
    """Cut the repeated factors to the number of patients."""
    n = made.n
    return Cohort(made.time, made.cause, made.group[:n], made.number[:n], made.factor[:n])


MIXED = ["relapse", "censored", "death", "relapse", "censored", "death"]
COHORTS = {
    "nobody": cohort([], []),
    "one patient alive": cohort([5], "censored"),
    "one patient dead": cohort([5], "death"),
    "one patient dead on day 0": cohort([0], "relapse"),
    "two patients": cohort([3, 5], ["relapse", "censored"]),
    "no events": cohort(range(1, 7), "censored"),
    "all events": cohort(range(1, 7), "relapse"),
    "only competing events": cohort(range(1, 7), "death"),
    "all tied": cohort([4] * 6, MIXED),
    "all dead on one day": cohort([4] * 6, "relapse"),
    "all dead on day 0": cohort([0] * 6, "relapse"),
    "all censored on day 0": cohort([0] * 6, "censored"),
    "an event on day 0": cohort([0, 1, 2, 3, 4, 5], MIXED),
    "a single event": cohort(range(1, 7), ["censored"] * 5 + ["relapse"]),
    "the first has the only event": cohort(range(1, 7), ["relapse"] + ["censored"] * 5),
    "a single level": cohort(range(1, 7), MIXED, group=["low"] * 6, factor=["a"] * 6),
    "a level of one patient": cohort(range(1, 7), MIXED, group=["low"] * 5 + ["high"]),
    "every event at one level": cohort(
        range(1, 7), ["relapse"] * 3 + ["censored"] * 3, group=["low"] * 3 + ["high"] * 3
    ),
    "levels that are never at risk together": cohort(range(1, 7), "relapse", group=["low"] * 3 + ["high"] * 3),
    "everybody without a group": cohort(range(1, 7), MIXED, group=[None] * 6, number=[np.nan] * 6, factor=[None] * 6),
    "a constant covariate": cohort(range(1, 7), MIXED, number=[7] * 6),
    "a covariate that orders the events": cohort(range(1, 7), "relapse", number=range(6)),
    "collinear factors": cohort(range(1, 7), MIXED, group=["low", "high"] * 3, factor=["a", "b"] * 3),
    "one left after the first": cohort([0, 0, 0, 0, 0, 9], ["relapse"] * 5 + ["censored"]),
    "times far apart": cohort([1e-6, 1e-4, 1e-2, 1, 1e2, 1e4], MIXED),
    "large and equal numbers": cohort(range(1, 7), MIXED, number=[1e9, 1e9, 1e9 + 1, 1e9, 1e9, 1e9]),
}
COHORTS = {name: trimmed(made) for name, made in COHORTS.items()}


def curve_of(made):
    return survival.estimate_survival_curve(made.time, made.event)


def incidence_of(made):
    return competing.estimate_cumulative_incidence(made.time, made.cause, cause="relapse")


def p_of_subset(made):
    """A p-value of some rows, None for none: what leave_one_out asks for."""
    return lambda kept: float(np.mean(np.asarray(made.event)[kept])) if np.any(kept) else None


# What a parameter is given, by its type where that is one of ours, else by function and name, else by name.
ARGUMENTS = {
    "SurvivalCurve": curve_of,
    "IncidenceCurve": incidence_of,
    "CoxFit": lambda c: regression.fit_cox(c.time, c.event, c.covariates),
    "CureFit": lambda c: mixture_cure.fit_mixture_cure(c.time, c.event),
    "Plateau": lambda c: plateau.find_plateau(c.time, c.event),
    "time": lambda c: c.time,
    "estimate_survival_at.time": lambda c: 2.0,
    "estimate_bounded_survival_at.time": lambda c: 2.0,
    "estimate_incidence_at.time": lambda c: 2.0,
    "estimate_bounded_incidence_at.time": lambda c: 2.0,
    "event": lambda c: c.event,
    "event_type": lambda c: pd.Categorical(c.cause, categories=["censored", "relapse", "death"]),
    "outcome": lambda c: c.event,
    "cause": lambda c: "relapse",
    "group": lambda c: c.groups,
    "strata": lambda c: pd.Categorical(c.factor, categories=["a", "b", "c"]),
    "covariates": lambda c: c.covariates,
    "score": lambda c: c.number,
    "value": lambda c: c.number,
    "reference": lambda c: c.number[::2],
    "change_time": lambda c: c.change,
    "potential_time": lambda c: [t + 1 for t in c.time],
    "at": lambda c: [0.0, 2.0, 1e4],
    "n_at_risk": lambda c: 3,
    "horizon": lambda c: 3.0,
    "given": lambda c: 2.0,
    "further": lambda c: 2.0,
    "landmark": lambda c: 2.0,
    "width": lambda c: 12.0,
    "table": lambda c: c.table,
    "n_event": lambda c: sum(c.event),
    "n": lambda c: c.n,
    "test_proportion_trend.n_event": lambda c: [row[0] for row in c.table],
    "test_proportion_trend.n": lambda c: [sum(row) for row in c.table],
    "n_event_reference": lambda c: c.table[1][0],
    "n_reference": lambda c: sum(c.table[1]),
    "benchmark": lambda c: 0.0,
    "p_values": lambda c: [None if math.isnan(x) else 0.5 for x in c.number],
    "adjust_p_values.method": lambda c: "holm",
    "results": lambda c: {str(i): Result(p_value=0.5) for i in range(c.n)},
    "family": lambda c: "tests",
    "leave_one_out.p_value": p_of_subset,
    "threshold_scan.p_value": lambda c: lambda split: 0.5,
    "thresholds": lambda c: [2.0, 4.0],
    "positions": lambda c: list(range(c.n)),
    "patients": lambda c: [f"P{at}" for at in range(c.n)],
    "names": lambda c: [f"P{at}" for at in range(c.n + 1)],
    "samples": lambda c: 12,
    "seed": lambda c: 1,
    "level": lambda c: "high",
}
# Options that change what is estimated: each is tried beside its default.
OPTIONS = {
    "strata": ARGUMENTS["strata"],
    "conf_type": lambda c: "plain",
    "past_follow_up": lambda c: "carry",
    "ties": lambda c: "breslow",
    "rho": lambda c: 1.0,
    "median_rule": lambda c: "first",
    "probability": lambda c: 0.25,
    "transform": lambda c: "log",
    "family": lambda c: "log_normal",
    "entry": lambda c: [t - 1 for t in c.time],
    "continuity_correction": lambda c: False,
}


def find_estimators():
    """Return every public function of the estimators' files by file and name, without the parts."""
    found = {}
    for module in pkgutil.iter_modules(cartcohort.estimate.__path__):
        if module.ispkg or module.name in PARTS:
            continue
        path = f"{cartcohort.estimate.__name__}.{module.name}"
        for name, function in inspect.getmembers(importlib.import_module(path), inspect.isfunction):
            name = f"{module.name}.{name}"
            if function.__module__ == path and not function.__name__.startswith("_") and name not in PARTS:
                found[name] = function
    return found


ESTIMATORS = find_estimators()


def argument(function, parameter, made):
    keys = (str(parameter.annotation), f"{function.__name__}.{parameter.name}", parameter.name)
    known = [ARGUMENTS[key] for key in keys if key in ARGUMENTS]
    assert known, f"say in ARGUMENTS what `{parameter.name}` of {function.__name__} is given"
    return known[0](made)


def calls(function):
    """Yield the options of each call: the defaults, and every known option in turn."""
    options = inspect.signature(function).parameters.values()
    yield None
    yield from (option.name for option in options if option.default is not option.empty and option.name in OPTIONS)


def call(function, made, option):
    parameters = inspect.signature(function).parameters.values()
    needed = [parameter for parameter in parameters if parameter.default is parameter.empty]
    given_values = {parameter.name: argument(function, parameter, made) for parameter in needed}
    extra = {} if option is None else {option: OPTIONS[option](made)}
    positional = [given_values.pop(p.name) for p in needed if p.kind is p.POSITIONAL_OR_KEYWORD]
    return function(*positional, **given_values, **extra)


@functools.singledispatch
def check(found, where):
    """Look at every number that an estimator returned."""
    if is_dataclass(found):
        for part in [*records_of(found), *(getattr(found, field.name) for field in fields(found))]:
            check(part, where)
    elif isinstance(found, float | np.ndarray) and np.issubdtype(np.asarray(found).dtype, np.floating):
        # Arrays mark with NaN what is not estimable; nothing is infinite.
        assert not np.isinf(found).any(), f"{where}: infinite"


@check.register
def check_parts(found: tuple | list | Mapping, where):
    for part in found.values() if isinstance(found, Mapping) else found:
        check(part, where)


@check.register
def check_model(found: ModelFit, where):
    check(found.results(), where)
    check(found.coefficient, where)
    # A global test that a method has not got is empty altogether.
    check([test for test in (found.likelihood_ratio, found.wald, found.score) if test != Result()], where)


@check.register
def check_omitted_ratios(found: OmittedRatios, where):
    # Its logarithms are infinite under separation, as documented; the records are not.
    check([found.result(level) for level in found.levels], where)


def records_of(found):
    """What a dataclass turns into for the page, by its methods named for it that need no more."""
    methods = (getattr(found, name, None) for name in ("result", "results"))
    return [method() for method in methods if callable(method) and not inspect.signature(method).parameters]


@check.register
def check_result(result: Result, where):
    shown = f"{where}: {result}"
    if result.estimate is None and result.p_value is None:
        assert result.note, f"no reason: {shown}"
    if result.p_value is not None:
        assert 0 <= result.p_value <= 1, shown
    if result.estimate is not None and result.conf_level is not None and None in (result.conf_low, result.conf_high):
        assert result.note, f"a limit is lacking without a reason: {shown}"
    slack = 1e-9 * max(1.0, abs(result.estimate or 0.0))
    if None not in (result.estimate, result.conf_low) and result.conf_level is not None:
        assert result.conf_low <= result.estimate + slack, shown
    if None not in (result.estimate, result.conf_high) and result.conf_level is not None:
        assert result.estimate <= result.conf_high + slack, shown
    if result.unit == "proportion" and result.estimate is not None:
        assert abs(result.estimate) <= 1, shown


@pytest.mark.parametrize("name", ESTIMATORS)
def test_an_estimator_answers_every_odd_cohort_with_a_number_or_a_reason(name):
    function = ESTIMATORS[name]
    for label, made in COHORTS.items():
        for option in calls(function):
            check(call(function, made, option), f"{name} on {label!r}, option {option}")


few_rows = st.lists(
    st.tuples(
        st.sampled_from([0.0, 1.0, 2.0, 3.0]),
        st.sampled_from(["censored", "relapse", "death"]),
        st.sampled_from([None, "low", "high"]),
        st.sampled_from([np.nan, 0.0, 1.0, 2.0]),
        st.sampled_from([None, "a", "b"]),
    ),
    max_size=7,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(few_rows)
def test_estimators_answer_any_handful_of_patients_with_numbers_or_reasons(rows):
    made = Cohort(*(list(column) for column in zip(*rows, strict=True))) if rows else COHORTS["nobody"]
    for name, function in ESTIMATORS.items():
        check(call(function, made, None), name)
