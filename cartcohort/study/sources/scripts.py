"""How plausible a text is in one of the scripts that patient tables are written in, judged letter by letter.

A wrong encoding makes letters that no language has, symbols inside words, and capitals after small letters. Tables
hold few words, so that counting letter frequencies, as for prose, would mislead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

_TYPOGRAPHIC = set("–—’‘“”„‚…•«»€°µ±×®©™§ \u00a0")
_WITHIN_WORDS = set("’µ")
_BESIDE_DIGITS = set("²³¹½¼¾£¥")
_MOST_ACCENTED = 0.75  # of a word's letters: more than in any word of a language written in Latin letters
_WEST = "äöüßéèêëàáâãåæçíìîïñóòôõøœùúûÿ"
_CENTRAL = "ąáâăäćčçďđéěęëíîĺľłńňóöôőŕřśšşșťţțúůüűýźžżß"
_TURKISH = "çğıiİöşüâîû"
_UNHEARD = re.compile(r"õ(?!e)|ñ(?![aeiouáéíóú])", re.IGNORECASE)
"""Western letters where Spanish and Portuguese have none, so that they must be others (Polish ń, Hungarian ő)."""

Judge = Callable[[str, str, bytes], bool]


def rate_text(texts: Iterable[str], encoding: str) -> float:
    """Return the share of the letters outside of ASCII that are plausible in texts decoded by one of `ENCODINGS`."""
    is_plausible = ENCODINGS[encoding]
    good = total = 0
    for text in texts:
        words = re.findall(r"\S+", text)
        for word in words:
            alien = [place for place, letter in enumerate(word) if not letter.isascii()]
            total += len(alien)
            good += sum(_fits(word, place, is_plausible, encoding) for place in alien)
    return good / total if total else 0.0


def _fits(word: str, place: int, is_plausible: Judge, encoding: str) -> bool:
    letter = word[place]
    before, after = word[place - 1 : place], word[place + 1 : place + 2]
    if letter in _WITHIN_WORDS:
        return True
    if unicodedata.category(letter)[0] not in "LM" and not "\u3000" <= letter <= "\uffef":
        return _fits_symbol(letter, before, after)
    if letter.isupper() and before.islower():
        return False
    return is_plausible(letter, word, letter.encode(encoding))


def _fits_symbol(letter: str, before: str, after: str) -> bool:
    if letter in _BESIDE_DIGITS:
        return before.isdecimal() or after.isdecimal()
    alone = not (before.isalpha() and after.isalpha()) and (before + after).isascii()
    return letter in _TYPOGRAPHIC and alone


def _latin(letters: str) -> Judge:
    known = set(letters + letters.upper()) - {"S"}

    def is_plausible(letter: str, word: str, code: bytes) -> bool:
        spelt = [one for one in word if one.isalpha()]
        accented = sum(not one.isascii() for one in spelt)
        strange = letters is _WEST and letter in "õñÕÑ" and _UNHEARD.search(word) is not None
        return letter in known and not strange and accented <= max(2, _MOST_ACCENTED * len(spelt))

    return is_plausible


def _alphabet(first: str, last: str) -> Judge:
    """Judge letters of an alphabet whose words hold no letters of another."""

    def is_plausible(letter: str, word: str, code: bytes) -> bool:
        return all(first <= one <= last for one in word if one.isalpha())

    return is_plausible


def _signs(leads: range, trails: range, *, kana: bool = False, hangul: bool = False) -> Judge:
    """Judge East Asian signs: those of the common ones of an encoding, by the two bytes of their code."""

    def is_plausible(letter: str, word: str, code: bytes) -> bool:
        if any("a" <= one <= "z" for one in word):
            return False
        if "\u3040" <= letter <= "\u30ff":
            return kana
        if len(code) != 2 or hangul != ("\uac00" <= letter <= "\ud7a3"):
            return "\u3000" <= letter <= "\u303f" or "\uff01" <= letter <= "\uff5e"
        return code[0] in leads and code[1] in trails

    return is_plausible


_HIGH = range(0xA1, 0xFF)

ENCODINGS: dict[str, Judge] = {
    "cp1252": _latin(_WEST),
    "cp1254": _latin(_TURKISH),
    "cp1250": _latin(_CENTRAL),
    "mac_roman": _latin(_WEST),
    "cp850": _latin(_WEST),
    "cp1251": _alphabet("\u0400", "\u04ff"),
    "koi8_r": _alphabet("\u0400", "\u04ff"),
    "cp1253": _alphabet("\u0370", "\u03ff"),
    "cp932": _signs(range(0x88, 0x98), range(0x40, 0xFD), kana=True),
    "euc_jp": _signs(range(0xB0, 0xD0), _HIGH, kana=True),
    "gb18030": _signs(range(0xB0, 0xD8), _HIGH),
    "big5": _signs(range(0xA4, 0xC7), range(0x40, 0xFF)),
    "cp949": _signs(range(0xB0, 0xC9), _HIGH, hangul=True),
}
"""What is plausible in each encoding that is looked for, the likelier ones first."""

EAST_ASIAN = ("cp932", "euc_jp", "gb18030", "big5", "cp949")
