"""Published figures and what agrees with them."""

import math

import pytest

from cartcohort.study.published import PublishedFigure, read_published

ENTRY = {"claim": "Median OS", "result": "survival/os/median", "field": "estimate", "published": "12.2"}


def agrees(published, value):
    return PublishedFigure("a claim", "a/result", "estimate", published).compare(value)


@pytest.mark.parametrize(
    ("published", "agreeing", "differing"),
    [
        ("12.2", [12.15, 12.2, 12.2499], [12.1499, 12.25, -12.2]),
        ("-0.3", [-0.25, -0.349], [-0.35, -0.2499]),
        ("77.1 %", [0.7705, 27 / 35, 0.77149], [0.7715, 0.7704, 77.1]),
        ("77.1%", [27 / 35], [0.772]),
        ("<0.0001", [0.00009, 0.0], [0.0001, 0.05]),
        (">0.99", [0.995], [0.99, 0.5]),
        ("27", [27, 26.5], [28, 26.49]),
        ("0.0344", [0.03444, 0.03435], [0.03445, 0.0343]),
        ("12.20", [12.2, 12.204], [12.206]),
        ("NR", [None, math.inf, math.nan], [12.2]),
        ("NE", [None], [0.0]),
    ],
)
def test_a_value_agrees_where_it_prints_to_the_published_digits(published, agreeing, differing):
    assert all(agrees(published, value) for value in agreeing)
    assert not any(agrees(published, value) for value in differing)


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_a_value_that_is_not_there_agrees_with_no_number(value):
    assert not any(agrees(published, value) for published in ("12.2", "<0.0001", ">0.99", "77.1 %", "0"))


@pytest.mark.parametrize("published", ["", "12,2", "P = 0.03", "12.2 (7.5-NR)", "27/35"])
def test_what_is_no_single_figure_is_refused(published):
    with pytest.raises(ValueError, match="is not a figure such as"):
        PublishedFigure("a claim", "a/result", "estimate", published)


def test_the_file_is_read_with_its_printed_digits():
    problems = []
    assert read_published([ENTRY], "published.yaml", problems) == (PublishedFigure(**ENTRY),)
    assert problems == []


def test_every_entry_that_is_wrong_is_told():
    problems = []
    entries = [
        ENTRY,
        {**ENTRY, "publised": "1"},
        {key: ENTRY[key] for key in ("claim", "result", "field")},
        {**ENTRY, "published": "about 12"},
        "12.2",
    ]
    assert len(read_published(entries, "published.yaml", problems)) == 1
    assert [problem.where for problem in problems] == [f"published.yaml: entry {n}" for n in (2, 3, 4, 5)]
    assert problems[0].what == "There is no key `publised`. Did you mean `published`?"
    assert problems[1].what == "`published` is missing."


def test_a_file_that_is_no_list_is_refused():
    problems = []
    assert read_published({"claim": "x"}, "published.yaml", problems) == ()
    assert problems[0].what == "The published figures must be a list."
