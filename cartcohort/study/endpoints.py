"""From the study to a time-to-event endpoint: time, event and reason of censoring of each patient."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cartcohort.errors import ParameterError, Problem, did_you_mean
from cartcohort.parameters import PARAMETERS, check_parameters
from cartcohort.study.endpoint import Endpoint
from cartcohort.study.endpoint_definitions import FIRST_RESPONSE, EndpointDefinition
from cartcohort.study.ends import CENSORED, End, as_float, list_categories, list_ends
from cartcohort.study.model import Study


def derive_endpoint(
    study: Study,
    name: str,
    *,
    origin: str = "infusion",
    hsct_handling: str = "ignore",
    new_therapy_handling: str = "ignore",
    response_assessment_day: int = 28,
) -> Endpoint:
    """Derive one endpoint.

    A patient's time ends at the first of the events, of what competes, and of what censors; on one day the event
    comes first, then what competes, then censoring. The living are censored at last contact or at the data cut-off,
    the earlier.

    Parameters
    ----------
    study : Study
        As loaded or selected.
    name : str
        One of os, pfs, efs, rfs, dor, cir, nrm, and cir_antigen_positive, cir_antigen_negative, cir_antigen_unknown,
        or one that the study declares.
    origin : str
        "infusion" or "enrollment": day 0 of OS, PFS and EFS. The others count from first response, or from where the
        study's declaration says.
    hsct_handling, new_therapy_handling : str
        What a later transplant or new therapy is: "ignore"; "censor"; "event", an event of interest; "competing", a
        category of its own. One before the origin acts on day 0. EFS counts new therapy as an event unless told
        otherwise here; what a study's own endpoint names, as its origin or in any role, stays what it is there,
        and a recorded time ends as it was recorded.
    response_assessment_day : int
        Day, from infusion, on which non-response (best response NR) is an event: of EFS, and of PFS where no
        progression is dated. A patient who dies or is censored before it never reaches it.

    Returns
    -------
    Endpoint
        Possibly of no patient.

    Raises
    ------
    ParameterError
        If the endpoint or an option is unknown.
    """
    definition = _find_definition(study, name)
    options = check_parameters(
        {
            "origin": origin,
            "hsct_handling": hsct_handling,
            "new_therapy_handling": new_therapy_handling,
            "response_assessment_day": response_assessment_day,
        }
    )
    start, at_risk, origin, note = _find_origin(study.subjects, definition, options.pop("origin"))
    subjects, start = _keep(study.subjects, at_risk), start[at_risk]
    ends = list_ends(definition, subjects, start, **options)
    return _take_first(definition, ends, subjects, start, origin=origin, n_excluded=int((~at_risk).sum()), note=note)


def derive_endpoints(
    study: Study,
    names: Iterable[str],
    *,
    origin: str = "infusion",
    hsct_handling: str = "ignore",
    new_therapy_handling: str = "ignore",
    response_assessment_day: int = 28,
) -> dict[str, Endpoint]:
    """Derive several endpoints by name, with the options of `derive_endpoint`."""
    return {
        name: derive_endpoint(
            study,
            name,
            origin=origin,
            hsct_handling=hsct_handling,
            new_therapy_handling=new_therapy_handling,
            response_assessment_day=response_assessment_day,
        )
        for name in names
    }


@dataclass(frozen=True)
class AskedEndpoints:
    """Endpoints that a report is asked for: those told, and of the others the columns of which it would need one."""

    told: tuple[str, ...]
    unrecorded: Mapping[str, tuple[str, ...]]


def ask_endpoints(study: Study, names: Iterable[str] | None = None) -> AskedEndpoints:
    """Part endpoints into those to tell and those that would be overall survival under another name.

    Where no other endpoint counts from infusion, all are told: there would be nothing to compare by else. None asks
    for the study's own list.
    """
    known = study.endpoints
    names = study.reported_endpoints if names is None else tuple(names)
    needed = {name: known[name].beside_death for name in names}
    unrecorded = {name: columns for name, columns in needed.items() if columns and study.lacking(*columns) == columns}
    told = tuple(name for name in names if name not in unrecorded)
    if all(known[name].from_response for name in told):
        return AskedEndpoints(names, {})
    return AskedEndpoints(told, unrecorded)


def derive_by_hsct_handling(
    study: Study,
    names: Iterable[str],
    *,
    origin: str = "infusion",
    new_therapy_handling: str = "ignore",
    response_assessment_day: int = 28,
) -> dict[str, dict[str, Endpoint]]:
    """Derive endpoints under every reading of a later transplant: by value of `hsct_handling`, then by name."""
    names = list(names)
    return {
        handling: derive_endpoints(
            study,
            names,
            origin=origin,
            hsct_handling=handling,
            new_therapy_handling=new_therapy_handling,
            response_assessment_day=response_assessment_day,
        )
        for handling in PARAMETERS["hsct_handling"].choices
    }


def check_endpoints(study: Study, names: Iterable[str] | None) -> None:
    """Check the endpoints that a report is asked for.

    Parameters
    ----------
    study : Study
        Which may declare endpoints of its own.
    names : iterable of str or None
        None asks for the study's own list, which is sound.

    Raises
    ------
    ParameterError
        With one problem a name that is no endpoint, or one told by its incidence in the section on relapse; or where
        none counts from infusion, so that there is nothing to compare by what was known then.
    """
    if names is None:
        return
    known = study.endpoints
    offered = [name for name in known if name in study.own_endpoints or not known[name].competing]
    remedy = f"Endpoints are: {', '.join(offered)}."
    problems = [
        Problem(f"`endpoints` names `{name}`, which is told by the section on relapse.", remedy=remedy)
        if name in known
        else Problem(f"`endpoints` names `{name}`, which is none.{did_you_mean(name, offered)}", remedy=remedy)
        for name in names
        if name not in offered
    ]
    from_infusion = [name for name in offered if not known[name].from_response]
    if not problems and not set(from_infusion) & set(names):
        what = f"`endpoints` must name one that counts from infusion: {', '.join(from_infusion)}."
        problems.append(Problem(what, remedy="Add it; the others count from response."))
    if problems:
        raise ParameterError(problems)


def _find_definition(study: Study, name: str) -> EndpointDefinition:
    known = study.endpoints
    if name not in known:
        what = f"There is no endpoint `{name}`.{did_you_mean(name, known)}"
        raise ParameterError(Problem(what, remedy=f"Endpoints are: {', '.join(known)}."))
    return known[name]


def _find_origin(
    subjects: pd.DataFrame, definition: EndpointDefinition, origin: str
) -> tuple[np.ndarray, np.ndarray, str, str]:
    """Return day zero of each patient, the mask of those at risk, the origin's name, and who is left out."""
    start, origin, reasons = _start_of(subjects, definition, definition.origin or origin)
    if definition.marks:
        outside = ~subjects[definition.marks].to_numpy(dtype=bool)
        others = {reason: mask & ~outside for reason, mask in reasons.items()}
        reasons = {f"not of {definition.patients}": outside} | others
    left_out = np.logical_or.reduce(list(reasons.values()))
    return start, ~left_out, origin, _count_left_out({reason: int(mask.sum()) for reason, mask in reasons.items()})


def _start_of(
    subjects: pd.DataFrame, definition: EndpointDefinition, origin: str
) -> tuple[np.ndarray, str, dict[str, np.ndarray]]:
    """Return day zero of each patient, the origin's name, and by reason who has none."""
    if definition.responses:
        wanted = subjects["best_response"].isin(definition.responses).to_numpy()
        start = as_float(subjects["response_day"])
        undated = {"without a day of response": wanted & np.isnan(start)}
        return start, FIRST_RESPONSE, {f"without {_one_of(definition.responses)}": ~wanted} | undated
    if origin == "infusion":
        return np.zeros(len(subjects)), origin, {"never infused": ~subjects["infused"].to_numpy(dtype=bool)}
    if origin == "enrollment":
        start = as_float(subjects["enrollment_day"])
        return start, origin, {"without a day of enrolment": np.isnan(start)}
    start = as_float(subjects[origin])
    missing = f"a record of {definition.abbreviation}" if definition.recorded else definition.since
    return start, definition.since, {f"without {missing}": np.isnan(start)}


def _one_of(names: Sequence[str]) -> str:
    """Return "CR, CRi or PR"."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _count_left_out(reasons: Mapping[str, int]) -> str:
    """Return "8 patients without CR or CRi and 1 without a day of response"."""
    counts = [f"{n} {reason}" for reason, n in reasons.items() if n]
    if not counts:
        return ""
    n, _, reason = counts[0].partition(" ")
    return " and ".join([f"{n} {'patient' if n == '1' else 'patients'} {reason}", *counts[1:]])


def _keep(subjects: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """Return the patients of some rows, counted from 0; of all, the table itself, which nobody changes."""
    if rows.all() and subjects.index.equals(pd.RangeIndex(len(subjects))):
        return subjects
    return subjects[rows].reset_index(drop=True)


def _take_first(
    definition: EndpointDefinition,
    ends: list[End],
    subjects: pd.DataFrame,
    start: np.ndarray,
    *,
    origin: str,
    n_excluded: int,
    note: str,
) -> Endpoint:
    """Return the endpoint in which the time of each patient ends with the first of the ends."""
    days = np.stack([np.where(np.isnan(end.days), np.inf, end.days) for end in ends])
    first = days.argmin(axis=0)
    categories = list_categories(definition, ends)
    codes = np.array([categories.index(end.category) for end in ends])[first]
    names = np.array([end.name for end in ends], dtype=object)[first]  # each text once, however many patients
    censored = codes == categories.index(CENSORED)
    return Endpoint(
        name=definition.name,
        label=definition.label,
        abbreviation=definition.abbreviation,
        cause=definition.event_name,
        time_days=(days.min(axis=0) - start).astype("int64"),
        event=codes == categories.index(definition.event_name),
        event_type=pd.Categorical.from_codes(codes, categories),
        event_source=np.where(censored, "", names),
        censoring_reason=np.where(censored, names, ""),
        origin=origin,
        origin_day=start.astype("int64"),
        subjects=subjects,
        row=subjects["source_row"].to_numpy(),
        n_excluded=n_excluded,
        exclusion_note=note,
    )
