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


def main(how_many: int = 100, seed: int = 7) -> None:
    """Kill that many runs and print what was found; an assertion fails where something was lost."""
    chance, found = random.Random(seed), Counter()
    with tempfile.TemporaryDirectory() as room:
        trials = Trials(Path(room))
        for number in range(1, how_many + 1):
            ending = trials.kill_at_random(chance)
            how = "killed in an exchange" if ending.exchanging else "killed" if ending.killed else "ended before"
            found[how, ending.found] += 1
            print(f"\r{number} of {how_many}", end="", file=sys.stderr, flush=True)
    print(f"\n{how_many} runs, seed {seed}; after each a whole report was found, and the next run made its own:")
    for (how, which), count in sorted(found.items()):
        print(f"  {count:4} {how}: the {which} report")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
