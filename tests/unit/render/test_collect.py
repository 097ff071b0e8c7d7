import json
import math

import pytest

from cartcohort.errors import ReportError
from cartcohort.render.collect import collect, file_stem, join_records, read_collected
from tests.suites import executed_notebook


def notebook(*bundles):
    outputs = [{"output_type": "display_data", "metadata": {}, "data": bundle} for bundle in bundles]
    return {"cells": [{"cell_type": "code", "source": "", "metadata": {}, "outputs": outputs}], "metadata": {}}


def results(*records):
    return {"application/vnd.cartcohort.results+json": {"records": list(records)}}


def table(name):
    return {"application/vnd.cartcohort.table+json": {"id": name, "caption": "T", "csv": "a\n"}}


def test_everything_a_section_shows_is_collected():
    found = collect(executed_notebook("response"), "response")
    assert [record["id"] for record in found.records] == ["response/orr", "response/os/median"]
    assert found.records[0]["estimate"] == 0.1 + 0.2
    assert list(found.files) == [
        "tables/response-response.csv",
        "figures/response-curve.svg",
        "figures/response-curve.csv",
    ]
    assert found.files["tables/response-response.csv"] == 'response,n\nCR,2\n"a,b",1\n'
    assert found.page["n"] == 4
    assert found.summary["paragraph"] == "Of 4 patients, 3 responded (75.0%)."


def test_a_notebook_on_disk_holds_long_text_as_lines(tmp_path):
    content = executed_notebook("response")
    for cell in content["cells"]:
        for output in cell.get("outputs", ()):
            if "image/svg+xml" in output["data"]:
                output["data"]["image/svg+xml"] = output["data"]["image/svg+xml"].splitlines(keepends=True)
    (tmp_path / "response.ipynb").write_text(json.dumps(content))
    assert read_collected(tmp_path / "response.ipynb") == collect(executed_notebook("response"), "response")


def test_a_notebook_that_shows_nothing_of_ours_gives_nothing():
    found = collect(notebook({"text/plain": "1"}), "s")
    assert (found.records, found.files, found.page, found.summary) == ((), {}, {}, {})


@pytest.mark.parametrize(
    ("name", "section", "stem"),
    [
        ("flow", "survival", "survival-flow"),
        ("survival-by-sex", "survival", "survival-by-sex"),
        ("risk-factors-cox", "risk_factors", "risk-factors-cox"),
        ("survivors", "survival", "survival-survivors"),
    ],
)
def test_a_file_is_named_by_its_section_and_its_id(name, section, stem):
    assert file_stem(name, section) == stem


def test_results_keep_every_digit_and_the_order_of_the_sections():
    first = collect(notebook(results({"id": "b/x", "estimate": 0.1 + 0.2})), "s")
    second = collect(notebook(results({"id": "a/x", "estimate": None})), "s")
    text = join_records([first, second])
    assert json.loads(text) == [{"id": "b/x", "estimate": 0.30000000000000004}, {"id": "a/x", "estimate": None}]
    assert text.endswith("]\n")


@pytest.mark.parametrize(
    ("bundles", "reason"),
    [
        ([results({"estimate": 1})], "without an id"),
        ([results("text")], "without an id"),
        ([results({"id": "a"}, {"id": "a"})], "`a` is handed over twice"),
        ([results({"id": "a"}), results({"id": "a"})], "`a` is handed over twice"),
        (
            [results({"id": "a"}, {"id": "b"}), results({"id": "a"}, {"id": "b"})],
            "`a` is handed over twice, as are 1 more",
        ),
        ([table("t"), table("t")], "`tables/s-t.csv` is handed over twice"),
        ([table("../t")], "no usable id"),
        ([table("")], "no usable id"),
        ([table("a b")], "no usable id"),
        ([table("-t")], "no usable id"),
        ([table(None)], "no usable id"),
    ],
)
def test_a_damaged_or_repeated_id_is_an_error(bundles, reason):
    with pytest.raises(ReportError, match=reason):
        collect(notebook(*bundles), "s")


@pytest.mark.parametrize("name", ["by-Centre_2", "by-年龄"])
def test_an_id_may_hold_the_name_of_any_factor(name):
    assert list(collect(notebook(table(name)), "s").files) == [f"tables/s-{name}.csv"]


def test_two_sections_must_not_share_a_result():
    one = collect(notebook(results({"id": "a"})), "s")
    with pytest.raises(ReportError, match="twice"):
        join_records([one, one])


def test_a_result_that_is_no_number_is_an_error():
    with pytest.raises(ReportError, match="NaN"):
        join_records([collect(notebook(results({"id": "a", "estimate": math.nan})), "s")])


def test_a_damaged_notebook_is_an_error(tmp_path):
    (tmp_path / "n.ipynb").write_text("{")
    with pytest.raises(ReportError, match="cannot be read"):
        read_collected(tmp_path / "n.ipynb")
