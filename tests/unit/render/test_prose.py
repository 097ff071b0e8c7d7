import nbformat

from cartcohort.render.prose import Heading, render_prose


def rendered(*sources):
    return render_prose(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text) for text in sources]))


def html(*sources):
    return "".join(rendered(*sources).html.values())


def test_headings_become_the_contents_in_order():
    prose = rendered("# Survival\n\nText.", "## Overall *survival* & more\n\n### Methods")
    assert prose.contents == (
        Heading(2, "Overall survival & more", "overall-survival-more"),
        Heading(3, "Methods", "methods"),
    )


def test_the_notebooks_title_is_left_to_the_page():
    assert html("# Survival\n\nText.") == "<p>Text.</p>\n"


def test_a_second_heading_of_the_first_level_goes_one_down():
    assert html("# Survival", "# More") == '<h2 id="more">More</h2>\n'


def test_headings_with_equal_words_get_ids_of_their_own():
    assert [heading.id for heading in rendered("## Same\n\n## Same", "## Same\n\n## Main\n\n## 结果").contents] == [
        "same",
        "same-2",
        "same-3",
        "main-2",
        "part",
    ]


def test_markdown_becomes_html():
    text = html("A **bold** [link](https://example.org).\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    assert "<strong>bold</strong>" in text
    assert '<a href="https://example.org">link</a>' in text
    assert "<td>1</td>" in text


def test_a_picture_pasted_into_a_cell_is_shown():
    cell = nbformat.v4.new_markdown_cell("![scheme](attachment:a.png)")
    cell.attachments = {"a.png": {"image/png": "iVBORw0KGgo="}}
    plain = nbformat.v4.new_markdown_cell("Text.")
    prose = render_prose(nbformat.v4.new_notebook(cells=[cell, plain]))
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in "".join(prose.html.values())


def test_the_question_that_stands_under_the_title_is_not_asked_again():
    cell = nbformat.v4.new_markdown_cell("# Response\n\nWho responds?\n\nOf the whole cohort. Who responds?")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    asked = render_prose(notebook, question="Who responds?").html[cell.id]
    assert asked == "<p>Of the whole cohort. Who responds?</p>\n"
    assert "<p>Who responds?</p>" in render_prose(notebook).html[cell.id]
