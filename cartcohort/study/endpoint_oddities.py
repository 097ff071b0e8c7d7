"""What is odd about a study's own endpoints, though nothing prevents them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.declared_days import OfSubjects
from cartcohort.study.description import FILE
from cartcohort.study.ends import as_float
from cartcohort.study.factors import KNOWN_LATER
from cartcohort.study.model import Study
from cartcohort.study.own_endpoints import BY_RESPONSE, OwnEndpoint
from cartcohort.study.subset import names_in
from cartcohort.study.typed_table import TypedTable


def find_endpoint_oddities(study: Study, table: TypedTable) -> list[Problem]:
    """Return what is odd about the endpoints that a study declares.

    Parameters
    ----------
    study : Study
        As loaded.
    table : TypedTable
        Its subjects as read, for names and rows.
    """
    of = OfSubjects(table, study.subjects, study.labels)
    found = []
    for own in study.own_endpoints.values():
        found += [] if own.recorded else _find_early(own, of)
        found += _find_guaranteed(own, of)
        if own.marks and not study.subjects[own.marks].any():
            what = f"`endpoints: {own.name}: patients` leaves no patient."
            found.append(
                Problem(what, FILE, "Nothing can be told of that endpoint; correct the expression if it is wrong.")
            )
        if not own.death_ends:
            what = f"In `endpoints: {own.name}` death is neither an event nor competes, so it ends follow-up."
            remedy = "The dead then count as if they could still have the event: name `death` under `events`, or "
            found.append(Problem(what, FILE, remedy + "`competing`; or, if that is meant, under `censors`."))
    return found


def _find_early(own: OwnEndpoint, of: OfSubjects) -> list[Problem]:
    """Return the events that lie before the origin."""
    start = of.start_of(own)
    found = []
    for column in (*own.events, *own.competing):
        if column in BY_RESPONSE:
            continue
        early = as_float(of.days[column]) < start
        if np.any(early):
            what = f"An event of `endpoints: {own.name}` lies before its origin, and does not count."
            remedy = "Leave such patients out by `patients`, or correct the days."
            found.append(Problem(what, of.table.text.locate(early, of.name_in_file(column)), remedy))
    return found


def _find_guaranteed(own: OwnEndpoint, of: OfSubjects) -> list[Problem]:
    """Return where the time from the origin is guaranteed: by who is chosen, or since all lived to infusion."""
    start = of.start_of(own)
    late = [name for name in names_in(own.patients) if name in KNOWN_LATER] if own.patients else []
    if late and own.since != "first response" and not own.recorded:
        names = " and ".join(f"`{name}`" for name in late)
        what = f"`endpoints: {own.name}: patients` chooses by {names}, known only after infusion."
        remedy = (
            "Whoever is chosen has lived to be: count from then (`origin: response`), or choose by what was known."
        )
        return [Problem(what, FILE, remedy)]
    if not own.recorded and own.origin not in ("", "infusion", "enrollment") and pd.Series(start < 0).any():
        what = f"The origin of `endpoints: {own.name}` lies before infusion."
        remedy = "All patients here have lived from it to their infusion: survival from it looks better than it is."
        return [Problem(what, of.table.text.locate(start < 0, of.name_in_file(own.origin)), remedy)]
    return []
