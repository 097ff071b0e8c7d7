"""SECURITY.md names, for each promise, tests that exist; for each test there is a protection that can be taken away.

That the tests fail then is tried by `python -m tests.protections`.
"""

import ast

import pytest

from tests.protections.promises import ROOT, TEXT, find_test, read_promises
from tests.protections.removals import REMOVALS

PROMISES = read_promises()
NAMED = [test for promise in PROMISES for test in promise.tests]


def list_tests(path):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_promise_names_a_test():
    assert len(PROMISES) > 20
    assert [promise.text for promise in PROMISES if not promise.tests] == []


def test_every_test_that_is_named_exists():
    assert len(NAMED) == TEXT.count("::")
    named = [test.split("::") for test in NAMED]
    assert [f"{path}::{name}" for path, name in named if name not in list_tests(path)] == []


@pytest.mark.parametrize("removal", REMOVALS, ids=lambda removal: removal.protection)
def test_what_is_taken_away_is_there_and_what_is_left_can_be_read(removal):
    before = (ROOT / removal.path).read_text(encoding="utf-8")
    after = removal.edit(before)
    assert after != before
    if removal.path.endswith(".py"):
        ast.parse(after)


def test_no_two_protections_have_one_name():
    assert len({removal.protection for removal in REMOVALS}) == len(REMOVALS)


def test_for_every_test_that_is_named_a_protection_is_taken_away():
    broken = {find_test(name, PROMISES) for removal in REMOVALS for name in removal.tests}
    assert [test for test in NAMED if test not in broken] == []
