from cartcohort.render.links import SECTIONS_MARKER, link_sections

PAGE = f"<nav>{SECTIONS_MARKER}</nav><p>text</p>"


def test_a_page_gets_a_link_to_the_overview_and_to_each_section():
    page = link_sections(PAGE, {"a": "A & B", "b": "C"}, "b")
    assert '<li><a href="index.html">Overview</a></li>' in page
    assert '<li><a href="a.html">A &amp; B</a></li>' in page
    assert '<li><a href="b.html" aria-current="page">C</a></li>' in page
    assert page.endswith("</nav><p>text</p>")


def test_links_set_before_are_replaced():
    once = link_sections(PAGE, {"a": "A"}, "a")
    assert link_sections(link_sections(PAGE, {"a": "A", "b": r"\1"}, "a"), {"a": "A"}, "a") == once
