"""What is to be told of grades and responses that differ from their components, or cannot be computed from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.grading import crs, icans, response
from cartcohort.study.grading.events import find_term, list_graded_events
from cartcohort.study.grading.hematotoxicity import find_counts, grade_icaht
from cartcohort.study.grading.responses import fill_responses, list_judged_responses
from cartcohort.study.model import Study
from cartcohort.study.typed_table import TypedTable

_STAYS = "The recorded one stays; correct it, or its components."
_UNITS = "They are not used; give them per µL (`/uL`) or in `10^9/L`."


def tell_grading(study: Study, typed: Mapping[str, TypedTable]) -> list[Problem]:
    """Return a warning, with its rows, for each kind of difference; responses are judged by the ELN here.

    Parameters
    ----------
    study : Study
        As loaded.
    typed : mapping of str to TypedTable
        Its tables as read, for names and rows.
    """
    return [
        *_tell_events(study, typed),
        *_tell_responses(study, typed["subjects"]),
        *_tell_icaht(study, typed),
        *_tell_units(study, typed),
    ]


def _tell_events(study: Study, typed: Mapping[str, TypedTable]) -> list[Problem]:
    graded = list_graded_events(study)
    told = []
    for term, components in (("CRS", crs.COMPONENTS), ("ICANS", icans.COMPONENTS)):
        own = graded[find_term(graded, term.casefold())]
        columns = ("grade", *components)
        what = f"The grade of {term} differs from the one that its components make (ASTCT)."
        told += _tell(typed.get("adverse_events"), what, own[differs(own)], columns, _STAYS)
        what = f"The components make no {term} (ASTCT), and no grade is recorded."
        none = own["recorded"].isna() & (own["computed"] == 0).fillna(False)
        told += _tell(
            typed.get("adverse_events"), what, own[none], columns, "Correct the components, or give a grade."
        )
        what = f"The components of {term} do not suffice to grade it, and no grade is recorded."
        none = own["recorded"].isna() & own["computed"].isna()
        told += _tell(typed.get("adverse_events"), what, own[none], columns, "Fill in the others, or give a grade.")
    return told


def _tell_responses(study: Study, table: TypedTable) -> list[Problem]:
    judged = list_judged_responses(fill_responses(study, "eln"))
    columns = ("best_response", *response.COMPONENTS)
    what = "`best_response` differs from the one that its components make (ELN)."
    unknown = judged["recorded"].isna() & judged["computed"].isna()
    return [
        *_tell(table, what, judged[differs(judged)], columns, _STAYS),
        *_tell(
            table,
            "The components of a response do not suffice to judge it (ELN), and none is recorded.",
            judged[unknown],
            columns,
            "Fill in the others, or give `best_response`.",
        ),
    ]


def _tell_icaht(study: Study, typed: Mapping[str, TypedTable]) -> list[Problem]:
    events = study.adverse_events
    events = events[find_term(events, "icaht")]
    if events.empty:
        return []
    graded = grade_icaht(study)
    rows = events[events["subject_id"].isin(graded.loc[differs(graded), "subject_id"])]
    remedy = "The recorded one stays; correct it, or the counts."
    what = "The grade of ICAHT differs from the one that the neutrophil counts make (EHA/EBMT)."
    return _tell(typed.get("adverse_events"), what, rows, ("grade",), remedy)


def _tell_units(study: Study, typed: Mapping[str, TypedTable]) -> list[Problem]:
    counts = find_counts(study.assessments)
    what = "Neutrophil counts (`anc`) have no unit, or one that they are not given in."
    return _tell(typed.get("assessments"), what, counts[counts["per_ul"].isna()], ("unit",), _UNITS)


def differs(graded: pd.DataFrame) -> np.ndarray:
    """Return a mask of the rows in which both are known, and are not the same."""
    recorded, computed = graded["recorded"].astype(object), graded["computed"].astype(object)
    both = recorded.notna() & computed.notna()
    return (both & (recorded.where(both, 0) != computed.where(both, 0))).to_numpy(dtype=bool)


def _tell(
    table: TypedTable | None, what: str, rows: pd.DataFrame, columns: Sequence[str], remedy: str
) -> list[Problem]:
    if table is None or rows.empty:
        return []
    held = [name for name in columns if name in table.columns]
    return [Problem(what, table.text.locate(np.isin(table.text.rows, rows["source_row"]), *held), remedy)]
