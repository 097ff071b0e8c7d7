"""Usual codes for what a category holds, so that the line of study.yaml that maps them can be offered.

A line always holds the codes of all levels, so that it does not tell which of them a cell holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_CODES = {
    ("no", "yes"): (
        *(("n", "y"), ("N", "Y"), ("No", "Yes"), ("NO", "YES"), ("0", "1")),
        *(("false", "true"), ("False", "True"), ("FALSE", "TRUE"), ("F", "T")),
        *(("nein", "ja"), ("non", "oui"), ("否", "是")),
    ),
    ("female", "male"): (
        *(("f", "m"), ("F", "M"), ("Female", "Male"), ("FEMALE", "MALE"), ("woman", "man")),
        *(("w", "m"), ("W", "M"), ("weiblich", "männlich"), ("femme", "homme"), ("女", "男")),
    ),
}


def offer_line(name: str, levels: Sequence[str], texts: Iterable[str]) -> str:
    """Return such as `prior_hsct: {N: no, Y: yes}`, or an empty text where no code is a usual one.

    Parameters
    ----------
    name : str
        Of the column.
    levels : sequence of str
        Its allowed values.
    texts : iterable of str
        What the column holds instead.
    """
    found = set(texts)
    pairs = {}
    for codes in _CODES.get(tuple(levels), ()):
        if found & set(codes):
            pairs |= {code: level for code, level in zip(codes, levels, strict=True) if code not in levels}
    told = ", ".join(f"{_quote(code)}: {level}" for code, level in pairs.items())
    return f"{name}: {{{told}}}" if told else ""


def _quote(code: str) -> str:
    """Quote what other readers of YAML take for a truth."""
    return f"'{code}'" if code.lower() in ("n", "y", "no", "yes", "true", "false") else code
