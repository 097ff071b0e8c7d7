"""Cox models: Freireich's trial, separation and other limits of the data, and what must hold for any cohort."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.errors import EstimationError
from cartcohort.estimate import regression
from tests.unit.estimate import freireich

COHORTS = st.lists(
    st.tuples(st.integers(1, 12), st.booleans(), st.sampled_from("ab"), st.integers(-3, 3)), min_size=2, max_size=30
)


def levels(values, *categories):
    return pd.Categorical(values, categories=categories)


def table_of(cohort):
    time, event, group, age = zip(*cohort, strict=True)
    return np.array(time, float), np.array(event), pd.DataFrame({"group": levels(group, "a", "b"), "age": age})


def separated_cohort():
    """35 patients; nobody of the eight with a low burden has the event."""
    generator = np.random.default_rng(3)
    burden, age = np.repeat(["high", "low"], [27, 8]), generator.normal(60, 10, 35)
    time = generator.exponential(10, 35)
    event = (generator.random(35) < 0.7) & (burden == "high")
    return time, event, pd.DataFrame({"burden": levels(burden, "high", "low"), "age": age})


@pytest.mark.parametrize(("ties", "coefficient", "error"), [("breslow", 1.509, 0.410), ("efron", 1.572, 0.412)])
def test_freireichs_trial_has_the_published_coefficient_and_standard_error(ties, coefficient, error):
    fit = regression.fit_cox(freireich.TIME, freireich.EVENT, freireich.GROUP.to_frame(), ties=ties)
    assert fit.terms == ("group/placebo",) and fit.contrasts == ("placebo vs 6-MP",)
    assert round(fit.coefficient[0], 3) == coefficient and round(fit.std_error[0], 3) == error
    result = fit.results()["group/placebo"]
    assert result.estimate == pytest.approx(np.exp(fit.coefficient[0]))
    assert (result.n, result.n_event, result.unit, result.label) == (42, 30, "hazard ratio", "placebo vs 6-MP")
    assert result.method == f"Cox model, {ties.capitalize()} ties, Wald limits"


def test_two_patients_have_the_hazard_ratio_that_solves_the_score_equation():
    # Events at 1 (x = 0, with x = 1 at risk), at 2 (x = 1, with x = 0): each risk set balances at a ratio of 1.
    covariates = pd.DataFrame({"x": levels(["a", "b", "b", "a"], "a", "b")})
    fit = regression.fit_cox([1, 3, 2, 4], [True, False, True, False], covariates)
    # Score: -2r/(2+2r) + 1 - 2r/(1+2r) = 0 gives 2 r^2 = 1.
    assert fit.ratio[0] == pytest.approx(np.sqrt(0.5))


def test_a_level_without_events_is_called_separation_and_keeps_its_tests():
    time, event, covariates = separated_cohort()
    fit = regression.fit_cox(time, event, covariates)
    low = fit.results()["burden/low"]
    assert (low.estimate, low.conf_low, low.conf_high, low.p_value) == (None, None, None, None)
    assert low.note == "separation: no events at this level"
    assert fit.note == "separation: no finite estimate for burden/low"
    assert fit.likelihood_ratio.p_value < 0.01 and fit.score.p_value < 0.05
    assert fit.wald.note == "not estimable: separation" and fit.wald.statistic is None


def test_beside_separation_the_other_terms_are_those_of_the_patients_at_risk_of_events():
    time, event, covariates = separated_cohort()
    whole = regression.fit_cox(time, event, covariates).results()["age/per unit"]
    high = covariates["burden"] == "high"
    alone = regression.fit_cox(time[high], event[high], covariates.loc[high, ["age"]]).results()["age/per unit"]
    for field in ("estimate", "conf_low", "conf_high", "p_value"):
        assert getattr(whole, field) == pytest.approx(getattr(alone, field), rel=1e-6)
    assert whole.note == "separation: no finite estimate for burden/low"


def test_who_dies_first_under_a_mark_of_his_own_leaves_the_other_terms_to_the_other_patients():
    # His coefficient is infinite: in the limit he is sure to die first, and those of "free" are never at risk.
    generator = np.random.default_rng(0)
    age, time = generator.normal(size=35), np.sort(1 + 100 * generator.exponential(size=35))
    first, free = np.arange(35) == 0, np.isin(np.arange(35), [11, 17])
    event = first | (generator.random(35) < 0.7) & ~free
    whole = regression.fit_cox(time, event, pd.DataFrame({"first": first, "free": free, "age": age}))
    others = ~first & ~free
    alone = regression.fit_cox(time[others], event[others], pd.DataFrame({"age": age[others]}))
    assert whole.separated.tolist() == [True, True, False]
    assert whole.coefficient[2] == pytest.approx(alone.coefficient[0], rel=1e-8)
    assert whole.log_likelihood == pytest.approx(alone.log_likelihood, abs=1e-8)


def test_a_reference_level_without_events_separates_all_the_others():
    time, event, covariates = separated_cohort()
    half = np.where(covariates["burden"] == "low", "low", np.where(covariates["age"] > 60, "high old", "high young"))
    table = pd.DataFrame({"x": levels(half, "low", "high old", "high young")})
    notes = regression.fit_cox(time, event, table).term_notes
    assert notes == ("separation: no events at the reference level",) * 2


@pytest.mark.parametrize(
    ("time", "event", "values", "note"),
    [
        ([], [], [], "not estimable: no patients"),
        ([3], [True], ["b"], "not estimable: nothing to compare among those at risk"),
        ([1, 2, 3], [False] * 3, ["a", "b", "a"], "not estimable: no events"),
        ([1, 2, 3], [True] * 3, ["a", "a", "a"], "not estimable: nothing to compare among those at risk"),
    ],
)
@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_where_there_is_nothing_to_fit_the_record_says_why(time, event, values, note, ties):
    fit = regression.fit_cox(time, event, pd.DataFrame({"x": levels(values, "a", "b")}), ties=ties)
    assert fit.note == note and np.isnan(fit.coefficient).all()
    assert all(result.estimate is None and result.note for result in fit.results().values())
    assert fit.likelihood_ratio.note == fit.wald.note == fit.score.note == note


def test_a_factor_of_one_level_is_left_out_and_named():
    fit = regression.fit_cox([1, 2, 3], [True] * 3, pd.DataFrame({"x": levels(["a"] * 3, "a"), "age": [3, 1, 2]}))
    assert fit.terms == ("age/per unit",) and fit.note == "left out, a single level: x"


def test_all_events_at_one_time_give_a_model():
    covariates = pd.DataFrame({"x": levels(["a", "b", "a", "b"], "a", "b")})
    for ties in ("efron", "breslow"):
        fit = regression.fit_cox([3] * 4, [True] * 4, covariates, ties=ties)
        assert fit.ratio == pytest.approx([1.0])


@pytest.mark.parametrize("late", [0.0, 0.5])
def test_thousands_of_patients_counted_twice_have_the_same_ratio_and_half_the_variance(late):
    # More rows than are multiplied at a time, and under Breslow's rule ties do not matter.
    generator = np.random.default_rng(4)
    table = pd.DataFrame({"x": generator.normal(size=6000), "y": generator.integers(0, 2, 6000).astype(float)})
    time, event = np.ceil(generator.exponential(500, 6000)), generator.random(6000) < 0.6
    entry = np.floor(late * time * generator.random(6000)) - 1
    once = regression.fit_cox(time, event, table, ties="breslow", entry=entry if late else None)
    double = [np.tile(values, 2) for values in (time, event, entry)]
    twice = regression.fit_cox(
        *double[:2], pd.concat([table, table]), ties="breslow", entry=double[2] if late else None
    )
    assert twice.coefficient == pytest.approx(once.coefficient, rel=1e-9)
    assert twice.covariance == pytest.approx(once.covariance / 2, rel=1e-9)


def test_a_covariate_determined_by_another_has_no_estimate():
    time, event, covariates = separated_cohort()
    fit = regression.fit_cox(time, event, covariates[["age"]].assign(twice=2 * covariates["age"] + 1))
    assert fit.term_notes[0] == "" and fit.term_notes[1].startswith(
        "not estimable: determined by the other covariates"
    )
    alone = regression.fit_cox(time, event, covariates[["age"]])
    assert fit.likelihood_ratio.statistic == pytest.approx(alone.likelihood_ratio.statistic) and fit.score.df == 1


def test_rows_with_a_missing_value_are_dropped_and_counted():
    time, event, covariates = separated_cohort()
    covariates.loc[4, "age"] = np.nan
    fit = regression.fit_cox(time, event, covariates[["age"]])
    assert (fit.n, fit.n_dropped) == (34, 1) and fit.events_per_term == fit.n_event


def test_risk_sets_of_patients_alike_leave_nothing_to_compare_whatever_round_off_says():
    # At 30 both at risk have x = 0, at 180 all three have x = 1; late entry makes risk sets differences of sums.
    fit = regression.fit_cox(
        [180, 180, 30, 90, 1260, 30],
        [True, False, True, False, False, True],
        pd.DataFrame({"x": [1.0, 1.0, 0.0, 1.0, 1.0, 0.0]}),
        entry=[179.5, 179.5, 29.5, 89.5, 141.06756533174334, 29.5],
    )
    assert fit.note == "not estimable: nothing to compare among those at risk"


def test_late_entry_leaves_a_patient_out_of_the_risk_sets_before_it():
    # The second patient enters after the first event: nobody is compared at it.
    covariates = pd.DataFrame({"x": [0.0, 1.0, 2.0]})
    whole = regression.fit_cox([1, 3, 4], [True, True, False], covariates, entry=[0, 2, 2])
    later = regression.fit_cox([3, 4], [True, False], covariates[1:])
    assert whole.log_likelihood_null == pytest.approx(later.log_likelihood_null)


@pytest.mark.parametrize(
    "call",
    [
        lambda: regression.fit_cox([1], [True, False], pd.DataFrame({"x": [1]})),
        lambda: regression.fit_cox([1], [True], pd.DataFrame({"x": [1]}), ties="exact"),
        lambda: regression.fit_cox([1], [True], pd.DataFrame({"x": [1]}), conf_level=95),
        lambda: regression.fit_cox([1], [True], pd.DataFrame({"x": [1]}), entry=[2]),
        lambda: regression.fit_time_dependent_cox([1], [True], [-1]),
        lambda: regression.fit_time_dependent_cox([1], [True], [1, 2]),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(EstimationError):
        call()


def test_a_state_counts_from_just_after_its_change():
    # At the event at 2 the first patient, who changes then, still counts as "no": that risk set is 3 "no".
    fit = regression.fit_time_dependent_cox([2, 4, 5], [True, True, False], [2, 3, np.nan])
    # At 4 the second has changed, the third has not. So only the event at 4 can tell, and it is one in two.
    assert fit.log_likelihood_null == pytest.approx(-np.log(3) - np.log(2))
    assert (fit.n, fit.n_event, fit.terms) == (3, 2, ("response/yes",))
    assert fit.method == "Cox model, Efron ties, Wald limits, with a time-dependent covariate"


def test_an_event_at_time_zero_counts_in_a_time_dependent_model():
    assert regression.fit_time_dependent_cox([0, 3, 4], [True, True, False], [np.nan, 1, np.nan]).n_event == 2


def test_a_state_nobody_enters_has_a_note():
    fit = regression.fit_time_dependent_cox([1, 2], [True, True], [np.nan, np.nan])
    assert fit.results()["response/yes"].note == "not estimable: no patients at this level"
    assert regression.fit_time_dependent_cox([], [], []).note == "not estimable: no patients"


def test_the_time_dependent_model_undoes_the_guarantee_of_time():
    # Response comes to whoever lives long enough, and does nothing: naively it protects, truly it does not.
    generator = np.random.default_rng(11)
    time, change = generator.exponential(10, 4000), generator.exponential(10, 4000)
    event = np.ones(4000, bool)
    naive = regression.fit_cox(time, event, pd.DataFrame({"response": change < time}))
    honest = regression.fit_time_dependent_cox(time, event, change)
    assert naive.conf_high[0] < 0.8 and honest.conf_low[0] < 1 < honest.conf_high[0]


def test_fixed_covariates_and_strata_go_with_a_time_dependent_state():
    time, event, covariates = separated_cohort()
    change = np.where(np.arange(35) % 3 == 0, 2.0, np.nan)
    fit = regression.fit_time_dependent_cox(
        time, event, change, name="cr", covariates=covariates[["age"]], strata=covariates["burden"]
    )
    assert fit.terms == ("cr/yes", "age/per unit") and fit.n == 35 and "stratified" in fit.method


@given(COHORTS)
def test_whatever_the_cohort_nothing_is_infinite_and_what_lacks_has_a_note(cohort):
    fit = regression.fit_cox(*table_of(cohort))
    for result in fit.results().values():
        assert result.estimate is not None or result.note
    for values in (fit.ratio, fit.conf_low, fit.conf_high, fit.p_value):
        assert not np.isinf(values).any()


@given(COHORTS, st.randoms(use_true_random=False))
def test_neither_the_order_of_patients_nor_the_unit_of_time_matters(cohort, random):
    changed = [(4 * time, event, group, age) for time, event, group, age in cohort]
    random.shuffle(changed)
    one, other = regression.fit_cox(*table_of(cohort)), regression.fit_cox(*table_of(changed))
    assert one.term_notes == other.term_notes
    assert one.coefficient == pytest.approx(other.coefficient, rel=1e-5, abs=1e-6, nan_ok=True)


@given(COHORTS, st.floats(0.1, 0.9))
def test_cutting_every_history_in_two_changes_nothing(cohort, share):
    time, event, covariates = table_of(cohort)
    cut = share * time
    whole = regression.fit_cox(time, event, covariates, ties="breslow")
    halves = regression.fit_cox(
        np.concatenate([cut, time]),
        np.concatenate([np.zeros(len(time), bool), event]),
        pd.concat([covariates, covariates]),
        entry=np.concatenate([np.zeros(len(time)), cut]),
        ties="breslow",
    )
    assert halves.coefficient == pytest.approx(whole.coefficient, rel=1e-5, abs=1e-6, nan_ok=True)
    assert halves.log_likelihood_null == pytest.approx(whole.log_likelihood_null, nan_ok=True)


@given(COHORTS)
def test_the_other_reference_level_gives_the_inverse_ratio(cohort):
    time, event, covariates = table_of(cohort)
    turned = covariates.assign(group=covariates["group"].cat.reorder_categories(["b", "a"]))
    one, other = (regression.fit_cox(time, event, table) for table in (covariates, turned))
    if len(one.terms) == len(other.terms) == 2 and not np.isnan(one.coefficient).any():
        assert one.coefficient[0] == pytest.approx(-other.coefficient[0], rel=1e-5, abs=1e-6)
