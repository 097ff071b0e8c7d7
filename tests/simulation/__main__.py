"""The simulation study: `python -m tests.simulation [--replicates 1000] [--seed 1] [--processes 2]`.

Prints the coverage of each interval and the size of each test, as percentages with their Monte Carlo standard errors.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, repeat

import numpy as np

from tests.simulation.enumeration import Cells, enumerate_differences, enumerate_shares, enumerate_tests
from tests.simulation.outcomes import Cell, Interval, PValue, summarise_intervals, summarise_tests
from tests.simulation.replicates import STUDIES
from tests.simulation.report import Rows, list_intervals, list_tests

SIZES = (8, 35, 100, 500)
TEST_SIZES = (35, 100, 500)
_CHUNK = 50
"""Replicates that a process takes at a time; the numbers do not depend on it."""

Found = dict[tuple[str, str], dict[int, list]]


def simulate(replicates: int, *, seed: int, processes: int) -> tuple[Rows, Rows]:
    """Return the rows of intervals and those of tests, what -> patients -> cell."""
    jobs = [
        (study, n, range(start, min(start + _CHUNK, replicates)))
        for study in range(len(STUDIES))
        for n in STUDIES[study].sizes
        for start in range(0, replicates, _CHUNK)
    ]
    intervals, tests = _group(), _group()
    with ProcessPoolExecutor(processes) as pool:
        for (_, n, _), outcomes in zip(jobs, pool.map(run, jobs, repeat(seed)), strict=True):
            for one in outcomes:
                (intervals if isinstance(one, Interval) else tests)[one.what, one.method][n].append(one)
    return _summarise(intervals, summarise_intervals), _summarise(tests, summarise_tests)


def run(job: tuple[int, int, range], seed: int) -> list[Interval | PValue]:
    """Return the outcomes of some replicates of one study; each replicate has a generator of its own."""
    number, n, replicates = job
    generators = (np.random.default_rng([seed, number, n, replicate]) for replicate in replicates)
    return [one for generator in generators for one in STUDIES[number].replicate(generator, n)]


def _group() -> Found:
    return defaultdict(lambda: defaultdict(list))


def _summarise(found: Found, summarise: Callable[[Sequence], Cell]) -> Rows:
    return {key: {n: summarise(outcomes) for n, outcomes in by_size.items()} for key, by_size in found.items()}


def _arrange(*enumerated: Cells) -> Rows:
    rows = defaultdict(dict)
    for what, method, n, cell in chain(*enumerated):
        rows[what, method][n] = cell
    return rows


def main() -> None:
    """Read the arguments and print the tables."""
    parser = argparse.ArgumentParser(description="Simulate the coverage of intervals and the size of tests.")
    parser.add_argument("--replicates", type=int, default=1000, help="simulated cohorts of each size")
    parser.add_argument("--seed", type=int, default=1, help="seed of all of them")
    parser.add_argument("--processes", type=int, default=2, help="at a time")
    arguments = parser.parse_args()
    intervals, tests = simulate(arguments.replicates, seed=arguments.seed, processes=arguments.processes)
    intervals |= _arrange(enumerate_shares(SIZES), enumerate_differences(TEST_SIZES))
    tests |= _arrange(enumerate_tests(TEST_SIZES))
    print(f"{arguments.replicates} replicates of each size, seed {arguments.seed}.\n")
    print("\n".join(list_intervals(intervals, SIZES, at=35)), end="\n\n")
    print("\n".join(list_tests(tests, TEST_SIZES, at=35)))


if __name__ == "__main__":
    main()
