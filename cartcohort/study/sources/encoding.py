"""In which encoding a text file is, told from its bytes."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from cartcohort.errors import Problem, StudyDataError
from cartcohort.study.location import locate
from cartcohort.study.sources.kinds import tell_kind
from cartcohort.study.sources.scripts import EAST_ASIAN, ENCODINGS, rate_text

_CHUNK = 2**20
_MOST_CELLS = 500  # distinct ones, to judge an encoding by
_LEAST_PLAUSIBLE = 0.75
_TOLERANCE = 0.05  # below the most plausible
_ALIEN_CELL = re.compile(rb'[^\r\n\t,;"]*[\x80-\xff][^\r\n\t,;"]*')
UTF8 = "utf-8-sig"  # with a mark or without
_MARKS = ((codecs.BOM_UTF8, UTF8), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NAMES = {
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252 (Western European)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "mac_roman": "Mac Roman",
    "cp850": "DOS 850 (Western European)",
    "koi8_r": "KOI8-R (Cyrillic)",
    "cp932": "Shift-JIS",
    "euc_jp": "EUC-JP",
    "gb18030": "GB18030",
    "big5": "Big5",
    "cp949": "EUC-KR",
}
_REMEDY = "Save it as UTF-8 (in Excel: CSV UTF-8), or name its encoding under `reading` in study.yaml."


@dataclass(frozen=True)
class Encoding:
    """An encoding: its codec, and its name for a reader, empty where it is UTF-8."""

    codec: str
    name: str = ""


def find_encoding(path: Path, file: str, given: str) -> Encoding:
    """Tell the encoding of a file.

    Parameters
    ----------
    path : Path
        Where the file is.
    file : str
        Its name, for messages.
    given : str
        The encoding that the description names; empty has it told from the file.

    Raises
    ------
    StudyDataError
        If the file is no text, or its encoding cannot be told.
    """
    with path.open("rb") as content:
        start = content.read(4)
    marked = next((codec for mark, codec in _MARKS if start.startswith(mark)), "")
    if given and not marked:
        return Encoding(given, _name(given))
    if marked == "utf-16":
        return Encoding(marked, _NAMES[marked])
    if _is_utf8(path, file):
        return Encoding(UTF8)
    return _guess(path.read_bytes(), file)


def refuse_nul(path: Path, encoding: Encoding, file: str) -> None:
    """Refuse a text with the character NUL, which a table has no use for and a page cannot show.

    Raises
    ------
    StudyDataError
        If it holds one.
    """
    with path.open(encoding=encoding.codec, newline="") as content:
        if any("\0" in part for part in iter(lambda: content.read(_CHUNK), "")):
            raise StudyDataError(_no_text(path, file))


def _name(codec: str) -> str:
    codec = codecs.lookup(codec).name
    return "" if codec in ("utf-8", UTF8, "ascii") else _NAMES.get(codec, codec)


def _is_utf8(path: Path, file: str) -> bool:
    """Say whether a file is wholly in UTF-8, reading it once in parts.

    Raises
    ------
    StudyDataError
        If it holds what no text does.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as content:
        try:
            for part in iter(lambda: content.read(_CHUNK), b""):
                if b"\0" in part:
                    raise StudyDataError(_no_text(path, file))
                decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _no_text(path: Path, file: str) -> Problem:
    kind = tell_kind(path)
    if kind is not None:
        return kind.misnamed(file)
    return Problem("The file is no text, or is encoded in UTF-16 without a mark.", file, _REMEDY)


def _guess(content: bytes, file: str) -> Encoding:
    cells = list(dict.fromkeys(_ALIEN_CELL.findall(content)))[:_MOST_CELLS]
    valid = sum(_decodes(cell, "utf-8") for cell in cells)
    if 2 * valid >= len(cells):  # which letters of another encoding hardly ever are
        raise StudyDataError(describe_bad_lines(content, "utf-8", file))
    rates = {codec: _rate(cells, codec) for codec in ENCODINGS}
    best = max(rates.values())
    if best < _LEAST_PLAUSIBLE:
        raise StudyDataError(Problem("The encoding of the file cannot be told.", file, _REMEDY))
    codec = _choose([codec for codec, rate in rates.items() if rate >= best - _TOLERANCE], cells)
    return Encoding(codec, _NAMES[codec])


def _rate(cells: list[bytes], codec: str) -> float:
    try:
        return rate_text([cell.decode(codec) for cell in cells], codec)
    except UnicodeError:
        return 0.0


def _choose(equal: list[str], cells: list[bytes]) -> str:
    """Choose among encodings that are equally plausible: the likeliest, in East Asia by its frequent signs."""
    if len(equal) == 1 or equal[0] not in EAST_ASIAN:
        return equal[0]
    from charset_normalizer import from_bytes

    found = from_bytes(b"\n".join(cells), cp_isolation=equal).best()
    return found.encoding if found is not None and found.encoding in equal else equal[0]


def _decodes(content: bytes, codec: str) -> bool:
    try:
        content.decode(codec)
    except UnicodeError:
        return False
    return True


def describe_bad_lines(content: bytes, codec: str, file: str) -> Problem:
    """Say in which lines the bytes are none of an encoding."""
    if codec.replace("-", "").startswith("utf16"):
        lines: list[int] = []
    else:
        parts = re.split(rb"\r\n|\r|\n", content)
        lines = [number for number, part in enumerate(parts, 1) if not part.isascii() and not _decodes(part, codec)]
    what = f"The file is not wholly encoded in {_name(codec) or 'UTF-8'}."
    return Problem(what, locate(file, lines), _REMEDY)
