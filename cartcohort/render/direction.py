"""Names written from right to left, set apart so that the words and numbers around them keep their order.

Without this "בית 3/9 (33%)" shows the numbers on the wrong side of the name, in the wrong order.
"""

from __future__ import annotations

import re

from cartcohort.harmless import show_ordering

_LETTER = "\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_ANY = re.compile(f"[{_LETTER}]")
# From its first letter to its last, over blanks, digits and marks, and a bracket that closes one within.
_NAME = re.compile(f"[{_LETTER}](?:[^<>&A-Za-z]*[{_LETTER}])?[)\\]]?")
_PARTS = re.compile(r"(<(svg|script|style|title|pre|select)\b.*?</\2>|<[^>]*>)", re.DOTALL)


def isolate_names(page: str) -> str:
    """Return a page with every name written from right to left in a `<bdi>`, and signs that order text shown."""
    page = show_ordering(page)
    if not _ANY.search(page):
        return page
    written, at = [], 0
    for kept in _PARTS.finditer(page):
        written += [_NAME.sub(_isolate, page[at : kept.start()]), kept[0]]
        at = kept.end()
    return "".join([*written, _NAME.sub(_isolate, page[at:])])


def _isolate(found: re.Match[str]) -> str:
    name = found[0]
    for opening, closing in ("()", "[]"):
        if name.endswith(closing) and name.count(closing) > name.count(opening):
            return f"<bdi>{name[:-1]}</bdi>{closing}"
    return f"<bdi>{name}</bdi>"
