"""A sheet to draw on, laid out in units from its top left corner, and the finished figure that comes of it."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Sequence
from functools import cache

from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Sheet
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.lines import Line2D
from matplotlib.text import Text

from cartcohort.present import style
from cartcohort.present.abbreviations import spell_out_used
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures.placement import Box
from cartcohort.present.figures.svg import clean_svg, drawable

_FONT = "DejaVu Sans"
"""Comes with matplotlib, and is the widest of the fonts that a page may be shown in."""
_SQUARE = 1.0
"""Advance of what that font lacks, as Chinese: whole squares in the fonts that have it."""


class Canvas:
    """A sheet of `width` by `height` units, rounded up to whole ones; x runs to the right and y down, as in the SVG.

    Must be made and finished inside `style.drawing_style`.
    """

    def __init__(self, *, height: float, width: float = style.WIDTH) -> None:
        self.width, self.height = math.ceil(width), math.ceil(height)
        self.sheet = Sheet(figsize=(self.width / 72, self.height / 72), dpi=72)
        self.sheet.patch.set_gid("class paper")
        FigureCanvasSVG(self.sheet)

    def axes(self, *, left: float, top: float, width: float, height: float) -> Axes:
        """Add axes whose frame is that box."""
        bottom = self.height - top - height
        return self.sheet.add_axes(
            (left / self.width, bottom / self.height, width / self.width, height / self.height)
        )

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        align: str = "left",
        size: float = style.SMALL,
        color: str = style.INK,
        bold: bool = False,
        role: str = "",
    ) -> None:
        """Write one line of text with its baseline at y; `role` becomes its class in the SVG."""
        written = self.sheet.text(
            x / self.width,
            1 - y / self.height,
            drawable(text),
            ha=align,
            va="baseline",
            fontsize=size,
            color=color,
            fontweight="bold" if bold else "normal",
        )
        if role:
            written.set_gid(f"class {role}")

    def line(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        *,
        color: str = style.INK,
        width: float = 0.9,
        linestyle: str | tuple = "solid",
    ) -> None:
        """Draw a straight line between two points of the sheet."""
        self.sheet.add_artist(
            Line2D(
                [position / self.width for position in x],
                [1 - position / self.height for position in y],
                color=color,
                linewidth=width,
                linestyle=linestyle,
                transform=self.sheet.transFigure,
            )
        )

    def key(self, x: float, y: float, group: style.GroupStyle, *, length: float = 22) -> None:
        """Draw a sample of a group's line, centred on text whose baseline is y."""
        self.line((x, x + length), (y - 4, y - 4), color=group.color, width=1.9, linestyle=group.linestyle)

    def finish(
        self,
        *,
        id: str,
        title: str,
        description: str,
        csv: str,
        table: Table | Notice,
        note: str = "",
        panels: Sequence[Box] = (),
    ) -> Figure:
        """Return the figure with its description, its numbers, and a note on its method.

        `panels` are the boxes, in reading order, that a narrow screen shows one below the other.
        """
        buffer = io.StringIO()
        with warnings.catch_warnings():
            # The measuring font lacks Chinese; the reader's browser does not.
            warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from font", category=UserWarning)
            self.sheet.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        written = [text.get_text() for text in self.sheet.findobj(Text)]
        note = " ".join(part for part in (note, *spell_out_used(written, said=[note])) if part)
        svg = clean_svg(buffer.getvalue(), id=id, title=title, description=description, panels=panels)
        html = table.html if isinstance(table, Table) else ""
        return Figure(id=id, title=title, svg=svg, description=description, csv=csv, table_html=html, note=note)


def text_width(text: str, size: float = style.SMALL, *, bold: bool = False) -> float:
    """Return how wide a text is in the widest font it may be shown in, in letters of that size."""
    return size * sum(_advance(character, bold) for character in text)


def wrap(text: str, *, width: float, size: float = style.SMALL, max_lines: int = 3, bold: bool = False) -> list[str]:
    """Break a text into lines of at most that width; what does not fit the last line ends in an ellipsis.

    Breaks between words, and inside a word (or a Chinese text) only where it is longer than a line.
    """
    lines, current = [], ""
    for piece in _pieces(drawable(text), width, size, bold):
        candidate = current + piece
        if current and text_width(candidate.rstrip(), size, bold=bold) > width:
            lines.append(current.strip())
            candidate = piece.lstrip()
        current = candidate
    lines.append(current.strip())
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], _shortened(lines[max_lines - 1] + "…", width, size, bold)]
    return lines


@cache
def _advance(character: str, bold: bool) -> float:
    font = _font(bold)
    if not font.get_char_index(ord(character)):
        return _SQUARE
    return font.load_char(ord(character), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / 100


@cache
def _font(bold: bool) -> FT2Font:
    font = get_font(findfont(FontProperties(family=_FONT, weight="bold" if bold else "normal")))
    font.set_size(100, 72)
    return font


def _pieces(text: str, width: float, size: float, bold: bool) -> list[str]:
    """Split after spaces and around wide characters, and cut single words that exceed a line."""
    pieces = [""]
    for character in text:
        wide = not _font(bold).get_char_index(ord(character))
        if wide or text_width(pieces[-1] + character, size, bold=bold) > width:
            pieces.append(character)
        else:
            pieces[-1] += character
        if wide or character == " ":
            pieces.append("")
    return [piece for piece in pieces if piece]


def _shortened(text: str, width: float, size: float, bold: bool) -> str:
    while len(text) > 2 and text_width(text, size, bold=bold) > width:
        text = text[:-2] + "…"
    return text
