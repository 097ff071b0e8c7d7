"""How a Word document looks: paper, styles, what stands on every page; and its file, the same for equal documents."""

from __future__ import annotations

import datetime
import io
import zipfile

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Length, Pt, RGBColor
from docx.styles.style import BaseStyle

from cartcohort.render.exports.table_widths import SIZES
from cartcohort.render.exports.word_table import STYLE

SYNTHETIC = "SYNTHETIC DATA"
_FONT = "Times New Roman"
_AUTHOR = "cart-reports"
_PAPER = (Cm(21.0), Cm(29.7))
_MARGIN = Cm(2.5)
_FIXED = datetime.datetime(2000, 1, 1)  # a document has to have a time
_FIXED_IN_ZIP = (1980, 1, 1, 0, 0, 0)
_BLACK = RGBColor(0, 0, 0)
_NONE = Pt(0)
_LONGEST = 255


def text_width(*, wide: bool) -> Length:
    """Return how wide text is on a page, or on one on its side."""
    return Length(_PAPER[1 if wide else 0] - 2 * _MARGIN)


def set_page(section: Section, *, wide: bool) -> None:
    """Make the pages of a part of the document A4, on their side if `wide`."""
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = reversed(_PAPER) if wide else _PAPER
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN


def set_styles(document: Document) -> None:
    """Set the styles of a manuscript: one font, black, no ornaments."""
    styles = document.styles
    _set_style(styles["Normal"], Pt(11), after=Pt(6))
    _set_style(styles["Title"], Pt(18), after=Pt(4), bold=True)
    for border in styles["Title"].element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
        break
    for level, size in enumerate((Pt(14), Pt(12), Pt(11), Pt(11)), start=1):
        _set_style(styles[f"Heading {level}"], size, before=Pt(14), after=Pt(4), bold=True)
    _set_style(styles["Caption"], Pt(10), before=Pt(6), after=Pt(4), bold=False)
    for name, size, after in (("Note", Pt(8.5), Pt(14)), (STYLE, Pt(SIZES[0]), Pt(1))):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        _set_style(style, size, before=Pt(1) if name == STYLE else Pt(3), after=after)


def _set_style(style: BaseStyle, size: Length, *, before: Length = _NONE, after: Length, bold: bool = False) -> None:
    font, paragraph = style.font, style.paragraph_format
    font.name, font.size, font.bold, font.color.rgb = _FONT, size, bold, _BLACK
    fonts = style.element.rPr.rFonts
    for name in [name for name in fonts.attrib if name.endswith("Theme")]:
        del fonts.attrib[name]
    fonts.set(qn("w:cs"), _FONT)
    paragraph.space_before, paragraph.space_after, paragraph.line_spacing = before, after, 1.0


def set_frame(section: Section, *, synthetic: bool) -> None:
    """Number the pages, and say of made-up patients on every page that they are."""
    if synthetic:
        head = section.header.paragraphs[0]
        head.text, head.alignment = SYNTHETIC, WD_ALIGN_PARAGRAPH.CENTER
        head.runs[0].bold = True
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    foot._p.append(field)


def set_properties(document: Document, *, title: str, study: str) -> None:
    """Say what the document is; neither when nor by whom it was made, nor what the template says of itself."""
    properties = document.core_properties
    properties.title, properties.subject = title[:_LONGEST], study[:_LONGEST]
    properties.author = properties.last_modified_by = _AUTHOR
    properties.created = properties.modified = _FIXED
    properties.comments, properties.revision = "", 1
    package = document.part.package
    for name, one in list(package.rels.items()):
        if one.reltype == RELATIONSHIP_TYPE.THUMBNAIL:  # of the template
            del package.rels[name]


def pack(document: Document) -> bytes:
    """Return the file of a document, in which nothing tells when it was written."""
    written, packed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _FIXED_IN_ZIP)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            target.writestr(entry, source.read(name))
    return packed.getvalue()
