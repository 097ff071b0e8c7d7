"""Declarations, checks and conventions of the report parameters."""

import pytest

from cartcohort.errors import ParameterError
from cartcohort.parameters import PARAMETERS, Parameters, check_parameters, find_unmasked, read_parameters


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda parameter: parameter.name)
def test_every_default_is_an_allowed_value(parameter):
    assert parameter.check(parameter.default) == parameter.default


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda parameter: parameter.name)
def test_the_declaring_line_is_python_that_gives_the_default(parameter):
    namespace = {}
    exec(parameter.source_line, namespace)
    assert namespace[parameter.name] == parameter.default


def test_all_wrong_parameters_are_reported_at_once_with_the_closest_name():
    with pytest.raises(ParameterError) as caught:
        check_parameters({"conf_levl": 0.9, "conf_type": "loglog", "seed": 1.5, "data_cutoff_date": "2023-02-30"})
    assert len(caught.value.problems) == 4
    assert "Did you mean `conf_level`?" in str(caught.value)
    assert "Did you mean `log-log`?" in str(caught.value)
    assert "`seed` must be a whole number, at least 0." in str(caught.value)
    assert "`data_cutoff_date` must be a date such as 2023-02-28." in str(caught.value)


@pytest.mark.parametrize("value", [0.4, 1, "0.9", None, True, [0.9], float("nan")])
def test_a_confidence_level_outside_its_type_or_range_is_refused(value):
    with pytest.raises(ParameterError, match=r"0\.5 to 0\.999"):
        check_parameters({"conf_level": value})


def test_a_single_value_of_a_list_parameter_becomes_a_list():
    assert check_parameters({"landmark_days": 28, "factors": "sex"}) == {"landmark_days": [28], "factors": ["sex"]}


def test_an_empty_list_is_refused_where_something_must_be_named():
    with pytest.raises(ParameterError, match="at least one value"):
        check_parameters({"timepoints_months": []})


def test_a_list_with_a_repeated_value_is_refused():
    with pytest.raises(ParameterError, match="twice"):
        check_parameters({"timepoints_months": [12, 12.0]})


def test_a_convention_sets_the_single_conventions_that_it_governs():
    sas = Parameters({"convention": "sas", "conf_type": "plain", "ties": "efron"})
    assert (sas.conf_type, sas.ties, sas.past_follow_up) == ("log-log", "breslow", "not_estimable")
    r = Parameters({"convention": "r"})
    assert (r.conf_type, r.ties, r.median_rule, r.past_follow_up) == ("log", "efron", "midpoint", "not_estimable")


def test_parameters_say_which_differ_from_their_defaults():
    assert Parameters({"conf_level": 0.9, "seed": PARAMETERS["seed"].default}).changed == {"conf_level": 0.9}


def test_an_undeclared_parameter_is_an_attribute_error():
    with pytest.raises(AttributeError, match="declares no parameter 'seed'"):
        _ = Parameters({"conf_level": 0.9}).seed


def test_a_notebook_reads_its_parameters_and_passes_over_what_is_code():
    import math

    namespace = {"conf_level": 0.9, "math": math, "check": check_parameters, "_i": "x", "In": [], "Out": {}}
    assert dict(read_parameters(namespace)) == {"conf_level": 0.9}


def test_a_misspelt_name_injected_into_a_notebook_is_refused():
    with pytest.raises(ParameterError, match="Did you mean `conf_level`"):
        read_parameters({"conf_level": 0.95, "conf_levels": 0.9})


def test_nothing_stands_against_a_run_that_masks_nothing():
    assert find_unmasked({"min_cell_count": 0, "population": "enrolled", "subset": "subject_id != 'P1'"}) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"min_cell_count": 1}, "`min_cell_count` must be 0 or at least 3"),
        ({"subset": "age_years > 40 and subject_id != 'P1'"}, "`subset` must not name patients"),
        ({"population": "evaluable"}, "`population` cannot be changed while `min_cell_count` masks"),
        ({"origin": "enrollment"}, "`origin` cannot be changed"),
        ({"hsct_handling": "event"}, "`hsct_handling` cannot be changed"),
        ({"new_therapy_handling": "censor"}, "`new_therapy_handling` cannot be changed"),
        ({"response_assessment_day": 30}, "`response_assessment_day` cannot be changed"),
    ],
)
def test_what_would_undo_the_masking_is_refused(values, said):
    (problem,) = find_unmasked({"min_cell_count": 5, **values})
    assert problem.what.startswith(said)


def test_all_that_would_undo_the_masking_is_told_at_once():
    problems = find_unmasked({"min_cell_count": 2, "population": "enrolled", "origin": "enrollment"})
    assert len(problems) == 3
    assert problems[1].remedy == "Leave it at 'infused': what is counted in two ways could be subtracted."
