"""An ADaM package of a cohort: ADSL, ADTTE, ADRS, ADAE and ADLB as transport files and as Parquet.

The folder is a study again: its study.yaml tells what ADaM has no place for (order of levels, names of factors), so
that reading it back gives the same results.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from cartcohort.study.adam_export.dataset import Dataset, write_parquet, write_transport
from cartcohort.study.adam_export.tables import Package
from cartcohort.study.adam_export.variables import SUBJECT_VARIABLES
from cartcohort.study.cohort import complete_parameters
from cartcohort.study.description import FILE
from cartcohort.study.endpoints import ask_endpoints, derive_endpoints
from cartcohort.study.model import Study
from cartcohort.study.populations import select_cohort

_ABOUT = """\
# An ADaM package made by cart-reports, and a study that it reads: python run_reports.py --study <this folder>
# AVAL of ADTTE counts whole days from STARTDT: the day itself is day 0, as in every report of the suite. CNSR 0 is
# the event, 1 a censoring, 2 and more what competes. Transport files hold texts of up to 200 bytes, Parquet any text.
"""


def write_adam(study: Study, parameters: Mapping[str, Any], folder: Path) -> None:
    """Write the ADaM package of the cohort that parameters ask for.

    Parameters
    ----------
    study : Study
        As loaded.
    parameters : mapping of str to object
        Checked report parameters; one that is not among them takes its default. The population is everybody enrolled,
        with SAFFL for those infused.
    folder : Path
        An empty folder.

    Raises
    ------
    ParameterError
        If a parameter does not fit the study, or leaves no patient.
    """
    value = complete_parameters(parameters)
    cohort = _select(study, value)
    package = Package(cohort)
    datasets = [
        package.make_adsl(),
        package.make_adtte(_derive(study, cohort, value)),
        *filter(None, (package.make_adrs(), package.make_adae(), package.make_adlb())),
    ]
    for dataset in datasets:
        write_transport(dataset, folder / f"{dataset.name.lower()}.xpt")
        write_parquet(dataset, folder / f"{dataset.name.lower()}.parquet")
    text = yaml.safe_dump(_describe(study, package, datasets), sort_keys=False, allow_unicode=True, width=118)
    (folder / FILE).write_text(_ABOUT + text, encoding="utf-8", newline="\n")


def _select(study: Study, value: Mapping[str, Any]) -> Study:
    """Return everybody enrolled whom the subset keeps, with the factors as the file has them."""
    return select_cohort(
        study,
        subset=value["subset"],
        population="enrolled",
        data_cutoff_date=value["data_cutoff_date"],
        tumor_burden_threshold_pct=value["tumor_burden_threshold_pct"],
        age_cut_years=value["age_cut_years"],
        factors=(),
        response_assessment_day=value["response_assessment_day"],
    )


def _derive(study: Study, cohort: Study, value: Mapping[str, Any]) -> dict[str, Any]:
    options = ("origin", "hsct_handling", "new_therapy_handling", "response_assessment_day")
    names = ask_endpoints(cohort, value["endpoints"]).told
    return derive_endpoints(cohort, names, **{name: value[name] for name in options})


def _describe(study: Study, package: Package, datasets: list[Dataset]) -> dict[str, Any]:
    subjects, cutoff = package.subjects, package.cohort.data_cutoff_date
    own = [name for name in package.names if name not in SUBJECT_VARIABLES]
    levels = {
        name: [str(level) for level in subjects[name].cat.categories]
        for name in own
        if isinstance(subjects[name].dtype, pd.CategoricalDtype)
    }
    return {
        "format": "adam",
        "title": study.title,
        **({"source": study.source} if study.source else {}),
        **({"synthetic": True} if study.synthetic else {}),
        **({"data_cutoff_date": cutoff.isoformat()} if cutoff else {}),
        **({"day_zero": study.day_zero} if study.day_zero != "infusion" else {}),
        "tables": {one.name.lower(): f"{one.name.lower()}.xpt" for one in datasets},
        "columns": {"adsl": {name: variable.lower() for name, variable in package.names.items()}},
        "factors": list(study.factors),
        "levels": {name: list(order) for name, order in study.levels.items() if name in package.names} | levels,
        "labels": {name: study.labels[name] for name in own},
        **({"known_later": dict(study.known_later)} if study.known_later else {}),
    }
