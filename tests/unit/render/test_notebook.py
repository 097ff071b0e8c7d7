import json

import pytest

from cartcohort.errors import ReportError, UsageError
from cartcohort.render.notebook import discover_sections, select_sections
from tests.suites import write_notebook, write_suite


def test_sections_come_in_their_order_and_tell_what_they_read(tmp_path):
    write_notebook(tmp_path / "late.ipynb", [], order=2, reads="ties")
    write_notebook(tmp_path / "soon.ipynb", [], order=1)
    soon, late = discover_sections(tmp_path)
    assert (soon.name, soon.title, soon.question) == ("soon", "Soon", "What of soon?")
    assert soon.defaults == {"study_path": "data/car1922", "conf_level": 0.95}
    assert late.defaults == {"study_path": "data/car1922", "ties": "efron"}


def test_sections_of_equal_order_come_by_name(tmp_path):
    write_notebook(tmp_path / "b.ipynb", [])
    write_notebook(tmp_path / "a.ipynb", [])
    assert [section.name for section in discover_sections(tmp_path)] == ["a", "b"]


def test_a_notebook_without_the_suites_metadata_is_left_alone(tmp_path):
    write_suite(tmp_path, one=[])
    (tmp_path / "mine.ipynb").write_text(json.dumps({"metadata": {}, "cells": []}))
    assert [section.name for section in discover_sections(tmp_path)] == ["one"]


def test_a_parameter_cell_is_read_whether_annotated_or_not(tmp_path):
    path = write_suite(tmp_path, one=[]) / "one.ipynb"
    content = json.loads(path.read_text())
    content["cells"][1]["source"] = ["seed = -1\n", "endpoints: list[str] = ['os']  # help"]
    path.write_text(json.dumps(content))
    assert discover_sections(tmp_path)[0].defaults == {"seed": -1, "endpoints": ["os"]}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("not json", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"metadata": {}, "cells": [1]}', "cannot be read"),
        ('{"metadata": {"cartcohort": {"order": 1}}, "cells": []}', "order, title and question"),
        (
            '{"metadata": {"cartcohort": {"order": 1, "title": "T", "question": "?"}}, "nbformat": 4, "cells": '
            '[{"metadata": {"tags": ["parameters"]}, "source": "seed = make()"}]}',
            "only assign literals",
        ),
        (
            '{"metadata": {"cartcohort": {"order": 1, "title": "T", "question": "?"}}, "cells": [], "nbformat": 3}',
            "not of format 4",
        ),
        (
            '{"metadata": {"cartcohort": {"order": "inf", "title": "T", "question": "?"}}, "nbformat": 4,"cells":[]}',
            "its order is no number",
        ),
    ],
)
def test_a_damaged_notebook_is_named_with_the_reason(tmp_path, content, reason):
    (tmp_path / "bad.ipynb").write_text(content)
    with pytest.raises(ReportError, match=reason) as caught:
        discover_sections(tmp_path)
    assert "notebooks/bad.ipynb" in str(caught.value)


@pytest.mark.parametrize("name", ["index", "Index", "my section", "a.b", "a&b", "-a"])
def test_a_name_that_cannot_be_a_sections_is_told(tmp_path, name):
    write_notebook(tmp_path / f"{name}.ipynb", [])
    with pytest.raises(ReportError, match="needs a name of letters, digits, hyphens and underscores, but not index"):
        discover_sections(tmp_path)


def test_a_hidden_notebook_is_left_alone(tmp_path):
    write_suite(tmp_path, one=[])
    (tmp_path / ".~two.ipynb").write_text("half")
    assert [section.name for section in discover_sections(tmp_path)] == ["one"]


def test_every_damaged_notebook_is_named_at_once(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.ipynb").write_text("")
    with pytest.raises(ReportError) as caught:
        discover_sections(tmp_path)
    assert len(caught.value.problems) == 2


def test_a_folder_without_notebooks_is_an_error(tmp_path):
    with pytest.raises(ReportError, match="no notebooks"):
        discover_sections(tmp_path)


def test_selected_sections_keep_the_order_of_the_suite(tmp_path):
    sections = discover_sections(write_suite(tmp_path, efficacy=[], survival=[], safety=[]))
    assert [s.name for s in select_sections(sections, ["safety", "efficacy", "safety"])] == ["efficacy", "safety"]
    assert select_sections(sections, []) == sections


def test_an_unknown_section_is_refused_with_the_closest_name(tmp_path):
    sections = discover_sections(write_suite(tmp_path, efficacy=[], survival=[]))
    with pytest.raises(UsageError) as caught:
        select_sections(sections, ["surival", "x"])
    assert "Did you mean `survival`?" in str(caught.value)
    assert len(caught.value.problems) == 2
