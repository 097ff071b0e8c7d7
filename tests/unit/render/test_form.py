import json

import pytest

from cartcohort.parameters import PARAMETERS
from cartcohort.render.form import Field, as_typed, make_form
from cartcohort.render.notebook import discover_sections
from tests.test_doors import ROOT


def field(name, value=None):
    default = as_typed(PARAMETERS[name].default)
    return Field(PARAMETERS[name], default if value is None else value, default)


@pytest.mark.parametrize(
    ("value", "typed"),
    [
        (None, ""),
        (0.95, "0.95"),
        (24, "24"),
        ("log-log", "log-log"),
        ([28, 90], "28, 90"),
        (["os", "pfs"], "os, pfs"),
        (["plain", "a, b", '"quoted"', " padded "], 'plain, "a, b", "\\"quoted\\"", " padded "'),
    ],
)
def test_a_value_is_shown_as_it_would_be_typed(value, typed):
    assert as_typed(value) == typed


def test_a_form_has_a_field_for_each_parameter_that_a_section_reads_but_the_study():
    for section in discover_sections(ROOT / "notebooks"):
        form = make_form(study="data/x", section=section.name, values=section.defaults, defaults=section.defaults)
        assert {one.parameter.name for one in form.fields} == set(section.defaults) - {"study_path"}


def test_fields_start_from_the_page_and_know_the_default():
    form = make_form(study="data/x", section="s", values={"conf_level": 0.9}, defaults={"conf_level": 0.95})
    assert [(one.value, one.default) for one in form.fields] == [("0.9", "0.95")]


def test_what_is_redacted_is_to_be_typed_in_anew():
    values = {"subset": "[redacted]", "redact": ["subset"]}
    form = make_form(study="[redacted]", section="s", values=values, defaults={"subset": None, "redact": None})
    subset, redact = form.fields
    assert (form.study, subset.value, redact.value) == ("", "", "subset")
    assert subset.help.endswith("; redacted here: type the value in")
    assert "redacted here" not in redact.help


def test_a_choice_is_a_list_to_choose_from_which_begins_with_nothing_where_that_is_allowed():
    assert field("conf_type").control == "select"
    assert field("conf_type").options == ("log-log", "log", "plain")
    assert field("convention").options == ("", "r", "sas")
    assert field("report_date").control == "date"
    assert (field("landmark_days").control, field("conf_level").control) == ("text", "text")


def test_the_help_speaks_of_an_empty_field_and_tells_what_is_allowed():
    assert field("factors").help == "columns to compare by; empty takes the study's own list"
    assert field("conf_level").help == "level of all confidence limits; 0.5 to 0.999. Default: 0.95"
    assert field("ties").help == "handling of ties in Cox models. Default: efron"


def test_what_a_convention_sets_goes_along():
    form = make_form(study="data/x", section="s", values={}, defaults={})
    assert json.loads(form.conventions)["sas"]["ties"] == "breslow"
