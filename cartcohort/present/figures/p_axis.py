"""The axis of p-values: logarithmic, with 0.05 marked, ending at the smallest p-value that is printed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

P_FLOOR = 1e-4
"""Smaller p-values are drawn here."""
P_LEVEL = 0.05
_TICKS = (0.001, 0.01, 0.05, 0.2, 1.0)


def set_p_axis(set_scale: Callable, set_limits: Callable, set_ticks: Callable) -> None:
    """Make an axis of p-values of the one whose three setters are given."""
    set_scale("log")
    set_limits(P_FLOOR * 0.8, 1.0)
    set_ticks((P_FLOOR, *_TICKS), [f"≤{P_FLOOR:.4f}", *(f"{tick:g}" for tick in _TICKS)])


def on_p_axis(p: np.ndarray | float) -> np.ndarray | float:
    """Return where p-values are drawn."""
    return np.maximum(p, P_FLOOR)
