"""Exports in a batch of runs: checked before anything is executed, made when every report is published."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cartcohort.render.run import Run
from cartcohort.render.tasks import Means


def check_exporters(runs: Sequence[Run]) -> None:
    """Check that what makes the exports of these runs is there, if any have to be made.

    Raises
    ------
    OutputError
        Where a browser or a library is missing.
    """
    kinds = {name.rpartition(".")[2] for run in runs for name in run.list_exports()}
    if kinds:
        from cartcohort.render.exports.make import check_tools  # most runs make none

        check_tools(sorted(kinds))


def export_runs(runs: Sequence[Run], means: Means, note: Callable[[str], None]) -> None:
    """Make the exports of all runs; what goes wrong here does not touch their reports."""
    for run in runs:
        if run.request.exports:
            with run.guard():
                run.export(means.processes, means.timeout, note)
