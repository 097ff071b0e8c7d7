"""Which test compares which result of R, and why some have none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import ModuleType

from tests.oracle import (
    test_categorical_oracle,
    test_comparison_oracle,
    test_competing_oracle,
    test_regression_oracle,
    test_survival_oracle,
)
from tests.oracle.reference import DATASETS, Entry, entries_of

MODULES: tuple[ModuleType, ...] = (
    test_survival_oracle,
    test_comparison_oracle,
    test_regression_oracle,
    test_competing_oracle,
    test_categorical_oracle,
)
NOT_COMPARED = {
    pattern: reason for module in MODULES for pattern, reason in getattr(module, "NOT_COMPARED", {}).items()
}


def comparisons() -> Iterator[tuple[Callable[[Entry], None], Entry]]:
    """Yield every test that runs over results of R with each result it is given."""
    for module in MODULES:
        for name, test in vars(module).items():
            if name.startswith("test_") and hasattr(test, "pytestmark"):
                (mark,) = test.pytestmark
                yield from ((test, parameter.values[0]) for parameter in mark.args[1])


def why_not(name: str) -> str | None:
    """Return the reason why the result of that name is not compared, None where it should be."""
    return next((reason for pattern, reason in NOT_COMPARED.items() if re.fullmatch(pattern, name)), None)


def count_compared() -> dict[str, tuple[int, int, list[str]]]:
    """Return, by data set, how many results of R are compared, how many excused, and the names of those forgotten."""
    compared = {entry.name for _, entry in comparisons()}
    counts = {}
    for dataset in DATASETS:
        names = {entry.name for entry in entries_of(dataset)}
        left = names - compared
        forgotten = sorted(name for name in left if why_not(name) is None)
        counts[dataset] = len(names & compared), len(left) - len(forgotten), forgotten
    return counts
