"""Derived columns and columns to compare by."""

import numpy as np
import pandas as pd
import pytest

from cartcohort.study.factors import as_factor, derive_age_group, derive_response, derive_tumor_burden, order_levels


def frame(**columns):
    return pd.DataFrame(columns)


def listed(values):
    return [None if pd.isna(value) else value for value in values]


@pytest.mark.parametrize(
    ("blasts", "extramedullary", "burden"),
    [
        (50, "no", "high"),
        (49.9, "no", "low"),
        (0, "yes", "high"),
        (np.nan, "yes", "high"),
        (np.nan, "no", None),
        (np.nan, None, None),
        (90, None, "high"),
        (10, None, None),
    ],
)
def test_tumour_burden_is_high_by_blasts_or_extramedullary_disease(blasts, extramedullary, burden):
    subjects = frame(marrow_blasts_pct=[blasts, 10.0], extramedullary_disease=[extramedullary, "no"])
    derived = derive_tumor_burden(subjects, 50)
    assert listed(derived) == [burden, "low"]
    assert derived.cat.categories.tolist() == ["low", "high"]


def test_a_study_that_records_no_extramedullary_disease_is_judged_by_blasts():
    subjects = frame(marrow_blasts_pct=[10.0, 60.0, np.nan], extramedullary_disease=[None] * 3)
    assert listed(derive_tumor_burden(subjects, 50)) == ["low", "high", None]


def test_age_is_cut_at_the_parameter():
    groups = derive_age_group(frame(age_years=[39.9, 40.0, np.nan, 61.5]), 40)
    assert listed(groups) == ["under 40", "40 and over", None, "40 and over"]
    assert groups.cat.categories.tolist() == ["under 40", "40 and over"]
    assert derive_age_group(frame(age_years=[30.0]), 37.5).tolist() == ["under 37.5"]


def test_response_is_yes_for_any_remission_and_missing_only_where_unknown():
    best = pd.Categorical(["CR", "CRi", "PR", "NR", "NE", None])
    assert listed(derive_response(frame(best_response=best))) == ["yes", "yes", "yes", "no", "no", None]


def test_numbers_with_many_values_are_split_at_the_median():
    factor = as_factor(pd.Series([*range(1, 12), np.nan]))
    assert factor.cat.categories.tolist() == ["at most 6", "above 6"]
    assert listed(factor)[5:7] == ["at most 6", "above 6"] and listed(factor)[-1] is None
    assert as_factor(pd.Series(range(12), dtype="Int64")).cat.categories.tolist() == ["at most 5.5", "above 5.5"]


def test_numbers_with_few_values_are_levels_in_their_order():
    assert as_factor(pd.Series([10.0, 9.0, 9.5, np.nan])).cat.categories.tolist() == ["9", "9.5", "10"]
    assert as_factor(pd.Series([3, 12, 3], dtype="Int64")).cat.categories.tolist() == ["3", "12"]


def test_text_truth_and_dates_become_levels():
    assert as_factor(pd.Series(["b", "a", pd.NA], dtype="string")).cat.categories.tolist() == ["a", "b"]
    assert as_factor(pd.Series([True, False])).tolist() == ["yes", "no"]
    assert as_factor(pd.to_datetime(pd.Series(["2020-02-01"]))).tolist() == ["2020-02-01"]


def test_levels_that_do_not_occur_are_dropped_and_others_keep_the_given_order():
    values = pd.Series(pd.Categorical(["a", "b", "d"], categories=["a", "b", "c", "d"]))
    factor = as_factor(values, ["d", "c", "b"])
    assert factor.cat.categories.tolist() == ["d", "b", "a"]
    assert factor.cat.ordered
    assert order_levels(values, ["c"]).cat.categories.tolist() == ["c", "a", "b", "d"]


def test_a_column_without_any_value_is_a_factor_without_levels():
    for values in (pd.Series([np.nan]), pd.Series([pd.NA], dtype="string"), pd.Series([pd.NA], dtype="Int64")):
        assert as_factor(values).cat.categories.tolist() == []
