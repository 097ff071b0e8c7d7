import pytest

from cartcohort.render.exports.pdf import prepare_page, tidy_pdf

PAGE = """<head><title>t</title></head><nav><a href="index.html" aria-current="page">Overview</a>
<a class="x" href="survival.html#os">Survival</a></nav><a href="response.error.html">wrong</a> <a href="#top">top</a>
<a href="https://example.org/a.html">out</a> <a href="data:text/csv,a">csv</a> <a href="results.json">results</a>
<text href="free.html">"""


def test_links_to_other_pages_lead_to_their_pdf_and_the_others_stay_relative():
    page = prepare_page(PAGE, {"index.html", "survival.html"})
    assert '<a href="cart-reports:index.pdf" aria-current="page">' in page
    assert '<a class="x" href="cart-reports:survival.pdf#os">' in page
    assert '<a href="cart-reports:response.error.html">' in page
    assert '<a href="cart-reports:results.json">' in page
    for kept in ('href="#top"', 'href="https://example.org/a.html"', 'href="data:text/csv,a"', 'href="free.html"'):
        assert kept in page


def test_a_page_is_printed_on_a4():
    assert prepare_page(PAGE, ()).startswith("<head><title>t</title><style>@page { size: A4; }</style></head>")


def test_a_pdf_loses_its_times_and_the_marks_of_links_and_no_byte_moves():
    before = (
        b"%PDF-1.4\n<</Creator (x)\n/CreationDate (D:20261129110824+00'00')\n/ModDate (D:20261129110824+00'00')>>\n"
    )
    before += b"/URI (cart-reports:index.pdf)>>\n/URI (https://example.org)>>\n%%EOF"
    after = tidy_pdf(before)
    assert len(after) == len(before)
    assert b"Date" not in after and b"2026" not in after
    assert b"/URI (index.pdf)             >>\n/URI (https://example.org)>>" in after
    assert after.index(b"%%EOF") == before.index(b"%%EOF")


def test_numbers_of_what_is_tagged_are_ranks_whatever_the_browser_counted():
    def tagged(*numbers):
        return b"%PDF-1.4\n" + b"".join(b"/ID (node%08d)\n" % number for number in numbers) + b"%%EOF"

    assert tidy_pdf(tagged(136, 142, 135, 142)) == tidy_pdf(tagged(137, 143, 135, 143)) == tagged(2, 3, 1, 3)


@pytest.mark.parametrize("content", [b"%PDF-1.4\n%%EOF", b""])
def test_what_has_neither_is_left_as_it_is(content):
    assert tidy_pdf(content) == content
