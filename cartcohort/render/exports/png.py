"""A figure as PNG at 300 dpi, drawn from its SVG with a font that is the same on every machine."""

from __future__ import annotations

import functools
import importlib.util
import re
import struct
import zlib
from pathlib import Path

import resvg_py

DPI = 300
CSS_DPI = 96
_FONT = "DejaVu Sans"
"""The font that the texts of figures are measured in."""

_FAMILY = re.compile(r"""font-family=("[^"]*"|'[^']*')""")
_WIDTH = re.compile(r'<svg\b[^>]*\bviewBox="[-\d.]+ [-\d.]+ ([\d.]+) ')
_USUAL_WIDTH = 600.0
_BEYOND = re.compile(
    "[\u0900-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\U0001f000-\U0003ffff]"
)
"""Letters that the font lacks: those of India, South-East and East Asia, and pictures."""

_HEAD = 8 + 25  # the signature and the chunk that tells the size


def draw_png(svg: str) -> bytes:
    """Return an SVG as PNG on white at 300 dpi, each of its units taken for a 96th of an inch.

    Letters that the font lacks, such as Chinese ones, come from the system's fonts where it has any.

    Raises
    ------
    ValueError
        Where the SVG cannot be drawn.
    """
    picture = resvg_py.svg_to_bytes(
        svg_string=_FAMILY.sub(f'font-family="{_FONT}"', svg),
        width=round(read_width(svg) * DPI / CSS_DPI),
        background="#ffffff",
        font_files=list(find_fonts()),
        skip_system_fonts=_BEYOND.search(svg) is None,
        font_family=_FONT,
        sans_serif_family=_FONT,
    )
    return _set_resolution(picture)


def read_width(svg: str) -> float:
    """Return the width of an SVG in its own units; one that tells none is as wide as most."""
    found = _WIDTH.search(svg)
    return float(found[1]) if found else _USUAL_WIDTH


def read_size(picture: bytes) -> tuple[int, int]:
    """Return width and height of a PNG in pixels."""
    return struct.unpack(">II", picture[16:24])


@functools.cache
def find_fonts() -> tuple[str, ...]:
    """Return the files of DejaVu Sans, which come with matplotlib; it is not imported."""
    found = importlib.util.find_spec("matplotlib")
    if found is None or found.origin is None:
        return ()
    folder = Path(found.origin).parent / "mpl-data/fonts/ttf"
    return tuple(str(folder / f"DejaVuSans{form}.ttf") for form in ("", "-Bold", "-Oblique", "-BoldOblique"))


def _set_resolution(picture: bytes) -> bytes:
    """Write into a PNG how many pixels a metre has."""
    per_metre = round(DPI / 0.0254)
    chunk = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    whole = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return picture[:_HEAD] + whole + picture[_HEAD:]
