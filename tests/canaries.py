"""Looking for words in a file wherever they may hide: packed, encoded, escaped, in what a format says of itself."""

from __future__ import annotations

import base64
import html
import io
import re
import shutil
import subprocess
import urllib.parse
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import suppress

import pyarrow.parquet

_PNG = b"\x89PNG\r\n\x1a\n"
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{32,}={0,2}")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_MOST_PACKED = 4


def find_words(content: bytes, words: Collection[str]) -> set[str]:
    """Return the words that a file holds in any way, capitals or not."""
    lines = [form.lower() for unpacked in unpack(content) for form in _unescape(unpacked)]
    return {word for word in words if any(word.lower().encode() in line for line in lines)}


def unpack(content: bytes, depth: int = 0) -> Iterator[bytes]:
    """Give a file's bytes and, as they are, those of what is packed into it."""
    yield content
    parts = (part for open_one in _OPENERS for part in open_one(content)) if depth < _MOST_PACKED else ()
    for part in parts:
        yield from unpack(part, depth + 1)


def _open_zip(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive.comment
            for one in archive.infolist():
                yield f"{one.filename} {one.date_time}".encode() + one.comment + one.extra
                yield archive.read(one)


def _open_pdf(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"%PDF"):
        for found in _STREAM.finditer(content):
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(found[1])
        if shutil.which("pdftotext"):  # what is printed is letters of fonts, whose numbers tell nothing
            yield subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=False).stdout


def _open_png(content: bytes) -> Iterator[bytes]:
    place = len(_PNG) if content.startswith(_PNG) else len(content)
    while place < len(content):
        length = int.from_bytes(content[place : place + 4])
        text = content[place + 8 : place + 8 + length]
        place += 12 + length
        for start in [found.end() for found in re.finditer(b"\0", text)][:6]:  # compressed texts follow a keyword
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(text[start:])


def _open_parquet(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"PAR1"):
        file = pyarrow.parquet.ParquetFile(io.BytesIO(content))
        yield str((file.metadata.to_dict(), file.metadata.metadata, file.read().to_pylist())).encode()


def _open_base64(content: bytes) -> Iterator[bytes]:
    for found in _BASE64.findall(content):
        with suppress(ValueError):
            yield base64.b64decode(found + b"=" * (-len(found) % 4))


_OPENERS = (_open_zip, _open_pdf, _open_png, _open_parquet, _open_base64)


def _unescape(content: bytes) -> Iterator[bytes]:
    """Give bytes as they are, and as JSON, HTML, a URL and UTF-16 would have them read."""
    yield content
    if b"\\" in content:
        text = re.sub(
            rb"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)).encode("utf-8", "replace"), content
        )
        yield re.sub(rb"\\+(?=[/\\])", b"", text)
        yield re.sub(rb"\\+", b"/", text)
    if b"%" in content:
        yield urllib.parse.unquote_to_bytes(content)
    if b"&" in content:
        yield html.unescape(content.decode("utf-8", "replace")).encode()
    if b"\0" in content:
        yield content.replace(b"\0", b"")
