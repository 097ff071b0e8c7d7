"""Parameter values as users write them."""

import pytest

from cartcohort.errors import ParameterError
from cartcohort.render.assignments import read_parameter_values


def value_of(text):
    return read_parameter_values(None, [f"x={text}"])["x"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.9", 0.9),
        (" .9 ", 0.9),
        ("1e3", 1000.0),
        ("9e-1", 0.9),
        ("12", 12),
        ("010", 10),
        ("-3", -3),
        ("1:30", "1:30"),
        ("0x10", "0x10"),
        ("1_0", "1_0"),
        ("nan", "nan"),
        ("", None),
        ("None", None),
        ("null", None),
        ("~", None),
        ("no", "no"),
        ("true", "true"),
        ("log-log", "log-log"),
        ("2022-02-30", "2022-02-30"),
        ("'0.9'", "0.9"),
        ('"None"', "None"),
        ("[6, 12.5]", [6, 12.5]),
        ("[os, 'a, b', no]", ["os", "a, b", "no"]),
        ("[]", []),
        ("{a: 1}", {"a": 1}),
        ("6,12", "6,12"),
        ("!!int x", "!!int x"),
        ("!!python/object/apply:os.getcwd []", "!!python/object/apply:os.getcwd []"),
        ("[!!python/object/apply:os.getcwd [a]]", [["a"]]),
        ("age_years > 40 and sex == 'male'", "age_years > 40 and sex == 'male'"),
        ("'high' == tumor_burden", "'high' == tumor_burden"),
        ("\"sex == 'male'\"", "sex == 'male'"),
        ("site == 'a: b # c'", "site == 'a: b # c'"),
        ("a = b", "a = b"),
        ("9" * 400, float("inf")),
    ],
)
def test_a_value_is_what_it_looks_like(text, value):
    assert value_of(text) == value
    assert type(value_of(text)) is type(value)


def test_the_last_value_of_a_name_counts_and_goes_before_the_file(tmp_path):
    (tmp_path / "p.yaml").write_text(
        "\ufeffconf_level: 0.8\nendpoints: [os]\nsubset: sex == 'male'\ndate: 2022-02-28\n"
    )
    assert read_parameter_values(str(tmp_path / "p.yaml"), ["conf_level=0.9", "conf_level = 0.95"]) == {
        "conf_level": 0.95,
        "endpoints": ["os"],
        "subset": "sex == 'male'",
        "date": "2022-02-28",
    }


def test_every_assignment_that_cannot_be_read_is_told():
    with pytest.raises(ParameterError) as caught:
        read_parameter_values(None, ["conf_level", "=1", "", "factors=[sex", "a=[" * 3000, "b=1", "c=a\x1bb"])
    assert [problem.what for problem in caught.value.problems] == [
        *["A parameter is given as name=value."] * 3,
        *["The list cannot be read."] * 2,
        "The value holds an invisible character.",
    ]
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"- 1\n", "holds names with values"),
        (b"just words", "holds names with values"),
        (b"1: 2\n", "holds names with values"),
        (b"conf_level: 0.9\nconf_level: 0.8\n", "`conf_level` is given twice"),
        (b"conf_level: [\n", "p.yaml: line 2"),
        (b"a: b\n---\nc: d\n", "p.yaml: line 2"),
        (b"? [a]\n: 1\n", "not valid YAML"),
        (b"subset: sex == 'a: b'\n", "put a text that holds a colon in quotation marks"),
        (b"a: " + 5000 * b"[", "nested too deeply"),
        (b"subset: \xfc\n", "not encoded in UTF-8"),
        (b"subset: a\x07\n", "special characters are not allowed"),
    ],
)
def test_a_wrong_file_is_told_with_the_place_and_the_remedy(tmp_path, content, message):
    (tmp_path / "p.yaml").write_bytes(content)
    with pytest.raises(ParameterError) as caught:
        read_parameter_values(str(tmp_path / "p.yaml"), [])
    [problem] = caught.value.problems
    assert message in str(problem)
    assert problem.remedy


def test_a_file_of_parameters_runs_nothing(tmp_path):
    (tmp_path / "p.yaml").write_text(f"subset: !!python/object/apply:os.mkdir [{tmp_path / 'made'}]\n")
    assert read_parameter_values(str(tmp_path / "p.yaml"), []) == {"subset": [str(tmp_path / "made")]}
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"~"])
def test_an_empty_file_gives_nothing(tmp_path, content):
    (tmp_path / "p.yaml").write_bytes(content)
    assert read_parameter_values(str(tmp_path / "p.yaml"), []) == {}


@pytest.mark.parametrize(("path", "message"), [("nowhere.yaml", "no such parameter file"), (".", "Is a directory")])
def test_a_file_that_is_not_there_is_told(tmp_path, path, message):
    with pytest.raises(ParameterError, match=message):
        read_parameter_values(str(tmp_path / path), [])
