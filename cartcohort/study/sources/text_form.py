"""How a text file is to be read, where a study's description says so."""

from __future__ import annotations

from dataclasses import dataclass

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
"""Marks between cells, by the word that study.yaml has for them; in the order in which they are preferred."""

DECIMALS = ("point", "comma")


@dataclass(frozen=True, kw_only=True)
class TextForm:
    """What study.yaml says under `reading` of one table; an empty text leaves it to be told from the file.

    Attributes
    ----------
    encoding : str
        Name of a text encoding that Python knows.
    separator : str
        One of `SEPARATORS`.
    decimal : str
        One of `DECIMALS`.
    """

    encoding: str = ""
    separator: str = ""
    decimal: str = ""
