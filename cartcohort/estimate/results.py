"""Frozen records of what was estimated; every number a report shows is one of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatchcase

import numpy as np

DAYS_PER_MONTH = 30.4375
"""Days in a month, 365.25 / 12: the only conversion between the two in the project."""

MEDIAN_RULES = {"midpoint": "the midpoint of a step at", "first": "the first time at or below"}
"""Where a curve that lies at 0.5 for a while has its median, in words that 0.5 follows, by `median_rule`."""

NO_EVENT_BY_THEN = "exact limits, no event by then"
"""Note of a survival of 1 whose limits are exact ones."""

_FLOAT_FIELDS = ("estimate", "conf_low", "conf_high", "conf_level", "statistic", "df", "p_value", "p_holm", "p_bh")


@dataclass(frozen=True, kw_only=True)
class Result:
    """One estimate or test with all that is needed to print it.

    A field that does not apply, or cannot be estimated, is None; NaN and infinities given to the constructor
    become None, and `note` then says why ("median not reached", "no events").

    Attributes
    ----------
    estimate, conf_low, conf_high : float or None
        Point estimate and confidence limits, in `unit`. Proportions lie in [0, 1].
    conf_level : float or None
        Confidence level of the limits.
    n, n_event : int or None
        Patients in the analysis, and how many of them had the event.
    statistic, df, p_value : float or None
        Test statistic, its degrees of freedom and the raw p-value.
    p_holm, p_bh : float or None
        The p-value adjusted by Holm and by Benjamini-Hochberg over the family named in `note`.
    unit : str
        "proportion", "months", "days", "hazard ratio", "odds ratio", "patients", ... ; empty for pure tests.
    method : str
        Method and convention in words ("Kaplan-Meier, log-log limits").
    note : str
        Reason where something is missing, or a caveat.
    label : str
        What is estimated, in words for a reader ("Median overall survival").
    """

    estimate: float | None = None
    conf_low: float | None = None
    conf_high: float | None = None
    conf_level: float | None = None
    n: int | None = None
    n_event: int | None = None
    statistic: float | None = None
    df: float | None = None
    p_value: float | None = None
    p_holm: float | None = None
    p_bh: float | None = None
    unit: str = ""
    method: str = ""
    note: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        for name in _FLOAT_FIELDS:
            object.__setattr__(self, name, _finite_or_none(getattr(self, name)))
        for name in ("n", "n_event"):
            value = getattr(self, name)
            object.__setattr__(self, name, None if value is None else int(value))

    @property
    def estimable(self) -> bool:
        """Whether there is a point estimate."""
        return self.estimate is not None


class ResultSet(Mapping[str, Result]):
    """Named results in the order in which they were made; immutable.

    Names are paths such as `survival/os/median/genetic_risk/high` (the statistics contract lists them). Sets are
    joined with `|`, which refuses a name that both sides hold.
    """

    def __init__(self, results: Mapping[str, Result] | None = None) -> None:
        self._results = dict(results or {})

    def __getitem__(self, name: str) -> Result:
        """Return the result of that full name; a KeyError lists the names that are there."""
        try:
            return self._results[name]
        except KeyError:
            raise KeyError(f"no result {name!r}; there are: {', '.join(self._results) or 'none'}") from None

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._results)

    def __len__(self) -> int:
        """Count the results."""
        return len(self._results)

    def __or__(self, other: Mapping[str, Result]) -> ResultSet:
        """Join two sets, first this one's results, then the other's."""
        twice = sorted(self._results.keys() & other.keys())
        if twice:
            raise ValueError(f"results named twice: {', '.join(twice)}")
        return ResultSet({**self._results, **other})

    def __repr__(self) -> str:
        """Say how many results there are."""
        return f"<{len(self)} results>"

    def under(self, prefix: str, label: str = "") -> ResultSet:
        """Return the same results with `prefix/` before each name and `label: ` before each label."""
        return ResultSet(
            {
                f"{prefix}/{name}": replace(result, label=f"{label}: {result.label}") if label else result
                for name, result in self._results.items()
            }
        )

    def select(self, *patterns: str) -> ResultSet:
        """Return those whose name matches a shell-style pattern (`*` also crosses `/`); drop none silently."""
        return ResultSet(
            {name: r for name, r in self._results.items() if any(fnmatchcase(name, p) for p in patterns)}
        )

    def map(self, change: Callable[[Result], Result]) -> ResultSet:
        """Return the set with `change` applied to each result."""
        return ResultSet({name: change(result) for name, result in self._results.items()})

    def to_records(self) -> list[dict]:
        """Return the records of `results.json`: id, section, label, then every field, None where not applicable."""
        return [
            {"id": name, "section": name.split("/", 1)[0], "label": result.label, **_fields_of(result)}
            for name, result in self._results.items()
        ]


@dataclass(frozen=True)
class SurvivalCurve:
    """A Kaplan-Meier estimate at the distinct observed times.

    Attributes
    ----------
    time : ndarray, shape (k,)
        Distinct observed times, ascending, in the unit of the times given. Time 0 is not included unless observed.
    survival, std_error, conf_low, conf_high : ndarray, shape (k,)
        S(t), Greenwood standard error of S(t), and pointwise confidence limits; SE and limits are NaN where
        S(t) = 0, log-log limits also where S(t) = 1 (R's convention).
    n_at_risk, n_event, n_censored : ndarray of int, shape (k,)
        Number with time >= t, and events and censorings at t.
    n : int
        Patients in the curve.
    conf_level, conf_type : float, str
        Level and type ("log-log", "log", "plain") of the limits.
    estimator : str
        Method in words, where it is not Kaplan-Meier.
    """

    time: np.ndarray
    survival: np.ndarray
    std_error: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    n_at_risk: np.ndarray
    n_event: np.ndarray
    n_censored: np.ndarray
    n: int
    conf_level: float
    conf_type: str
    estimator: str = "Kaplan-Meier"


@dataclass(frozen=True)
class IncidenceCurve:
    """A cumulative incidence (Aalen-Johansen) of one cause at the distinct event times.

    Attributes
    ----------
    cause : str
        Name of the event type.
    time : ndarray, shape (k,)
        Distinct times, ascending, in the unit of the times given.
    incidence, std_error, conf_low, conf_high : ndarray, shape (k,)
        Probability of the cause by t, its standard error, and log-log pointwise limits (NaN where incidence is 0).
    n_at_risk, n_event, n_competing, n_censored : ndarray of int, shape (k,)
        Number with time >= t; events of the cause, of any other cause, and censorings at t.
    n : int
        Patients in the curve.
    conf_level : float
        Level of the limits.
    """

    cause: str
    time: np.ndarray
    incidence: np.ndarray
    std_error: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    n_at_risk: np.ndarray
    n_event: np.ndarray
    n_competing: np.ndarray
    n_censored: np.ndarray
    n: int
    conf_level: float


def _finite_or_none(value: float | None) -> float | None:
    if value is None:
        return None
    value = float(value)
    return value if math.isfinite(value) else None


def _fields_of(result: Result) -> dict:
    return {field.name: getattr(result, field.name) for field in fields(result) if field.name != "label"}
