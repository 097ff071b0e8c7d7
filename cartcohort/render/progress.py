"""Telling how a run gets on: a bar per section on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Protocol, TextIO

from cartcohort.render.tasks import Outcome
from cartcohort.render.terminal import make_printable, tell


class Progress(Protocol):
    """What a run tells while it goes on."""

    def note(self, line: str) -> None:
        """Say something about the run."""

    def started(self, name: str) -> None:
        """Say that a section is being executed."""

    def advanced(self, name: str, begun: int, total: int) -> None:
        """Say that a section has begun another of its cells."""

    def ended(self, name: str, outcome: Outcome) -> None:
        """Say that a section is done, or has failed."""

    def close(self) -> None:
        """Leave the terminal in order."""


def make_progress(names: Sequence[str], stream: TextIO | None = None) -> Progress:
    """Return bars for the sections where the stream is a terminal, plain lines otherwise.

    Parameters
    ----------
    names : sequence of str
        The sections, in the order of their bars.
    stream : text file, optional
        Where to write; standard error by default.
    """
    stream = sys.stderr if stream is None else stream
    can_draw = stream.isatty() and os.environ.get("TERM") != "dumb"
    return Bars(names, stream) if can_draw else Lines(stream)


class Lines:
    """A line when a section starts and one when it ends, for log files."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def note(self, line: str) -> None:
        """Say something about the run."""
        tell(line, self._stream)

    def started(self, name: str) -> None:
        """Say that a section is being executed."""
        self.note(f"{name}: running")

    def advanced(self, name: str, begun: int, total: int) -> None:
        """Say nothing: a line a cell would be too much."""

    def ended(self, name: str, outcome: Outcome) -> None:
        """Say that a section is done, or has failed."""
        self.note(f"{name}: {_result(outcome)}")

    def close(self) -> None:
        """Do nothing: lines leave the terminal in order."""


class Bars:
    """A bar for each section, counting its cells."""

    def __init__(self, names: Sequence[str], stream: TextIO) -> None:
        self._names = list(names)
        self._stream = stream
        self._bars = {}

    def note(self, line: str) -> None:
        """Write a line above the bars."""
        from tqdm import tqdm  # here and below, since a run with nothing to do needs no bar

        tqdm.write(make_printable(line), file=self._stream)

    def started(self, name: str) -> None:
        """Show a section's bar."""
        from tqdm import tqdm

        tqdm.monitor_interval = 0  # its thread would make forking unsafe
        width = max(map(len, self._names))
        self._bars[name] = tqdm(
            total=1,
            desc=name.ljust(width),
            position=self._names.index(name),
            bar_format="{desc} {bar:30} {n_fmt}/{total_fmt} cells {elapsed}{postfix}",
            file=self._stream,
            leave=True,
        )

    def advanced(self, name: str, begun: int, total: int) -> None:
        """Move a section's bar: all cells before the one begun are done."""
        bar = self._bars[name]
        bar.total, bar.n = total, max(0, begun - 1)
        bar.refresh()

    def ended(self, name: str, outcome: Outcome) -> None:
        """Fill a section's bar, or say that it failed."""
        bar = self._bars[name]
        if outcome.failure is None:
            bar.n = bar.total
        bar.set_postfix_str("done" if outcome.failure is None else "failed")

    def close(self) -> None:
        """Leave the cursor below the bars."""
        for bar in self._bars.values():
            bar.close()


def _result(outcome: Outcome) -> str:
    if outcome.failure is None:
        return f"done in {outcome.seconds:.1f} s"
    return f"failed after {outcome.seconds:.1f} s: {outcome.failure.headline}"
