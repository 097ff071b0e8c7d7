"""The pictures of the README show the pages as they are."""

import json

from PIL import Image

from tests.gallery import PICTURES, RECORD, SECTIONS, VIEW, digest_page, digest_run
from tests.test_doors import ROOT


def test_the_pictures_come_from_the_present_code(runs):
    taken = json.loads(RECORD.read_text(encoding="utf-8"))
    assert taken == digest_run(runs["car1922"]), "`make pictures` takes them anew"


def test_there_is_a_picture_of_each_section_and_the_readme_shows_it():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in SECTIONS:
        with Image.open(PICTURES / f"{name}.png") as picture:
            assert picture.size == (VIEW["width"], VIEW["height"])
        assert f"(docs/{name}.png)" in readme


def test_a_record_changes_with_words_colours_and_style_but_not_with_the_last_digit_of_a_curve():
    page = '<style>p{}</style><body><p>Half</p><figure><svg><path d="M1.01 2" fill="#000"/></svg></figure><p>More</p>'
    assert digest_page(page) == digest_page(page.replace("1.01", "1.02").replace("More", "Less"))
    assert digest_page(page) == digest_page(page.replace("<p>Half", '<div class="code">import it</div><p>Half'))
    for old, new in (("Half", "All"), ("#000", "#111"), ("p{}", "p{margin:0}")):
        assert digest_page(page) != digest_page(page.replace(old, new))
