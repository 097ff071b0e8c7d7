"""Numbers that stand for none, or look as if they were in another unit."""

import pytest

from tests.unit.study.doctor.cases import found, in_days

SENTINEL = "holds a number by which forms say that there is none, such as 99 or -9."


def numbers(column, *cells):
    return in_days(
        *(f",{901 + n},{cell}" for n, cell in enumerate(cells)), header=f"death_day,last_contact_day,{column}"
    )


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("age_years", ("31", "44", "99", "52", "60")),
        ("age_years", ("31", "44", "999", "52", "60")),
        ("prior_lines", ("3", "4", "-9", "5", "2")),
        ("wait_days", ("31", "44", "9999", "52", "60")),
        ("donor_age_years", ("31", "44", "-1", "52", "60")),
    ],
)
def test_a_sentinel_far_from_all_other_numbers_is_told(tmp_path, column, cells):
    [(what, where)] = found(tmp_path, **numbers(column, *cells))
    assert what == f"`{column}` {SENTINEL}"
    assert where == f"subjects.csv: row 4, column {column}"


def test_a_sentinel_that_comes_back_far_too_often_is_told(tmp_path):
    cells = [*(str(n) for n in range(60, 120) if n != 99), *(["99"] * 6)]
    [(what, where)] = found(tmp_path, **numbers("wait_days", *cells))
    assert what == f"`wait_days` {SENTINEL}"
    assert where == "subjects.csv: rows 61, 62, 63, 64, 65 and 66, column wait_days"


@pytest.mark.parametrize("cells", [("95", "99", "88", "12"), ("999", "1200", "400"), ("-5", "-9", "3", "4")])
def test_a_number_among_others_is_no_sentinel(tmp_path, cells):
    assert found(tmp_path, **numbers("wait_days", *cells)) == []


def test_days_among_others_are_no_sentinels(tmp_path):
    assert found(tmp_path, **in_days(",999", ",888", "777,", ",1500")) == []


@pytest.mark.parametrize(
    ("column", "cell", "what"),
    [
        ("age_years", "101", "`age_years` is above 100 years."),
        ("prior_lines", "11", "`prior_lines` is above 10 lines of therapy."),
        ("car19_dose_1e6_per_kg", "0.0005", "`car19_dose_1e6_per_kg` is outside 0.001 to 1000 million cells per kg."),
    ],
)
def test_an_implausible_number_is_told(tmp_path, column, cell, what):
    assert found(tmp_path, **numbers(column, "5", cell)) == [(what, f"subjects.csv: row 3, column {column}")]


def test_an_infant_among_adults_is_told_but_not_among_children(tmp_path):
    [(what, where)] = found(tmp_path / "adults", **numbers("age_years", "31", "44", "1", "52", "60"))
    assert what == "`age_years` is that of an infant, though most patients are adults."
    assert where == "subjects.csv: row 4, column age_years"
    assert found(tmp_path / "children", **numbers("age_years", "3", "4", "1", "5", "60")) == []


def test_fractions_of_blasts_are_told(tmp_path):
    cells = ("0.3", "0", "0.9", "1", "0.04", "0.5")
    [(what, where)] = found(tmp_path / "fractions", **numbers("marrow_blasts_pct", *cells))
    assert what == "`marrow_blasts_pct` never exceeds 1: these look like fractions, where percents are expected."
    assert where == "subjects.csv: column marrow_blasts_pct"
    assert found(tmp_path / "percents", **numbers("marrow_blasts_pct", *cells, "1.5")) == []


def test_cells_where_millions_are_expected_are_told(tmp_path):
    told = found(tmp_path, **numbers("car22_dose_1e6_per_kg", "2000000", "1500000"))
    assert (
        "`car22_dose_1e6_per_kg` looks like cells per kg, where millions of cells per kg are expected.",
        "subjects.csv: column car22_dose_1e6_per_kg",
    ) in told
