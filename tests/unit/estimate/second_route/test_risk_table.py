"""Curves by counting, against hands and textbooks."""

import math
from fractions import Fraction

import pytest

from cartcohort.estimate.second_route import risk_table
from tests.unit.estimate import freireich

NEVER = [False] * 99
# Five patients: 1 event, 2 event and censored, 3 censored, 4 event.
FIVE = risk_table.draw_risk_table([1, 2, 2, 3, 4], [True, True, False, False, True], NEVER[:5])


def multiply(lines, conf_type="log-log"):
    return risk_table.multiply_survival(lines, conf_level=0.95, conf_type=conf_type)


def test_a_risk_table_counts_who_is_left_on_each_day():
    assert FIVE == [(1, 5, 1, 0), (2, 4, 1, 0), (3, 2, 0, 0), (4, 1, 1, 0)]


def test_survival_is_an_exact_product_of_fractions():
    assert [point.share for point in multiply(FIVE)] == [Fraction(4, 5), Fraction(3, 5), Fraction(3, 5), 0]


def test_limits_are_those_of_greenwood_on_each_scale():
    error = math.sqrt(1 / 20 + 1 / 12)
    z = 1.959963984540054
    expected = {
        "plain": (0.6 - z * 0.6 * error, 1.0),
        "log": (0.6 * math.exp(-z * error), 1.0),
        "log-log": (0.6 ** math.exp(z * error / -math.log(0.6)), 0.6 ** math.exp(-z * error / -math.log(0.6))),
    }
    for conf_type, limits in expected.items():
        point = multiply(FIVE, conf_type)[1]
        assert (point.low, point.high) == pytest.approx(limits, rel=1e-12)
    assert multiply(FIVE)[-1][2:] == (None, None)


def test_freireichs_median_is_23_weeks_with_a_lower_limit_of_13():
    days, event = freireich.MERCAPTOPURINE_TIME.tolist(), freireich.MERCAPTOPURINE_EVENT.tolist()
    points = multiply(risk_table.draw_risk_table(days, event, NEVER[:21]))
    assert risk_table.read_median(points, rule="midpoint") == (23, 13, None)
    assert risk_table.read_share(points, 10, carried_on=False)[0] == pytest.approx(0.7529, abs=5e-5)


def test_a_curve_that_lies_at_one_half_has_its_median_in_the_middle_or_at_the_first_day():
    points = multiply(risk_table.draw_risk_table([2, 5, 6, 9], [True, True, False, True], NEVER[:4]))
    assert points[1].share == Fraction(1, 2)
    assert risk_table.read_median(points, rule="midpoint")[0] == 7
    assert risk_table.read_median(points, rule="first")[0] == 5
    # Censored thereafter: the step ends with follow-up.
    points = multiply(risk_table.draw_risk_table([2, 5, 6, 10], [True, True, False, False], NEVER[:4]))
    assert risk_table.read_median(points, rule="midpoint")[0] == 7.5


def test_a_third_of_two_thirds_is_no_rounding_away_from_one_half():
    # 2/3 * 3/4 is one half exactly, which floating point misses.
    points = multiply(risk_table.draw_risk_table([1, 1, 2, 3, 4, 4], [1, 1, 1, 0, 1, 1], NEVER[:6]))
    assert points[1].share == Fraction(1, 2)


def test_beyond_follow_up_there_is_no_answer_unless_carried_on():
    points = multiply(FIVE[:3])
    assert risk_table.read_share(points, 3.5, carried_on=False) == (None, None, None)
    assert risk_table.read_share(points, 3.5, carried_on=True)[0] == 0.6
    assert risk_table.read_share(multiply(FIVE), 100, carried_on=False) == (0.0, None, None)
    assert risk_table.read_share(points, 0.5, carried_on=False) == (1.0, 1.0, 1.0)
    assert risk_table.read_share([], 1, carried_on=True) == (None, None, None)


def test_a_restricted_mean_is_the_area_under_the_steps():
    mean, error = risk_table.measure_area(FIVE, 3.5)
    assert mean == pytest.approx(1 + 0.8 + 0.6 * 1.5)
    # Areas still to come after days 1 and 2: 1.7 and 0.9.
    assert error == pytest.approx(math.sqrt(1.7**2 / 20 + 0.9**2 / 12))
    assert risk_table.measure_area([], 3) == (None, None)


def test_an_incidence_with_a_competing_event_is_counted_by_hand():
    # Four patients: relapse at 1, death at 2, relapse at 3, censored at 4. F: 1/4, 1/4, 1/4 + 1/2 * 1/2.
    lines = risk_table.draw_risk_table([1, 2, 3, 4], [True, False, True, False], [False, True, False, False])
    points = risk_table.add_incidence(lines, conf_level=0.95)
    assert [1 - point.share for point in points] == [Fraction(1, 4), Fraction(1, 4), Fraction(1, 2), Fraction(1, 2)]
    # Without censoring before, the variance is the binomial one.
    error = math.sqrt(0.25 * 0.75 / 4)
    wide = 1.959963984540054 * error / (0.25 * -math.log(0.25))
    assert (1 - points[1].high, 1 - points[1].low) == pytest.approx(
        (0.25 ** math.exp(wide), 0.25 ** math.exp(-wide)), rel=1e-9
    )
