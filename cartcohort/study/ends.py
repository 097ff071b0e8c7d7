"""Everything that can end a patient's time, in the order in which it counts on one day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cartcohort.study.endpoint_definitions import NEW_THERAPY, TRANSPLANT, EndpointDefinition, Source

CENSORED = "censored"
LAST_CONTACT = "last contact"
DATA_CUTOFF = "data cut-off"


@dataclass(frozen=True)
class End:
    """One possible end of the time: category of event_type, name, and day of each patient (NaN where none)."""

    category: str
    name: str
    days: np.ndarray


def list_ends(
    definition: EndpointDefinition,
    subjects: pd.DataFrame,
    start: np.ndarray,
    *,
    hsct_handling: str,
    new_therapy_handling: str,
    response_assessment_day: int,
) -> list[End]:
    """Return all possible ends in their order of precedence on one day.

    Parameters
    ----------
    definition : EndpointDefinition
        The endpoint.
    subjects : DataFrame
        The patients at risk.
    start : ndarray of float, shape (n,)
        Day of time zero of each. An event before it is none of this endpoint; a transplant or new therapy before it,
        where handled, acts on that day, since the patient is past it from the start, and so does what censors.
    hsct_handling, new_therapy_handling, response_assessment_day
        As in `derive_endpoint`.
    """
    handling = {TRANSPLANT: hsct_handling, NEW_THERAPY: new_therapy_handling}
    handled = {
        source: how for source, how in handling.items() if how != "ignore" and source not in definition.unhandled
    }

    def own(category: str, sources: tuple[Source, ...]) -> list[End]:
        dated = {
            source: source.days(subjects, response_assessment_day) for source in sources if source not in handled
        }
        return [End(category, source.name, np.where(days < start, np.nan, days)) for source, days in dated.items()]

    def ended(sources: tuple[Source, ...]) -> list[End]:
        dated = {
            source: source.days(subjects, response_assessment_day) for source in sources if source not in handled
        }
        return [End(CENSORED, source.name, np.maximum(days, start)) for source, days in dated.items()]

    def added(how: str, category: str = "") -> list[End]:
        dated = {
            source: source.days(subjects, response_assessment_day) for source in handled if handled[source] == how
        }
        return [End(category or source.name, source.name, np.maximum(days, start)) for source, days in dated.items()]

    return [
        *own(definition.event_name, definition.events),
        *added("event", definition.event_name),
        *(end for category, sources in definition.competing for end in own(category, sources)),
        *added("competing"),
        *added("censor", CENSORED),
        *ended(definition.censors),
        *(_end_of_record(definition, subjects) if definition.recorded else _end_of_follow_up(subjects)),
    ]


def _end_of_follow_up(subjects: pd.DataFrame) -> list[End]:
    """Return the cut-off and the last contact of the living; the dead are followed to their death."""
    alive = subjects["death_day"].isna().to_numpy()
    contact, cutoff = as_float(subjects["last_contact_day"]), as_float(subjects["data_cutoff_day"])
    return [
        End(CENSORED, DATA_CUTOFF, np.where(alive & (cutoff <= contact), cutoff, np.nan)),
        End(CENSORED, LAST_CONTACT, np.where(alive, contact, np.nan)),
    ]


def _end_of_record(definition: EndpointDefinition, subjects: pd.DataFrame) -> list[End]:
    """Return the cut-off of those whose recorded end it has hidden; nothing else ends a recorded time."""
    sources = [*definition.events, *definition.censors]
    known = np.logical_or.reduce([~np.isnan(source.days(subjects, 0)) for source in sources])
    return [End(CENSORED, DATA_CUTOFF, np.where(known, np.nan, as_float(subjects["data_cutoff_day"])))]


def list_categories(definition: EndpointDefinition, ends: list[End]) -> list[str]:
    """Return the categories of `event_type`: censored, the endpoint's own (relapse first), then what is handled."""
    own = [definition.event_name, *(category for category, _ in definition.competing)]
    if definition.competing:
        own.sort(key=lambda category: category != "relapse")
    return list(dict.fromkeys([CENSORED, *own, *(end.category for end in ends)]))


def as_float(days: pd.Series) -> np.ndarray:
    """Return days as floats, NaN where missing."""
    return days.to_numpy(dtype=float, na_value=np.nan)
