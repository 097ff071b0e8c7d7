import pytest

from cartcohort.errors import ParameterError
from cartcohort.render.scenarios import MOST, read_scenarios


def read(tmp_path, text, given=None, study=None):
    (tmp_path / "s.yaml").write_text(text)
    return read_scenarios(str(tmp_path / "s.yaml"), given or {}, study)


def test_the_base_comes_first_and_is_shared(tmp_path):
    text = "base: {study: data/bmt, population: enrolled}\nruns:\n  a: {conf_level: 0.9}\n  b: {population: infused}"
    base, a, b = read(tmp_path, text)
    assert (base.name, base.study, base.parameters) == ("base", "data/bmt", {"population": "enrolled"})
    assert (a.name, a.study, a.parameters) == ("a", "data/bmt", {"population": "enrolled", "conf_level": 0.9})
    assert b.parameters == {"population": "infused"}


def test_a_scenario_knows_what_it_asks_for_that_the_base_does_not(tmp_path):
    text = "base: {population: infused}\nruns:\n  a: {study: data/bmt, population: infused, conf_level: 0.9}\n  b:"
    base, a, b = read(tmp_path, text)
    assert a.differ_from(base) == {"study": "data/bmt", "conf_level": 0.9}
    assert b.differ_from(base) == {}


def test_a_grid_is_a_run_for_every_combination_with_its_values_in_the_name(tmp_path):
    text = "grids:\n  g: {conf_level: [0.9, 0.99], subset: [~, age_years >= 40]}"
    found = {one.name: one.parameters for one in read(tmp_path, text)}
    assert found == {
        "base": {},
        "g-0.9-null": {"conf_level": 0.9, "subset": None},
        "g-0.9-age_years_40": {"conf_level": 0.9, "subset": "age_years >= 40"},
        "g-0.99-null": {"conf_level": 0.99, "subset": None},
        "g-0.99-age_years_40": {"conf_level": 0.99, "subset": "age_years >= 40"},
    }


def test_the_command_line_replaces_what_the_base_says_but_not_what_a_run_says(tmp_path):
    text = "base: {study: data/bmt, conf_level: 0.9}\nruns:\n  a: {}\n  b: {conf_level: 0.99, study: data/car1922}"
    base, a, b = read(tmp_path, text, {"conf_level": 0.8}, "data/mine")
    assert [one.parameters["conf_level"] for one in (base, a, b)] == [0.8, 0.8, 0.99]
    assert [one.study for one in (base, a, b)] == ["data/mine", "data/mine", "data/car1922"]


def test_an_empty_file_is_the_base_alone(tmp_path):
    assert [one.name for one in read(tmp_path, "")] == ["base"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("scenario: {a: {}}", "A scenario file has no part `scenario`."),
        ("run: {a: {}}", "Did you mean `runs`?"),
        ("runs: [a, b]", "`runs` must hold names with values."),
        ("runs: {a: 0.9}", "The run `a` must hold parameters with their values."),
        ("runs: {base: {}}", "A scenario cannot be named `base`"),
        ("runs: {../x: {}}", "A scenario cannot be named `../x`"),
        ("runs: {null: {}}", "A scenario cannot be named `None`"),
        ("runs: {comparisons: {}}", "A scenario cannot be named `comparisons`"),
        ("runs: {a: {}, A: {}}", "Two scenarios would be named `A`."),
        ("grids: {g: {conf_level: 0.9}}", "The grid `g` must hold parameters, each with a list of values."),
        ("grids: {g: {conf_level: []}}", "The grid `g` must hold parameters, each with a list of values."),
        ("grids: {g: {subset: [a > 1, a < 1]}}", "Two scenarios would be named `g-a_1`."),
        (f"grids: {{g: {{x: {list(range(40))}, y: {list(range(40))}}}}}", f"makes more than {MOST} scenarios"),
        ("runs: {a: {}, a: {}}", "The scenario file is not valid YAML."),
    ],
)
def test_a_file_of_another_form_is_refused_with_the_place(tmp_path, text, message):
    with pytest.raises(ParameterError) as refused:
        read(tmp_path, text)
    assert message in str(refused.value)
    assert "s.yaml" in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="There is no such scenario file"):
        read_scenarios(str(tmp_path / "none.yaml"), {})


@pytest.mark.parametrize(
    "text", ["base: {min_cell_count: 5}\nruns:\n  a: {conf_level: 0.9}", "runs:\n  a: {min_cell_count: 5}"]
)
def test_scenarios_that_withhold_small_counts_are_refused(tmp_path, text):
    with pytest.raises(ParameterError, match="Scenarios cannot withhold small counts"):
        read(tmp_path, text)


def test_a_single_run_may_withhold_small_counts(tmp_path):
    (base,) = read(tmp_path, "base: {min_cell_count: 5}")
    assert base.parameters == {"min_cell_count": 5}
