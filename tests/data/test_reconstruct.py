"""The program that rebuilds the default study: same bytes, own verification, exit codes."""

import csv
import shutil
from pathlib import Path

import pytest

from data.reconstruct import __main__ as program
from data.reconstruct import search
from data.reconstruct.logrank import logrank_chi_square, months_in_tenths, p_value
from data.reconstruct.targets import chi_square_window, prints_as
from data.reconstruct.verify import find_failures
from tests.data.tables import DAYS_PER_MONTH, STUDY

FILES = ("study.yaml", "published.yaml", "subjects.csv", "adverse_events.csv", "assessments.csv")


@pytest.fixture
def copy_of_study(tmp_path):
    return Path(shutil.copytree(STUDY, tmp_path / "study"))


def change_cell(path, row, column, value):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[row][column] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_rebuilding_gives_the_committed_files_byte_for_byte(tmp_path, capsys):
    assert program.main(["--output", str(tmp_path / "rebuilt")]) == 0
    assert "all 34 published figures" in capsys.readouterr().out
    for name in FILES:
        assert (tmp_path / "rebuilt" / name).read_bytes() == (STUDY / name).read_bytes(), name
    assert sorted(path.name for path in (tmp_path / "rebuilt").iterdir()) == sorted(FILES)


def test_another_seed_finds_another_cohort_that_fits_as_well(tmp_path):
    assert program.main(["--seed", "37", "--output", str(tmp_path)]) == 0
    assert (tmp_path / "subjects.csv").read_bytes() != (STUDY / "subjects.csv").read_bytes()


def test_a_search_that_finds_nothing_ends_with_an_error(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(search, "MAX_DRAWS", 3)
    assert program.main(["--output", str(tmp_path / "none")]) == 1
    assert "try another seed" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_figures_that_do_not_come_out_are_listed_and_fail_the_run(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(program, "build_cohort", lambda seed: None)
    monkeypatch.setattr(program, "write_study", lambda cohort, folder: None)
    monkeypatch.setattr(program, "find_failures", lambda folder: ["Overall response: published 77.1%, found 0.5."])
    assert program.main(["--output", str(tmp_path)]) == 1
    assert "Overall response: published 77.1%" in capsys.readouterr().err


def test_the_committed_study_has_no_failure():
    assert find_failures(STUDY) == []


@pytest.mark.parametrize(
    ("column", "value", "claim"),
    [
        ("best_response", "NR", "Overall response"),
        ("genetic_risk", "low", "High-risk genetics"),
        ("relapse_cd22", "negative", "Relapses still CD19 and CD22 positive"),
        ("last_contact_date", "2023-02-20", "Overall survival, longest observed time"),
    ],
)
def test_a_changed_patient_is_noticed(copy_of_study, column, value, claim):
    change_cell(copy_of_study / "subjects.csv", 0, column, value)
    assert any(line.startswith(claim) for line in find_failures(copy_of_study))


def test_the_logrank_test_gives_the_result_worked_out_by_hand():
    # Times 1+ 2 3 4, deaths at 2 (3 at risk, 1 of the group) and 3 (2 at risk, 1 of the group), the group dying at 3.
    excess, chi_square = logrank_chi_square([1, 2, 3, 4], [False, True, True, False], [False, False, True, False])
    assert excess == pytest.approx(1 - 1 / 3 - 1 / 2)
    assert chi_square == pytest.approx((1 / 6) ** 2 / (2 / 9 + 1 / 4))


@pytest.mark.parametrize(
    ("value", "published", "same"),
    [
        (12.15, "12.2", True),
        (12.25, "12.2", False),
        (27 / 35, "77.1%", True),
        (0.03445, "0.0344", False),
        (0.03435, "0.0344", True),
        (27, "27", True),
        (0.0001, "<0.0001", False),
        (0.91, ">0.9", True),
    ],
)
def test_a_value_prints_as_published_when_it_rounds_half_up_to_the_same_digits(value, published, same):
    assert prints_as(value, published) is same


def test_the_window_of_chi_square_holds_exactly_the_p_values_that_print_alike():
    lower, upper = chi_square_window("0.0344")
    assert p_value(lower) == pytest.approx(0.03445, rel=1e-9)
    assert p_value(upper) == pytest.approx(0.03435, rel=1e-9)


def test_days_round_to_tenths_of_a_month_without_floating_point():
    days = range(2500)
    assert months_in_tenths(days) == [int(10 * day / DAYS_PER_MONTH + 0.5) for day in days]
