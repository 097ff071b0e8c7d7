"""How far one result moved between two runs, and on which side of a conclusion it lies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

Record = Mapping[str, Any]

THRESHOLD = 0.05
"""A conclusion rests on which side of this a p-value lies."""
P_VALUES = ("p_value", "p_holm", "p_bh")

_P_VALUE = "p-value"


def measure_shift(before: Record, after: Record) -> float | None:
    """Return the change of an estimate in half-widths of its first interval (`Move.shift`)."""
    scale = _log if _is_ratio(before) else float
    half = _half_width(before, scale)
    old, new = before.get("estimate"), after.get("estimate")
    if not half or old is None or new is None:
        return None
    if old == new:
        return 0.0
    step = scale(new) - scale(old)
    return step / half if math.isfinite(step) else None


def measure_limit_shift(before: Record, after: Record) -> float:
    """Return the larger step of the two limits in half-widths of the first interval; 0 where nothing can be told."""
    scale = _log if _is_ratio(before) else float
    half = _half_width(before, scale)
    pairs = [(before.get(name), after.get(name)) for name in ("conf_low", "conf_high")]
    known = [(old, new) for old, new in pairs if old is not None and new is not None]
    steps = [abs(scale(new) - scale(old)) / half for old, new in known if old != new] if half else []
    return max((step for step in steps if math.isfinite(step)), default=0.0)


def lies_outside(before: Record, after: Record) -> bool:
    """Whether the second estimate lies outside the first interval."""
    low, high, value = before.get("conf_low"), before.get("conf_high"), after.get("estimate")
    if value is None or not _has_interval(before):
        return False
    return (low is not None and value < low) or (high is not None and value > high)


def p_ratio(before: Record, after: Record) -> float:
    """Return by how many powers of ten a p-value moved, the adjusted ones too."""
    pairs = [(before.get(name), after.get(name)) for name in P_VALUES]
    return max((abs(_log(new) - _log(old)) / math.log(10) for old, new in pairs if old and new), default=0.0)


def relative_change(before: Record, after: Record) -> float:
    """Return the change of an estimate as a share of the larger one; 0 where there is none."""
    old, new = before.get("estimate"), after.get("estimate")
    if old is None or new is None or old == new:
        return 0.0
    return abs(new - old) / max(abs(old), abs(new))


def null_value(before: Record, after: Record) -> float | None:
    """Return the value of no effect: 1 for a ratio, 0 for a difference, None for what has none.

    A difference is known by its name, or by a limit below 0, which no share, time or count can have.
    """
    if _is_ratio(before):
        return 1.0
    named = "difference" in before.get("unit", "") or "difference" in before["id"]
    limits = [record.get(name) for record in (before, after) for name in ("conf_low", "conf_high")]
    return 0.0 if named or any(limit is not None and limit < 0 for limit in limits) else None


def side_of_p(p: float | None) -> str:
    """Return on which side of 0.05 a p-value lies, "below" or "above"; "" where there is none."""
    return "" if p is None else "below" if p < THRESHOLD else "above"


def side_of_interval(record: Record, null: float) -> str:
    """Return where an interval lies, also one that is open at the far side; "" without any limit."""
    low, high = record.get("conf_low"), record.get("conf_high")
    if not _has_interval(record) or (low is None and high is None):
        return ""
    if low is not None and low > null:
        return "above"
    return "below" if high is not None and high < null else "across"


def _half_width(record: Record, scale: Any) -> float | None:
    """Return half the width of an interval, or the distance to its only limit; None where there is neither."""
    if not _has_interval(record):
        return None
    values = [record.get(name) for name in ("conf_low", "estimate", "conf_high")]
    low, middle, high = (None if value is None else scale(value) for value in values)
    low, high = (None if value is None or not math.isfinite(value) else value for value in (low, high))
    if low is not None and high is not None:
        return (high - low) / 2
    known = low if high is None else high
    return None if known is None or middle is None or not math.isfinite(middle) else abs(known - middle)


def _has_interval(record: Record) -> bool:
    """Whether the limits are a confidence interval: not a range, nor the accuracy of a simulated p-value."""
    return record.get("conf_level") is not None and record.get("unit") != _P_VALUE


def _is_ratio(record: Record) -> bool:
    return record.get("unit", "").endswith("ratio")


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf
