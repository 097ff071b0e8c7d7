"""Compare the suite with R: every result in `r/*.json`, or studies drawn anew.

python -m tests.oracle                        the results kept in r/: counts and largest differences by file
python -m tests.oracle --unseen 50 --seed 1   draw 50 studies, compute them in R, compare (needs R with cmprsk)
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

SCRIPT = Path(__file__).parent / "r" / "unseen.R"


def main() -> int:
    """Print the comparison; return 1 where a result disagrees or was forgotten."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__.splitlines()[0])
    parser.add_argument("--unseen", type=int, metavar="N", help="draw N studies instead of those kept")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first study drawn (default: 1)")
    asked = parser.parse_args()
    if asked.unseen is None:
        return compare()
    with tempfile.TemporaryDirectory() as folder:
        seeds = f"{asked.seed}:{asked.seed + asked.unseen - 1}"
        subprocess.run(
            ["Rscript", SCRIPT.name, folder, seeds], cwd=SCRIPT.parent, check=True, stdout=subprocess.DEVNULL
        )
        os.environ["ORACLE_FOLDER"] = folder
        return compare()


def compare() -> int:
    """Run every comparison and print what agreed, file by file."""
    # Only now, since the folder is read when they are imported.
    from tests.oracle.closeness import TALLIES
    from tests.oracle.coverage import comparisons, count_compared

    warnings.simplefilter("error")
    wrong: dict[str, str] = {}
    for test, entry in comparisons():
        try:
            test(entry)
        except Exception as error:  # Whatever it is, it is a disagreement to be shown with the others.
            wrong.setdefault(entry.name, f"{test.__name__}: {type(error).__name__} {error}".strip())
    differing = Counter(name.split("/")[0] for name in wrong)
    counts = count_compared()
    print(f"{'results of R':<16}{'agree':>8}{'differ':>8}{'left out':>10}{'forgotten':>11}")
    for dataset, (compared, excused, forgotten) in counts.items():
        print(
            f"{dataset:<16}{compared - differing[dataset]:>8}{differing[dataset]:>8}{excused:>10}{len(forgotten):>11}"
        )
    compared, excused = (sum(count[index] for count in counts.values()) for index in (0, 1))
    print(f"{'all':<16}{compared - len(wrong):>8}{len(wrong):>8}{excused:>10}")
    for kind, tally in TALLIES.items():
        print(f"{kind}: {tally.n_values} values, largest relative difference {tally.largest:.1e}")
    for name, reason in wrong.items():
        print(f"{name}: {reason}")
    return int(bool(wrong) or any(forgotten for *_, forgotten in counts.values()))


if __name__ == "__main__":
    sys.exit(main())
