"""Frozen records as what JSON holds, and back by what their fields are declared to be.

Whatever a field holds comes back equal and of the same type, or is refused when it is written. A field that is added
to a record is carried without a word here, as long as it is declared as one of the kinds below.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from cartcohort.study.location import Place


def as_plain(value: Any) -> Any:
    """Return a value as texts, numbers, truths, None, lists and dicts.

    Parameters
    ----------
    value : object
        A frozen dataclass, mapping by text, tuple, frozenset of texts, date, text (a `Place` too), bool, int or None,
        and what these hold.

    Raises
    ------
    TypeError
        For anything else, a subclass included: it would not come back as it was.
    """
    kind = type(value)
    if kind in (str, bool, int, type(None)):
        return value
    if kind is Place:
        return {"file": value.file, "rows": value.rows, "columns": value.columns}
    if kind is dt.date:
        return value.isoformat()
    if kind is tuple:
        return [as_plain(one) for one in value]
    if kind is frozenset:
        return sorted(as_plain(one) for one in value)
    if isinstance(value, Mapping) and {*map(type, value)} <= {str}:
        return {name: as_plain(one) for name, one in value.items()}
    if is_dataclass(kind):
        return {field.name: as_plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{kind.__name__} is not carried by a record.")


def from_plain(kind: Any, value: Any) -> Any:
    """Return what `as_plain` made plain.

    Parameters
    ----------
    kind : type
        As declared: `str`, `tuple[str, ...]`, `Mapping[str, OwnEndpoint]`, `dt.date | None`.
    value : object
        As `as_plain` returned it.

    Raises
    ------
    TypeError
        For a kind that is not known here.
    """
    form, parts = get_origin(kind) or kind, get_args(kind)
    if form is UnionType and parts[1:] == (type(None),):
        return None if value is None else from_plain(parts[0], value)
    if form is str:
        return Place(**value) if isinstance(value, dict) else value
    if form in (bool, int):
        return value
    if form is dt.date:
        return dt.date.fromisoformat(value)
    if form is tuple:
        kinds = [parts[0]] * len(value) if parts[1:] == (...,) else parts
        return tuple(from_plain(part, one) for part, one in zip(kinds, value, strict=True))
    if form is frozenset:
        return frozenset(from_plain(parts[0], one) for one in value)
    if form is Mapping:
        return {name: from_plain(parts[1], one) for name, one in value.items()}
    if is_dataclass(form):
        return form(**{name: from_plain(declared, value[name]) for name, declared in _declared(form).items()})
    raise TypeError(f"{kind} is not carried by a record.")


@cache
def _declared(record: type) -> dict[str, Any]:
    return get_type_hints(record)
