"""Shapes of the marker curves over days, before noise: surges, CAR transgene, B cells and residual disease.

They follow what is commonly reported: cytokines surge with CRS in proportion to its grade, the transgene peaks about
day 10 to 14 and fades along a power law, B cells are gone while CAR-T cells last and come back after, a relapse that
keeps its antigens comes when the CAR-T cells are lost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from data.reconstruct.baseline import Baseline
from data.reconstruct.timelines import Course
from data.reconstruct.toxicity import AdverseEvent, Syndromes
from data.reconstruct.treatment import Treatment

_UNDETECTABLE_DISEASE_PCT = 0.002

# Median peak by grade of CRS (0 to 5); then days from onset to peak, and the widths of its rise and fall in days.
_PEAKS = {
    "il6": ((14, 55, 260, 1300, 4200, 11000), 2.0, (1.1, 2.6)),
    "crp": ((18, 55, 105, 160, 215, 290), 2.5, (1.6, 3.6)),
    "ferritin": ((900, 1500, 3600, 9500, 26000, 48000), 4.5, (2.6, 6.5)),
}
# The more severe CRS is, the longer cytokines stay up; they do not fall before a fatal end.
_FALL_FACTORS = (1.0, 1.0, 1.1, 1.3, 1.6, 4.0)
_BASES = {"il6": (6.0, 0.5), "crp": (6.0, 0.7), "ferritin": (650.0, 0.6)}


@dataclass(frozen=True)
class Surge:
    """A rise from a base to a peak and back, bell-shaped on the log scale."""

    base: float
    peak: float
    peak_day: float
    rise_days: float
    fall_days: float

    def level(self, day: int) -> float:
        """Return the level on a day."""
        width = self.rise_days if day < self.peak_day else self.fall_days
        return self.base * (self.peak / self.base) ** math.exp(-0.5 * ((day - self.peak_day) / width) ** 2)


@dataclass(frozen=True)
class Transgene:
    """Expansion after each product given (its day, peak and day of peak), fading to the limit on `loss_day`."""

    products: tuple[tuple[int, float, float], ...]
    loss_day: float

    def level(self, day: int) -> float:
        """Return copies per µg DNA on a day."""
        return math.fsum(self._one(day - given, *peak, self.loss_day - given) for given, *peak in self.products)

    @staticmethod
    def _one(day: int, peak: float, peak_day: float, loss_day: float) -> float:
        if day <= 1:
            return 0.0
        if day <= peak_day:
            return 10 ** (math.log10(peak) * (day - 1) / (peak_day - 1))
        slope = (math.log10(peak) - 1) / math.log10(max(loss_day, peak_day + 10) / peak_day)
        return peak * (day / peak_day) ** -slope


@dataclass(frozen=True)
class BCells:
    """Depletion from a base by the CAR-T cells, recovery to a plateau once they are lost."""

    base: float
    plateau: float
    depletion_days: float
    recovery_day: float

    def level(self, day: int) -> float:
        """Return cells per µL on a day."""
        left = self.base * 10 ** (-day / self.depletion_days)
        recovered = self.plateau * (1 - math.exp(-max(0.0, day - self.recovery_day) / 110))
        return left + recovered


@dataclass(frozen=True)
class ResidualDisease:
    """Leukaemic share of the marrow, straight on the log scale between the days given."""

    points: tuple[tuple[int, float], ...]

    def level(self, day: int) -> float:
        """Return percent of marrow cells on a day."""
        days, shares = zip(*self.points, strict=True)
        return min(98.0, 10 ** float(np.interp(day, days, [math.log10(share) for share in shares])))


def draw_surges(
    rng: np.random.Generator, treatment: Treatment, syndromes: Syndromes, second_crs: AdverseEvent | None
) -> dict[str, tuple[Surge, ...]]:
    """Draw the cytokine surges after each product given."""
    first = (syndromes.crs_grade, syndromes.crs.onset_day if syndromes.crs else 6)
    products = [first]
    if treatment.second_infusion_day:
        quiet = (0, treatment.second_infusion_day + 4)
        products.append((second_crs.grade, second_crs.onset_day) if second_crs else quiet)
    severity = rng.normal(0, 0.35, len(products))
    surges = {}
    for assay, (peaks, delay, (rise, fall)) in _PEAKS.items():
        base = _log_normal(rng, *_BASES[assay])
        surges[assay] = tuple(
            Surge(
                base,
                max(1.2 * base, peaks[grade] * math.exp(float(extra))),
                onset + delay,
                rise,
                fall * _FALL_FACTORS[grade],
            )
            for (grade, onset), extra in zip(products, severity, strict=True)
        )
    return surges


def draw_transgene(rng: np.random.Generator, course: Course, treatment: Treatment, syndromes: Syndromes) -> Transgene:
    """Draw expansion (lower without response, higher with CRS) and the day on which the CAR-T cells are lost."""
    peak = _log_normal(rng, (40_000 if course.responded else 6_000) * (1 + 0.4 * syndromes.crs_grade), 0.7)
    products = [(0, peak, float(rng.uniform(9, 14)))]
    if treatment.second_infusion_day:
        products.append(
            (treatment.second_infusion_day, peak * float(rng.uniform(0.1, 0.5)), float(rng.uniform(8, 13)))
        )
    return Transgene(tuple(products), _loss_day(rng, course, treatment))


def _loss_day(rng: np.random.Generator, course: Course, treatment: Treatment) -> float:
    if not course.responded:
        return _log_normal(rng, 60, 0.3)
    persistence = (
        course.relapse_day * float(rng.uniform(0.6, 0.9)) if course.relapse_day else _log_normal(rng, 330, 0.75)
    )
    consolidated = treatment.hsct_day and not (course.relapse_day and treatment.hsct_day > course.relapse_day)
    # Conditioning for the transplant removes the CAR-T cells.
    return min(persistence, treatment.hsct_day + 5) if consolidated else persistence


def draw_b_cells(rng: np.random.Generator, course: Course, treatment: Treatment, loss_day: float) -> BCells:
    """Draw B cells: back some weeks after the CAR-T cells are lost, or half a year after a transplant."""
    recovery = loss_day + float(rng.uniform(0, 40))
    if treatment.hsct_day:
        recovery = treatment.hsct_day + float(rng.uniform(90, 170))
    depletion = float(rng.uniform(4, 6)) if course.responded else float(rng.uniform(12, 26))
    return BCells(_log_normal(rng, 45, 0.9), _log_normal(rng, 150, 0.4), depletion, recovery)


def draw_residual_disease(
    rng: np.random.Generator, course: Course, baseline: Baseline, treatment: Treatment, first_marrow_day: int
) -> ResidualDisease:
    """Draw residual disease: persistent without response, rising for some months before a relapse."""
    if not course.responded:
        left = max(6.0, baseline.marrow_blasts_pct * float(rng.uniform(0.4, 1.1)))
        return ResidualDisease(((first_marrow_day, left), (first_marrow_day + 60, 95.0)))
    at_response = _UNDETECTABLE_DISEASE_PCT if treatment.mrd_negative else _log_normal(rng, 0.12, 0.8)
    points = [(first_marrow_day, at_response)]
    if course.relapse_day:
        points += _relapse_points(rng, course, treatment, first_marrow_day)
    elif not treatment.mrd_negative:
        points.append((treatment.second_infusion_day + 25, _UNDETECTABLE_DISEASE_PCT))
    return ResidualDisease(tuple(points))


def _relapse_points(
    rng: np.random.Generator, course: Course, treatment: Treatment, first_marrow_day: int
) -> list[tuple[int, float]]:
    relapse = course.relapse_day
    # A relapse outside the marrow alone leaves little to be found in it.
    share = _log_normal(rng, 0.15, 0.3) if treatment.relapse_site == "extramedullary" else float(rng.uniform(12, 88))
    rise = relapse - round(float(rng.uniform(70, 130)))
    points = [(relapse, share)]
    if treatment.mrd_negative and rise > first_marrow_day:
        points.insert(0, (rise, _UNDETECTABLE_DISEASE_PCT))
    if not course.died:
        points += [(treatment.hsct_day, 0.05), (treatment.hsct_day + 25, _UNDETECTABLE_DISEASE_PCT)]
    return points


def _log_normal(rng: np.random.Generator, median: float, spread: float) -> float:
    return float(rng.lognormal(math.log(median), spread))
