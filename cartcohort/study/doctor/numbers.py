"""Numbers that stand for none, are not plausible, or look as if they were in another unit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cartcohort.errors import Problem
from cartcohort.study.doctor.case import Case, numbers_of
from cartcohort.study.doctor.plausible import PLAUSIBLE

SENTINELS = (
    *(-1, -7, -8, -9, -77, -88, -99, -777, -888, -999, -9999),
    *(77, 88, 99, 777, 888, 999, 7777, 8888, 9999),
)
SENTINELS = (*SENTINELS, 99999, 999999)
"""Numbers with which forms write that there is none."""

_FEW, _REPEATED, _TIMES = 5, 3, 5
_ADULT_YEARS, _INFANT_YEARS = 18, 2
_CELLS = 1e4


def find_sentinel_numbers(case: Case) -> Iterator[Problem]:
    """Numbers such as 999 that stand far from all others, or come back far more often than others."""
    for table, typed in case.typed.items():
        for name in typed.text.cells:
            if not _is_numeric(case, table, name):
                continue
            numbers = numbers_of(typed, name)
            what = f"`{name}` holds a number by which forms say that there is none, such as 99 or -9."
            remedy = "If it means `not recorded`, leave the cell empty, or map it to '' with `values` in study.yaml."
            yield from case.note_text(table, what, _find_sentinels(numbers), name, remedy)


def _is_numeric(case: Case, table: str, name: str) -> bool:
    column = case.typed[table].schema.by_name.get(name)
    if column is not None:
        return column.kind in ("number", "whole number") or (column.kind == "time" and name.endswith("_day"))
    return case.typed[table].columns[name].dtype in ("Int64", "float64")


def _find_sentinels(numbers: np.ndarray) -> np.ndarray:
    """Return where a sentinel stands alone beyond the others, or is much more frequent than they are."""
    distinct, position, counts = np.unique(numbers[np.isfinite(numbers)], return_inverse=True, return_counts=True)
    suspect = np.isin(distinct, SENTINELS)
    found = np.zeros(len(numbers), dtype=bool)
    others = distinct[~suspect]
    if not suspect.any() or len(others) < 2:
        return found
    middle = np.median(numbers[np.isfinite(numbers) & ~np.isin(numbers, SENTINELS)])
    reach = max(np.abs(others - middle).max(), 1.0)
    usual = counts[~suspect].mean()
    far = np.abs(distinct - middle) > 2 * reach
    if (others >= 0).all():
        far |= distinct < 0
    often = (counts >= _REPEATED) & (counts > _TIMES * usual)
    found[np.isfinite(numbers)] = (suspect & (far | often))[position]
    return found


def find_implausible(case: Case) -> Iterator[Problem]:
    """Numbers that a patient can hardly have."""
    for name, (low, high, words) in PLAUSIBLE.items():
        numbers = case.subjects[name].to_numpy(dtype=float, na_value=np.nan)
        what = f"`{name}` is {words}."
        yield from case.note(
            "subjects", what, (numbers < low) | (numbers > high), name, "Check the number and its unit."
        )
    age = case.subjects["age_years"].to_numpy(dtype=float)
    if np.isfinite(age).sum() >= _FEW and np.nanmedian(age) >= _ADULT_YEARS:
        what = "`age_years` is that of an infant, though most patients are adults."
        yield from case.note("subjects", what, age < _INFANT_YEARS, "age_years", "Check the number and its unit.")


def find_other_scales(case: Case) -> Iterator[Problem]:
    """Fractions where percents are expected, and numbers of cells where millions are."""
    blasts = case.subjects["marrow_blasts_pct"].to_numpy(dtype=float)
    known = blasts[np.isfinite(blasts) & (blasts != 0)]
    if len(known) >= _FEW and known.max() <= 1:
        what = "`marrow_blasts_pct` never exceeds 1: these look like fractions, where percents are expected."
        remedy = "If they are fractions, multiply them by 100."
        yield from case.note_column("subjects", what, "marrow_blasts_pct", remedy)
    for name in ("car19_dose_1e6_per_kg", "car22_dose_1e6_per_kg"):
        dose = case.subjects[name].to_numpy(dtype=float)
        known = dose[np.isfinite(dose)]
        if len(known) and np.median(known) >= _CELLS:
            what = f"`{name}` looks like cells per kg, where millions of cells per kg are expected."
            yield from case.note_column("subjects", what, name, "If it is so, divide by 1,000,000.")
