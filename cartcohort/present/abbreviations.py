"""Abbreviations spelt out beneath the tables and figures that use them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cartcohort.present.vocabulary import spell_out_own

_OF_NUMBERS = {"NR": "not reached", "NE": "not estimable"}
"""Those that stand among numbers; elsewhere they may mean something else, such as a best response."""

_OF_WORDS = {
    "CIR": "cumulative incidence of relapse",
    "NRM": "non-relapse mortality",
    "HR": "hazard ratio",
    "sHR": "subdistribution hazard ratio",
    "OR": "odds ratio",
    "SMD": "standardised mean difference",
    "MRD": "minimal residual disease",
    "GVHD": "graft-versus-host disease",
}
_WORD = re.compile(r"[A-Za-z]+")


def spell_out_used(words: Iterable[str], *, numbers: Iterable[str] = (), said: Iterable[str] = ()) -> list[str]:
    """Spell out the abbreviations that are used, each in a sentence of its own.

    Parameters
    ----------
    words, numbers : iterable of str
        Texts, and those among numbers.
    said : iterable of str
        What stands beside them already; what is spelt out there, or in the texts, is not again.
    """
    words = list(words)
    told = " ".join([*words, *said]).lower()
    used = {short: long for short, long in _OF_NUMBERS.items() if short in _words_of(numbers)}
    used |= {short: long for short, long in _OF_WORDS.items() if short in _words_of(words)}
    used |= spell_out_own(words)
    return [f"{short}, {long}." for short, long in used.items() if not _is_told(short, long, told)]


def _is_told(short: str, long: str, told: str) -> bool:
    return any(form.lower() in told for form in (f"{short}, {long}", f"{long} ({short})"))


def _words_of(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text)}
