"""One section from notebook to finished files: executed, tidied, collected, exported.

This runs in a process of its own, since it imports papermill and nbconvert; the runner does not.
"""

from __future__ import annotations

import errno
import hashlib
import json
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from cartcohort import errors
from cartcohort.errors import CartCohortError
from cartcohort.parameters import KEPT_FOLDER, KEPT_STUDY
from cartcohort.render.collect import ANSWERS, collect, join_records
from cartcohort.render.forking import ForkedKernel
from cartcohort.render.guideline import find_answers
from cartcohort.render.hide import hide_machine
from cartcohort.render.html import export_page, prepare
from cartcohort.render.kernels import KERNEL_NAME, start_kernel, stop_kernel
from cartcohort.render.origin import describe_origin
from cartcohort.render.prose import render_prose
from cartcohort.render.redaction import redact_notebook, refuse_told
from cartcohort.render.tasks import Failure, Task, describe_death
from cartcohort.render.tidy import keep_shown, tidy_notebook

Tell = Callable[[str, Any], None]

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)

_COULD_TELL = {"min_cell_count": "of single patients", "redact": "what is redacted"}

__all__ = ["execute_section", "prepare"]


def execute_section(task: Task, tell: Tell, *, waiting: ForkedKernel | None = None) -> Failure | None:
    """Make the files of one section in `task.staging`.

    Parameters
    ----------
    task : Task
    tell : callable
        Called with ("starting", None) and ("kernel", process number) around the start of the kernel, then with
        ("cell", (cells begun, cells in all)) as the work goes on, and with ("executed", None) when the kernel has
        ended and the page remains to be written.
    waiting : ForkedKernel, optional
        The process that becomes the kernel; by default a new Python is started.

    Returns
    -------
    Failure or None
        What went wrong in the notebook; None where all is well.
    """
    folders = (task.scratch, task.cwd, task.section.path.parent)
    try:
        return _execute_section(task, tell, folders, waiting)
    except Exception as error:  # a defect of ours, which must not take the other sections down
        reason = hide_machine(f"{type(error).__name__}: {error}", folders)
        unwritten = isinstance(error, OSError) and error.errno in _NO_ROOM
        if task.silenced_by and not unwritten:
            return _silent_failure(task)
        return Failure(reason, traceback=hide_machine(traceback.format_exc(), folders), unwritten=unwritten)


def _execute_section(
    task: Task, tell: Tell, folders: tuple[Path, ...], waiting: ForkedKernel | None
) -> Failure | None:
    try:
        content = task.section.path.read_bytes()
    except FileNotFoundError:
        return Failure("The notebook was removed while the suite ran.")
    if task.inputs and hashlib.sha256(content).hexdigest() != task.inputs["notebook"]:
        return Failure("The notebook was changed while the suite ran. Run again.")
    notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
    counter = _Counter(tell, len(notebook.cells))
    tell("starting", None)
    kernel = start_kernel(task.scratch, task.cwd, _kernel_environment(task), waiting=waiting)
    try:
        tell("kernel", kernel.provisioner.pid)
        notebook = _execute_cells(notebook, task, kernel, counter)
    except PapermillExecutionError as error:
        return _failure_of_cell(error, counter.place, folders, task)
    except RuntimeError as error:  # nbclient says so where the kernel is not ready yet when it dies
        if not isinstance(error, DeadKernelError) and run_sync(kernel.is_alive)():
            raise
        return Failure(describe_death(_exit_code(kernel)), counter.place, kernel_died=True)
    finally:
        stop_kernel(kernel)
    tell("executed", None)
    return _finish(task, notebook, folders)


def _finish(task: Task, notebook: NotebookNode, folders: tuple[Path, ...]) -> Failure | None:
    try:
        if task.masked:
            keep_shown(notebook)
        redact_notebook(notebook, task.parameters)
        tidy_notebook(notebook, folders)
        _write_files(task, notebook)
    except CartCohortError as error:
        return Failure(str(error))
    except OSError as error:
        return Failure(error.strerror or str(error), unwritten=True)
    return None


def _kernel_environment(task: Task) -> dict[str, str]:
    kept = "" if task.kept_study is None else str(task.kept_study)
    return {**task.environment, KEPT_STUDY: kept, KEPT_FOLDER: str(task.study)}


class _Counter:
    """Counts the cells begun, as a reader of the notebook would: without the cell that papermill adds."""

    def __init__(self, tell: Tell, total: int) -> None:
        self._tell, self._total, self._begun = tell, total, 0

    def __call__(self, cell: NotebookNode, cell_index: int) -> None:
        self._begun += "injected-parameters" not in cell.metadata.get("tags", ())
        self._tell("cell", (self._begun, self._total))

    @property
    def place(self) -> str:
        """Say which cell is being executed; nothing before the first."""
        return f"cell {self._begun} of {self._total}" if self._begun else ""


def _execute_cells(notebook: NotebookNode, task: Task, kernel: AsyncKernelManager, counter: _Counter) -> NotebookNode:
    return papermill.execute_notebook(
        notebook,
        None,
        parameters=dict(task.parameters),
        kernel_name=KERNEL_NAME,
        language="python",
        progress_bar=False,
        cwd=task.cwd,
        km=kernel,
        autosave_cell_every=0,
        record_timing=False,
        coalesce_streams=False,  # it takes for ever with a long line; `tidy` joins them
        store_widget_state=False,
        iopub_timeout=60,
        on_cell_start=counter,
    )


def _write_files(task: Task, notebook: NotebookNode) -> None:
    prose = render_prose(notebook, question=task.section.question)
    notebook.metadata.setdefault("cartcohort", {})[ANSWERS] = find_answers(notebook, prose.anchors)
    text = nbformat.writes(notebook) + "\n"
    collected = collect(json.loads(text), task.section.name)
    join_records([collected])  # refuses what could not be written later
    origin = describe_origin(task.section, task.inputs) if task.inputs else None
    page = export_page(notebook, section=task.section, collected=collected, prose=prose, origin=origin)
    name = task.section.name
    files = {f"{name}.html": page, f"notebooks/{name}.ipynb": text, **collected.files}
    refuse_told(files, task.parameters)
    for path, content in files.items():
        target = task.staging / path
        target.parent.mkdir(exist_ok=True)  # `staging` itself is not made again, if somebody has removed it
        target.write_text(content, encoding="utf-8", newline="\n")


def _silent_failure(task: Task, place: str = "") -> Failure:
    name = task.silenced_by
    said = f"What was said is left out, since it could tell {_COULD_TELL[name]}"
    return Failure(f"It failed. {said}: run it without {name}, in another folder, to read that.", place)


def _failure_of_cell(error: PapermillExecutionError, place: str, folders: tuple[Path, ...], task: Task) -> Failure:
    kind = getattr(errors, error.ename, None)
    ours = isinstance(kind, type) and issubclass(kind, CartCohortError)
    message = hide_machine(error.evalue, folders)
    if task.silenced_by == "redact" or (task.masked and kind is not errors.ParameterError):
        return _silent_failure(task, place)
    if ours:
        return Failure(message, place)
    reason = f"{error.ename}: {message}".rstrip(": ").splitlines()[0]
    return Failure(reason, place, error.source, hide_machine("\n".join(error.traceback), folders))


def _exit_code(kernel: AsyncKernelManager) -> int | None:
    """Return how the kernel's process ended, as far as this process can tell: a forked one is another's child."""
    process = getattr(kernel.provisioner, "process", None)
    return None if process is None or isinstance(process, ForkedKernel) else process.poll()
