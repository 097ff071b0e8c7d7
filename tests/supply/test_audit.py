"""The audit, with answers in the form that https://google.github.io/osv.dev/post-v1-querybatch/ describes."""

import json
from urllib.error import URLError

import pytest

from tests.supply.audit import URL, describe
from tests.supply.lock import Pin

PINS = [Pin("jinja2", "2.4.1"), Pin("numpy", "2.4.6")]
KNOWN = {"vulns": [{"id": "GHSA-462w-v97r-4m45", "modified": "2023-11-08T04:00:55Z"}]}


def answers(*pages):
    """Answer one query after the other, and keep what was asked."""
    asked = []

    def ask(query):
        asked.append(json.loads(query)["queries"])
        return json.dumps({"results": pages[len(asked) - 1]}).encode()

    return ask, asked


def test_every_locked_version_is_asked_for_at_once():
    ask, asked = answers([{}, {}])
    assert describe(PINS, ask) == ("2 versions asked for, none known to be vulnerable.", 0)
    assert asked == [
        [
            {"package": {"name": "jinja2", "ecosystem": "PyPI"}, "version": "2.4.1"},
            {"package": {"name": "numpy", "ecosystem": "PyPI"}, "version": "2.4.6"},
        ]
    ]


def test_what_is_known_is_told_page_after_page():
    more = {"vulns": [{"id": "PYSEC-2019-217", "modified": "2023-11-08T04:00:55Z"}]}
    ask, asked = answers([{**KNOWN, "next_page_token": "t"}, {}], [more])
    said, code = describe(PINS, ask)
    assert code == 1
    assert said.splitlines()[:2] == [
        "jinja2 2.4.1: GHSA-462w-v97r-4m45, PYSEC-2019-217",
        "2 versions asked for, 1 known to be vulnerable.",
    ]
    assert [query.get("page_token") for query in asked[1]] == ["t"]


def unreachable(query):
    raise URLError("Name or service not known")


def slow(query):
    raise TimeoutError("timed out")


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (unreachable, "Name or service not known"),
        (slow, "timed out"),
        (lambda query: b"<html>", "its answer cannot be read"),
        (lambda query: b'{"results": [{}]}', "its answer cannot be read"),
        (answers(*30 * [2 * [{"next_page_token": "t"}]])[0], "it sends one page after the other"),
    ],
    ids=["unreachable", "slow", "no_json", "too_few", "endless"],
)
def test_a_database_that_does_not_answer_is_never_taken_for_good_news(ask, reason):
    assert describe(PINS, ask) == (f"The database at {URL} could not be asked: {reason}. Nothing is known.", 2)
