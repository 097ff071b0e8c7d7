"""Life tables that tell of no few patients, by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from cartcohort.estimate.sections.disclosure.life_table import METHOD, estimate_rates, release_life_table
from cartcohort.estimate.sections.disclosure.sets import PublishedSets


def endpoint(*groups):
    """Patients as (how many, month, whether with an event)."""
    days = np.concatenate([np.full(count, month * 30.4375) for count, month, _ in groups])
    event = np.concatenate([np.full(count, happened) for count, _, happened in groups])
    return SimpleNamespace(time_days=days, event=event, label="Overall survival")


def release(*groups, k=5):
    patients = endpoint(*groups)
    return release_life_table(patients, PublishedSets(n=len(patients.event), k=k))


def test_a_line_is_kept_where_enough_happened_since_the_one_before():
    table = release((6, 2, True), (3, 5, True), (4, 8, True), (20, 20, False))
    assert table.months == (3, 9, 12, 18)  # three events by month 6 wait for the four by month 9; none is enough
    assert table.n_at_risk == (33, 27, 20, 20)
    assert table.n_event == (6, 7, 0, 0)
    assert table.n_censored == (0, 0, 0, 0)
    assert table.n_beyond == (27, 20, 20, 20)


def test_few_censorings_hide_a_line_as_few_events_do():
    table = release((6, 2, True), (2, 5, False), (6, 8, True), (4, 8, False), (20, 100, False))
    assert table.months[:3] == (3, 9, 12)
    assert table.n_censored[:3] == (0, 6, 0)


def test_what_follows_the_last_line_is_none_or_enough_too():
    table = release((6, 2, True), (6, 8, True), (3, 20, True), (20, 100, False))
    assert table.months == (3, 6)  # of nine events after month 6, three would be left after month 9
    assert table.n_beyond == (29, 29)


def test_a_line_that_differs_by_a_few_from_a_set_before_is_left_out():
    patients = endpoint((8, 2, True), (8, 5, True), (20, 100, False))
    published = PublishedSets(n=36, k=5)
    assert release_life_table(patients, published).months[:2] == (3, 6)
    beside = PublishedSets(n=36, k=5)
    assert beside.admit([np.arange(36) < 10])  # all with an event by month 3, and two of those until month 6
    assert release_life_table(patients, beside) is None


def test_a_line_at_which_nobody_is_left_is_none():
    assert release((8, 2, True), (6, 5, True)).months == (3,)


def test_there_is_no_table_where_too_little_happened():
    assert release((3, 2, True), (20, 40, False)) is None


def test_without_censoring_the_rates_are_the_shares_that_are_left():
    table = release((6, 2, True), (8, 8, True), (16, 130, False))
    rates = estimate_rates(table, conf_level=0.95)
    assert [rates[f"rate/{month}m"].estimate for month in (3, 6, 9)] == pytest.approx([24 / 30, 24 / 30, 16 / 30])
    assert rates["rate/9m"].n_event == 14
    assert rates["rate/9m"].method == METHOD


def test_who_is_censored_within_a_line_counts_for_half_of_it():
    table = release((10, 2, True), (10, 2, False), (30, 130, False))
    rate = estimate_rates(table, conf_level=0.95)["rate/3m"]
    assert rate.estimate == pytest.approx(1 - 10 / 45)
    # Greenwood: 10 / (45 * 35); limits symmetric for log(-log S)
    width = 1.959963984540054 * np.sqrt(10 / (45 * 35)) / abs(np.log(35 / 45))
    assert rate.conf_low == pytest.approx((35 / 45) ** np.exp(width))
    assert rate.conf_high == pytest.approx((35 / 45) ** np.exp(-width))


def test_before_any_event_there_are_no_limits():
    rate = estimate_rates(release((6, 4, True), (20, 130, False)), conf_level=0.95)["rate/3m"]
    assert (rate.estimate, rate.conf_low, rate.conf_high) == (1, None, None)
