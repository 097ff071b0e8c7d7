"""Sections on a simulated registry: what they show stays as large as for a cohort, and says what is sampled."""

import json

import pytest

from tests.benchmarks.registry import write_registry
from tests.notebooks.execute import run_notebook

ORDERS = {"efficacy": "follow-up", "safety": "first onset", "relapse": "their names"}
"""Order in which a figure of single patients takes every so-many-th of them, by section."""
FEW, MANY = 1_000, 8_000


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """What every section shows of a small registry."""
    folder = tmp_path_factory.mktemp("few")
    write_registry(FEW, folder)
    return {section: run_notebook(section, study_path=str(folder)) for section in ORDERS}


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    folder = tmp_path_factory.mktemp("many")
    write_registry(MANY, folder)
    return folder


def count_characters(shown):
    contents = [content for bundle in shown.bundles for content in bundle.values()]
    return sum(len(content if isinstance(content, str) else json.dumps(content)) for content in contents)


@pytest.mark.parametrize("section", ORDERS)
def test_a_page_does_not_grow_with_the_patients(few, many, section):
    assert count_characters(run_notebook(section, study_path=str(many))) < 1.1 * count_characters(few[section])


@pytest.mark.parametrize("section", ORDERS)
def test_a_figure_of_some_patients_says_of_how_many_and_which(few, section):
    said = f"patients are drawn, at even distances in the order of {ORDERS[section]}"
    assert any(said in figure for figure in few[section].of_type("image/svg+xml"))


@pytest.mark.parametrize("section", ORDERS)
def test_a_second_route_agrees_about_a_registry(few, section):
    checked, agreeing = (few[section].results[f"{section}/self_check/{part}"] for part in ("checked", "agreeing"))
    assert checked["estimate"] == agreeing["estimate"] > 10
