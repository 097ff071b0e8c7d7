"""Kill runs at random moments and check after each that nothing is lost.

python -m tests.kills [HOW_MANY [SEED]]
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.kills.trial import Trials

ENDED = "ended before its moment"


def main(how_many: int = 100, seed: int = 7) -> None:
    """Kill that many runs and print what was found; an assertion fails where something was lost.

    Runs that had ended before their moment came are told besides.
    """
    chance, found = random.Random(seed), Counter()
    with tempfile.TemporaryDirectory() as room:
        trials = Trials(Path(room))
        while (number := sum(count for (how, _), count in found.items() if how != ENDED)) < how_many:
            print(f"\r{number} of {how_many}", end="", file=sys.stderr, flush=True)
            ending = trials.kill_at_random(chance)
            how = "killed in an exchange" if ending.exchanging else "killed" if ending.killed else ENDED
            found[how, ending.found] += 1
    print(f"\nSeed {seed}. After each run a whole report was found, and the next run made its own:")
    for (how, which), count in sorted(found.items()):
        print(f"  {count:4} {how}: the {which} report")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
