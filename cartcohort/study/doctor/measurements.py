"""Measurements in mixed units, and rows that are there twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.doctor.case import Case

_ENOUGH, _FEW_DISTINCT = 10, 5
_GAP = 2.0
"""Powers of ten without a value between them."""
_MINORITY = 0.2


def find_repeated_rows(case: Case) -> Iterator[Problem]:
    """Events and measurements that equal another one in every cell."""
    for name in ("adverse_events", "assessments"):
        if name in case.typed:
            what = "Rows are equal in every cell."
            remedy = "Keep one of them, unless it happened twice."
            yield from case.note_text(name, what, _find_repeated(case.typed[name].text.cells), (), remedy)


def find_mixed_units(case: Case) -> Iterator[Problem]:
    """Assays in more than one unit, with the rows that are not in the usual one."""
    cells = case.typed["assessments"].text.cells if "assessments" in case.typed else ()
    if "unit" not in cells or "assay" not in cells:
        return
    codes, unit = cells["assay"].cat.codes.to_numpy(), cells["unit"].cat.codes.to_numpy(dtype="int64")
    n_units = len(cells["unit"].cat.categories)
    known = (codes >= 0) & (unit >= 0)
    pairs = pd.unique((codes * np.int64(n_units) + unit)[known])
    assays, units = np.unique(pairs // max(n_units, 1), return_counts=True)
    for code in assays[units > 1]:
        counts = np.bincount(unit[known & (codes == code)])
        # Where no unit is the usual one, all rows are in question.
        usual = counts.argmax() if (counts == counts.max()).sum() == 1 else -1
        what = f"The assay `{cells['assay'].cat.categories[code]}` is given in more than one unit."
        remedy = "Convert them to one unit; until then the assay is left out."
        yield from case.note(
            "assessments", what, (codes == code) & known & (unit != usual), ("assay", "unit"), remedy
        )


def find_odd_magnitudes(case: Case) -> Iterator[Problem]:
    """Negative values, and a few values of an assay far from all others, as if in another unit."""
    table = case.typed["assessments"]
    if "value" not in table.columns or "assay" not in table.text.cells:
        return
    value = table.columns["value"].to_numpy(dtype=float)
    what = "A measured value is negative."
    remedy = "Correct it; a value below the limit of detection is entered as half that limit."
    yield from case.note("assessments", what, value < 0, "value", remedy)
    cells = table.text.cells["assay"]
    order = np.argsort(cells.cat.codes.to_numpy(), kind="stable")
    codes = cells.cat.codes.to_numpy()[order]
    starts = np.searchsorted(codes, np.arange(len(cells.cat.categories) + 1))
    for code in np.flatnonzero(np.diff(starts) >= _ENOUGH):
        rows = order[starts[code] : starts[code + 1]]
        apart = rows[_find_apart(value[rows])]
        if not len(apart):
            continue
        marked = np.zeros(len(value), dtype=bool)
        marked[apart] = True
        what = f"A few values of `{cells.cat.categories[code]}` are a hundred times as high or as low as all others."
        yield from case.note("assessments", what, marked, "value", "See whether they are in another unit.")


def _find_apart(values: np.ndarray) -> np.ndarray:
    """Return the few values that a gap of two powers of ten parts from the others; a limit of detection is none."""
    apart = np.zeros(len(values), dtype=bool)
    positive = values > 0
    logs = np.unique(np.log10(values[positive]))
    if positive.sum() < _ENOUGH or len(logs) < _FEW_DISTINCT:
        return apart
    gaps = np.diff(logs)
    cut = logs[gaps.argmax()] + gaps.max() / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        high = positive & (np.log10(values) > cut)
    low = positive & ~high
    few = high if high.sum() <= low.sum() else low
    # One value again and again at the lower end is a limit of detection.
    limit = few is low and len(np.unique(values[low])) == 1
    if gaps.max() >= _GAP and few.sum() <= _MINORITY * positive.sum() and not limit:
        most = low if few is high else high
        if len(np.unique(values[most])) >= _FEW_DISTINCT:
            apart = few
    return apart


def _find_repeated(cells: pd.DataFrame) -> np.ndarray:
    """Return which rows equal another one in every cell; the few whose hash does are compared."""
    codes = {name: cells[name].cat.codes.to_numpy() for name in cells}
    mixed = np.zeros(len(cells), dtype="uint64")
    for column in codes.values():
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + column.astype("uint64")
    ordered = np.sort(mixed)  # many times faster than a hash table of millions of rows
    suspect = np.isin(mixed, ordered[1:][ordered[1:] == ordered[:-1]])
    among = pd.DataFrame({name: column[suspect] for name, column in codes.items()})
    repeated = np.zeros(len(cells), dtype=bool)
    repeated[suspect] = among.duplicated(keep=False)
    return repeated
