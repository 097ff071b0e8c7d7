"""Running the suite: what is asked for, what is stale, executing that, putting the run together."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cartcohort.render.folder import as_output_error, check_temporary_folder, hold_folder, open_scratch, open_staging
from cartcohort.render.plan import Order, Plan, Request, make_plan, place_order
from cartcohort.render.progress import Progress, make_progress
from cartcohort.render.tasks import Failure, Outcome, Task
from cartcohort.render.terminal import tell

CheckStudy = Callable[[Path, Mapping[str, Any]], Sequence[str]]


@dataclass(frozen=True)
class Standing:
    """How one selected section stands at the end of a run.

    Attributes
    ----------
    name : str
    reason : str
        Why it was executed, or would be; empty where it was up to date.
    seconds : float or None
        How long that took; None where it was not executed.
    failure : Failure or None
    """

    name: str
    reason: str
    seconds: float | None = None
    failure: Failure | None = None


def run_suite(
    request: Request, *, check_study: CheckStudy | None = None, progress: Progress | None = None
) -> list[Standing]:
    """Make the report that is asked for, executing only what is not up to date.

    Parameters
    ----------
    request : Request
    check_study : callable, optional
        Called with the study's folder and the parameter values given, before any kernel starts; raises one of our
        errors where the study is not fit to be reported, and returns what is to be told about it. Called in another
        process, and only where something has to be executed.
    progress : Progress, optional
        Where to tell how the run gets on; standard error by default.

    Returns
    -------
    list of Standing
        One for each selected section, in order.

    Raises
    ------
    UsageError, ParameterError, StudyDataError, ReportError, OutputError
        Before anything has run, or where the run folder cannot be written. A section that fails raises nothing: its
        standing says so, and the other sections are made.
    """
    order = place_order(request)
    if make_plan(request, order).stale:
        _prepare(request, order, check_study)
    progress = progress or make_progress([section.name for section in order.selected])
    try:
        with hold_folder(request.run_folder, progress.note):
            plan = make_plan(request, order)
            outcomes = _bring_up_to_date(request, order, plan, progress)
    finally:
        progress.close()
    return [_standing(section.name, plan, outcomes) for section in order.selected]


def preview_suite(request: Request) -> list[Standing]:
    """Say what `run_suite` would execute and why, without doing or writing anything."""
    order = place_order(request)
    plan = make_plan(request, order)
    return [_standing(section.name, plan, {}) for section in order.selected]


def _prepare(request: Request, order: Order, check_study: CheckStudy | None) -> None:
    """Check what takes longer to check, before anything is written; the libraries are imported meanwhile."""
    # Imported here and below: a run with nothing to do needs neither processes nor templates.
    from cartcohort.render.workers import call_apart, choose_start, warm_up

    check_temporary_folder()
    start = choose_start(request.kernel_start)
    warm_up(start, dict.fromkeys(name for section in order.selected for name in section.libraries))
    if check_study is not None:
        for line in call_apart(start, check_study, request.study, order.given):
            tell(line)


def _bring_up_to_date(request: Request, order: Order, plan: Plan, progress: Progress) -> dict[str, Outcome]:
    if not plan.stale and not plan.repair:
        return {}
    from cartcohort.render.publish import publish_run
    from cartcohort.render.workers import choose_start, run_tasks

    outcomes = {}
    with open_staging(request.run_folder) as staging:
        if plan.stale:
            for name, reason in plan.stale.items():
                progress.note(f"{name}: to be made, {reason}")
            with open_scratch() as scratch:
                tasks = _make_tasks(request, order, plan, scratch, staging)
                jobs = request.jobs or os.cpu_count() or 1
                start = choose_start(request.kernel_start)
                outcomes = run_tasks(tasks, jobs=jobs, timeout=request.timeout, listener=progress, start=start)
        else:
            progress.note(f"The overview is written again: {plan.repair}.")
        with as_output_error(request.run_folder):
            warnings = publish_run(request, order, plan, outcomes, staging)
        for name, warning in warnings.items():
            progress.note(f"{name}: WARNING: {warning}")
    return outcomes


def _make_tasks(request: Request, order: Order, plan: Plan, scratch: Path, staging: Path) -> list[Task]:
    tasks = []
    for section in order.selected:
        if section.name not in plan.stale:
            continue
        values = order.inputs[section.name].parameters
        changed = {name: value for name, value in values.items() if value != section.defaults[name]}
        task = Task(
            name=section.name,
            section=section,
            parameters=changed,
            study=request.study_folder,
            environment=dict(os.environ),
            scratch=scratch / str(len(tasks)),  # short: the names of Unix sockets are limited
            staging=staging / section.name,
            inputs=order.inputs[section.name].describe(),
        )
        task.scratch.mkdir()
        task.staging.mkdir()
        tasks.append(task)
    return tasks


def _standing(name: str, plan: Plan, outcomes: Mapping[str, Outcome]) -> Standing:
    reason, outcome = plan.stale.get(name, ""), outcomes.get(name)
    return Standing(name, reason) if outcome is None else Standing(name, reason, outcome.seconds, outcome.failure)
