"""What a notebook opens with: the cohort that its parameters ask for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cartcohort.errors import ParameterError, Problem
from cartcohort.parameters import PARAMETERS
from cartcohort.study.endpoints import check_endpoints
from cartcohort.study.load import load_study
from cartcohort.study.model import Study
from cartcohort.study.populations import select_cohort
from cartcohort.study.sharing import hide_medians

_PROJECT = Path(__file__).resolve().parents[2]


def load_cohort(parameters: Mapping[str, Any]) -> Study:
    """Load the study and select the cohort that the parameters ask for.

    Parameters
    ----------
    parameters : mapping of str to object
        Checked report parameters; one that is not among them takes its default.

    Returns
    -------
    Study
        As `select_cohort` returns it.

    Raises
    ------
    StudyDataError
        If the study cannot be read or breaks the data dictionary.
    ParameterError
        If a parameter does not fit the study, or leaves no patient.
    """
    value = complete_parameters(parameters)
    return select_by_parameters(load_study(find_study(value["study_path"])), value)


def select_by_parameters(study: Study, parameters: Mapping[str, Any]) -> Study:
    """Select from a study the cohort that the parameters ask for, as `load_cohort` does."""
    value = complete_parameters(parameters)
    check_endpoints(study, value["endpoints"])
    selected = select_cohort(
        study,
        subset=value["subset"],
        population=value["population"],
        data_cutoff_date=value["data_cutoff_date"],
        tumor_burden_threshold_pct=value["tumor_burden_threshold_pct"],
        age_cut_years=value["age_cut_years"],
        factors=value["factors"],
        response_assessment_day=value["response_assessment_day"],
        response_criteria=value["response_criteria"],
    )
    if len(selected.subjects) < value["min_cell_count"]:
        what = "These are fewer patients than `min_cell_count`, so there is nothing that could be shown of them."
        raise ParameterError(Problem(what, remedy="Leave out `subset`, or share a larger study."))
    return hide_medians(selected) if value["min_cell_count"] else selected


def complete_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters with the defaults of those that are not among them."""
    return {name: parameter.default for name, parameter in PARAMETERS.items()} | dict(parameters)


def find_study(path: str | Path) -> Path:
    """Return the folder of a study: as named from here or, where there is none, from the project's own folder.

    The second makes the bundled studies reachable from a notebook that runs in `notebooks/`.
    """
    here, at_home = Path(path), _PROJECT / path
    return at_home if at_home.exists() and not here.exists() else here
