"""The figures of the abstract: what the cohort must reproduce, and when a value prints as published."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import NormalDist

DATA_CUTOFF_DATE = dt.date(2023, 2, 28)
N_PATIENTS = 35
N_RESPONDERS = 27
N_LOW_RISK = 8
N_CRS = 32
N_ICANS = 6
N_RELAPSES = 10
N_RELAPSES_CD19_DIM = 2

# Days whose month (days / 30.4375) prints as the published minimum, median and maximum: 0.3, 12.2, 59.5 for OS and
# 0.3, 7.5, 57.3 for PFS. The shortest time is one early death, hence the same patient in both.
SHORTEST_DAYS = (8, 10)
OS_MEDIAN_DAYS = (370, 372)
OS_LONGEST_DAYS = (1810, 1812)
PFS_MEDIAN_DAYS = (227, 229)
PFS_LONGEST_DAYS = (1743, 1745)

OS_GENETIC_RISK_P = "0.0344"
PFS_GENETIC_RISK_P = "0.0244"
RESPONSE_P = "<0.0001"


@dataclass(frozen=True)
class Target:
    """One published figure: the claim in words, the result record and field it is, the figure as printed."""

    claim: str
    result: str
    field: str
    published: str


def _count_and_share(claim: str, result: str, *, n_event: int, share: str, n: int = N_PATIENTS) -> list[Target]:
    return [
        Target(f"{claim}: share", result, "estimate", share),
        Target(f"{claim}: patients", result, "n_event", str(n_event)),
        Target(f"{claim}: of how many", result, "n", str(n)),
    ]


def _survival(name: str, endpoint: str, *, median: str, longest: str, genetic_risk_p: str) -> list[Target]:
    prefix = f"survival/{endpoint}"
    return [
        Target(f"Median {name}, months", f"{prefix}/median", "estimate", median),
        Target(f"{name.capitalize()}, median of the observed times", f"{prefix}/observed/median", "estimate", median),
        Target(f"{name.capitalize()}, shortest observed time", f"{prefix}/observed/minimum", "estimate", "0.3"),
        Target(f"{name.capitalize()}, longest observed time", f"{prefix}/observed/maximum", "estimate", longest),
        Target(f"{name.capitalize()} worse without response", f"{prefix}/logrank/response", "p_value", RESPONSE_P),
        Target(
            f"{name.capitalize()} worse with high-risk genetics",
            f"{prefix}/logrank/genetic_risk",
            "p_value",
            genetic_risk_p,
        ),
    ]


_NON_RESPONSE = "efficacy/baseline/nonresponse"

TARGETS: tuple[Target, ...] = (
    *_count_and_share("Overall response", "efficacy/response/orr", n_event=N_RESPONDERS, share="77.1%"),
    *_survival("overall survival", "os", median="12.2", longest="59.5", genetic_risk_p=OS_GENETIC_RISK_P),
    *_survival("progression-free survival", "pfs", median="7.5", longest="57.3", genetic_risk_p=PFS_GENETIC_RISK_P),
    Target("Non-responders with high tumor burden", f"{_NON_RESPONSE}/tumor_burden/high", "n_event", "8"),
    Target("Non-responders assessed for tumor burden", f"{_NON_RESPONSE}/tumor_burden/high", "n", "8"),
    Target("Non-responders with high-risk genetics", f"{_NON_RESPONSE}/genetic_risk/high", "n_event", "8"),
    Target("Non-responders assessed for genetics", f"{_NON_RESPONSE}/genetic_risk/high", "n", "8"),
    *_count_and_share("High-risk genetics", "efficacy/baseline/genetic_risk/high", n_event=27, share="77.1%"),
    *_count_and_share("Cytokine release syndrome", "safety/crs/any", n_event=N_CRS, share="91.4%"),
    *_count_and_share("Neurotoxicity (ICANS)", "safety/icans/any", n_event=N_ICANS, share="17.1%"),
    *_count_and_share("Relapse", "relapse/total", n_event=N_RELAPSES, share="28.6%"),
    Target("Relapses still CD19 and CD22 positive", "relapse/antigen/double_positive", "n_event", "10"),
    Target("Relapses with dim CD19", "relapse/antigen/cd19_dim", "n_event", "2"),
    Target(
        "Those who survive two years do well (no figure published; read as: over 0.9 alive a year later)",
        "survival/os/conditional/24m/12m",
        "estimate",
        ">0.9",
    ),
)


def prints_as(value: float, published: str) -> bool:
    """Tell whether a value, rounded half away from zero to the published digits, prints as published.

    Parameters
    ----------
    value : float
        Computed value; a proportion in [0, 1] where `published` is a percentage.
    published : str
        A number, a number with %, or a bound such as "<0.0001" or ">0.9".
    """
    if published.startswith("<"):
        return value < float(published[1:])
    if published.startswith(">"):
        return value > float(published[1:])
    figure = Decimal(published.removesuffix("%"))
    exact = Decimal(repr(value)) * (100 if published.endswith("%") else 1)
    return exact.quantize(figure, rounding=ROUND_HALF_UP) == figure


def chi_square_window(p: str) -> tuple[float, float]:
    """Return the open interval of chi-squares on one degree of freedom whose p-value prints as `p`."""
    half_a_digit = 0.5 * 10.0 ** -len(p.split(".")[1])
    lower, upper = (chi_square_at(float(p) + side * half_a_digit) for side in (1, -1))
    return lower, upper


def chi_square_at(p: float) -> float:
    """Return the chi-square on one degree of freedom with this p-value."""
    return NormalDist().inv_cdf(1 - p / 2) ** 2
