"""Whether two studies are the same to the last bit, and of a study whether it is when a run has kept it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cartcohort.parameters import KEPT_FOLDER, KEPT_STUDY
from cartcohort.study import Study, keep_study
from cartcohort.study.kept import find_kept


def keep_and_find(study: Study, folder: Path) -> Study | None:
    """What a notebook finds of a study that a run has kept."""
    folder.mkdir(exist_ok=True)
    keep_study(study, folder / "kept")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(KEPT_STUDY, str(folder / "kept"))
        environment.setenv(KEPT_FOLDER, str(folder))
        return find_kept(folder)


def assert_same(one: Any, other: Any) -> None:
    """Fail unless two values have the same type, parts and bytes."""
    assert type(one) is type(other)
    if is_dataclass(one):
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, pd.DataFrame):
        _assert_same_table(one, other)
    elif isinstance(one, dict):
        assert_same([*one.items()], [*other.items()])
    elif isinstance(one, tuple | list):
        assert len(one) == len(other)
        for left, right in zip(one, other, strict=True):
            assert_same(left, right)
    else:
        assert one == other
        assert getattr(one, "__dict__", None) == getattr(other, "__dict__", None)  # of a place: its parts


def _assert_same_table(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    for name in one:
        left, right = one[name].array, other[name].array
        assert type(left) is type(right) and left.dtype == right.dtype
        if isinstance(left.dtype, pd.CategoricalDtype):
            assert left.categories.dtype == right.categories.dtype and left.codes.dtype == right.codes.dtype
            assert [*map(type, left.categories)] == [*map(type, right.categories)]
        elif left.dtype == object:
            assert [*map(type, left)] == [*map(type, right)]
        elif isinstance(left.dtype, np.dtype):
            assert left.to_numpy().tobytes() == right.to_numpy().tobytes()
