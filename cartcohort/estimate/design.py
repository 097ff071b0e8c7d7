"""From what a model is given to its complete rows, and to columns named as the results will be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cartcohort.estimate.inputs import (
    as_floats,
    check_survival,
    encode_groups,
    name_contrast,
    require,
    require_equal_lengths,
)


@dataclass(frozen=True, eq=False)
class SurvivalRows:
    """The complete rows of a survival model.

    Attributes
    ----------
    kept : ndarray of bool
        Mask of the complete rows over the rows given; the other attributes hold these rows only.
    time, event : ndarray, shape (n,)
        Times and events.
    entry : ndarray, shape (n,), or None
        Entry times.
    stratum : ndarray of int, shape (n,), or None
        Stratum codes.
    covariates : DataFrame, n rows
        Without missing values, index 0, 1, ...
    """

    kept: np.ndarray
    time: np.ndarray
    event: np.ndarray
    entry: np.ndarray | None
    stratum: np.ndarray | None
    covariates: pd.DataFrame

    @property
    def n_dropped(self) -> int:
        """Count the incomplete rows."""
        return int(np.sum(~self.kept))


@dataclass(frozen=True, eq=False)
class Design:
    """The columns of a regression without intercept, complete rows only.

    Attributes
    ----------
    X : ndarray, shape (n, k)
        One column a term: an indicator of a level, or the values of a numeric covariate.
    terms : tuple of str, length k
        "factor/level", or "covariate/per unit".
    contrasts : tuple of str, length k
        "level vs reference", or "per unit".
    covariates : tuple of str, length k
        Covariate that each term belongs to.
    term_notes : tuple of str, length k
        Why a column cannot have a coefficient (no patients, no variation), empty otherwise.
    note : str
        Names the covariates that gave no term because they have a single level.
    """

    X: np.ndarray
    terms: tuple[str, ...]
    contrasts: tuple[str, ...]
    covariates: tuple[str, ...]
    term_notes: tuple[str, ...]
    note: str


@dataclass(frozen=True, eq=False)
class _Column:
    values: np.ndarray
    term: str
    contrast: str
    covariate: str
    note: str


def select_rows(
    time: Sequence[float],
    event: Sequence[bool],
    covariates: pd.DataFrame,
    *,
    strata: Sequence | None = None,
    entry: Sequence[float] | None = None,
) -> SurvivalRows:
    """Check what a survival model is given and keep the rows without a missing covariate, stratum or entry.

    Raises
    ------
    EstimationError
        If lengths differ, a time is negative or missing, or an entry does not precede its time.
    """
    time, event = check_survival(time, event)
    stratum = None if strata is None else encode_groups(strata)[0]
    start = None if entry is None else as_floats(entry)
    require_equal_lengths(time=time, covariates=covariates)
    kept = ~covariates.isna().to_numpy(dtype=bool).any(axis=1)
    if stratum is not None:
        require_equal_lengths(time=time, strata=stratum)
        kept &= stratum >= 0
    if start is not None:
        require_equal_lengths(time=time, entry=start)
        kept &= ~np.isnan(start)
        require(bool(np.all(start[kept] < time[kept])), "Each entry must precede its time.")
    return SurvivalRows(
        kept=kept,
        time=time[kept],
        event=event[kept],
        entry=None if start is None else start[kept],
        stratum=None if stratum is None else stratum[kept],
        covariates=(covariates if kept.all() else covariates.loc[kept]).reset_index(drop=True),
    )


def encode_covariates(covariates: pd.DataFrame) -> Design:
    """Code complete covariates for a regression.

    Categorical, text and yes/no covariates are coded against their first level that has patients (treatment coding);
    a Categorical gives the order of its levels. Other covariates enter as numbers, per unit.

    Parameters
    ----------
    covariates : DataFrame, n rows
        Without missing values.

    Returns
    -------
    Design

    Raises
    ------
    EstimationError
        If two covariates have the same name, or a number is infinite.
    """
    require(covariates.columns.is_unique, "Covariates must have different names.")
    columns: list[_Column] = []
    single = []
    for name in covariates.columns:
        coded = _code(str(name), covariates[name])
        columns += coded
        if not coded:
            single.append(str(name))
    X = np.column_stack([column.values for column in columns]) if columns else np.empty((len(covariates), 0))
    require(bool(np.isfinite(X).all()), "Covariates must be finite.")
    return Design(
        X=X,
        terms=tuple(column.term for column in columns),
        contrasts=tuple(column.contrast for column in columns),
        covariates=tuple(column.covariate for column in columns),
        term_notes=tuple(column.note for column in columns),
        note=f"left out, a single level: {', '.join(single)}" if single else "",
    )


def _code(name: str, values: pd.Series) -> list[_Column]:
    if pd.api.types.is_bool_dtype(values.dtype):
        values = pd.Categorical(values.map({False: "no", True: "yes"}), categories=["no", "yes"])
    elif not isinstance(values.dtype, pd.CategoricalDtype) and pd.api.types.is_numeric_dtype(values.dtype):
        return [_code_number(name, values.to_numpy(dtype=float))]
    values = pd.Categorical(values)
    count = np.bincount(values.codes, minlength=len(values.categories))
    reference = int(np.argmax(count > 0)) if len(values) else 0
    return [_code_level(name, values, code, reference) for code in range(len(values.categories)) if code != reference]


def _code_number(name: str, values: np.ndarray) -> _Column:
    varies = len(values) > 0 and np.ptp(values) > 0
    return _Column(values, f"{name}/per unit", "per unit", name, "" if varies else "not estimable: does not vary")


def _code_level(name: str, values: pd.Categorical, code: int, reference: int) -> _Column:
    indicator = (values.codes == code).astype(float)
    level, against = values.categories[code], values.categories[reference]
    note = "" if indicator.any() else "not estimable: no patients at this level"
    return _Column(indicator, f"{name}/{level}", name_contrast(level, against), name, note)
