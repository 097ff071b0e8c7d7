"""What passes between the runner and the processes that execute sections."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cartcohort.parameters import is_masked, list_redacted
from cartcohort.render.notebook import Section

_LONGEST = 200


@dataclass(frozen=True)
class Means:
    """By what means tasks are executed.

    Attributes
    ----------
    jobs : int or None
        Tasks executed at once; None takes the number of processors.
    timeout : float or None
        Seconds a task may take; None sets no limit.
    kernel_start : str or None
        "spawn" starts each kernel as a new Python; otherwise kernels are forked where that is safe.
    scheduler : str
        Address of the Dask scheduler whose workers execute the tasks; empty executes them here.
    """

    jobs: int | None = None
    timeout: float | None = None
    kernel_start: str | None = None
    scheduler: str = ""

    @property
    def processes(self) -> int:
        """Return how many processes may work at once."""
        return self.jobs or os.cpu_count() or 1


@dataclass(frozen=True)
class Task:
    """One section to be executed.

    Attributes
    ----------
    name : str
        Tells the task from the others of a batch: the section's name, after the scenario's where there are scenarios.
    section : Section
    parameters : mapping of str to object
        Values to set that differ from the notebook's own.
    study : Path
        The study's folder, absolute. The notebook works in the folder that holds it.
    kept_study : Path or None
        The file, if there is one, in which the run keeps the study as read and checked.
    environment : mapping of str to str
        Environment of the run.
    scratch, staging : Path
        Empty folders: for the kernel's own files, and for what the section leaves.
    inputs : mapping
        What the page will say it was made from (`cache.Inputs.describe`); empty says nothing.
    """

    name: str
    section: Section
    parameters: Mapping[str, Any]
    study: Path
    kept_study: Path | None
    environment: Mapping[str, str]
    scratch: Path
    staging: Path
    inputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def masked(self) -> bool:
        """Whether the section is made for sharing, with small counts withheld."""
        return is_masked({**self.section.defaults, **self.parameters})

    @property
    def silenced_by(self) -> str:
        """Return the parameter for whose sake nothing that the notebook says of a failure is told; empty for none."""
        values = {**self.section.defaults, **self.parameters}
        return "redact" if list_redacted(values) else "min_cell_count" if is_masked(values) else ""

    @property
    def cwd(self) -> Path:
        """Return the working directory of the notebook."""
        return self.study.parent


@dataclass(frozen=True)
class Failure:
    """Why a section could not be made.

    Attributes
    ----------
    reason : str
        The problem in words, more than one line where it is one of our own errors.
    cell : str
        Which cell was being executed ("cell 7 of 20"), where that is known.
    source, traceback : str
        Code of the cell and what Python said, where there is any.
    kernel_died : bool
        Whether the kernel ended by itself.
    unwritten : bool
        Whether the disk is at fault, not the notebook: then the run cannot be put together.
    machines : str
        Addresses of the machines concerned, which are told on the terminal and stand on no page.
    """

    reason: str
    cell: str = ""
    source: str = ""
    traceback: str = ""
    kernel_died: bool = False
    unwritten: bool = False
    machines: str = ""

    @property
    def headline(self) -> str:
        """Return the first line of the reason, cut where it is long, with the cell."""
        first = self.reason.splitlines()[0] if self.reason else "unknown"
        first = first if len(first) <= _LONGEST else f"{first[:_LONGEST]}..."
        return f"{first} ({self.cell})" if self.cell else first

    @property
    def told(self) -> str:
        """Return the headline as it is told on the terminal, with the machines concerned."""
        return f"{self.headline} ({self.machines})" if self.machines else self.headline


@dataclass(frozen=True)
class Outcome:
    """How a task ended: seconds taken, and the failure if there was one."""

    seconds: float
    failure: Failure | None


def describe_death(exit_code: int | None) -> str:
    """Say that the kernel's process ended, and how as far as that is known (negative: by that signal)."""
    if exit_code is None:
        return "The kernel died."
    if exit_code < 0:
        return f"The kernel died, {describe_end(exit_code)}."
    return f"The kernel died with exit code {exit_code}."


def describe_end(exit_code: int) -> str:
    """Say how a process ended (negative: by that signal)."""
    if exit_code < 0:
        return f"ended by signal {-exit_code}{' (often for lack of memory)' if exit_code == -9 else ''}"
    return f"ended with exit code {exit_code}"
