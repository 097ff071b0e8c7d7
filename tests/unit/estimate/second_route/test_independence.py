"""The second route is one only as long as it shares nothing with the first."""

from pathlib import Path

import pytest

import cartcohort
from tests.test_doors import imported_modules

ESTIMATE = Path(cartcohort.__file__).parent / "estimate"
OWN = ("cartcohort.estimate.results", "cartcohort.estimate.second_route", "cartcohort.estimate.sections.self_check")
FILES = [*(ESTIMATE / "second_route").glob("*.py"), *(ESTIMATE / "sections" / "self_check").glob("*.py")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_second_route_takes_nothing_of_ours_but_the_record_of_a_result(path):
    ours = {name for name in imported_modules(path) if name.startswith("cartcohort.")}
    assert {name for name in ours if not name.startswith(OWN)} == set()


def test_no_estimator_leans_on_the_second_route():
    first = [path for path in ESTIMATE.rglob("*.py") if path not in FILES]
    for path in first:
        assert not {name for name in imported_modules(path) if "second_route" in name or "self_check" in name}, path


def test_the_plain_counts_are_plain_python():
    for name in ("risk_table", "group_table"):
        modules = {name.split(".")[0] for name in imported_modules(ESTIMATE / "second_route" / f"{name}.py")}
        assert not modules & {"numpy", "scipy", "pandas", "lifelines", "statsmodels"}
