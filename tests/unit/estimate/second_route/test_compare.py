"""Two routes side by side: what agrees, what does not, what cannot be told."""

import pytest

from cartcohort.estimate.results import Result
from cartcohort.estimate.second_route.compare import (
    ITERATIVE,
    Recomputed,
    attempt,
    compare_routes,
    relative_difference,
)

MEDIAN = Result(estimate=12.0, conf_low=6.0, n=35, n_event=22, unit="months", label="OS: median")


def found(route="count", **changes):
    known = {"name": "survival/os/median", "kind": "Medians", "method": "Counted", "values": {"estimate": 12.0}}
    return Recomputed(**{**known, "route": route, **changes})


def compare(*recomputed, first=MEDIAN):
    checks = compare_routes({"survival/os/median": first}, recomputed, section="survival")
    return checks, checks.get("survival/self_check/os/median/count")


def test_the_same_value_agrees_and_is_recorded_with_its_difference():
    checks, record = compare(found(values={"estimate": 12.0 * (1 + 1e-12), "n": 35}))
    assert record.note == "agrees to 1e-08 in estimate, n; largest relative difference 1e-12"
    assert (record.estimate, record.n, record.unit) == (12.0 * (1 + 1e-12), 35, "months")
    assert record.label == "Medians: OS: median, by count"
    assert checks["survival/self_check/checked"].estimate == 1
    assert checks["survival/self_check/agreeing"].estimate == 1
    assert checks["survival/self_check/agreeing"].note == "largest relative difference 1e-12"


@pytest.mark.parametrize("field", ["estimate", "conf_low", "n", "n_event"])
def test_a_shift_of_a_hundred_thousandth_is_seen_in_any_field(field):
    value = getattr(MEDIAN, field)
    shifted = value + 1 if field.startswith("n") else value * (1 + 1e-5)
    checks, record = compare(found(values={"estimate": 12.0, field: shifted}, tolerance=ITERATIVE))
    assert record.note.startswith(f"disagrees: {field} is {value!r}, here {shifted!r}; largest relative difference")
    assert checks["survival/self_check/agreeing"].estimate == 0
    assert checks["survival/self_check/agreeing"].n == 1


def test_no_answer_agrees_with_no_answer_and_with_nothing_else():
    assert compare(found(values={"conf_high": None}))[1].note.startswith("agrees")
    _, record = compare(found(values={"conf_high": 24.0}))
    assert record.note == "disagrees: conf_high is null, here 24.0"
    _, record = compare(found(values={"conf_low": None}))
    assert record.note == "disagrees: conf_low is 6.0, here null"
    assert record.n == 35


def test_a_result_that_the_first_route_lacks_is_a_disagreement():
    checks = compare_routes({}, [found()], section="survival")
    assert checks["survival/self_check/os/median/count"].note == "disagrees: the first route has no such result"
    assert checks["survival/self_check/agreeing"].estimate == 0


def test_a_route_that_cannot_tell_counts_for_neither_side():
    silent = found("statsmodels", values={}, unable="there is nobody")
    checks, _ = compare(found(), silent)
    assert checks["survival/self_check/os/median/statsmodels"].note == "not checked: there is nobody"
    assert checks["survival/self_check/checked"].estimate == checks["survival/self_check/agreeing"].estimate == 1
    checks, _ = compare(silent)
    assert checks["survival/self_check/checked"].estimate == 0
    assert checks["survival/self_check/checked"].n == 1


def test_a_result_agrees_only_where_all_its_routes_do():
    checks, _ = compare(found(), found("statsmodels", values={"estimate": 13.0}))
    assert checks["survival/self_check/checked"].estimate == 1
    assert checks["survival/self_check/agreeing"].estimate == 0


def test_a_difference_is_relative_to_the_larger_value_and_absolute_near_zero():
    assert relative_difference(1.0, 2.0) == relative_difference(2.0, 1.0) == 0.5
    assert relative_difference(0.0, 1e-17) == pytest.approx(1e-11)
    assert relative_difference(0.0, 0.0) == relative_difference(None, None) == 0.0
    assert relative_difference(0.0, None) is None


def test_a_library_that_fails_fails_nothing():
    assert attempt(lambda: 1 / 0) == ({}, "the library failed (ZeroDivisionError)")
    assert attempt(lambda: 2.0) == (2.0, "")
