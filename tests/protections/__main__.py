"""Take each protection away and see whether the tests that SECURITY.md names for it notice.

python -m tests.protections [--jobs 2] [WORD ...]

Words restrict to what holds one of them, in whatever case: the section or text of a promise, the name of a test, or
what is taken away.
"""

from __future__ import annotations

import argparse
import queue
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.protections.promises import Promise, find_test, read_promises
from tests.protections.removal import Removal
from tests.protections.removals import REMOVALS
from tests.protections.report import Row, describe
from tests.protections.trial import Copy, open_copies

Trial = tuple[Removal | None, list[str]]
"""A protection to be taken away, or none, and the tests that must notice, or pass."""


def main(words: Sequence[str], jobs: int) -> int:
    """Try everything, print what was found and return the exit code: 1 where something is not shown."""
    promises = read_promises()
    trials = choose(list_trials(REMOVALS, promises), promises, words)
    as_it_is = [(None, tests) for tests in group({test for _, tests in trials for test in tests})]
    text, code = describe(promises, run([*as_it_is, *trials], jobs), whole=not words)
    print(text)
    return code


def list_trials(removals: Iterable[Removal], promises: Sequence[Promise]) -> list[Trial]:
    """Return each removal with the whole names of its tests."""
    return [(removal, [find_test(name, promises) for name in removal.tests]) for removal in removals]


def choose(trials: Iterable[Trial], promises: Iterable[Promise], words: Sequence[str]) -> list[Trial]:
    """Return the trials that a word names, with the tests that it names; all where there is no word."""
    about = {test: f"{one.section} {one.text} {test}" for one in promises for test in one.tests}

    def is_wanted(removal: Removal, test: str) -> bool:
        text = f"{about[test]} {removal.protection}".lower()
        return not words or any(word.lower() in text for word in words)

    chosen = [(removal, [test for test in tests if is_wanted(removal, test)]) for removal, tests in trials]
    return [(removal, tests) for removal, tests in chosen if tests]


def group(tests: Iterable[str]) -> list[list[str]]:
    """Return tests by their folder, as those of some folders share a costly beginning."""
    folders: dict[str, list[str]] = {}
    for test in sorted(tests):
        folders.setdefault(test.rpartition("/")[0], []).append(test)
    return [*folders.values()]


def run(trials: Sequence[Trial], jobs: int) -> list[Row]:
    """Run trials, so many at once, each in a copy of its own, and tell each as it ends."""
    free: queue.SimpleQueue[Copy] = queue.SimpleQueue()

    def run_one(trial: Trial) -> list[Row]:
        copy, begun = free.get(), time.monotonic()
        try:
            found = copy.try_tests(trial[1]) if trial[0] is None else copy.try_removal(*trial)
        finally:
            free.put(copy)
        rows = [Row(test, trial[0], finding) for test, finding in found.items()]
        for row in rows:
            print(f"{time.monotonic() - begun:4.0f} s  {row.tell()}", file=sys.stderr, flush=True)
        return rows

    with open_copies(jobs) as copies, ThreadPoolExecutor(jobs) as pool:
        for copy in copies:
            free.put(copy)
        return [row for rows in pool.map(run_one, trials) for row in rows]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.protections", description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", metavar="WORD", help="part of a promise, a test, or what is taken away")
    parser.add_argument("--jobs", type=int, default=1, help="how many to try at once")
    options = parser.parse_args()
    sys.exit(main(options.words, options.jobs))
