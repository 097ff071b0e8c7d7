"""Decimal commas to points, in a table whose cells are not separated by commas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from cartcohort.errors import Problem, StudyDataError
from cartcohort.study.location import locate

_COMMA = r"[+-]?[0-9]*,[0-9]+"
_POINT = r"[+-]?[0-9]*\.[0-9]+"
_GROUPED = r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[+-]?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+"
_THOUSAND = r"[+-]?[1-9][0-9]{0,2},[0-9]{3}"
_GERMAN = r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+"
_THOUSANDS_BY_POINT = r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+"
_NUMBER = rf"{_COMMA}|{_POINT}|{_GROUPED}|{_THOUSANDS_BY_POINT}|[+-]?[0-9]+"


def convert_decimals(columns: Mapping[str, pd.Series], file: str, given: str) -> tuple[dict[str, pd.Series], bool]:
    """Turn the decimal commas of numbers into points.

    Only cells that are wholly a number with one comma are touched, in columns that hold numbers. A comma before three
    digits could stand for thousands: then another number of the file, or the description, must show what it is.

    Parameters
    ----------
    columns : mapping of str to Series
        Categoricals of text, by the file's own names.
    file : str
        Name of the file, for messages.
    given : str
        "comma" or "point" where the description says so, else empty.

    Returns
    -------
    dict of str to Series, bool
        The columns; whether any decimal comma was turned.

    Raises
    ------
    StudyDataError
        If a column writes decimals in two ways, or cannot be told, as 1.234 in a file with decimal commas.
    """
    if given == "point":
        return dict(columns), False
    texts = {name: _strip(column) for name, column in columns.items()}
    numeric = {name: found for name, found in texts.items() if _is_numeric(found)}
    commas = [name for name, found in numeric.items() if found.str.fullmatch(_COMMA).any()]
    german = [name for name, found in numeric.items() if _is_german(found)]
    mixed = [name for name, found in numeric.items() if name not in german and _writes_both(found)]
    commas += [name for name in german if name not in commas]
    unsure = [name for name in commas if name not in mixed and _could_be_thousands(numeric[name])]
    shown = given == "comma" or len(unsure) < len(commas)
    if not shown and any(found.str.fullmatch(_POINT).any() for found in numeric.values()):
        commas, unsure = [], []  # a file with decimal points, whose commas stand for thousands: no numbers to us
    points = [name for name, found in numeric.items() if (commas or given) and _groups_by_points(found)]
    _refuse(mixed, [] if shown else unsure, [name for name in points if name not in (*mixed, *german)], file)
    turned = {name: _turn(columns[name], grouped=name in german) for name in commas}
    return dict(columns) | turned, bool(commas)


def _refuse(mixed: Sequence[str], unsure: Sequence[str], points: Sequence[str], file: str) -> None:
    problems = []
    if mixed:
        what = "A column holds numbers with a comma and numbers with a point."
        remedy = "Write all of them in one way, without a mark for thousands."
        problems.append(Problem(what, locate(file, (), mixed), remedy))
    if unsure:
        what = "A comma before three digits may be a decimal comma, or stand for thousands."
        remedy = (
            "Leave out a mark for thousands; if it is a decimal comma, say so in study.yaml by the table's name, as "
            "`reading: {subjects: {decimal: comma}}`."
        )
        problems.append(Problem(what, locate(file, (), unsure), remedy))
    if points:
        what = "A point before three digits stands for thousands where decimals have a comma, or is a decimal point."
        remedy = "Write such numbers without a mark for thousands, and with a comma if they have decimals."
        problems.append(Problem(what, locate(file, (), points), remedy))
    if problems:
        raise StudyDataError(problems)


def _strip(column: pd.Series) -> pd.Series:
    return pd.Series(column.cat.categories, dtype=object).astype(str).str.strip()


def _is_numeric(texts: pd.Series) -> bool:
    """Say whether most of the distinct texts are numbers, so that some other words do not hide what the rest are."""
    return 2 * texts.str.fullmatch(_NUMBER).sum() > (texts != "").sum()


def _writes_both(texts: pd.Series) -> bool:
    both = texts.str.fullmatch(_COMMA).any() and texts.str.fullmatch(_POINT).any()
    return bool(both or texts.str.fullmatch(_GROUPED).any())


def _is_german(texts: pd.Series) -> bool:
    """Say whether a column has both marks in a number (1.234,5), and nothing that contradicts their meaning."""
    both = texts.str.fullmatch(_GERMAN)
    points = texts[texts.str.fullmatch(rf"{_POINT}|{_THOUSANDS_BY_POINT}")]
    english = texts.str.fullmatch(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+").any()
    return bool(both.any() and not english and points.str.fullmatch(_THOUSANDS_BY_POINT).all())


def _groups_by_points(texts: pd.Series) -> bool:
    """Say whether all points of a column could mark thousands; some of another kind show that they do not."""
    with_point = texts[texts.str.fullmatch(rf"{_POINT}|{_THOUSANDS_BY_POINT}")]
    return len(with_point) > 0 and bool(with_point.str.fullmatch(_THOUSANDS_BY_POINT).all())


def _could_be_thousands(texts: pd.Series) -> bool:
    with_comma = texts[texts.str.fullmatch(_COMMA)]
    return bool(with_comma.str.fullmatch(_THOUSAND).all())


def _turn(column: pd.Series, *, grouped: bool) -> pd.Series:
    """Return the column with decimal points, and without those that mark thousands where numbers are `grouped`.

    Texts that become equal are joined when the cells are tidied.
    """
    texts = _strip(column)
    if grouped:
        numbers = texts.str.fullmatch(rf"{_GERMAN}|{_THOUSANDS_BY_POINT}")
        texts = texts.where(~numbers, texts.str.replace(".", "", regex=False))
    turned = texts.where(~texts.str.fullmatch(_COMMA), texts.str.replace(",", ".", regex=False))
    codes, distinct = pd.factorize(turned)
    return pd.Series(pd.Categorical.from_codes(codes[column.cat.codes], categories=pd.Index(distinct, dtype=object)))
