"""Results of the relapse section: the incidence of antigen-positive and of antigen-negative relapse.

Whoever relapses with the antigens kept can no longer have a first relapse without them, so the kinds of relapse
compete with each other as death without relapse does with each. A relapse of unknown antigen status is a kind of its
own: it is neither dropped nor taken for either, and the incidences of the three kinds add up to that of relapse. The
endpoints declare which relapse is of which kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent
from cartcohort.estimate.sections.relapse import compare_levels, summarise_by_level, summarise_incidence

ENDPOINTS = ("cir_antigen_positive", "cir_antigen_negative", "cir_antigen_unknown")
"""The incidences of the kinds of relapse by name."""

_KNOWN = ENDPOINTS[:2]
_UNRECORDED = "not estimable: the antigens of no relapse are known"


def select_known(endpoints: Endpoints) -> dict[str, TimeToEvent]:
    """Return the incidences of the kinds of relapse, of unknown status only where one is; none if all are unknown."""
    known = {name: endpoint for name, endpoint in endpoints.items() if name in _KNOWN or endpoint.event.any()}
    return known if _told(endpoints) else {}


def summarise_by_antigen(
    endpoints: Endpoints,
    factors: Sequence[str],
    *,
    labels: Mapping[str, str],
    timepoints_months: Sequence[float],
    conf_level: float,
    ties: str,
    past_follow_up: str,
) -> ResultSet:
    """Give the incidences of the kinds of relapse and their comparison by factors: see the two functions below."""
    incidences = summarise_kinds(
        endpoints, timepoints_months=timepoints_months, conf_level=conf_level, past_follow_up=past_follow_up
    )
    return incidences | compare_kinds(
        endpoints,
        factors,
        labels=labels,
        timepoints_months=timepoints_months,
        conf_level=conf_level,
        ties=ties,
        past_follow_up=past_follow_up,
    )


def summarise_kinds(
    endpoints: Endpoints, *, timepoints_months: Sequence[float], conf_level: float, past_follow_up: str
) -> ResultSet:
    """Give the cumulative incidence of relapse of each antigen status at fixed times.

    Parameters
    ----------
    endpoints : mapping of str to TimeToEvent
        `ENDPOINTS`; none where the study does not record relapses or antigens.
    timepoints_months, conf_level, past_follow_up
        As for `relapse.summarise_incidence`.

    Returns
    -------
    ResultSet
        `cir_antigen_{positive,negative,unknown}/24m`. They add up to `cir/24m`, unless a transplant or new therapy is
        handled as an event, which is then one of each. Without estimates where the antigens of no relapse are known.
    """
    found = summarise_incidence(
        endpoints, timepoints_months=timepoints_months, conf_level=conf_level, past_follow_up=past_follow_up
    )
    return found if _told(endpoints) else found.map(_unrecorded)


def compare_kinds(
    endpoints: Endpoints,
    factors: Sequence[str],
    *,
    labels: Mapping[str, str],
    timepoints_months: Sequence[float],
    conf_level: float,
    ties: str,
    past_follow_up: str,
) -> ResultSet:
    """Compare antigen-positive and antigen-negative relapse between the levels of each factor, if both occurred.

    Without a relapse of either kind the comparison of the other is that of all relapses, and is not given again.

    Returns
    -------
    ResultSet
        `cir_antigen_{positive,negative}/24m/<f>/<l>`, and `gray/...`, `fine_gray/...`, `cause_specific/...` of both
        as `relapse.compare_levels` gives them for `cir`.
    """
    compared = {name: endpoints[name] for name in _KNOWN if name in endpoints}
    if not compared or not all(endpoint.event.any() for endpoint in compared.values()):
        return ResultSet()
    by_level = summarise_by_level(
        compared,
        factors,
        labels=labels,
        timepoints_months=timepoints_months,
        conf_level=conf_level,
        past_follow_up=past_follow_up,
    )
    return by_level | compare_levels(compared, factors, labels=labels, conf_level=conf_level, ties=ties)


def _told(endpoints: Endpoints) -> bool:
    """Whether a relapse of known antigens was seen, or none at all."""
    seen = {name: bool(endpoint.event.any()) for name, endpoint in endpoints.items()}
    return any(seen.get(name) for name in _KNOWN) or not any(seen.values())


def _unrecorded(result: Result) -> Result:
    return Result(n=result.n, unit=result.unit, label=result.label, note=_UNRECORDED)
