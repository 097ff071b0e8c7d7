"""Which sets of patients may be published together: none of them, nor what follows from them, is a small one."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

_CHUNK = 4096


class PublishedSets:
    """Sets of patients whose sizes are published; a block of further ones is let in whole or not at all.

    Parameters
    ----------
    n : int
        Patients of the cohort, a number that is published too.
    k : int
        The least count.
    """

    def __init__(self, *, n: int, k: int) -> None:
        self._n, self._k = n, k
        self._packed = np.zeros((0, (n + 7) // 8), dtype=np.uint8)
        self._shared = np.zeros((0, 0), dtype=np.int64)  # patients that each two sets have in common

    def admit(self, sets: Sequence[np.ndarray]) -> bool:
        """Let in these sets, masks of shape (n,), if they are safe beside each other and beside those let in before.

        They are if whatever set follows by adding and subtracting up to three of them, and everybody, has nobody or
        at least k.
        """
        before = self._packed, self._shared
        for mask in sets:
            if not self._admit_one(np.packbits(np.asarray(mask, dtype=bool))):
                self._packed, self._shared = before
                return False
        return True

    def is_small(self, counts: np.ndarray | Sequence[int]) -> np.ndarray:
        """Tell of each count whether it is of some patients but fewer than k."""
        return (np.asarray(counts) > 0) & (np.asarray(counts) < self._k)

    def _admit_one(self, mask: np.ndarray) -> bool:
        common = _count(self._packed & mask)
        size = int(_count(mask[np.newaxis])[0])
        if np.any(np.diag(self._shared)[common == size] == size):
            return True  # it is one of those let in before
        if self._tells_small(size, common):
            return False
        self._packed = np.vstack([self._packed, mask])
        self._shared = np.block([[self._shared, common[:, np.newaxis]], [common, np.array([size])]])
        return True

    def _tells_small(self, size: int, common: np.ndarray) -> bool:
        """Tell whether a set of `size`, with `common` patients in those let in before, gives a small one away.

        A sum of sets, each taken 1, 0 or -1 times, is a set again if every patient is in it once or not at all, which
        is so exactly if the sum of the squares equals the sum: both follow from the sizes of common parts.
        """
        sizes, shared = np.append(np.diag(self._shared), 0), np.pad(self._shared, (0, 1))  # the last one is empty
        common = np.append(common, 0)
        for of_new, of_one, of_other, of_all in itertools.product((1, -1), (1, -1), (1, -1), (0, 1, -1)):
            beside = of_one * sizes[:, np.newaxis] + of_other * sizes
            total = of_new * size + beside + of_all * self._n
            crossed = of_new * (of_one * common[:, np.newaxis] + of_other * common) + of_one * of_other * shared
            crossed += of_all * (of_new * size + beside)
            squares = size + sizes[:, np.newaxis] + sizes + abs(of_all) * self._n + 2 * crossed
            if np.any((squares == total) & self.is_small(total)):
                return True
        return False


def find_small_combination(sets: Sequence[np.ndarray], *, k: int) -> bool:
    """Tell whether adding and subtracting sets, each once, gives the size of a set of 1 to k - 1 patients.

    Parameters
    ----------
    sets : sequence of ndarray of bool, shape (n,)
        At most ten; the set of everybody is added to them.
    k : int
        The least count.
    """
    if not len(sets):
        return False
    rows = np.vstack([np.ones(len(sets[0]), dtype=bool), *sets])
    patterns, counts = np.unique(rows, axis=1, return_counts=True)
    signs = itertools.product((-1, 0, 1), repeat=len(rows))
    while len(chunk := list(itertools.islice(signs, _CHUNK))):
        members = np.asarray(chunk, dtype=np.int16) @ patterns.astype(np.int16)
        is_set = ((members == 0) | (members == 1)).all(axis=1)
        sizes = members[is_set].astype(np.int64) @ counts
        if np.any((sizes > 0) & (sizes < k)):
            return True
    return False


def _count(packed: np.ndarray) -> np.ndarray:
    return np.bitwise_count(packed).sum(axis=1, dtype=np.int64)
