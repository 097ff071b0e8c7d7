"""How figures look: colours, line styles, sizes, and the matplotlib settings that put them in force.

The colours are Okabe and Ito's hues, darkened until each can also be read as text on white (contrast of at least
4.5). Neighbouring groups also differ in line style, so that figures survive a photocopier. A group has the same style
in every figure because its style follows from its position among the levels of its factor, the reference level first;
an outcome, a syndrome or an event on the way has the style of its meaning, and the green of a response is the last
hue that a level gets. What is drawn of all patients is in ink: endpoints on one axis differ in line style.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle

import matplotlib
import seaborn

INK = "#1f2933"
MUTED = "#5b6770"
RULE = "#c4cad0"
PAPER = "#ffffff"
FONT_STACK = "Helvetica Neue, Arial, Liberation Sans, Noto Sans, sans-serif"

WIDTH = 600
"""Width of a figure in its own units; a page scales it. Sizes below are in the same units."""
NARROW = 384
"""Width of a figure that a phone shows whole, a fifth smaller."""
TEXT = 13.0
SMALL = 12.0
LINE_HEIGHT = 15.0

_HUES = ("#0067a5", "#b84700", "#9c3d78", "#6b5b00", "#4a5560", "#00755a")
_DASHES = ((), (5.0, 2.0), (1.4, 1.6), (7.0, 2.0, 1.6, 2.0))
_MARKERS = ("o", "s", "^", "D", "v", "P")


@dataclass(frozen=True)
class GroupStyle:
    """Colour, dash pattern (lengths on and off in line widths, empty for solid) and marker of a group."""

    color: str
    dash: tuple[float, ...]
    marker: str

    @property
    def linestyle(self) -> str | tuple:
        """Return the dash pattern as matplotlib takes it."""
        return (0, self.dash) if self.dash else "solid"


def tint(color: str, strength: float) -> str:
    """Return the colour mixed with white, `strength` between 0 (white) and 1 (the colour)."""
    mixed = (round(255 + (int(color[at : at + 2], 16) - 255) * strength) for at in (1, 3, 5))
    return "#" + "".join(f"{part:02x}" for part in mixed)


@dataclass(frozen=True)
class MarkStyle:
    """Marker and colour of what happened at a time: hollow where it was given, filled where it befell the patient."""

    marker: str
    color: str
    filled: bool


ALL_PATIENTS = GroupStyle(INK, (), "o")
"""Style of a curve of everybody, which is no level of a factor."""
SOME_PATIENTS = GroupStyle(MUTED, _DASHES[1], "s")
"""Style of those of all patients who came so far, or of another curve of everybody beside the first."""

_, SEVERE, RELAPSE, LOST, REST, GOOD = _HUES
SYNDROMES = {"CRS": tint("#0067a5", 0.5), "ICANS": "#6e4318"}
"""Colours of bars: pale and dark, so that they are told apart without colour."""
MEANINGS = {
    "response": GroupStyle(GOOD, (), "o"),
    "no response": GroupStyle(REST, _DASHES[1], "s"),
    "no relapse so far": GroupStyle(GOOD, (), "o"),
    "relapse later": GroupStyle(RELAPSE, _DASHES[1], "^"),
    "relapse": GroupStyle(RELAPSE, (), "^"),
    "antigen-positive relapse": GroupStyle(RELAPSE, (), "^"),
    "antigen-negative relapse": GroupStyle(LOST, _DASHES[2], "v"),
    "death without relapse": GroupStyle(INK, _DASHES[1], "X"),
    "below grade 3": GroupStyle(REST, (), "o"),
    "grade 3 or higher": GroupStyle(SEVERE, _DASHES[1], "s"),
    **dict.fromkeys(("os", "overall survival"), ALL_PATIENTS),
    **dict.fromkeys(("pfs", "progression-free survival"), SOME_PATIENTS),
    **dict.fromkeys(("efs", "event-free survival"), GroupStyle(MUTED, _DASHES[2], "^")),
    **dict.fromkeys(("rfs", "relapse-free survival"), GroupStyle(INK, _DASHES[3], "D")),
    **dict.fromkeys(("dor", "duration of response"), GroupStyle(INK, _DASHES[2], "v")),
}
"""Styles of groups that mean the same in every figure."""
MARKS = {
    "second infusion": MarkStyle("o", INK, filled=False),
    "relapse": MarkStyle("^", RELAPSE, filled=True),
    "progression": MarkStyle("v", RELAPSE, filled=True),
    "new therapy": MarkStyle("s", INK, filled=False),
    "transplant": MarkStyle("D", INK, filled=False),
    "first tocilizumab": MarkStyle("d", INK, filled=False),
    "first corticosteroid": MarkStyle("P", INK, filled=False),
    "alive at last contact": MarkStyle(">", INK, filled=True),
    "death": MarkStyle("X", INK, filled=True),
}
"""Styles of what is marked on the course of a patient."""
_GRADES = ("#e9ecef", *(tint(SEVERE, strength) for strength in (0.2, 0.37, 0.55)), "#a03e00", "#4f1d00")
_DARK = 140
_BLACK = "#000000"
_SPARE_MARKS = ("h", "p", "*", "<", "8")


def group_style(position: int) -> GroupStyle:
    """Return the style of the group at this position among its factor's levels; the first twelve all differ."""
    return GroupStyle(
        _HUES[position % len(_HUES)], _DASHES[position % len(_DASHES)], _MARKERS[position % len(_MARKERS)]
    )


def group_styles(n_groups: int) -> list[GroupStyle]:
    """Return the styles of so many groups; one group alone is drawn as everybody."""
    return [ALL_PATIENTS] if n_groups == 1 else [group_style(position) for position in range(n_groups)]


def styles_of(names: Sequence[str]) -> list[GroupStyle]:
    """Return the styles of groups by their meaning where all of them have one, else by their position."""
    known = [MEANINGS.get(str(name).lower().removeprefix("crs ")) for name in names]
    return group_styles(len(known)) if None in known else known


def known_later(without: str, within: str) -> dict[str, GroupStyle]:
    """Return the styles of two groups that are known only after time zero: who came to something, and who did not."""
    return {without: MEANINGS["no response"], within: MEANINGS["response"]}


def mark_styles(names: Sequence[str]) -> list[MarkStyle]:
    """Return the styles of marks; those without a meaning have markers that no meaning has."""
    spare = (MarkStyle(marker, INK, filled=False) for marker in cycle(_SPARE_MARKS))
    return [MARKS.get(str(name).lower()) or next(spare) for name in names]


def grade_color(grade: int) -> str:
    """Return the colour of a grade from 0 (none) to 5 (fatal): the higher the darker."""
    return _GRADES[grade]


def readable_on(color: str) -> str:
    """Return the colour of text on a ground of this colour: black, since ink is too pale where a page is inverted."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return PAPER if 0.299 * red + 0.587 * green + 0.114 * blue < _DARK else _BLACK


@contextmanager
def drawing_style(salt: str) -> Iterator[None]:
    """Put the settings in force for a `with` block, ids in the SVG salted with `salt`; nothing remains after it."""
    settings = seaborn.axes_style("ticks") | {
        "svg.fonttype": "none",
        "svg.hashsalt": salt,
        "font.family": "DejaVu Sans",  # comes with matplotlib, so a layout is the same on every machine
        "font.size": SMALL,
        "text.parse_math": False,
        "text.usetex": False,
        "text.color": INK,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "axes.labelsize": TEXT,
        "axes.linewidth": 0.9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "axes.formatter.use_mathtext": False,
        "axes.autolimit_mode": "data",
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "xtick.major.size": 4.0,
        "ytick.major.size": 4.0,
        "xtick.major.width": 0.9,
        "ytick.major.width": 0.9,
        "lines.linewidth": 1.7,
        "lines.solid_capstyle": "butt",
        "path.simplify": False,
        "path.sketch": None,
        "figure.facecolor": PAPER,
        "axes.facecolor": "none",
    }
    with matplotlib.rc_context(settings):
        yield
