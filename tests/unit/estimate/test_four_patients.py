"""What can be asked of a log-rank test, worked out by hand on four patients.

Events at 1 and 2 in group a, at 3 and 4 in group b. Of 4, 3, 2 and 1 at risk, 2, 1, 0 and 0 are in a: expected are
2/4 + 1/3 = 5/6 of its 2 events, with variance 1/2 * 1/2 + 1/3 * 2/3 = 17/36; the statistic is
(7/6)^2 / (17/36) = 49/17.
"""

import numpy as np
import pytest
from scipy import stats

from cartcohort.estimate import comparison, fragility, permutation, robustness

FOUR = ([1, 2, 3, 4], [True] * 4, list("aabb"))


def p_of(statistic):
    return stats.chi2.sf(statistic, 1)


def test_the_log_rank_test_has_its_expected_events_and_variance():
    counts = comparison.count_logrank(*FOUR)
    assert counts.observed.tolist() == [2, 2]
    assert counts.expected == pytest.approx([5 / 6, 19 / 6])
    assert counts.variance == pytest.approx(17 / 36 * np.array([[1, -1], [-1, 1]]))
    found = comparison.test_logrank(*FOUR)
    assert (found.statistic, found.df, found.p_value) == pytest.approx((49 / 17, 1, p_of(49 / 17)))


def test_two_of_six_labellings_are_as_extreme():
    # With a at 1 and 3: expected 2/4 + 1/3 + 1/2, statistic 8/13; at 1 and 4: 2/13; the other three swap the names.
    found = permutation.permutation_p(*FOUR, samples=10, seed=1)
    assert found.statistic == pytest.approx(49 / 17)
    assert found.p_value == pytest.approx(2 / 6)


def test_without_each_patient_the_statistic_is_2_or_25_17():
    # Without the first: 1 - 1/3 with variance 2/9, the same without the second. Without the third or fourth: expected
    # 2/3 + 1/2 of 2 events, 5/6 with variance 2/9 + 1/4.
    found = robustness.leave_one_out_logrank(*FOUR)
    assert found.without == pytest.approx([p_of(2), p_of(2), p_of(25 / 17), p_of(25 / 17)])
    assert (found.lowest, found.highest) == pytest.approx((p_of(2), p_of(25 / 17)))


def test_the_second_patient_censored_instead_moves_p_furthest():
    # Censored at 2: expected 2/4 of 1 event, statistic (1/2)^2 / (1/4) = 1; the first censored: 2; others: 49/17.
    found = fragility.fragility(*FOUR, threshold=0.1)
    assert found.p_value == pytest.approx(p_of(49 / 17))
    assert (found.n_changed, found.rows) == (1, (1,))
    assert found.p_changed == pytest.approx(p_of(1))
