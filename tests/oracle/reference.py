"""Read the reference numbers of R and prepare each data set as its `prep` says (see r/README.md).

An entry of the oracle holds the R call it came from. `survival_arrays` and `formula_terms` read endpoint, rows and
covariates off that call, so that a test can run over all entries of a section.
"""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

# Another folder holds what `unseen.R` made there, see `python -m tests.oracle --help`.
FOLDER = Path(os.environ.get("ORACLE_FOLDER", Path(__file__).parent / "r"))
# `transform(d, .t = time, .e = event)` stands where an endpoint is handed to a function of the oracle's script.
_TRANSFORM = re.compile(r"\.t = ([^,]+), \.e = ([^)]+)\)")
_SURV = re.compile(r"Surv\(((?:[^()]|\([^()]*\))*)\) ~")


@dataclass(frozen=True)
class Entry:
    """One result of R: the data set, what was computed, and the value; metadata as `entry["tau"]`."""

    dataset: str
    record: dict

    def __getitem__(self, key: str):
        return self.record[key]

    def get(self, key: str, default=None):
        return self.record.get(key, default)

    @property
    def value(self) -> dict:
        return self.record["value"]

    @property
    def name(self) -> str:
        return f"{self.dataset}/{self.record['id']}"


def entries(*sections: str, where: Callable[[Entry], bool] = lambda entry: True) -> list[Entry]:
    """Return the entries of these sections in all data sets for which `where` holds, in the order of the files."""
    found = (entry for dataset in DATASETS for entry in entries_of(dataset))
    return [entry for entry in found if entry["section"] in sections and where(entry)]


def entries_of(dataset: str) -> list[Entry]:
    """Return all entries of a data set."""
    return [Entry(dataset, record) for record in _load(dataset)["results"]]


def as_parameters(found: list[Entry]) -> list:
    """Return the entries as pytest parameters with readable ids."""
    return [pytest.param(entry, id=entry.name) for entry in found]


def numbers(values: list) -> np.ndarray:
    """Return an array of floats from JSON: null is NaN, "Inf" and "-Inf" are infinite."""
    return np.array([np.nan if value is None else float(value) for value in values], dtype=float)


def frame_of(entry: Entry, *, whole: bool = False) -> pd.DataFrame:
    """Return the rows that the call of the entry used, before rows with missing values were dropped.

    With `whole` the conditions of the call's `subset()` are left aside.
    """
    call = entry["call"]
    if entry.dataset == "edge":
        whole = data("edge")
        return whole[whole["case"] == entry["case"]].reset_index(drop=True)
    frame = data("sim35_tdc" if "data = td" in call else entry.dataset)
    # `subset(d, time > 10)`, or two of them nested: every condition applies.
    without_endpoint = _SURV.sub("", call)
    for condition in [] if whole else re.findall(r", ([\w.]+ (?:>=?|==) [^,()]+)\)", without_endpoint):
        frame = frame.query(condition)
    return frame.reset_index(drop=True)


def survival_arrays(
    entry: Entry, frame: pd.DataFrame, *, position: int = -1
) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    """Return entry times (None where there are none), times and events of one `Surv(...)` of the call."""
    found = _SURV.findall(entry["call"]) or [", ".join(pair) for pair in _TRANSFORM.findall(entry["call"])]
    inside = found[position]
    *start, time, event = (np.asarray(frame.eval(part.strip())) for part in inside.split(","))
    return (start[0].astype(float) if start else None), time.astype(float), event.astype(bool)


def formula_terms(entry: Entry) -> tuple[list[str], str | None]:
    """Return the terms at the right of the call's `~` and the name of the stratum, None where there is none."""
    right = entry.get("model") or re.findall(r"~ (.*?), data", entry["call"])[-1]
    terms = [term.strip() for term in right.replace(" * ", " + ").split("+")]
    strata = [term[len("strata(") : -1] for term in terms if term.startswith("strata(")]
    if " * " in right:
        terms.append(":".join(terms))
    return [term for term in terms if not term.startswith("strata(")], (strata[0] if strata else None)


def levels_of(frame: pd.DataFrame, group: str) -> dict[str, np.ndarray]:
    """Return the mask of each level of a group column, or of everybody for R's group "1"."""
    if group == "1":
        return {"overall": np.ones(len(frame), dtype=bool)}
    column = frame[group]
    if column.nunique() == 1:
        # R has no strata then, and leaves out those without a group.
        return {"overall": column.notna().to_numpy()}
    levels = column.cat.categories if hasattr(column, "cat") else np.unique(column.dropna())
    return {str(level): (column == level).to_numpy() for level in levels}


@functools.cache
def _load(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def data(name: str) -> pd.DataFrame:
    """Return a data set with the columns that its `prep` adds."""
    prepare = _PREPARE[name.split("_")[0] if name.startswith("unseen") else name]
    return prepare(pd.read_csv(FOLDER / f"{name}.csv"))


def _factor(values: pd.Series, codes: list, labels: list[str] | None = None) -> pd.Categorical:
    return pd.Categorical(values, categories=codes, ordered=True).rename_categories(labels or [str(c) for c in codes])


def _prepare_aml(d: pd.DataFrame) -> pd.DataFrame:
    return d.assign(x=_factor(d["x"], ["Maintained", "Nonmaintained"]))


def _prepare_veteran(d: pd.DataFrame) -> pd.DataFrame:
    return d.assign(
        trt=_factor(d["trt"], [1, 2]),
        celltype=_factor(d["celltype"], ["squamous", "smallcell", "adeno", "large"]),
        karno3=pd.cut(d["karno"], [-np.inf, 40, 60, np.inf], labels=["low", "mid", "high"]),
        prior=_factor(d["prior"], [0, 10]),
    )


def _prepare_lung(d: pd.DataFrame) -> pd.DataFrame:
    return d.assign(
        event=d["status"] == 2,
        sex=_factor(d["sex"], [1, 2], ["male", "female"]),
        ecog3=_factor(d["ph.ecog"].clip(upper=2), [0, 1, 2], ["0", "1", "2+"]),
    )


def _prepare_sim35(d: pd.DataFrame) -> pd.DataFrame:
    return d.assign(
        group=_factor(d["group"], ["A", "B"]),
        sex=_factor(d["sex"], ["F", "M"]),
        any=d["status"] > 0,
        lm_resp=(d["resp_months"] <= 3).astype(int),
        lm_resp6=(d["resp_months"] <= 6).astype(int),
    )


def _prepare_sim35_tdc(d: pd.DataFrame) -> pd.DataFrame:
    return d.assign(group=_factor(d["group"], ["A", "B"]), sex=_factor(d["sex"], ["F", "M"]))


def _prepare_sim200(d: pd.DataFrame) -> pd.DataFrame:
    return d.assign(
        group=_factor(d["group"], ["low", "mid", "high"]), sex=_factor(d["sex"], ["F", "M"]), any=d["status"] > 0
    )


def _prepare_bmt(d: pd.DataFrame) -> pd.DataFrame:
    days = d["relapse_death_or_last_contact_day"]
    return d.assign(
        id=np.arange(1, len(d) + 1),
        disease=_factor(d["group"], [1, 2, 3], ["ALL", "AML low risk", "AML high risk"]),
        days=days,
        cause=np.where(d["relapsed"] == 1, 1, np.where(d["relapsed_or_died"] == 1, 2, 0)),
        quarter=np.ceil(days / 90),
        age10=d["age_years"] / 10,
        fab=_factor(d["fab_4_or_5"], [0, 1]),
        mtx=_factor(d["methotrexate"], [0, 1]),
        site=_factor(d["hospital"], sorted(d["hospital"].unique())),
    )


def _prepare_unseen(d: pd.DataFrame) -> pd.DataFrame:
    # Sorted levels that occur are also R's.
    factors = {name: d[name].astype("category") for name in ("arm", "group", "sex", "site")}
    return d.assign(**factors, any=d["status"] > 0, later=d["time"] + 1)


_PREPARE: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "aml": _prepare_aml,
    "veteran": _prepare_veteran,
    "lung": _prepare_lung,
    "sim35": _prepare_sim35,
    "sim35_tdc": _prepare_sim35_tdc,
    "sim200": _prepare_sim200,
    "bmt": _prepare_bmt,
    "edge": lambda d: d,
    "unseen": _prepare_unseen,
}

# `categorical` has no data file: the counts and vectors stand in the calls.
_NAMED = ("aml", "veteran", "lung", "sim35", "sim200", "bmt", "edge", "categorical")
DATASETS = tuple(path.stem for path in sorted(FOLDER.glob("*.json")) if path.stem.startswith((*_NAMED, "unseen")))
