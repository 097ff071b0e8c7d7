"""Text that is shown and does not turn its surroundings round."""

from __future__ import annotations

import re

_ORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def show_ordering(text: str, backslash: str = "\\") -> str:
    r"""Return text with each sign that orders what follows it from right to left, or anew, as its code: `\u202e`.

    Such a sign is invisible, and the words and numbers after it would stand in another order than they were written.
    Letters of scripts that run from right to left are left alone: their order is their own.

    Parameters
    ----------
    text : str
    backslash : str
        How a backslash is written where the text will stand.
    """
    return _ORDERING.sub(lambda sign: f"{backslash}u{ord(sign[0]):04x}", text)


def orders_text(text: str) -> bool:
    """Tell whether a text holds such a sign."""
    return _ORDERING.search(text) is not None
