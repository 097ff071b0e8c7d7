"""The mime bundles are the protocol between a notebook and the renderer."""

import json

import pytest
from IPython.display import display
from IPython.utils.capture import capture_output

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present import display as shown

HOSTILE = "<script>alert(1)</script> & \"quoted\" 'text'"


def bundle(item):
    return item._repr_mimebundle_()


@pytest.fixture
def published(monkeypatch):
    """Collect what is displayed, as a kernel would receive it."""
    items = []
    monkeypatch.setattr(shown, "display", items.append)
    return items


def header(**changes):
    fields = {
        "study_title": "Sequential CAR19/22",
        "n": 35,
        "population": "infused",
        "synthetic": True,
        "data_cutoff_date": "2023-02-28",
        "source": "made up",
        "report_date": None,
        "parameters": {"conf_level": 0.9, "ties": "efron", "study_path": "car1922"},
    }
    return shown.PageHeader(**fields | changes)


def test_items_are_shown_in_order(published):
    first, second = shown.Sentence("One."), shown.Notice("Two.")
    shown.show(first, second)
    assert published == [first, second]


def test_missing_columns_take_the_place_of_all_items_in_one_notice(published):
    shown.show(shown.Notice("A figure."), shown.Sentence("Two."), needs=("hsct_date", "relapse_date"))
    (notice,) = published
    assert notice == shown.Notice(
        "Not shown: the study lacks the columns hsct_date and relapse_date, or leaves them empty."
    )


def test_sentences_alone_give_way_to_missing_columns_without_a_second_notice(published):
    shown.show(shown.Sentence("One."), needs=("hsct_date",))
    assert published == []


def test_a_notice_is_not_repeated(published):
    shown.show(shown.Notice("none"), shown.Sentence("a"), shown.Notice("none"), shown.Sentence("a"))
    assert published == [shown.Notice("none"), shown.Sentence("a"), shown.Sentence("a")]


def test_a_table_carries_html_text_and_csv():
    table = shown.Table("t1", "Caption", "<div></div>", "Caption", "a,b\n")
    assert bundle(table) == {
        "application/vnd.cartcohort.table+json": {"id": "t1", "caption": "Caption", "csv": "a,b\n"},
        "text/html": "<div></div>",
        "text/plain": "Caption",
    }


def test_a_figure_carries_svg_description_and_numbers():
    figure = shown.Figure("f1", "Title", "<svg/>", "35 patients", "a\n", "<div></div>", "Kaplan-Meier.")
    assert bundle(figure) == {
        "application/vnd.cartcohort.figure+json": {
            "id": "f1",
            "title": "Title",
            "description": "35 patients",
            "csv": "a\n",
            "table_html": "<div></div>",
            "note": "Kaplan-Meier.",
        },
        "image/svg+xml": "<svg/>",
        "text/plain": "Title\n35 patients\nKaplan-Meier.",
    }


@pytest.mark.parametrize(
    "item",
    [
        shown.Sentence(HOSTILE),
        shown.Notice(HOSTILE),
        header(study_title=HOSTILE, population=HOSTILE),
        shown.Summary([shown.KeyResult(HOSTILE, HOSTILE, HOSTILE, HOSTILE)], HOSTILE),
    ],
)
def test_text_is_escaped_in_html_and_kept_as_it_is_in_plain_text(item):
    html = bundle(item)["text/html"]
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert HOSTILE in bundle(item)["text/plain"]


def test_patients_are_counted_with_grouped_digits_in_the_head_of_a_page():
    page = bundle(header(n=12000))
    assert page["application/vnd.cartcohort.page+json"]["n_text"] == "12\u202f000"
    assert "12\u202f000 patients" in page["text/plain"]


def test_the_page_names_only_parameters_that_differ_from_their_default():
    page = bundle(header())["application/vnd.cartcohort.page+json"]
    assert page["changed"] == [{"name": "conf_level", "value": "0.9", "default": "0.95"}]
    assert (page["n"], page["n_text"]) == (35, "35")
    assert page["synthetic"] is True
    assert "SYNTHETIC DATA" in bundle(header())["text/html"]
    assert "SYNTHETIC DATA" not in bundle(header(synthetic=False))["text/html"]


def test_the_summary_carries_key_results_paragraph_and_thumbnail():
    summary = shown.Summary([shown.KeyResult("Median OS", "12.2", "7.5 to NR", "")], "Paragraph.", "os")
    assert bundle(summary)["application/vnd.cartcohort.summary+json"] == {
        "key_results": [{"label": "Median OS", "value": "12.2", "interval": "7.5 to NR", "note": ""}],
        "paragraph": "Paragraph.",
        "thumbnail": "os",
        "warning": "",
    }


def test_a_summary_with_a_warning_says_it_before_everything_else():
    item = shown.Summary([shown.KeyResult("Median OS", "12.2")], "Paragraph.", warning="Routes <differ>.")
    assert bundle(item)["application/vnd.cartcohort.summary+json"]["warning"] == "Routes <differ>."
    assert bundle(item)["text/plain"] == "Routes <differ>.\nParagraph."
    notice = '<p class="notice" role="note"><strong>Routes &lt;differ&gt;.</strong>'
    assert bundle(item)["text/html"].startswith(notice)


def test_results_are_handed_over_as_records(published):
    shown.show_results(ResultSet({"survival/os/median": Result(estimate=12.2, unit="months", label="Median OS")}))
    data = bundle(published[0])
    record = data["application/vnd.cartcohort.results+json"]["records"][0]
    assert (record["id"], record["section"], record["estimate"]) == ("survival/os/median", "survival", 12.2)
    assert json.dumps(data)


def test_display_publishes_the_bundle_as_it_is():
    with capture_output() as captured:
        display(shown.Notice("Two."))
    assert "Two." in captured.stdout + "".join(str(output) for output in captured.outputs)


@pytest.mark.parametrize(("text", "name"), [("survival/os/sex", "survival-os-sex"), ("==", "item"), ("A b", "a-b")])
def test_an_id_holds_only_letters_digits_and_hyphens(text, name):
    assert shown.make_id(text) == name


def test_ids_of_names_in_other_scripts_stay_apart():
    assert shown.make_id("高危") != shown.make_id("低危")
