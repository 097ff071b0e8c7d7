"""Times that look like months, weeks or years where days are expected."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cartcohort.errors import Problem
from cartcohort.study.doctor.case import Case, numbers_of
from cartcohort.study.schema import SUBJECTS

_SHORT_DAYS = 130
"""Ten years in months, two and a half in weeks; in days, hardly any study stops so early."""
_EARLY_DAYS = 7
_LONG_DAYS = 365
_FEW, _VERY_FEW = 10, 5
_CONVERT = "If they are, name the unit under `units` in study.yaml; if they are days, all is well."


def find_other_units(case: Case) -> Iterator[Problem]:
    """Follow-up and responses that come far too early; only where the file holds days, not dates."""
    table = case.typed["subjects"]
    held = {
        column.name: numbers_of(table, column.name)
        for column in SUBJECTS.columns
        if column.kind == "time" and column.name in table.columns
    }
    yield from _find_short_follow_up(case, held)
    if case.description.day_zero == "infusion":
        yield from _find_early_responses(case, held)


def _find_short_follow_up(case: Case, held: dict[str, np.ndarray]) -> Iterator[Problem]:
    names = tuple(name for name in ("death_day", "last_contact_day") if name in held)
    known = {name: held[name][np.isfinite(held[name])] for name in names}
    together = np.concatenate([*known.values(), np.empty(0)])
    if len(together) >= _FEW and together.max() <= _SHORT_DAYS and len(names) == 2:
        what = f"Nobody is followed beyond day {_SHORT_DAYS}: these look like months, weeks or years, not days."
        yield from case.note_column("subjects", what, names, _CONVERT)
    elif len(names) == 2:
        alive = known["last_contact_day"][np.isnan(held["death_day"][np.isfinite(held["last_contact_day"])])]
        dead = known["death_day"]
        if min(len(alive), len(dead)) >= _VERY_FEW and alive.max() <= _SHORT_DAYS and dead.max() > _LONG_DAYS:
            what = f"No living patient is followed beyond day {_SHORT_DAYS}, but deaths come much later."
            remedy = "See whether one of the columns holds months or weeks, or a last contact that was not kept up."
            yield from case.note_column("subjects", what, names, remedy)


def _find_early_responses(case: Case, held: dict[str, np.ndarray]) -> Iterator[Problem]:
    days = held.get("response_day", np.empty(0))
    days = days[np.isfinite(days)]
    if len(days) >= _VERY_FEW and 0 < np.median(days) < _EARLY_DAYS:
        what = "Most responses come within a week of infusion: these look like months or weeks, not days."
        yield from case.note_column("subjects", what, "response_day", _CONVERT)
