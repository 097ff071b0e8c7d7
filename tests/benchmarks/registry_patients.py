"""What is known of the simulated patients of a registry before infusion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_HIGH_RISK = (
    "BCR::ABL1",
    "BCR::ABL1;IKZF1 deletion",
    "Ph-like;IGH::CRLF2",
    "TP53 mutation",
    "complex karyotype",
    "KMT2A::AFF1",
    "hypodiploidy;TP53 mutation",
    "TCF3::HLF",
)
_LOW_RISK = ("normal karyotype", "high hyperdiploidy", "ETV6::RUNX1", "TCF3::PBX1", "DUX4 rearrangement")


@dataclass(frozen=True)
class Patients:
    """One entry a patient; text as objects, numbers as floats with NaN where not recorded."""

    age_years: np.ndarray
    sex: np.ndarray
    disease_status: np.ndarray
    prior_lines: np.ndarray
    prior_hsct: np.ndarray
    extramedullary_disease: np.ndarray
    marrow_blasts_pct: np.ndarray
    genetic_abnormalities: np.ndarray
    high_risk: np.ndarray
    first_product: np.ndarray
    car19_dose: np.ndarray
    car22_dose: np.ndarray

    @property
    def high_burden(self) -> np.ndarray:
        """Whether tumour burden is high by the default threshold."""
        return self.extramedullary_disease | (np.nan_to_num(self.marrow_blasts_pct) >= 50)

    @property
    def log_hazard(self) -> np.ndarray:
        """Log hazard of relapse and death against that of the average patient."""
        return (
            0.45 * (self.high_risk - 0.77)
            + 0.60 * (self.high_burden - 0.52)
            + 0.20 * (self.prior_hsct - 0.25)
            + 0.008 * (self.age_years - 43)
        )


def draw_patients(generator: np.random.Generator, n: int) -> Patients:
    """Draw n patients."""
    high_risk = generator.random(n) < 0.77
    return Patients(
        age_years=generator.integers(18, 66, n).astype(float),
        sex=choose(generator, n, {"female": 0.45, "male": 0.55}),
        disease_status=choose(generator, n, {"relapsed": 0.57, "refractory": 0.43}),
        prior_lines=2.0 + generator.binomial(4, 0.35, n),
        prior_hsct=generator.random(n) < 0.25,
        extramedullary_disease=generator.random(n) < 0.15,
        marrow_blasts_pct=_lose(generator, np.round(100 * generator.beta(0.9, 1.0, n), 1), 0.01),
        genetic_abnormalities=np.where(
            high_risk,
            np.array(_HIGH_RISK, dtype=object)[generator.integers(0, len(_HIGH_RISK), n)],
            np.array(_LOW_RISK, dtype=object)[generator.integers(0, len(_LOW_RISK), n)],
        ),
        high_risk=high_risk,
        first_product=choose(generator, n, {"CAR19": 0.6, "CAR22": 0.4}),
        car19_dose=_lose(generator, _dose(generator, n, 2.2), 0.05),
        car22_dose=_lose(generator, _dose(generator, n, 2.7), 0.05),
    )


def choose(generator: np.random.Generator, n: int, shares: dict[str, float]) -> np.ndarray:
    """Draw texts with these probabilities, which add up to 1."""
    return np.array(list(shares), dtype=object)[generator.choice(len(shares), n, p=list(shares.values()))]


def _dose(generator: np.random.Generator, n: int, median: float) -> np.ndarray:
    return np.round(np.maximum(0.1, median * np.exp(0.4 * generator.standard_normal(n))), 2)


def _lose(generator: np.random.Generator, values: np.ndarray, share: float) -> np.ndarray:
    return np.where(generator.random(len(values)) < share, np.nan, values)
