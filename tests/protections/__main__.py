"""Take each protection away and see whether the tests that SECURITY.md names for it notice.

python -m tests.protections [--jobs 2] [WORD ...]

Words restrict to the promises whose section, text or tests hold one of them, in whatever case.
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


def main(words: Sequence[str], jobs: int) -> int:
    """Try everything, print what was found and return the exit code: 1 where something is not shown."""
    everything = read_promises()
    promises = choose(everything, words)
    wanted = {test for promise in promises for test in promise.tests}
    trials = [(one, [test for test in named if test in wanted]) for one, named in resolve(REMOVALS, everything)]
    trials = [(removal, tests) for removal, tests in trials if tests]
    with open_copies(jobs) as copies:
        free: queue.SimpleQueue[Copy] = queue.SimpleQueue()
        for copy in copies:
            free.put(copy)

        def try_one(removal: Removal | None, tests: Sequence[str]) -> list[Row]:
            copy, begun = free.get(), time.monotonic()
            try:
                found = copy.try_tests(tests) if removal is None else copy.try_removal(removal, tests)
            finally:
                free.put(copy)
            rows = [Row(test, removal, finding) for test, finding in found.items()]
            for row in rows:
                print(f"{time.monotonic() - begun:4.0f} s  {row.tell()}", file=sys.stderr, flush=True)
            return rows

        with ThreadPoolExecutor(jobs) as pool:
            begin = [(None, tests) for tests in group(wanted)]
            rows = [row for found in pool.map(lambda one: try_one(*one), [*begin, *trials]) for row in found]
    text, code = describe(promises, rows)
    print(text)
    return code


def choose(promises: Iterable[Promise], words: Sequence[str]) -> list[Promise]:
    """Return the promises that a word names; all where there is no word."""
    texts = [(promise, " ".join((promise.section, promise.text, *promise.tests)).lower()) for promise in promises]
    return [promise for promise, text in texts if not words or any(word.lower() in text for word in words)]


def resolve(removals: Iterable[Removal], promises: Sequence[Promise]) -> list[tuple[Removal, list[str]]]:
    """Return each removal with the whole names of its tests."""
    return [(removal, [find_test(name, promises) for name in removal.tests]) for removal in removals]


def group(tests: Iterable[str]) -> list[list[str]]:
    """Return tests by their folder, as those of some folders share a costly beginning."""
    folders: dict[str, list[str]] = {}
    for test in sorted(tests):
        folders.setdefault(test.rpartition("/")[0], []).append(test)
    return [*folders.values()]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.protections", description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", metavar="WORD", help="part of a promise, of its section or of a test")
    parser.add_argument("--jobs", type=int, default=1, help="how many to try at once")
    options = parser.parse_args()
    sys.exit(main(options.words, options.jobs))
