"""Columns that mean something only together: a time with its status, and what a flat sheet tells of an event."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from cartcohort.study.schema import ADVERSE_EVENTS
from cartcohort.study.suggest.fit import Fit, find_fit, recode
from cartcohort.study.suggest.headers import LIKELY, Header, liken, plain_words, read_header
from cartcohort.study.suggest.lines import Line
from cartcohort.study.suggest.profile import Profile
from cartcohort.study.suggest.words import (
    ALIVE_WORDS,
    DEAD_WORDS,
    EVENT_DETAILS,
    EVENT_TERMS,
    FOLLOW_UP_NAMES,
    STATUS_TIME_NAMES,
)

_FEW_DAYS = 400
"""Follow-up of at most this is as well one in weeks or months, where nothing says that it is in days."""

_NO_AND_YES = ({"0", "1"}, {"no", "yes"})
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}


@dataclass
class FlatEvents:
    """Adverse events found in a flat sheet.

    Attributes
    ----------
    sources : dict of str to dict of str to Profile
        By term and column of adverse_events: the column of the sheet.
    values : dict of str to str
        What its grades mean, where they are no numbers.
    units : dict of str to str
        Units of its times.
    """

    sources: dict[str, dict[str, Profile]] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)


def find_follow_up(profiles: Sequence[Profile], seen: Profile | None) -> tuple[Line, list[Profile]] | None:
    """Return a proposal for `follow_up` and the columns it uses, None where no time and status go together.

    Parameters
    ----------
    profiles : sequence of Profile
        Columns of the subjects that have no meaning yet.
    seen : Profile or None
        The column of the last contact, where there is one but none of death: with a status it is both.
    """
    time = seen or _best(profiles, FOLLOW_UP_NAMES["time"], lambda one: one.is_number or one.is_date)
    status = _best(profiles, FOLLOW_UP_NAMES["status"], lambda one: one is not time and _read_status(one) is not None)
    if time is None or status is None:
        return None
    dead, alive, guess, doubt = _read_status(status)
    value: dict[str, object] = {"date" if time.is_date else "time": time.name, "status": status.name, "dead": dead}
    if alive:
        value["alive"] = alive
    if not time.is_date:
        unit, unsure = _read_unit(time)
        value["unit"] = unit
        doubt = doubt or unsure
    n_dead = int(status.cells.isin(dead).sum())
    word = "unsure" if doubt else "likely" if guess else "sure"
    reason = f"{word}: a time and a status, {n_dead} of {status.n} dead"
    return Line(value, "; ".join(filter(None, (reason, guess, doubt))), live=not doubt), [time, status]


def find_status_times(profiles: Sequence[Profile]) -> dict[str, tuple[Line, list[Profile]]]:
    """Return proposals for `status_times`, each with the columns it uses."""
    found = {}
    for name, names in STATUS_TIME_NAMES.items():
        time = _best(profiles, names["time"], lambda one: one.is_number and bool(one.header.unit))
        status = _best(profiles, names["status"], lambda one: {*one.texts} in _NO_AND_YES)
        if time is None or status is None:
            continue
        event, none = ("yes", "no") if "yes" in status.texts else ("1", "0")
        value = {
            "time": time.name,
            "status": status.name,
            "event": [event],
            "no_event": [none],
            "unit": time.header.unit,
        }
        n = int((status.cells == event).sum())
        reason = f"likely: a time and a status, {n} of {status.n} with {name}; counted from infusion"
        found[name] = Line(value, reason), [time, status]
    return found


def find_flat_events(profiles: Sequence[Profile]) -> FlatEvents:
    """Return the adverse events that columns of the subjects tell of."""
    found = FlatEvents()
    for profile in profiles:
        for term, names in EVENT_TERMS.items():
            detail = _find_detail(profile, names)
            fit = _fit_detail(profile, detail) if detail else None
            source = found.sources.get(term, {})
            if fit is None or fit.doubt or fit.name in source:
                continue
            found.sources.setdefault(term, {})[fit.name] = profile
            found.values |= fit.values if detail == "grade" else {}
            found.units |= {fit.name: fit.unit} if fit.unit else {}
            break
    forms = {name.rpartition("_")[2] for source in found.sources.values() for name in source if name != "grade"}
    if len(forms) > 1:  # days beside dates: the dates are kept
        for source in found.sources.values():
            for name in [name for name in source if name.endswith("_day")]:
                del source[name]
    found.sources = {term: source for term, source in found.sources.items() if source}
    return found


def _best(profiles: Sequence[Profile], names: str, fits: Callable[[Profile], bool]) -> Profile | None:
    """Return the first of the columns that go best with these names, of those that fit."""
    likely = [one for one in profiles if liken(one.header, names)[0] >= LIKELY and fits(one)]
    return max(likely, key=lambda one: liken(one.header, names), default=None)


def _read_status(profile: Profile) -> tuple[list[str], list[str], str, str] | None:
    """Return the values that mean dead and alive, what was guessed, and what is in doubt; None if it is no status."""
    texts = profile.texts
    if not 1 <= len(texts) <= 4:
        return None
    if {*texts} <= {"0", "1"}:
        dead, alive = ("0", "1") if any(word.startswith("cens") for word in profile.header.words) else ("1", "0")
        return [dead], [alive], f"{dead} taken as dead, {alive} as alive", ""
    if {*texts} == {"1", "2"}:
        return ["2"], ["1"], "", "which of 1 and 2 means dead?"
    known, unknown = recode(texts, {"dead": DEAD_WORDS, "alive": ALIVE_WORDS})
    dead, alive = ([text for text in known if known[text] == level] for level in ("dead", "alive"))
    if not dead:
        return None
    rest = [*unknown, *(text for text in known if not known[text])]
    return dead, alive, "", f"{len(rest)} of {len(texts)} values are neither" if rest else ""


def _read_unit(profile: Profile) -> tuple[str, str]:
    unit = profile.header.unit
    if unit in ("days", "weeks", "months", "years"):
        return unit, ""
    longest = np.nanmax(profile.numbers, initial=0)
    if not profile.is_whole:
        return "months", "its unit is not told, and days would be whole"
    return "days", "" if longest > _FEW_DAYS else "its unit is not told"


def _find_detail(profile: Profile, names: str) -> str:
    """Return what the column tells of an event known by these names, empty where it tells nothing of it."""
    squeezed = profile.header.squeezed
    for name in names.split(","):
        term = read_header(name.strip()).squeezed
        before, found, after = squeezed.partition(term)
        if not found:
            continue
        if not before + after:  # a name alone may stand for its grade, its date, or yes and no
            return "onset_day" if profile.is_date else "" if {*profile.texts} <= {"0", "1"} else "grade"
        rest = Header((before + after,))
        for detail, words in EVENT_DETAILS.items():
            if liken(rest, words)[0] == 1.0:
                return detail
    return ""


def _fit_detail(profile: Profile, detail: str) -> Fit | None:
    if detail != "grade":
        return find_fit(profile, ADVERSE_EVENTS.by_name[detail])
    grades = {text: _read_grade(text) for text in profile.texts}
    if None in grades.values():
        return None
    return Fit(name="grade", values={text: grade for text, grade in grades.items() if text != grade})


def _read_grade(text: str) -> str | None:
    """Return the grade that a text means, 0 where it says there was none, and empty where it was not recorded."""
    words = plain_words(text)
    number = re.fullmatch(r"(?:grade|gr|g)? ?([0-5])(?: 0)?", words)
    if number:
        return number[1]
    if words in ("no", "none", "never", "absent"):
        return "0"
    known, _ = recode([text], {})
    return _ROMAN.get(words.removeprefix("grade "), known.get(text))
