"""The forms that a value of study.yaml can have, every scalar of which is read as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

from cartcohort.errors import did_you_mean
from cartcohort.study.schema import FIRST_YEAR, LAST_YEAR


class WrongFormError(Exception):
    """A value has a wrong form; `keys` lead to it from the key of the first level."""

    def __init__(self, must: str, remedy: str) -> None:
        super().__init__(must)
        self.must, self.remedy = must, remedy
        self.keys: tuple[str, ...] = ()


def as_text(value: object) -> str:
    """Return a text without blanks around it."""
    if not isinstance(value, str):
        raise WrongFormError("must be one text.", "Quote it if it holds a colon or brackets.")
    return value.strip()


def as_truth(value: object) -> bool:
    """Return whether a text says true or yes, or false or no."""
    # Only of a text: that of a list whose parts repeat each other could be longer than any memory.
    text = value.lower() if isinstance(value, str) else ""
    truth = {"true": True, "yes": True, "false": False, "no": False}.get(text)
    if truth is None:
        raise WrongFormError("must be true or false.", "Write `synthetic: true` or `synthetic: false`.")
    return truth


def as_date(value: object) -> dt.date:
    """Return the date that a text gives as year-month-day."""
    try:
        date = dt.datetime.strptime(as_text(value), "%Y-%m-%d").date()
    except ValueError:
        raise WrongFormError("must be a date.", "Write it as year-month-day, such as 2023-02-28.") from None
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise WrongFormError(f"must lie between {FIRST_YEAR} and {LAST_YEAR}.", "Correct the year.")
    return date


def as_texts(value: object, example: str = "[sex, age_group]") -> tuple[str, ...]:
    """Return a list of texts, none of them empty and none given twice."""
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise WrongFormError("must be a list of texts.", f"Such as {example}.")
    texts = tuple(item.strip() for item in value)
    if len(set(texts)) < len(texts):
        raise WrongFormError("must not name a value twice.", "Leave out the double one.")
    return texts


def as_mapping(value: object, read: Callable[[object], Any], example: str, *, keep_empty: bool = False) -> dict:
    """Return pairs of name and value; a name without a value is as if it were not there, unless `keep_empty`."""
    if not isinstance(value, dict):
        raise WrongFormError("must hold pairs of name and value.", f"Such as {example}.")
    given = {key: item for key, item in value.items() if item != "" or keep_empty}
    return {key.strip(): read_key(key, item, read) for key, item in given.items()}


def read_key(key: str, value: object, read: Callable[[object], Any]) -> Any:
    """Read the value of a key; what is wrong with it is told with the key."""
    try:
        return read(value)
    except WrongFormError as wrong:
        wrong.keys = (key, *wrong.keys)
        raise


def as_keys(value: object, known: Collection[str], needed: Collection[str], example: str) -> dict[str, object]:
    """Return pairs of key and value whose keys are among those known, and hold those needed."""
    pairs = as_mapping(value, lambda item: item, example)
    for key in pairs:
        if key not in known:
            raise WrongFormError(f"has no key `{key}`.{did_you_mean(key, known)}", f"Keys are: {', '.join(known)}.")
    lacking = [f"`{key}`" for key in needed if key not in pairs]
    if lacking:
        raise WrongFormError(f"lacks {' and '.join(lacking)}.", f"Such as {example}.")
    return pairs


def as_choice(value: object, choices: Collection[str]) -> str:
    """Return a text that is one of the choices."""
    text = as_text(value)
    if text not in choices:
        raise WrongFormError(
            f"must be one of {', '.join(choices)}.{did_you_mean(text, choices)}", f"Such as {next(iter(choices))}."
        )
    return text
