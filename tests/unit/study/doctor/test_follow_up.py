"""Gaps in the follow-up."""

import numpy as np

from tests.builders import MINIMAL
from tests.unit.study.doctor.cases import found, in_days, rows

START = "infusion_date,death_date,last_contact_date"


def test_a_last_contact_long_before_the_cutoff_is_told(tmp_path):
    [(what, where)] = found(tmp_path, subjects=MINIMAL.replace("2022-11-30", "2021-11-30"))
    assert what == "The last contact of a living patient is more than a year before the data cut-off."
    assert where == "subjects.csv: row 4, column last_contact_date"


def test_a_last_contact_long_before_the_death_is_told(tmp_path):
    [(what, where)] = found(tmp_path, **in_days("400,217", "400,216", "400,"))
    assert what == "The last contact lies more than half a year before the death: events in between may be missing."
    assert where == "subjects.csv: row 3, columns last_contact_day and death_day"


def test_last_contacts_that_all_are_the_cutoff_are_told(tmp_path):
    alive = [f"2022-01-{day},,2022-12-31" for day in range(10, 20)]
    [(what, where)] = found(tmp_path / "all", subjects=rows(START, [*alive, "2022-01-09,2022-02-09,"]))
    assert what == "The last contact of every living patient is the data cut-off itself."
    assert where == "subjects.csv: rows 2, 3, 4, 5, 6, 7, 8, 9, 10 and 11, column last_contact_date"
    assert found(tmp_path / "not_all", subjects=rows(START, [*alive, "2022-01-09,,2022-12-30"])) == []
    assert found(tmp_path / "few", subjects=rows(START, alive[:9])) == []


def silent(deaths_until: int) -> str:
    """A hundred patients infused evenly over 2018 to 2021, of whom a third die on day 100 to 1100."""
    lines = []
    for patient in range(100):
        infusion = np.datetime64("2018-01-03") + 14 * patient
        death = infusion + 100 + (patient * 37) % 1000
        dies = patient % 3 == 0 and death < np.datetime64("2022-12-31") - deaths_until
        contact = np.datetime64("2022-12-31") - patient % 20 - 1
        lines.append(f"{infusion},{death if dies else ''},{'' if dies else contact}")
    return rows(START, lines)


def test_a_last_year_without_a_death_is_told_where_several_were_to_be_expected(tmp_path):
    [(what, where)] = found(tmp_path / "silent", subjects=silent(400))
    assert what == "No death is recorded in the last year before the data cut-off, though several were expected."
    assert where == "subjects.csv: column death_date"
    assert found(tmp_path / "not", subjects=silent(0)) == []
