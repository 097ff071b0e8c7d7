"""One run on its way: checked, planned, its tasks handed out, their outcomes taken in, published."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cartcohort.errors import CartCohortError, OutputError, Problem, StudyDataError
from cartcohort.render.cache import Surroundings
from cartcohort.render.exports.plan import preview_exports, summarise
from cartcohort.render.folder import as_output_error, hold_folder, open_staging
from cartcohort.render.plan import Order, Plan, Request, hash_data, make_plan, place_order
from cartcohort.render.tasks import Failure, Outcome, Task

Note = Callable[[str], None]
_MOST_NAMED = 8


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


class Run:
    """A run of a batch.

    What goes wrong within `guard` ends this run alone: `error` then says what, and the run takes no further part.
    `exported` names the exports that were made, `unexported` says which were not and why; neither ends a run.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.order: Order | None = None
        self.plan: Plan | None = None
        self.error: CartCohortError | None = None
        self.exported: tuple[str, ...] = ()
        self.unexported: OutputError | None = None
        self.kept_study: Path | None = None
        self._tasks: dict[str, Task] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._folders = ExitStack()
        self._staging: Path | None = None

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Keep an error of ours to this run."""
        try:
            yield
        except CartCohortError as error:
            self.error = error
            self.close()

    @property
    def is_stale(self) -> bool:
        """Whether a section has to be executed."""
        return self.error is None and bool(self.plan and self.plan.stale)

    def place(self, surroundings: Surroundings) -> None:
        """Check what is asked for and compare it with what the run folder holds, writing nothing."""
        self.order = place_order(self.request, surroundings)
        self.plan = make_plan(self.request, self.order)

    def hold(self, note: Note) -> None:
        """Take hold of the run folder until the run is closed, waiting for another run to let go of it."""
        self._folders.enter_context(hold_folder(self.request.run_folder, note))
        self.plan = make_plan(self.request, self.order)
        if self.plan.stale or self.plan.repair or self.plan.exports:
            self._staging = self._folders.enter_context(open_staging(self.request.run_folder))

    def make_tasks(self, scratch: Path, planned: Callable[[str, str], None]) -> dict[str, Task]:
        """Return a task, by its name, for each section that is not up to date.

        Parameters
        ----------
        scratch : Path
            Folder of this run alone, in which each task gets a folder.
        planned : callable
            Told the name of each, and why it is to be made.
        """
        for section, reason in self.plan.stale.items():
            name = self.request.name_task(section)
            planned(name, reason)
            self._tasks[name] = self._make_task(name, section, scratch)
        return self._tasks

    def _make_task(self, name: str, section: str, scratch: Path) -> Task:
        found = next(one for one in self.order.selected if one.name == section)
        inputs = self.order.inputs[section]
        task = Task(
            name=name,
            section=found,
            parameters={key: value for key, value in inputs.parameters.items() if value != found.defaults[key]},
            study=self.request.study_folder,
            kept_study=self.kept_study,
            environment=dict(os.environ),
            scratch=scratch / str(len(self._tasks)),  # short: the names of Unix sockets are limited
            staging=self._staging / section,
            inputs=inputs.describe(),
        )
        with as_output_error(self.request.run_folder):
            task.scratch.mkdir(parents=True)
            task.staging.mkdir()
        return task

    def take(self, name: str, outcome: Outcome) -> bool:
        """Take in how a task ended; returns whether it was the last one."""
        task = self._tasks[name]
        self._outcomes[task.section.name] = outcome
        shutil.rmtree(task.scratch, ignore_errors=True)  # a killed kernel may still be letting go of a socket
        return len(self._outcomes) == len(self._tasks)

    def publish(self, note: Note) -> None:
        """Bring the run folder up to date, and let go of it unless exports are to be made."""
        if self.plan.stale or self.plan.repair:
            from cartcohort.render.publish import publish_run  # a run with nothing to do needs no templates

            if self.plan.stale:
                self._check_ending()
            else:
                note(f"The overview is written again: {self.plan.repair}.")
            with as_output_error(self.request.run_folder):
                published = publish_run(self.request, self.order, self.plan, self._outcomes, self._staging)
            for section, warning in published.warnings.items():
                note(f"{self.request.name_task(section)}: WARNING: {warning}")
            self._tell_edited(published.edited, note)
        if not self.request.exports:
            self.close()

    def export(self, jobs: int, seconds: float | None, note: Note) -> None:
        """Make the exports that are asked for, from the report as it was published, and let go of the run folder.

        Parameters
        ----------
        jobs : int
            How many to make at once.
        seconds : float or None
            How long a browser may take over a page; None sets the usual limit.
        note : callable
        """
        plan = replace(make_plan(self.request, self.order), made=frozenset(self._outcomes))
        if plan.exports:
            from cartcohort.render.exports.bring import Wanted
            from cartcohort.render.publish import publish_run

            note(f"{self.request.name_task('exports')}: {summarise(plan.exports)}")
            wanted = Wanted(plan.exports, self.order.maker, jobs, seconds)
            try:
                published = publish_run(self.request, self.order, plan, {}, self._staging, wanted)
                self._tell_edited(published.edited, note)
                self._take_exported(plan.exports, published.failures)
            except OSError as error:
                self._take_exported(plan.exports, dict.fromkeys(plan.exports, error.strerror or str(error)))
            except OutputError as error:
                self.unexported = error
        self.close()

    def _tell_edited(self, names: Iterable[str], note: Note) -> None:
        for name in names:
            note(f"{self.request.name_task(name)}: somebody had edited this export; it is kept under this name.")

    def _take_exported(self, names: Sequence[str], failures: Mapping[str, str]) -> None:
        self.exported = tuple(name for name in names if name not in failures)
        if failures:
            lines = [f"{self.request.run_folder / name}: {reason}." for name, reason in failures.items()]
            more = [f"And {len(lines) - _MOST_NAMED} more."] if len(lines) > _MOST_NAMED else []
            where = "\n".join([*lines[:_MOST_NAMED], *more])
            remedy = "The report is published without. Run again with the same options to have only these made."
            self.unexported = OutputError(Problem("Exports could not be made.", where, remedy))

    def list_exports(self) -> list[str]:
        """Say which exports would be made; of a section that would be executed, its figures are not known yet."""
        if self.plan is None or not self.request.exports:
            return []
        return preview_exports(self.request.exports, self.plan.stale, self.plan.exports)

    def _check_ending(self) -> None:
        """Raise an error where what was executed must not be published."""
        folder = self.request.run_folder
        failures = [outcome.failure for outcome in self._outcomes.values() if outcome.failure]
        for failure in failures:
            if failure.unwritten:
                with as_output_error(folder):
                    raise OSError(None, failure.headline.rstrip("."))
        before = next(iter(self.order.inputs.values())).data
        now = hash_data(self.request)
        changed = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
        if changed:
            what = "The study was changed while its report was made."
            raise StudyDataError(Problem(what, f"{self.request.study}: {', '.join(changed[:5])}.", "Run again."))

    def close(self) -> None:
        """Let go of the run folder, whatever has become of the run."""
        self._folders.close()

    def list_standings(self) -> list[Standing]:
        """Say how each selected section stands, in order; nothing of a run that never got a plan."""
        if self.plan is None:
            return []
        return [self._standing(section.name) for section in self.order.selected]

    def _standing(self, name: str) -> Standing:
        reason, outcome = self.plan.stale.get(name, ""), self._outcomes.get(name)
        if outcome is None:
            return Standing(name, reason)
        return Standing(name, reason, outcome.seconds, outcome.failure)
