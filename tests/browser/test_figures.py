"""What a reader does with a figure in a real browser: saves it, looks at it on a phone and at night."""

import io
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import expect


def download(page, name):
    with page.expect_download() as found:
        page.locator("#figure-survival-endpoints").get_by_role("button", name=name).click()
    return found.value


def test_a_figure_is_saved_as_it_lies_in_the_run_folder(open_page, runs):
    saved = download(open_page("car1922", "survival"), "Download SVG")
    assert saved.suggested_filename == "survival-endpoints.svg"
    file = ElementTree.parse(runs["car1922"] / "figures" / "survival-endpoints.svg").getroot()
    shown = ElementTree.fromstring(saved.path().read_text(encoding="utf-8"))
    assert [one.tag for one in shown.iter()] == [one.tag for one in file.iter()]


def test_a_figure_is_saved_as_a_picture_of_300_dots_an_inch_on_white_paper(open_page, runs):
    file = ElementTree.parse(runs["car1922"] / "figures" / "survival-endpoints.svg").getroot()
    width, height = (float(number) for number in file.get("viewBox").split()[2:])
    saved = download(open_page("car1922", "survival", scheme="dark"), "Download PNG")
    assert saved.suggested_filename == "survival-endpoints.png"
    picture = Image.open(io.BytesIO(saved.path().read_bytes()))
    picture.load()
    assert picture.size == (round(width * 300 / 96), round(height * 300 / 96))
    assert [round(dots) for dots in picture.info["dpi"]] == [300, 300]
    shades = picture.convert("L").histogram()
    assert picture.getpixel((2, 2))[:3] == (255, 255, 255)
    assert sum(shades[:80]) > 1000  # curves and words are drawn


@pytest.mark.parametrize("name", ["survival", "relapse"])
def test_on_a_phone_panels_stand_one_below_the_other_and_need_no_scrolling(open_page, name):
    page = open_page("car1922", name, width=360)
    figures = page.locator(".sheet:has(> svg[data-panels])")
    assert figures.count() > 0
    for figure in figures.all():
        boxes = figure.locator("> svg").get_attribute("data-panels").split(";")
        panels = figure.locator(".panels > svg")
        assert panels.count() == len(boxes) > 1
        places = panels.evaluate_all(
            "all => all.map((panel) => { const box = panel.getBoundingClientRect(); "
            "return [box.top, box.bottom, box.left, box.right] })"
        )
        for (_, bottom, *_), (top, *_) in pairwise(places):
            assert top >= bottom
        assert all(left >= 0 and right <= 360 for _, _, left, right in places)
        assert figure.evaluate("sheet => sheet.scrollWidth <= sheet.clientWidth + 1")
        expect(figure.get_by_role("img")).to_have_count(1)  # a screen reader meets the figure once


def test_on_a_wide_screen_a_figure_is_one_drawing(open_page):
    page = open_page("car1922", "survival")
    assert page.locator(".panels:visible").count() == 0
