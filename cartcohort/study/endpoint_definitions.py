"""The endpoints, declared as objects: who is at risk from when, which events, what competes with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from cartcohort.study.antigens import ANTIGEN_NEGATIVE, ANTIGEN_POSITIVE, ANTIGEN_UNKNOWN, classify_relapses
from cartcohort.study.schema import COMPLETE_REMISSIONS, OBJECTIVE_RESPONSES

FIRST_RESPONSE = "first response"
"""What endpoints count from that do not count from day 0 or enrolment."""


@dataclass(frozen=True)
class Source:
    """Something dated that can end a patient's time.

    Attributes
    ----------
    name : str
        What it is, in words ("relapse").
    days : callable
        From the subjects and the day of response assessment to a float array, NaN where it has not happened.
    """

    name: str
    days: Callable[[pd.DataFrame, int], np.ndarray]


@dataclass(frozen=True, kw_only=True)
class EndpointDefinition:
    """The declaration of an endpoint.

    Attributes
    ----------
    name, label, abbreviation : str
        "os", "Overall survival", "OS".
    event_name : str
        Category of `event_type` for the event of interest.
    events : tuple of Source
        The first of these is the event of interest; on one day, the earlier in the list.
    competing : tuple of (str, tuple of Source)
        Ends that preclude the event, each category of `event_type` with its sources.
    responses : tuple of str
        Best responses of the patients at risk, who count from their first response; empty for all, from infusion.
    beside_death : tuple of str
        Columns of which a study must record one, or the endpoint counts little but deaths; empty where none is asked
        for.
    censors : tuple of Source
        What ends follow-up of this endpoint beside last contact and data cut-off.
    origin : str
        Of an endpoint of a study's own: "infusion", "enrollment", or the column of the day that it counts from; empty
        where the parameter `origin` decides.
    since : str
        What such a column is, in words ("first response"); else as `origin`.
    patients, marks : str
        Who is at risk, as the study says it, and the column of the subjects that marks them; empty for everybody.
    recorded : bool
        Whether the file holds the ends of its times, so that no last contact ends them.
    unhandled : tuple of Source
        Treatments that `hsct_handling` and `new_therapy_handling` leave to the declaration.
    """

    name: str
    label: str
    abbreviation: str
    event_name: str
    events: tuple[Source, ...]
    competing: tuple[tuple[str, tuple[Source, ...]], ...] = ()
    responses: tuple[str, ...] = ()
    beside_death: tuple[str, ...] = ()
    censors: tuple[Source, ...] = ()
    origin: str = ""
    since: str = ""
    patients: str = ""
    marks: str = ""
    recorded: bool = False
    unhandled: tuple[Source, ...] = ()

    @property
    def from_response(self) -> bool:
        """Whether it counts from the first response."""
        return bool(self.responses) or self.since == FIRST_RESPONSE


def source_of(name: str, column: str) -> Source:
    """Return the source whose days stand in a column of the subjects."""
    return Source(name, lambda subjects, _: subjects[column].to_numpy(dtype=float, na_value=np.nan))


def _non_response_at_assessment(subjects: pd.DataFrame, assessment_day: int) -> np.ndarray:
    """Return the assessment day for non-responders (best response NR; NE is unknown, hence no event)."""
    return np.where(subjects["best_response"] == "NR", float(assessment_day), np.nan)


def _undated_non_response(subjects: pd.DataFrame, assessment_day: int) -> np.ndarray:
    """Return the assessment day for non-responders whose progression has no day of its own, known or to come."""
    dated = subjects["progression_day"].notna() | subjects["progression_after_cutoff"]
    return np.where(dated, np.nan, _non_response_at_assessment(subjects, assessment_day))


def _death_without_relapse(subjects: pd.DataFrame, assessment_day: int) -> np.ndarray:
    """Return the day of death of those who had not relapsed, not even on that day."""
    return np.where(subjects["relapse_day"].isna(), DEATH.days(subjects, assessment_day), np.nan)


def _relapse_of(status: str) -> Source:
    """Return the relapses of one antigen status."""

    def days(subjects: pd.DataFrame, assessment_day: int) -> np.ndarray:
        return np.where(classify_relapses(subjects) == status, RELAPSE.days(subjects, assessment_day), np.nan)

    return Source("relapse", days)


RELAPSE = source_of("relapse", "relapse_day")
PROGRESSION = source_of("progression", "progression_day")
DEATH = source_of("death", "death_day")
TRANSPLANT = source_of("transplant", "hsct_day")
NEW_THERAPY = source_of("new therapy", "new_therapy_day")
DEATH_WITHOUT_RELAPSE = Source("death", _death_without_relapse)
NON_RESPONSE = Source("non-response", _non_response_at_assessment)
UNDATED_NON_RESPONSE = Source("non-response", _undated_non_response)

_RELAPSES_BY_ANTIGEN = {
    "antigen-positive relapse": _relapse_of(ANTIGEN_POSITIVE),
    "antigen-negative relapse": _relapse_of(ANTIGEN_NEGATIVE),
    "relapse of unknown antigen status": _relapse_of(ANTIGEN_UNKNOWN),
}
_NON_RELAPSE_DEATH = ("death without relapse", (DEATH_WITHOUT_RELAPSE,))


def _declare_by_antigen(name: str, cause: str, abbreviation: str) -> EndpointDefinition:
    """Return the incidence of one kind of relapse, with which the other kinds and death without relapse compete."""
    others = [(other, (source,)) for other, source in _RELAPSES_BY_ANTIGEN.items() if other != cause]
    return EndpointDefinition(
        name=name,
        label=f"Cumulative incidence of {cause}",
        abbreviation=abbreviation,
        event_name=cause,
        events=(_RELAPSES_BY_ANTIGEN[cause],),
        competing=(*others, _NON_RELAPSE_DEATH),
        responses=COMPLETE_REMISSIONS,
    )


_DEFINITIONS = (
    EndpointDefinition(name="os", label="Overall survival", abbreviation="OS", event_name="death", events=(DEATH,)),
    EndpointDefinition(
        name="pfs",
        label="Progression-free survival",
        abbreviation="PFS",
        event_name="progression, relapse or death",
        events=(RELAPSE, PROGRESSION, UNDATED_NON_RESPONSE, DEATH),
        beside_death=("progression_day", "relapse_day"),
    ),
    EndpointDefinition(
        name="efs",
        label="Event-free survival",
        abbreviation="EFS",
        event_name="non-response, relapse, new therapy or death",
        events=(RELAPSE, PROGRESSION, NON_RESPONSE, NEW_THERAPY, DEATH),
        beside_death=("progression_day", "relapse_day"),
    ),
    EndpointDefinition(
        name="rfs",
        label="Relapse-free survival",
        abbreviation="RFS",
        event_name="relapse or death",
        events=(RELAPSE, DEATH),
        responses=COMPLETE_REMISSIONS,
        beside_death=("relapse_day",),
    ),
    EndpointDefinition(
        name="dor",
        label="Duration of response",
        abbreviation="DOR",
        event_name="relapse, progression or death",
        events=(RELAPSE, PROGRESSION, DEATH),
        responses=OBJECTIVE_RESPONSES,
        beside_death=("progression_day", "relapse_day"),
    ),
    EndpointDefinition(
        name="cir",
        label="Cumulative incidence of relapse",
        abbreviation="CIR",
        event_name="relapse",
        events=(RELAPSE,),
        competing=(_NON_RELAPSE_DEATH,),
        responses=COMPLETE_REMISSIONS,
    ),
    EndpointDefinition(
        name="nrm",
        label="Non-relapse mortality",
        abbreviation="NRM",
        event_name="death without relapse",
        events=(DEATH_WITHOUT_RELAPSE,),
        competing=(("relapse", (RELAPSE,)),),
        responses=COMPLETE_REMISSIONS,
    ),
    _declare_by_antigen("cir_antigen_positive", "antigen-positive relapse", "antigen-positive CIR"),
    _declare_by_antigen("cir_antigen_negative", "antigen-negative relapse", "antigen-negative CIR"),
    _declare_by_antigen("cir_antigen_unknown", "relapse of unknown antigen status", "CIR of unknown antigen status"),
)

ENDPOINTS: Mapping[str, EndpointDefinition] = MappingProxyType({d.name: d for d in _DEFINITIONS})
"""All endpoints by name."""

REPORTED = ("os", "pfs", "efs", "rfs", "dor")
"""Those of the suite that a report tells where it is not asked for others."""
