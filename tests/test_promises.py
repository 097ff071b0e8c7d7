"""SECURITY.md names, for each promise, tests that exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
PROMISES = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| promise |")]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)


def list_tests(path):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_promise_names_a_test():
    assert len(PROMISES) > 20
    assert [line for line in PROMISES if not re.search(r"\| `tests/[^|]+::test_\w+` \|$", line)] == []


def test_every_test_that_is_named_exists():
    assert len(NAMED) == TEXT.count("::")
    assert [f"{path}::{name}" for path, name in NAMED if name not in list_tests(path)] == []
