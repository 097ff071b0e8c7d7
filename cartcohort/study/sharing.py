"""The endpoints that a masked run counts, the same in every section."""

from __future__ import annotations

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
