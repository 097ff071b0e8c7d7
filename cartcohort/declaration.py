"""How a report parameter is declared, and how a value is checked against its declaration."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cartcohort.errors import did_you_mean


@dataclass(frozen=True)
class Parameter:
    """The declaration of one parameter.

    Attributes
    ----------
    name, help, unit : str
        Name as used everywhere, one line of explanation, unit ("" where there is none).
    kind : str
        "number", "whole number", "text", "date" (ISO, as text); with `many` a list of these.
    default : object
        Value when nothing is said. None means "decided by the study or the method", as `help` tells.
    choices : tuple of str
        Allowed values, empty where anything of the kind is allowed.
    minimum, maximum : float or None
        Inclusive range, also of every member of a list.
    many : bool
        Whether the value is a list.
    """

    name: str
    kind: str
    default: Any
    help: str = field(kw_only=True)
    unit: str = ""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    many: bool = False

    @property
    def type_name(self) -> str:
        """Return the Python annotation used in a notebook's parameter cell."""
        one = {"number": "float", "whole number": "int"}.get(self.kind, "str")
        annotation = f"list[{one}]" if self.many else one
        return f"{annotation} | None" if self.default is None else annotation

    @property
    def allowed(self) -> str:
        """Describe the allowed values in words, empty where any value of the kind will do."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.minimum is not None and self.maximum is not None:
            return f"{self.minimum:g} to {self.maximum:g}"
        if self.minimum is not None:
            return f"at least {self.minimum:g}"
        return ""

    @property
    def source_line(self) -> str:
        """Return the line that declares the parameter in a notebook, `name: type = default  # help, unit`."""
        notes = ", ".join(part for part in (self.help, self.unit, self.allowed) if part)
        return f"{self.name}: {self.type_name} = {self.default!r}  # {notes}"

    def check(self, value: Any) -> Any:
        """Return the value in its canonical form; raise ValueError with the reason where it is not allowed."""
        if value is None:
            if self.default is None:
                return None
            raise ValueError(f"must be {self.expected}.")
        if not self.many:
            return self._check_one(value)
        if isinstance(value, str) or not isinstance(value, Sequence):
            value = [value]
        members = [self._check_one(member) for member in value]
        if not members:
            raise ValueError("must name at least one value.")
        if len(set(members)) < len(members):
            raise ValueError("must not name a value twice.")
        return members

    def _check_one(self, value: Any) -> Any:
        try:
            value = _CONVERTERS[self.kind](value)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"must be {self.expected}.") from None
        too_low = self.minimum is not None and value < self.minimum
        too_high = self.maximum is not None and value > self.maximum
        if too_low or too_high:
            raise ValueError(f"must be {self.expected}.")
        if self.choices and value not in self.choices:
            raise ValueError(f"must be {self.allowed}.{did_you_mean(value, self.choices)}")
        return value

    @property
    def expected(self) -> str:
        """Describe in words what a value has to be."""
        noun = _NOUNS[self.kind]
        if self.many:
            example = ", ".join(map(str, self.default or ("a", "b")))
            noun = f"a list such as [{example}], each member {noun}"
        return f"{noun}, {self.allowed}" if self.allowed else noun


def _as_number(value: Any) -> float:
    if isinstance(value, bool | str):
        raise TypeError
    value = float(value)
    if not math.isfinite(value):
        raise ValueError
    return value


def _as_whole_number(value: Any) -> int:
    number = _as_number(value)
    if number != int(number):
        raise ValueError
    return int(number)


def _as_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _as_date(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return dt.date.fromisoformat(_as_text(value)).isoformat()


_NOUNS = {"number": "a number", "whole number": "a whole number", "text": "text", "date": "a date such as 2023-02-28"}

_CONVERTERS: Mapping[str, Callable[[Any], Any]] = {
    "number": _as_number,
    "whole number": _as_whole_number,
    "text": _as_text,
    "date": _as_date,
}
