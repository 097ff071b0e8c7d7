"""The expression language of `subset`: columns, literals, comparisons, and/or/not, in. Never evaluated as Python."""

from __future__ import annotations

import ast
import operator
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import pandas as pd

from cartcohort.errors import ParameterError, Problem, did_you_mean

_LONGEST = 2000
_BACKQUOTED = re.compile(r"""('{3}.*?'{3}|"{3}.*?"{3}|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|`([^`]+)`""", re.DOTALL)
"""A text, which may hold a backquote of its own, or a name in backquotes."""
_QUOTES = "Put a text in quotation marks. "
_QUOTES_OF_SUBSET = "Put a text in quotation marks, and the whole in others: -p \"subset=sex == 'male'\". "
_EXAMPLE = "Such as: tumor_burden == 'high' and age_years >= 40"

_COMPARISONS: Mapping[type, Callable] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def select_rows(frame: pd.DataFrame, expression: str) -> np.ndarray:
    """Return the mask of the rows for which the expression holds.

    A comparison with a missing value is unknown, and so is what depends on it; a row for which the whole is unknown
    is left out (SQL's rule: neither `x == 1` nor `not x == 1` keeps a row without `x`).

    Parameters
    ----------
    frame : DataFrame
        Columns are the names that the expression may use.
    expression : str
        Such as `genetic_risk == 'high' and 18 <= age_years < 60 or first_product in ['CAR19']`.

    Raises
    ------
    ParameterError
        If the expression has another form, names an unknown column, or compares what cannot be compared.
    """
    with _as_parameter():
        return find_rows(frame, expression)


def names_in(expression: str) -> list[str]:
    """Return the columns that an expression names, in order; raises ParameterError where it cannot be read."""
    with _as_parameter():
        names = [node.id for node in ast.walk(_parse(expression)) if isinstance(node, ast.Name)]
    return list(dict.fromkeys(names))


def find_rows(frame: pd.DataFrame, expression: str) -> np.ndarray:
    """Do as `select_rows`, but raise ExpressionError: for expressions that stand elsewhere than in `subset`."""
    answer = _Walker(frame).answer(_parse(expression))
    return answer.fillna(False).to_numpy(dtype=bool)


class ExpressionError(Exception):
    """What is wrong with an expression, as the rest of a sentence that begins with its place, and what to do."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.hint = f"{what}{'' if what.endswith('?') else '.'}", hint


@contextmanager
def _as_parameter() -> Iterator[None]:
    try:
        yield
    except ExpressionError as wrong:
        hint = _QUOTES_OF_SUBSET if wrong.hint == _QUOTES else wrong.hint
        raise ParameterError(Problem(f"`subset` {wrong.what}", remedy=hint + _EXAMPLE)) from None


def _parse(expression: str) -> ast.expr:
    """Return the tree of an expression; a name that is no plain word stands in backquotes."""
    if len(expression) > _LONGEST:
        raise ExpressionError(f"is longer than {_LONGEST} characters")
    stem = "_quoted"
    while stem in expression:
        stem += "_"
    quoted = dict.fromkeys(name for _, name in _BACKQUOTED.findall(expression) if name)
    names = {f"{stem}_{number}": name for number, name in enumerate(quoted)}
    words = {name: word for word, name in names.items()}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            plain = _BACKQUOTED.sub(lambda match: match[1] or words[match[2]], expression.strip())
            tree = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError("cannot be read", _syntax_hint(expression)) from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            # As it is written. Python would take the micro sign of `µg` for the Greek letter, and wide letters for
            # those of a name that must not stand here.
            node.id = names.get(node.id) or ast.get_source_segment(plain, node) or node.id
    return tree


def _syntax_hint(expression: str) -> str:
    if "=" in expression.replace("==", "").replace("<=", "").replace(">=", "").replace("!=", ""):
        return "Write == for equal. "
    if "&" in expression or "|" in expression or "!(" in expression:
        return "Write `and`, `or`, `not`. "
    return ""


class _Walker:
    """Evaluates the nodes that the language allows, and refuses all others."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame

    def answer(self, node: ast.expr) -> pd.Series:
        """Return yes, no or unknown for each row (nullable boolean)."""
        if isinstance(node, ast.BoolOp):
            return self._join(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return ~self.answer(node.operand)
        if isinstance(node, ast.Compare):
            return self._compare_chain(node)
        if isinstance(node, ast.Name):
            return self._as_answer(node.id)
        raise ExpressionError(f"holds `{_shown(node)}`, which is no comparison", _operator_hint(node))

    def _join(self, node: ast.BoolOp) -> pd.Series:
        joined = self.answer(node.values[0])
        for value in node.values[1:]:
            joined = joined & self.answer(value) if isinstance(node.op, ast.And) else joined | self.answer(value)
        return joined

    def _compare_chain(self, node: ast.Compare) -> pd.Series:
        sides = [node.left, *node.comparators]
        joined = pd.Series(True, index=self.frame.index, dtype="boolean")
        for left, comparison, right in zip(sides, node.ops, sides[1:], strict=False):
            joined &= self._compare(left, comparison, right)
        return joined

    def _compare(self, left: ast.expr, comparison: ast.cmpop, right: ast.expr) -> pd.Series:
        if isinstance(comparison, ast.In | ast.NotIn):
            return self._is_member(left, right, wanted=isinstance(comparison, ast.In))
        compare = _COMPARISONS.get(type(comparison))
        if compare is None:
            raise ExpressionError("holds `is`", "Write == for equal. ")
        sides = [_read_side(side) for side in (left, right)]
        names = [side.id for side in sides if isinstance(side, ast.Name)]
        if not names:
            raise ExpressionError("compares two literals", "One side must be a column. ")
        return self._compare_sides(sides, names, compare, ordered=compare not in (operator.eq, operator.ne))

    def _compare_sides(self, sides: list, names: list[str], compare: Callable, *, ordered: bool) -> pd.Series:
        columns = {name: self._column(name) for name in names}
        kinds = {_kind(column) for column in columns.values()}
        if len(kinds) > 1:
            raise ExpressionError(
                f"compares {' and '.join(f'`{name}`' for name in names)}, which are of different kinds"
            )
        if ordered and not kinds <= {"number", "date"}:
            raise ExpressionError(f"orders `{names[0]}`, which holds no numbers", "Use ==, != or in with it. ")
        values = [
            columns[side.id] if isinstance(side, ast.Name) else _fit(side, names[0], columns[names[0]])
            for side in sides
        ]
        known = pd.concat(list(columns.values()), axis=1).notna().all(axis=1)
        plain = [_plain(value) if isinstance(value, pd.Series) else value for value in values]
        return pd.Series(compare(*plain), index=self.frame.index).astype("boolean").where(known)

    def _is_member(self, left: ast.expr, right: ast.expr, *, wanted: bool) -> pd.Series:
        if not isinstance(left, ast.Name) or not isinstance(right, ast.List | ast.Tuple):
            raise ExpressionError("uses `in` otherwise than with a column and a list", "Write column in ['a', 'b']. ")
        column = self._column(left.id)
        members = [_fit(_read_side(member), left.id, column) for member in right.elts]
        found = _plain(column).isin(members).astype("boolean").where(column.notna())
        return found if wanted else ~found

    def _as_answer(self, name: str) -> pd.Series:
        column = self._column(name)
        if pd.api.types.is_bool_dtype(column):
            return column.astype("boolean")
        if isinstance(column.dtype, pd.CategoricalDtype) and set(column.cat.categories) <= {"no", "yes"}:
            return (_plain(column) == "yes").astype("boolean").where(column.notna())
        raise ExpressionError(f"uses `{name}` alone, which is not yes or no", f"Compare it, such as {name} == ... . ")

    def _column(self, name: str) -> pd.Series:
        if name not in self.frame:
            near = did_you_mean(name, self.frame)
            raise ExpressionError(f"names `{name}`, which is no column{near and '.'}{near}", "" if near else _QUOTES)
        return self.frame[name]


def _read_side(node: ast.expr) -> ast.Name | str | float | bool:
    """Return a column's name as its node, or the value of a literal."""
    if isinstance(node, ast.Name):
        return node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and _is_number(node.operand):
        return -_as_finite(node.operand.value)
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float):
        return _as_finite(node.value)
    raise ExpressionError(f"holds `{_shown(node)}`, which is neither a column nor a literal", _operator_hint(node))


def _as_finite(literal: str | float | bool) -> str | float | bool:
    """Return the literal; a number with more digits than numbers have here is refused."""
    try:
        if isinstance(literal, str) or abs(float(literal)) < float("inf"):
            return literal
    except OverflowError:
        pass
    raise ExpressionError("holds a number that is too large")


def _operator_hint(node: ast.expr) -> str:
    joined = isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr)
    return "Write `and`, `or`. " if joined else ""


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def _kind(column: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(column):
        return "truth"
    if pd.api.types.is_numeric_dtype(column):
        return "number"
    return "date" if column.dtype.kind == "M" else "text"


def _fit(literal: str | float | bool, name: str, column: pd.Series) -> str | float | bool | pd.Timestamp:
    """Return the literal as a value that the column can be compared with."""
    if isinstance(literal, ast.Name):
        raise ExpressionError("lists a column", "List literals only. ")
    kind = _kind(column)
    wanted = {"truth": bool, "number": (int, float), "date": str, "text": str}[kind]
    if not isinstance(literal, wanted) or (kind == "number" and isinstance(literal, bool)):
        example = {"truth": "True", "number": "40", "date": "'2020-01-31'", "text": _text_example(column)}[kind]
        raise ExpressionError(f"compares `{name}` with another kind of value", f"Write it such as {example}. ")
    if kind == "date":
        return _as_timestamp(literal, name)
    if isinstance(column.dtype, pd.CategoricalDtype) and literal not in column.cat.categories:
        levels = ", ".join(map(str, column.cat.categories))
        hint = did_you_mean(literal, column.cat.categories)
        raise ExpressionError(
            f"compares `{name}` with a value that it does not have{hint and '.'}{hint}", f"It has: {levels}. "
        )
    return literal


def _text_example(column: pd.Series) -> str:
    known = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else ()
    return repr(known[0]) if len(known) else "'A-01'"


def _as_timestamp(literal: str, name: str) -> pd.Timestamp:
    stamp = pd.to_datetime(literal, format="%Y-%m-%d", errors="coerce")
    if stamp is pd.NaT:
        raise ExpressionError(f"compares `{name}` with what is not a date", "Write it such as '2020-01-31'. ")
    return stamp


def _plain(column: pd.Series) -> pd.Series:
    """Return categories as plain text, so that comparing does not depend on the categories of either side."""
    return column.astype("string") if isinstance(column.dtype, pd.CategoricalDtype) else column


def _shown(node: ast.expr) -> str:
    try:
        text = ast.unparse(node)
    except RecursionError:
        return "..."
    return text if len(text) <= 40 else f"{text[:40]}..."
