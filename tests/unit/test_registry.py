"""The simulated registry of the benchmarks."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartcohort.study.load import load_study
from cartcohort.study.model import Study
from tests.benchmarks.registry import write_registry

CAR1922 = Path(__file__).parents[2] / "data" / "car1922"


@pytest.fixture(scope="module")
def registry(tmp_path_factory) -> Study:
    folder = tmp_path_factory.mktemp("registry")
    write_registry(2000, folder, seed=3)
    return load_study(folder)


def test_a_small_registry_is_a_valid_synthetic_study_without_oddities(registry):
    assert len(registry.subjects) == 2000
    assert registry.synthetic
    assert registry.warnings == ()


@pytest.mark.parametrize("table", ["subjects.csv", "adverse_events.csv", "assessments.csv"])
def test_a_registry_has_the_columns_of_the_default_study(tmp_path, table):
    write_registry(20, tmp_path)
    header, default = ((folder / table).read_text().splitlines()[0] for folder in (tmp_path, CAR1922))
    assert header == default


def test_outcomes_of_a_registry_resemble_those_of_the_default_study(registry):
    patients = registry.subjects
    assert patients["best_response"].isin(["CR", "CRi"]).mean() == pytest.approx(0.77, abs=0.06)
    assert patients["death_day"].notna().mean() == pytest.approx(0.55, abs=0.1)
    assert patients["relapse_day"].notna().mean() == pytest.approx(0.32, abs=0.06)


def test_the_seed_alone_tells_one_registry_from_another(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_registry(20, tmp_path / name, seed=seed)
    one, again, other = ((tmp_path / name / "subjects.csv").read_bytes() for name in "abc")
    assert one == again
    assert one != other
