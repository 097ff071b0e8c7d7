"""Response, second product, transplant, later therapy, relapse and cause of death, each on a believable day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.reconstruct.baseline import Baseline, pick
from data.reconstruct.calendar_days import draw_visit, nearest_weekday
from data.reconstruct.targets import N_RELAPSES_CD19_DIM
from data.reconstruct.timelines import ASSESSMENT_DAY, Course

N_CRI = 11
N_MRD_POSITIVE_RELAPSING = 2
N_MRD_POSITIVE_CLEARED = 1
N_CONSOLIDATED_IN_REMISSION = 5
N_RELAPSES_BOTH_SITES = 2
N_RELAPSES_EXTRAMEDULLARY = 1
# A consolidating transplant needs this long an unbroken remission to have been reached.
FIRST_HSCT_DAY = 75


@dataclass(frozen=True)
class Treatment:
    """One patient from the first infusion on, in days; None where it did not happen or was not recorded."""

    best_response: str
    response_day: int | None = None
    mrd_negative: bool | None = None
    second_infusion_day: int | None = None
    hsct_day: int | None = None
    new_therapy_day: int | None = None
    relapse_cd19: str | None = None
    relapse_cd22: str | None = None
    relapse_site: str | None = None
    death_cause: str | None = None


def draw_treatments(rng: np.random.Generator, courses: list[Course], baselines: list[Baseline]) -> list[Treatment]:
    """Draw the treatment of all patients, in the order of their courses."""
    responders = [i for i, course in enumerate(courses) if course.responded]
    incomplete = set(
        pick(rng, responders, N_CRI, weights=[2.0 if baselines[i].high_burden else 1.0 for i in responders])
    )
    relapsed = sorted((i for i in responders if courses[i].relapse_day), key=lambda i: courses[i].relapse_day)
    in_remission = [i for i in responders if courses[i].fate == "remission"]
    mrd_positive = {
        *pick(rng, relapsed[:5], N_MRD_POSITIVE_RELAPSING),
        *pick(rng, in_remission, N_MRD_POSITIVE_CLEARED),
    }
    hsct = _consolidating_transplants(rng, courses, baselines)
    antigens = _antigens(rng, relapsed)
    sites = _relapse_sites(rng, relapsed, baselines)
    causes = _death_causes(courses, hsct)
    treatments = []
    for i, course in enumerate(courses):
        if not course.responded:
            treatments.append(_without_response(rng, course, causes[i]))
            continue
        response_day = draw_visit(rng, course.infusion_date, 25, ASSESSMENT_DAY)
        treatments.append(
            Treatment(
                best_response="CRi" if i in incomplete else "CR",
                response_day=response_day,
                mrd_negative=i not in mrd_positive,
                second_infusion_day=_second_infusion_day(rng, course, response_day, hsct.get(i)),
                hsct_day=hsct.get(i) or _salvage_transplant_day(rng, course),
                new_therapy_day=_salvage_day(rng, course),
                relapse_cd19=antigens.get(i),
                relapse_cd22="positive" if i in antigens else None,
                relapse_site=sites.get(i),
                death_cause=causes[i],
            )
        )
    return treatments


def _without_response(rng: np.random.Generator, course: Course, cause: str) -> Treatment:
    """The early death is not evaluable; the others get the second product and later therapy if they live for it."""
    start, death = course.infusion_date, course.death_day
    if cause == "toxicity":
        return Treatment("NE", death_cause=cause)
    return Treatment(
        "NR",
        # Where blasts were plain to see, residual disease was not always measured.
        mrd_negative=None if course.progression_day and rng.random() < 0.4 else False,
        second_infusion_day=draw_visit(rng, start, 31, min(45, death - 30)) if death >= 62 else None,
        new_therapy_day=draw_visit(rng, start, 62, min(80, death - 14)) if death >= 85 else None,
        death_cause=cause,
    )


def _second_infusion_day(rng: np.random.Generator, course: Course, response_day: int, hsct_day: int | None) -> int:
    """The second product comes in remission: after the response, well before a transplant, relapse or death."""
    wanted = round(float(rng.lognormal(math.log(48), 0.35)))
    bounds = [110, course.pfs_days - 28]
    if hsct_day:
        bounds.append(hsct_day - 28)
    return nearest_weekday(course.infusion_date, max(response_day + 4, min(wanted, *bounds)))


def _consolidating_transplants(
    rng: np.random.Generator, courses: list[Course], baselines: list[Baseline]
) -> dict[int, int]:
    """Transplant some in remission, preferably young and not before; one relapses later, one dies of it."""
    indices = range(len(courses))
    fit = [i for i in indices if baselines[i].age_years < 56 and not baselines[i].prior_hsct]
    free = [i for i in fit if courses[i].fate == "remission"]
    chosen = {i: (FIRST_HSCT_DAY, 150) for i in pick(rng, free, min(len(free), N_CONSOLIDATED_IN_REMISSION))}
    relapsed_late = [i for i in fit if courses[i].relapse_day and courses[i].died and courses[i].relapse_day > 180]
    if relapsed_late:
        chosen[relapsed_late[0]] = (FIRST_HSCT_DAY, 120)
    victim = max((i for i in indices if courses[i].fate == "death in remission"), key=lambda i: courses[i].death_day)
    death = courses[victim].death_day
    if death > FIRST_HSCT_DAY + 50:
        chosen[victim] = (max(FIRST_HSCT_DAY, min(120, death - 110)), min(150, death - 45))
    return {i: draw_visit(rng, courses[i].infusion_date, *window) for i, window in sorted(chosen.items())}


def _salvage_day(rng: np.random.Generator, course: Course) -> int | None:
    """Treat a relapse with something new, unless death was close."""
    if not course.relapse_day or (course.died and course.death_day - course.relapse_day < 40):
        return None
    return draw_visit(rng, course.infusion_date, course.relapse_day + 6, course.relapse_day + 22)


def _salvage_transplant_day(rng: np.random.Generator, course: Course) -> int | None:
    """Those who survived their relapse were transplanted in a second remission."""
    if not course.relapse_day or course.died:
        return None
    return draw_visit(rng, course.infusion_date, course.relapse_day + 75, course.relapse_day + 120)


def _antigens(rng: np.random.Generator, relapsed: Sequence[int]) -> dict[int, str]:
    dim = pick(rng, relapsed, N_RELAPSES_CD19_DIM)
    return {i: "dim" if i in dim else "positive" for i in relapsed}


def _relapse_sites(rng: np.random.Generator, relapsed: Sequence[int], baselines: list[Baseline]) -> dict[int, str]:
    """Let disease outside the marrow recur mostly where it was before."""
    weights = [6.0 if baselines[i].extramedullary_disease else 1.0 for i in relapsed]
    outside = pick(rng, relapsed, N_RELAPSES_BOTH_SITES + N_RELAPSES_EXTRAMEDULLARY, weights=weights)
    sites = dict.fromkeys(relapsed, "marrow")
    sites |= dict.fromkeys(outside[:N_RELAPSES_BOTH_SITES], "both")
    return sites | dict.fromkeys(outside[N_RELAPSES_BOTH_SITES:], "extramedullary")


def _death_causes(courses: list[Course], hsct: dict[int, int]) -> list[str | None]:
    """Name the causes: toxicity for the early death, disease with leukaemia, infection and others in remission."""
    causes: list[str | None] = ["disease" if course.died else None for course in courses]
    early, *_, late = sorted(
        (i for i, c in enumerate(courses) if not c.responded), key=lambda i: courses[i].death_day
    )
    causes[early] = "toxicity"
    causes[late] = "infection"
    in_remission = [i for i, course in enumerate(courses) if course.fate == "death in remission"]
    for i in in_remission:
        causes[i] = "transplant" if i in hsct else "infection"
    causes[next(i for i in in_remission if i not in hsct)] = "other"
    return causes
