"""The expression language of `subset`: what it selects, and what it refuses."""

import pandas as pd
import pytest

from cartcohort.errors import ParameterError
from cartcohort.study.subset import select_rows

FRAME = pd.DataFrame(
    {
        "age": [30.0, 40.0, None, 60.0],
        "lines": pd.array([1, 2, 3, None], dtype="Int64"),
        "risk": pd.Categorical(["high", "low", "high", None], categories=["high", "low"], ordered=True),
        "hsct": pd.Categorical(["no", "yes", None, "yes"], categories=["no", "yes"], ordered=True),
        "site": pd.array(["Köln", "Bonn", None, "Köln"], dtype="string"),
        "infused": [True, True, False, True],
        "date": pd.to_datetime(["2020-01-01", "2020-06-01", None, "2021-01-01"]),
    }
)


def kept(expression):
    return "".join("abcd"[i] for i, keep in enumerate(select_rows(FRAME, expression)) if keep)


def refusal(expression):
    with pytest.raises(ParameterError) as caught:
        select_rows(FRAME, expression)
    [problem] = caught.value.problems
    assert problem.what.startswith("`subset` ") and problem.remedy
    return str(problem)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("age >= 40", "bd"),
        ("40 <= age", "bd"),
        ("30 < age < 60", "b"),
        ("age == 40.0 or lines == 1", "ab"),
        ("risk == 'high'", "ac"),
        ("risk != 'high'", "b"),
        ("not risk == 'high'", "b"),
        ("risk in ['high', 'low'] and age > 30", "b"),
        ("risk not in ('high',)", "b"),
        ("lines in [1, 3]", "ac"),
        ("lines not in [1]", "bc"),
        ("age > -5", "abd"),
        ("age > lines", "ab"),
        ("hsct", "bd"),
        ("not hsct", "a"),
        ("hsct == 'no'", "a"),
        ("infused", "abd"),
        ("infused == False", "c"),
        ("not infused or hsct", "bcd"),
        ("site == 'Köln'", "ad"),
        ("site == 'Ulm'", ""),
        ("date < '2020-06-02'", "ab"),
        ("'2020-02-01' <= date <= '2020-12-31'", "b"),
        ("date in ['2021-01-01']", "d"),
        ("(age >= 40\n and infused)", "bd"),
        ("  age >= 40  ", "bd"),
    ],
)
def test_an_expression_keeps_the_rows_for_which_it_holds(expression, expected):
    assert kept(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("age > 20 or lines > 2", "abcd"),
        ("age > 20 and lines > 0", "ab"),
        ("not (age > 50)", "ab"),
        ("not (age > 50 and lines > 2)", "ab"),
        ("not (age > 20 or lines > 5)", ""),
        ("age != 30", "bd"),
    ],
)
def test_what_is_unknown_is_neither_true_nor_false(expression, expected):
    assert kept(expression) == expected


def test_unknown_names_come_with_the_closest_column():
    assert "names `aeg`, which is no column. Did you mean `age`?" in refusal("aeg > 40")


def test_an_unknown_name_that_is_no_misspelling_may_be_a_text_without_its_quotes():
    assert "names `high`, which is no column.\nPut a text in quotation marks" in refusal("risk == high")


def test_a_level_that_a_column_does_not_have_is_refused_with_its_levels():
    message = refusal("risk == 'hihg'")
    assert "a value that it does not have. Did you mean `high`?\n" in message
    assert "It has: high, low." in message
    refusal("risk in ['high', 'medium']")


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("age == 'forty'", "compares `age` with another kind of value"),
        ("risk == 1", "compares `risk` with another kind of value"),
        ("age == True", "compares `age` with another kind of value"),
        ("infused == 1", "compares `infused` with another kind of value"),
        ("date > 2020", "compares `date` with another kind of value"),
        ("date > '1 May'", "compares `date` with what is not a date"),
        ("risk > 'high'", "orders `risk`, which holds no numbers"),
        ("age == risk", "compares `age` and `risk`, which are of different kinds"),
        ("1 == 1", "compares two literals"),
        ("age", "uses `age` alone, which is not yes or no"),
        ("age is 4", "holds `is`"),
        ("age in 4", "uses `in` otherwise than with a column and a list"),
        ("4 in [age]", "uses `in` otherwise than with a column and a list"),
        ("age in [lines]", "lists a column"),
        ("age = 4", "cannot be read"),
        ("age >", "cannot be read"),
        ("", "cannot be read"),
        ("True", "holds `True`, which is no comparison"),
        ("age & lines", "holds `age & lines`, which is no comparison"),
        ("age + 1 > 3", "holds `age + 1`, which is neither a column nor a literal"),
        ("age > 1j", "neither a column nor a literal"),
        ("age > None", "neither a column nor a literal"),
        ("age > -'x'", "neither a column nor a literal"),
        ("age > (lambda: 0)", "neither a column nor a literal"),
        ("site == f'{age}'", "neither a column nor a literal"),
        ("site == b'x'", "neither a column nor a literal"),
        ("__import__('os').system('true')", "which is no comparison"),
        ("age.__class__ == 1", "neither a column nor a literal"),
        ("[age for age in [1]] == 1", "neither a column nor a literal"),
        ("(age := 4) > 3", "neither a column nor a literal"),
        ("age == '\0'", "cannot be read"),
        ("age > 1e400", "holds a number that is too large"),
        ("age > " + "9" * 400, "holds a number that is too large"),
        ("age > -" + "9" * 400, "holds a number that is too large"),
        ("age in [" + "9" * 400 + "]", "holds a number that is too large"),
        ("(" * 500 + "age > 1" + ")" * 500, "cannot be read"),
        ("age > " + "-" * 1900 + "1", "which is neither a column nor a literal"),
        ("age" + ".x" * 900 + " > 1", "which is neither a column nor a literal"),
        ("infused and " * 400 + "infused", "is longer than 2000 characters"),
    ],
)
def test_everything_else_is_refused_with_the_reason(expression, reason):
    assert reason in refusal(expression)


def test_a_deep_expression_is_no_trouble():
    assert kept("not " * 480 + "infused") == "abd"


def test_a_single_equals_sign_gets_the_remedy():
    assert "Write == for equal." in refusal("age = 4")


@pytest.mark.parametrize("expression", ["(age > 3) & infused", "risk == 'high' | hsct", "age > 3 & !(infused)"])
def test_signs_for_and_and_or_get_the_remedy(expression):
    assert "Write `and`, `or`" in refusal(expression)


def test_another_kind_of_value_comes_with_one_that_the_column_has():
    assert "Write it such as 'high'." in refusal("risk == True")
    assert "Write it such as 'no'." in refusal("hsct == True")


def test_long_pieces_are_cut_in_messages():
    assert "..." in refusal("f(" + "'x', " * 100 + "'y')")
