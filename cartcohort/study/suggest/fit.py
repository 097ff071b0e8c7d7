"""Whether a column's values go with what its name says, and what study.yaml must then say besides the name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cartcohort.study.mapping.units import find_units
from cartcohort.study.model import MAY_BEFALL_NOBODY
from cartcohort.study.schema import YES_NO, Column
from cartcohort.study.suggest.headers import plain_words
from cartcohort.study.suggest.profile import Profile
from cartcohort.study.suggest.words import LEVEL_WORDS, MISSING_WORDS, MRD_WORDS, NOT_HAPPENED_WORDS, YES_NO_WORDS

_MOST_CODES = 12
_NO_RESPONSE = ("sd", "pd", "stable disease", "progressive disease", "progression", "refractory")
_NOT_OF_ALL = {"death_day"} | {name for name in MAY_BEFALL_NOBODY if name.endswith("_day")}
_TICKS = {"checked", "unchecked", "yes", "no", "true", "false", "x"}
"""What a box to tick holds, which is never a text."""
_CODES_OF_NO_YES = {"0": "no", "1": "yes", "0.0": "no", "1.0": "yes"}


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How a column's values go with a column of the dictionary.

    Attributes
    ----------
    name : str
        Standard name, of a time with the ending that its values ask for.
    doubt : str
        Why it is unsure, empty where it is not.
    guess : str
        What was taken for granted, empty where nothing was.
    values : mapping of str to str
        Recodes that it needs.
    unit : str
        Unit to convert from, empty where there is nothing to convert.
    """

    name: str
    doubt: str = ""
    guess: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""


def find_fit(profile: Profile, column: Column) -> Fit | None:
    """Return how the values go with a column of the dictionary, None where they do not."""
    if column.kind in ("time", "date"):
        return _fit_time(profile, column)
    if column.kind in ("number", "whole number"):
        return _fit_number(profile, column)
    if column.levels:
        return _fit_levels(profile, column)
    ticked = {plain_words(text) for text in profile.texts} <= _TICKS and bool(profile.n_filled)
    if column.required or not profile.n_filled or not (profile.is_number or ticked):
        return Fit(name=column.name)
    return None


def recode(texts: Sequence[str], words: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return what texts mean by the words for each level (an empty one: not recorded), and those not understood."""
    meaning = {plain_words(word): level for level, known in words.items() for word in (level, *known.split(","))}
    meaning = {plain_words(word): "" for word in MISSING_WORDS.split(",")} | meaning
    found = {text: meaning.get(plain_words(text)) for text in texts}
    return (
        {text: level for text, level in found.items() if level is not None},
        [text for text, level in found.items() if level is None],
    )


def _fit_time(profile: Profile, column: Column) -> Fit | None:
    date, day = column.names if column.kind == "time" else (column.name, "")
    if profile.is_date:
        values = _empty_words(profile, [not orders for orders in profile.orders])
        unknown = {plain_words(word) for word in MISSING_WORDS.split(",")} & {plain_words(text) for text in values}
        if unknown and day in _NOT_OF_ALL:
            return Fit(name=date, values=values, doubt="words that may say that it happened on a day not known")
        return Fit(name=date, values=values)
    if profile.n_filled == 0:
        return Fit(name=date if profile.header.says_date or not day or not profile.header.unit else day)
    # A column of another name that goes by 0 and 1, or is filled for all, may say whether or until when.
    doubted = column.name in _NOT_OF_ALL and profile.name not in column.names
    if not profile.is_number or not day or (doubted and {*profile.texts} <= {"0", "1"}):
        return None
    values = _empty_words(profile, np.isnan(profile.numbers))
    unit = profile.header.unit
    if doubted and profile.n_filled == profile.n > 2:
        return Fit(name=day, doubt="filled for everyone, so no day of an event alone; see `status_times`")
    if unit in ("weeks", "months", "years"):
        return Fit(name=day, values=values, unit=unit, guess="counted from infusion")
    if not profile.is_whole:
        return Fit(name=day, values=values, doubt="decimals, so not days: say its unit under `units`")
    return Fit(name=day, values=values, guess="" if unit == "days" else "days from infusion")


def _fit_number(profile: Profile, column: Column) -> Fit | None:
    if profile.n_filled and not profile.is_number:
        return None
    unit, guess = profile.header.unit, ""
    if column.name.endswith("_pct") and _looks_like_fraction(profile):
        doubt = "its name says percent, its values look like fractions" if unit == "percent" else ""
        return Fit(name=column.name, unit="" if doubt else "fraction", doubt=doubt, guess="fractions by their range")
    factor = find_units(column.name).get(unit, 1)
    known = profile.numbers[~np.isnan(profile.numbers)] * float(factor)
    outside = [
        bound
        for bound, beyond in ((column.minimum, np.less), (column.maximum, np.greater))
        if bound is not None and len(known) and np.mean(beyond(known, bound)) > 0.2
    ]
    if outside or (column.kind == "whole number" and not profile.is_whole):
        return Fit(name=column.name, doubt=f"values outside {column.allowed}, or not whole")
    needed = unit if factor != 1 else ""
    return Fit(name=column.name, values=_empty_words(profile, np.isnan(profile.numbers)), unit=needed, guess=guess)


def _looks_like_fraction(profile: Profile) -> bool:
    known = profile.numbers[~np.isnan(profile.numbers)]
    return profile.header.unit == "fraction" or bool(len(known) > 2 and known.max() <= 1 and not profile.is_whole)


def _fit_levels(profile: Profile, column: Column) -> Fit | None:
    if len(profile.cells.cat.categories) > _MOST_CODES:
        return None
    words = {level: LEVEL_WORDS.get(column.name, {}).get(level, "") for level in column.levels}
    if column.levels == YES_NO:
        words = (
            MRD_WORDS | {"yes": f"{MRD_WORDS['yes']}, {YES_NO_WORDS['yes']}"}
            if column.name == "mrd_negative"
            else YES_NO_WORDS
        )
    known, unknown = recode(profile.texts, words)
    if column.levels == YES_NO and unknown and {*unknown} <= {*_CODES_OF_NO_YES}:
        known |= {text: _CODES_OF_NO_YES[text] for text in unknown}
        return Fit(name=column.name, values=known, guess="1 taken as yes, 0 as no")
    if column.name == "sex" and {*profile.texts} == {"1", "2"}:
        known, unknown = {"1": "male", "2": "female"}, []
        return Fit(name=column.name, values=known, doubt="1 may be male and 2 female: look it up")
    if not any(known.values()) and profile.n_filled:
        return Fit(name=column.name, doubt="say what its codes mean under `values`") if profile.is_number else None
    changed = {text: level for text, level in known.items() if text != level}
    doubt = f"{len(unknown)} of {len(profile.texts)} values not understood" if unknown else ""
    changed |= {text: "?" for text in unknown}
    loose = column.name == "best_response" and any(plain_words(text) in _NO_RESPONSE for text in changed)
    return Fit(name=column.name, values=changed, doubt=doubt, guess="SD and PD taken as NR" if loose else "")


def _empty_words(profile: Profile, unread: Sequence[bool]) -> dict[str, str]:
    """Return the texts, among those that are no time or number, which say that there was none."""
    words = {plain_words(word) for word in NOT_HAPPENED_WORDS.split(",")}
    return {text: "" for text, bad in zip(profile.texts, unread, strict=True) if bad and plain_words(text) in words}
