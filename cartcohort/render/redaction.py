"""Keeping the values of parameters that `redact` names out of the files of a section.

The manifest, the page's foot and its tables tell parameters through `parameters.hide_redacted`. Here the executed
notebook loses the values that papermill wrote into it, and whatever else would tell one, such as a cell that prints
it, is found and refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from nbformat import NotebookNode
from papermill.translators import translate_parameters

from cartcohort.errors import Problem, ReportError
from cartcohort.parameters import PARAMETERS, hide_redacted, list_redacted
from cartcohort.render.kernels import KERNEL_NAME

_QUOTED = re.compile("[\"']+")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_WORD = re.compile(r"\s*\w*\s*")


def redact_notebook(notebook: NotebookNode, parameters: Mapping[str, Any]) -> None:
    """Write the cell of injected parameters of an executed notebook, in place, as it may be told."""
    if not list_redacted(parameters):
        return
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.source = translate_parameters(KERNEL_NAME, "python", hide_redacted(parameters), "Parameters")


def refuse_told(files: Mapping[str, str], parameters: Mapping[str, Any]) -> None:
    """Refuse files that tell the value of a redacted parameter, however it is quoted and spaced.

    A value that is a single word (the name of a folder, of a column) is not looked for, since it says nothing by
    itself wherever else it stands; nor is the example in the parameter's own explanation.

    Parameters
    ----------
    files : mapping of str to str
        Contents by path.
    parameters : mapping of str to object
        As they were given to the notebook.

    Raises
    ------
    ReportError
        Naming the first file and the parameter.
    """
    for name in list_redacted(parameters):
        value = parameters.get(name)
        if value is None or _WORD.fullmatch(value):
            continue
        sought, explained = _plain(value), _plain(PARAMETERS[name].help)
        for path, content in files.items():
            if sought in _plain(content).replace(explained, ""):
                what = f"{path} would tell the value of `{name}`, which is redacted."
                remedy = "A cell prints it, or the study itself says the same: change that, or do not redact it."
                raise ReportError(Problem(what, remedy=remedy))


def _plain(text: str) -> str:
    """Return text as it reads, without the marks of HTML, JSON and CSV, whatever quotes and blanks it has."""
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), unescape(unescape(text))).replace("\\n", " ")
    return " ".join(_QUOTED.sub("'", text.replace("\\", "")).split())
