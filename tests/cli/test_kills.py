"""Runs that are killed where it is dangerous leave a whole report, and the next one goes on.

`python -m tests.kills` kills a hundred more, at random.
"""

import pytest

from tests.kills.trial import Trials


@pytest.fixture(scope="module")
def trials(tmp_path_factory):
    return Trials(tmp_path_factory.mktemp("kills"))


def test_a_run_killed_while_it_puts_its_report_together_leaves_the_old_one(trials):
    ending = trials.kill_at_change(20)
    assert (ending.killed, ending.exchanging, ending.found) == (True, False, "old")


def test_a_run_killed_between_two_moves_leaves_the_new_report(trials):
    ending = trials.kill_at_change(7, below="reports/four")
    assert (ending.killed, ending.exchanging, ending.found) == (True, True, "new")
