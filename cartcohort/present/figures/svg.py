"""Matplotlib's SVG made fit for a page: small, without styles that leak, ids unique, titled and described.

Matplotlib writes a style sheet for `*`, ids such as `figure_1` in every file, and paths with six decimals. Here the
style sheet and unused ids go, used ids get a mark of the figure's own id in front, styles become attributes (which a
strict Content-Security-Policy allows), and paths are rewritten in steps of a hundredth of a unit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree
from zlib import crc32

from cartcohort.harmless import show_ordering
from cartcohort.present.figures.placement import Box
from cartcohort.present.style import FONT_STACK, INK

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_TOKEN = re.compile(r"[MLQCZz]|-?\d+\.?\d*(?:e-?\d+)?")
_NUMBER = re.compile(r"-?\d+\.\d+")
_LOCAL_URL = re.compile(r"url\(#([^)]+)\)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CLASS_PREFIX = "class "
_USUAL = {"font-size": "12", "fill": INK}
"""Looks of most texts; whatever else is drawn names its own colour."""
_LOOKS = {"fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "opacity", "fill-opacity"}
_DEFAULTS = {("stroke-dashoffset", "0"), ("font-weight", "400"), ("font-weight", "normal"), ("text-anchor", "start")}
_TEXT_LOOKS = ("text-anchor", "fill", "font-weight", "font-size")


def clean_svg(raw: str, *, id: str, title: str, description: str, panels: Sequence[Box] = ()) -> str:
    """Return one `<svg>` element for a page.

    Parameters
    ----------
    raw : str
        What matplotlib wrote. A group whose id starts with "class " gets the rest as its class.
    id : str
        Of the title and the description; a mark of it is put before every other id.
    title, description : str
        Become `<title>` and `<desc>`.
    panels : sequence of Box
        Parts of the sheet that can be shown apart, written into `data-panels`; all that is drawn then gets one group
        with an id, so that each part can draw it again.
    """
    root = ElementTree.fromstring(raw)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        element.text = (element.text or "") if element.tag == "text" else ""
        element.tail = ""
    _drop(root)
    _rename_ids(root, id)
    for element in root.iter():
        _tidy(element)
    _unwrap(root)
    _share_looks(root)
    _join_texts(root)
    if panels:
        _gather(root, id, panels)
    text = ElementTree.tostring(_head(root, id, title, description), encoding="unicode")
    return text.replace(" />", "/>")


def drawable(text: str) -> str:
    """Return text without the control characters that XML forbids, in one line, with signs that order it shown."""
    return _CONTROL.sub("", show_ordering(text)).replace("\n", " ").replace("\r", " ").replace("\t", " ")


def _drop(parent: ElementTree.Element) -> None:
    """Remove metadata, style sheets and what is empty."""
    for child in list(parent):
        _drop(child)
        empty = child.tag in ("g", "defs") and not len(child)
        if child.tag in ("metadata", "style") or empty:
            parent.remove(child)


def _rename_ids(root: ElementTree.Element, id: str) -> None:
    used = {element.get(_HREF, "")[1:] for element in root.iter()}
    used |= {name for element in root.iter() for name in _LOCAL_URL.findall(element.get("clip-path", ""))}
    used.discard("")
    renamed: dict[str, str] = {}
    short = _short_id(id)
    for element in root.iter():
        name = element.attrib.pop("id", "")
        if name in used:
            renamed[name] = f"{short}-{len(renamed) + 1}"
            element.set("id", renamed[name])
        elif name.startswith(_CLASS_PREFIX):
            element.set("class", name.removeprefix(_CLASS_PREFIX))
    for element in root.iter():
        if _HREF in element.attrib:
            element.set("href", f"#{renamed[element.attrib.pop(_HREF)[1:]]}")
        if "clip-path" in element.attrib:
            element.set(
                "clip-path", _LOCAL_URL.sub(lambda found: f"url(#{renamed[found[1]]})", element.get("clip-path"))
            )


def _tidy(element: ElementTree.Element) -> None:
    """Turn styles into attributes and shorten numbers and paths."""
    for item in filter(None, element.attrib.pop("style", "").split(";")):
        name, _, value = (part.strip() for part in item.partition(":"))
        if name != "font-family" and (name, value) not in _DEFAULTS:
            element.set(name, value.removesuffix("px"))
    if element.get("transform", "").startswith("rotate(-0"):
        del element.attrib["transform"]
    for name, value in element.attrib.items():
        if name == "d":
            element.set(name, compact_path(value))
        elif name not in ("id", "class", "href"):
            element.set(name, _NUMBER.sub(lambda found: _short(round(float(found[0]) * 100)), value))


def compact_path(path: str) -> str:
    """Return a path of M, L, Q, C and z commands in relative steps of a hundredth of a unit.

    Steps are taken between rounded positions, so that errors do not add up along the path.
    """
    written, numbers, command = [], [], ""
    at = start = (0, 0)
    for token in [*_TOKEN.findall(path), ""]:
        if token and token not in "MLQCZz":
            numbers.append(round(float(token) * 100))
            continue
        if command in "MLQC" and command:
            text, at = _segment(command, numbers, at)
            start = at if command == "M" else start
            written.append(text)
        elif command:
            written.append("z")
            at = start
        command, numbers = token, []
    return _merge(written)


def _segment(command: str, numbers: list[int], at: tuple[int, int]) -> tuple[str, tuple[int, int]]:
    end = (numbers[-2], numbers[-1])
    if command == "M":
        return f"M{_join(numbers)}", end
    steps = [value - at[position % 2] for position, value in enumerate(numbers)]
    if command != "L":
        return f"{command.lower()}{_join(steps)}", end
    if steps == [0, 0]:
        return "", end
    if steps[1] == 0:
        return f"h{_short(steps[0])}", end
    return (f"v{_short(steps[1])}" if steps[0] == 0 else f"l{_join(steps)}"), end


def _merge(written: list[str]) -> str:
    """Join segments, adding up those that go on in the same horizontal or vertical direction."""
    merged: list[str] = []
    for text in filter(None, written):
        same = merged and text[0] in "hv" and merged[-1][0] == text[0]
        if same and (text[1] == "-") == (merged[-1][1] == "-"):
            merged[-1] = text[0] + _short(round(float(merged[-1][1:]) * 100) + round(float(text[1:]) * 100))
        else:
            merged.append(text)
    return "".join(merged)


def _join(hundredths: list[int]) -> str:
    written = ""
    for value in hundredths:
        text = _short(value)
        written += text if not written or text[0] == "-" else f" {text}"
    return written


def _short(hundredths: int) -> str:
    sign, whole = ("-" if hundredths < 0 else ""), abs(hundredths)
    fraction = f"{whole % 100:02d}".rstrip("0")
    return f"{sign}{whole // 100 or ('' if fraction else 0)}{'.' + fraction if fraction else ''}"


def _unwrap(parent: ElementTree.Element) -> None:
    """Put the children of groups without attributes in their place."""
    children: list[ElementTree.Element] = []
    for child in parent:
        _unwrap(child)
        children += list(child) if child.tag == "g" and not child.attrib else [child]
    parent[:] = children


def _share_looks(root: ElementTree.Element) -> None:
    """Say once what is said many times: looks of a marker at its definition, the size of text at the top."""
    uses: dict[str, list[ElementTree.Element]] = {}
    for use in root.iter("use"):
        uses.setdefault(use.get("href", "")[1:], []).append(use)
    marks = {element.get("id"): element for element in root.iter() if element.get("id") in uses}
    for name, users in uses.items():
        for look in _LOOKS & set(users[0].attrib):
            value = users[0].get(look)
            if all(use.get(look) == value for use in users):
                marks[name].set(look, value)
                for use in users:
                    del use.attrib[look]
    for text in root.iter("text"):
        for look, usual in _USUAL.items():
            if text.get(look) == usual:
                del text.attrib[look]


def _join_texts(parent: ElementTree.Element) -> None:
    """Put neighbouring texts of one class into one group, and say once what they share."""
    children: list[ElementTree.Element] = []
    for child in parent:
        _join_texts(child)
        before = children[-1] if children else None
        if before is not None and _is_of_texts(child) and _is_of_texts(before) and child.attrib == before.attrib:
            before.extend(child)
        else:
            children.append(child)
    parent[:] = children
    for group in filter(_is_of_texts, children):
        for look in _TEXT_LOOKS:
            values = {text.get(look) for text in group}
            if len(group) > 1 and len(values) == 1 and None not in values:
                group.set(look, values.pop())
                for text in group:
                    del text.attrib[look]


def _is_of_texts(element: ElementTree.Element) -> bool:
    return element.tag == "g" and set(element.attrib) == {"class"} and all(child.tag == "text" for child in element)


def _gather(root: ElementTree.Element, id: str, panels: Sequence[Box]) -> None:
    """Put all that is drawn into one group, and name the panels at the top."""
    whole = ElementTree.Element("g", {"id": f"{_short_id(id)}-all"})
    whole.extend(root)
    root[:] = [whole]
    sides = [(panel.left, panel.top, panel.width, panel.height) for panel in panels]
    root.set("data-panels", ";".join(" ".join(_short(round(side * 100)) for side in panel) for panel in sides))


def _short_id(id: str) -> str:
    """Return a mark of an id that is short, since a marker's id is written at each of its places."""
    return f"f{crc32(id.encode()):08x}"


def _head(root: ElementTree.Element, id: str, title: str, description: str) -> ElementTree.Element:
    head = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "figure",
            "viewBox": root.get("viewBox", ""),
            "preserveAspectRatio": "xMinYMin",
            "role": "img",
            "aria-labelledby": f"{id}-title {id}-desc",
            "font-family": FONT_STACK,
            **_USUAL,
            "stroke-linejoin": "round",
            "overflow": "visible",  # a text in a font wider than ours is better than half of it
        },
    )
    if "data-panels" in root.attrib:
        head.set("data-panels", root.get("data-panels"))
    for tag, text in (("title", title), ("desc", description)):
        ElementTree.SubElement(head, tag, {"id": f"{id}-{tag}"}).text = drawable(text)
    head.extend(root)
    return head
