"""Parameter values as a user writes them: `-p name=value`, and a YAML file of many.

A value is a number, a text, nothing (`None`, `null`, `~`), or a list of these in brackets. Numbers are what anyone
takes for numbers, all else is text (YAML alone takes `1e3` for a text, `010` for eight and `no` for false).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from cartcohort.errors import ParameterError, Problem
from cartcohort.yaml_text import TextLoader

_NOTHING = ("", "~", "null", "Null", "NULL", "none", "None", "NONE")
_WHOLE = re.compile(r"[-+]?[0-9]{1,300}")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_BRACKETS = ("[", "{")


def read_parameter_values(file: str | None, assignments: Sequence[str]) -> dict[str, Any]:
    """Return parameter values by name.

    Parameters
    ----------
    file : str or None
        Path of a YAML file of parameters.
    assignments : sequence of str
        Such as "conf_level=0.9"; they replace values of the file, and the last of one name counts.

    Raises
    ------
    ParameterError
        With every assignment that cannot be read, or if the file cannot be read.
    """
    values = {} if file is None else read_names(file, "parameter")
    problems = []
    for assignment in assignments:
        name, sign, text = assignment.partition("=")
        try:
            if not sign or not name.strip():
                raise ParameterError(Problem("A parameter is given as name=value.", f"-p {assignment}", _EXAMPLE))
            values[name.strip()] = _read_value(text, f"-p {assignment}")
        except ParameterError as error:
            problems += error.problems
    if problems:
        raise ParameterError(problems)
    return values


_EXAMPLE = "Such as: -p conf_level=0.9"


class _Loader(TextLoader):
    """Reads plain scalars as the module says; quoted ones are text."""

    def construct_scalar(self, node: yaml.ScalarNode) -> Any:
        """Return the value of a scalar."""
        text = super().construct_scalar(node)
        return _read_plain(text) if node.style is None else text


def _read_plain(text: str) -> Any:
    if text in _NOTHING:
        return None
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def _read_value(text: str, where: str) -> Any:
    """Return the value of an assignment: as it stands, unless it is in quotation marks or brackets."""
    text = text.strip()
    if not text.isprintable():
        remedy = "Type it anew, on one line."
        raise ParameterError(Problem("The value holds an invisible character.", repr(where), remedy))
    if not text.startswith(("'", '"', *_BRACKETS)):
        return _read_plain(text)
    try:
        return yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, RecursionError):
        if not text.startswith(_BRACKETS):
            return text  # such as 'high' == tumor_burden
        remedy = "Write [a, b], with a text that holds a comma or bracket in quotation marks."
        raise ParameterError(Problem("The list cannot be read.", where, remedy)) from None


def read_names(file: str, kind: str) -> dict[str, Any]:
    """Return the names and values of a YAML file, read as the module says.

    Parameters
    ----------
    file : str
        Path of the file.
    kind : str
        What kind of file it is ("parameter"), for messages.

    Raises
    ------
    ParameterError
        If the file cannot be read, or holds anything but names with values.
    """
    try:
        content = yaml.load(Path(file).read_text(encoding="utf-8-sig"), Loader=_Loader)
    except FileNotFoundError:
        raise ParameterError(Problem(f"There is no such {kind} file.", file)) from None
    except UnicodeDecodeError:
        raise ParameterError(Problem("The file is not encoded in UTF-8.", file, "Save it as UTF-8.")) from None
    except OSError as error:
        raise ParameterError(Problem(f"The {kind} file cannot be read.", f"{file}: {error.strerror}.")) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ParameterError(_yaml_problem(error, file, kind)) from None
    if content is None:
        return {}
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        remedy = "Write a line for each, such as `conf_level: 0.9`."
        raise ParameterError(Problem(f"A {kind} file holds names with values.", file, remedy))
    return content


def _yaml_problem(error: Exception, file: str, kind: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is nested too deeply"
    where = f"{file}: line {mark.line + 1}" if mark else file
    remedy = "Write a line for each, such as `conf_level: 0.9`, and put a text that holds a colon in quotation marks."
    return Problem(f"The {kind} file is not valid YAML.", where, f"{remedy} The parser says: {said}.")
