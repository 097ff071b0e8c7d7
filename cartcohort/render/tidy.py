"""Making an executed notebook say the same on every run and on every machine.

Times, durations, process numbers, memory addresses, and the folders of the machine have no place in a report: equal
inputs must give equal bytes, and a report must not tell where or by whom it was made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from cartcohort.render.hide import hide_folders, hide_machine

_VOLATILE = ("papermill", "execution")
_TEXTUAL = re.compile(r"text/|image/svg|application/(.+\+)?json")
_OVERWRITTEN = re.compile(r"^.*\r(?=[^\n])", re.MULTILINE)


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
        output.text = hide_machine(output.text, folders)
    elif output.output_type == "error":
        output.evalue = hide_machine(output.evalue, folders)
        output.traceback = [hide_machine(line, folders) for line in output.traceback]
    else:
        for kind, content in output.data.items():
            if _TEXTUAL.match(kind):
                hide = hide_machine if kind == "text/plain" else hide_folders
                output.data[kind] = _map_texts(content, lambda text, hide=hide: hide(text, folders))


def _map_texts(content: Any, change: Callable[[str], str]) -> Any:
    """Return what an output holds with each text in it changed; content in JSON is made of lists and mappings."""
    if isinstance(content, str):
        return change(content)
    if isinstance(content, list):
        return [_map_texts(one, change) for one in content]
    if isinstance(content, dict):
        return type(content)((name, _map_texts(one, change)) for name, one in content.items())
    return content
