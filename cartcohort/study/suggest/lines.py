"""Lines of a proposed study.yaml, each with its reason, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cartcohort.study.description import NULLS
from cartcohort.yaml_text import write_plain

_PLAIN = re.compile(r"[\w](?:[\w ./%()+-]*[\w./%()+])?")
_WIDTH = 46


@dataclass(frozen=True)
class Line:
    """A value of study.yaml that is proposed.

    Attributes
    ----------
    value : str, list or mapping of str to str or list
        What it says.
    reason : str
        Why, for a comment.
    live : bool
        Whether it holds; else it is commented out, for the user to decide.
    """

    value: object
    reason: str = ""
    live: bool = True


Tree = dict[str, "Tree | Line"]


def write_tree(tree: Tree, indent: str = "") -> list[str]:
    """Return the lines of a study.yaml; a key without a line that holds is commented out as a whole."""
    lines = []
    for key, item in tree.items():
        if isinstance(item, Line):
            text = f"{indent}{quote(key)}: {_write_value(item.value)}"
            text = text if item.live else f"# {text}"
            reason = f"# {printable(item.reason)}" if item.reason else ""
            if reason and len(text) > _WIDTH:
                lines += [f"{indent}{reason}", text]
            else:
                lines.append(f"{text:<{_WIDTH}}  {reason}".rstrip())
        elif item:
            head = f"{indent}{quote(key)}:"
            lines += [head if has_live(item) else f"# {head}", *write_tree(item, f"{indent}  ")]
    return lines


def has_live(tree: Tree) -> bool:
    """Return whether any line of it holds."""
    return any(item.live if isinstance(item, Line) else has_live(item) for item in tree.values())


def quote(text: str) -> str:
    """Return a text as YAML reads it again, in quotation marks where it needs them."""
    plain = _PLAIN.fullmatch(text) and text not in NULLS and text.isprintable()
    return text if plain else write_plain(text)


def printable(text: str) -> str:
    """Return a text in one line, whatever a file's names hold."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def _write_value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quote(key)}: {_write_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_write_value, value)) + "]"
    return quote(str(value))
