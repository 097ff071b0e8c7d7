"""The links from each page to the others.

Which sections there are is known only when a run is put together, and may change while a page stays as it is; so a
page holds two marks, and the links between them are set at the end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

_BEGIN, _END = "<!--sections-->", "<!--/sections-->"
_MARKED = re.compile(f"{_BEGIN}.*?{_END}", re.DOTALL)

SECTIONS_MARKER = _BEGIN + _END
"""Where a page has its list of sections."""


def link_sections(page: str, titles: Mapping[str, str], current: str) -> str:
    """Return a page with links to the overview and to each section.

    Parameters
    ----------
    page : str
        HTML that holds SECTIONS_MARKER, or links set before.
    titles : mapping of str to str
        Title of each section that has a page, by name, in order.
    current : str
        Name of the page's own section.
    """
    links = [_link("index.html", "Overview", here=False)]
    links += [_link(f"{name}.html", title, here=name == current) for name, title in titles.items()]
    items = f"{_BEGIN}<ul>{''.join(links)}</ul>{_END}"
    return _MARKED.sub(lambda _: items, page, count=1)


def _link(target: str, title: str, *, here: bool) -> str:
    mark = ' aria-current="page"' if here else ""
    return f'<li><a href="{escape(target)}"{mark}>{escape(title)}</a></li>'
