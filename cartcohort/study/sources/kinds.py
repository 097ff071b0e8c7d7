"""What a file really is, told from its first bytes, where its name says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cartcohort.errors import Problem


@dataclass(frozen=True)
class Kind:
    """A kind of file: in words, how it begins, and the endings that its name may have, none where it is no table."""

    words: str
    starts: tuple[bytes, ...]
    endings: tuple[str, ...] = ()

    def misnamed(self, file: str) -> Problem:
        """Say that a file of this kind has the name of another."""
        if self.endings:
            remedy = f"Let its name end in {self.endings[0]}, here and in study.yaml."
        else:
            remedy = "Put the table in its place."
        return Problem(f"The file is {self.words}, not what its name says.", file, remedy)


KINDS = (
    Kind("a workbook of Excel", (b"PK\x03\x04",), (".xlsx", ".xlsm")),
    Kind("an old or protected workbook of Excel", (b"\xd0\xcf\x11\xe0",)),
    Kind("a Parquet file", (b"PAR1",), (".parquet",)),
    Kind("a SAS transport file", (b"HEADER RECORD*******",), (".xpt",)),
    Kind("a SAS data set", (bytes(12) + b"\xc2\xea\x81\x60",), (".sas7bdat",)),
    Kind("a Stata file", (b"<stata_dta>",), (".dta",)),
    Kind("an SPSS file", (b"$FL2", b"$FL3"), (".sav", ".zsav")),
    Kind("an SQLite database", (b"SQLite format 3\0",)),
    Kind("a picture", (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")),
    Kind("a PDF", (b"%PDF",)),
    Kind("a compressed file", (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh")),
)


def tell_kind(path: Path) -> Kind | None:
    """Return the kind of a file; None where it is none that is known, such as text."""
    with path.open("rb") as content:
        start = content.read(32)
    return next((kind for kind in KINDS if start.startswith(kind.starts)), None)
