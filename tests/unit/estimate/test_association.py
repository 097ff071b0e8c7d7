"""Fisher's exact test and the chi-squared test: by hand, published tables, every table counted, and edge cases."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cartcohort.errors import EstimationError
from cartcohort.estimate import association, exact_tables

cells = st.integers(0, 12)
two_by_two = st.tuples(st.tuples(cells, cells), st.tuples(cells, cells))
small = st.integers(0, 4)


def probability(table) -> Fraction:
    """The probability of a table given its margins, exactly."""
    table = np.asarray(table, dtype=object)
    margins = [*table.sum(axis=0), *table.sum(axis=1)]
    numerator = math.prod(math.factorial(margin) for margin in margins)
    return Fraction(numerator, math.factorial(table.sum()) * math.prod(math.factorial(cell) for cell in table.flat))


def exact_p_by_counting(table) -> Fraction:
    """Go through every table with cells up to its margins and keep those with the margins of the given one."""
    table = np.asarray(table)
    rows, columns, observed = table.sum(axis=1), table.sum(axis=0), probability(table)
    free = [range(min(r, c) + 1) for r in rows[:-1] for c in columns[:-1]]
    total = Fraction(0)
    for values in itertools.product(*free):
        inner = np.array(values, dtype=int).reshape(len(rows) - 1, len(columns) - 1)
        upper = np.column_stack((inner, rows[:-1] - inner.sum(axis=1)))
        whole = np.vstack((upper, columns - upper.sum(axis=0)))
        if whole.min() >= 0 and probability(whole) <= observed:
            total += probability(whole)
    return total


def test_fishers_tea_is_worked_out_by_hand():
    # Of 70 ways to name four cups, 1 + 16 give at least three right, and as many at most one.
    result = association.test_fisher([[3, 1], [1, 3]])
    assert result.p_value == pytest.approx(34 / 70, rel=1e-12)
    assert association.test_fisher([[3, 1], [1, 3]], alternative="greater").p_value == pytest.approx(17 / 70)
    # The conditional odds ratio makes 3 the expected count: sum of (s - 3) C(4, s)^2 w^s over s is zero.
    odds = result.estimate
    assert sum((s - 3) * math.comb(4, s) ** 2 * odds**s for s in range(5)) == pytest.approx(0, abs=1e-9 * odds**4)
    assert odds == pytest.approx(6.408309, rel=1e-5)  # as printed by R, to the digits that are right
    # At the lower limit, three or four right have probability 2.5 %; at the upper limit, three or fewer.
    for limit, counts in ((result.conf_low, (3, 4)), (result.conf_high, (0, 1, 2, 3))):
        weights = [math.comb(4, s) ** 2 * limit**s for s in range(5)]
        assert sum(weights[s] for s in counts) / sum(weights) == pytest.approx(0.025, rel=1e-9)


def test_job_satisfaction_has_the_published_p_value():
    # Agresti, Categorical Data Analysis, 2002, p 57; p = 0.7827 in the manual of R's fisher.test.
    table = [[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]]
    assert round(association.test_fisher(table).p_value, 4) == 0.7827


def test_smoking_and_cancer_has_the_published_chi_squared():
    # Agresti, An Introduction to Categorical Data Analysis, 2007, table 2.5: gender by party, X2 = 30.1, df 2.
    result = association.test_chi_square([[762, 327, 468], [484, 239, 477]])
    assert round(result.statistic, 1) == 30.1 and result.df == 2 and result.p_value < 0.001 and result.note == ""


def test_a_continuity_correction_moves_each_cell_by_half():
    plain = association.test_chi_square([[12, 5], [9, 9]])
    corrected = association.test_chi_square([[12, 5], [9, 9]], continuity_correction=True)
    expected = 17 * 21 / 35
    for result, distance in ((plain, 12 - expected), (corrected, 12 - expected - 0.5)):
        inverse = sum(1 / (r * c / 35) for r in (17, 18) for c in (21, 14))
        assert result.statistic == pytest.approx(distance**2 * inverse, rel=1e-12)


@pytest.mark.parametrize(
    "table",
    [
        [[2, 0, 1], [0, 3, 1]],
        [[1, 1], [2, 0], [0, 3]],
        [[2, 1, 0], [0, 2, 1], [1, 0, 2]],
        [[3, 0, 0, 1], [0, 2, 1, 1]],
        [[1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 1, 1]],
    ],
)
def test_larger_tables_agree_with_going_through_all_of_them(table):
    assert association.test_fisher(table).p_value == pytest.approx(float(exact_p_by_counting(table)), rel=1e-10)


@given(st.lists(st.lists(small, min_size=3, max_size=3), min_size=2, max_size=3))
@settings(max_examples=60)
def test_any_small_table_agrees_with_going_through_all_of_them(table):
    counts = np.array(table)
    if counts.sum():
        found = association.test_fisher(counts).p_value
        assert found == pytest.approx(float(exact_p_by_counting(counts)), rel=1e-10)


@given(st.lists(st.lists(small, min_size=3, max_size=3), min_size=3, max_size=3), st.permutations(range(3)))
@settings(max_examples=60)
def test_the_order_of_rows_and_columns_does_not_matter(table, order):
    counts = np.array(table)
    if counts.sum():
        p_value = association.test_fisher(counts).p_value
        for other in (counts.T, counts[list(order)], counts[:, list(order)]):
            assert association.test_fisher(other).p_value == pytest.approx(p_value, rel=1e-9)


@given(two_by_two)
def test_swapping_the_columns_inverts_the_odds_ratio(table):
    counts = np.array(table)
    forth, back = association.test_fisher(counts), association.test_fisher(counts[:, ::-1])
    assert back.p_value == forth.p_value or back.p_value == pytest.approx(forth.p_value, rel=1e-9)
    if forth.conf_high and back.conf_high:
        assert back.conf_low * forth.conf_high == pytest.approx(1, rel=1e-7)
        assert back.estimate * forth.estimate == pytest.approx(1, rel=1e-7)


@given(two_by_two)
def test_two_by_two_p_values_agree_with_scipy(table):
    counts = np.array(table)
    if counts.sum():
        expected = stats.fisher_exact(counts).pvalue
        assert association.test_fisher(counts).p_value == pytest.approx(expected, rel=1e-7)


@given(two_by_two)
def test_the_odds_ratio_lies_within_its_limits(table):
    result = association.test_fisher(table)
    if result.conf_low is None or result.estimate is None:
        return
    high = math.inf if result.conf_high is None else result.conf_high
    assert result.conf_low <= result.estimate <= high


def test_every_table_with_these_margins_has_limits_that_cover_at_their_level():
    # Given the margins (6, 5), (7, 4) there are five tables; at any odds ratio at least 95 % are covered.
    support, log_weight = association._conditional_distribution(np.array([[4, 2], [3, 2]]))
    results = [association.test_fisher([[a, 6 - a], [7 - a, a - 2]]) for a in support]
    for odds in np.exp(np.linspace(-6, 6, 241)):
        weight = np.exp(log_weight) * odds**support
        high = [math.inf if result.conf_high is None else result.conf_high for result in results]
        covered = [result.conf_low <= odds <= top for result, top in zip(results, high, strict=True)]
        assert weight @ covered / weight.sum() >= 0.95 - 1e-12


def test_an_empty_cell_gives_a_limit_on_one_side_and_never_infinity():
    infinite = association.test_fisher([[8, 0], [3, 5]])
    assert infinite.estimate is None and infinite.conf_high is None and infinite.conf_low > 1
    assert infinite.note == "odds ratio infinite: an empty cell"
    zero = association.test_fisher([[0, 8], [5, 3]])
    assert (zero.estimate, zero.conf_low) == (0, 0) and zero.conf_high == pytest.approx(
        1 / infinite.conf_low, rel=1e-9
    )


@pytest.mark.parametrize("table", [[[0, 0], [10, 25]], [[3, 0], [4, 0]], [[0, 0], [0, 0]], [[1, 0], [0, 0]]])
def test_an_empty_margin_leaves_no_odds_ratio(table):
    result = association.test_fisher(table)
    assert result.estimate is result.conf_low is result.conf_high is None and result.note
    assert result.p_value in (None, 1.0)
    assert association.test_chi_square(table).note.startswith("not estimable")


def test_one_row_of_patients_has_nothing_to_compare():
    assert association.test_fisher([[1, 2, 3]]).p_value == 1
    assert association.test_fisher([[1, 2, 3], [0, 0, 0]]).note == "only one row or column"
    assert association.test_chi_square([[1, 2, 3]]).note.startswith("not estimable")


def test_small_expected_counts_are_noted():
    assert "below 5" in association.test_chi_square([[3, 1], [5, 26]]).note


def test_tables_too_large_to_enumerate_are_simulated_and_say_so():
    table = np.full((5, 5), 6)
    table[0, 0] = 16
    result = association.test_fisher(table)
    assert "simulated" in result.method
    assert association.test_fisher(table).p_value == result.p_value
    assert result.p_value == pytest.approx(association.test_chi_square(table).p_value, abs=0.05)


def test_the_simulated_p_value_approaches_the_exact_one():
    table = np.array([[8, 4, 1], [3, 6, 4], [1, 2, 6]])
    exact = exact_tables.exact_p(table, tie=1e-7)
    simulated = exact_tables.simulated_p(table, tie=1e-7, samples=20_000)
    assert simulated == pytest.approx(exact, abs=4 * math.sqrt(exact / 20_000))


@pytest.mark.parametrize(
    ("table", "p_value"),
    [
        # By R's fisher.test: factorials of 798 and 2410 patients leave the range of floating-point numbers.
        ([[205, 214], [127, 126], [62, 66]], 0.943207589370156),
        ([[500, 310], [400, 420], [300, 480]], 1.12121353609633e-19),
        # The diagonal table and its 5 rearrangements of the groups: 6 (20!)^6 / (60! (20!)^3).
        ([[20, 0, 0], [0, 20, 0], [0, 0, 20]], 6 * math.factorial(20) ** 3 / math.factorial(60)),
    ],
)
def test_large_tables_keep_their_p_value_however_small_it_is(table, p_value):
    assert association.test_fisher(table).p_value == pytest.approx(p_value, rel=1e-9)


def test_a_registry_has_the_odds_ratio_of_its_table():
    result = association.test_fisher([[250_000, 260_000], [245_000, 245_000]])
    assert result.estimate == pytest.approx(250 / 260, rel=1e-5)
    assert result.conf_low < 250 / 260 < result.conf_high < 1 and result.p_value < 1e-20


@pytest.mark.parametrize("table", [[1, 2], [[1.5, 2], [3, 4]], [[-1, 2], [3, 4]], [[float("nan"), 1], [1, 1]], [[]]])
def test_anything_but_a_table_of_counts_is_refused(table):
    for test in (association.test_fisher, association.test_chi_square):
        with pytest.raises(EstimationError):
            test(table)


def test_one_sided_questions_need_two_by_two():
    with pytest.raises(EstimationError):
        association.test_fisher([[1, 2, 3], [3, 2, 1]], alternative="less")
    with pytest.raises(EstimationError):
        association.test_fisher([[1, 2], [3, 2]], alternative="smaller")


@pytest.mark.parametrize(
    "table", [((1_900, 3_100), (2_600, 2_400)), ((2, 3_000), (3_000, 9)), ((0, 2_500), (2_500, 40))]
)
@pytest.mark.parametrize("conf_level", [0.95, 0.999])
def test_of_many_patients_only_tables_near_the_one_seen_are_summed_with_the_same_result(
    table, conf_level, monkeypatch
):
    narrowed = association.test_fisher(table, conf_level=conf_level)
    monkeypatch.setattr(association, "_WHOLE_SUPPORT", 1_000_000)
    whole = association.test_fisher(table, conf_level=conf_level)
    for field in ("estimate", "conf_low", "conf_high", "p_value"):
        assert getattr(narrowed, field) == pytest.approx(getattr(whole, field), rel=1e-12)
