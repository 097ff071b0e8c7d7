"""What is proposed is YAML that says exactly what the files hold, whatever their names and values are."""

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from cartcohort.study.description import parse_yaml
from cartcohort.study.suggest.lines import Line, quote, write_tree
from tests.unit.study.test_fuzz import fuzzed

SIGNS = st.characters(codec="utf-8", exclude_characters="\0")


@fuzzed
@example("\U0001f600\x07")
@example("\U000e0001")
@example("a\x7f\x85\u2028\u202e\ufeff")
@example("\\ud83d\\ude00")
@example('"\\')
@example("null")
@given(text=st.text(SIGNS, max_size=12))
def test_a_text_is_read_as_it_was(text):
    line = quote(text)
    assert line.isprintable()
    assert yaml.load(line, Loader=yaml.BaseLoader) == text


@fuzzed
@given(names=st.lists(st.text(SIGNS, min_size=1, max_size=8), min_size=2, max_size=4, unique=True))
def test_names_values_and_reasons_cannot_break_out_of_their_lines(names):
    first, *others = names
    tree = {"columns": {"subjects": {name: Line(first, f"because of {name}") for name in others}}}
    tree["values"] = {"subjects": {first: Line({name: name for name in names}, first, live=True)}}
    tree["unsure"] = {first: Line(names, first, live=False)}
    lines = write_tree(tree)
    assert all(line.isprintable() for line in lines)
    found = parse_yaml("\n".join(lines), "study.yaml")
    assert found == {
        "columns": {"subjects": {name: first for name in others}},
        "values": {"subjects": {first: {name: name for name in names}}},
    }
