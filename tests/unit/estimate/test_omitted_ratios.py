"""Hazard ratios with each patient left out, beside a Cox model fitted without each."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartcohort.errors import EstimationError
from cartcohort.estimate import omitted_ratios, regression

# One event of a among 2 a and 2 b at risk, then one of b among 1 a and 2 b, then censorings.
TIME, EVENT, GROUP = [1.0, 2.0, 3.0, 4.0], [True, True, False, False], list("abab")


def test_the_ratio_by_hand():
    # With r = exp(beta) the likelihood is 2/(2 + 2r) * r/(1 + 2r): its log has the derivative 0 at 2 r^2 = 1.
    found = omitted_ratios.omit_each(TIME, EVENT, GROUP)
    assert (found.levels, found.reference) == (("b",), "a")
    assert np.exp(found.log_ratio[0]) == pytest.approx(np.sqrt(0.5), rel=1e-9)
    # Without the last b: r/(1 + r)/(2 + r), with the derivative 0 at r^2 = 2.
    assert np.exp(found.without[3, 0]) == pytest.approx(np.sqrt(2), rel=1e-9)
    # Without the only event of a, or of b, there is no finite ratio.
    assert found.without[0, 0] == np.inf and found.without[1, 0] == -np.inf


def test_the_record_names_the_patients_and_has_no_limit_where_a_ratio_is_infinite():
    result = omitted_ratios.omit_each(TIME, EVENT, GROUP).result("b", patients=["A", "B", "C", "D"])
    assert (result.conf_low, result.conf_high, result.conf_level) == (None, None, None)
    assert result.estimate == pytest.approx(np.sqrt(0.5)) and (result.n, result.n_event) == (4, 2)
    assert result.note == ("no finite ratio (separation) without A; no finite ratio (separation) without B or C")
    assert result.label == "b vs a"


rows = st.tuples(st.integers(1, 7), st.booleans(), st.sampled_from(["a", "b", "c", None]))


@given(st.lists(rows, min_size=4, max_size=16), st.sampled_from(["efron", "breslow"]))
@settings(max_examples=60)
def test_every_ratio_is_that_of_a_cox_model_without_the_row(cohort, ties):
    time, event, group = zip(*cohort, strict=True)
    time, event = np.array(time, dtype=float), np.array(event)
    covariate = pd.DataFrame({"g": pd.Categorical(group, categories=["a", "b", "c"])})
    found = omitted_ratios.omit_each(time, event, covariate["g"], ties=ties)
    present = [level for level in "abc" if level in group]
    for row in np.flatnonzero(covariate["g"].notna()):
        kept = np.arange(len(time)) != row
        left = covariate[kept].reset_index(drop=True)
        levels_left = set(left["g"].dropna())
        if found.note or levels_left != set(present) or len(present) < 2:
            continue
        fit = regression.fit_cox(time[kept], event[kept], left, ties=ties)
        for at, level in enumerate(found.levels):
            coefficient = fit.coefficient[fit.terms.index(f"g/{level}")]
            if not fit.separated.any() and np.isfinite(coefficient):
                assert found.without[row, at] == pytest.approx(coefficient, rel=1e-6, abs=1e-6)
            else:
                assert not np.isfinite(found.without[row, at])


def test_blocks_do_not_change_the_ratios(monkeypatch):
    generator = np.random.default_rng(2)
    data = generator.integers(1, 20, 40), generator.random(40) < 0.6, generator.integers(0, 3, 40)
    whole = omitted_ratios.omit_each(*data).without
    monkeypatch.setattr(omitted_ratios, "_CELLS", 100)
    np.testing.assert_array_equal(omitted_ratios.omit_each(*data).without, whole)


@pytest.mark.parametrize(
    ("time", "event", "group", "note"),
    [
        ([], [], [], "not estimable: fewer than two groups"),
        ([1, 2], [1, 1], ["a", "a"], "not estimable: fewer than two groups"),
        ([1, 2], [0, 0], ["a", "b"], "not estimable: no events"),
    ],
)
def test_what_is_no_comparison_has_a_note(time, event, group, note):
    found = omitted_ratios.omit_each(time, event, group)
    assert found.note == note and np.isnan(found.without).all()
    for level in found.levels:
        assert found.result(level).note == note


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("k", [2, 3])
def test_of_many_patients_a_step_finds_who_moves_the_ratio_most(monkeypatch, ties, k):
    generator = np.random.default_rng(k)
    group = generator.integers(0, k, 500)
    time, event = np.ceil(generator.exponential(20 / (1 + group))), generator.random(500) < 0.7
    fitted = omitted_ratios.omit_each(time, event, group, ties=ties)
    monkeypatch.setattr(omitted_ratios, "_MOST_FITTED", 0)
    stepped = omitted_ratios.omit_each(time, event, group, ties=ties)
    # A step errs by a hundredth of what it finds.
    largest = np.abs(fitted.without - fitted.log_ratio).max()
    assert np.abs(stepped.without - fitted.without).max() < 0.01 * largest
    for level in fitted.levels:
        one, other = (found.result(level) for found in (stepped, fitted))
        assert (one.conf_low, one.conf_high, one.note) == (other.conf_low, other.conf_high, other.note)
        assert one.method.endswith("found by one step of Newton's method and fitted again")


def test_many_patients_with_a_group_without_events_have_no_ratio(monkeypatch):
    monkeypatch.setattr(omitted_ratios, "_MOST_FITTED", 0)
    found = omitted_ratios.omit_each(range(1, 9), [True, False] * 4, ["a", "b"] * 4).result("b")
    assert (found.estimate, found.note) == (None, "not estimable: separation, or a group never at risk")


def test_separation_of_all_patients_is_said():
    result = omitted_ratios.omit_each([1, 2, 3, 4], [1, 1, 0, 0], list("aabb")).result("b")
    assert result.estimate is None and result.note.startswith("not estimable: separation")


def test_misuse_is_refused():
    with pytest.raises(EstimationError):
        omitted_ratios.omit_each([1, 2], [1, 1], ["a", "b"], ties="exact")
