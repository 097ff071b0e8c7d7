from dataclasses import replace

import pytest

from cartcohort.errors import ParameterError
from cartcohort.render.notebook import discover_sections, select_sections
from cartcohort.render.request import check_request, resolve_parameters
from tests.suites import write_notebook


@pytest.fixture
def sections(tmp_path):
    write_notebook(tmp_path / "survival.ipynb", [], order=1)
    write_notebook(tmp_path / "risk.ipynb", [], order=2, reads="ties")
    return discover_sections(tmp_path)


def test_values_come_back_in_canonical_form(sections):
    assert check_request({"conf_level": 0.9}, sections, sections) == {"conf_level": 0.9}


def test_a_parameter_that_no_selected_section_reads_is_refused_naming_those_that_do(sections):
    with pytest.raises(ParameterError) as caught:
        check_request({"ties": "breslow"}, select_sections(sections, ["survival"]), sections)
    assert str(caught.value) == "No selected section reads the parameter `ties`.\nIt is read by: risk."


def test_a_parameter_that_nobody_reads_is_refused(sections):
    with pytest.raises(ParameterError, match="No section reads it yet"):
        check_request({"seed": 1}, sections, sections)


def test_the_study_is_not_given_as_a_parameter(sections):
    with pytest.raises(ParameterError, match="--study"):
        check_request({"study_path": "x"}, sections, sections)


def test_all_problems_are_told_at_once(sections):
    with pytest.raises(ParameterError) as caught:
        check_request({"conf_level": 2, "tie": 1, "study_path": "x", "seed": 1}, sections, sections)
    assert len(caught.value.problems) == 4


def test_a_value_that_contradicts_the_convention_is_refused(sections):
    check_request({"convention": "r", "ties": "efron"}, *[_with_convention(sections)] * 2)
    with pytest.raises(ParameterError) as caught:
        check_request({"convention": "sas", "ties": "efron"}, *[_with_convention(sections)] * 2)
    assert str(caught.value) == (
        "`ties=efron` contradicts `convention=sas`, which sets it to breslow.\nLeave out one of the two."
    )


def _with_convention(sections):
    return [replace(section, defaults={**section.defaults, "convention": None}) for section in sections]


def test_a_section_gets_the_values_it_reads_and_no_others(sections):
    survival, risk = sections
    given = {"conf_level": 0.9}
    assert resolve_parameters(survival, given, "bmt") == {"study_path": "bmt", "conf_level": 0.9}
    assert resolve_parameters(risk, given, "bmt") == {"study_path": "bmt", "ties": "efron"}


def test_a_default_said_aloud_is_the_notebooks_own_value(tmp_path):
    write_notebook(tmp_path / "a.ipynb", [])
    (section,) = discover_sections(tmp_path)
    section.defaults["conf_level"] = 1
    value = resolve_parameters(section, {"conf_level": 1.0}, "x")["conf_level"]
    assert isinstance(value, int)
