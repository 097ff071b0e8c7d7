"""Curves of a few steps, as literals."""

import numpy as np

from cartcohort.estimate.results import IncidenceCurve


def curve(cause, *steps):
    incidence, k = np.array(steps), len(steps)
    whole = np.arange(k, 0, -1)
    return IncidenceCurve(
        cause, np.arange(1.0, k + 1), incidence, incidence, incidence / 2, np.minimum(incidence * 2, 1), whole,
        np.ones(k, dtype=int), np.zeros(k, dtype=int), np.zeros(k, dtype=int), k, 0.95,
    )  # fmt: skip
