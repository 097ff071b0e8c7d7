"""The form "Rerun with other parameters": its fields, made from the declarations of the parameters.

The page's script reads what is typed by the same rules as `declaration.Parameter.check` and composes the command and
the YAML file that `assignments` reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cartcohort.parameters import CONVENTIONS, PARAMETERS, REDACTED, Parameter
from cartcohort.render.request import STUDY

_INPUT_MODES = {"number": "decimal", "whole number": "numeric"}


@dataclass(frozen=True)
class Field:
    """A parameter to type in.

    Attributes
    ----------
    parameter : Parameter
    value, default : str
        What the page was made with and what the notebook takes by itself, as they are typed; empty is nothing.
    is_redacted : bool
        Whether the page does not tell what it was made with.
    """

    parameter: Parameter
    value: str
    default: str
    is_redacted: bool = False

    @property
    def control(self) -> str:
        """Return what it is typed into: "select", "date" or "text"."""
        if self.parameter.choices and not self.parameter.many:
            return "select"
        return "date" if self.parameter.kind == "date" and not self.parameter.many else "text"

    @property
    def input_mode(self) -> str:
        """Return the keyboard that a phone offers."""
        return "text" if self.parameter.many else _INPUT_MODES.get(self.parameter.kind, "text")

    @property
    def is_optional(self) -> bool:
        """Tell whether it may be left empty."""
        return self.parameter.default is None

    @property
    def options(self) -> tuple[str, ...]:
        """Return what there is to choose from, nothing first where that is allowed."""
        return (("",) if self.is_optional else ()) + self.parameter.choices

    @property
    def help(self) -> str:
        """Explain the parameter to somebody who fills in a form, where None is an empty field."""
        allowed = "" if self.control == "select" else self.parameter.allowed
        redacted = "redacted here: type the value in" if self.is_redacted else ""
        words = [self.parameter.help.replace("None", "empty"), allowed, redacted]
        return "; ".join(filter(None, words)) + (f". Default: {self.default}" if self.default else "")


@dataclass(frozen=True)
class Form:
    """What a page needs to offer another run.

    Attributes
    ----------
    study : str
        Where the study is taken to lie.
    section : str
        Name of the page's section.
    fields : tuple of Field
        The parameters that the section reads, in the order of their declaration.
    """

    study: str
    section: str
    fields: tuple[Field, ...]

    @property
    def conventions(self) -> str:
        """Return what each convention sets, as JSON, for the check that nothing typed contradicts it."""
        return json.dumps(CONVENTIONS)


def make_form(*, study: str, section: str, values: Mapping[str, Any], defaults: Mapping[str, Any]) -> Form:
    """Return the form of a page.

    Parameters
    ----------
    study, section : str
    values : mapping of str to object
        Parameters that the page was made with.
    defaults : mapping of str to object
        Those that its notebook takes by itself.
    """
    fields = [
        _make_field(parameter, values[name], defaults[name])
        for name, parameter in PARAMETERS.items()
        if name in values and name != STUDY
    ]
    return Form("" if study == REDACTED else study, section, tuple(fields))


def _make_field(parameter: Parameter, value: Any, default: Any) -> Field:
    redacted = value == REDACTED
    return Field(parameter, "" if redacted else as_typed(value), as_typed(default), redacted)


def as_typed(value: Any) -> str:
    """Return a value as it is typed: nothing as an empty field, a list with commas."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(map(_as_member, value))
    return value if isinstance(value, str) else json.dumps(value)


def _as_member(value: Any) -> str:
    text = as_typed(value)
    ambiguous = "," in text or text.startswith('"') or text != text.strip()
    return json.dumps(text, ensure_ascii=False) if ambiguous else text
