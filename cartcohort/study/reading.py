"""What was read of a study, sound or not: what its reports are made from, and what the doctor looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.adam import AdamPackage
from cartcohort.study.description import Description
from cartcohort.study.own_endpoints import OwnEndpoint
from cartcohort.study.published import PublishedFigure
from cartcohort.study.schema import DEFAULT_FACTORS
from cartcohort.study.typed_table import TypedTable


@dataclass(frozen=True)
class Reading:
    """The tables of a study that could be read.

    Attributes
    ----------
    name : str
        Name of the study's folder.
    description : Description
        The content of study.yaml.
    typed : mapping of str to TypedTable
        By table, as read; a table that cannot be read is not there.
    days : mapping of str to DataFrame
        By table, all columns of the data dictionary, times as days from first infusion, one row for each record of
        the typed table; a table that cannot be set against the subjects is not there.
    published : tuple of PublishedFigure
        Published figures to compare with.
    problems : tuple of Problem
        What is wrong; a study with any cannot be used.
    own_endpoints : mapping of str to OwnEndpoint
        Endpoints that an ADaM package records, then those that the description declares.
    package : AdamPackage or None
        The ADaM package that the study is.
    """

    name: str
    description: Description
    typed: Mapping[str, TypedTable]
    days: Mapping[str, pd.DataFrame]
    published: tuple[PublishedFigure, ...]
    problems: tuple[Problem, ...]
    own_endpoints: Mapping[str, OwnEndpoint]
    package: AdamPackage | None

    @property
    def factors(self) -> tuple[str, ...]:
        """Return the columns to compare by: those that the description names, or the usual ones that are there."""
        if self.description.factors is not None:
            return self.description.factors
        sources = {"tumor_burden": "marrow_blasts_pct", "age_group": "age_years"}
        subjects = self.days["subjects"]
        return tuple(name for name in DEFAULT_FACTORS if subjects[sources.get(name, name)].notna().any())
