"""What counts as moved, how far, and which conclusions flipped."""

import math

import pytest

from cartcohort.render.compare_results import compare_records

EMPTY = dict.fromkeys(
    ["estimate", "conf_low", "conf_high", "n", "n_event", "statistic", "df", "p_value", "p_holm", "p_bh"]
)


def record(name="survival/os/median", **fields):
    """A record of `results.json` with nothing but what is given."""
    level = 0.95 if fields.keys() & {"conf_low", "conf_high"} else None
    words = {"label": name, "unit": "", "method": "", "note": "", "conf_level": level}
    return {"id": name, "section": name.split("/")[0], **EMPTY, **words, **fields}


def compare_one(before, after, **fields):
    """Compare one result of two runs that has these fields in common; the move or None."""
    found = compare_records([record(**fields, **before)], [record(**fields, **after)])
    return found.moved[0] if found.moved else None


def directions(before, after, **fields):
    move = compare_one(before, after, **fields)
    return [(crossing.field, crossing.direction) for crossing in move.crossings] if move else []


def test_a_result_with_the_same_numbers_did_not_move():
    same = record(estimate=12.2, conf_low=7.5, n=35, n_event=20, p_value=0.03)
    found = compare_records([same], [dict(same, note="said otherwise", label="Named otherwise")])
    assert (found.n_compared, found.moved, found.flips) == (1, (), ())


@pytest.mark.parametrize("field", ["estimate", "conf_high", "n", "n_event", "statistic", "p_value", "p_holm", "p_bh"])
def test_any_number_that_differs_in_its_last_digit_is_a_move(field):
    assert compare_one({field: 0.3}, {field: 0.1 + 0.2}) is not None
    assert compare_one({field: None}, {field: 0.3}) is not None


def test_the_shift_counts_in_half_widths_of_the_first_interval():
    move = compare_one({"estimate": 10.0, "conf_low": 6.0, "conf_high": 14.0}, {"estimate": 12.0, "conf_low": 1.0})
    assert move.shift == pytest.approx(0.5)
    assert not move.outside


def test_the_shift_of_a_ratio_is_taken_on_the_log_scale():
    old = {"estimate": 2.0, "conf_low": 1.0, "conf_high": 4.0}
    move = compare_one(old, {"estimate": 8.0, "conf_low": 4.0, "conf_high": 16.0}, unit="hazard ratio")
    assert move.shift == pytest.approx(2.0)
    assert move.outside


def test_where_one_limit_is_missing_the_distance_to_the_other_stands_for_the_half_width():
    move = compare_one({"estimate": 12.0, "conf_low": 8.0}, {"estimate": 6.0, "conf_low": 5.0}, unit="months")
    assert move.shift == pytest.approx(-1.5)
    assert move.outside


@pytest.mark.parametrize(
    ("before", "after", "unit"),
    [
        ({"estimate": 1.0}, {"estimate": 2.0}, "months"),
        ({"estimate": 1.0, "conf_low": 1.0, "conf_high": 1.0}, {"estimate": 2.0}, "months"),
        ({"estimate": 1.0, "conf_low": 0.5, "conf_high": 2.0, "conf_level": None}, {"estimate": 3.0}, "hazard ratio"),
        ({"estimate": 0.04, "conf_low": 0.03, "conf_high": 0.05}, {"estimate": 0.2}, "p-value"),
        ({"estimate": 2.0, "conf_low": 1.0, "conf_high": 4.0}, {"estimate": 0.0}, "odds ratio"),
        ({"estimate": None, "conf_low": 7.5}, {"estimate": 12.2, "conf_low": 7.0}, "months"),
    ],
    ids=["no interval", "no width", "a range", "a simulated p-value", "a ratio of 0", "no estimate"],
)
def test_there_is_no_shift_without_a_confidence_interval_to_measure_by(before, after, unit):
    assert compare_one(before, after, unit=unit).shift is None


@pytest.mark.parametrize(
    ("old", "new", "flipped"),
    [
        (0.049, 0.051, [("p_value", "lost")]),
        (0.3, 0.0499999, [("p_value", "gained")]),
        (0.05, 0.06, []),
        (0.04, 0.001, []),
        (0.05, math.nextafter(0.05, 0), [("p_value", "gained")]),
        (None, 0.001, []),
        (0.001, None, []),
    ],
)
def test_a_p_value_flips_only_across_five_percent(old, new, flipped):
    assert directions({"p_value": old}, {"p_value": new}) == flipped


def test_an_adjusted_p_value_flips_by_itself():
    old, new = {"p_value": 0.01, "p_holm": 0.04, "p_bh": 0.03}, {"p_value": 0.02, "p_holm": 0.08, "p_bh": 0.04}
    assert directions(old, new) == [("p_holm", "lost")]


@pytest.mark.parametrize(
    ("old", "new", "flipped"),
    [
        ((1.1, 4.0), (0.9, 4.0), [("interval", "lost")]),
        ((0.2, 1.1), (0.2, 0.9), [("interval", "gained")]),
        ((1.2, 4.0), (0.2, 0.8), [("interval", "reversed")]),
        ((1.0, 4.0), (0.9, 4.0), []),
        ((1.1, None), (0.9, None), [("interval", "lost")]),
        ((None, None), (1.1, 4.0), []),
        ((0.5, None), (0.4, 3.0), []),
    ],
)
def test_the_interval_of_a_ratio_flips_across_one(old, new, flipped):
    fields = [{"conf_low": low, "conf_high": high} for low, high in (old, new)]
    assert directions(*fields, unit="odds ratio") == flipped


def test_the_interval_of_a_difference_flips_across_zero():
    old, new = {"conf_low": -0.4, "conf_high": -0.1}, {"conf_low": -0.4, "conf_high": 0.1}
    assert directions(old, new, unit="proportion") == [("interval", "lost")]
    named = "efficacy/response/risk_difference/sex/male"
    exact, wide = {"conf_low": 0.1, "conf_high": 0.4}, {"conf_low": 0.0, "conf_high": 0.4}
    assert directions(exact, wide, name=named, unit="proportion") == [("interval", "lost")]


def test_the_interval_of_a_share_or_a_time_has_no_null_to_cross():
    old, new = {"conf_low": 0.1, "conf_high": 0.4}, {"conf_low": 0.0, "conf_high": 1.4}
    assert directions(old, new, unit="proportion") == []
    assert directions(old, new, unit="months") == []


def test_a_range_is_no_interval_that_could_flip():
    old, new = {"conf_low": 1.1, "conf_high": 3.0}, {"conf_low": 0.9, "conf_high": 3.0}
    assert directions(old, new, unit="hazard ratio", conf_level=None) == []


def test_another_unit_is_a_move_without_a_shift_or_a_flip():
    old = {"estimate": 2.0, "conf_low": 1.1, "conf_high": 4.0, "unit": "odds ratio"}
    move = compare_one(old, dict(old, unit="hazard ratio", conf_low=0.9))
    assert move.shift is None
    assert move.crossings == ()


def test_flips_by_the_same_numbers_are_one_conclusion_and_the_one_with_its_interval_comes_first():
    noise = 1 + 1e-13
    before = [
        record("survival/os/wald", p_value=0.04),
        record("survival/os/cox", p_value=0.04 * noise, conf_low=1.1, conf_high=3.0, unit="hazard ratio"),
        record("survival/pfs/wald", p_value=0.03),
    ]
    after = [dict(before[0], p_value=0.07), dict(before[1], p_value=0.07, conf_low=0.9), dict(before[2], p_value=0.9)]
    flips = compare_records(before, after).flips
    assert [[move.id for move in flip.moves] for flip in flips] == [
        ["survival/pfs/wald"],
        ["survival/os/cox", "survival/os/wald"],
    ]
    assert [flip.direction for flip in flips] == ["lost", "lost"]


@pytest.mark.parametrize(
    ("before", "after", "answer"),
    [
        ({"estimate": None}, {"estimate": 12.2}, "gained"),
        ({"estimate": 12.2}, {"estimate": None}, "lost"),
        ({"estimate": 12.2}, {"estimate": 12.3}, ""),
        ({"estimate": None, "conf_low": 7.0}, {"estimate": None, "conf_low": 8.0}, ""),
    ],
)
def test_a_median_that_is_reached_in_one_run_only_is_an_answer_gained_or_lost(before, after, answer):
    assert compare_one(before, after, unit="months").answer == answer


def test_a_test_that_is_possible_in_one_run_only_is_an_answer_too():
    assert compare_one({"p_value": None}, {"p_value": 0.3}).answer == "gained"


def test_results_of_one_run_only_appear_or_vanish():
    a, b, c = (record(f"survival/os/{name}", estimate=1.0) for name in "abc")
    found = compare_records([a, b], [b, c])
    assert (found.appeared, found.vanished, found.n_compared) == ((c,), (a,), 1)


def test_results_repeated_by_a_second_route_are_left_out_but_not_their_verdict():
    again = record("survival/self_check/os/median/count", estimate=1.0)
    verdict = record("survival/self_check/agreeing", estimate=9.0)
    found = compare_records([again, verdict], [dict(again, estimate=2.0), dict(verdict, estimate=8.0)])
    assert [move.id for move in found.moved] == ["survival/self_check/agreeing"]
    assert found.n_second_route == 2


def test_methods_that_differ_are_counted_by_pair_also_where_no_number_moved():
    before = [record(f"survival/os/{name}", method="log-log") for name in "abc"]
    after = [dict(one, method="plain") for one in before[:2]] + before[2:]
    found = compare_records(before, after)
    assert found.methods == {("log-log", "plain"): 2}
    assert found.moved == ()


def test_what_has_an_interval_is_ordered_by_its_shift_before_what_has_none():
    far = compare_one({"estimate": 1.0, "conf_low": 0.5, "conf_high": 1.5}, {"estimate": 2.0}, unit="months")
    near = compare_one({"estimate": 1.0, "conf_low": 0.5, "conf_high": 1.5}, {"estimate": 1.1}, unit="months")
    limits = compare_one({"estimate": 1.0, "conf_low": 0.5, "conf_high": 1.5}, {"estimate": 1.0, "conf_low": 0.4})
    test = compare_one({"p_value": 0.5}, {"p_value": 0.005})
    count = compare_one({"estimate": 9.0}, {"estimate": 10.0})
    assert sorted([count, test, limits, near, far], key=lambda move: move.size, reverse=True) == [
        far,
        near,
        limits,
        test,
        count,
    ]
