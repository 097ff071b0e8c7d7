"""One protection that is taken away by a small change of a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Removal:
    """A change of one place in a file after which tests must fail.

    Attributes
    ----------
    protection : str
        What is taken away, in a line.
    path : str
        The file, from the root of the repository.
    old, new : str
        The text, which stands there once, and what takes its place.
    tests : tuple of str
        Each must fail. Named as in SECURITY.md; the file may be left out where the name is the only one.
    by : str
        Name of the exception by which they fail, where it is no failed assertion.
    """

    protection: str
    path: str
    old: str
    new: str
    tests: tuple[str, ...]
    by: str = "AssertionError"

    def edit(self, text: str) -> str:
        """Return the text of the file without the protection.

        Raises
        ------
        ValueError
            Where the old text does not stand there exactly once.
        """
        if (count := text.count(self.old)) != 1:
            raise ValueError(f"{self.path}: `{self.old}` stands there {count} times, not once")
        return text.replace(self.old, self.new)

    @contextmanager
    def applied(self, root: Path) -> Iterator[None]:
        """Have the protection taken away in a copy of the repository for a while."""
        file = root / self.path
        before, times = file.read_text(encoding="utf-8"), file.stat()
        file.write_text(self.edit(before), encoding="utf-8", newline="\n")
        try:
            yield
        finally:
            file.write_text(before, encoding="utf-8", newline="\n")
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))  # or what was compiled of it would not be taken
