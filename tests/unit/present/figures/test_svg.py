"""The cleaning of matplotlib's SVG: paths keep their shape, ids stay unique, nothing leaks."""

import re
import warnings

import matplotlib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from cartcohort.present import style
from cartcohort.present.figures.canvas import Canvas, text_width, wrap
from cartcohort.present.figures.placement import Box
from cartcohort.present.figures.svg import clean_svg, compact_path, drawable

coordinate = st.integers(-99999, 99999).map(lambda hundredths: hundredths / 100)


def walk(path):
    """Corners of a compacted path of lines."""
    at, corners = [0.0, 0.0], []
    for command, arguments in re.findall(r"([Mlhvz])([^Mlhvz]*)", path):
        numbers = [float(text) for text in re.findall(r"-?\d*\.?\d+", arguments)]
        if command == "M":
            at = numbers
        elif command == "h":
            at = [at[0] + numbers[0], at[1]]
        elif command == "v":
            at = [at[0], at[1] + numbers[0]]
        elif command == "l":
            at = [at[0] + numbers[0], at[1] + numbers[1]]
        corners.append(tuple(round(value, 2) for value in at))
    return corners


@given(st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=30))
def test_a_compacted_path_ends_where_the_path_ends_and_visits_no_new_corner(points):
    path = f"M {points[0][0]} {points[0][1]} " + " ".join(f"L {x} {y}" for x, y in points[1:])
    corners = walk(compact_path(path))
    assert corners[-1] == points[-1]
    assert set(corners) <= set(points)


def test_steps_in_one_direction_are_joined_and_turns_are_kept():
    assert compact_path("M 0 0 \nL 1 0 \nL 2.5 0 \nL 2 0 \nL 2 3 \nz\n") == "M0 0h2.5h-.5v3z"


def test_curves_are_kept():
    assert compact_path("M 1 1 C 2 2 3 3 4 4 Q 5 5 6 6") == "M1 1c1 1 2 2 3 3q1 1 2 2"


def test_control_characters_are_removed_from_text():
    assert drawable("a\x00b\nc\td") == "ab c d"


def test_the_settings_are_gone_after_drawing():
    before = dict(matplotlib.rcParams)
    with style.drawing_style("a"):
        assert matplotlib.rcParams["svg.fonttype"] == "none"
    assert dict(matplotlib.rcParams) == before


def test_two_figures_on_a_page_share_no_id():
    def ids(name):
        with style.drawing_style(name):
            canvas = Canvas(height=100)
            axes = canvas.axes(left=40, top=10, width=200, height=50)
            axes.plot([0, 1], [0, 1], marker="o")
            figure = canvas.finish(id=name, title="T", description="D", csv="a\n1\n", table=None)
        return set(re.findall(r'id="([^"]+)"', figure.svg))

    assert len(ids("one")) > 2
    assert not ids("one") & ids("two")


def test_every_reference_has_its_target():
    with style.drawing_style("x"):
        canvas = Canvas(height=100)
        axes = canvas.axes(left=40, top=10, width=200, height=50)
        axes.plot([0, 1], [0, 5], marker="o")
        axes.set_ylim(0, 1)
        svg = canvas.finish(id="x", title="T", description="D", csv="a\n1\n", table=None).svg
    assert set(re.findall(r'href="#([^"]+)"', svg)) | set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(
        re.findall(r'id="([^"]+)"', svg)
    )


def test_the_root_scales_with_the_page_and_names_its_title_and_description():
    namespace = 'xmlns="http://www.w3.org/2000/svg"'
    raw = f'<svg {namespace} width="10pt" height="5pt" viewBox="0 0 10 5"><g id="a"><g/></g></svg>'
    assert clean_svg(raw, id="f", title="<T>", description="D & E") == (
        '<svg xmlns="http://www.w3.org/2000/svg" class="figure" viewBox="0 0 10 5" preserveAspectRatio="xMinYMin" '
        'role="img" '
        f'aria-labelledby="f-title f-desc" font-family="{style.FONT_STACK}" font-size="12" fill="{style.INK}" '
        'stroke-linejoin="round" overflow="visible">'
        '<title id="f-title">&lt;T&gt;</title><desc id="f-desc">D &amp; E</desc></svg>'
    )


def test_looks_that_all_places_of_a_marker_share_are_said_once():
    mark = '<defs><path id="m" d="M 0 1 L 1 0" style="stroke: #000000"/></defs>'
    places = "".join(
        f'<use xlink:href="#m" x="{x}" y="0" style="fill: #ff0000; stroke: {stroke}"/>'
        for x, stroke in ((1, "#000000"), (2, "#0000ff"))
    )
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    texts = '<text style="font-size: 12px">a</text><text style="font-size: 9px">b</text>'
    svg = clean_svg(f"<svg {namespaces}>{mark}{places}{texts}</svg>", id="f", title="T", description="D")
    assert re.search(r'<path d="M0 1l1-1" id="[^"]+" stroke="#000000" fill="#ff0000"/>', svg)
    assert re.findall(r"<use[^>]*/>", svg) == [
        re.sub("ID", re.search(r'id="(f[0-9a-f]{8}-1)"', svg)[1], use)
        for use in (
            '<use x="1" y="0" href="#ID" stroke="#000000"/>',
            '<use x="2" y="0" href="#ID" stroke="#0000ff"/>',
        )
    ]
    assert "<text>a</text>" in svg
    assert '<text font-size="9">b</text>' in svg


def test_panels_are_named_at_the_top_and_all_that_is_drawn_is_one_group():
    namespace = 'xmlns="http://www.w3.org/2000/svg"'
    raw = f'<svg {namespace} viewBox="0 0 10 5"><path d="M 0 0 L 1 1"/><text>a</text></svg>'
    panels = [Box(0, 0, 4.5, 5), Box(5, 0, 5, 5)]
    svg = clean_svg(raw, id="f", title="T", description="D", panels=panels)
    assert 'data-panels="0 0 4.5 5;5 0 5 5"' in svg
    assert re.search(r'</desc><g id="f[0-9a-f]{8}-all"><path d="M0 0l1 1"/><text>a</text></g></svg>$', svg)
    assert "data-panels" not in clean_svg(raw, id="f", title="T", description="D")


def test_neighbouring_texts_of_one_class_say_once_what_they_share():
    texts = "".join(
        f'<g id="class n"><text x="{x}" y="1" style="text-anchor: {anchor}; fill: #5b6770">{x}</text></g>'
        for x, anchor in ((1, "middle"), (2, "middle"), (3, "start"))
    )
    raw = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{texts}</svg>'
    svg = clean_svg(raw, id="f", title="T", description="D")
    assert (
        '<g class="n" fill="#5b6770"><text x="1" y="1" text-anchor="middle">1</text>'
        '<text x="2" y="1" text-anchor="middle">2</text><text x="3" y="1">3</text></g>'
    ) in svg


@pytest.mark.parametrize("bold", [False, True])
def test_the_width_of_a_text_is_that_of_the_widest_font(bold):
    text, font = (
        "Events/N 4.28 (0.99–18.6)",
        FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal"),
    )
    drawn = TextPath((0, 0), text, size=12, prop=font).get_extents().x1
    assert drawn <= text_width(text, bold=bold) < drawn + 2
    assert text_width("高危", size=10) == 20


def test_chinese_text_is_drawn_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with style.drawing_style("x"):
            canvas = Canvas(height=50)
            canvas.write(10, 20, "高危遗传学异常")
            assert "高危" in canvas.finish(id="x", title="T", description="D", csv="", table=None).svg


@given(st.text(max_size=80), st.floats(40, 300))
def test_wrapped_lines_fit_their_width_and_their_number(text, width):
    lines = wrap(text, width=width)
    assert 1 <= len(lines) <= 3
    assert all(text_width(line) <= width for line in lines)


def test_text_that_fits_is_wrapped_without_loss_and_what_does_not_ends_in_an_ellipsis():
    assert wrap("high genetic risk", width=60) == ["high", "genetic", "risk"]
    assert wrap("one two three four five six seven", width=60, max_lines=2)[-1].endswith("…")


@pytest.mark.parametrize("position", range(12))
def test_groups_differ_in_colour_or_line_and_neighbours_in_both(position):
    looks = [style.group_style(p) for p in range(12)]
    assert len({(look.color, look.dash) for look in looks}) == 12
    following = style.group_style(position + 1)
    assert looks[position].color != following.color
    assert looks[position].dash != following.dash


@pytest.mark.parametrize("color", [*(style.group_style(p).color for p in range(6)), style.INK, style.MUTED])
def test_every_colour_can_be_read_as_text_on_white(color):
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (luminance + 0.05) >= 4.5
