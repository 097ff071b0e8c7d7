"""Every text of every figure is whole, clear of every other, and within one panel, in the widest font too."""

import pytest

SECTIONS = ["efficacy", "survival", "risk_factors", "safety", "relapse"]
STUDIES = ["car1922", "bmt", "high_burden", "registry"]
WIDEST = "svg.figure { font-family: 'DejaVu Sans' !important }"
MEASURE = """() => [...document.querySelectorAll("svg.figure")].map((svg) => {
  const sheet = svg.getBoundingClientRect(), unit = svg.viewBox.baseVal.width / sheet.width;
  const boxes = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim()).map((text) => {
    const box = text.getBoundingClientRect();
    return [text.textContent, (box.left - sheet.left) * unit, (box.top - sheet.top) * unit,
            (box.right - sheet.left) * unit, (box.bottom - sheet.top) * unit];
  });
  const panels = (svg.dataset.panels || "").split(";").filter(Boolean).map((panel) => panel.split(" ").map(Number));
  return [svg.getAttribute("aria-labelledby").split("-title")[0], svg.viewBox.baseVal.width,
          svg.viewBox.baseVal.height, boxes, panels];
})"""
OVERHANG, LEADING = 1.0, 3.0
"""A letter may hang over its own advance, and the box of a line is higher than its letters."""


@pytest.fixture(scope="module")
def figures(runs, browser):
    """What `MEASURE` finds on a page, by study and section, in the fonts of this machine and in the widest."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})

    def measured(study, section):
        page.goto((runs[study] / f"{section}.html").as_uri())
        as_shown = page.evaluate(MEASURE)
        page.add_style_tag(content=WIDEST)
        return as_shown + page.evaluate(MEASURE)

    yield measured
    page.close()


every_page = pytest.mark.parametrize(
    ("study", "section"), [(study, section) for study in STUDIES for section in SECTIONS]
)


def leaving(boxes, left, top, right, bottom):
    """The texts that are partly in a box and partly out of it, or all out of it."""
    return [
        text
        for text, x0, y0, x1, y1 in boxes
        if x0 < left - OVERHANG or y0 < top - OVERHANG or x1 > right + OVERHANG or y1 > bottom + OVERHANG
    ]


def touching(boxes):
    """Pairs of texts that cover each other."""
    return [
        (one[0], other[0])
        for position, one in enumerate(boxes)
        for other in boxes[position + 1 :]
        if min(one[3], other[3]) - max(one[1], other[1]) > OVERHANG
        and min(one[4], other[4]) - max(one[2], other[2]) > LEADING
    ]


@every_page
def test_no_text_leaves_its_figure_or_its_panel_and_no_two_touch(figures, study, section):
    for name, width, height, boxes, panels in figures(study, section):
        assert (name, leaving(boxes, 0, 0, width, height)) == (name, [])
        assert (name, touching(boxes)) == (name, [])
        if panels:
            sides = [(left, top, left + across, top + down) for left, top, across, down in panels]
            outside = [box[0] for box in boxes if all(leaving([box], *panel) for panel in sides)]
            assert (name, outside) == (name, [])
