"""Writing to whoever started the program.

Nothing that a file holds may reach a terminal as a command, and nothing that happens to the terminal may end a run.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from contextlib import suppress
from typing import TextIO

from cartcohort.errors import OutputError, Problem


def prepare_streams() -> None:
    """Make the standard streams fit for any text, and give those that are closed a place to write to."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - for the whole process
        else:
            stream.reconfigure(errors="backslashreplace")


def answer(text: str) -> None:
    """Write to standard output; a reader who has had enough (`| head -1`) is no error.

    Raises
    ------
    OutputError
        Where standard output cannot be written for another reason, such as a full disk.
    """
    try:
        print(make_printable(text), flush=True)
    except BrokenPipeError:
        _silence(sys.stdout)
    except OSError as error:
        _silence(sys.stdout)
        problem = Problem("The answer cannot be written.", f"standard output: {error.strerror}.")
        raise OutputError(problem) from error


def tell(text: str, stream: TextIO | None = None) -> None:
    """Write a line of news or a complaint, to standard error by default; where it cannot be written it is lost."""
    with suppress(OSError):
        print(make_printable(text), file=stream or sys.stderr, flush=True)


def make_printable(text: str) -> str:
    """Return text with every character that commands a terminal, or is no character, as its escape sequence."""
    return "".join(c if _is_harmless(c) else c.encode("unicode_escape").decode() for c in text)


def _is_harmless(character: str) -> bool:
    return character.isprintable() or character == "\n" or unicodedata.category(character) == "Zs"


def _silence(stream: TextIO) -> None:
    """Let go of what could not be written, or Python would try and fail once more at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
