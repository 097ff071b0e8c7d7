"""CPU seconds and peak memory of the estimators on many patients, beside lifelines and statsmodels.

    python -m tests.benchmarks.estimates [--sizes 10000 100000 1000000] [--limit 120] [--seed 1]

Every library gets the same simulated patients, in the form it takes them; the last column of the table says how far
the numbers found are apart.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import lifelines
import lifelines.statistics
import numpy as np
import pandas as pd
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight, survdiff

from cartcohort.estimate.comparison import test_logrank
from cartcohort.estimate.competing import estimate_cumulative_incidence
from cartcohort.estimate.gray import test_gray
from cartcohort.estimate.regression import fit_cox
from cartcohort.estimate.survival import estimate_survival_curve
from tests.benchmarks.measure import Measurement, describe_machine, measure
from tests.simulation import cohort

_LOG_RATIOS = np.array([0.3, -0.2, 0.1, 0.4, -0.3, 0.2])


@dataclass(frozen=True)
class Patients:
    """Simulated patients: six covariates with an effect on survival, a group, two strata, and competing events."""

    time: np.ndarray
    event: np.ndarray
    group: np.ndarray
    stratum: np.ndarray
    covariates: pd.DataFrame
    relapse_time: np.ndarray
    relapse_type: np.ndarray


@dataclass(frozen=True)
class Task:
    """One estimate and who has it; a function without the method is None."""

    name: str
    ours: Callable[[], np.ndarray]
    lifelines: Callable[[], np.ndarray] | None = None
    statsmodels: Callable[[], np.ndarray] | None = None


def simulate(n: int, *, seed: int, whole_days: bool) -> Patients:
    """Simulate patients under the cohort's censoring."""
    generator = np.random.default_rng(seed)
    values = np.column_stack([generator.normal(size=(n, 3)), generator.integers(0, 2, size=(n, 3))])
    time, event = cohort.simulate_survival(generator, n, ratio=np.exp(values @ _LOG_RATIOS), whole_days=whole_days)
    relapse_time, relapse_type = cohort.simulate_competing(generator, n, whole_days=whole_days)
    return Patients(
        time=time,
        event=event,
        group=values[:, 3].astype(int),
        stratum=values[:, 4].astype(int),
        covariates=pd.DataFrame(values, columns=[f"x{j}" for j in range(6)]),
        relapse_time=relapse_time,
        relapse_type=relapse_type,
    )


def list_tasks(p: Patients) -> Iterator[Task]:
    """List the estimates; each returns the number, or numbers, that the libraries must agree about."""
    frame = p.covariates.assign(time=p.time, event=p.event)
    codes = np.select([p.relapse_type == "relapse", p.relapse_type == "death"], [1, 2], 0)
    yield Task(
        "Kaplan-Meier with limits",
        lambda: estimate_survival_curve(p.time, p.event).survival[-1],
        lambda: lifelines.KaplanMeierFitter().fit(p.time, p.event).survival_function_.to_numpy()[-1],
        lambda: SurvfuncRight(p.time, p.event).surv_prob[-1],
    )
    yield Task(
        "Log-rank, 2 groups",
        lambda: test_logrank(p.time, p.event, p.group).statistic,
        lambda: lifelines.statistics.multivariate_logrank_test(p.time, p.group, p.event).test_statistic,
        lambda: survdiff(p.time, p.event, p.group)[0],
    )
    yield Task(
        "Log-rank, 2 groups in 2 strata",
        lambda: test_logrank(p.time, p.event, p.group, strata=p.stratum).statistic,
        None,
        lambda: survdiff(p.time, p.event, p.group, strata=p.stratum)[0],
    )
    yield Task(
        "Cumulative incidence with limits",
        lambda: estimate_cumulative_incidence(p.relapse_time, p.relapse_type, cause="relapse").incidence[-1],
        None,
        lambda: CumIncidenceRight(p.relapse_time, codes).cinc[0][-1],
    )
    yield Task(
        "Gray's test, 2 groups", lambda: test_gray(p.relapse_time, p.relapse_type, p.group, cause="relapse").statistic
    )
    yield Task(
        "Cox, 6 covariates, Efron",
        lambda: fit_cox(p.time, p.event, p.covariates).coefficient,
        lambda: lifelines.CoxPHFitter().fit(frame, "time", "event").params_.to_numpy(),
        lambda: PHReg(p.time, p.covariates.to_numpy(), status=p.event, ties="efron").fit(disp=0).params,
    )


def print_table(sizes: list[int], *, seed: int, limit: float) -> None:
    """Print a Markdown table, a line as soon as it is measured."""
    print(describe_machine(), f"Seed {seed}.\n")
    print("| Times | Patients | Estimate | here | lifelines | statsmodels | largest difference |")
    print("|---|---:|---|---:|---:|---:|---:|")
    for whole_days in (True, False):
        for n in sizes:
            for task in list_tasks(simulate(n, seed=seed, whole_days=whole_days)):
                line = _measure_task(task, limit=limit)
                print(f"| {'whole days' if whole_days else 'continuous'} | {n:,} | {line} |", flush=True)


def _measure_task(task: Task, *, limit: float) -> str:
    ours = measure(task.ours, limit=limit)
    others = [call and measure(call, limit=limit) for call in (task.lifelines, task.statsmodels)]
    cells = [_cell(ours, limit=limit), *(_cell(other, beside=ours, limit=limit) for other in others)]
    return " | ".join([task.name, *cells, _difference(ours, others)])


def _cell(measured: Measurement | None, *, limit: float, beside: Measurement | None = None) -> str:
    if measured is None:
        return "-"
    if measured.seconds is None:
        return f"stopped at {limit:.0f} s"
    ratio = f" (x {_short(measured.seconds / beside.seconds)})" if beside and beside.seconds else ""
    seconds = "<0.001" if measured.seconds < 0.001 else _short(measured.seconds)
    return f"{seconds} s{ratio}, {measured.megabytes:.0f} MB"


def _short(number: float) -> str:
    return f"{number:.2g}" if number < 10 else f"{number:.0f}"


def _difference(ours: Measurement, others: list[Measurement | None]) -> str:
    found = [other.found for other in others if other is not None and other.found is not None]
    if ours.found is None or not found:
        return "-"
    return f"{max(np.max(np.abs(other / ours.found - 1)) for other in found):.0e}"


def main() -> None:
    """Read the arguments and print the table."""
    parser = argparse.ArgumentParser(description="Time the estimators beside lifelines and statsmodels.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="patients")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds after which a measurement is stopped")
    parser.add_argument("--seed", type=int, default=1, help="seed of the simulated patients")
    arguments = parser.parse_args()
    print_table(arguments.sizes, seed=arguments.seed, limit=arguments.limit)


if __name__ == "__main__":
    main()
