"""What a page says at its foot about where it came from, and how to make it again.

Nothing here knows a clock, a user or a folder of the machine: equal inputs give an equal foot.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import yaml

from cartcohort.parameters import PARAMETERS, REDACTED
from cartcohort.render.form import Form, make_form
from cartcohort.render.notebook import Section
from cartcohort.render.request import STUDY


@dataclass(frozen=True)
class Origin:
    """What a page was made from.

    Attributes
    ----------
    command : str
        The command that makes this page again.
    form : Form
        What another run can be asked for, starting from this one.
    hashes : tuple of (str, str)
        What was read (the notebook, the code, each file of the study) and its SHA-256.
    versions : tuple of (str, str)
        This package, Python and the libraries that the project names.
    """

    command: str
    form: Form
    hashes: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]


def describe_origin(section: Section, inputs: Mapping[str, Any]) -> Origin:
    """Describe what the page of a section was made from.

    Parameters
    ----------
    section : Section
    inputs : mapping
        As `cache.Inputs.describe` returns them.
    """
    study = inputs["parameters"].get(STUDY, "")
    notebook = (f"notebooks/{section.path.name}", inputs["notebook"])
    data = [(f"{study}/{name}" if study else name, digest) for name, digest in inputs["data"].items()]
    values = inputs["parameters"]
    place = _place_study(values)
    return Origin(
        command=_command(section, inputs),
        form=make_form(study=place, section=section.name, values=values, defaults=section.defaults),
        hashes=(notebook, ("cartcohort (all files)", inputs["code"]), *data),
        versions=tuple(inputs["versions"].items()),
    )


def _command(section: Section, inputs: Mapping[str, Any]) -> str:
    values = inputs["parameters"]
    words = ["python", "run_reports.py"]
    if STUDY in values:
        words += ["--study", _place_study(values)]
    words += ["--section", section.name]
    for name, value in values.items():
        if name != STUDY and value != section.defaults[name]:
            words += ["-p", f"{name}={_as_yaml(value)}"]
    epoch = inputs["source_date_epoch"]
    return (f"SOURCE_DATE_EPOCH={shlex.quote(epoch)} " if epoch else "") + shlex.join(words)


def _place_study(values: Mapping[str, Any]) -> str:
    """Return where the study is taken to lie: beside the one that comes with the project."""
    default = PurePosixPath(PARAMETERS[STUDY].default)
    if values.get(STUDY) == REDACTED:
        return REDACTED
    return default.with_name(values.get(STUDY, default.name)).as_posix()


def _as_yaml(value: Any) -> str:
    """Return a value as the command line reads it: text as it is where YAML reads it so, else JSON, which is YAML."""
    try:
        plain = isinstance(value, str) and yaml.safe_load(value) == value
    except yaml.YAMLError:
        plain = False
    return value if plain else json.dumps(value, ensure_ascii=False)
