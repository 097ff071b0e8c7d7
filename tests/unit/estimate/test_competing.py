"""Cumulative incidence: by hand, without censoring, beside Kaplan-Meier, and edge cases."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight

from cartcohort.errors import EstimationError
from cartcohort.estimate import competing, survival

CAUSES = ["censored", "relapse", "death"]

# Heavily tied small cohorts: times 0 to 6, three kinds of end.
cohorts = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(CAUSES)), min_size=1, max_size=25)


def incidence(cohort, cause="relapse", **options):
    time, kind = zip(*cohort, strict=True) if cohort else ((), ())
    return competing.estimate_cumulative_incidence(time, pd.Categorical(kind, CAUSES), cause=cause, **options)


# Six patients: relapse at 1, death at 2 and censoring at 2, relapse at 3, relapse at 5 and censoring at 5.
SIX = [(1, "relapse"), (2, "death"), (2, "censored"), (3, "relapse"), (5, "relapse"), (5, "censored")]


def test_six_patients_are_worked_out_by_hand():
    curve = incidence(SIX)
    assert curve.time.tolist() == [1, 2, 3, 5]
    assert curve.n_at_risk.tolist() == [6, 5, 3, 2]
    assert curve.n_event.tolist() == [1, 0, 1, 1]
    assert curve.n_competing.tolist() == [0, 1, 0, 0]
    assert curve.n_censored.tolist() == [0, 1, 0, 1]
    # Event-free before the times: 1, 5/6, 2/3, 4/9; relapses among those at risk: 1/6, 0, 1/3, 1/2.
    assert curve.incidence == pytest.approx([1 / 6, 1 / 6, 1 / 6 + 2 / 9, 1 / 6 + 2 / 9 + 2 / 9], rel=1e-14)


def test_the_standard_error_follows_from_the_delta_method_by_hand():
    # Two patients: death at 1, relapse at 2. F(2) = (1 - h1) h2 with h1 = 1/2 and h2 = 1:
    # variance h2^2 h1 (1 - h1) / 2 + 0 = 1/8.
    curve = incidence([(1, "death"), (2, "relapse")])
    assert curve.std_error == pytest.approx([0, np.sqrt(1 / 8)], rel=1e-14)


def test_aalens_standard_error_is_worked_out_by_hand():
    # Relapse at 1 and death at 2: (1/2)^2 from the first event, nothing moves after it.
    assert competing.estimate_aalen_std_error(incidence([(1, "relapse"), (2, "death")])) == pytest.approx([0.5, 0.5])
    # Two of five relapse together: 2 * (5 - 2) / (5 - 1) / 5^2 = 0.06.
    tied = incidence([(1, "relapse")] * 2 + [(2, "censored")] * 3)
    assert competing.estimate_aalen_std_error(tied) == pytest.approx(np.sqrt([0.06, 0.06]), rel=1e-14)


@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from(CAUSES[1:])), min_size=2, max_size=25))
def test_without_censoring_it_is_the_share_with_the_event(cohort):
    curve, n = incidence(cohort), len(cohort)
    share = np.array([np.mean([time <= t and kind == "relapse" for time, kind in cohort]) for t in curve.time])
    assert curve.incidence == pytest.approx(share, abs=1e-12)
    assert curve.std_error == pytest.approx(np.sqrt(share * (1 - share) / n), abs=1e-8)


@given(cohorts)
def test_incidences_and_event_free_survival_sum_to_one(cohort):
    time, kind = zip(*cohort, strict=True)
    free = survival.estimate_survival_curve(time, [k != "censored" for k in kind])
    both = incidence(cohort, "relapse").incidence + incidence(cohort, "death").incidence
    assert both + free.survival == pytest.approx(1, abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from(CAUSES[:2])), min_size=1, max_size=25))
def test_without_competing_events_it_is_one_minus_kaplan_meier(cohort):
    time, kind = zip(*cohort, strict=True)
    free = survival.estimate_survival_curve(time, [k == "relapse" for k in kind])
    curve = incidence(cohort)
    assert curve.incidence == pytest.approx(1 - free.survival, abs=1e-12)
    positive = free.survival > 0
    assert curve.std_error[positive] == pytest.approx(free.std_error[positive], abs=1e-8)


@given(cohorts, st.randoms(use_true_random=False))
def test_the_order_of_patients_does_not_matter(cohort, random):
    shuffled = list(cohort)
    random.shuffle(shuffled)
    for name in ("incidence", "std_error", "conf_low", "conf_high", "n_at_risk"):
        np.testing.assert_array_equal(getattr(incidence(cohort), name), getattr(incidence(shuffled), name))


@given(cohorts)
def test_counts_are_those_of_a_naive_count(cohort):
    curve = incidence(cohort)
    for index, t in enumerate(curve.time):
        assert curve.n_at_risk[index] == sum(time >= t for time, _ in cohort)
        for name, kind in (("n_event", "relapse"), ("n_competing", "death"), ("n_censored", "censored")):
            assert getattr(curve, name)[index] == cohort.count((t, kind))


@given(cohorts)
def test_limits_hold_the_incidence_and_stay_within_zero_and_one(cohort):
    curve = incidence(cohort)
    known = ~np.isnan(curve.conf_low)
    assert np.all((curve.conf_low[known] >= 0) & (curve.conf_low[known] <= curve.incidence[known]))
    assert np.all((curve.incidence[known] <= curve.conf_high[known]) & (curve.conf_high[known] <= 1))
    assert not np.any(np.isinf(np.concatenate((curve.std_error, curve.conf_low, curve.conf_high))))
    assert np.all(np.isnan(curve.conf_low[curve.incidence == 0]))


@given(cohorts)
def test_estimate_and_error_agree_with_statsmodels_while_somebody_is_left(cohort):
    time, kind = zip(*cohort, (9, "censored"), (1, "relapse"), strict=True)
    theirs = CumIncidenceRight(np.array(time), np.array([CAUSES.index(k) for k in kind]))
    curve = competing.estimate_cumulative_incidence(time, kind, cause="relapse")
    assert curve.incidence == pytest.approx(theirs.cinc[0], abs=1e-12)
    assert curve.std_error == pytest.approx(np.nan_to_num(theirs.cinc_se[0]), abs=1e-7)


def test_a_curve_is_read_between_its_times():
    curve = incidence(SIX)
    assert competing.estimate_incidence_at(curve, 0.5).estimate == 0
    at_two = competing.estimate_incidence_at(curve, 2.9)
    assert at_two.estimate == pytest.approx(1 / 6) and at_two.conf_low == curve.conf_low[1]
    assert (at_two.n, at_two.n_event, at_two.unit, at_two.label) == (
        6,
        3,
        "proportion",
        "Cumulative incidence of relapse",
    )


def test_beyond_the_last_follow_up_only_a_finished_curve_is_known():
    open_end = incidence(SIX)
    assert competing.estimate_incidence_at(open_end, 5.1).estimate is None
    assert competing.estimate_incidence_at(open_end, 5.1).note == "not estimable: beyond the last follow-up"
    carried = competing.estimate_incidence_at(open_end, 5.1, past_follow_up="carry")
    assert carried.estimate == open_end.incidence[-1] and "carried on" in carried.note
    finished = incidence([(1, "death"), (2, "relapse")])
    assert competing.estimate_incidence_at(finished, 99).estimate == 0.5


def test_no_event_of_the_cause_is_an_incidence_of_zero_with_a_note():
    for cohort in ([(3, "censored")], [(1, "death"), (4, "censored")], [(1, "censored")] * 3):
        result = competing.estimate_incidence_at(incidence(cohort), 1)
        assert (result.estimate, result.conf_low, result.conf_high, result.n_event) == (0, None, None, 0)
        assert result.note == "no limits: no event of this cause by then"
    everybody = competing.estimate_incidence_at(incidence([(1, "relapse")]), 2)
    assert (everybody.estimate, everybody.conf_low) == (1, None) and everybody.note.startswith("no limits")


def bounded(cohort, time, **options):
    return competing.estimate_bounded_incidence_at(incidence(cohort), time, **options)


def test_no_event_among_patients_all_followed_has_the_limit_of_clopper_and_pearson():
    found = bounded([(1, "death")] * 4 + [(9, "censored")] * 6, 5)
    assert (found.estimate, found.conf_low) == (0, 0)
    assert found.conf_high == pytest.approx(1 - 0.025 ** (1 / 10), rel=1e-14)
    assert found.note == "no event of this cause by then, exact upper limit"


def test_everybody_with_the_event_has_the_lower_limit_of_clopper_and_pearson():
    found = bounded([(1, "relapse"), (2, "relapse"), (3, "relapse")], 4)
    assert (found.estimate, found.conf_high) == (1, 1)
    assert found.conf_low == pytest.approx(0.025 ** (1 / 3), rel=1e-14)


def test_those_censored_before_count_for_the_chance_of_having_been_followed():
    # Death at 1; of the other four one is censored at 2, so the dead would be followed beyond 2 with 3 in 4.
    cohort = [(1, "death"), (2, "censored"), (4, "censored"), (4, "censored"), (5, "censored")]
    assert bounded(cohort, 3).conf_high == pytest.approx(1 - 0.025 ** (1 / (3 + 3 / 4)), rel=1e-14)
    assert bounded(cohort, 2).conf_high == pytest.approx(1 - 0.025 ** (1 / 5), rel=1e-14)
    assert bounded(cohort, 0).conf_high == pytest.approx(1 - 0.025 ** (1 / 5), rel=1e-14)


def test_a_carried_value_keeps_the_limit_of_the_last_follow_up():
    cohort = [(1, "censored"), (3, "censored"), (3, "censored")]
    carried = bounded(cohort, 9, past_follow_up="carry")
    assert carried.conf_high == bounded(cohort, 3).conf_high == pytest.approx(1 - 0.025 ** (1 / 2))
    assert bounded(cohort, 9).estimate is bounded(cohort, 9).conf_high is None


@given(cohorts, st.integers(0, 7))
def test_every_estimate_has_limits_around_it(cohort, time):
    found = bounded(cohort, time)
    if found.estimate is not None:
        assert 0 <= found.conf_low <= found.estimate <= found.conf_high <= 1
        assert found.conf_low < found.conf_high
        plain = competing.estimate_incidence_at(incidence(cohort), time)
        assert plain.conf_low is None or plain == found


def test_nobody_gives_an_empty_curve():
    curve = incidence([])
    assert (len(curve.time), curve.n) == (0, 0)
    assert competing.estimate_incidence_at(curve, 1).note == "no patients"
    assert len(competing.estimate_aalen_std_error(curve)) == 0


def test_an_event_at_time_zero_counts():
    assert incidence([(0, "relapse"), (1, "censored")]).incidence.tolist() == [0.5, 0.5]


def test_a_registry_is_as_exact_as_a_small_cohort():
    generator = np.random.default_rng(5)
    time, kind = generator.exponential(size=100_000), generator.integers(1, 3, 100_000)
    curve = competing.estimate_cumulative_incidence(time, pd.Categorical.from_codes(kind, CAUSES), cause="death")
    share = curve.incidence
    assert curve.std_error[1000:] == pytest.approx(np.sqrt(share * (1 - share) / 100_000)[1000:], rel=1e-9)


@pytest.mark.parametrize(
    ("time", "kind", "cause"),
    [
        ([1, 2], ["relapse"], "relapse"),
        ([-1, 2], ["relapse", "death"], "relapse"),
        ([np.nan, 2], ["relapse", "death"], "relapse"),
        ([np.inf, 2], ["relapse", "death"], "relapse"),
        ([1, 2], ["relapse", None], "relapse"),
        ([1, 2], [0, 1], "relapse"),
        ([1, 2], ["relapse", "death"], "censored"),
    ],
)
def test_misuse_is_refused(time, kind, cause):
    with pytest.raises(EstimationError):
        competing.estimate_cumulative_incidence(time, kind, cause=cause)


def test_options_that_cannot_be_are_refused():
    with pytest.raises(EstimationError):
        incidence(SIX, conf_level=95)
    with pytest.raises(EstimationError):
        competing.estimate_incidence_at(incidence(SIX), -1)
    with pytest.raises(EstimationError):
        competing.estimate_incidence_at(incidence(SIX), 1, past_follow_up="extend")
