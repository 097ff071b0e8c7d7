"""What a masked run reads of a study: the endpoints that it counts, the same in every section, and factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cartcohort.study.endpoint import Endpoint
from cartcohort.study.endpoints import ask_endpoints, derive_endpoints
from cartcohort.study.model import Study


def derive_shared(study: Study, *, min_cell_count: int) -> dict[str, Endpoint]:
    """Derive overall survival and, where it is recorded, progression-free survival, both from infusion.

    Parameters
    ----------
    study : Study
        As selected.
    min_cell_count : int
        The parameter; 0 masks nothing, and nothing is derived.
    """
    return derive_endpoints(study, ask_endpoints(study, ("os", "pfs")).told) if min_cell_count else {}


def hide_medians(study: Study) -> Study:
    """Return a cohort in which the levels of a factor split at its median do not name it.

    The median of an odd number of patients is what was measured in one of them.
    """
    columns = {
        name: study.subjects[name].cat.rename_categories(_name_sides)
        for name in study.factors
        if f"{name}_value" in study.subjects and _is_split(study.subjects[name].cat.categories)
    }
    return replace(study, subjects=study.subjects.assign(**columns))


def _is_split(levels: Sequence[str]) -> bool:
    return [level.rpartition(" ")[0] for level in sorted(levels)] == ["above", "at most"]


def _name_sides(level: str) -> str:
    return f"{level.rpartition(' ')[0]} the median"
