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

    def planned(self, name: str, reason: str) -> None:
        """Say that a section will be executed, and why."""

    def started(self, name: str) -> None:
        """Say that a section is being executed."""

    def advanced(self, name: str, begun: int, total: int) -> None:
        """Say that a section has begun another of its cells."""

    def ended(self, name: str, outcome: Outcome) -> None:
        """Say that a section is done, or has failed."""

    def close(self) -> None:
        """Leave the terminal in order."""


def make_progress(names: Sequence[str], stream: TextIO | None = None) -> Progress:
    """Return bars for the sections where the stream is a terminal, one for all if they are many, else plain lines.

    Parameters
    ----------
    names : sequence of str
        The sections, in the order of their bars.
    stream : text file, optional
        Where to write; standard error by default.
    """
    stream = sys.stderr if stream is None else stream
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        return Lines(stream)
    return Bars(names, stream) if len(names) <= _MOST_BARS else Tally(stream)


_MOST_BARS = 12


class Lines:
    """A line when a section starts and one when it ends, for log files."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def note(self, line: str) -> None:
        """Say something about the run."""
        tell(line, self._stream)

    def planned(self, name: str, reason: str) -> None:
        """Say why a section will be executed."""
        self.note(_plan(name, reason))

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

    def planned(self, name: str, reason: str) -> None:
        """Say above the bars why a section will be executed."""
        self.note(_plan(name, reason))

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


class Tally:
    """One bar that counts the sections of many runs; those that fail are named above it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._planned = 0
        self._bar = None

    def note(self, line: str) -> None:
        """Write a line above the bar."""
        from tqdm import tqdm

        tqdm.write(make_printable(line), file=self._stream)

    def planned(self, name: str, reason: str) -> None:
        """Count a section, without a line of its own: there would be too many."""
        self._planned += 1

    def started(self, name: str) -> None:
        """Show the bar."""
        from tqdm import tqdm

        if self._bar is None:
            tqdm.monitor_interval = 0  # its thread would make forking unsafe
            form = "{bar:30} {n_fmt} of {total_fmt} sections {elapsed}"
            self._bar = tqdm(total=self._planned, bar_format=form, file=self._stream)

    def advanced(self, name: str, begun: int, total: int) -> None:
        """Say nothing: sections are counted, not cells."""

    def ended(self, name: str, outcome: Outcome) -> None:
        """Move the bar, and say so where a section failed."""
        if outcome.failure is not None:
            self.note(f"{name}: {_result(outcome)}")
        self._bar.update()

    def close(self) -> None:
        """Leave the cursor below the bar."""
        if self._bar is not None:
            self._bar.close()


def _plan(name: str, reason: str) -> str:
    return f"{name}: to be made, {reason}"


def _result(outcome: Outcome) -> str:
    if outcome.failure is None:
        return f"done in {outcome.seconds:.1f} s"
    return f"failed after {outcome.seconds:.1f} s: {outcome.failure.told}"
