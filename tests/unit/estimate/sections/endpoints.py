"""Endpoints as literals for the tests of the sections."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

MONTH = 30.4375


def make_endpoint(months, event, *, name="os", event_type=None, origin="infusion", origin_day=0, **columns):
    """An endpoint of so many months and events, with the patients' columns as keyword arguments."""
    event = np.asarray(event, dtype=bool)
    kinds = np.where(event, "event", "censored") if event_type is None else event_type
    subjects = pd.DataFrame(columns, index=range(len(event)))
    subjects["source_row"] = np.arange(2, len(event) + 2)
    subjects["subject_id"] = [f"P{at:02}" for at in range(1, len(event) + 1)]
    return SimpleNamespace(
        name=name,
        abbreviation=name.upper(),
        label=f"Endpoint {name}",
        time_days=np.asarray(months) * MONTH,
        event=event,
        event_type=pd.Categorical(kinds, categories=["censored", *sorted(set(kinds) - {"censored"})]),
        origin=origin,
        origin_day=np.full(len(event), origin_day),
        subjects=subjects,
        n_excluded=0,
    )


def factor(*values, levels=("low", "high")):
    """A column of a factor with these levels in order; None is missing."""
    return pd.Categorical(values, categories=levels, ordered=True)
