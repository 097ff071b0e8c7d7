import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

from cartcohort.render.exports.png import draw_png, find_fonts, read_size
from tests.suites import executed_notebook

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 {height}" font-family="Arial, sans-serif" '
    'font-size="12">{drawn}</svg>'
)


def chunks(picture):
    """The parts of a PNG by name, in order."""
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    position, found = 8, []
    while position < len(picture):
        length = struct.unpack(">I", picture[position : position + 4])[0]
        name, content = picture[position + 4 : position + 8], picture[position + 8 : position + 8 + length]
        assert struct.unpack(">I", picture[position + 8 + length : position + 12 + length])[0] == zlib.crc32(
            name + content
        )
        found.append((name, content))
        position += 12 + length
    return found


def pixels(drawn, height=60):
    """What is drawn, as an array of rows, columns and colours."""
    picture = draw_png(SVG.format(height=height, drawn=drawn))
    return np.round(matplotlib.image.imread(io.BytesIO(picture))[:, :, :3] * 255).astype(int)


def dark(array):
    """Rows and columns that hold ink."""
    ink = array.min(axis=2) < 128
    return np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))


def test_six_hundred_units_are_six_and_a_quarter_inches_at_300_dpi():
    picture = draw_png(SVG.format(height=100, drawn=""))
    assert read_size(picture) == (1875, 313)
    names = [name for name, _ in chunks(picture)]
    assert names[:2] == [b"IHDR", b"pHYs"] and names[-1] == b"IEND"
    assert dict(chunks(picture))[b"pHYs"] == struct.pack(">IIB", 11811, 11811, 1)


def test_what_is_not_drawn_is_white():
    assert (pixels('<rect width="10" height="10" fill="none"/>') == 255).all()


def test_clip_paths_dashes_and_turned_text_are_drawn():
    clipped = pixels(
        '<clipPath id="c"><rect width="300" height="60"/></clipPath><path d="M0 30H600" stroke="#000" '
        'stroke-width="4" clip-path="url(#c)"/>'
    )
    assert dark(clipped)[1].max() == pytest.approx(300 * 3.125, abs=2)
    dashed = pixels('<path d="M0 30H600" stroke="#000" stroke-width="4" stroke-dasharray="60 60"/>')
    assert len(dark(dashed)[1]) == pytest.approx(1875 / 2, rel=0.02)
    rows, columns = dark(pixels('<text transform="rotate(-90 30 150)" x="30" y="150">turned label</text>', 200))
    assert np.ptp(rows) > 4 * np.ptp(columns)


def test_text_is_drawn_in_the_same_font_everywhere_bold_where_it_is_and_centred():
    _, plain = dark(pixels('<text x="300" y="30" text-anchor="middle">HHHHHHHH</text>'))
    _, bold = dark(pixels('<text x="300" y="30" text-anchor="middle" font-weight="700">HHHHHHHH</text>'))
    assert (plain.min() + plain.max()) / 2 == pytest.approx(300 * 3.125, abs=3)
    assert np.ptp(bold) > 1.05 * np.ptp(plain)
    # Eight letters H of DejaVu Sans, 0.752 wide each, at 12 units; the outer stems stand a tenth inside.
    assert np.ptp(plain) == pytest.approx((8 - 0.26) * 0.752 * 12 * 3.125, rel=0.02)


def test_equal_drawings_give_equal_bytes_and_none_needs_matplotlib():
    svg = SVG.format(height=50, drawn='<text x="10" y="20">Months ≥ 12 − λ</text>')
    assert draw_png(svg) == draw_png(svg)
    assert [Path(font).name for font in find_fonts()] == [
        "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf", "DejaVuSans-BoldOblique.ttf"
    ]  # fmt: skip
    assert all(Path(font).is_file() for font in find_fonts())


def test_letters_that_the_font_lacks_do_not_stop_the_drawing():
    assert read_size(draw_png(SVG.format(height=50, drawn='<text x="10" y="20">缓解 CR</text>'))) == (1875, 157)


def test_an_svg_with_a_declaration_and_without_a_view_is_drawn_as_wide_as_most():
    svg = executed_notebook()["cells"][6]["outputs"][0]["data"]["image/svg+xml"]
    assert svg.startswith("<?xml") and read_size(draw_png(svg))[0] == 2188
    assert read_size(draw_png('<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30"/>')) == (1875, 938)


def test_what_is_no_svg_is_refused():
    with pytest.raises(ValueError, match=r"\S"):
        draw_png("<p>no drawing</p>")


def test_drawing_imports_nothing_heavy():
    code = (
        "import sys\nfrom cartcohort.render.exports import png\npng.find_fonts()\nprint('matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
