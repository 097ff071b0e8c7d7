"""Published figures of a study, and whether a computed value agrees with one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal

from cartcohort.errors import Problem, did_you_mean

_FIGURE = re.compile(r"(?P<sign>[<>]?)\s*(?P<number>-?\d+(?:\.\d+)?)\s*(?P<percent>%?)")
_NOT_REACHED = ("NR", "NE")


@dataclass(frozen=True)
class PublishedFigure:
    """A figure as printed in a publication, and the result that it belongs to.

    Attributes
    ----------
    claim : str
        What is claimed, in words.
    result, field : str
        Name of the result ("survival/os/median") and of its field ("estimate", "p_value", "n_event", ...).
    published : str
        The figure with its printed digits: "12.2", "77.1 %", "<0.0001", ">0.99", "27", or "NR" and "NE" for a value
        that has no estimate.
    """

    claim: str
    result: str
    field: str
    published: str

    def __post_init__(self) -> None:
        if self.published not in _NOT_REACHED and not _FIGURE.fullmatch(self.published):
            raise ValueError("is not a figure such as 12.2, 77.1 %, <0.0001 or NR")

    def compare(self, value: float | None) -> bool:
        """Return whether the computed value prints to the published digits, rounded half away from zero.

        Parameters
        ----------
        value : float, int or None
            Computed value; a proportion in [0, 1] where the figure is a percentage; None where not estimable.
        """
        missing = value is None or not math.isfinite(value)
        if missing or self.published in _NOT_REACHED:
            return missing and self.published in _NOT_REACHED
        match = _FIGURE.fullmatch(self.published)
        computed = Decimal(repr(float(value))) * (100 if match["percent"] else 1)
        printed = Decimal(match["number"])
        if match["sign"]:
            return computed < printed if match["sign"] == "<" else computed > printed
        return computed.quantize(printed, rounding=ROUND_HALF_UP) == printed


_FIELDS = tuple(field.name for field in fields(PublishedFigure))


def read_published(entries: object, file: str, problems: list[Problem]) -> tuple[PublishedFigure, ...]:
    """Check the content of a file of published figures.

    Parameters
    ----------
    entries : object
        Content of the YAML file: a list of mappings with the keys claim, result, field, published.
    file : str
        Its name, for messages.
    problems : list of Problem
        What is wrong is appended here.
    """
    if not isinstance(entries, list):
        problems.append(
            Problem("The published figures must be a list.", file, f"Start each with `- {_FIELDS[0]}: ...`.")
        )
        return ()
    figures = [_read_figure(entry, f"{file}: entry {number}", problems) for number, entry in enumerate(entries, 1)]
    return tuple(figure for figure in figures if figure is not None)


def _read_figure(entry: object, where: str, problems: list[Problem]) -> PublishedFigure | None:
    if not isinstance(entry, Mapping):
        problems.append(
            Problem("A published figure must be a mapping.", where, f"Its keys are {', '.join(_FIELDS)}.")
        )
        return None
    wrong = _wrong_keys(entry)
    if wrong:
        problems.append(Problem(wrong, where, f"Its keys are {', '.join(_FIELDS)}, each with a text."))
        return None
    try:
        return PublishedFigure(**{name: entry[name].strip() for name in _FIELDS})
    except ValueError as reason:
        problems.append(
            Problem(f"`published` {reason}.", where, "Write one figure an entry, with its printed digits.")
        )
        return None


def _wrong_keys(entry: Mapping) -> str:
    unknown = [f"There is no key `{key}`.{did_you_mean(key, _FIELDS)}" for key in entry if key not in _FIELDS]
    missing = [f"`{name}` is missing." for name in _FIELDS if not isinstance(entry.get(name), str) or not entry[name]]
    return " ".join(unknown + missing)
