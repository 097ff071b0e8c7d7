"""All rules of the doctor: those that every run asks, and those that `check` asks besides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from cartcohort.errors import Problem
from cartcohort.study.doctor import (
    course,
    dates,
    emptiness,
    factor_levels,
    follow_up,
    identity,
    measurements,
    numbers,
    spelling,
    time_units,
    toxicity,
)
from cartcohort.study.doctor.case import Case
from cartcohort.study.reading import Reading

Rule = Callable[[Case], Iterator[Problem]]

AT_ONCE: Sequence[tuple[str, Rule]] = (
    ("subjects", time_units.find_other_units),
    ("", spelling.find_misspelt_columns),
    ("", emptiness.find_empty_tables),
    ("subjects", emptiness.find_empty_columns),
    ("subjects", follow_up.find_short_follow_up),
    ("subjects", course.find_response_oddities),
    ("subjects", factor_levels.find_poor_factors),
    ("", spelling.find_spelt_names),
    ("", measurements.find_repeated_rows),
    ("", measurements.find_mixed_units),
)
"""What takes no time, and alters what the reports say; each with the table that it needs in days, if any."""

AT_LENGTH: Sequence[tuple[str, Rule]] = (
    ("", dates.find_date_orders),
    ("", dates.find_sentinel_dates),
    ("", numbers.find_sentinel_numbers),
    ("", dates.find_heaped_dates),
    ("subjects", dates.find_weekend_infusions),
    ("subjects", identity.find_repeated_patients),
    ("subjects", identity.find_ids_alike),
    ("subjects", identity.find_odd_ids),
    ("subjects", spelling.find_spelt_levels),
    ("subjects", factor_levels.find_missing_of_factors),
    ("subjects", numbers.find_implausible),
    ("subjects", numbers.find_other_scales),
    ("subjects", course.find_odd_orders),
    ("subjects", course.find_early_events),
    ("subjects", course.find_odd_states),
    ("subjects", course.find_late_times),
    ("subjects", follow_up.find_contact_long_before_death),
    ("subjects", follow_up.find_filled_contacts),
    ("subjects", follow_up.find_silent_year),
    ("adverse_events", toxicity.find_grade_zero),
    ("adverse_events", toxicity.find_late_onsets),
    ("adverse_events", toxicity.find_odd_infusions),
    ("adverse_events", toxicity.find_long_events),
    ("adverse_events", toxicity.find_overlapping),
    ("adverse_events", toxicity.find_odd_tocilizumab),
    ("adverse_events", toxicity.find_deaths_of_toxicity),
    ("subjects", toxicity.find_events_after_contact),
    ("assessments", measurements.find_odd_magnitudes),
)
"""What `check` asks besides."""


def find_at_once(reading: Reading) -> tuple[Problem, ...]:
    """Return what is odd in a study, by the rules that every run asks."""
    return _ask(AT_ONCE, Case(reading))


def find_all(reading: Reading) -> tuple[Problem, ...]:
    """Return what is odd in a study, by all rules; of a study with errors, in the tables that could be read."""
    return _ask((*AT_ONCE, *AT_LENGTH), Case(reading))


def _ask(rules: Sequence[tuple[str, Rule]], case: Case) -> tuple[Problem, ...]:
    return tuple(problem for table, rule in rules if not table or table in case.days for problem in rule(case))
