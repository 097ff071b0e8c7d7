"""A logarithmic y axis with whole powers of ten as its ticks."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cartcohort.present.format import format_whole

_MOST_STEPS = 6


def set_log_scale(axes: Axes, values: pd.Series) -> None:
    """Let the y axis of positive values run over whole powers of ten, at most seven of them labelled."""
    low, high = np.floor(np.log10(values.min())), np.ceil(np.log10(values.max()))
    high = max(high, low + 1)
    powers = np.arange(low, high + 1, max(1, np.ceil((high - low) / _MOST_STEPS)))
    axes.set_yscale("log")
    axes.set_ylim(10**low, 10**high)
    axes.set_yticks(10**powers, [_power_text(power) for power in powers])
    axes.minorticks_off()


def _power_text(power: float) -> str:
    return format_whole(10**power) if 0 <= power <= 6 else f"{10**power:g}"
