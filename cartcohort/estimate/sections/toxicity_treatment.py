"""Results of the safety section: what was given against CRS and ICANS, to how many, and when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cartcohort.estimate.proportions import estimate_proportion
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.toxicity import SYNDROMES, Toxicity, find_onset
from cartcohort.estimate.sections.toxicity_course import describe_observed


@dataclass(frozen=True)
class Drug:
    """An anti-inflammatory drug: words, the column of its first dose, and what names it among the treatments."""

    label: str
    column: str
    pattern: str


DRUGS = {
    "tocilizumab": Drug("Tocilizumab", "tocilizumab_day", "tocilizumab"),
    "corticosteroid": Drug(
        "Corticosteroid", "corticosteroid_day", "steroid|dexamethasone|prednisolone|prednisone|hydrocortisone"
    ),
}
"""The drugs by their name in results."""

DOSES = {drug.column: f"First {drug.label.lower()}" for drug in DRUGS.values()}
"""Words for a first dose by its column."""


def summarise_treatment(
    subjects: pd.DataFrame, events: pd.DataFrame, syndromes: Mapping[str, Toxicity], *, conf_level: float
) -> ResultSet:
    """Estimate how many patients were given each drug, and when the first dose was.

    Parameters
    ----------
    subjects : DataFrame
        The patients, with the days of first doses.
    events : DataFrame
        From `prepare_events`; a drug named as treatment of CRS or ICANS counts as given, on an unknown day.
    syndromes : mapping of str to Toxicity
        CRS gives the onset that doses are counted from.
    conf_level : float

    Returns
    -------
    ResultSet
        `safety/treatment/<drug>` of all patients, `.../{crs, crs_grade_3_or_higher}` of those, `.../day` (median in
        days from infusion) and `.../from_onset` (from the onset of CRS), both with the observed range;
        `safety/treatment/any`. A drug that the study does not record is left out.
    """
    results, given_any = ResultSet(), np.zeros(len(subjects), dtype=bool)
    recorded = {name: drug for name, drug in DRUGS.items() if _records(subjects, events, drug)}
    for name, drug in recorded.items():
        given = find_given(subjects, events, drug)
        given_any |= given
        found = ResultSet({name: _share(given, np.ones_like(given), conf_level, "of all patients")})
        if "crs" in syndromes:
            crs = syndromes["crs"]
            found |= {
                f"{name}/crs": _share(given, crs.had, conf_level, "of patients with CRS"),
                f"{name}/crs_grade_3_or_higher": _share(
                    given, crs.severe, conf_level, "of patients with CRS of grade 3 or higher"
                ),
            }
        found |= _doses(subjects, given, drug, syndromes.get("crs")).under(name)
        results |= found.under("safety/treatment", drug.label)
    if recorded:
        either = _share(given_any, np.ones_like(given_any), conf_level, "of all patients")
        words = " or ".join(drug.label.lower() for drug in recorded.values())
        results |= {"safety/treatment/any": replace(either, label=f"{words[0].upper()}{words[1:]}: {either.label}")}
    return results


_DENIED = re.compile(r"(no|not|none|without|kein|keine|ohne)\b", re.IGNORECASE)


def find_given(subjects: pd.DataFrame, events: pd.DataFrame, drug: Drug) -> np.ndarray:
    """Return a mask of the patients given a drug: with a day of first dose, or named as treatment of CRS or ICANS."""
    given = subjects[drug.column].notna().to_numpy(dtype=bool).copy()
    codes, texts = pd.factorize(events["treatment"])
    named = [names_treatment(str(text), drug.pattern) for text in texts]
    rows = np.append(np.array(named, dtype=bool), False)[codes] & events["name"].isin(SYNDROMES).to_numpy()
    given[events.loc[rows, "patient"].to_numpy(dtype=int)] = True
    return given


def names_treatment(text: str, pattern: str) -> bool:
    """Tell whether one of the names joined by `;` holds a drug, and does not say that it was not given."""
    names = (name.strip() for name in text.split(";"))
    return any(re.search(pattern, name, re.IGNORECASE) and not _DENIED.match(name) for name in names)


def _records(subjects: pd.DataFrame, events: pd.DataFrame, drug: Drug) -> bool:
    """Tell whether a study can say who was given a drug: it dates doses, or names treatments of CRS or ICANS."""
    named = events.loc[events["name"].isin(SYNDROMES), "treatment"].notna().any()
    return bool(subjects[drug.column].notna().any() or named)


def _doses(subjects: pd.DataFrame, given: np.ndarray, drug: Drug, crs: Toxicity | None) -> ResultSet:
    day = subjects[drug.column].to_numpy(dtype=float, na_value=np.nan)
    undated = int(np.sum(given & np.isnan(day)))
    note = f"{undated} given it on an unknown day left out" if undated else ""
    found = describe_observed(day, name="day", label="first dose, days from infusion", note=note)
    if crs is None:
        return found
    onset = find_onset(crs, subjects)
    return found | describe_observed(day - onset, name="from_onset", label="first dose, days from onset of CRS")


def _share(given: np.ndarray, among: np.ndarray, conf_level: float, label: str) -> Result:
    return estimate_proportion(int(np.sum(given & among)), int(among.sum()), conf_level=conf_level, label=label)
