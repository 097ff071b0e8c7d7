"""What estimators accept."""

import numpy as np
import pandas as pd
import pytest

from cartcohort.errors import EstimationError
from cartcohort.estimate import inputs


def test_nullable_columns_lists_and_whole_numbers_are_accepted():
    time, event = inputs.check_survival(pd.array([1, 2], dtype="Int64"), pd.array([True, False], dtype="boolean"))
    assert time.tolist() == [1.0, 2.0] and event.tolist() == [True, False]
    assert inputs.check_survival([], [])[1].dtype == bool


def test_a_missing_number_is_nan():
    assert np.isnan(inputs.as_floats(pd.array([None, 1], dtype="Int64"))[0])


def test_a_categorical_keeps_its_levels_and_other_values_are_sorted():
    codes, levels = inputs.encode_groups(pd.Categorical(["b", None], categories=["c", "b"]))
    assert codes.tolist() == [1, -1] and levels == ("c", "b")
    assert inputs.encode_groups(["y", "x", "y"])[1] == ("x", "y")


def test_lengths_are_told_without_values():
    with pytest.raises(EstimationError, match="time: 2, group: 1"):
        inputs.require_equal_lengths(time=[1, 2], group=["secret"])
