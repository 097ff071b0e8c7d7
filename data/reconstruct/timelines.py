"""Draw survival courses that have the published medians and ranges by construction.

With nobody censored before the median, the Kaplan-Meier median of 35 patients and the plain median of their observed
times are both the 18th time. So every patient still living was infused over a year before the cut-off, and the 18th
death and the 18th event of progression-free survival are moved to the published median where one fell close to it.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np

from data.reconstruct.calendar_days import add_days, draw_weekday
from data.reconstruct.targets import (
    DATA_CUTOFF_DATE,
    N_PATIENTS,
    OS_LONGEST_DAYS,
    OS_MEDIAN_DAYS,
    PFS_LONGEST_DAYS,
    PFS_MEDIAN_DAYS,
    SHORTEST_DAYS,
)

# Twenty deaths are the fewest with which the P values by genetic risk can be met, ten relapses are published.
N_NON_RESPONDERS, N_RELAPSED_DEAD, N_RELAPSED_ALIVE, N_DEAD_IN_REMISSION = 8, 8, 2, 4
N_IN_REMISSION = N_PATIENTS - N_NON_RESPONDERS - N_RELAPSED_DEAD - N_RELAPSED_ALIVE - N_DEAD_IN_REMISSION
MEDIAN_RANK = (N_PATIENTS + 1) // 2
ASSESSMENT_DAY = 28
TWO_YEARS_DAYS = 731
FIRST_INFUSION_DATE = dt.date(2018, 3, 19)
# Later than the patient with the longest progression-free survival, who must stay the longest.
FIRST_LIVING_DATE = dt.date(2018, 6, 11)
LAST_INFUSION_DATE = dt.date(2022, 2, 18)
LAST_VISIT_WINDOW_DAYS = 30


@dataclass(frozen=True)
class Course:
    """What happened to one patient, in whole days from first infusion; None where it did not happen."""

    fate: str  # "non-response", "relapse", "death in remission" or "remission"
    infusion_date: dt.date
    progression_day: int | None = None
    relapse_day: int | None = None
    death_day: int | None = None
    last_contact_day: int | None = None  # of the living
    genetic_risk: str = "high"

    @property
    def responded(self) -> bool:
        """Tell whether the patient reached a complete remission."""
        return self.fate != "non-response"

    @property
    def died(self) -> bool:
        """Tell whether the patient died before the cut-off."""
        return self.death_day is not None

    @property
    def os_days(self) -> int:
        """Return the time to death or last contact."""
        return self.death_day if self.died else self.last_contact_day

    @property
    def progressed(self) -> bool:
        """Tell whether progression-free survival ended in an event."""
        return self.died or self.relapse_day is not None

    @property
    def pfs_days(self) -> int:
        """Return the time to non-response, relapse, death or last contact, whichever was first."""
        if self.responded:
            return self.os_days if self.relapse_day is None else self.relapse_day
        return min(self.progression_day or ASSESSMENT_DAY, self.death_day)


@dataclass
class _EventDays:
    """Days of events by fate, before any date is given to them."""

    early_death: int
    non_responder_death: list[int]
    relapse: list[int]
    death_after_relapse: list[int]
    survived_relapse: list[int]
    death_in_remission: list[int]


def draw_courses(rng: np.random.Generator) -> list[Course] | None:
    """Draw the 35 courses, all at high genetic risk as yet; None where the draw misses a median or a range."""
    days = _draw_event_days(rng)
    if not (_pin_medians(rng, days) and _believable(days)):
        return None
    courses = [*_non_responders(rng, days), *_relapsed(rng, days), *_never_relapsed(rng, days)]
    return courses if None not in courses and _ranges_hold(courses) else None


def _log_normal(rng: np.random.Generator, size: int, *, median: float, spread: float) -> list[int]:
    return [round(float(day)) for day in rng.lognormal(math.log(median), spread, size)]


def _draw_event_days(rng: np.random.Generator) -> _EventDays:
    relapse = _log_normal(rng, N_RELAPSED_DEAD, median=165, spread=0.6)
    gap = _log_normal(rng, N_RELAPSED_DEAD, median=110, spread=0.7)
    return _EventDays(
        early_death=int(rng.integers(*SHORTEST_DAYS, endpoint=True)),
        non_responder_death=_log_normal(rng, N_NON_RESPONDERS - 1, median=80, spread=0.6),
        relapse=relapse,
        death_after_relapse=[first + later for first, later in zip(relapse, gap, strict=True)],
        survived_relapse=_log_normal(rng, N_RELAPSED_ALIVE, median=400, spread=0.3),
        death_in_remission=_log_normal(rng, N_DEAD_IN_REMISSION, median=150, spread=0.55),
    )


def _pin_medians(rng: np.random.Generator, days: _EventDays) -> bool:
    """Move one relapse and one death after relapse to the medians; tell whether both are then the 18th."""
    _move_nearest(rng, days.relapse, PFS_MEDIAN_DAYS)
    _move_nearest(rng, days.death_after_relapse, OS_MEDIAN_DAYS)
    first_events = sorted([*days.relapse, *days.survived_relapse, *days.death_in_remission])
    deaths = sorted([*days.death_after_relapse, *days.death_in_remission])
    rank = MEDIAN_RANK - N_NON_RESPONDERS - 1
    return _within(first_events[rank], PFS_MEDIAN_DAYS) and _within(deaths[rank], OS_MEDIAN_DAYS)


def _move_nearest(rng: np.random.Generator, days: list[int], window: tuple[int, int], *, reach: int = 30) -> None:
    nearest = min(range(len(days)), key=lambda i: abs(days[i] - window[0]))
    if abs(days[nearest] - window[0]) <= reach:
        days[nearest] = int(rng.integers(*window, endpoint=True))


def _within(day: int, window: tuple[int, int]) -> bool:
    return window[0] <= day <= window[1]


def _believable(days: _EventDays) -> bool:
    gaps = [later - first for first, later in zip(days.relapse, days.death_after_relapse, strict=True)]
    return (
        # The seven others live to be assessed, and are dead before the median.
        min(days.non_responder_death) > ASSESSMENT_DAY + 7
        and max(days.non_responder_death) < OS_MEDIAN_DAYS[0]
        # Relapse and death in remission come after the response and the second product; nothing after two years.
        and min([*days.relapse, *days.survived_relapse]) >= 80
        and min(days.death_in_remission) >= 65
        and min(gaps) >= 15
        and max([*days.death_after_relapse, *days.survived_relapse, *days.death_in_remission]) < TWO_YEARS_DAYS
    )


def _dead(rng: np.random.Generator, fate: str, death: int, **event: int) -> Course | None:
    """Infuse a patient early enough to die before the cut-off, the marrow that shows an event on a weekday."""
    last = min(LAST_INFUSION_DATE, add_days(DATA_CUTOFF_DATE, -death))
    date = draw_weekday(rng, FIRST_INFUSION_DATE, last, also=tuple(event.values()))
    return date and Course(fate, date, death_day=death, **event)


def _non_responders(rng: np.random.Generator, days: _EventDays) -> list[Course | None]:
    """Give four of the seven assessed an early progression; the others count at the assessment on day 28."""
    early = _dead(rng, "non-response", days.early_death)
    seen = [
        _dead(rng, "non-response", d, progression_day=int(rng.integers(20, 29))) for d in days.non_responder_death[:4]
    ]
    return [early, *seen, *(_dead(rng, "non-response", d) for d in days.non_responder_death[4:])]


def _relapsed(rng: np.random.Generator, days: _EventDays) -> list[Course | None]:
    """Let the longest overall survival belong to a patient who relapsed late and lives."""
    pairs = zip(days.relapse, days.death_after_relapse, strict=True)
    dead = [_dead(rng, "relapse", death, relapse_day=relapse) for relapse, death in pairs]
    *rest, late = sorted(days.survived_relapse)
    return [
        *dead,
        _longest(rng, "relapse", OS_LONGEST_DAYS, relapse_day=late),
        *(_living(rng, "relapse", relapse_day=r) for r in rest),
    ]


def _never_relapsed(rng: np.random.Generator, days: _EventDays) -> list[Course | None]:
    return [
        *(_dead(rng, "death in remission", death) for death in days.death_in_remission),
        _longest(rng, "remission", PFS_LONGEST_DAYS),
        *(_living(rng, "remission") for _ in range(N_IN_REMISSION - 1)),
    ]


def _longest(rng: np.random.Generator, fate: str, window: tuple[int, int], **event: int) -> Course | None:
    follow_up = int(rng.integers(*window, endpoint=True))
    last = add_days(DATA_CUTOFF_DATE, -follow_up)
    date = draw_weekday(rng, add_days(last, -LAST_VISIT_WINDOW_DAYS), last, also=(follow_up, *event.values()))
    return date and Course(fate, date, last_contact_day=follow_up, **event)


def _living(rng: np.random.Generator, fate: str, **event: int) -> Course | None:
    date = draw_weekday(rng, FIRST_LIVING_DATE, LAST_INFUSION_DATE, also=tuple(event.values()))
    seen = draw_weekday(rng, add_days(DATA_CUTOFF_DATE, -LAST_VISIT_WINDOW_DAYS), DATA_CUTOFF_DATE)
    return date and seen and Course(fate, date, last_contact_day=(seen - date).days, **event)


def _ranges_hold(courses: list[Course]) -> bool:
    """Check the order of the longest times, nobody censored before the median, and nine survivors of two years."""
    living = [course for course in courses if not course.died]
    free = [course.pfs_days for course in courses if not course.progressed]
    return (
        max(course.os_days for course in courses) <= OS_LONGEST_DAYS[1]
        and max(free) <= PFS_LONGEST_DAYS[1]
        and min(course.os_days for course in living) > OS_MEDIAN_DAYS[1]
        and sum(course.os_days > TWO_YEARS_DAYS for course in living) >= 9
        and all(course.os_days - course.relapse_day > 180 for course in living if course.relapse_day)
    )
