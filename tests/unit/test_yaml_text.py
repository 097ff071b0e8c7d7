"""YAML from a user's hand: study.yaml, files of parameters and of scenarios, whatever they hold."""

import json

import pytest
import yaml

from cartcohort.errors import CartCohortError
from cartcohort.parameters import check_parameters
from cartcohort.render.assignments import read_parameter_values
from cartcohort.render.scenarios import read_scenarios
from cartcohort.study.description import read_description
from cartcohort.yaml_text import TextLoader


def nest(depth):
    """Lists of which each repeats the one before nine times."""
    return ", ".join(f"&a{n} [{', '.join([f'*a{n - 1}'] * 9 if n else ['x', 'y'])}]" for n in range(depth))


NESTED = nest(12)
"""Lists that, written out, would hold sixty billion texts."""


def read_file(kind, folder, text):
    """Read a text as a file of a kind, as far as a run would before it looks at a study."""
    file = folder / {"study": "study.yaml"}.get(kind, "file.yaml")
    file.write_text(text, encoding="utf-8")
    if kind == "study":
        return read_description(folder)
    if kind == "parameters":
        return check_parameters(read_parameter_values(str(file), []))
    return [check_parameters(one.parameters) for one in read_scenarios(str(file), {})]


HOSTILE = {
    "tag": "{0}: !!python/object/apply:os.mkdir [{1}]",
    "new tag": "{0}: !!python/object/new:type [z, !!python/tuple [], {{}}]",
    "module tag": "{0}: !!python/module:antigravity x",
    "aliases": f"{{0}}: [{NESTED}]",
    "recursion": "{0}: &a [*a]",
    "deep lists": "{0}: " + "[" * 3000,
    "deep mappings": "{{a: " * 3000,
    "twice": "{0}: 1\n{0}: 2",
    "twice within": "{0}: {{a: 1, a: 2}}",
    "merge": "<<: &m {{{0}: 1}}\nx: {{<<: *m}}",
    "key that is a list": "? [1, 2]\n: 3",
    "digits": "{0}: [" + "9" * 5000 + "]",
    "infinity": "{0}: [.inf, .nan, 1e999]",
    "day that is none": "{0}: [2022-02-31]",
    "control characters": "{0}: a\x07b",
    "two documents": "{0}: 1\n---\n{0}: 2",
    "nothing named": "{0}: *nothing",
    "unclosed": "{0}: 'x",
    "a list": "- 1\n- 2",
    "directive": "%YAML 9.9\n---\n{0}: 1",
}
KEYS = {"study": "levels", "parameters": "timepoints_months", "scenarios": "runs"}


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_file_holds_it_is_refused_in_words_and_nothing_is_run(tmp_path, kind, name):
    made = tmp_path / "made"
    text = HOSTILE[name].format(KEYS[kind], json.dumps(str(made)))
    with pytest.raises(CartCohortError) as caught:
        read_file(kind, tmp_path, text)
    assert all(problem.what and len(str(problem)) < 600 for problem in caught.value.problems)
    assert not made.exists()


@pytest.mark.parametrize(
    "where", ["base: {{study: {0}}}", "grids: {{g: {{seed: {0}}}}}", "runs: {{g: {{seed: {0}}}}}"]
)
@pytest.mark.parametrize("depth", [6, 12])  # a hundred thousand texts, which could be built, and sixty billion
def test_scenarios_whose_values_would_fill_any_memory_are_refused(tmp_path, where, depth):
    with pytest.raises(CartCohortError, match="named parts"):
        read_file("scenarios", tmp_path, where.format(f"[{nest(depth)}]"))


def test_a_part_may_have_a_name_and_be_repeated(tmp_path):
    text = "runs: {a: &a {conf_level: 0.9}, b: *a}\ngrids: {g: {seed: &s [1, 2], bootstrap_samples: [20]}}"
    found = read_file("scenarios", tmp_path, text)
    assert [{**one} for one in found[1:3]] == [{"conf_level": 0.9}] * 2
    assert len(found) == 5


def test_many_repetitions_are_allowed_and_too_many_are_not():
    text = "- &a [" + "x, " * 99 + "x]\n"
    assert len(yaml.load(text + "- *a\n" * 900, Loader=TextLoader)) == 901
    with pytest.raises(yaml.YAMLError, match="repeat each other"):
        yaml.load(text + "- *a\n" * 1100, Loader=TextLoader)
