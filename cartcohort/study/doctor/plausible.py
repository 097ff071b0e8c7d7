"""Ranges within which numbers of patients lie, narrower than those that the data dictionary allows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PLAUSIBLE: Mapping[str, tuple[float, float, str]] = MappingProxyType(
    {
        "age_years": (0, 100, "above 100 years"),
        "prior_lines": (0, 10, "above 10 lines of therapy"),
        "car19_dose_1e6_per_kg": (0.001, 1000, "outside 0.001 to 1000 million cells per kg"),
        "car22_dose_1e6_per_kg": (0.001, 1000, "outside 0.001 to 1000 million cells per kg"),
    }
)
"""By column of the subjects: least and greatest plausible number, and what a number outside is."""
