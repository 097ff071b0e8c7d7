"""Rebuild the default study: `python -m data.reconstruct [--seed N] [--output FOLDER]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data.reconstruct.adverse import draw_other_events
from data.reconstruct.baseline import draw_baselines
from data.reconstruct.markers import draw_measurements
from data.reconstruct.search import find_cohort
from data.reconstruct.targets import TARGETS
from data.reconstruct.toxicity import draw_second_crs, draw_syndromes
from data.reconstruct.treatment import draw_treatments
from data.reconstruct.verify import find_failures
from data.reconstruct.write import Cohort, write_study

DEFAULT_SEED = 25
DEFAULT_OUTPUT = Path("data/car1922")


def build_cohort(seed: int) -> Cohort:
    """Search for the survival courses, then draw everything around them.

    Parameters
    ----------
    seed : int
        Each part draws from a stream of its own, so that a change to one leaves the others as they are.
    """
    courses = find_cohort(seed)
    streams = [np.random.Generator(np.random.PCG64([seed, part])) for part in range(1, 6)]
    baselines = draw_baselines(streams[0], courses)
    treatments = draw_treatments(streams[1], courses, baselines)
    syndromes = draw_syndromes(streams[2], courses, baselines)
    second_crs = draw_second_crs(streams[2], treatments, syndromes)
    events = [event for row in syndromes for event in (row.crs, row.icans) if event] + second_crs
    again = {event.patient: event for event in second_crs}
    measurements = []
    for i, patient in enumerate(zip(courses, baselines, treatments, syndromes, strict=True)):
        events += draw_other_events(streams[3], i, *patient)
        measurements += draw_measurements(streams[4], i, *patient, again.get(i))
    return Cohort(courses, baselines, treatments, syndromes, events, measurements)


def main(arguments: Sequence[str] | None = None) -> int:
    """Rebuild the study and verify it; return 0, or 1 where a published figure does not come out."""
    parser = argparse.ArgumentParser(prog="python -m data.reconstruct", description=__doc__)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="start of the search (default %(default)s)")
    parser.add_argument("--output", type=Path, default=DEFAULT_OUTPUT, help="folder to write (default %(default)s)")
    options = parser.parse_args(arguments)
    try:
        write_study(build_cohort(options.seed), options.output)
    except RuntimeError as reason:
        print(reason, file=sys.stderr)
        return 1
    failures = find_failures(options.output)
    for line in failures:
        print(line, file=sys.stderr)
    if not failures:
        print(f"{options.output}: all {len(TARGETS)} published figures come out, also from times in 0.1 month.")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
