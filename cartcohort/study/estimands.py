"""The same endpoints read in other ways: a later transplant or new therapy, and who counts from when."""

from __future__ import annotations

from collections.abc import Iterable

from cartcohort.parameters import PARAMETERS
from cartcohort.study.endpoint import Endpoint
from cartcohort.study.endpoints import derive_endpoints
from cartcohort.study.model import Study


def derive_estimands(
    study: Study,
    enrolled: Study,
    names: Iterable[str],
    *,
    origin: str = "infusion",
    hsct_handling: str = "ignore",
    new_therapy_handling: str = "ignore",
    response_assessment_day: int = 28,
) -> dict[str, dict[str, Endpoint]]:
    """Derive endpoints as they are reported, and with one thing read otherwise at a time.

    Parameters
    ----------
    study : Study
        The cohort of the report.
    enrolled : Study
        The same cohort with everybody enrolled, infused or not.
    names : iterable of str
    origin, hsct_handling, new_therapy_handling, response_assessment_day
        The report's own reading, as in `derive_endpoint`.

    Returns
    -------
    dict of str to dict of str to Endpoint
        By reading, then by name of the endpoint. First the report's own, named by its `hsct_handling` ("ignore");
        then, each with all else as reported: the other values of `hsct_handling` ("censor", "event", "competing");
        the other values of `new_therapy_handling` ("new_therapy_censor", ...); "both_censor", follow-up ending at
        whichever comes first; "enrolled", everybody enrolled from enrolment; "infused", the infused from infusion.
        A reading may be of no patient, or the same as another: nothing is left out here.
    """
    names = list(names)
    own = {"origin": origin, "hsct_handling": hsct_handling, "new_therapy_handling": new_therapy_handling}
    changes: dict[str, dict[str, str]] = {hsct_handling: {}}
    for how in PARAMETERS["hsct_handling"].choices:
        changes.setdefault(how, {"hsct_handling": how})
    for how in PARAMETERS["new_therapy_handling"].choices:
        if how != new_therapy_handling:
            changes[f"new_therapy_{how}"] = {"new_therapy_handling": how}
    changes["both_censor"] = {"hsct_handling": "censor", "new_therapy_handling": "censor"}
    changes["enrolled"] = {"origin": "enrollment"}
    changes["infused"] = {"origin": "infusion"}
    return {
        reading: derive_endpoints(
            enrolled if "origin" in change else study,
            names,
            origin=(own | change)["origin"],
            hsct_handling=(own | change)["hsct_handling"],
            new_therapy_handling=(own | change)["new_therapy_handling"],
            response_assessment_day=response_assessment_day,
        )
        for reading, change in changes.items()
    }
