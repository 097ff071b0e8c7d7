"""What limits promise, by enumeration where that can be done, and the simulation study's own truths."""

import numpy as np
import pytest

from cartcohort.estimate.competing import estimate_cumulative_incidence, estimate_incidence_at
from cartcohort.estimate.hazard import estimate_hazard
from cartcohort.estimate.proportions import exact_interval, wilson_interval
from cartcohort.estimate.restricted_mean import estimate_rmst
from cartcohort.estimate.survival import estimate_survival_at, estimate_survival_curve
from tests.simulation import cohort
from tests.simulation.__main__ import run
from tests.simulation.enumeration import GRID, cover_shares
from tests.simulation.outcomes import Cell, Interval, PValue, summarise_intervals, summarise_tests
from tests.simulation.replicates import STUDIES
from tests.simulation.report import read_intervals, read_tests


def coverages(limits, n):
    return [cell.rate for cell in cover_shares(limits, n, GRID)]


def test_the_limits_of_one_patient_cover_what_can_be_counted_by_hand():
    # Exact limits of 0 of 1 are [0, 0.975], Wilson's [0, 0.793]; those of 1 of 1 mirror them, from 0.025 and 0.207.
    exact, wilson = (cover_shares(limits, 1, (0.02, 0.1, 0.5)) for limits in (exact_interval, wilson_interval))
    assert [cell.rate for cell in exact] == pytest.approx([0.98, 1, 1])
    assert [cell.rate for cell in wilson] == pytest.approx([0.98, 0.9, 1])


@pytest.mark.parametrize("n", [5, 8, 20, 35])
def test_exact_limits_cover_every_share_at_least_as_often_as_they_claim(n):
    assert min(coverages(exact_interval, n)) >= 0.95


@pytest.mark.parametrize("n", [8, 20, 35])
def test_wilson_limits_cover_as_claimed_on_average_and_less_for_some_shares(n):
    assert np.mean(coverages(wilson_interval, n)) == pytest.approx(0.95, abs=0.01)
    assert min(coverages(wilson_interval, n)) < 0.93


def test_the_simulated_patients_have_the_survival_and_the_incidence_that_are_called_true():
    n, generator = 40_000, np.random.default_rng(5)
    time, event = cohort.simulate_survival(generator, n, ratio=1.5)
    curve = estimate_survival_curve(time, event)
    for months in (6, 12, 24):
        found = estimate_survival_at(curve, months)
        assert found.estimate == pytest.approx(float(cohort.survival_at(months, ratio=1.5)), abs=0.01)
    incidence = estimate_cumulative_incidence(*cohort.simulate_competing(generator, n, ratio=1.5), cause="relapse")
    for months in (6, 24):
        found = estimate_incidence_at(incidence, months)
        assert found.estimate == pytest.approx(cohort.incidence_at(months, ratio=1.5), abs=0.01)


def test_the_true_mean_and_hazard_are_those_of_many_simulated_patients():
    time, event = cohort.simulate_survival(np.random.default_rng(6), 40_000)
    curve, hazard = estimate_survival_curve(time, event), estimate_hazard(time, event, width=12)
    assert estimate_rmst(curve, 24).estimate == pytest.approx(cohort.restricted_mean(24), rel=0.01)
    assert hazard.rate[:2] == pytest.approx([cohort.hazard_in_year(1), cohort.hazard_in_year(2)], rel=0.03)


def test_every_study_of_the_simulation_gives_the_same_outcomes_again():
    for number, study in enumerate(STUDIES):
        first, second = (run((number, study.sizes[0], range(1)), 3) for _ in range(2))
        assert first == second and len(first) > 0


def test_misses_are_counted_on_their_side_and_lacking_limits_as_neither():
    found = [Interval("", "", low, high, 0.5) for low, high in ((0.4, 0.6), (0.1, 0.2), (0.7, 0.8), (np.nan, np.nan))]
    cell = summarise_intervals(found)
    assert (cell.rate, cell.below, cell.above, cell.none) == (0.25, 0.25, 0.25, 0.25)
    assert cell.width == pytest.approx(0.1)
    assert cell.error == pytest.approx(np.sqrt(0.95 * 0.05 / 4))


def test_a_p_value_of_exactly_the_level_rejects_and_none_does_not():
    assert summarise_tests([PValue("", "", p) for p in (0.05, 0.051, np.nan, 0.01)]).rate == 0.5


def test_rates_are_read_against_their_monte_carlo_error():
    cells = {35: Cell(0.93, error=0.005), 100: Cell(0.942, error=0.005), 500: Cell(0.965, error=0.005)}
    assert read_intervals(cells) == "anti-conservative at n = 35; conservative at n = 500"
    assert read_intervals({35: Cell(0.93, error=0.011)}) == "holds its level"
    assert read_intervals({8: Cell(0.76, error=0.005, none=0.2)}) == "holds its level; no limits in 20% at n = 8"
    assert read_tests({35: Cell(0.08, error=0.005), 100: Cell(0.03, error=0.005)}) == (
        "anti-conservative at n = 35; conservative at n = 100"
    )
