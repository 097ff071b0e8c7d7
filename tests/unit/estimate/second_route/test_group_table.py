"""Groups by counting: Freireich's trial as in the textbooks, and what cannot be compared."""

import math

import pytest
from scipy import stats

from cartcohort.estimate.second_route import group_table
from tests.unit.estimate import freireich

LINES = group_table.count_groups(
    freireich.TIME.tolist(), freireich.EVENT.tolist(), freireich.GROUP.cat.codes.tolist()
)


def test_the_first_line_of_freireichs_trial_has_two_of_42_relapsing_on_placebo():
    assert LINES[0] == ([21, 21], [0, 2])
    assert len(LINES) == 17


def test_freireichs_log_rank_statistic_is_16_79():
    found = group_table.sum_logrank(LINES)
    assert found["statistic"] == pytest.approx(16.7929, abs=5e-5)
    assert found["df"] == 1
    assert found["p_value"] == pytest.approx(4.17e-5, rel=1e-3)


@pytest.mark.parametrize(("ties", "coefficient", "error"), [("efron", 1.5721, 0.4124), ("breslow", 1.5092, 0.4096)])
def test_freireichs_hazard_ratio_is_that_of_the_textbooks(ties, coefficient, error):
    found = group_table.fit_two_groups(LINES, ties, 1.0)
    assert math.log(found["estimate"]) == pytest.approx(coefficient, abs=5e-5)
    assert math.log(found["conf_high"] / found["estimate"]) == pytest.approx(error, abs=5e-5)


def test_a_group_without_any_event_has_no_finite_ratio():
    lines = group_table.count_groups([1, 2, 3, 4], [True, True, False, False], [0, 0, 1, 1])
    assert set(group_table.fit_two_groups(lines, "efron", 1.96).values()) == {None}
    assert group_table.sum_logrank(lines)["p_value"] is not None


def test_without_events_or_with_one_group_there_is_nothing_to_compare():
    for lines in ([], group_table.count_groups([1, 2], [True, True], [0, 0])):
        assert set(group_table.sum_logrank(lines).values()) == {None}
        assert set(group_table.fit_two_groups(lines, "efron", 1.96).values()) == {None}


def test_a_patient_counts_in_the_second_group_only_after_the_change():
    lines = group_table.count_groups([2, 5, 6], [True, True, True], [1, 1, 0], since=[2, 3, math.inf])
    assert lines == [([3, 0], [1, 0]), ([1, 1], [0, 1]), ([1, 0], [1, 0])]


@pytest.mark.parametrize("df", [1, 2, 3, 4, 11])
@pytest.mark.parametrize("statistic", [0.0, 0.3, 7.5, 60.0])
def test_the_tail_of_chi_squared_is_that_of_scipy(df, statistic):
    assert group_table.chi_squared_tail(statistic, df) == pytest.approx(stats.chi2.sf(statistic, df), rel=1e-12)
