"""The language of `subset` and `rows` beside a small evaluator of its own kind, and on whatever else may be typed.

More examples than here can be had by the environment variable FUZZ_EXAMPLES.
"""

import datetime as dt
import operator
import sys

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.errors import ParameterError, Problem
from cartcohort.study.description import FILE
from cartcohort.study.mapping.rows import keep_rows
from cartcohort.study.subset import ExpressionError, find_rows, names_in, select_rows
from cartcohort.study.text_table import TextTable
from tests.unit.study.test_fuzz import fuzzed

TEXTS = ("", "a`b`c", "it's", '"q"', "µ", "\\", "{0}", "or", "# x", "line\nbreak", "\u202eabc", "Köln", "'''")
LEVELS = ("low", "`high`", "a and b == c")
DAYS = (dt.date(2020, 1, 31), dt.date(2021, 12, 1), dt.date(1999, 6, 15))
NUMBERS = (0, 1, -1, 2.5, -3.25, 40, 1e6, 10**17)
ROWS = 7

COLUMNS = {
    "age": ("number", [30.0, 40.0, None, 2.5, -3.25, 0.0, 1.0]),
    "µg per L": ("number", [1, 2, None, 40, -1, 0, 1_000_000]),
    "_quoted_0": ("number", [0.0, 1.0, 2.5, None, None, -1.0, 40.0]),
    "µg": ("number", [1.0, None, 2.5, 40.0, 0.0, -1.0, 1.0]),
    "site": ("text", ["", "a`b`c", None, "it's", "µ", "Köln", "# x"]),
    'Event "Name"\'s': ("text", ["or", "{0}", '"q"', None, "\\", "line\nbreak", "'''"]),
    "risk": ("level", ["low", "`high`", None, "a and b == c", "low", None, "`high`"]),
    "hsct": ("yes", ["no", "yes", None, "yes", "no", None, "yes"]),
    "infused": ("truth", [True, False, True, True, False, False, True]),
    "day": ("date", [*DAYS, None, DAYS[0], None, DAYS[2]]),
    "other day": ("date", [DAYS[0], None, DAYS[0], DAYS[1], DAYS[0], None, None]),
}


def as_series(kind, values):
    if kind == "date":
        return pd.to_datetime(pd.Series(values))
    if kind in ("level", "yes"):
        return pd.Series(pd.Categorical(values, categories=LEVELS if kind == "level" else ("no", "yes")))
    if kind == "truth":
        return pd.Series(values)
    if kind == "text":
        return pd.Series(values, dtype="string")
    return pd.Series(values, dtype="float64" if any(isinstance(one, float) for one in values) else "Int64")


FRAME = pd.DataFrame({name: as_series(*column) for name, column in COLUMNS.items()})
LITERALS = {
    "number": st.sampled_from(NUMBERS),
    "text": st.sampled_from(TEXTS),
    "level": st.sampled_from(LEVELS),
    "yes": st.sampled_from(("no", "yes")),
    "truth": st.booleans(),
    "date": st.sampled_from(DAYS),
}
EQUAL = {"==": operator.eq, "!=": operator.ne}
ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def write_name(name):
    return name if name.isidentifier() else f"`{name}`"


def write_literal(value):
    return repr(value.isoformat()) if isinstance(value, dt.date) else repr(value)


@st.composite
def comparisons(draw):
    """A comparison as its text and a function of the row's number that gives True, False or None."""
    name = draw(st.sampled_from(list(COLUMNS)))
    kind, values = COLUMNS[name]
    form = draw(st.sampled_from(["alone", "in", "chain", "columns", "plain", "plain"]))
    if form == "alone" and kind in ("yes", "truth"):
        return write_name(name), lambda row: {True: True, "yes": True, None: None}.get(values[row], False)
    if form == "in":
        members = draw(st.lists(LITERALS[kind], max_size=3, unique=True))
        wanted, (opening, closing) = draw(st.booleans()), draw(st.sampled_from(["[]", "()"]))
        end = "," if opening == "(" and len(members) == 1 else ""
        listed = f"{opening}{', '.join(map(write_literal, members))}{end}{closing}"
        text = f"{write_name(name)} {'in' if wanted else 'not in'} {listed}"
        return text, lambda row: None if values[row] is None else (values[row] in members) == wanted
    signs = EQUAL | ORDER if kind in ("number", "date") else EQUAL
    sign = draw(st.sampled_from(list(signs)))
    if form == "columns":
        other = draw(st.sampled_from([one for one, (alike, _) in COLUMNS.items() if alike == kind]))
        seconds = COLUMNS[other][1]
        return (
            f"{write_name(name)} {sign} {write_name(other)}",
            lambda row: None if None in (values[row], seconds[row]) else signs[sign](values[row], seconds[row]),
        )
    literal = draw(LITERALS[kind])
    if form == "chain":
        again, first = draw(st.sampled_from(list(signs))), draw(LITERALS[kind])
        text = f"{write_literal(first)} {again} {write_name(name)} {sign} {write_literal(literal)}"
        return (
            text,
            lambda row: (
                None
                if values[row] is None
                else signs[again](first, values[row]) and signs[sign](values[row], literal)
            ),
        )
    return (
        f"{write_name(name)} {sign} {write_literal(literal)}",
        lambda row: None if values[row] is None else signs[sign](values[row], literal),
    )


def join(one, other, word):
    """And and or of what may be unknown, as in SQL."""
    decisive = word == "or"

    def both(row):
        found = (one[1](row), other[1](row))
        return decisive if decisive in found else None if None in found else not decisive

    return f"({one[0]}) {word} ({other[0]})", both


def negate(one):
    def opposite(row):
        found = one[1](row)
        return None if found is None else not found

    return f"not ({one[0]})", opposite


EXPRESSIONS = st.recursive(
    comparisons(),
    lambda inner: st.builds(join, inner, inner, st.sampled_from(["and", "or"])) | st.builds(negate, inner),
    max_leaves=6,
)


@fuzzed
@given(expression=EXPRESSIONS)
def test_a_small_evaluator_keeps_the_same_rows(expression):
    text, holds = expression
    if len(text) <= 2000:
        assert list(find_rows(FRAME, text)) == [holds(row) is True for row in range(ROWS)], text


RAN = []
WATCHED = ("exec", "open", "os.system", "subprocess.Popen", "import", "socket.connect")
watching = [False]
sys.addaudithook(lambda event, _: RAN.append(event) if watching[0] and event in WATCHED else None)

PIECES = (
    *("age", "site", "risk", "`µg per L`", "infused", "day", "nothing", "_quoted_0", "__class__", "self", "lambda"),
    *(
        "and",
        "or",
        "not",
        "in",
        "not in",
        "is",
        "if",
        "else",
        "for",
        "await",
        "yield",
        "import",
        "None",
        "True",
        "...",
    ),
    *("==", "!=", "<", ">=", "=", ":=", "+", "-", "**", "*", "@", "//", "%", "<<", "&", "|", "^", "~", "->", "!"),
    *("(", ")", "[", "]", "{", "}", ",", ".", ":", ";", "`", "'", '"', "\\", "#", "\n", "\r", "\t", "\0", " "),
    *("0", "1", "9" * 400, "1e999", "0x1F", "1_000", "1j", "0o777", "1.", ".5", "'a'", '"low"', "b'x'", "f'{age}'"),
    *(
        "r'\\'",
        "'''",
        "'\\x00'",
        "'\\ud800'",
        "'\\N{DIGIT ONE}'",
        "'2020-01-31'",
        "ｓite",
        "e\u0301",
        "\u202e",
        "\ud800",
    ),
    *("open('/dev/null')", "__import__('os').system('true')", "exec('1')", "[x for x in (1,)]", "(lambda: 1)()"),
    *("age.__class__.__mro__", "print(1)", "9**9**9", "'a' * 10**9", "{**{}}", "*age", "eval", "`__import__`"),
)


def try_expression(text):
    """Return whether an expression was taken; anything but an answer or an ExpressionError is a failure."""
    RAN.clear()
    watching[0] = True
    try:
        assert len(find_rows(FRAME, text)) == ROWS
        return True
    except ExpressionError as wrong:
        assert wrong.what and len(wrong.what) < 2500
        return False
    finally:
        watching[0] = False
        assert RAN == [], text


@fuzzed
@given(text=st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join) | st.text(max_size=30))
def test_whatever_is_typed_is_an_answer_or_told_and_runs_nothing(text):
    taken = try_expression(text)
    if not taken:
        with pytest.raises(ParameterError) as caught:
            select_rows(FRAME, text)
        assert isinstance(caught.value.problems[0], Problem)


@fuzzed
@given(expression=EXPRESSIONS, at=st.integers(0, 80), piece=st.sampled_from(PIECES), cut=st.integers(0, 6))
def test_a_sound_expression_with_anything_put_into_it_runs_nothing(expression, at, piece, cut):
    text = expression[0]
    try_expression(text[:at] + piece + text[at + cut :])


DEEP = {
    "brackets": "(" * 900 + "infused" + ")" * 900,
    "lists": "age in " + "[" * 900 + "]" * 900,
    "signs": "age > " + "-" * 1900 + "1",
    "nots": "not " * 499 + "infused",
    "attributes": "age" + ".x" * 990 + " > 1",
    "calls": "age" + "()" * 990,
    "indexes": "age" + "[0]" * 660,
    "lambdas": "lambda:" * 280 + "1",
    "powers": "age > 9" + "**9" * 660,
    "conditions": "1 if 1 else " * 160 + "1",
    "chain": "0 < " * 490 + "age",
    "ands": "infused and " * 160 + "infused",
    "strings": "site == " + "'x' " * 490,
    "members": "age in [" + "1," * 990 + "]",
    "formats": "site == " + "f'{" * 100 + "1" + "}'" * 100,
    "tildes": "~" * 1900 + "infused",
    "awaits": "await " * 330 + "infused",
    "long": "infused or " * 100_000 + "infused",
    "long text": "site == '" + "x" * 1_000_000 + "'",
    "long name": "x" * 1_990,
    "backquotes": "`" * 1_999,
    "quotes": "'" * 1_999,
    "texts": "'\\" * 999,
}


@pytest.mark.parametrize("name", DEEP)
def test_depth_and_length_are_an_answer_or_told(name):
    try_expression(DEEP[name])


@fuzzed
@given(text=st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join))
def test_rows_of_a_file_are_kept_or_what_is_wrong_is_told(text):
    cells = FRAME[["age", "site", "µg"]].astype("string").fillna("").astype("category")
    table = TextTable("file.csv", cells, list(range(2, 2 + ROWS)))
    problems = []
    watching[0] = True
    try:
        kept = keep_rows(table, "subjects", text, problems)
    finally:
        watching[0] = False
    assert RAN == [] and (kept is None) == bool(problems)
    assert all(problem.where == FILE and problem.remedy for problem in problems)


@pytest.mark.parametrize(
    "text", ["ｓubject_id == 'x'", "subject＿id == 'x'", "`subject_id` == 'x'", "subject_id == 'x'"]
)
def test_a_name_is_what_is_written_and_no_other_that_looks_alike(text):
    assert ("subject_id" in names_in(text)) == ("subject_id" in text)
