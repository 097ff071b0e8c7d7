import pytest

from cartcohort.render.exports.plan import find_outdated, is_current, name_exports, preview_exports, summarise
from cartcohort.render.manifest import Entry, Export, Manifest, hash_file

FILES = ("risk_factors.html", "figures/risk-factors-os.svg", "figures/risk-factors-os.csv", "tables/a.csv")


def test_each_kind_of_export_is_made_from_files_of_its_own():
    assert name_exports(["pdf", "docx", "png"], {"risk_factors": FILES}) == {
        "risk_factors.pdf": "risk_factors.html",
        "risk_factors.docx": "notebooks/risk_factors.ipynb",
        "figures/risk-factors-os.png": "figures/risk-factors-os.svg",
    }


def test_a_section_without_a_report_has_no_exports():
    assert name_exports(["pdf", "docx", "png"], {"failed": ()}) == {}


@pytest.fixture
def export(tmp_path):
    (tmp_path / "a.pdf").write_text("printed")
    return Export("source", "maker", hash_file(tmp_path / "a.pdf"))


def test_an_export_is_current_while_source_and_content_are_the_same(tmp_path, export):
    assert is_current(export, "source", "a.pdf", tmp_path)
    assert not is_current(export, "another", "a.pdf", tmp_path)
    assert not is_current(export, None, "a.pdf", tmp_path)
    assert not is_current(None, "source", "a.pdf", tmp_path)
    (tmp_path / "a.pdf").write_text("edited")
    assert not is_current(export, "source", "a.pdf", tmp_path)


def test_who_made_it_matters_only_where_it_is_asked_for(tmp_path, export):
    assert is_current(export, "source", "a.pdf", tmp_path, maker="maker")
    assert not is_current(export, "source", "a.pdf", tmp_path, maker="a newer one")


def test_what_is_asked_for_of_a_section_and_the_overview_is_made_where_it_is_outdated(tmp_path, export):
    sections = {"a": Entry({}, {"a.html": "source"}), "b": Entry({}, {"b.html": "1"}), "c": Entry(failure="broke")}
    manifest = Manifest(sections, {"index.html": "2"}, {"a.pdf": export})

    def outdated(*selected, kinds=("pdf",), force=False):
        return find_outdated(kinds, selected, manifest, "maker", tmp_path, force=force)

    assert outdated("a", "b", "c", "not yet") == ("b.pdf", "index.pdf")
    assert outdated("a") == ("index.pdf",)
    assert outdated("b", kinds=["pdf", "docx"]) == ("b.pdf", "b.docx", "index.pdf")
    assert outdated("a", force=True) == ("a.pdf", "index.pdf")
    assert outdated("a", "b", kinds=["docx"]) == ("a.docx", "b.docx")
    assert outdated("a", "b", kinds=[]) == ()


def test_a_folder_without_a_report_has_nothing_to_export(tmp_path):
    assert find_outdated(["pdf", "png"], ["a"], Manifest(), "maker", tmp_path, force=False) == ()


def test_a_preview_names_what_sections_to_be_executed_will_have():
    outdated = ("a.pdf", "b.pdf", "figures/a-os.png", "figures/b-os.png")
    assert preview_exports(["pdf", "png"], ["b"], outdated) == [
        "b.pdf", "figures/b-*.png", "index.pdf", "a.pdf", "figures/a-os.png"
    ]  # fmt: skip
    assert preview_exports(["pdf"], [], ()) == []


def test_figures_are_counted_in_a_line():
    assert summarise(["a.pdf", "figures/a-1.png", "figures/a-2.png"]) == "a.pdf, 2 figures as PNG"
    assert summarise(["figures/a-1.png"]) == "1 figure as PNG"
    assert summarise(["a.docx", "figures/b-*.png"]) == "a.docx, figures/b-*.png"
