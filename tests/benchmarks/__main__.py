"""The speed of the suite, each measure beside what it has to reach.

    python -m tests.benchmarks [--parts ways batch again sizes memory checks] [--sizes 10000 100000 1000000]

Prints Markdown. Run it on a machine with nothing else to do; ratios within one run are what counts.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence

from tests.benchmarks.checks import check, damage, load
from tests.benchmarks.commands import Cost
from tests.benchmarks.measure import describe_machine
from tests.benchmarks.memory import watch_memory
from tests.benchmarks.registry import write_registry
from tests.benchmarks.ways import by_the_shell, by_us, cells_alone, in_one_process, scratch, write_scenarios

_STUDY = "data/car1922"


def print_ways(cores: int, sizes: Sequence[int]) -> None:
    """Five reports of the default study, nothing made before."""
    imports, cells = cells_alone(_STUDY)
    least = (imports + sum(cells.values())) / cores
    _head("Five reports", "wall s", "CPU s", "peak MB of a process", "x the least")
    with scratch() as out:
        shell = by_the_shell(out)
    with scratch() as out:
        one = in_one_process(out)
    ways = {"papermill and nbconvert from the shell": shell, "the same calls in one process": one}
    for jobs in (1, 2, 3):
        with scratch() as out:
            ways[f"run_reports.py --jobs {jobs}"] = by_us(out, "--jobs", str(jobs))
    with scratch() as out:
        ways["run_reports.py --kernel-start spawn"] = by_us(out, "--kernel-start", "spawn")
    for name, found in ways.items():
        _row(name, f"{found.wall:.1f}", f"{found.cpu:.1f}", f"{found.megabytes:.0f}", f"{found.wall / least:.2f}")
    _row(f"the least: (imports {imports:.2f} + cells {sum(cells.values()):.2f}) / {cores} cores", f"{least:.2f}")
    _head("Cells of a section", "CPU s", "to reach")
    for name, seconds in cells.items():
        _row(name, f"{seconds:.2f}", "1.2")
    ours = ways[f"run_reports.py --jobs {min(cores, 3)}"]
    print(
        f"\nThe shell takes {shell.wall / ours.wall:.1f} times as long as run_reports.py on {cores} cores "
        f"(to reach: 6), which takes {ours.wall / least:.2f} times the least (to reach: 1.4)."
    )


def print_batch(cores: int, sizes: Sequence[int]) -> None:
    """Forty reports: eight scenarios."""
    _, cells = cells_alone(_STUDY)
    least = 8 * sum(cells.values()) / cores
    with scratch() as out:
        file = write_scenarios(out / "scenarios.yaml", [0.8 + 0.02 * number for number in range(7)])
        found = by_us(out / "reports", "--scenarios", file)
        again = by_us(out / "reports", "--scenarios", file)
    _head("Forty reports", "wall s", "CPU s", "x cells / cores", "to reach")
    _row("eight scenarios, compared", f"{found.wall:.1f}", f"{found.cpu:.1f}", f"{found.wall / least:.2f}", "1.25")
    _row("the same again", f"{again.wall:.2f}", f"{again.cpu:.2f}")


def print_again(cores: int, sizes: Sequence[int]) -> None:
    """A run with nothing to do, and with one parameter changed."""
    _head("Again", "wall s", "sections made", "to reach")
    with scratch() as out:
        by_us(out)
        for what, arguments in (
            ("nothing changed", []),
            ("one parameter changed", ["-p", "rmst_months=36"]),
            ("one that all read", ["-p", "conf_level=0.9"]),
        ):
            found = by_us(out, *arguments)
            made = found.said.count(": done in")
            _row(what, f"{found.wall:.2f}", str(made), "below 0.7 s" if not arguments else "")


def print_sizes(cores: int, sizes: Sequence[int]) -> None:
    """Simulated registries."""
    _head("Patients", "wall s", "x 35 patients", "peak MB of a process", "largest page kB", "to reach")
    with scratch() as out:
        small = by_us(out)
        _row("35", f"{small.wall:.1f}", "1.0", f"{small.megabytes:.0f}", _largest_page(out), "")
    for size in sizes:
        with scratch() as out:
            write_registry(size, out / "registry", seed=1)
            found = by_us(out / "reports", "--study", str(out / "registry"))
            reach = {100_000: "3 times", 1_000_000: "24 GiB"}.get(size, "")
            page = _largest_page(out / "reports")
            ratio = f"{found.wall / small.wall:.1f}"
            _row(f"{size:,}", f"{found.wall:.1f}", ratio, f"{found.megabytes:.0f}", page, reach)


def print_checks(cores: int, sizes: Sequence[int]) -> None:
    """`check` on simulated registries: sound, with errors in one row of fifty, and with the list of queries."""
    _head("Patients", "rows with a slip", "wall s", "CPU s", "peak MB", "lines of the answer")
    for size in sizes:
        with scratch() as out:
            write_registry(size, out / "registry", seed=1)
            _print_check(f"{size:,}, as a run reads it", 0, load(out / "registry"))
            _print_check(f"{size:,}", 0, check(out / "registry"))
            slips = damage(out / "registry", share=0.02)
            _print_check(f"{size:,}", slips, check(out / "registry"))
            found = check(out / "registry", "--queries", str(out / "queries"))
            _print_check(f"{size:,}, with the list", slips, found)


def _print_check(name: str, slips: int, found: Cost) -> None:
    lines = found.said.count("\n")
    _row(name, f"{slips:,}", f"{found.wall:.1f}", f"{found.cpu:.1f}", f"{found.megabytes:.0f}", str(lines))


def print_memory(cores: int, sizes: Sequence[int]) -> None:
    """A hundred scenarios of one section."""
    _head("A hundred scenarios of one section", "MB of the runner", "MB of all processes")
    with scratch() as out:
        file = write_scenarios(out / "scenarios.yaml", [0.6 + 0.003 * number for number in range(99)])
        for share, runner, together in watch_memory(out / "reports", "--scenarios", file, "--section", "efficacy"):
            _row(f"after {share:.0%} of the time", f"{runner:.0f}", f"{together:.0f}")


PARTS: Mapping[str, Callable[[int, Sequence[int]], None]] = {
    "ways": print_ways,
    "batch": print_batch,
    "again": print_again,
    "sizes": print_sizes,
    "memory": print_memory,
    "checks": print_checks,
}


def _largest_page(folder) -> str:
    return f"{max(path.stat().st_size for path in folder.rglob('*.html')) / 1000:.0f}"


def _head(*titles: str) -> None:
    print("\n| " + " | ".join(titles) + " |\n|---" + "|---:" * (len(titles) - 1) + "|", flush=True)


def _row(*cells: str) -> None:
    print("| " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """Read the arguments and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Time the suite.")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="which tables; default all")
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000, 1_000_000], metavar="N")
    parser.add_argument("--cores", type=int, default=2, help="processors that the runs may use")
    arguments = parser.parse_args()
    print(describe_machine())
    for part in arguments.parts:
        PARTS[part](arguments.cores, arguments.sizes)


if __name__ == "__main__":
    sys.exit(main())
