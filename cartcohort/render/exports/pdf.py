"""A page as PDF: tagged, with an outline, and without what differs between equal pages, times and folders.

The browser makes links to other files absolute, which would tell where a report was made and lead nowhere elsewhere.
They are printed with a mark in front instead, which is taken away from the PDF; a link without it is relative.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from cartcohort.render.exports.browser import Browser, BrowserError

_MARK = "cart-reports:"
_RELATIVE = re.compile(r'(<a\b[^>]*?\bhref=")(?!#|[A-Za-z][A-Za-z0-9+.-]*:)([^"#]*)')
_SCRIPT = re.compile(r"<script>.*?</script>", re.DOTALL)
_PAPER = "<style>@page { size: A4; }</style></head>"
_LINK = re.compile(rb"/URI \(" + _MARK.encode() + rb"([^)]*)\)")
_NODE = re.compile(rb"\(node([0-9]{8})\)")
_TIME = re.compile(rb"/(?:CreationDate|ModDate) \(D:[^)]*\)")


def print_pdf(browser: Browser, page: Path, pdf: Path, *, pages: Collection[str], scratch: Path) -> None:
    """Print a page.

    Parameters
    ----------
    browser : Browser
    page, pdf : Path
        The HTML file, and where the PDF goes.
    pages : collection of str
        Names of the HTML files that are printed too: links to them lead to their PDF.
    scratch : Path
        An empty folder for the browser's own files.

    Raises
    ------
    BrowserError, OSError
        Where there is no PDF in the end.
    """
    prepared, printed = scratch / "page.html", scratch / "page.pdf"
    prepared.write_text(prepare_page(page.read_text(encoding="utf-8"), pages), encoding="utf-8", newline="\n")
    browser.print_page(prepared, printed)
    content = printed.read_bytes()
    if not content.startswith(b"%PDF-") or not content.rstrip().endswith(b"%%EOF"):
        raise BrowserError("what the browser left is no whole PDF")
    pdf.write_bytes(tidy_pdf(content))


def prepare_page(html: str, pages: Collection[str]) -> str:
    """Return a page for paper: A4, each relative link marked, and no script, which may not be done in time."""

    def mark(found: re.Match[str]) -> str:
        target = found[2].removesuffix("html") + "pdf" if found[2] in pages else found[2]
        return f"{found[1]}{_MARK}{target}"

    return _RELATIVE.sub(mark, _SCRIPT.sub("", html)).replace("</head>", _PAPER, 1)


def tidy_pdf(content: bytes) -> bytes:
    """Return a PDF without times and without the marks of links; no byte moves, since a PDF counts them.

    The browser numbers what is tagged by how many nodes it had made by then, which is not always the same: these
    numbers become their ranks.
    """
    ranks = {number: rank for rank, number in enumerate(sorted({*_NODE.findall(content)}), 1)}
    content = _NODE.sub(lambda found: b"(node%08d)" % ranks[found[1]], content)
    content = _LINK.sub(lambda found: b"/URI (" + found[1] + b")" + b" " * len(_MARK), content)
    return _TIME.sub(lambda found: b" " * len(found[0]), content)
