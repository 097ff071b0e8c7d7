"""Making an executed notebook say the same on every run and on every machine.

Times, durations, process numbers, memory addresses, and the folders of the machine have no place in a report: equal
inputs must give equal bytes, and a report must not tell where or by whom it was made.
"""

from __future__ import annotations

import functools
import re
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from nbformat import NotebookNode

from cartcohort.render.cache import PACKAGE

_VOLATILE = ("papermill", "execution")
_CELL_FILE = re.compile(r"(?<!\S)\S*ipykernel_\d+[/\\]\d+\.py")  # from a word's start, or a long one takes for ever
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
_OVERWRITTEN = re.compile(r"^.*\r(?=[^\n])", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def tidy_notebook(notebook: NotebookNode, folders: Iterable[Path]) -> None:
    """Remove from an executed notebook, in place, everything that would differ between equal runs.

    Parameters
    ----------
    notebook : NotebookNode
    folders : iterable of Path
        Folders of this run whose names must not appear in what the cells printed, besides those of Python.
    """
    folders = tuple(folders)
    _drop_volatile(notebook.metadata)
    for number, cell in enumerate(notebook.cells, start=1):
        _drop_volatile(cell.metadata)
        cell["id"] = f"cell-{number}"
        if "outputs" in cell:
            cell.outputs = _join_streams(cell.outputs)
        for output in cell.get("outputs", ()):
            _tidy_output(output, folders)


def keep_shown(notebook: NotebookNode) -> None:
    """Leave of an executed notebook's outputs, in place, those that it handed over: nothing printed, and no value.

    For a run that withholds small counts, where whatever else a cell says could be of single patients.
    """
    for cell in notebook.cells:
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if output.output_type == "display_data"]


def hide_folders(text: str, folders: Iterable[Path]) -> str:
    """Return text without the names of folders, terminal colours, memory addresses and numbers of processes."""
    text = _CELL_FILE.sub("<cell>", _COLOUR.sub("", text))
    for folder in sorted({str(folder) for folder in (*folders, *_machine_folders())}, key=len, reverse=True):
        text = re.sub(re.escape(folder) + r"[/\\]", "", text)
        text = re.sub(re.escape(folder) + r"(?![\w.-])", "...", text)
    return _ADDRESS.sub("0x...", text)


def _drop_volatile(metadata: NotebookNode) -> None:
    for name in _VOLATILE:
        metadata.pop(name, None)


def _join_streams(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Join what a cell printed, which comes in pieces of any size, and leave out what a terminal would overwrite."""
    joined, pieces = [], {}
    for output in outputs:
        if output.output_type != "stream":
            joined.append(output)
        elif output.name in pieces:
            pieces[output.name].append(output.text)
        else:
            pieces[output.name] = [output.text]
            joined.append(output)
    for number, output in enumerate(joined):
        if output.output_type == "stream":
            output.text = _OVERWRITTEN.sub("", "".join(pieces[output.name]))
            if number and joined[number - 1].get("name") == "stderr":  # which of the two comes first is chance
                joined[number - 1 : number + 1] = output, joined[number - 1]
    return joined


def _tidy_output(output: NotebookNode, folders: tuple[Path, ...]) -> None:
    if output.output_type == "stream":
        output.text = hide_folders(output.text, folders)
    elif output.output_type == "error":
        output.evalue = hide_folders(output.evalue, folders)
        output.traceback = [hide_folders(line, folders) for line in output.traceback]
    elif "text/plain" in output.data:
        output.data["text/plain"] = hide_folders(output.data["text/plain"], folders)


@functools.cache
def _machine_folders() -> list[Path]:
    """Return the folders of Python, its libraries, this project and the user."""
    installed = [Path(sysconfig.get_path(name)) for name in ("purelib", "platlib", "stdlib")]
    prefixes = [Path(sys.prefix), Path(sys.base_prefix)]
    named = [*installed, *prefixes, PACKAGE.parent]
    with suppress(RuntimeError):  # in a container a user may have no home
        named.append(Path.home())
    folders = {path for folder in named for path in (folder, folder.resolve())}
    too_general = {Path(folder.anchor) for folder in folders} | {Path("/usr"), Path("/usr/local")}
    return [folder for folder in folders if folder not in too_general]
