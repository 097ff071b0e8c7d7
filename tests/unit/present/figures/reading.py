"""Reading a finished figure back: its texts, its paths, its numbers."""

import csv
import io
import re
from xml.etree import ElementTree

NAMESPACE = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script> & \"a\" 'b' $x_1$ ]]> \x00\x0b"


def parse(figure):
    """The root of the SVG; fails where it is not well-formed."""
    return ElementTree.fromstring(figure.svg)


def texts(figure):
    """Every text drawn, in order."""
    return ["".join(element.itertext()) for element in parse(figure).iter(f"{NAMESPACE}text")]


def texts_of(figure, role):
    """Texts drawn with this role."""
    return [
        text.text
        for group in parse(figure).iter(f"{NAMESPACE}g")
        if group.get("class") == role
        for text in group.iter(f"{NAMESPACE}text")
    ]


def paths_of(figure, role):
    """The path data drawn with this role."""
    return [
        path.get("d")
        for group in parse(figure).iter(f"{NAMESPACE}g")
        if group.get("class") == role
        for path in group.iter(f"{NAMESPACE}path")
    ]


def numbers(figure):
    """The rows of the CSV."""
    return list(csv.DictReader(io.StringIO(figure.csv)))


def panels(figure):
    """Left, top, width and height of every panel."""
    return [tuple(map(float, panel.split())) for panel in parse(figure).get("data-panels", "").split(";") if panel]


def assert_sound(figure):
    """What every figure must be, whatever it shows."""
    root = parse(figure)
    assert root.get("role") == "img"
    assert root.get("width") is None
    assert root.get("height") is None
    labelled = root.get("aria-labelledby").split()
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert set(labelled) <= set(ids)
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"f[0-9a-f]{8}-(\d+|all)", name) for name in set(ids) - set(labelled))
    assert all(name.startswith(f"{figure.id}-") for name in labelled)
    assert root.find(f"{NAMESPACE}desc").text == figure.description
    assert "style=" not in figure.svg
    assert "<style" not in figure.svg
    assert "<script" not in figure.svg
    assert not re.search(r"nan|inf\b", " ".join(element.get("d", "") for element in root.iter()))
    assert texts_inside(root)
    _, _, width, height = map(float, root.get("viewBox").split())
    assert all(left + across <= width + 1 and top + down <= height + 1 for left, top, across, down in panels(figure))
    assert figure.csv.count("\n") >= 2
    assert figure.table_html.startswith('<div class="table-scroll"')


def texts_inside(root):
    """Whether every text starts inside the sheet."""
    _, _, width, height = map(float, root.get("viewBox").split())
    return all(
        0 <= float(text.get("x", 0)) <= width and 0 <= float(text.get("y", 0)) <= height
        for text in root.iter(f"{NAMESPACE}text")
    )
