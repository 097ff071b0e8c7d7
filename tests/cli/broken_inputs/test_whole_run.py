"""The whole command of reports on broken inputs: the same answer, no report, no folder for one."""

import pytest

from tests.cli.broken_inputs import test_cells, test_description, test_events, test_logic, test_structure
from tests.cli.broken_inputs.studies import refuse

SOME = {
    name: kind.BROKEN[name]
    for kind, name in (
        (test_description, "a misspelt key"),
        (test_structure, "an empty file"),
        (test_structure, "a binary file"),
        (test_cells, "a bad cell in each of two tables"),
        (test_events, "breaches in all three tables at once"),
    )
}


@pytest.mark.parametrize("broken", SOME.values(), ids=SOME)
def test_no_report_is_made_of_a_broken_study(tmp_path, broken):
    refuse(broken, tmp_path, "--study", "study", "--section", "survival", "--output", "reports")
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_at_least_sixty_inputs_are_broken():
    kinds = (test_description, test_structure, test_cells, test_logic, test_events)
    assert sum(len(kind.BROKEN) for kind in kinds) >= 60
