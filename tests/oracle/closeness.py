"""How close a number must be to R's, and a tally of what was compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class Tally:
    """Values compared so far, and the largest relative difference among them.

    The difference of a value is taken relative to R's, or to `floor` (absolute over relative tolerance) where R's is
    smaller.
    """

    n_values: int = 0
    largest: float = 0.0

    def add(self, found: np.ndarray, expected: np.ndarray, floor: float) -> None:
        """Count the values; pairs of missing ones count, but have no difference."""
        self.n_values += expected.size
        known = np.isfinite(found) & np.isfinite(expected)
        if known.any():
            scale = np.maximum(np.abs(expected[known]), floor)
            self.largest = max(self.largest, float((np.abs(found - expected)[known] / scale).max()))


TALLIES = {"closed form": Tally(), "iterative": Tally()}
"""The tallies of this process, by tolerance."""


class _Near:
    """Equal to whatever lies within the tolerance; missing (None, null, NaN) equals only missing."""

    # So that numpy hands a comparison with an array over.
    __array_ufunc__ = None
    __hash__ = None

    def __init__(self, expected: object, kind: str, *, rel: float, absolute: float) -> None:
        self._expected = np.asarray(expected, dtype=float)
        self._kind, self._rel, self._absolute = kind, rel, absolute

    def __eq__(self, found: object) -> bool:
        found = np.asarray(found, dtype=float)
        if found.shape != self._expected.shape:
            return False
        TALLIES[self._kind].add(found, self._expected, self._absolute / self._rel)
        return np.allclose(found, self._expected, rtol=self._rel, atol=self._absolute, equal_nan=True)

    def __repr__(self) -> str:
        return f"{self._expected.tolist()} within {self._rel:g}"


def exactly(expected: object) -> _Near:
    """Compare closed forms: to 1e-8."""
    return _Near(expected, "closed form", rel=1e-8, absolute=1e-12)


def closely(expected: object) -> _Near:
    """Compare iterative fits: to 1e-6."""
    return _Near(expected, "iterative", rel=1e-6, absolute=1e-9)
