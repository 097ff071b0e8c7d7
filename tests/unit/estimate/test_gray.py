"""Gray's test: by hand, beside the log-rank test, invariance, and what cannot be compared."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.errors import EstimationError
from cartcohort.estimate import comparison, gray
from cartcohort.estimate.competing_data import count_causes

CAUSES = ["censored", "relapse", "death"]
rows = st.tuples(st.integers(0, 6), st.sampled_from(CAUSES), st.sampled_from("abc"))
cohorts = st.lists(rows, min_size=4, max_size=30)


def compare(cohort, **options):
    time, kind, group = zip(*cohort, strict=True) if cohort else ((), (), ())
    return gray.test_gray(time, kind, group, cause="relapse", **options)


# Group a: relapse at 1, censored at 4. Group b: death at 2, relapse at 3.
FOUR = [(1, "relapse", "a"), (4, "censored", "a"), (2, "death", "b"), (3, "relapse", "b")]


def test_the_score_of_four_patients_is_worked_out_by_hand():
    time, kind, group = zip(*FOUR, strict=True)
    code = np.array([CAUSES.index(k) for k in kind])
    counts = count_causes(np.array(time, float), code, np.array([0 if g == "a" else 1 for g in group]), n_groups=2)
    score, _ = gray._score_and_variance(counts, rho=0)
    # At 1: both groups count 2, so 1/2 is expected in a. At 3: in a one is left of a cohort of 1 / (1/2) = 2, of whom
    # half had the cause: 1; in b one is left of 1 / (1/2) = 2 of whom none had it: 2. So 1/3 is expected in a.
    expected = Fraction(1, 2) + Fraction(1, 3)
    assert score == pytest.approx([float(1 - expected), float(expected - 1)], abs=1e-14)


def test_the_variance_of_two_patients_is_worked_out_by_hand():
    # Relapses at 1 in a and at 2 in b. Score of a: 1 - 1/2 at time 1, then a has nobody: 1/2. A relapse first in
    # either group is equally likely, so the score is +1/2 or -1/2 with variance 1/4, and the statistic 1.
    result = compare([(1, "relapse", "a"), (2, "relapse", "b")])
    assert result.statistic == pytest.approx(1, rel=1e-12) and result.df == 1
    assert (result.n, result.n_event) == (2, 2)


def test_the_weight_counts_early_differences_more():
    late = [(t, "relapse", "a") for t in (8, 9, 10)] + [(t, "relapse", "b") for t in (1, 2, 3)]
    counts = [compare(late, rho=rho).statistic for rho in (0, 1)]
    assert counts[0] != counts[1] and "rho = 1" in compare(late, rho=1).method


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.sampled_from(CAUSES[:2]), st.sampled_from("ab")), min_size=4, max_size=30
    )
)
def test_with_one_cause_the_score_is_that_of_the_log_rank_test(cohort):
    time, kind, group = zip(*cohort, strict=True)
    code = np.array([CAUSES.index(k) for k in kind])
    member = np.array([0 if g == "a" else 1 for g in group])
    counts = count_causes(np.array(time, float), code, member, n_groups=2)
    score, _ = gray._score_and_variance(counts, rho=0)
    logrank = comparison.count_logrank(time, code == 1, pd.Categorical(group, categories=["a", "b"]))
    assert score == pytest.approx(logrank.observed - logrank.expected, abs=1e-10)


def test_with_one_cause_and_many_patients_the_statistic_nears_the_log_rank_test():
    generator = np.random.default_rng(3)
    group = np.repeat(["a", "b"], 2000)
    failure = generator.exponential(np.where(group == "a", 1.0, 0.93))
    censoring = generator.uniform(0, 2, 4000)
    time, event = np.minimum(failure, censoring), failure <= censoring
    kind = np.where(event, "relapse", "censored")
    statistic = gray.test_gray(time, kind, group, cause="relapse").statistic
    assert statistic == pytest.approx(comparison.test_logrank(time, event, group).statistic, rel=0.02)


def test_under_equal_incidences_p_values_are_uniform():
    generator = np.random.default_rng(11)
    below = []
    for _ in range(400):
        group = np.repeat([0, 1, 2], 40)
        time, kind = generator.exponential(size=120), np.array(CAUSES)[generator.integers(0, 3, 120)]
        below.append(gray.test_gray(time, kind, group, cause="relapse").p_value < 0.2)
    assert np.mean(below) == pytest.approx(0.2, abs=3 * np.sqrt(0.2 * 0.8 / 400))


@given(cohorts, st.randoms(use_true_random=False), st.sampled_from([0, 0.5, 1]))
def test_the_order_of_patients_and_groups_and_the_unit_of_time_do_not_matter(cohort, random, rho):
    shuffled = [(4 * time, kind, {"a": "z", "b": "x", "c": "y"}[group]) for time, kind, group in cohort]
    random.shuffle(shuffled)
    plain, other = compare(cohort, rho=rho), compare(shuffled, rho=rho)
    assert (plain.df, plain.note) == (other.df, other.note)
    if plain.statistic is not None:
        assert other.statistic == pytest.approx(plain.statistic, rel=1e-6, abs=1e-9)


@given(cohorts)
def test_strata_of_one_value_change_nothing_and_missing_rows_are_left_out(cohort):
    plain = compare(cohort)
    assert compare(cohort, strata=["s"] * len(cohort)).statistic == plain.statistic
    extended = [*cohort, (2, "relapse", None), (3, "death", "a")]
    strata = ["s"] * (len(cohort) + 1) + [None]
    assert compare(extended, strata=strata).statistic == plain.statistic
    assert compare(extended, strata=strata).n == plain.n


@given(cohorts)
def test_nothing_is_infinite_and_what_is_missing_has_a_reason(cohort):
    result = compare(cohort)
    assert (result.statistic is None) == (result.p_value is None) == (result.df is None)
    if result.statistic is None:
        assert result.note.startswith("not estimable")
    else:
        assert result.statistic >= 0 and 0 <= result.p_value <= 1 and result.df in (1, 2)


def test_unused_levels_are_no_groups():
    group = pd.Categorical(["a", "a", "b", "b"], categories=["unused", "a", "b"])
    time, kind, _ = zip(*FOUR, strict=True)
    assert gray.test_gray(time, kind, group, cause="relapse").statistic == compare(FOUR).statistic


@pytest.mark.parametrize(
    ("cohort", "note"),
    [
        ([], "not estimable: fewer than two groups"),
        ([(1, "relapse", "a")], "not estimable: fewer than two groups"),
        ([(1, "relapse", "a"), (2, "death", "a")], "not estimable: fewer than two groups"),
        ([(1, "censored", "a"), (2, "censored", "b")], "not estimable: no event of this cause"),
        ([(1, "death", "a"), (2, "death", "b")], "not estimable: no event of this cause"),
        ([(1, "censored", "a"), (2, "relapse", "b")], "not estimable: the groups are not at risk together"),
    ],
)
def test_groups_that_cannot_be_compared_have_a_note(cohort, note):
    result = compare(cohort)
    assert (result.statistic, result.p_value, result.note) == (None, None, note)


def test_a_group_never_at_risk_is_left_out_of_the_degrees_of_freedom():
    result = compare([*FOUR, (0, "censored", "c"), (0, "censored", "c")])
    assert result.df == 1 and result.statistic == pytest.approx(compare(FOUR).statistic, rel=1e-12)
    assert result.note == "left out: groups never at risk when the cause occurred"


def test_a_group_left_alone_after_the_pooled_incidence_reached_one_has_no_say():
    # Steps 1/8, 2/8, 1/8 and, with b alone, 1/2 make 1; the event at 25 then has nothing to be divided by.
    time, kind = [1, 2, 2, 5, 6, 7, 20, 25], ["relapse"] * 4 + ["censored"] * 2 + ["relapse"] * 2
    result = gray.test_gray(time, kind, list("aaaaaabb"), cause="relapse")
    # By cuminc of cmprsk 2.2.
    assert [result.statistic, result.p_value] == pytest.approx([2.019854196342604, 0.15525404849318991], rel=1e-10)
    assert (result.df, result.note) == (1, "")


def test_misuse_is_refused():
    for time, kind, group in (([1], ["relapse"], []), ([-1], ["relapse"], ["a"]), ([np.nan], ["relapse"], ["a"])):
        with pytest.raises(EstimationError):
            gray.test_gray(time, kind, group, cause="relapse")
    with pytest.raises(EstimationError):
        compare(FOUR, strata=["s"])
