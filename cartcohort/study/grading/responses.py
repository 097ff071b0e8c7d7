"""Best response in the table of subjects: judged from its components beside the recorded one, and instead of none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.study.grading.events import has_components
from cartcohort.study.grading.response import COMPONENTS, CRITERIA, judge_response
from cartcohort.study.model import Study
from cartcohort.study.schema import COMPLETE_REMISSIONS


def fill_responses(study: Study, criteria: str) -> Study:
    """Return the study with the responses that their components make.

    Without components it is the same. With some, `subjects` also holds `response_recorded` and `response_computed`,
    and `best_response` is the computed one where none was recorded.

    Parameters
    ----------
    study : Study
        As loaded.
    criteria : str
        "eln" or "cibmtr".
    """
    subjects = study.subjects
    rows = has_components(subjects, COMPONENTS)
    if not rows.any():
        return study
    computed = pd.Series(None, index=subjects.index, dtype=object)
    computed[rows] = judge_response(subjects[rows], criteria)
    recorded = subjects["best_response"]
    levels = recorded.cat.categories
    levels = levels.append(pd.Index([level for level in computed.dropna().unique() if level not in levels]))
    computed = pd.Series(pd.Categorical(computed, categories=levels, ordered=True), index=subjects.index)
    best = recorded.cat.set_categories(levels)
    columns = {"best_response": best.fillna(computed), "response_recorded": best, "response_computed": computed}
    return replace(study, subjects=subjects.assign(**columns))


def may_be_remission(subjects: pd.DataFrame) -> np.ndarray:
    """Return a mask of the patients without a recorded response whose components make a CR or CRi by any criteria."""
    rows = subjects["best_response"].isna().to_numpy() & has_components(subjects, COMPONENTS)
    found = np.zeros(len(subjects), dtype=bool)
    if rows.any():
        for criteria in CRITERIA:
            found[rows] |= judge_response(subjects[rows], criteria).isin(COMPLETE_REMISSIONS).to_numpy()
    return found


def list_judged_responses(study: Study) -> pd.DataFrame:
    """Return the patients of whose response any component is recorded.

    Returns
    -------
    DataFrame
        `subject_id`, `source_row`, `recorded` and `computed`, missing where not.
    """
    named = {"response_recorded": "recorded", "response_computed": "computed"}
    subjects = study.subjects
    if "response_computed" not in subjects:
        return pd.DataFrame(columns=["subject_id", "source_row", *named.values()])
    rows = has_components(subjects, COMPONENTS)
    return subjects.loc[rows, ["subject_id", "source_row", *named]].rename(columns=named).reset_index(drop=True)
