"""Results of the efficacy section: the flow of patients, and how many responded, over which denominator.

A patient without an evaluable response counts as a non-responder: the denominator of every rate is the whole
population, as in an intention-to-treat analysis. Other denominators are a sensitivity analysis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.proportions import estimate_proportion, estimate_proportion_wilson
from cartcohort.estimate.results import Result, ResultSet

RESPONSES = {
    "orr": ("Overall response (CR, CRi or PR)", ("CR", "CRi", "PR")),
    "cr_cri": ("Complete remission (CR or CRi)", ("CR", "CRi")),
    "cr": ("CR", ("CR",)),
    "cri": ("CRi", ("CRi",)),
    "pr": ("PR", ("PR",)),
    "nr": ("No response", ("NR",)),
}
"""Rates by the last part of their name: words for a reader, and the best responses that count."""

OUTCOMES = ("response", "best_response", "mrd_negative")
"""Columns that are response itself and so neither describe patients before it nor can be compared by it."""

_NOT_RECORDED = "not estimable: {} was not recorded"


def count_share(n_event: int, n: int, label: str) -> Result:
    """Return a share without limits: a plain count, not an estimate of anything beyond these patients."""
    note = "" if n else "not estimable: nobody to count"
    return Result(
        estimate=n_event / n if n else None, n_event=n_event, n=n, unit="proportion", label=label, note=note
    )


def find_responders(subjects: pd.DataFrame) -> np.ndarray:
    """Return a mask of those whose best response is CR, CRi or PR; all others, evaluable or not, are not."""
    return subjects["best_response"].isin(RESPONSES["orr"][1]).to_numpy(dtype=bool)


def find_evaluable(subjects: pd.DataFrame) -> np.ndarray:
    """Return a mask of the infused patients with a known best response other than NE."""
    best = subjects["best_response"]
    known = best.notna() & (best != "NE").fillna(False)
    return subjects["infused"].to_numpy(dtype=bool) & known.to_numpy(dtype=bool)


def count_flow(subjects: pd.DataFrame, *, n_analysed: int, response_assessment_day: int) -> ResultSet:
    """Count the patients at each step from enrolment to response.

    Parameters
    ----------
    subjects : DataFrame
        All patients enrolled, with `infused`, `best_response`, `death_day` and `second_infusion_day`.
    n_analysed : int
        Patients of the population that the section analyses.
    response_assessment_day : int
        A death by this day explains why a response could not be evaluated.

    Returns
    -------
    ResultSet
        `efficacy/flow/<step>`: counts with their share of the enrolled, without limits. Steps for which the study has
        no column are left out.
    """
    infused, evaluable = subjects["infused"].to_numpy(dtype=bool), find_evaluable(subjects)
    early = (subjects["death_day"] <= response_assessment_day).fillna(False).to_numpy(dtype=bool)
    unassessed = infused & ~evaluable
    steps = {
        "enrolled": ("Enrolled", len(subjects)),
        "never_infused": ("Never infused", np.sum(~infused)),
        "infused": ("Infused", np.sum(infused)),
    }
    if subjects["second_infusion_day"].notna().any():
        second = infused & subjects["second_infusion_day"].notna().to_numpy()
        steps["second_infusion"] = ("With a second infusion", np.sum(second))
    if subjects["best_response"].notna().any():
        died = f"Not evaluable: died by day {response_assessment_day}"
        steps |= {
            "died_before_assessment": (died, np.sum(unassessed & early)),
            "not_assessed": ("Not evaluable: other or unknown reason", np.sum(unassessed & ~early)),
            "evaluable": ("Evaluable for response", np.sum(evaluable)),
        }
    steps["analysed"] = ("Analysed here", n_analysed)
    return ResultSet(
        {
            f"efficacy/flow/{name}": count_share(int(count), len(subjects), label)
            for name, (label, count) in steps.items()
        }
    )


def summarise_response(subjects: pd.DataFrame, *, conf_level: float) -> ResultSet:
    """Estimate the rates of response among all patients, with exact and with Wilson limits.

    Parameters
    ----------
    subjects : DataFrame
        With `best_response` and `mrd_negative`.
    conf_level : float
        Level of the limits.

    Returns
    -------
    ResultSet
        `efficacy/response/<rate>` with exact limits and `.../wilson`, the rates being those of `RESPONSES`, `ne` (not
        evaluable or unknown), `mrd_negative` (of all), `mrd_negative/remission` (of CR and CRi, unknown MRD counted
        as not negative) and `mrd_negative/assessed` (of CR and CRi with known MRD). Where nothing was recorded there
        is no estimate.
    """
    best, n = subjects["best_response"], len(subjects)
    counts = {name: (label, int(best.isin(kinds).sum()), n, "") for name, (label, kinds) in RESPONSES.items()}
    unknown = int((best.isna() | (best == "NE").fillna(False)).sum())
    counts["ne"] = ("Not evaluable or unknown", unknown, n, "")
    found = _with_wilson(counts, conf_level, recorded=bool(best.notna().any()), what="best response")
    found |= _with_wilson(
        _count_mrd(subjects), conf_level, recorded=bool(subjects["mrd_negative"].notna().any()), what="MRD"
    )
    at_entry = note_response_at_entry(subjects)
    return found.map(lambda result: replace(result, note=result.note or at_entry)).under("efficacy/response")


def summarise_denominators(populations: Mapping[str, pd.DataFrame], *, conf_level: float) -> ResultSet:
    """Estimate overall response and complete remission over other denominators.

    Parameters
    ----------
    populations : mapping of str to DataFrame
        Patients by the name of the population ("enrolled", "infused", "evaluable").
    conf_level : float

    Returns
    -------
    ResultSet
        `efficacy/sensitivity/{orr,cr_cri}/<population>` with exact limits, and `.../wilson`.
    """
    results = ResultSet()
    at_entry = note_response_at_entry(pd.concat(populations.values())) if populations else ""
    for rate in ("orr", "cr_cri"):
        label, kinds = RESPONSES[rate]
        counts = {
            name: (f"{label}, of the {name}", int(subjects["best_response"].isin(kinds).sum()), len(subjects), "")
            for name, subjects in populations.items()
        }
        recorded = any(subjects["best_response"].notna().any() for subjects in populations.values())
        found = _with_wilson(counts, conf_level, recorded=recorded, what="best response")
        noted = found.map(lambda result: replace(result, note=result.note or at_entry))
        results |= noted.under(f"efficacy/sensitivity/{rate}")
    return results


def split_populations(subjects: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the patients enrolled, infused, and evaluable for response."""
    return {
        "enrolled": subjects,
        "infused": subjects[subjects["infused"].to_numpy(dtype=bool)],
        "evaluable": subjects[find_evaluable(subjects)],
    }


def _count_mrd(subjects: pd.DataFrame) -> dict[str, tuple[str, int, int, str]]:
    """Return label, events, patients and note of each MRD rate."""
    negative = (subjects["mrd_negative"] == "yes").to_numpy(dtype=bool, na_value=False)
    known = subjects["mrd_negative"].notna().to_numpy()
    remission = subjects["best_response"].isin(RESPONSES["cr_cri"][1]).to_numpy(dtype=bool)
    unknown = int(np.sum(remission & ~known))
    note = f"MRD unknown in {unknown} of those in CR or CRi, counted as not negative" if unknown else ""
    in_remission = int(np.sum(negative & remission))
    assessed = int(np.sum(remission & known))
    return {
        "mrd_negative": ("MRD-negative, of all patients", int(negative.sum()), len(subjects), note),
        "mrd_negative/remission": ("MRD-negative, of those in CR or CRi", in_remission, int(remission.sum()), note),
        "mrd_negative/assessed": ("MRD-negative, of those in CR or CRi with known MRD", in_remission, assessed, ""),
    }


def _with_wilson(
    counts: Mapping[str, tuple[str, int, int, str]], conf_level: float, *, recorded: bool, what: str
) -> ResultSet:
    """Return each rate with exact limits and, under `<name>/wilson`, with Wilson's."""
    found = {}
    for name, (label, n_event, n, note) in counts.items():
        if not recorded:
            found[name] = Result(n=n, unit="proportion", note=_NOT_RECORDED.format(what), label=label)
            continue
        exact = estimate_proportion(n_event, n, conf_level=conf_level, label=label)
        wilson = estimate_proportion_wilson(n_event, n, conf_level=conf_level, label=f"{label}, Wilson limits")
        for key, result in ((name, exact), (f"{name}/wilson", wilson)):
            found[key] = replace(result, note=result.note or note)
    return ResultSet(found)


def note_response_at_entry(subjects: pd.DataFrame) -> str:
    """Return a caveat where every response was there on day 0: it is then a condition of entry, not an outcome."""
    days = subjects.loc[find_responders(subjects), "response_day"].dropna()
    return (
        "all responses date from day 0: a condition of entry, not an effect" if len(days) and days.eq(0).all() else ""
    )
