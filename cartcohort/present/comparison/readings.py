"""The results of two runs as a reader sees them: each number in its printed form, and what changed in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

from cartcohort.estimate.results import Result
from cartcohort.present.format import (
    EN_DASH,
    MINUS,
    NOT_ESTIMABLE,
    format_interval,
    format_number,
    format_p,
    format_whole,
)

_FIELDS = {field.name for field in fields(Result)}
_ADJUSTED = {"p_holm": "Holm", "p_bh": "BH"}
_MOST_DECIMALS = 4
_COUNTED = ("patients", "events")
_UNSAID = ("", "proportion", "p-value")


class Crossed(Protocol):
    """A p-value across 0.05, or an interval across the value of no effect."""

    field: str
    null: float
    before: str
    after: str


class Moved(Protocol):
    """A result of two runs whose numbers differ, as the renderer finds it."""

    id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    shift: float | None
    outside: bool
    crossings: Sequence[Crossed]
    answer: str


@dataclass(frozen=True)
class Reading:
    """A moved result in print.

    Attributes
    ----------
    id, label, unit : str
        `unit` is empty where the numbers tell it themselves.
    counts, values, p : tuple of (str, str)
        Events and patients, estimate with limits, and the p-value in each run; empty where there is none.
    adjusted : str
        Adjusted p-values that read differently, "Holm 0.034 → 0.051".
    change, shift : str
        Change of the estimate, and in half-widths of the first interval; empty where it is the same.
    outside : bool
        Whether the second estimate lies outside the first interval.
    """

    id: str
    label: str
    unit: str
    counts: tuple[str, str]
    values: tuple[str, str]
    p: tuple[str, str]
    adjusted: str
    change: str
    shift: str
    outside: bool

    @property
    def seen(self) -> bool:
        """Whether anything that is printed reads differently."""
        pairs = (self.counts, self.values, self.p)
        return bool(self.adjusted) or any(old != new for old, new in pairs)


def read_move(move: Moved) -> Reading:
    """Return a moved result in print."""
    old, new = as_result(move.before), as_result(move.after)
    return Reading(
        id=move.id,
        label=old.label or move.id,
        unit=_unit(old, new),
        counts=(counts_text(old), counts_text(new)),
        values=(value_text(old), value_text(new)),
        p=_p_texts(old, new),
        adjusted=_adjusted(old, new),
        change=_change(old, new),
        shift=format_signed(move.shift, 2) if move.shift and move.before.get("estimate") is not None else "",
        outside=move.outside,
    )


def as_result(record: Mapping[str, Any]) -> Result:
    """Return a record of `results.json` as a result."""
    return Result(**{name: value for name, value in record.items() if name in _FIELDS})


def value_text(result: Result) -> str:
    """Return "12.2 (7.5–NR)"; nothing for a test, which has no estimate."""
    if result.estimate is None and not result.unit:
        return ""
    if result.unit in _COUNTED and result.estimate is not None and not result.estimate.is_integer():
        return format_number(result.estimate)  # expected events are no whole number
    return format_interval(result)


def format_signed(value: float, decimals: int) -> str:
    """Return a change with its sign, "+0.42"; with more decimals where it would read as none."""
    for digits in range(decimals, decimals + _MOST_DECIMALS):
        text = format_number(value, decimals=digits)
        if any(digit in text for digit in "123456789"):
            return text if text.startswith(MINUS) else f"+{text}"
    return f"{MINUS if value < 0 else '+'}<{format_number(10**-digits, decimals=digits)}"


def arrow(pair: tuple[str, str]) -> str:
    """Return "0.034 → 0.066", or one text where both are the same."""
    return pair[0] if pair[0] == pair[1] else f"{pair[0] or EN_DASH} → {pair[1] or EN_DASH}"


def _unit(old: Result, new: Result) -> str:
    if old.unit and new.unit and old.unit != new.unit:
        return arrow((old.unit, new.unit))
    unit = old.unit or new.unit  # what cannot be estimated may have none
    return "" if unit in _UNSAID or unit in old.label else unit


def counts_text(result: Result) -> str:
    """Return "20/35", or "35" where no events are counted."""
    if result.n is None:
        return ""
    if result.n_event is None:
        return format_whole(result.n)
    return f"{format_whole(result.n_event)}/{format_whole(result.n)}"


def _p_texts(old: Result, new: Result) -> tuple[str, str]:
    if old.p_value is None and new.p_value is None:
        return "", ""
    return format_p(old.p_value), format_p(new.p_value)


def _adjusted(old: Result, new: Result) -> str:
    parts = []
    for name, word in _ADJUSTED.items():
        pair = (getattr(old, name), getattr(new, name))
        texts = (format_p(pair[0]), format_p(pair[1]))
        if texts[0] != texts[1]:
            parts.append(f"{word} {arrow(texts)}")
    return ", ".join(parts)


def _change(old: Result, new: Result) -> str:
    """Return the change in the unit of the result: points of a percentage, a factor for ratios, else a difference."""
    one, other = old.estimate, new.estimate
    if one is None or other is None or one == other or old.unit != new.unit:
        return ""
    if old.unit.endswith("ratio") or old.unit == "p-value":
        return _factor(other / one) if one > 0 and other > 0 else ""
    if old.unit == "proportion":
        return format_signed((other - one) * 100, 1)
    decimals = _decimals(*(value_text(result).partition(" ")[0] for result in (old, new)))
    return format_signed(other - one, decimals)


def _factor(ratio: float) -> str:
    for decimals in range(2, 2 + _MOST_DECIMALS):
        text = format_number(ratio, decimals=decimals)
        if text.rstrip("0").rstrip(".") not in ("1", "0", ""):
            return f"×{text}" if ratio < 100 else f"×{format_number(ratio, decimals=0)}"
    return "×<0.01" if ratio < 1 / 2 else "×1.00"


def _decimals(*texts: str) -> int:
    """Return the most decimals among printed numbers."""
    return max(len(text.partition(".")[2]) if text != NOT_ESTIMABLE else 0 for text in texts)
