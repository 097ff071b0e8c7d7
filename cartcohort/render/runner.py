"""Running the suite: what is asked for, what is stale, executing that, putting each run together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cartcohort.errors import CartCohortError, OutputError, Problem, StudyDataError
from cartcohort.render.cache import read_surroundings
from cartcohort.render.exports.stage import check_exporters, export_runs
from cartcohort.render.folder import check_temporary_folder, open_scratch, real_path
from cartcohort.render.plan import Request
from cartcohort.render.processes import kill_users
from cartcohort.render.progress import Progress, make_progress
from cartcohort.render.run import Run, Standing
from cartcohort.render.tasks import Means, Outcome, Task
from cartcohort.render.terminal import tell
from cartcohort.rooms import clear_rooms

CheckStudy = Callable[[Path, Sequence[Mapping[str, Any]], Path], Sequence[Sequence[str] | CartCohortError]]


@dataclass(frozen=True)
class Ending:
    """How a run of a batch ended.

    Attributes
    ----------
    request : Request
    standings : sequence of Standing
        One for each selected section, in order; empty where the request was refused.
    error : CartCohortError or None
        Why the run was not made, where it was not.
    exports : sequence of str
        Paths of the exports that were made, or would be.
    unexported : CartCohortError or None
        Which exports could not be made, and why; the report itself is published all the same.
    """

    request: Request
    standings: Sequence[Standing]
    error: CartCohortError | None = None
    exports: Sequence[str] = ()
    unexported: CartCohortError | None = None


def run_batch(
    requests: Sequence[Request],
    *,
    means: Means | None = None,
    check_study: CheckStudy | None = None,
    progress: Progress | None = None,
) -> list[Ending]:
    """Make the reports that are asked for, executing only what is not up to date, over all runs at once.

    Parameters
    ----------
    requests : sequence of Request
        Each with a run folder of its own.
    means : Means, optional
        By default all processors and no limit.
    check_study : callable, optional
        Called once a study, before any kernel starts, with the study's folder, the parameter values of each run of
        it, and a file in which it may keep the study for the notebooks. It raises one of our errors where the study
        is not fit to be reported, and returns for each run what is to be told about it, or the error that forbids
        it. Called in another process, and only where something has to be executed.
    progress : Progress, optional
        Where to tell how the batch gets on; standard error by default.

    Returns
    -------
    list of Ending
        One a request, in order. A section or a run that fails raises nothing, and the others are made.

    Raises
    ------
    ParameterError, OutputError
        What concerns every run: SOURCE_DATE_EPOCH, the folder for temporary files, the cluster, a browser for PDFs.
    """
    runs = _place(requests)
    means = means or Means()
    check_exporters(_sound(runs))
    progress = progress or make_progress([name for run in runs for name in _name_sections(run)])
    clear_rooms(kill_users)
    with ExitStack() as opened:
        opened.callback(progress.close)
        for run in runs:
            opened.callback(run.close)
        if any(run.is_stale for run in runs):
            check_temporary_folder()
            _execute(runs, means, check_study, progress, opened.enter_context(open_scratch()))
        else:
            _take_hold(runs, progress)
        _publish_rest(runs, progress)
        export_runs(_sound(runs), means, progress.note)
    return [Ending(run.request, run.list_standings(), run.error, run.exported, run.unexported) for run in runs]


def run_suite(
    request: Request,
    *,
    means: Means | None = None,
    check_study: CheckStudy | None = None,
    progress: Progress | None = None,
) -> Sequence[Standing]:
    """Make the one report that is asked for, as `run_batch` does; what ends the run is raised."""
    (ending,) = run_batch([request], means=means, check_study=check_study, progress=progress)
    if ending.error is not None:
        raise ending.error
    return ending.standings


def preview_batch(requests: Sequence[Request]) -> list[Ending]:
    """Say what `run_batch` would execute and why, without doing or writing anything."""
    return [Ending(run.request, run.list_standings(), run.error, run.list_exports()) for run in _place(requests)]


def _place(requests: Sequence[Request]) -> list[Run]:
    surroundings = read_surroundings()
    runs = [Run(request) for request in requests]
    for run in runs:
        with run.guard():
            run.place(surroundings)
    return runs


def _name_sections(run: Run) -> list[str]:
    return [run.request.name_task(section.name) for section in run.order.selected] if run.order else []


def _take_hold(runs: Sequence[Run], progress: Progress) -> None:
    """Hold the folders of all runs, in an order in which two batches cannot wait for each other."""
    for run in sorted(_sound(runs), key=lambda run: real_path(run.request.run_folder)):
        with run.guard():
            run.hold(progress.note)


def _sound(runs: Sequence[Run]) -> list[Run]:
    return [run for run in runs if run.error is None]


def _execute(
    runs: Sequence[Run], means: Means, check_study: CheckStudy | None, progress: Progress, scratch: Path
) -> None:
    stale = [run for run in runs if run.is_stale]
    start = _warm_up(stale, means)
    if check_study is not None:
        _check_studies(stale, check_study, scratch)
    _take_hold(runs, progress)
    listener = _Publisher(progress)
    for number, run in enumerate(_sound(runs)):
        with run.guard():
            listener.expect(run, run.make_tasks(scratch / str(number), progress.planned))
    tasks = listener.tasks
    if not tasks:
        return
    if means.scheduler:
        from cartcohort.render.cluster import run_tasks_on_cluster

        run_tasks_on_cluster(tasks, scheduler=means.scheduler, timeout=means.timeout, listener=listener)
    else:
        from cartcohort.render.workers import run_tasks

        run_tasks(tasks, jobs=means.processes, timeout=means.timeout, listener=listener, start=start)


def _warm_up(runs: Sequence[Run], means: Means) -> str:
    """Make ready whoever will execute the sections; returns the way to start processes here."""
    # Imported here and above: a batch with nothing to do needs neither processes nor templates.
    from cartcohort.render import index
    from cartcohort.render.workers import SPAWN, choose_start, warm_up

    if means.scheduler:
        from cartcohort.render.cluster import check_cluster

        check_cluster(means.scheduler)  # before a large study is read
        return SPAWN
    start = choose_start(means.kernel_start)
    sections = [section for run in runs for section in run.order.selected]
    warm_up(start, dict.fromkeys(name for section in sections for name in section.libraries))
    index.prepare()  # the libraries are being imported elsewhere meanwhile
    return start


def _check_studies(runs: Sequence[Run], check_study: CheckStudy, scratch: Path) -> None:
    """Check each study, and that it fits each run of it; what is worth telling is told once."""
    told = {}
    for number, study in enumerate(dict.fromkeys(run.request.study_folder for run in runs)):
        concerned = [run for run in runs if run.request.study_folder == study]
        kept = scratch / f"study-{number}"
        answers = _check_one(concerned, check_study, kept)
        for run, answer in zip(concerned, answers, strict=True):
            with run.guard():
                if isinstance(answer, CartCohortError):
                    raise answer
                told.update(dict.fromkeys(answer))
                run.kept_study = kept
    for line in told:
        tell(line)


def _check_one(runs: Sequence[Run], check_study: CheckStudy, kept: Path) -> Sequence[Sequence[str] | CartCohortError]:
    """Check the study of some runs in another process; returns an answer for each, whatever happens there."""
    from cartcohort.render.apart import call_apart

    study = runs[0].request.study
    try:
        return call_apart(check_study, study, [run.order.given for run in runs], kept)
    except CartCohortError as error:
        return [error] * len(runs)
    except MemoryError:
        how = "there is not enough memory"
    except ChildProcessError as error:
        how = str(error).rstrip(".")
    except OSError as error:
        what = "The study as it was read cannot be kept for the notebooks."
        remedy = "Make room there, or name another folder by the environment variable TMPDIR."
        return [OutputError(Problem(what, f"{kept.parent}: {error.strerror or error}.", remedy))] * len(runs)
    problem = Problem("The study could not be read.", f"{study}: {how}.", "Read it on a machine with more memory.")
    return [StudyDataError(problem)] * len(runs)


def _publish_rest(runs: Sequence[Run], progress: Progress) -> None:
    """Publish the runs that had nothing to execute; those that had are published as their last section ends."""
    for run in _sound(runs):
        if not run.plan.stale:
            with run.guard():
                run.publish(progress.note)


class _Publisher:
    """Passes news on, and publishes each run as soon as the last of its tasks has ended."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._runs: dict[str, Run] = {}
        self.tasks: list[Task] = []

    def expect(self, run: Run, tasks: Mapping[str, Task]) -> None:
        """Wait for the tasks of a run."""
        self.tasks += tasks.values()
        self._runs |= dict.fromkeys(tasks, run)

    def started(self, name: str) -> None:
        """Pass on that a task is being executed."""
        self._progress.started(name)

    def advanced(self, name: str, begun: int, total: int) -> None:
        """Pass on that a task has begun another of its cells."""
        self._progress.advanced(name, begun, total)

    def ended(self, name: str, outcome: Outcome) -> None:
        """Pass on that a task has ended, and publish its run if it was the last one."""
        self._progress.ended(name, outcome)
        run = self._runs[name]
        if run.take(name, outcome):
            with run.guard():
                run.publish(self._progress.note)
