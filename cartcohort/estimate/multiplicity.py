"""P-values of several tests read together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from cartcohort.estimate.inputs import as_floats, require, require_choice
from cartcohort.estimate.results import Result, ResultSet

_METHODS = ("holm", "bh", "hochberg", "bonferroni")


def adjust_p_values(p_values: Sequence[float | None], *, method: str) -> list[float | None]:
    """Return p-values adjusted for being several.

    Parameters
    ----------
    p_values : sequence of float or None
        Raw p-values; None (or NaN) stands for a test that could not be done, and is not counted as one.
    method : str
        "holm", "hochberg" and "bonferroni" control the chance of any false finding, "bh" (Benjamini and Hochberg) the
        share of false findings among the findings.

    Returns
    -------
    list of float or None
        In the order given; None where there was no p-value.

    Raises
    ------
    EstimationError
        If a p-value lies outside [0, 1].

    Notes
    -----
    Agrees with R's `p.adjust`. Holm, Scand J Stat 1979; 6:65-70. Benjamini and Hochberg, J R Stat Soc B 1995;
    57:289-300. statsmodels has the same, but runs the garbage collector at each call of Holm's.
    """
    require_choice("method", method, _METHODS)
    raw = as_floats([float("nan") if p is None else p for p in p_values])
    known = ~np.isnan(raw)
    require(bool(((raw[known] >= 0) & (raw[known] <= 1)).all()), "P-values must lie between 0 and 1.")
    adjusted = iter(_adjust(raw[known], method))
    return [float(next(adjusted)) if is_known else None for is_known in known]


def adjust_results(results: Mapping[str, Result], *, family: str) -> ResultSet:
    """Return the same results with `p_holm` and `p_bh` over all of them, and the family named in the note.

    Parameters
    ----------
    results : mapping of str to Result
        The tests of one family, such as one endpoint by all factors. Those without a p-value are not counted.
    family : str
        What the family is, in words ("factors tested on overall survival").
    """
    raw = [result.p_value for result in results.values()]
    holm, bh = (adjust_p_values(raw, method=method) for method in ("holm", "bh"))
    n_tests = sum(p is not None for p in raw)
    remark = f"p adjusted over {n_tests} {family}"
    return ResultSet(
        {
            name: replace(result, p_holm=holm[index], p_bh=bh[index], note=_joined(result.note, remark))
            if result.p_value is not None
            else result
            for index, (name, result) in enumerate(results.items())
        }
    )


def _adjust(raw: np.ndarray, method: str) -> np.ndarray:
    order, n = np.argsort(raw, kind="stable"), len(raw)
    rank = np.arange(1, n + 1)
    factor = {"holm": n + 1 - rank, "hochberg": n + 1 - rank, "bh": n / rank, "bonferroni": np.full(n, n)}[method]
    stepped = factor * raw[order]
    if method == "holm":
        # From the smallest up: none is below the one before it. The others step down from the largest.
        stepped = np.maximum.accumulate(stepped)
    elif method != "bonferroni":
        stepped = np.minimum.accumulate(stepped[::-1])[::-1]
    adjusted = np.empty(n)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def _joined(*notes: str) -> str:
    return "; ".join(note for note in notes if note)
