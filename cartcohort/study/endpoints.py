"""From the study to a time-to-event endpoint: time, event and reason of censoring of each patient."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cartcohort.errors import ParameterError, Problem, did_you_mean
from cartcohort.parameters import PARAMETERS, check_parameters
from cartcohort.study.endpoint_definitions import ENDPOINTS, NEW_THERAPY, TRANSPLANT, EndpointDefinition, Source
from cartcohort.study.model import Study

CENSORED = "censored"
LAST_CONTACT = "last contact"
DATA_CUTOFF = "data cut-off"


@dataclass(frozen=True, kw_only=True, eq=False)
class Endpoint:
    """A time-to-event endpoint of a cohort; all arrays have one entry a patient at risk.

    Attributes
    ----------
    name, label, abbreviation : str
        "os", "Overall survival", "OS".
    cause : str
        Category of `event_type` that is the event of interest.
    time_days : ndarray of int64
        Whole days from the origin; 0 where it ends on the very day (kept, as R's survfit does).
    event : ndarray of bool
        Whether the event of interest happened.
    event_type : Categorical
        "censored" first, then the event of interest and what competes with it (for CIR and NRM in the same order:
        "relapse", "death without relapse").
    event_source : ndarray of str
        What the event was ("relapse", "death", "non-response", "transplant", ...), "" where censored.
    censoring_reason : ndarray of str
        "last contact", "data cut-off", "transplant", "new therapy", "" where not censored.
    origin : str
        "infusion", "enrollment" or "first response".
    origin_day : ndarray of int64
        Day of time zero of each patient, counted from first infusion.
    subjects : DataFrame
        The patients, aligned with the arrays.
    row : ndarray of int64
        Row of each patient in the subjects file.
    n_excluded : int
        Patients of the cohort who are not at risk.
    exclusion_note : str
        Who they are, in words, "" where there is none.
    """

    name: str
    label: str
    abbreviation: str
    cause: str
    time_days: np.ndarray
    event: np.ndarray
    event_type: pd.Categorical
    event_source: np.ndarray
    censoring_reason: np.ndarray
    origin: str
    origin_day: np.ndarray
    subjects: pd.DataFrame
    row: np.ndarray
    n_excluded: int
    exclusion_note: str


@dataclass(frozen=True)
class _End:
    """One possible end of the time: category of event_type, name, and day of each patient (NaN where none)."""

    category: str
    name: str
    days: np.ndarray


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
        One of os, pfs, efs, rfs, dor, cir, nrm.
    origin : str
        "infusion" or "enrollment": day 0 of OS, PFS and EFS. The others count from first response.
    hsct_handling, new_therapy_handling : str
        What a later transplant or new therapy is: "ignore"; "censor"; "event", an event of interest; "competing", a
        category of its own. One before the origin acts on day 0. EFS counts new therapy as an event unless told
        otherwise here.
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
    definition = _find_definition(name)
    handling = check_parameters(
        {
            "origin": origin,
            "hsct_handling": hsct_handling,
            "new_therapy_handling": new_therapy_handling,
            "response_assessment_day": response_assessment_day,
        }
    )
    start, at_risk, origin, note = _find_origin(study.subjects, definition, handling["origin"])
    subjects, start = study.subjects[at_risk].reset_index(drop=True), start[at_risk]
    handled = ((TRANSPLANT, handling["hsct_handling"]), (NEW_THERAPY, handling["new_therapy_handling"]))
    ends = _list_ends(definition, handled, subjects, start, response_assessment_day)
    days = np.stack([np.where(np.isnan(end.days), np.inf, end.days) for end in ends])
    first = days.argmin(axis=0)
    categories = list(dict.fromkeys([CENSORED, *_order_categories(definition), *(end.category for end in ends)]))
    event_type = pd.Categorical([ends[i].category for i in first], categories=categories)
    names = np.array([end.name for end in ends], dtype=object)[first]
    censored = np.asarray(event_type == CENSORED, dtype=bool)
    return Endpoint(
        name=definition.name,
        label=definition.label,
        abbreviation=definition.abbreviation,
        cause=definition.event_name,
        time_days=(days.min(axis=0) - start).astype("int64"),
        event=np.asarray(event_type == definition.event_name, dtype=bool),
        event_type=event_type,
        event_source=np.where(censored, "", names).astype(str),
        censoring_reason=np.where(censored, names, "").astype(str),
        origin=origin,
        origin_day=start.astype("int64"),
        subjects=subjects,
        row=subjects["source_row"].to_numpy(),
        n_excluded=int((~at_risk).sum()),
        exclusion_note=note,
    )


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


def _find_definition(name: str) -> EndpointDefinition:
    if name not in ENDPOINTS:
        what = f"There is no endpoint `{name}`.{did_you_mean(name, ENDPOINTS)}"
        raise ParameterError(Problem(what, remedy=f"Endpoints are: {', '.join(ENDPOINTS)}."))
    return ENDPOINTS[name]


def _find_origin(
    subjects: pd.DataFrame, definition: EndpointDefinition, origin: str
) -> tuple[np.ndarray, np.ndarray, str, str]:
    """Return day zero of each patient, the mask of those at risk, the origin's name, and who is left out."""
    infused = subjects["infused"].to_numpy(dtype=bool)
    if definition.responses:
        wanted = subjects["best_response"].isin(definition.responses).to_numpy()
        start = _as_float(subjects["response_day"])
        reasons = {
            f"without {' or '.join(definition.responses)}": ~wanted,
            "without a day of response": wanted & np.isnan(start),
        }
        origin = "first response"
    elif origin == "enrollment":
        start = _as_float(subjects["enrollment_day"])
        reasons = {"without a day of enrolment": np.isnan(start)}
    else:
        start = np.zeros(len(subjects))
        reasons = {"never infused": ~infused}
    left_out = np.logical_or.reduce(list(reasons.values()))
    note = "; ".join(f"{int(mask.sum())} {reason}" for reason, mask in reasons.items() if mask.any())
    return start, ~left_out, origin, note


def _list_ends(
    definition: EndpointDefinition,
    handled: tuple[tuple[Source, str], ...],
    subjects: pd.DataFrame,
    start: np.ndarray,
    assessment_day: int,
) -> list[_End]:
    """Return all possible ends in their order of precedence on one day."""
    handled = tuple((source, handling) for source, handling in handled if handling != "ignore")
    replaced = [source for source, _ in handled]

    def since_start(source: Source) -> np.ndarray:
        days = source.days(subjects, assessment_day)
        return np.where(days < start, np.nan, days)

    def at_start_or_later(source: Source) -> np.ndarray:
        return np.maximum(source.days(subjects, assessment_day), start)

    own = [source for source in definition.events if source not in replaced]
    events = [_End(definition.event_name, source.name, since_start(source)) for source in own]
    added = {
        handling: [_End("", source.name, at_start_or_later(source)) for source, how in handled if how == handling]
        for handling in ("event", "competing", "censor")
    }
    competing = [
        _End(category, source.name, since_start(source))
        for category, sources in definition.competing
        for source in sources
    ]
    return [
        *events,
        *(_End(definition.event_name, end.name, end.days) for end in added["event"]),
        *competing,
        *(_End(end.name, end.name, end.days) for end in added["competing"]),
        *(_End(CENSORED, end.name, end.days) for end in added["censor"]),
        *_end_of_follow_up(subjects),
    ]


def _end_of_follow_up(subjects: pd.DataFrame) -> list[_End]:
    """Return the cut-off and the last contact of the living; the dead are followed to their death."""
    alive = subjects["death_day"].isna().to_numpy()
    contact, cutoff = _as_float(subjects["last_contact_day"]), _as_float(subjects["data_cutoff_day"])
    return [
        _End(CENSORED, DATA_CUTOFF, np.where(alive & (cutoff <= contact), cutoff, np.nan)),
        _End(CENSORED, LAST_CONTACT, np.where(alive, contact, np.nan)),
    ]


def _order_categories(definition: EndpointDefinition) -> list[str]:
    """Return the categories of an endpoint; those of CIR and NRM are alike, relapse first."""
    categories = [definition.event_name, *(category for category, _ in definition.competing)]
    return sorted(categories, key=lambda name: name != "relapse") if definition.competing else categories


def _as_float(values: pd.Series) -> np.ndarray:
    return values.to_numpy(dtype=float, na_value=np.nan)
